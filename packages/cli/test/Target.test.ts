import * as Target from "@effect-smtp/cli/Target"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

const read = (text: string) =>
  Either.match(Target.parseHost(text), {
    onLeft: () => "wrong",
    onRight: ({ name, port }) => `${name} ${Option.getOrElse(port, () => "-")}`
  })

describe("Target", () => {
  describe("parseHost", () => {
    it("reads a name or an address, and perhaps a port", () => {
      expect([
        "mx.example",
        "mx.example:587",
        "192.0.2.1:25",
        "[2001:db8::1]",
        "[2001:db8::1]:465",
        "2001:db8::1"
      ].map(read)).toEqual([
        "mx.example -",
        "mx.example 587",
        "192.0.2.1 25",
        "2001:db8::1 -",
        "2001:db8::1 465",
        "2001:db8::1 -"
      ])
    })

    it("reads nothing else", () => {
      for (
        const text of ["", ":25", "[]:25", "mx:", "mx:0", "mx:65536", "mx:smtp", "[::1", "[::1]25"]
      ) expect(read(text)).toBe("wrong")
    })
  })
})
