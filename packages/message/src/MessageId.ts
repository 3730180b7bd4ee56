/**
 * MessageId: the name of one message, for all time (RFC 5322 section 3.6.4). Threads are made of them.
 *
 * @module
 */
import * as Domain from "@effect-smtp/wire/Domain"
import * as Brand from "effect/Brand"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Chance from "./internal/chance.js"

/**
 * What is between the angle brackets: `left@right` as a rule, always visible ASCII without brackets in
 * it, and at most 900 characters, which fit in a line.
 */
export type MessageId = string & Brand.Brand<"MessageId">

const trusted = Brand.nominal<MessageId>()

/** The text is no message identifier. */
export class MalformedMessageId extends Data.TaggedError("MalformedMessageId") {
  override get message(): string {
    return "message identifier: expected visible ASCII characters, at most 900, in angle brackets"
  }
}

const content = /^[!-;=?-~]{1,900}$/

/** With angle brackets or without, and white space around. */
export const parse = (text: string): Either.Either<MessageId, MalformedMessageId> => {
  const trimmed = text.trim()
  const inside = trimmed.startsWith("<") && trimmed.endsWith(">") ? trimmed.slice(1, -1) : trimmed
  return content.test(inside)
    ? Either.right(trusted(inside))
    : Either.left(new MalformedMessageId())
}

/**
 * Every identifier in a field such as `References`: what is between angle brackets. Words around them are
 * left out, as in `Your message of Tuesday <a@b>` (RFC 5322 section 4.5.4); identifiers may be folded.
 */
export const findAll = (text: string): ReadonlyArray<MessageId> =>
  text.split(">").slice(0, -1).flatMap((piece) => {
    const open = piece.lastIndexOf("<")
    const inside = open < 0 ? "" : piece.slice(open + 1).replace(/[ \t\r\n]/g, "")
    return content.test(inside) ? [trusted(inside)] : []
  })

/** In angle brackets. */
export const print = (id: MessageId): string => `<${id}>`

/** A new one, of the time and of chance: two are the same only if `Clock` and `Random` are. */
export const make = (domain: Domain.Domain): Effect.Effect<MessageId> =>
  Effect.zipWith(
    Clock.currentTimeMillis,
    Chance.letters(20),
    (now, letters) =>
      trusted(
        `${now.toString(36)}.${letters}@${
          Domain.print(Either.getOrElse(Domain.toAscii(domain), () => domain))
        }`
      )
  )
