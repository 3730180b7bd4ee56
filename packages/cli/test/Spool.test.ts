import * as Spool from "@effect-smtp/cli/Spool"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { ClientInfo } from "@effect-smtp/server/ClientInfo"
import type { Envelope } from "@effect-smtp/server/Envelope"
import type { Incoming } from "@effect-smtp/server/Incoming"
import { MessageTooLarge } from "@effect-smtp/server/Incoming"
import * as Told from "@effect-smtp/server/Told"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import * as Reply from "@effect-smtp/wire/Reply"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import type { PlatformError } from "@effect/platform/Error"
import { SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { everything, mailing, platform, workshop } from "./harness.js"

const client: ClientInfo = {
  session: "0123456789ab",
  peer: {
    local: Endpoint.Tcp({ host: "127.0.0.1", port: 25 }),
    remote: Endpoint.Tcp({ host: "::1", port: 50_000 }),
    tls: Option.none()
  },
  name: Option.some(Either.getOrThrow(Domain.parse("client.example"))),
  protocol: "ESMTP",
  identity: Option.none(),
  told: Told.nothing
}

const envelope: Envelope = {
  from: ReversePath.nullSender,
  parameters: { ...MailParameters.empty, body: Option.some("8BITMIME") },
  verdicts: "One",
  recipients: [
    { path: ForwardPath.postmaster, parameters: RcptParameters.empty },
    {
      path: Either.getOrThrow(ForwardPath.parse("<\"a b\"@mx.example>")),
      parameters: RcptParameters.empty
    }
  ]
}

const incoming = (stream: Incoming["stream"]): Incoming => ({
  stream,
  collect: () => Effect.dieMessage("a spool does not collect")
})

const bytes = (text: string) => new TextEncoder().encode(text)
const chunks = Stream.make(bytes("Subject: x\r\n"), bytes("\r\n"), bytes(".\r\n"))

/** What the client hears when a message comes that way. */
const deliver = (spool: string, stream: Incoming["stream"]) =>
  Effect.gen(function*() {
    const handler = yield* Spool.handler(spool)
    const verdict = yield* handler.message(client, envelope, incoming(stream))
    return verdict._tag === "Each" ? "several" : Reply.summary(verdict.reply)
  })

/** What comes before a call, and perhaps in its place. */
type Before = (call: string) => Effect.Effect<void, PlatformError>

const systemError = (code: string) =>
  new SystemError({
    reason: "Unknown",
    module: "FileSystem",
    method: "test",
    cause: Object.assign(new Error(code), { code })
  })

/** The file system, some calls of which have something before them. */
const hindered = (fs: FileSystem.FileSystem, before: Before): FileSystem.FileSystem => {
  const kind = (path: string) => /[.](eml|json)$/.exec(path)?.[1] ?? "directory"
  return {
    ...fs,
    rename: (from, to) => Effect.zipRight(before(`rename ${kind(to)}`), fs.rename(from, to)),
    open: (path, options) =>
      Effect.zipRight(
        before(`open ${kind(path)}`),
        Effect.map(fs.open(path, options), (file) => ({
          ...file,
          writeAll: (chunk: Uint8Array) =>
            Effect.zipRight(before(`write ${kind(path)}`), file.writeAll(chunk)),
          sync: Effect.zipRight(before(`sync ${kind(path)}`), file.sync)
        }))
      )
  }
}

/**
 * A message, sent to a server that has begun with a call which takes that long. `heard` is done when the
 * client has heard that reply; `over` when the handler is done, whatever has become of it.
 */
const slowly = (at: string, time: Duration.DurationInput, reply: string | RegExp) =>
  Effect.gen(function*() {
    const { spool } = yield* workshop
    const begun = yield* Deferred.make<void>()
    const over = yield* Deferred.make<void>()
    const fs = yield* FileSystem.FileSystem
    const slow: Before = (call) =>
      call === at
        ? Effect.zipRight(Deferred.succeed(begun, undefined), Effect.sleep(time))
        : Effect.void
    const spooled = yield* Effect.provideService(
      Spool.handler(spool),
      FileSystem.FileSystem,
      hindered(fs, slow)
    )
    const heard = yield* mailing({
      ...spooled,
      message: (...args) =>
        Effect.ensuring(spooled.message(...args), Deferred.succeed(over, undefined))
    }, reply)
    yield* Deferred.await(begun)
    return { spool, heard, over: Deferred.await(over) }
  })

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

describe("Spool", () => {
  describe("handler", () => {
    it.scoped("stores the exact bytes, and the envelope beside them", () =>
      on(Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { spool } = yield* workshop
        const heard = yield* deliver(spool, chunks)
        const [name] = yield* Spool.list(spool)
        expect(heard).toBe(`250 2.0.0 Queued as ${name}`)
        const files = yield* Spool.files(spool, name)
        expect(yield* fs.readFileString(files.message)).toBe("Subject: x\r\n\r\n.\r\n")
        const decode = Schema.decode(Schema.parseJson(Spool.Stored))
        expect(yield* decode(yield* fs.readFileString(files.envelope))).toEqual({
          receivedAt: "1970-01-01T00:00:00.000Z",
          from: "",
          parameters: ["BODY=8BITMIME"],
          to: ["Postmaster", "\"a b\"@mx.example"],
          toParameters: [[], []],
          size: 17,
          client: {
            session: "0123456789ab",
            remote: "[::1]:50000",
            protocol: "ESMTP",
            name: "client.example",
            tls: null,
            user: null
          }
        })
        expect(yield* everything(spool)).toEqual([`${name}.eml`, `${name}.json`, "tmp"])
      })))

    it.scoped("keeps what it stores from other users", () =>
      on(Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { spool } = yield* workshop
        yield* deliver(spool, chunks)
        const [name] = yield* Spool.list(spool)
        const { envelope, message } = yield* Spool.files(spool, name)
        for (const file of [spool, envelope, message]) {
          expect((yield* fs.stat(file)).mode & 0o077).toBe(0)
        }
      })))

    it.scoped("shows a message only when all of it has come", () =>
      on(Effect.gen(function*() {
        const { spool } = yield* workshop
        const begun = yield* Deferred.make<void>()
        const rest = yield* Deferred.make<Uint8Array>()
        const stream = Stream.concat(
          chunks,
          Stream.fromEffect(
            Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(rest))
          )
        )
        const delivery = yield* Effect.fork(deliver(spool, stream))
        yield* Deferred.await(begun)
        expect(yield* Spool.list(spool)).toEqual([])
        expect(yield* everything(spool)).toHaveLength(2)
        yield* Deferred.succeed(rest, bytes("the rest\r\n"))
        expect(yield* Fiber.join(delivery)).toContain("250 ")
        expect(yield* Spool.list(spool)).toHaveLength(1)
      })))

    it.scoped("leaves nothing behind when it is interrupted", () =>
      on(Effect.gen(function*() {
        const { spool } = yield* workshop
        const begun = yield* Deferred.make<void>()
        const stream = Stream.concat(
          chunks,
          Stream.fromEffect(Effect.zipRight(Deferred.succeed(begun, undefined), Effect.never))
        )
        const delivery = yield* Effect.fork(deliver(spool, stream))
        yield* Deferred.await(begun)
        yield* Fiber.interrupt(delivery)
        expect(yield* everything(spool)).toEqual(["tmp"])
      })))

    it.scoped("leaves nothing behind when the message does not come through", () =>
      on(Effect.gen(function*() {
        const { spool } = yield* workshop
        const stream = Stream.concat(chunks, Stream.fail(new MessageTooLarge({ limit: 5 })))
        expect(yield* Effect.flip(deliver(spool, stream))).toBeInstanceOf(MessageTooLarge)
        expect(yield* everything(spool)).toEqual(["tmp"])
      })))

    const full = "452 4.3.1 Insufficient system storage"
    const broken = "451 4.3.0 Local error in processing"
    const faults: ReadonlyArray<readonly [string, string, string]> = [
      ["open eml", "ENOSPC", full],
      ["write eml", "ENOSPC", full],
      ["write eml", "EDQUOT", full],
      ["write eml", "EIO", broken],
      ["sync eml", "ENOSPC", full],
      ["sync eml", "EIO", broken],
      ["write json", "ENOSPC", full],
      ["sync json", "EIO", broken],
      ["rename json", "EACCES", broken],
      ["rename eml", "ENOSPC", full],
      ["sync directory", "EIO", broken]
    ]
    it.scoped.each(faults)(
      "on %s: %s answers %s, and leaves nothing behind",
      ([at, code, heard]) =>
        on(Effect.gen(function*() {
          const fs = yield* FileSystem.FileSystem
          const { spool } = yield* workshop
          let met = 0
          const fault: Before = (call) => {
            if (call !== at) return Effect.void
            met++
            return Effect.fail(systemError(code))
          }
          const reply = yield* Effect.provideService(
            deliver(spool, chunks),
            FileSystem.FileSystem,
            hindered(fs, fault)
          )
          expect(met).toBe(1)
          expect(reply).toBe(heard)
          expect(yield* everything(spool)).toEqual(["tmp"])
        }))
    )

    it.scoped("does without syncing the directory where the platform cannot", () =>
      on(Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { spool } = yield* workshop
        const fault: Before = (call) =>
          call === "sync directory" ? Effect.fail(systemError("EPERM")) : Effect.void
        const reply = yield* Effect.provideService(
          deliver(spool, chunks),
          FileSystem.FileSystem,
          hindered(fs, fault)
        )
        expect(reply).toContain("250 ")
      })))

    const slow = [
      ...["open eml", "write eml", "sync eml", "open json", "write json", "sync json"],
      ...["rename json", "rename eml", "open directory", "sync directory"]
    ]
    it.scoped.each(slow)(
      "on a slow %s answers 250, if within the time",
      (at) =>
        on(Effect.gen(function*() {
          const { heard, spool } = yield* slowly(at, "239 seconds", /^250 2\.0\.0 Queued as /)
          yield* TestClock.adjust("239 seconds")
          yield* Fiber.join(heard)
          const [name] = yield* Spool.list(spool)
          expect(yield* everything(spool)).toEqual([`${name}.eml`, `${name}.json`, "tmp"])
        }))
    )

    const certain = slow.filter((at) => !/^(open|write) (eml|json)$/.test(at))
    it.scoped.each(certain)(
      "on a slow %s answers 250 even later, for it cannot be interrupted there",
      (at) =>
        on(Effect.gen(function*() {
          const { heard, spool } = yield* slowly(at, "479 seconds", /^250 2\.0\.0 Queued as /)
          yield* TestClock.adjust("479 seconds")
          yield* Fiber.join(heard)
          const [name] = yield* Spool.list(spool)
          expect(yield* everything(spool)).toEqual([`${name}.eml`, `${name}.json`, "tmp"])
        }))
    )

    const tooLate = [
      ...certain.map((at) => [at, "8 minutes"] as const),
      ...["open eml", "write eml", "open json", "write json"].map((at) =>
        [at, "4 minutes"] as const
      )
    ]
    it.scoped.each(tooLate)(
      "on a slow %s answers 451 after %s, and stores nothing",
      ([at, time]) =>
        on(Effect.gen(function*() {
          const { heard, over, spool } = yield* slowly(at, "9 minutes", broken)
          yield* TestClock.adjust(time)
          yield* Fiber.join(heard)
          yield* TestClock.adjust("5 minutes")
          yield* over
          expect(yield* everything(spool)).toEqual(["tmp"])
        }))
    )
  })
})
