import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Message from "../../src/Message.js"
import * as Postfix from "../../src/senders/Postfix.js"

const delivery = {
  port: 2525,
  messages: 3,
  octets: 1024,
  recipients: 1,
  connections: 1,
  perConnection: "All",
  atATime: 1
} as const

/** A program in the place of `smtp-source` that keeps what it was given, in a folder of its own. */
const standIn = (exit: number) =>
  Effect.gen(function*() {
    const folder = yield* Effect.acquireRelease(
      Effect.promise(() => Fs.mkdtemp(Path.join(Os.tmpdir(), "stand-in-"))),
      (path) => Effect.promise(() => Fs.rm(path, { recursive: true }))
    )
    const program = Path.join(folder, "smtp-source")
    const script = [
      "#!/bin/sh",
      "cd \"$(dirname \"$0\")\"",
      "echo \"$@\" > options",
      "while [ \"$1\" != -F ]; do shift; done",
      "cat \"$2\" > message",
      "echo gone wrong >&2",
      `exit ${exit}`
    ]
    yield* Effect.promise(() => Fs.writeFile(program, script.join("\n"), { mode: 0o755 }))
    const kept = (name: string) =>
      Effect.promise(() => Fs.readFile(Path.join(folder, name), "utf8"))
    return { program, kept }
  })

const from = /^-d -s 1 -m 3 -r 1 -F (\S+) -M client\.example -f alice@client\.example -t /
const to = /-t bob@mx\.example inet:127\.0\.0\.1:2525\n$/

describe("Postfix", () => {
  describe("deliver", () => {
    it.scopedLive("gives smtp-source the message, but for the line it adds, and takes it away", () =>
      Effect.gen(function*() {
        const { kept, program } = yield* standIn(0)
        yield* Postfix.deliver(program)(delivery)
        const options = yield* kept("options")
        expect(options).toMatch(from)
        expect(options).toMatch(to)
        const message = (yield* kept("message")).replaceAll("\n", "\r\n")
        expect(Buffer.from(`${message}\r\n`)).toHaveLength(delivery.octets)
        expect(message).toBe(new TextDecoder().decode(Message.make(delivery.octets - 2)))
        const [, path = ""] = from.exec(options) ?? []
        const left = yield* Effect.option(Effect.tryPromise(() => Fs.stat(path)))
        expect(left._tag).toBe("None")
      }))

    it.scopedLive("has a connection for each message, where that is asked for", () =>
      Effect.gen(function*() {
        const { kept, program } = yield* standIn(0)
        yield* Postfix.deliver(program)({ ...delivery, perConnection: "One" })
        expect(yield* kept("options")).toMatch(/^-s 1 /)
      }))

    it.scopedLive("fails when smtp-source does, with what it said", () =>
      Effect.gen(function*() {
        const { program } = yield* standIn(1)
        const error = yield* Effect.flip(Postfix.deliver(program)(delivery))
        expect(error.message).toContain("gone wrong")
      }))
  })
})
