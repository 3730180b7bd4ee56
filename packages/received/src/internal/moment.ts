/**
 * A date and time as words: RFC 5322 sections 3.3 and 4.3, RFC 3339, and what `asctime` and `date`
 * write. The words are few and short, whoever wrote them.
 */
import * as Option from "effect/Option"

/** What was read: how many words it took, and names of zones among them that say no more. */
export interface Read {
  readonly millis: number
  readonly offset: Option.Option<number>
  readonly names: ReadonlyArray<string>
  readonly count: number
}

/** The most words of a date, and the most characters of a word. */
export const limits = { words: 10, word: 40 } as const

const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

const months = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december"
]

/** By its first three letters or as a whole; -1 for another word. */
const indexIn = (names: ReadonlyArray<string>, word: string | undefined): number => {
  const name = word?.toLowerCase().replace(/\.$/, "") ?? ""
  return name.length < 3
    ? -1
    : names.findIndex((full) =>
      full === name || full.slice(0, 3) === name || name === "sept" && full === "september"
    )
}

/** Minutes east of Greenwich (RFC 5322 section 4.3). */
const zones: ReadonlyMap<string, number> = new Map([
  ["Z", 0],
  ["UT", 0],
  ["UTC", 0],
  ["GMT", 0],
  ["EST", -300],
  ["EDT", -240],
  ["CST", -360],
  ["CDT", -300],
  ["MST", -420],
  ["MDT", -360],
  ["PST", -480],
  ["PDT", -420]
])

interface Zone {
  readonly offset: Option.Option<number>
  readonly names: ReadonlyArray<string>
}

/** `-0000` is a time in UTC of which no zone is known. */
const readOffset = (word: string): Option.Option<Zone> => {
  const found = /^(?:GMT|UTC|UT)?([+-])([0-9]{2}):?([0-9]{2})$/.exec(word)
  if (found === null) return Option.none()
  const [, sign, hours, minutes] = found
  const size = Number(hours) * 60 + Number(minutes)
  if (Number(hours) > 23 || Number(minutes) > 59) return Option.none()
  const offset = sign === "-"
    ? (size === 0 ? Option.none() : Option.some(-size))
    : Option.some(size)
  return Option.some({ offset, names: [] })
}

/** Capitals whose meaning nobody knows are a zone all the same. */
const readName = (word: string): Option.Option<Zone> =>
  /^[A-Z]{1,5}$/.test(word) || zones.has(word.toUpperCase())
    ? Option.some({
      offset: Option.fromNullable(zones.get(word.toUpperCase())),
      names: word.toUpperCase() === "Z" ? [] : [word]
    })
    : Option.none()

/** The zone, which may be said twice: `+0000 UTC`. */
const readZone = (words: ReadonlyArray<string>, at: number): Zone & { readonly next: number } => {
  const numeric = Option.flatMap(Option.fromNullable(words[at]), readOffset)
  const after = Option.isSome(numeric) ? at + 1 : at
  const named = Option.flatMap(Option.fromNullable(words[after]), readName)
  return {
    offset: Option.match(numeric, {
      onNone: () => Option.flatMap(named, ({ offset }) => offset),
      onSome: ({ offset }) => offset
    }),
    names: Option.match(named, { onNone: () => [], onSome: ({ names }) => names }),
    next: Option.isSome(named) ? after + 1 : after
  }
}

const daysOf = (year: number, month: number): number =>
  new Date(Date.UTC(year, month + 1, 0)).getUTCDate()

/** Two and three digits as RFC 5322 section 4.3 has them; -1 for no year since 1900. */
const readYear = (word: string | undefined): number => {
  if (word === undefined || !/^[0-9]{2,4}$/.test(word)) return -1
  const year = Number(word)
  if (word.length === 4) return year >= 1900 ? year : -1
  return word.length === 2 && year < 50 ? 2000 + year : 1900 + year
}

interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Milliseconds since midnight; -1 for no time of day. */
const readTime = (word: string | undefined): number => {
  const found = /^([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?$/.exec(word ?? "")
  if (found === null) return -1
  const [, hour, minute, second = "0", fraction = "0"] = found
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return -1
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  return seconds * 1000 + Math.floor(Number(`0.${fraction}`) * 1000)
}

const finish = (
  { day, month, year }: Day,
  time: number,
  zone: Zone & { readonly next: number }
): Option.Option<Read> => {
  if (year < 0 || month < 0 || time < 0 || day < 1 || day > daysOf(year, month)) {
    return Option.none()
  }
  const { names, next, offset } = zone
  const local = Date.UTC(year, month, day) + time
  const millis = local - Option.getOrElse(offset, () => 0) * 60_000
  return Option.some({ millis, offset, names, count: next })
}

/** A time may have its zone right behind it. */
const parted = (word: string): ReadonlyArray<string> => {
  const found = /^([0-9]{1,2}:[0-9:.]{2,20})([Zz]|[+-][0-9]{2}:?[0-9]{2})$/.exec(word)
  return found === null ? [word] : found.slice(1)
}

const split = (word: string): ReadonlyArray<string> => {
  const iso = /^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt](.{1,30})$/.exec(word)
  if (iso !== null) return [iso[1] ?? "", ...parted(iso[2] ?? "")]
  const dashed = /^([0-9]{1,2})-([A-Za-z]{3})-([0-9]{2,4})$/.exec(word)
  return dashed === null ? parted(word) : dashed.slice(1)
}

/** `2026-11-20`. */
const readIso = (word: string | undefined): Option.Option<Day> => {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(word ?? "")
  return Option.map(
    Option.filter(Option.fromNullable(found), ([, , month]) => Number(month) <= 12),
    ([, year, month, day]) => ({
      year: readYear(year),
      month: Number(month) - 1,
      day: Number(day)
    })
  )
}

/** The day of the month; 0 for another word. */
const readDay = (word: string | undefined): number =>
  /^[0-9]{1,2}$/.test(word ?? "") ? Number(word) : 0

/** The date that these words, cut finely, begin with. */
const readPieces = (words: ReadonlyArray<string>): Option.Option<Read> => {
  const at = indexIn(days, words[0]) >= 0 ? 1 : 0
  const iso = readIso(words[at])
  if (Option.isSome(iso)) {
    return finish(iso.value, readTime(words[at + 1]), readZone(words, at + 2))
  }
  const month = indexIn(months, words[at])
  if (month < 0) {
    const day = {
      day: readDay(words[at]),
      month: indexIn(months, words[at + 1]),
      year: readYear(words[at + 2])
    }
    return finish(day, readTime(words[at + 3]), readZone(words, at + 4))
  }
  // What asctime(3) and date(1) write: the year stands behind the time, or behind the zone.
  const time = readTime(words[at + 2])
  const day = readDay(words[at + 1])
  const early = readYear(words[at + 3])
  if (early >= 0) return finish({ day, month, year: early }, time, readZone(words, at + 4))
  const zone = readZone(words, at + 3)
  return finish({ day, month, year: readYear(words[zone.next]) }, time, {
    ...zone,
    next: zone.next + 1
  })
}

/** The date that the words begin with; commas mean nothing. `count` counts these words. */
export const read = (words: ReadonlyArray<string>): Option.Option<Read> => {
  const pieces: Array<string> = []
  const origins: Array<number> = []
  for (const [index, word] of words.slice(0, limits.words).entries()) {
    if (word.length > limits.word) break
    for (const part of word.split(",")) {
      for (const piece of part === "" ? [] : split(part)) {
        pieces.push(piece)
        origins.push(index)
      }
    }
  }
  return Option.flatMap(readPieces(pieces), (found) => {
    const last = origins[found.count - 1] ?? -1
    const whole = origins[found.count] !== last
    return whole ? Option.some({ ...found, count: last + 1 }) : Option.none()
  })
}
