import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as DateTime from "../src/DateTime.js"

const read = (text: string) => Either.getOrThrow(DateTime.parse(text))
const iso = (text: string) => DateTime.printIso(read(text))
const fault = (text: string) => Either.getOrThrow(Either.flip(DateTime.parse(text)))

/** Days of 1900 to 9999, in every zone. */
const arbitrary: FastCheck.Arbitrary<DateTime.DateTime> = FastCheck.record({
  millis: FastCheck.integer({ min: Date.UTC(1900, 0, 3), max: Date.UTC(9999, 11, 28) }),
  offset: FastCheck.option(FastCheck.integer({ min: -1439, max: 1439 })).map(Option.fromNullable)
})

describe("DateTime", () => {
  describe("parse", () => {
    it("reads the date-time of RFC 5322", () => {
      expect(read("Fri, 20 Nov 2026 10:00:00 +0100")).toEqual({
        millis: Date.UTC(2026, 10, 20, 9),
        offset: Option.some(60)
      })
      expect(iso("20 Nov 2026 10:00 -0330")).toBe("2026-11-20T10:00:00-03:30")
      expect(iso("29 Feb 2028 23:59:60 +0000")).toBe("2028-03-01T00:00:00+00:00")
    })

    it("I6: reads zones by number and by name (RFC 5322 section 4.3)", () => {
      const hours = ["+0000", "-0600", "+0530", "+1400", "UT", "UTC", "GMT", "Z", "z", "est"]
        .map((zone) => Option.getOrThrow(read(`20 Nov 2026 10:00:00 ${zone}`).offset) / 60)
      expect(hours).toEqual([0, -6, 5.5, 14, 0, 0, 0, 0, 0, -5])
      const american = ["EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"]
      expect(american.map((zone) => Option.getOrThrow(DateTime.zone(zone)) / 60))
        .toEqual([-5, -4, -6, -5, -7, -6, -8, -7])
    })

    it("I6: knows no zone where the writer knew none, or told one that means nothing", () => {
      for (const zone of ["-0000", "", "A", "K", "Y", "MSK", "CEST", "(UTC)"]) {
        expect([zone, read(`Fri, 20 Nov 2026 10:00:00 ${zone}`)])
          .toEqual([zone, { millis: Date.UTC(2026, 10, 20, 10), offset: Option.none() }])
      }
      expect(DateTime.zone("constructor")).toEqual(Option.none())
    })

    it("reads the obsolete forms: short years, comments, folding, no seconds, fractions", () => {
      const years = ["00", "49", "50", "99", "101", "126", "1999"]
        .map((year) => iso(`20 Nov ${year} 10:00:00 GMT`).slice(0, 4))
      expect(years).toEqual(["2000", "2049", "1950", "1999", "2001", "2026", "1999"])
      expect(iso("Thu,\r\n      13\r\n  Feb (of) 1969 23 : 32 : 54 -0330 (Newfoundland)"))
        .toBe("1969-02-13T23:32:54-03:30")
      expect(iso("Fri,\r\n\t20 (twenty (20) \\) \\() Nov 2026\r\n 10:00:00 (noon?) +0000 (UTC)"))
        .toBe("2026-11-20T10:00:00+00:00")
      expect(iso("Fri 21 nov 1997 09:55:06.123456789 -0600"))
        .toBe("1997-11-21T09:55:06.123-06:00")
      expect(iso("fri,21 Nov 1997 9:5GMT")).toBe("1997-11-21T09:05:00+00:00")
    })

    it("says what is no date", () => {
      for (
        const text of [
          ...["", "tomorrow", "Fri", "Fri, 20 Nov 2026", "2026-01-01T00:00:00Z", "("],
          ...["31 Feb 2026 10:00:00 +0000", "29 Feb 2026 10:00 GMT", "0 Nov 2026 10:00 GMT"],
          ...["20 Foo 2026 10:00 GMT", "Foo, 20 Nov 2026 10:00 GMT", "20 Nov 1899 10:00 GMT"],
          ...["20 Nov 12345 10:00 GMT", "20 Nov 2026 24:00 GMT", "20 Nov 2026 10:60 GMT"],
          ...["20 Nov 2026 10:00:61 GMT", "20 Nov 2026 10:00:aa GMT", "20 Nov 2026 10:00 12"],
          ...["20 Nov 2026 10:00 +2400", "20 Nov 2026 10:00 +0060", "20 Nov 2026 10:00 GMT x"],
          ...["20 Nov 2026 10:00 GMT (x", "20 Nov 2026 10:00) GMT", "20 Nov\u00a02026 10:00 GMT"]
        ]
      ) expect([text, fault(text)._tag]).toEqual([text, "MalformedDateTime"])
      expect(fault("tomorrow").message).toBe("date: expected a day, a month and a year")
      expect(fault("20 Nov 2026 25:00").expected).toBe("a time of day")
    })

    it("N11: takes time in proportion to the text", () => {
      for (
        const piece of ["(", "()", "(\\", " ", "9", "a", ":", "Fri, ", "20 Nov 2026 ", "\r\n "]
      ) {
        expect(Either.isLeft(DateTime.parse(piece.repeat(300_000)))).toBe(true)
        expect(Either.isLeft(DateTime.parse(`20 Nov 2026 10:00 ${piece.repeat(300_000)}x:`)))
          .toBe(true)
      }
    })
  })

  describe("print", () => {
    it("writes RFC 5322, in the date's own zone", () => {
      expect(DateTime.print(DateTime.make(Date.UTC(2026, 10, 3, 23, 30, 5, 999), 90)))
        .toBe("Wed, 04 Nov 2026 01:00:05 +0130")
      expect(DateTime.print(DateTime.make(Date.UTC(2026, 10, 3, 23, 5, 7), -210)))
        .toBe("Tue, 03 Nov 2026 19:35:07 -0330")
      expect(DateTime.print(DateTime.utc(0))).toBe("Thu, 01 Jan 1970 00:00:00 +0000")
      expect(DateTime.print({ millis: 0, offset: Option.none() }))
        .toBe("Thu, 01 Jan 1970 00:00:00 -0000")
    })

    it.prop("I6: reads as the same instant in the same zone", [arbitrary], ([date]) => {
      expect(read(DateTime.print(date))).toEqual(date)
    })
  })

  it("sorts by the moment", () => {
    const [early, late] = [read("20 Nov 2026 10:00 +0200"), read("20 Nov 2026 09:00 +0000")]
    expect(DateTime.Order(early, late)).toBe(-1)
    expect(DateTime.Equivalence(early, { ...early })).toBe(true)
    expect(DateTime.Equivalence(early, read("20 Nov 2026 08:00 +0000"))).toBe(false)
  })
})
