import * as Spool from "@effect-smtp/cli/Spool"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as Command from "@effect/platform/Command"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { platform, workshop } from "./harness.js"

/** A TypeScript program of this repository as a process of its own. */
const program = (file: string, ...args: ReadonlyArray<string>) =>
  Command.make(
    process.execPath,
    ...["--import", "tsx", "--conditions=@effect-smtp/source", file, ...args]
  )

const main = new URL("../src/main.ts", import.meta.url).pathname
const start = new URL("../../examples/src/start.ts", import.meta.url).pathname

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

describe("main", () => {
  describe("serve", () => {
    it.scopedLive.each(["SIGINT", "SIGTERM"] as const)(
      "on %s lets the transaction finish, takes no other, and exits 0",
      (signal) =>
        on(Effect.gen(function*() {
          const { spool } = yield* workshop
          const server = yield* Command.start(
            program(main, "serve", "--port", "0", "--tls-port", "0", "--spool", spool)
          )
          const port = yield* Deferred.make<number>()
          yield* server.stdout.pipe(
            Stream.decodeText(),
            Stream.splitLines,
            Stream.runForEach((line) => {
              const found = /:(\d+) \(STARTTLS\)/.exec(line)
              return found === null ? Effect.void : Deferred.succeed(port, Number(found[1]))
            }),
            Effect.forkScoped
          )
          const endpoint = Endpoint.Tcp({ host: "127.0.0.1", port: yield* Deferred.await(port) })
          const begun = yield* Deferred.make<void>()
          const stopping = yield* Deferred.make<void>()
          const sender = yield* Effect.fork(ScriptedPeer.dial(endpoint, [
            Script.expect(/^220 /),
            Script.send("HELO client.example"),
            Script.expect(/^250 /),
            Script.send("MAIL FROM:<>"),
            Script.expect(/^250 /),
            Script.send("RCPT TO:<b@mx.example>"),
            Script.expect(/^250 /),
            Script.send("DATA"),
            Script.expect(/^354 /),
            Script.send("half"),
            Script.wait(
              "the stop",
              Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(stopping))
            ),
            Script.send("the other half", "."),
            Script.expect(/^250 2\.0\.0 Queued as /),
            Script.expect("421 4.3.2 Shutting down"),
            Script.expectEnd
          ]))
          const idle = ScriptedPeer.dial(endpoint, [
            Script.expect(/^220 /),
            Script.wait(
              "the signal",
              Effect.asVoid(Effect.fork(Effect.ignore(server.kill(signal))))
            ),
            Script.expect("421 4.3.2 Shutting down"),
            Script.expectEnd
          ])
          yield* Deferred.await(begun)
          yield* idle
          yield* Deferred.succeed(stopping, undefined)
          yield* Fiber.join(sender)
          expect(yield* server.exitCode).toBe(0)
          const fs = yield* FileSystem.FileSystem
          const [name] = yield* Spool.list(spool)
          const { message } = yield* Spool.files(spool, name)
          expect(yield* fs.readFileString(message)).toBe("half\r\nthe other half\r\n")
        }))
    )
  })

  describe("send", () => {
    it.scopedLive("reads standard input, and exits with the code of its outcome", () =>
      on(Effect.gen(function*() {
        const code = yield* ScriptedPeer.against(
          {
            endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }),
            scripts: [[
              Script.send("220 mx.example"),
              Script.expect(/^EHLO /),
              Script.send("250 mx.example"),
              Script.expect("MAIL FROM:<>"),
              Script.send("250 ok"),
              Script.expect("RCPT TO:<b@mx.example>"),
              Script.send("250 ok"),
              Script.expect("DATA"),
              Script.send("354 go"),
              Script.expectData("one\r\n.two\r\n"),
              Script.send("452 4.3.1 Full"),
              Script.expect("QUIT"),
              Script.send("221 bye")
            ]]
          },
          (endpoint) =>
            program(
              main,
              ...["send", "--host", "127.0.0.1", "--from", "", "--to", "b@mx.example"],
              ...["--port", endpoint._tag === "Tcp" ? String(endpoint.port) : ""]
            ).pipe(Command.feed("one\n.two\n"), Command.exitCode)
        )
        expect(code).toBe(75)
      })))
  })

  describe("send, interrupted", () => {
    it.scopedLive("exits 130, and not as if it had done anything", () =>
      on(Effect.gen(function*() {
        const interrupt = yield* Deferred.make<void>()
        const code = yield* ScriptedPeer.against(
          {
            endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }),
            scripts: [[
              Script.send("220 mx.example"),
              Script.expect(/^EHLO /),
              Script.wait("the signal", Effect.asVoid(Deferred.succeed(interrupt, undefined))),
              Script.expectEnd
            ]]
          },
          (endpoint) =>
            Effect.gen(function*() {
              const client = yield* Command.start(
                program(
                  main,
                  ...["send", "--host", "127.0.0.1", "--from", "", "--to", "b@mx.example"],
                  ...["--port", endpoint._tag === "Tcp" ? String(endpoint.port) : "", main]
                )
              )
              yield* Deferred.await(interrupt)
              yield* client.kill("SIGINT")
              return yield* client.exitCode
            })
        )
        expect(code).toBe(130)
      })))
  })

  describe("npm start -- --once", () => {
    it.scopedLive("sends two messages, finds them stored byte for byte, and exits 0", () =>
      on(Effect.gen(function*() {
        const process = yield* Command.start(program(start, "--once"))
        const out = yield* Stream.mkString(Stream.decodeText(process.stdout))
        expect(yield* process.exitCode).toBe(0)
        expect(out).toContain("C: AUTH SCRAM-SHA-256-PLUS <redacted>")
        expect(out.match(/all the same/g)).toHaveLength(2)
        expect(out).toContain("text, HTML, envelope.png (image/png), hello.eml (message/global)")
      })))
  })
})
