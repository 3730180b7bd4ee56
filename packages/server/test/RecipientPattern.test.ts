import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Mailbox from "@effect-smtp/wire/Mailbox"
import { describe, expect, expectTypeOf, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as RecipientPattern from "../src/RecipientPattern.js"

const mailbox = (text: string): Mailbox.Mailbox =>
  Either.getOrThrow(Mailbox.parse(text, AddressMode.withUtf8(AddressMode.strict)))

const found = (pattern: RecipientPattern.Text, text: string): unknown =>
  Option.getOrUndefined(RecipientPattern.make(pattern).match(mailbox(text)))

describe("RecipientPattern", () => {
  describe("match", () => {
    const table: ReadonlyArray<readonly [RecipientPattern.Text, string, unknown]> = [
      ["jones@mx.example", "jones@mx.example", {}],
      ["jones@mx.example", "JONES@MX.Example", {}],
      ["jones@mx.example", "\"jones\"@mx.example", {}],
      ["jones@mx.example", "joness@mx.example", undefined],
      ["jones@mx.example", "jones@a.mx.example", undefined],
      ["ticket-:id@support.example", "Ticket-17B@support.example", { id: "17B" }],
      ["ticket-:id@support.example", "ticket-@support.example", undefined],
      ["ticket-:id@support.example", "x-ticket-1@support.example", undefined],
      [":a-:b@x.example", "one-two-three@x.example", { a: "one", b: "two-three" }],
      [":a-:b-end@x.example", "1-2-end-end@x.example", { a: "1", b: "2-end" }],
      [":a-:b@x.example", "-two@x.example", undefined],
      [":a-:b@x.example", "one-@x.example", undefined],
      [":a:b@x.example", "xyz@x.example", { a: "x", b: "yz" }],
      [":all@x.example", "\"a b@c\"@x.example", { all: "a b@c" }],
      ["in@:tenant.app.example", "in@ACME.app.example", { tenant: "acme" }],
      ["in@:tenant.app.example", "in@app.example", undefined],
      ["in@:tenant.app.example", "in@a.b.app.example", undefined],
      ["in@x-:n.app.example", "in@x-1.app.example", { n: "1" }],
      ["jörg@bücher.example", "jörg@BÜCHER.example", {}],
      ["jörg@bücher.example", "jörg@xn--bcher-kva.example", {}],
      ["in@:shop.bücher.example", "in@a.xn--bcher-kva.example", { shop: "a" }],
      ["root@[192.0.2.1]", "root@[192.0.2.1]", {}],
      ["root@[IPv6:2001:db8::1]", "root@[IPv6:2001:DB8:0::1]", {}],
      ["root@[192.0.2.1]", "root@mx.example", undefined],
      ["no domain@", "no@domain", undefined]
    ]

    for (const [pattern, text, expected] of table) {
      it(`${pattern} ${expected === undefined ? "is not" : "is"} ${text}`, () => {
        expect(found(pattern, text)).toEqual(expected)
      })
    }

    it.prop(
      "finds what stands between texts that do not occur in it",
      [FastCheck.stringMatching(/^[a-z0-9]{1,20}$/), FastCheck.stringMatching(/^[a-z0-9.]*[a-z]$/)],
      ([id, n]) => {
        FastCheck.pre(!n.startsWith(".") && !n.includes("..") && n.length < 30)
        expect(found("t-:id+:n@mx.example", `t-${id}+${n}@mx.example`)).toEqual({ id, n })
      }
    )
  })

  describe("serves", () => {
    it("is about the domain alone", () => {
      const { serves } = RecipientPattern.make("in@:tenant.app.example")
      expect(serves(Either.getOrThrow(Domain.parse("acme.APP.example")))).toBe(true)
      expect(serves(Either.getOrThrow(Domain.parse("app.example")))).toBe(false)
    })
  })

  describe("Captures", () => {
    it("has the names of the pattern", () => {
      expectTypeOf(RecipientPattern.make("ticket-:id@:tenant.example")).toEqualTypeOf<
        RecipientPattern.RecipientPattern<{ readonly id: string; readonly tenant: string }>
      >()
      expectTypeOf<RecipientPattern.Captures<"a@b.example">>().toEqualTypeOf<{}>()
      expectTypeOf<RecipientPattern.Captures<"a@[IPv6:db8::1]">>().toEqualTypeOf<{}>()
      expectTypeOf<RecipientPattern.Captures<":a_1-:b2.:c@d.example">>()
        .toEqualTypeOf<{ readonly a_1: string; readonly b2: string; readonly c: string }>()
      expectTypeOf<RecipientPattern.Captures<":1a@b.example">>().toEqualTypeOf<{}>()
    })
  })
})
