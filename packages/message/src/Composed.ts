/**
 * Composed: a whole message, ready to be delivered. Its MIME parts are written by nodemailer's MIME
 * nodes, its header and its envelope here.
 *
 * Line ends and other controls in text that stands in one line of the header (a subject, a name, a file
 * name, the name or value of a field) are an error, never written. Under a `TestClock` and a given
 * `Random` the message is the same to the last octet, boundaries included.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Domain from "@effect-smtp/wire/Domain"
import type { ForwardPath } from "@effect-smtp/wire/ForwardPath"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import * as Arr from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Address from "./Address.js"
import { ComposeError } from "./ComposeError.js"
import type { Draft } from "./Draft.js"
import * as Chance from "./internal/chance.js"
import * as Fields from "./internal/fields.js"
import * as Parts from "./internal/parts.js"
import * as Tree from "./internal/tree.js"
import * as MessageId from "./MessageId.js"

/**
 * - `envelope`: who it is from and for, as far as the transport is concerned;
 * - `body`: header and all, with CR LF line ends. In memory where all of it was and is small; else a
 *   recipe that reads every stream and file again for each attempt;
 * - `messageId`: what its own header calls it.
 */
export interface Composed {
  readonly envelope: Envelope.Envelope
  readonly body: Body.Body
  readonly messageId: MessageId.MessageId
}

/** A message of which no more than this is in memory already is wholly made there. */
const small = 1_048_576

/**
 * What a message needs of a server: room for `size` octets, where that is known, `8BITMIME`, `SMTPUTF8`
 * (RFC 6531). A client sees to it by itself, so this is for whoever wants to know beforehand.
 */
export interface Needs {
  readonly size: Option.Option<number>
  readonly eightBitMime: boolean
  readonly smtpUtf8: boolean
}

/** All that is known of it before it is sent. */
export const needs = ({ body, envelope }: Composed): Needs => {
  const { eightBit, size } = Body.facts(body)
  return {
    size,
    eightBitMime: eightBit,
    smtpUtf8: body.utf8Header || Envelope.needsUtf8(envelope)
  }
}

/** Whether an address of the header has no ASCII form, or the draft asks for UTF-8. */
const isUtf8 = ({ cc = [], charset, from, replyTo = [], sender, to = [] }: Draft): boolean =>
  charset === "Utf8" ||
  [...from, ...sender === undefined ? [] : [sender], ...replyTo, ...to, ...cc]
    .some(Address.needsUtf8)

/** Two paths are the same recipient if local part and domain are, in whatever form the domain is. */
const recipientKey = ({ mailbox }: Address.Person): string => {
  const { domain, local } = Address.toAscii(mailbox)
  return `${Domain.print(domain).toLowerCase()} ${local}`
}

const recipients = ({ bcc = [], cc = [], to = [] }: Draft): ReadonlyArray<ForwardPath> => {
  const named = new Map<string, ForwardPath>()
  for (const person of Address.persons([...to, ...cc, ...bcc])) {
    const key = recipientKey(person)
    if (!named.has(key)) named.set(key, Address.toForwardPath(person))
  }
  return [...named.values()]
}

const envelopeOf = (draft: Draft): Effect.Effect<Envelope.Envelope, ComposeError> => {
  const { from, to, wishes } = draft.envelope ?? {}
  const all = to ?? recipients(draft).map((path) => Envelope.recipient(path))
  return Arr.isNonEmptyReadonlyArray(all)
    ? Effect.succeed(Envelope.make({
      from: from ?? ReversePath.fromMailbox((draft.sender ?? draft.from[0]).mailbox),
      to: all,
      ...wishes === undefined ? {} : { wishes }
    }))
    : Effect.fail(
      new ComposeError({ field: "To", reason: "Missing", expected: "at least one recipient" })
    )
}

/** Letters that stand in no part that goes as it is. */
const boundaryFor = (part: Parts.Part): Effect.Effect<string> =>
  Effect.repeat(Chance.letters(16), { until: (letters) => !Tree.occurs(part, letters) })

/** How much is in memory already; none if some of it is yet to be read. */
const inMemory = (part: Parts.Part): number =>
  Parts.leaves(part).reduce((sum, leaf) => {
    if (leaf._tag === "Text") return sum + leaf.text.length
    const { content } = leaf.attachment
    if (content._tag === "Bytes") return sum + content.bytes.length
    return content._tag === "Message" && content.body._tag === "Bytes"
      ? sum + content.body.bytes.length
      : Infinity
  }, 0)

/** Composes a message. What is attached as a stream or a file is not read yet. */
export const fromDraft = Effect.fn("Composed.fromDraft")(function*(draft: Draft) {
  const utf8 = isUtf8(draft)
  const date = draft.date ?? (yield* DateTime.now)
  const messageId = draft.messageId ?? (yield* MessageId.make(draft.from[0].mailbox.domain))
  const fields = yield* Fields.print(draft, { date, messageId, utf8 })
  const envelope = yield* envelopeOf(draft)
  const part = yield* Parts.make(draft)
  const boundary = yield* boundaryFor(part)

  const header = new TextEncoder().encode(fields)
  const whole = Stream.concat(Stream.succeed(header), Tree.stream(part, boundary))
  if (inMemory(part) <= small) {
    const bytes = yield* Effect.orDie(Body.collect(Body.fromStream(whole)))
    const body = Body.fromBytes(bytes, { utf8Header: utf8 })
    return { envelope, body, messageId } satisfies Composed
  }
  const size = yield* Effect.orDie(Tree.size(part, boundary))
  const body = Body.fromStream(whole, {
    eightBit: utf8 || Parts.isEightBit(part),
    utf8Header: utf8,
    ...Option.match(size, {
      onNone: () => ({}),
      onSome: (octets) => ({ size: header.length + octets })
    })
  })
  return { envelope, body, messageId } satisfies Composed
})
