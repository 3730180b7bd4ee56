/** Dates of headers, as Effect has dates. */
import * as Wire from "@effect-smtp/wire/DateTime"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

/** In the date's own zone, to the minute and the second; in UTC if it has none. */
export const print = (date: DateTime.DateTime): string => {
  const shift = DateTime.isZoned(date) ? Math.trunc(DateTime.zonedOffset(date) / 60_000) : 0
  return Wire.print(Wire.make(DateTime.toEpochMillis(date), shift))
}

/** `Zoned` where the zone is known; else `Utc`. */
export const parse = (text: string): Either.Either<DateTime.DateTime, Wire.MalformedDateTime> =>
  Either.map(Wire.parse(text), ({ millis, offset }) => {
    const utc = DateTime.unsafeMake(millis)
    return Option.match(offset, {
      onNone: () => utc,
      onSome: (minutes) => DateTime.setZone(utc, DateTime.zoneMakeOffset(minutes * 60_000))
    })
  })
