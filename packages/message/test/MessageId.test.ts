import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import * as MessageId from "../src/MessageId.js"

describe("MessageId", () => {
  it("is read with or without its brackets, and printed with them", () => {
    for (const text of ["<a.b@x.example>", " a.b@x.example\t"]) {
      expect(Either.map(MessageId.parse(text), MessageId.print))
        .toEqual(Either.right("<a.b@x.example>"))
    }
  })

  it("is nothing that would be read as something else", () => {
    for (const text of ["", "<>", "a b@x", "<a@x", "a@x>", "a@x> <b@x", "é@x", "x".repeat(901)]) {
      expect(MessageId.parse(text)).toMatchObject({ _tag: "Left" })
    }
  })

  it("is found wherever it stands in a field", () => {
    expect(MessageId.findAll("<a@x> and <b@\r\n x>,<c@x><<d@x> <> < e")).toEqual([
      "a@x",
      "b@x",
      "c@x",
      "d@x"
    ])
    expect(MessageId.findAll("<".repeat(2 ** 20))).toEqual([])
    expect(MessageId.findAll(">".repeat(2 ** 20))).toEqual([])
  })

  it.effect("is made of the Clock and of Random, at an ASCII domain", () =>
    Effect.gen(function*() {
      const domain = yield* Domain.parse("bücher.example", { leniency: "strict", utf8: true })
      const make = Effect.suspend(() =>
        Effect.withRandom(MessageId.make(domain), Random.make("seed"))
      )
      const one = yield* make
      expect(one).toMatch(/^0\.[a-z0-9]{20}@xn--bcher-kva\.example$/)
      expect(yield* make).toBe(one)
      yield* TestClock.adjust("1 second")
      expect(yield* make).not.toBe(one)
      expect(MessageId.parse(one)).toEqual(Either.right(one))
    }))
  it.effect("is one at the longest domain there is, too", () =>
    Effect.gen(function*() {
      const labels = [63, 63, 63, 61].map((length) => "x".repeat(length))
      const one = yield* MessageId.make(yield* Domain.parseName(labels.join(".")))
      expect(MessageId.parse(one)).toEqual(Either.right(one))
      expect(MessageId.findAll(MessageId.print(one))).toEqual([one])
    }))
})
