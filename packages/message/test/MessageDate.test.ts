import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as MessageDate from "../src/MessageDate.js"

const read = (text: string) => DateTime.formatIso(Either.getOrThrow(MessageDate.parse(text)))
const isZoned = (text: string) => DateTime.isZoned(Either.getOrThrow(MessageDate.parse(text)))
const fault = (text: string) => Either.getOrThrow(Either.flip(MessageDate.parse(text)))

describe("MessageDate", () => {
  it("I6: reads dates in every zone, by number, name or letter (RFC 5322 section 4.3)", () => {
    const noon = (zone: string) => read(`Fri, 21 Nov 1997 12:00:00 ${zone}`).slice(11, 16)
    for (
      const [zone, time] of [
        ...[["+0000", "12:00"], ["-0600", "18:00"], ["+0530", "06:30"], ["+1400", "22:00"]],
        ...[["UT", "12:00"], ["GMT", "12:00"], ["Z", "12:00"], ["EST", "17:00"], ["EDT", "16:00"]],
        ...[["CST", "18:00"], ["CDT", "17:00"], ["MST", "19:00"], ["MDT", "18:00"]],
        ...[["PST", "20:00"], ["PDT", "19:00"], ["est", "17:00"]],
        ...[["A", "12:00"], ["K", "12:00"], ["Y", "12:00"], ["CEST", "12:00"], ["-0000", "12:00"]]
      ]
    ) expect([zone, noon(zone)]).toEqual([zone, time])
    expect(["+0000", "EST", "GMT"].map((zone) => isZoned(`1 Jan 2026 0:00 ${zone}`)))
      .toEqual([true, true, true])
    expect(["-0000", "A", "CEST", ""].map((zone) => isZoned(`1 Jan 2026 0:00 ${zone}`)))
      .toEqual([false, false, false, false])
  })

  it("reads the obsolete forms: short years, comments, folding, no day, no seconds, fractions", () => {
    expect(read("21 Nov 97 09:55 GMT")).toBe("1997-11-21T09:55:00.000Z")
    expect(read("21 Nov 26 09:55 GMT")).toBe("2026-11-21T09:55:00.000Z")
    expect(read("21 Nov 126 09:55 GMT")).toBe("2026-11-21T09:55:00.000Z")
    expect(read("Thu,\r\n      13\r\n  Feb (of) 1969 23 : 32 : 54 -0330 (Newfoundland)"))
      .toBe("1969-02-14T03:02:54.000Z")
    expect(read("Fri 21 nov 1997 09:55:06.123456789 -0600")).toBe("1997-11-21T15:55:06.000Z")
    expect(read("29 Feb 2024 23:59:60 +0000")).toBe("2024-03-01T00:00:00.000Z")
  })

  it("says what is no date", () => {
    for (
      const text of [
        ...[
          "",
          "tomorrow",
          "31 Feb 2026 00:00 GMT",
          "0 Jan 2026 00:00 GMT",
          "1 Foo 2026 00:00 GMT"
        ],
        ...["1 Jan 2026 24:00 GMT", "1 Jan 2026 00:60 GMT", "1 Jan 2026 00:00 +0060"],
        ...["1 Jan 2026", "1 Jan 2026 00:00 GMT x", "1 Jan 2026 00:00 12", "2026-01-01T00:00:00Z"],
        ...["1 Jan 2026 00:00:aa GMT", "1 Jan 12345 00:00 GMT", "(".repeat(10)]
      ]
    ) expect([text, fault(text)._tag]).toEqual([text, "MalformedDate"])
    expect(fault("tomorrow").message).toBe("date: expected a day, a month and a year")
  })

  it("prints in the date's own zone", () => {
    const date = DateTime.unsafeMake("2026-11-03T23:05:07.999Z")
    const zoned = (hours: number) =>
      DateTime.setZone(date, DateTime.zoneMakeOffset(hours * 3_600_000))
    expect(MessageDate.print(date)).toBe("Tue, 3 Nov 2026 23:05:07 +0000")
    expect(MessageDate.print(zoned(2))).toBe("Wed, 4 Nov 2026 01:05:07 +0200")
    expect(MessageDate.print(zoned(-3.5))).toBe("Tue, 3 Nov 2026 19:35:07 -0330")
    expect(MessageDate.print(DateTime.unsafeSetZoneNamed(date, "Asia/Tokyo")))
      .toBe("Wed, 4 Nov 2026 08:05:07 +0900")
  })

  it("I6: is read again as the same instant in the same zone", () => {
    const seconds = FastCheck.integer({ min: -30_000_000_000, max: 200_000_000_000 })
    const minutes = FastCheck.integer({ min: -14 * 60, max: 14 * 60 })
    FastCheck.assert(FastCheck.property(seconds, minutes, (second, minute) => {
      const date = DateTime.setZone(
        DateTime.unsafeMake(second * 1000),
        DateTime.zoneMakeOffset(minute * 60_000)
      )
      const again = Either.getOrThrow(MessageDate.parse(MessageDate.print(date)))
      expect(DateTime.toEpochMillis(again)).toBe(second * 1000)
      expect(DateTime.isZoned(again) && DateTime.zonedOffset(again)).toBe(minute * 60_000)
    }))
  })
})
