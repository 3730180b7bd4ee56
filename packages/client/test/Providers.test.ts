import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Providers from "../src/Providers.js"

describe("Providers", () => {
  describe("all", () => {
    it("is a table without contradictions", () => {
      const names = Providers.all.map(({ name }) => name)
      const domains = Providers.all.flatMap((provider) => provider.domains)
      expect(names.length).toBeGreaterThanOrEqual(30)
      expect(new Set(names).size).toBe(names.length)
      expect(names).toEqual(names.map((name) => name.toLowerCase()))
      expect(new Set(domains).size).toBe(domains.length)
      for (const { host, port, security } of Providers.all) {
        expect(port).toBe(security === "Implicit" ? 465 : 587)
        expect(Either.isRight(Domain.parseName(host))).toBe(true)
      }
    })
  })

  describe("byName and byDomain", () => {
    it("find a provider, in any case", () => {
      expect(Option.map(Providers.byName("Gmail"), ({ host }) => host))
        .toEqual(Option.some("smtp.gmail.com"))
      expect(Option.map(Providers.byDomain("Hotmail.com"), ({ name }) => name))
        .toEqual(Option.some("outlook"))
      expect(Option.isNone(Providers.byName("nobody"))).toBe(true)
      expect(Option.isNone(Providers.byDomain("mx.example"))).toBe(true)
    })
  })

  describe("toDestination", () => {
    it("is protected as the provider wants it, under the provider's name", () => {
      for (const provider of Providers.all) {
        const { endpoint, session } = Providers.toDestination(provider, { mechanisms: [] })
        expect(endpoint).toEqual(Endpoint.Tcp({ host: provider.host, port: provider.port }))
        expect(session).toMatchObject({
          security: { _tag: provider.security, tls: { serverName: provider.host } },
          mechanisms: []
        })
      }
    })
  })
})
