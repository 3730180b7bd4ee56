/**
 * Reader: takes lines, counted bytes and message data from a flow, and keeps what is left over.
 *
 * @module
 */
import type { Flow } from "@effect-smtp/flow/Flow"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import type * as Decoder from "@effect-smtp/wire/Decoder"
import * as MessageData from "@effect-smtp/wire/MessageData"
import * as Octets from "@effect-smtp/wire/Octets"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { quote, quoteBytes } from "../Script.js"

/**
 * What came, where something else was expected.
 *
 * - `Text`: a line or a message;
 * - `Bytes`: bytes, or a line without CR LF: with a bare LF, or over 65536 bytes long;
 * - `End`: the peer finished writing, after these bytes;
 * - `BadData`: message data with a bare CR or LF;
 * - `Failed`: the connection failed;
 * - `Nothing`: nothing can follow the step before.
 */
export type Received = Data.TaggedEnum<{
  Text: { readonly text: string }
  Bytes: { readonly bytes: Uint8Array }
  End: { readonly bytes: Uint8Array }
  BadData: { readonly fault: MessageData.BareLineEnd }
  Failed: { readonly error: FlowError }
  Nothing: {}
}>

/** Constructors and matchers of {@link Received}. */
export const Received = Data.taggedEnum<Received>()

/** What came, in words. */
export const print: (self: Received) => string = Received.$match({
  Text: ({ text }) => `received ${quote(text)}`,
  Bytes: ({ bytes }) => `received bytes ${quoteBytes(bytes)}`,
  End: ({ bytes }) =>
    bytes.length === 0 ? "received the end" : `received the end after ${quoteBytes(bytes)}`,
  BadData: ({ fault }) => `received message data with a ${fault.message}`,
  Failed: ({ error }) => `the connection failed: ${error.message}`,
  Nothing: () => "but nothing can follow the step before"
})

/** Bytes taken from a flow and not asked for yet; one reader at a time. */
export interface Reader {
  readonly flow: Flow
  readonly unread: Uint8Array
}

/** Nothing read yet. */
export const make = (flow: Flow): Reader => ({ flow, unread: new Uint8Array() })

/** What was asked for, and the reader to go on with. */
export type Result<A> = Effect.Effect<readonly [A, Reader], Received>

const maxLine = 65536
const CR = 0x0d
const LF = 0x0a

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** The reader with more unread bytes, or none at the end. */
const more = (self: Reader): Effect.Effect<Option.Option<Reader>, Received> =>
  Effect.mapBoth(self.flow.read, {
    onFailure: (error) => Received.Failed({ error }),
    onSuccess: Option.map((bytes) => {
      const unread = self.unread.length === 0 ? bytes : Octets.concat([self.unread, bytes])
      return { flow: self.flow, unread }
    })
  })

/** As many bytes as `find` says, once it has found what it looks for among the unread ones. */
const take = (
  start: Reader,
  find: (unread: Uint8Array) => Option.Option<number>
): Result<Uint8Array> =>
  Effect.gen(function*() {
    let self = start
    for (;;) {
      const found = find(self.unread)
      if (Option.isSome(found)) {
        const reader: Reader = { flow: self.flow, unread: self.unread.subarray(found.value) }
        return [self.unread.subarray(0, found.value), reader] as const
      }
      const next = yield* more(self)
      if (Option.isNone(next)) return yield* Effect.fail(Received.End({ bytes: self.unread }))
      self = next.value
    }
  })

/** One line, without its CR LF. It ends at the first LF, which is wrong if there is no CR before it. */
export const line = (self: Reader): Result<string> =>
  take(self, (unread) => {
    const at = unread.indexOf(LF)
    return at >= 0
      ? Option.some(at + 1)
      : unread.length > maxLine
      ? Option.some(unread.length)
      : Option.none()
  }).pipe(
    Effect.flatMap(([bytes, reader]) =>
      bytes.at(-1) === LF && bytes.at(-2) === CR
        ? Effect.succeed([text(bytes.subarray(0, -2)), reader] as const)
        : Effect.fail(Received.Bytes({ bytes }))
    )
  )

/** Exactly so many bytes. */
export const bytes = (self: Reader, count: number): Result<Uint8Array> =>
  take(self, (unread) => unread.length < count ? Option.none() : Option.some(count))

/** The end, with nothing before it. */
export const end = (self: Reader): Effect.Effect<void, Received> =>
  Effect.gen(function*() {
    if (self.unread.length > 0) return yield* Effect.fail(Received.Bytes({ bytes: self.unread }))
    const next = yield* more(self)
    if (Option.isSome(next)) {
      return yield* Effect.fail(Received.Bytes({ bytes: next.value.unread }))
    }
  })

/** A message, its dots un-stuffed, up to and with the dot line. */
export const data = (start: Reader): Result<string> =>
  Effect.gen(function*() {
    let self = start
    let decoder: Decoder.Decoder<MessageData.DataEvent, never> = MessageData.decoder("strict")
    const chunks: Array<Uint8Array> = []
    for (;;) {
      const step = Either.getOrThrow(decoder.step(self.unread))
      if (step._tag === "More") {
        decoder = step.next
        const next = yield* more({ ...self, unread: new Uint8Array() })
        if (Option.isNone(next)) {
          return yield* Effect.fail(Received.End({ bytes: Octets.concat(chunks) }))
        }
        self = next.value
      } else {
        self = { ...self, unread: self.unread.subarray(step.consumed) }
        if (step.value._tag === "End") return [text(Octets.concat(chunks)), self] as const
        if (step.value._tag === "Fault") {
          return yield* Effect.fail(Received.BadData({ fault: step.value.fault }))
        }
        chunks.push(...step.value.chunks)
        decoder = step.value.next
      }
    }
  })
