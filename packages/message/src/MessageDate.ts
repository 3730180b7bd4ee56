/**
 * MessageDate: dates as headers have them (RFC 5322 section 3.3), with the obsolete forms of section 4.3.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import type { Token } from "./internal/tokens.js"
import { tokens } from "./internal/tokens.js"

/** The text is no date. */
export class MalformedDate extends Data.TaggedError("MalformedDate")<{
  readonly expected: string
}> {
  override get message(): string {
    return `date: expected ${this.expected}`
  }
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
const months = [
  ...["Jan", "Feb", "Mar", "Apr", "May", "Jun"],
  ...["Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
]

/** The zones that have names, in hours (section 4.3). Military letters mean nothing, like other names. */
const zones: Readonly<Record<string, number>> = {
  UT: 0,
  GMT: 0,
  Z: 0,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7
}

const two = (number: number): string => String(number).padStart(2, "0")

/** In the date's own zone, to the minute; in UTC if it has none: `Fri, 21 Nov 1997 09:55:06 -0600`. */
export const print = (date: DateTime.DateTime): string => {
  const shift = DateTime.isZoned(date) ? Math.trunc(DateTime.zonedOffset(date) / 60_000) : 0
  const local = new Date(DateTime.toEpochMillis(date) + shift * 60_000)
  const day = `${days[local.getUTCDay()]}, ${local.getUTCDate()} ${months[local.getUTCMonth()]}`
  const time = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(
    ":"
  )
  const minutes = Math.abs(shift)
  const zone = `${shift < 0 ? "-" : "+"}${two(Math.trunc(minutes / 60))}${two(minutes % 60)}`
  return `${day} ${String(local.getUTCFullYear()).padStart(4, "0")} ${time} ${zone}`
}

const wrong = (expected: string) => Either.left(new MalformedDate({ expected }))

const digits = (token: Token | undefined, least: number, most: number): number =>
  token !== undefined && token.kind === "Atom" && token.text.length >= least &&
    token.text.length <= most && /^\d+$/.test(token.text)
    ? Number(token.text)
    : NaN

const isMark = (token: Token | undefined, mark: string): boolean =>
  token !== undefined && token.kind === "Mark" && token.text === mark

const findName = (names: ReadonlyArray<string>, token: Token | undefined): number =>
  names.findIndex((name) => name.toLowerCase() === token?.text.toLowerCase())

/** Years of two and three digits are of the twentieth century, or of ours up to 49. */
const wholeYear = (token: Token | undefined): number => {
  const year = digits(token, 2, 4)
  return token?.text.length === 4 ? year : token?.text.length === 2 && year < 50
    ? year + 2000
    : year + 1900
}

/** Minutes east of UTC; `undefined` where the zone is not told (`-0000`, letters, unknown names). */
const offset = (text: string): Either.Either<number | undefined, MalformedDate> => {
  if (/^[+-]\d{4}$/.test(text)) {
    const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3))
    if (Number(text.slice(3)) > 59) return wrong("minutes up to 59 in the zone")
    return Either.right(text === "-0000" ? undefined : text.startsWith("-") ? -minutes : minutes)
  }
  const hours = zones[text.toUpperCase()]
  return text !== "" && !/^[A-Za-z]+$/.test(text)
    ? wrong("a zone")
    : Either.right(hours === undefined ? undefined : hours * 60)
}

/**
 * A date with a known zone is `Zoned`; one that does not tell its zone is `Utc`. Comments, a missing day
 * of the week, short years, missing or fractional seconds (which are dropped) and a missing zone are
 * taken. Whether the day of the week is right is not asked.
 */
export const parse = (text: string): Either.Either<DateTime.DateTime, MalformedDate> => {
  const all = tokens(text)
  const named = findName(days, all[0]) >= 0 ? (isMark(all[1], ",") ? 2 : 1) : 0
  const [dayOf, monthOf, yearOf, hourOf, ...rest] = all.slice(named)
  const day = digits(dayOf, 1, 2)
  const month = findName(months, monthOf)
  const year = wholeYear(yearOf)
  if (Number.isNaN(day) || month < 0 || Number.isNaN(year)) {
    return wrong("a day, a month and a year")
  }
  const hour = digits(hourOf, 1, 2)
  const minute = isMark(rest[0], ":") ? digits(rest[1], 1, 2) : NaN
  const hasSeconds = isMark(rest[2], ":")
  const second = hasSeconds ? digits(rest[3], 1, 2) : 0
  const fraction = hasSeconds && isMark(rest[4], ".")
  const zone = rest.slice(hasSeconds ? (fraction ? 6 : 4) : 2)
  if (!(hour < 24 && minute < 60 && second <= 60)) return wrong("a time of day")
  if (zone.length > 1) return wrong("nothing after the zone")
  // Date.UTC alone would take the first hundred years for those of the twentieth century.
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  if (date.getUTCMonth() !== month) return wrong("a day of that month")
  const local = date.setUTCHours(hour, minute, second)
  return Either.map(offset(zone[0]?.text ?? ""), (minutes) => {
    const utc = DateTime.unsafeMake(local - (minutes ?? 0) * 60_000)
    return minutes === undefined
      ? utc
      : DateTime.setZone(utc, DateTime.zoneMakeOffset(minutes * 60_000))
  })
}
