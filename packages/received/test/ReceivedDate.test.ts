import * as DateTime from "@effect-smtp/wire/DateTime"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as ReceivedDate from "../src/ReceivedDate.js"

const read = (text: string) => Either.getOrThrow(ReceivedDate.parse(text))
const iso = (text: string) => DateTime.printIso(read(text))
const refused = (text: string) => Either.isLeft(ReceivedDate.parse(text))

/** Days of 1900 to 9999, in every zone. */
const arbitrary: FastCheck.Arbitrary<DateTime.DateTime> = FastCheck.record({
  millis: FastCheck.integer({ min: Date.UTC(1900, 0, 3), max: Date.UTC(9999, 11, 28) }),
  offset: FastCheck.option(FastCheck.integer({ min: -1439, max: 1439 })).map(Option.fromNullable)
})

describe("ReceivedDate", () => {
  it("reads the date-time of RFC 5322, with comments and folds", () => {
    expect(iso("Fri, 20 Nov 2026 10:00:00 +0100")).toBe("2026-11-20T10:00:00+01:00")
    expect(iso("Fri,\r\n\t20 (twenty (20)) Nov 2026\r\n 10:00:00 (noon?) +0000 (UTC)"))
      .toBe("2026-11-20T10:00:00+00:00")
    expect(iso("20 Nov 26 10:00 EST")).toBe("2026-11-20T10:00:00-05:00")
  })

  it("V5: reads RFC 3339", () => {
    expect(iso("2026-11-20T10:00:00+01:00")).toBe("2026-11-20T10:00:00+01:00")
    expect(iso("2026-11-20t10:00:00z")).toBe("2026-11-20T10:00:00+00:00")
    expect(iso("2026-11-20T10:00:00.5Z")).toBe("2026-11-20T10:00:00.500+00:00")
  })

  it("reads what asctime and date write, and what is like it", () => {
    expect(iso("Fri Nov 20 10:00:00 2026")).toBe("2026-11-20T10:00:00-00:00")
    expect(iso("Fri Nov 20 10:00:00 PST 2026")).toBe("2026-11-20T10:00:00-08:00")
    expect(iso("Friday, 20-Nov-26 10:00:00 gmt")).toBe("2026-11-20T10:00:00+00:00")
    expect(iso("20 November 2026 10:00:00+01:00")).toBe("2026-11-20T10:00:00+01:00")
    expect(iso("20 Nov 2026 10:00:00 GMT-0230")).toBe("2026-11-20T10:00:00-02:30")
  })

  it("knows no zone where the writer knew none", () => {
    for (const zone of ["-0000", "", "A", "MSK"]) {
      expect(read(`Fri, 20 Nov 2026 10:00:00 ${zone}`))
        .toEqual({ millis: Date.UTC(2026, 10, 20, 10), offset: Option.none() })
    }
  })

  it("refuses days and times that there are not", () => {
    for (
      const text of [
        ...["", "Fri", "Fri, 20 Nov 2026", "20 Nov 1899 10:00:00 +0000", "2026-11-20"],
        ...["31 Feb 2026 10:00:00 +0000", "0 Nov 2026 10:00:00 +0000", "20 Nov 2026 10:60 +0000"],
        ...["20 Nov 2026 10:00:00 +2400", "20 Nov 2026 10:00:00 +0060"],
        ...["20 Nov 2026 10:00:00 +0000 and more", "Fri Nov 20 10:00:00"],
        ...["2026-13-20T10:00:00Z", "2026-00-20T10:00:00Z", "2026-11-20T10:00:00Zz"],
        `${"9".repeat(100_000)} Nov 2026 10:00:00 +0000`
      ]
    ) expect([text, refused(text)]).toEqual([text, true])
  })

  it.prop("reads what is printed, in either form", [arbitrary], ([date]) => {
    expect(read(DateTime.print(date))).toEqual(date)
    expect(read(DateTime.printIso(date))).toEqual(date)
  })
})
