import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as ReceivedDate from "../src/ReceivedDate.js"

const read = (text: string) => Either.getOrThrow(ReceivedDate.parse(text))
const iso = (text: string) => ReceivedDate.printIso(read(text))
const refused = (text: string) => Either.isLeft(ReceivedDate.parse(text))

/** Days of 1900 to 9999, in every zone. */
const arbitrary: FastCheck.Arbitrary<ReceivedDate.ReceivedDate> = FastCheck.record({
  millis: FastCheck.integer({ min: Date.UTC(1900, 0, 3), max: Date.UTC(9999, 11, 28) }),
  offset: FastCheck.option(FastCheck.integer({ min: -1439, max: 1439 })).map(Option.fromNullable)
})

describe("ReceivedDate", () => {
  describe("parse", () => {
    it("reads the date-time of RFC 5322", () => {
      expect(read("Fri, 20 Nov 2026 10:00:00 +0100")).toEqual({
        millis: Date.UTC(2026, 10, 20, 9),
        offset: Option.some(60)
      })
      expect(iso("20 Nov 2026 10:00 -0330")).toBe("2026-11-20T10:00:00-03:30")
    })

    it("knows no zone where the writer knew none", () => {
      for (const zone of ["-0000", "", "A", "MSK"]) {
        expect(read(`Fri, 20 Nov 2026 10:00:00 ${zone}`))
          .toEqual({ millis: Date.UTC(2026, 10, 20, 10), offset: Option.none() })
      }
    })

    it("V5: reads RFC 3339", () => {
      expect(iso("2026-11-20T10:00:00+01:00")).toBe("2026-11-20T10:00:00+01:00")
      expect(iso("2026-11-20t10:00:00z")).toBe("2026-11-20T10:00:00+00:00")
      expect(iso("2026-11-20T10:00:00.5Z")).toBe("2026-11-20T10:00:00.500+00:00")
    })

    it("reads obsolete zones and years", () => {
      const hours = ["EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "UT", "GMT", "Z"]
        .map((zone) => Option.getOrThrow(read(`20 Nov 26 10:00:00 ${zone}`).offset) / 60)
      expect(hours).toEqual([-5, -4, -6, -5, -7, -6, -8, -7, 0, 0, 0])
      const years = ["00", "49", "50", "99", "101", "1999"]
        .map((year) => iso(`20 Nov ${year} 10:00:00 GMT`).slice(0, 4))
      expect(years).toEqual(["2000", "2049", "1950", "1999", "2001", "1999"])
    })

    it("passes over comments and folds", () => {
      expect(iso("Fri,\r\n\t20 (twenty (20)) Nov 2026\r\n 10:00:00 (noon?) +0000 (UTC)"))
        .toBe("2026-11-20T10:00:00+00:00")
    })

    it("refuses days and times that there are not", () => {
      for (
        const text of [
          "",
          "Fri",
          "Fri, 20 Nov 2026",
          "31 Feb 2026 10:00:00 +0000",
          "29 Feb 2026 10:00:00 +0000",
          "0 Nov 2026 10:00:00 +0000",
          "20 Nov 2026 24:00:00 +0000",
          "20 Nov 2026 10:60:00 +0000",
          "20 Nov 2026 10:00:61 +0000",
          "20 Nov 1899 10:00:00 +0000",
          "20 Foo 2026 10:00:00 +0000",
          "20 Nov 2026 10:00:00 +2400",
          "20 Nov 2026 10:00:00 +0060",
          "20 Nov 2026 10:00:00 +0000 and more",
          "2026-13-20T10:00:00Z",
          "2026-11-20T10:00:00Zz",
          "2026-11-20",
          `${"9".repeat(100_000)} Nov 2026 10:00:00 +0000`
        ]
      ) {
        expect([text, refused(text)]).toEqual([text, true])
      }
      expect(refused("29 Feb 2028 10:00:00 +0000")).toBe(false)
    })
  })

  describe("print", () => {
    it("writes RFC 5322, with an offset", () => {
      expect(ReceivedDate.print(ReceivedDate.make(Date.UTC(2026, 10, 3, 23, 30, 5, 999), 90)))
        .toBe("Wed, 04 Nov 2026 01:00:05 +0130")
      expect(ReceivedDate.print(ReceivedDate.utc(0))).toBe("Thu, 01 Jan 1970 00:00:00 +0000")
      expect(ReceivedDate.print({ millis: 0, offset: Option.none() }))
        .toBe("Thu, 01 Jan 1970 00:00:00 -0000")
    })

    it.prop("reads as the same again, in either form", [arbitrary], ([date]) => {
      expect(read(ReceivedDate.print(date))).toEqual(date)
      expect(read(ReceivedDate.printIso(date))).toEqual(date)
    })
  })

  it("sorts by the moment", () => {
    const [early, late] = [read("20 Nov 2026 10:00 +0200"), read("20 Nov 2026 09:00 +0000")]
    expect(ReceivedDate.Order(early, late)).toBe(-1)
    expect(ReceivedDate.Equivalence(early, { ...early })).toBe(true)
    expect(ReceivedDate.Equivalence(early, read("20 Nov 2026 08:00 +0000"))).toBe(false)
  })
})
