/**
 * A date and time as words: RFC 5322 sections 3.3 and 4.3, RFC 3339, and what `asctime` and `date`
 * write. The words are few and short, whoever wrote them. They are put in the order and form of RFC 5322
 * here, and `DateTime` of `wire` says if they make a date.
 */
import * as DateTime from "@effect-smtp/wire/DateTime"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

/** What was read: how many words it took, and names of zones among them that say no more. */
export interface Read {
  readonly date: DateTime.DateTime
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

/** A zone as RFC 5322 has it, or nothing, and what else it was called. */
interface Zone {
  readonly text: string
  readonly names: ReadonlyArray<string>
}

const numeric = /^(?:GMT|UTC|UT)?([+-](?:[01][0-9]|2[0-3])):?([0-5][0-9])$/

const readOffset = (word: string): string => numeric.exec(word)?.slice(1).join("") ?? ""

/** Capitals whose meaning nobody knows are a zone all the same. */
const isName = (word: string): boolean =>
  /^[A-Z]{1,5}$/.test(word) || Option.isSome(DateTime.zone(word))

/** The zone, which may be said twice: `+0000 UTC`. */
const readZone = (words: ReadonlyArray<string>, at: number): Zone & { readonly next: number } => {
  const offset = readOffset(words[at] ?? "")
  const after = offset === "" ? at : at + 1
  const name = words[after] ?? ""
  return isName(name)
    ? {
      text: offset === "" ? name : offset,
      names: name.toUpperCase() === "Z" ? [] : [name],
      next: after + 1
    }
    : { text: offset, names: [], next: after }
}

/** Words that stand for a day; the month is an index. */
interface Day {
  readonly year: string | undefined
  readonly month: number
  readonly day: string | undefined
}

const finish = (
  { day, month, year }: Day,
  time: string | undefined,
  { names, next, text }: Zone & { readonly next: number }
): Option.Option<Read> =>
  Option.map(
    // A zone right behind the time has been cut off from it.
    /^[0-9:.]+$/.test(time ?? "")
      ? Either.getRight(DateTime.parse(`${day} ${DateTime.months[month]} ${year} ${time} ${text}`))
      : Option.none(),
    (date) => ({ date, names, count: next })
  )

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
const readIso = (word: string | undefined): Option.Option<Day> =>
  Option.map(
    Option.fromNullable(/^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(word ?? "")),
    ([, year, month, day]) => ({ year, month: Number(month) - 1, day })
  )

/** The date that these words, cut finely, begin with. */
const readPieces = (words: ReadonlyArray<string>): Option.Option<Read> => {
  const at = indexIn(days, words[0]) >= 0 ? 1 : 0
  const iso = readIso(words[at])
  if (Option.isSome(iso)) return finish(iso.value, words[at + 1], readZone(words, at + 2))
  const month = indexIn(months, words[at])
  if (month < 0) {
    const day = { day: words[at], month: indexIn(months, words[at + 1]), year: words[at + 2] }
    return finish(day, words[at + 3], readZone(words, at + 4))
  }
  // What asctime(3) and date(1) write: the year stands behind the time, or behind the zone.
  const day = { day: words[at + 1], month }
  const time = words[at + 2]
  const year = words[at + 3]
  if (/^[0-9]{2,4}$/.test(year ?? "")) {
    return finish({ ...day, year }, time, readZone(words, at + 4))
  }
  const zone = readZone(words, at + 3)
  return finish({ ...day, year: words[zone.next] }, time, { ...zone, next: zone.next + 1 })
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
