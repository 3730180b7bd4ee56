import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Resolver from "../src/Resolver.js"

const domain = (text: string) =>
  Either.getOrThrow(Domain.parse(text, AddressMode.withUtf8(AddressMode.strict)))

const exchanges = (text: string) =>
  Effect.flatMap(Resolver.Resolver, ({ exchanges }) => exchanges(domain(text)))

const known = Resolver.layerMemory({
  "mx.example": [{ preference: 10, exchange: "one.example." }, {
    preference: 5,
    exchange: "_two.example"
  }],
  "None.example": [],
  "null.example": [{ preference: 0, exchange: "." }],
  "xn--bcher-kva.example": [{ preference: 0, exchange: "" }],
  "odd.example": [
    { preference: 1, exchange: "192.0.2.1" },
    { preference: 2, exchange: "2001:db8::1" },
    { preference: 3, exchange: "a b.example" },
    { preference: 4, exchange: "x..example" }
  ]
})

const host = (name: string): Domain.Domain => ({
  _tag: "Name",
  labels: [name.split(".")[0], "example"]
})

describe("Resolver", () => {
  describe("layerMemory", () => {
    it.effect("F7: knows the records of its domains, in any case", () =>
      Effect.gen(function*() {
        expect(yield* exchanges("MX.example")).toEqual([
          { _tag: "Host", preference: 10, host: host("one.example") },
          { _tag: "Host", preference: 5, host: host("_two.example") }
        ])
        expect(yield* exchanges("none.example")).toEqual([])
      }).pipe(Effect.provide(known)))

    it.effect("F7: knows no others", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(exchanges("toString"))
        expect(error).toMatchObject({ _tag: "NoSuchDomain", domain: "toString" })
      }).pipe(Effect.provide(known)))
  })

  describe("make", () => {
    it.effect("asks for a name beyond ASCII by its A-labels", () =>
      Effect.map(
        exchanges("bücher.example"),
        (found) => expect(found).toEqual([{ _tag: "Nowhere", preference: 0 }])
      ).pipe(Effect.provide(known)))

    it.effect("asks nobody for a name that is too long for the DNS", () =>
      Effect.gen(function*() {
        const long = Array.from({ length: 40 }, () => "ü").join(".")
        const error = yield* Effect.flip(exchanges(`${long}.example`))
        expect(error._tag).toBe("NoSuchDomain")
      }).pipe(
        Effect.provideService(Resolver.Resolver, Resolver.make(() => Effect.die("asked")))
      ))
  })

  describe("fromRecord", () => {
    it.effect("tells hosts from the root, and from what is no name of a host", () =>
      Effect.gen(function*() {
        expect((yield* exchanges("null.example")).map(({ _tag }) => _tag)).toEqual(["Nowhere"])
        expect((yield* exchanges("odd.example")).map(({ _tag }) => _tag)).toEqual(
          ["Unusable", "Unusable", "Unusable", "Unusable"]
        )
      }).pipe(Effect.provide(known)))
  })
})
