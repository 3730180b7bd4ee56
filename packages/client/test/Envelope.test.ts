import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Envelope from "../src/Envelope.js"

const parse = (from: string, first: string, ...others: ReadonlyArray<string>) =>
  Envelope.parse({ from, to: [first, ...others] })

const printed = ({ from, to }: Envelope.Envelope) => [
  ReversePath.print(from),
  ...to.map(({ path }) => ForwardPath.print(path))
]

describe("Envelope", () => {
  describe("parse", () => {
    it("reads plain addresses, in order", () => {
      const envelope = Either.getOrThrow(parse("a@x.example", "c@y.example", "b@[192.0.2.1]"))
      expect(printed(envelope)).toEqual(["<a@x.example>", "<c@y.example>", "<b@[192.0.2.1]>"])
    })

    it("reads nobody, the postmaster, quoted names and UTF-8", () => {
      const envelope = Either.getOrThrow(
        parse("", "postmaster", "\"a b\"@x.example", "ren\u00e9@m\u00fcnchen.example")
      )
      expect(envelope.from).toEqual(ReversePath.nullSender)
      expect(envelope.to[0].path._tag).toBe("Postmaster")
      expect(printed(envelope).slice(2))
        .toEqual(["<\"a b\"@x.example>", "<ren\u00e9@m\u00fcnchen.example>"])
    })

    const bad: ReadonlyArray<readonly [string, string]> = [
      ["a", "Syntax"],
      ["a@", "Syntax"],
      ["a@x.example>", "Syntax"],
      ["<a@x.example>", "Syntax"],
      ["Alice <a@x.example>", "Syntax"],
      ["a@x.example, b@x.example", "Syntax"],
      ["a@x.example\r\nRCPT TO:<b@y.example>", "Unsafe"],
      ["a\r\n@x.example", "Unsafe"],
      ["a\0@x.example", "Unsafe"],
      [`${"a".repeat(65)}@x.example`, "TooLong"],
      [`a@${"x".repeat(64)}.example`, "TooLong"]
    ]
    for (const [address, reason] of bad) {
      it(`N8, N9: refuses ${JSON.stringify(address.slice(0, 40))}, on both sides`, () => {
        expect(Either.flip(parse(address, "b@x.example")))
          .toMatchObject(Either.right({ _tag: "AddressError", reason }))
        expect(Either.flip(parse("b@x.example", "c@x.example", address)))
          .toMatchObject(Either.right({ _tag: "AddressError", reason }))
      })
    }

    it("refuses to send to nobody", () => {
      expect(Either.isLeft(parse("a@x.example", ""))).toBe(true)
    })
  })

  describe("what is asked for", () => {
    const plain = Either.getOrThrow(parse("a@x.example", "b@x.example", "c@x.example"))
    const never = { notify: Option.some(RcptParameters.Never()) }

    it("is nothing at first", () => {
      expect(plain.wishes).toEqual(Envelope.noWishes)
      expect(plain.to.map(({ parameters }) => parameters))
        .toEqual([RcptParameters.empty, RcptParameters.empty])
    })

    it("withWishes adds to it", () => {
      const urgent = Envelope.withWishes(plain, { mtPriority: Option.some(5) })
      const both = Envelope.withWishes(urgent, { requireTls: true })
      expect(both.wishes)
        .toEqual({ ...Envelope.noWishes, mtPriority: Option.some(5), requireTls: true })
      expect(both.to).toEqual(plain.to)
    })

    it("withParameters adds to it for each recipient", () => {
      const orcpt = Option.some({ addressType: "rfc822", address: "d@x.example" })
      const both = Envelope.withParameters(Envelope.withParameters(plain, never), { orcpt })
      expect(both.to.map(({ parameters }) => parameters))
        .toEqual([1, 2].map(() => ({ ...RcptParameters.empty, ...never, orcpt })))
    })

    it("may differ between recipients", () => {
      const envelope = Envelope.make({
        from: plain.from,
        to: [Envelope.recipient(plain.to[0].path, never), plain.to[0]],
        wishes: { requireTls: true }
      })
      expect(envelope.to.map(({ parameters }) => parameters.notify))
        .toEqual([never.notify, Option.none()])
      expect(envelope.wishes.requireTls).toBe(true)
    })
  })

  describe("needsUtf8", () => {
    for (
      const [from, to, needed] of [
        ["a@x.example", "b@x.example", false],
        ["", "postmaster", false],
        ["ren\u00e9@x.example", "b@x.example", true],
        ["a@x.example", "b@m\u00fcnchen.example", true]
      ] as const
    ) {
      it(`from ${from} to ${to}: ${needed}`, () => {
        expect(Envelope.needsUtf8(Either.getOrThrow(parse(from, to)))).toBe(needed)
      })
    }
  })

  describe("toAscii", () => {
    it("changes the domains alone", () => {
      const envelope = Either.getOrThrow(
        parse("a@b\u00fccher.example", "postmaster", "ren\u00e9@m\u00fcnchen.example")
      )
      expect(printed(Either.getOrThrow(Envelope.toAscii(envelope)))).toEqual([
        "<a@xn--bcher-kva.example>",
        "<Postmaster>",
        "<ren\u00e9@xn--mnchen-3ya.example>"
      ])
    })

    it("leaves what is ASCII as it is", () => {
      const envelope = Either.getOrThrow(parse("", "b@x.example", "c@[IPv6:2001:db8::1]"))
      expect(Envelope.toAscii(envelope)).toEqual(Either.right(envelope))
    })
  })

  it("make keeps what it is given", () => {
    const envelope = Either.getOrThrow(parse("a@x.example", "b@x.example"))
    expect(Envelope.make(envelope)).toEqual(envelope)
  })
})
