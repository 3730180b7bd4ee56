/**
 * DateTime: a moment and the zone it was written in, as the headers of messages have it: `date-time` of
 * RFC 5322 section 3.3, with the obsolete forms of section 4.3.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import type * as Equ from "effect/Equivalence"
import * as Option from "effect/Option"
import * as Ord from "effect/Order"

/**
 * - `millis`: since 1970 in UTC;
 * - `offset`: the zone it was written in, in minutes east of Greenwich; none where the writer did not
 *   say (`-0000`), or gave a name that has no agreed meaning. The time is then taken for UTC.
 */
export interface DateTime {
  readonly millis: number
  readonly offset: Option.Option<number>
}

/** The text is no date and time; the fault is with whoever wrote it. The text itself is not in here. */
export class MalformedDateTime extends Data.TaggedError("MalformedDateTime")<{
  readonly expected: string
}> {
  override get message(): string {
    return `date: expected ${this.expected}`
  }
}

/** The moment in that zone, in whole seconds, since headers have no fractions. */
export const make = (millis: number, offset: number): DateTime => ({
  millis: Math.floor(millis / 1000) * 1000,
  offset: Option.some(offset)
})

/** The moment in UTC, in whole seconds. */
export const utc = (millis: number): DateTime => make(millis, 0)

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

/** The names of months, January first. */
export const months: ReadonlyArray<string> = [
  ...["Jan", "Feb", "Mar", "Apr", "May", "Jun"],
  ...["Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
]

/** In hours. Military letters mean nothing, as section 4.3 says, like the names of other zones. */
const zones: ReadonlyMap<string, number> = new Map([
  ["UT", 0],
  ["UTC", 0],
  ["GMT", 0],
  ["Z", 0],
  ["EST", -5],
  ["EDT", -4],
  ["CST", -6],
  ["CDT", -5],
  ["MST", -7],
  ["MDT", -6],
  ["PST", -8],
  ["PDT", -7]
])

/** Minutes east of Greenwich of a zone with that name, in any case, if there is agreement on it. */
export const zone = (name: string): Option.Option<number> =>
  Option.map(Option.fromNullable(zones.get(name.toUpperCase())), (hours) => hours * 60)

const wrong = (expected: string) => Either.left(new MalformedDateTime({ expected }))

/** With a space for each comment; none if one is never closed. Quoted pairs are of comments only. */
const withoutComments = (text: string): Option.Option<string> => {
  let rest = ""
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === "\\" && depth > 0) at++
    else if (char === "(") {
      if (depth++ === 0) rest += `${text.slice(start, at)} `
    } else if (char === ")" && depth > 0) {
      if (--depth === 0) start = at + 1
    }
  }
  return depth === 0 ? Option.some(rest + text.slice(start)) : Option.none()
}

/** Day of the week; day, month, year; and what is behind them. Never two ways to go on. */
const dated = /^(?:([a-z]{3})(?: ?, ?| ))?([0-9]{1,2}) ([a-z]{3}) ([0-9]{2,4}) (.*)$/i

/** Hour, minute, second, fraction; and the zone. */
const timed =
  /^([0-9]{1,2}) ?: ?([0-9]{1,2})(?: ?: ?([0-9]{1,2})(?: ?\. ?([0-9]{1,9}))?)?(?: ?([+-][0-9]{4}|[a-z]{1,40}))?$/i

const indexIn = (names: ReadonlyArray<string>, name: string): number =>
  names.findIndex((one) => one.toLowerCase() === name.toLowerCase())

/** Years of two digits are of this century up to 49; those of three are counted from 1900. */
const wholeYear = (text: string): number =>
  text.length === 4
    ? Number(text)
    : Number(text) + (text.length === 2 && Number(text) < 50 ? 2000 : 1900)

/** Less than a day to either side. */
const offsetOf = (text: string): Either.Either<Option.Option<number>, MalformedDateTime> => {
  if (!/^[+-]/.test(text)) return Either.right(zone(text))
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(3))]
  if (hours > 23 || minutes > 59) return wrong("a zone of hours up to 23 and minutes up to 59")
  const size = hours * 60 + minutes
  return Either.right(
    text === "-0000" ? Option.none() : Option.some(text.startsWith("-") && size > 0 ? -size : size)
  )
}

/**
 * Reads all of the text. Comments, folding, a missing day of the week, short years, missing or fractional
 * seconds, names of zones and a missing zone are taken. Whether the day of the week is right is not asked.
 */
export const parse = (text: string): Either.Either<DateTime, MalformedDateTime> => {
  const plain = Option.getOrElse(withoutComments(text), () => "").replace(/[ \t\r\n]+/g, " ").trim()
  const [, weekday = "", day = "", monthName = "", year = "", rest = ""] = dated.exec(plain) ?? []
  const month = indexIn(months, monthName)
  if (month < 0 || (weekday !== "" && indexIn(days, weekday) < 0)) {
    return wrong("a day, a month and a year")
  }
  if (wholeYear(year) < 1900) return wrong("a year since 1900")
  const time = timed.exec(rest)
  if (time === null) return wrong("a time of day and a zone")
  const [, hour, minute, second = "0", fraction = "0", zoneName = ""] = time
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return wrong("a time of day")
  const date = Date.UTC(wholeYear(year), month, Number(day))
  if (new Date(date).getUTCMonth() !== month) return wrong("a day of that month")
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  const local = date + seconds * 1000 + Math.floor(Number(`0.${fraction}`) * 1000)
  return Either.map(offsetOf(zoneName), (offset) => ({
    millis: local - Option.getOrElse(offset, () => 0) * 60_000,
    offset
  }))
}

const digits = (value: number, length = 2): string => String(value).padStart(length, "0")

/** The clock on the wall there. */
const local = ({ millis, offset }: DateTime): Date =>
  new Date(millis + Option.getOrElse(offset, () => 0) * 60_000)

const printOffset = (offset: Option.Option<number>, between: string): string => {
  const size = Math.abs(Option.getOrElse(offset, () => 0))
  const sign = Option.exists(offset, (minutes) => minutes >= 0) ? "+" : "-"
  return `${sign}${digits(Math.floor(size / 60))}${between}${digits(size % 60)}`
}

/**
 * `Fri, 21 Nov 1997 09:55:06 -0600`; without a zone, `-0000`. A fraction of a second, which RFC 5322 does
 * not have, only where there is one.
 */
export const print = (self: DateTime): string => {
  const at = local(self)
  const fraction = at.getUTCMilliseconds()
  const day = [digits(at.getUTCDate()), months[at.getUTCMonth()], digits(at.getUTCFullYear(), 4)]
  const time = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()].map((_) => digits(_))
  return `${days[at.getUTCDay()]}, ${day.join(" ")} ${time.join(":")}${
    fraction === 0 ? "" : `.${digits(fraction, 3)}`
  } ${printOffset(self.offset, "")}`
}

/** As RFC 3339 has it: `1997-11-21T09:55:06-06:00`. */
export const printIso = (self: DateTime): string =>
  local(self).toISOString().replace(/(?:\.000)?Z$/, "") + printOffset(self.offset, ":")

/** By the moment alone, and then by how it is written. */
export const Order: Ord.Order<DateTime> = Ord.combine(
  Ord.mapInput(Ord.number, ({ millis }: DateTime) => millis),
  Ord.mapInput(Ord.string, print)
)

/** The same moment in the same zone. */
export const Equivalence: Equ.Equivalence<DateTime> = (self, that) => Order(self, that) === 0
