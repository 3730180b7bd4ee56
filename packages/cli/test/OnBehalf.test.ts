import * as OnBehalf from "@effect-smtp/cli/OnBehalf"
import * as ProxyHeader from "@effect-smtp/wire/ProxyHeader"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

const ends = {
  source: { host: "192.0.2.7", port: 2525 },
  destination: { host: "192.0.2.1", port: 25 }
}
const source = Option.some(ends.source)
const destination = Option.some(ends.destination)

const flags = (given: Partial<OnBehalf.Flags>): OnBehalf.Flags => ({
  proxySource: Option.none(),
  proxyDestination: Option.none(),
  proxyVersion: Option.none(),
  ...given
})

const wrong = (given: Partial<OnBehalf.Flags>) =>
  Either.getOrThrow(Either.flip(OnBehalf.proxy(flags(given)))).message

describe("OnBehalf", () => {
  describe("proxy", () => {
    it("is none where no flag says so", () => {
      expect(OnBehalf.proxy(flags({}))).toEqual(Either.right(Option.none()))
    })

    it("is a header of version 2, or of the one named", () => {
      const both = { proxySource: source, proxyDestination: destination }
      const header = ProxyHeader.Inet({ transport: "Stream", ...ends, tlvs: [] })
      expect(OnBehalf.proxy(flags(both))).toEqual(Either.right(Option.some({ header, version: 2 })))
      expect(OnBehalf.proxy(flags({ ...both, proxyVersion: Option.some(1) }))).toEqual(
        Either.right(Option.some({ header, version: 1 }))
      )
    })

    it("wants both ends", () => {
      for (
        const half of [
          { proxySource: source },
          { proxyDestination: destination },
          { proxyVersion: Option.some(1 as const) }
        ]
      ) {
        expect(wrong(half)).toContain("wants --proxy-source and --proxy-destination")
      }
    })

    it("wants addresses, and of one family", () => {
      for (const host of ["mx.example", "2001:db8::1"]) {
        const reason = wrong({
          proxySource: Option.some({ host, port: 25 }),
          proxyDestination: destination
        })
        expect(reason).toContain("--proxy-source and --proxy-destination: expected")
      }
    })
  })
})
