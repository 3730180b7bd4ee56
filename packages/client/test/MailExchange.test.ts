import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Random from "effect/Random"
import * as MailExchange from "../src/MailExchange.js"
import * as Resolver from "../src/Resolver.js"

const domain = (text: string) => Either.getOrThrow(Domain.parse(text))

type Records = ReadonlyArray<readonly [number, string]>

/** The hosts of `mx.example`, or another domain, if these are its records. */
const find = (
  records: Records,
  options: MailExchange.Options = {},
  { of = "mx.example", seed = "seed" } = {}
) =>
  MailExchange.find(domain(of), options).pipe(
    Effect.map((found) => found.map(({ host }) => Domain.printBare(host))),
    Effect.provide(
      Resolver.layerMemory({
        "mx.example": records.map(([preference, exchange]) => ({ preference, exchange }))
      })
    ),
    Effect.withRandom(Random.make(seed))
  )

const refused = (records: Records, options?: MailExchange.Options, of?: string) =>
  Effect.flip(find(records, options, of === undefined ? {} : { of }))

describe("MailExchange", () => {
  describe("find", () => {
    it.effect("F7: sorts the hosts by preference (RFC 5321 section 5.1)", () =>
      Effect.map(
        find([[20, "two.example"], [100, "three.example"], [3, "one.example"]]),
        (hosts) => expect(hosts).toEqual(["one.example", "two.example", "three.example"])
      ))

    it.effect("X16: loses none of the hosts with equal preferences, and spreads the load", () =>
      Effect.gen(function*() {
        const names = ["a.example", "b.example", "c.example"]
        const first = new Set<string>()
        for (let seed = 0; seed < 30; seed++) {
          const hosts = yield* find(
            [...names.map((name) => [10, name] as const), [5, "best.example"]],
            {},
            { seed: String(seed) }
          )
          expect(hosts[0]).toBe("best.example")
          expect(hosts.slice(1).sort()).toEqual(names)
          first.add(hosts[1])
        }
        expect(first.size).toBe(3)
      }))

    it("X16: loses none, whatever the preferences, and every order is one of theirs", () =>
      FastCheck.assert(FastCheck.property(
        FastCheck.array(FastCheck.nat(3), { minLength: 1, maxLength: 12 }),
        FastCheck.string(),
        (preferences, seed) => {
          const records = preferences.map((preference, at) =>
            [preference, `h${at}.example`] as const
          )
          const hosts = Effect.runSync(find(records, { hosts: 12 }, { seed }))
          const places = hosts.map((host) => Number(/\d+/.exec(host)?.[0]))
          expect([...places].sort((a, b) => a - b)).toEqual(preferences.map((_, at) => at))
          const inOrder = places.map((place) => preferences[place])
          expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b))
        }
      )))

    it.effect("F7: takes a domain without records for its own host", () =>
      Effect.map(find([]), (hosts) => expect(hosts).toEqual(["mx.example"])))

    it.effect("F7: takes an address literal as it is, without asking", () =>
      Effect.gen(function*() {
        expect(yield* find([], {}, { of: "[192.0.2.1]" })).toEqual(["192.0.2.1"])
        expect(yield* find([], {}, { of: "[IPv6:2001:db8::1]" })).toEqual(["2001:db8::1"])
      }))

    it.effect("F7: takes a null MX for a refusal (RFC 7505), if it is all there is", () =>
      Effect.gen(function*() {
        expect(yield* refused([[0, "."]])).toMatchObject({ _tag: "TakesNoMail", retry: "Never" })
        expect(yield* find([[0, "."], [10, "one.example"]])).toEqual(["one.example"])
      }))

    it.effect("F7: finds no host in rubbish, and does not fall back on the domain", () =>
      Effect.gen(function*() {
        expect(yield* refused([[0, "192.0.2.1"], [5, "a b"], [9, "."]])).toMatchObject({
          _tag: "NoUsableHost",
          found: ["192.0.2.1", "a b", "."]
        })
        expect(yield* find([[0, "192.0.2.1"], [5, "one.example"]])).toEqual(["one.example"])
        expect(yield* refused([], {}, "[x-net:1]")).toMatchObject({ _tag: "NoUsableHost" })
      }))

    it.effect("F7: takes no name that reads as an address for its own host", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(
          Effect.provide(
            MailExchange.find(domain("192.0.2.1")),
            Resolver.layerMemory({ "192.0.2.1": [] })
          )
        )
        expect(error).toMatchObject({ _tag: "NoUsableHost", found: ["192.0.2.1"] })
      }))

    it.effect("F7: tells a domain that does not exist", () =>
      Effect.map(
        refused([], {}, "none.example"),
        (error) => expect(error).toMatchObject({ _tag: "NoSuchDomain", retry: "Never" })
      ))
  })

  describe("hosts", () => {
    it.effect("names a host once, and no more than there may be", () =>
      Effect.gen(function*() {
        const many: Records = Array.from({ length: 300 }, (_, at) => [at, `h${at >> 1}.example`])
        expect(yield* find(many)).toEqual([0, 1, 2, 3, 4].map((at) => `h${at}.example`))
        expect(yield* find(many, { hosts: 1 })).toEqual(["h0.example"])
        expect(yield* find(many, { hosts: 0 })).toEqual(["h0.example"])
        expect(yield* find([[1, "a.example"], [2, "A.example"]])).toEqual(["a.example"])
      }))
  })

  describe("self", () => {
    const self = [domain("me.example"), domain("[192.0.2.7]")]
    const records: Records = [
      [10, "one.example"],
      [20, "ME.example"],
      [20, "two.example"],
      [30, "three.example"]
    ]

    it.effect("F7: leaves out this host, and all that are no better than it", () =>
      Effect.map(find(records, { self }), (hosts) => expect(hosts).toEqual(["one.example"])))

    it.effect("F7: takes it for a loop if nothing is left", () =>
      Effect.gen(function*() {
        const loop = { _tag: "LoopsBack", retry: "Never" }
        expect(yield* refused(records.slice(1), { self })).toMatchObject(loop)
        expect(yield* refused([], { self: [domain("mx.example")] })).toMatchObject(loop)
        expect(yield* refused([], { self }, "[192.0.2.7]")).toMatchObject(loop)
      }))
  })
})
