import * as ComposeFlags from "@effect-smtp/cli/ComposeFlags"
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"

const date = (text: string) =>
  Either.match(ComposeFlags.parseDate(text), {
    onLeft: () => "wrong",
    onRight: (found) => DateTime.formatIsoOffset(found)
  })

const zone = (text: string) =>
  Either.match(ComposeFlags.parseZone(text), {
    onLeft: () => "wrong",
    onRight: DateTime.zoneToString
  })

describe("ComposeFlags", () => {
  describe("parseDate", () => {
    it("reads what RFC 3339 has, and keeps the zone", () => {
      expect(date("2030-01-31T08:00:00Z")).toBe("2030-01-31T08:00:00.000+00:00")
      expect(date("2030-01-31t08:00:00.5-03:30")).toBe("2030-01-31T08:00:00.500-03:30")
      expect(date("2030-01-31 08:00:00+14:00")).toBe("2030-01-31T08:00:00.000+14:00")
    })

    it("reads nothing else", () => {
      for (
        const text of [
          "",
          "2030-01-31",
          "2030-01-31T08:00:00",
          "2030-13-31T08:00:00Z",
          "2030-01-31T25:00:00Z",
          "2030-01-31T24:00:00Z",
          "2030-02-29T08:00:00Z",
          "2030-04-31T08:00:00+14:00",
          "31 Jan 2030 08:00:00 +0000"
        ]
      ) expect(date(text)).toBe("wrong")
    })
  })

  describe("parseZone", () => {
    it("reads names and offsets, and what this machine has", () => {
      expect(zone("Europe/Paris")).toBe("Europe/Paris")
      expect(zone("-03:30")).toBe("-03:30")
      expect(zone("local")).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone)
      expect(zone("Mars/Olympus")).toBe("wrong")
      expect(zone("")).toBe("wrong")
      expect(zone("-23:59")).toBe("-23:59")
      expect(zone("+24:00")).toBe("wrong")
    })
  })

  describe("parseParameter", () => {
    it("F1: cuts at the first equals sign", () => {
      expect(ComposeFlags.parseParameter("a=b=c")).toEqual(
        Either.right({ name: "a", value: "b=c" })
      )
      expect(Either.isLeft(ComposeFlags.parseParameter("=b"))).toBe(true)
      expect(Either.isLeft(ComposeFlags.parseParameter("a"))).toBe(true)
    })
  })

  describe("parseField", () => {
    it("cuts at the first colon", () => {
      expect(ComposeFlags.parseField("X-A: b: c ")).toEqual(
        Either.right({ name: "X-A", value: "b: c" })
      )
      expect(Either.isLeft(ComposeFlags.parseField(": b"))).toBe(true)
      expect(Either.isLeft(ComposeFlags.parseField("X-A"))).toBe(true)
    })
  })
})
