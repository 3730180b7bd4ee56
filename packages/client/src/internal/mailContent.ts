/** What nodemailer writes of a mail, as bodies. */
import * as MessageData from "@effect-smtp/wire/MessageData"
import * as Octets from "@effect-smtp/wire/Octets"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Body from "../Body.js"
import { NodemailerError } from "../NodemailerError.js"
import type { Readable } from "../NodemailerTransport.js"

/** Octets of a mail that may be held in memory; what is longer is read while it is sent. */
const most = 128 * 1024

const fail = (text: string, cause?: unknown) =>
  new NodemailerError({ text, code: "ESTREAM", command: "API", cause })

const unreadable = (cause: unknown) =>
  fail(cause instanceof Error ? cause.message : String(cause), cause)

const readAlready = fail(
  "An attempt to send the mail broke off in the middle of it, and it can be read only once"
)

/**
 * - `body`: all of the mail;
 * - `sevenBit`: the same for servers without 8BITMIME, if the part that was read does not need it. It
 *   breaks off where the rest does.
 */
export interface Content {
  readonly body: Body.Body
  readonly sevenBit: Option.Option<Body.Body>
}

const inMemory = (bytes: Uint8Array): Content => ({
  body: Body.fromBytes(bytes),
  sevenBit: Option.none()
})

/** The content of a mail, for as long as the scope is open. A long one can be sent once. */
export const open = (
  write: () => Readable
): Effect.Effect<Content, NodemailerError, Scope.Scope> =>
  Effect.gen(function*() {
    const source = yield* Effect.try({ try: write, catch: unreadable })
    const pull = yield* Stream.fromAsyncIterable(source, unreadable).pipe(
      Stream.map((chunk) => typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk),
      Stream.toPull
    )
    // Runs before the stream's own finalizer, which would wait for a read that is underway.
    yield* Effect.addFinalizer(() => Effect.sync(() => source.destroy?.()))

    const head: Array<Uint8Array> = []
    const size = MutableRef.make(0)
    while (size.current <= most) {
      const next = yield* Effect.either(pull)
      if (Either.isLeft(next)) {
        return Option.isSome(next.left)
          ? yield* next.left.value
          : inMemory(Octets.concat(head))
      }
      for (const bytes of next.right) {
        head.push(bytes)
        MutableRef.update(size, (before) => before + bytes.length)
      }
    }

    const unread = MutableRef.make(true)
    const content = Stream.suspend(() =>
      MutableRef.getAndSet(unread, false)
        ? Stream.concat(Stream.fromIterable(head), Stream.repeatEffectChunkOption(pull))
        : Stream.fail(readAlready)
    )
    return {
      body: Body.fromStream(content),
      sevenBit: head.some(MessageData.needs8Bit)
        ? Option.none()
        : Option.some(Body.fromStream(content, { eightBit: false }))
    }
  })
