/**
 * ReceivedDate: when a host says that it got the message (RFC 5322 section 3.3).
 *
 * @module
 */
import * as Either from "effect/Either"
import type * as Equ from "effect/Equivalence"
import * as Option from "effect/Option"
import * as Ord from "effect/Order"
import * as Lexer from "./internal/lexer.js"
import * as Moment from "./internal/moment.js"
import { ReceivedDateError } from "./ReceivedError.js"

/**
 * - `millis`: since 1970 in UTC;
 * - `offset`: the zone it was written in, in minutes east of Greenwich; none where the writer did not
 *   say (`-0000`), or gave a name that has no agreed meaning. The time is then taken for UTC.
 */
export interface ReceivedDate {
  readonly millis: number
  readonly offset: Option.Option<number>
}

/** The moment in that zone, in whole seconds. */
export const make = (millis: number, offset: number): ReceivedDate => ({
  millis: Math.floor(millis / 1000) * 1000,
  offset: Option.some(offset)
})

/** The moment in UTC. */
export const utc = (millis: number): ReceivedDate => make(millis, 0)

/**
 * A date-time of RFC 5322, with obsolete years and zones, comments and folding; of RFC 3339; or as
 * asctime(3) and date(1) write it. All of the text. The day of the week is not checked.
 */
export const parse = (text: string): Either.Either<ReceivedDate, ReceivedDateError> => {
  const tokens = Lexer.lex(Lexer.unfold(text))
  const words = tokens.filter(({ kind }) => kind !== "Comment").map(({ text }) => text)
  return Option.match(
    Option.filter(Moment.read(words), ({ count }) => count === words.length),
    {
      onNone: () => Either.left(new ReceivedDateError({ expected: "a date and time" })),
      onSome: ({ millis, offset }) => Either.right({ millis, offset })
    }
  )
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ")

const digits = (value: number, length = 2): string => String(value).padStart(length, "0")

const printOffset = (offset: number): string => {
  const size = Math.abs(offset)
  return `${offset < 0 ? "-" : "+"}${digits(Math.floor(size / 60))}${digits(size % 60)}`
}

/** The clock on the wall there. */
const local = ({ millis, offset }: ReceivedDate): Date =>
  new Date(millis + Option.getOrElse(offset, () => 0) * 60_000)

/** As RFC 5322 has it; fractions of a second, which it does not have, only where there are some. */
export const print = (date: ReceivedDate): string => {
  const at = local(date)
  const fraction = at.getUTCMilliseconds()
  const day = `${digits(at.getUTCDate())} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map((_) => digits(_))
  return `${days[at.getUTCDay()]}, ${day} ${time.join(":")}${
    fraction === 0 ? "" : `.${digits(fraction, 3)}`
  } ${Option.match(date.offset, { onNone: () => "-0000", onSome: printOffset })}`
}

/** As RFC 3339 has it. */
export const printIso = (date: ReceivedDate): string => {
  const zone = Option.match(date.offset, {
    onNone: () => "-00:00",
    onSome: (offset) => printOffset(offset).replace(/..$/, ":$&")
  })
  return `${local(date).toISOString().replace(/(?:\.000)?Z$/, "")}${zone}`
}

/** By the moment alone, and then by how it is written. */
export const Order: Ord.Order<ReceivedDate> = Ord.combine(
  Ord.mapInput(Ord.number, ({ millis }: ReceivedDate) => millis),
  Ord.mapInput(Ord.string, print)
)

/** The same moment in the same zone. */
export const Equivalence: Equ.Equivalence<ReceivedDate> = (self, that) => Order(self, that) === 0
