import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Address from "../src/Address.js"
import * as Words from "../src/internal/words.js"
import * as Arbitrary from "./arbitraries.js"

const read = (text: string) => Either.getOrThrow(Address.parse(text))
const fault = (text: string) => Either.getOrThrow(Either.flip(Address.parse(text)))

/** The list as `name|mailbox`, groups as `name{...}`. */
const shown = (addresses: ReadonlyArray<Address.Address>): ReadonlyArray<string> =>
  addresses.map(Address.match({
    Person: ({ mailbox, name }) => `${Option.getOrElse(name, () => "")}|${Mailbox.print(mailbox)}`,
    Group: ({ members, name }) => `${name}{${shown(members).join(" ")}}`
  }))
const list = (text: string) => shown(read(text))
const one = (text: string): Address.Person => Either.getOrThrow(Address.parsePerson(text))

describe("Address", () => {
  describe("parse", () => {
    it("reads what RFC 5322's appendix A has", () => {
      expect(list("John Doe <jdoe@machine.example>")).toEqual(["John Doe|jdoe@machine.example"])
      expect(list("Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>")).toEqual([
        "Mary Smith|mary@x.test",
        "|jdoe@example.org",
        "Who?|one@y.test"
      ])
      expect(list("<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>")).toEqual(
        [
          "|boss@nil.test",
          "Giant; \"Big\" Box|sysservices@example.net"
        ]
      )
      expect(list("A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;")).toEqual([
        "A Group{Ed Jones|c@a.test |joe@where.test John|jdoe@one.test}"
      ])
      expect(list("Undisclosed recipients:;")).toEqual(["Undisclosed recipients{}"])
      expect(list("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>")).toEqual([
        "Pete|pete@silly.test"
      ])
      const folded = [
        "A Group(Some people)",
        "     :Chris Jones <c@(Chris's host.)public.example>,",
        "         joe@example.org,",
        "  John <jdoe@one.test> (my dear friend); (the end of the group)"
      ]
      expect(list(folded.join("\r\n"))).toEqual([
        "A Group{Chris Jones|c@public.example |joe@example.org John|jdoe@one.test}"
      ])
    })

    it("reads the obsolete forms: routes, dots in names, white space, empty elements", () => {
      expect(list("Mary Smith <@node.test,@b.test:mary@example.net>, , jdoe@test . example"))
        .toEqual([
          "Mary Smith|mary@example.net",
          "|jdoe@test.example"
        ])
      expect(list("Joe Q. Public <john . q@x.test>")).toEqual(["Joe Q. Public|john.q@x.test"])
      expect(list("J.R. Hacker <jr@x.test>")).toEqual(["J.R. Hacker|jr@x.test"])
      expect(list("ed@x.test (Ed (the) Elder)")).toEqual(["Ed (the) Elder|ed@x.test"])
    })

    it("decodes encoded words in names, and leaves quoted ones alone (RFC 2047)", () => {
      expect(list("=?utf-8?q?J=C3=B6rg?= =?utf-8?b?IE3DvGxsZXI=?= <j@x.test>"))
        .toEqual(["Jörg Müller|j@x.test"])
      expect(list("Dr. =?iso-8859-1?Q?J=F6rg?= M <j@x.test>")).toEqual(["Dr. Jörg M|j@x.test"])
      expect(list("\"=?utf-8?q?J=C3=B6rg?=\" <j@x.test>")).toEqual([
        "=?utf-8?q?J=C3=B6rg?=|j@x.test"
      ])
      expect(list("=?utf-8?q?J._M=C3=BCller?= <j@x.test>")).toEqual(["J. Müller|j@x.test"])
      expect(list("=?utf-8?b?SsO2?==?utf-8?q?rg?=<j@x.test>")).toEqual(["Jörg|j@x.test"])
      expect(list("\"a\" =?utf-8?q?b?= \"c\"d <j@x.test>")).toEqual(["a b cd|j@x.test"])
    })

    it("makes no domain of two words, whatever stands between them", () => {
      for (
        const text of [
          "a@x .test b",
          "a@exam ple.test",
          "a@x(comment)y.test",
          "<a@x.test junk>",
          "a@[192.0.2.1] b",
          "a@x..test"
        ]
      ) {
        expect(fault(text)).toMatchObject({ expected: "a domain" })
      }
      expect(fault("a@x.test Al Smith").offset).toBe(9)
    })

    it("reads UTF-8 as it is (RFC 6532)", () => {
      expect(list("Jörg <jörg@bücher.example>, 漢字@example.org")).toEqual([
        "Jörg|jörg@bücher.example",
        "|漢字@example.org"
      ])
    })

    it("says where it stopped", () => {
      expect(fault("alice")).toMatchObject({ offset: 5, expected: "an at sign" })
      expect(fault("a@x.test, Bob <b@y.test").offset).toBe(23)
      expect(fault("a@x.test b@y.test")).toMatchObject({ expected: "a domain" })
      expect(fault("\"never closed <a@x.test>")).toMatchObject({ offset: 0 })
      expect(fault("(never closed").offset).toBe(0)
      expect(fault("Team: a@x.test")).toMatchObject({ expected: "the end of a group" })
      expect(fault("a@x.test;").expected).toBe("an address")
      expect(fault("a\0b@x.test")).toBeInstanceOf(Address.MalformedAddress)
      expect(fault("a@x.test (x").message).toMatch(/^address: expected .* at offset /)
    })

    it("takes one mailbox where one is asked for", () => {
      expect(one("A <a@x.test>").name).toEqual(Option.some("A"))
      for (const text of ["", "a@x.test, b@x.test", "G: a@x.test;", "a"]) {
        expect(Either.isLeft(Address.parsePerson(text))).toBe(true)
      }
    })
  })

  describe("find", () => {
    it("keeps what is no address, with its text, beside what is", () => {
      const { addresses, malformed } = Address.find("A <a@x.test>, what is this, b@y.test, c@")
      expect(shown(addresses)).toEqual(["A|a@x.test", "|b@y.test"])
      expect(malformed.map(({ text }) => text)).toEqual(["what is this", "c@"])
    })

    it("keeps the members of a group that does not end", () => {
      const { addresses, malformed } = Address.find("G: a@x.test, b@y.test")
      expect(shown(addresses)).toEqual(["|a@x.test", "|b@y.test"])
      expect(malformed).toHaveLength(1)
    })

    it("never fails, whatever the text", () => {
      FastCheck.assert(FastCheck.property(Arbitrary.anyText, (text) => {
        const { addresses, malformed } = Address.find(text)
        expect(addresses.length + malformed.length).toBeLessThanOrEqual(text.length)
      }))
    })
  })

  describe("print", () => {
    it("quotes names and encodes those beyond ASCII", () => {
      const mailbox = one("j@bücher.example").mailbox
      const named = (name: string) => Address.print(Address.person(mailbox, name))
      expect(named("")).toBe("j@xn--bcher-kva.example")
      expect(named("Jo Doe")).toBe("Jo Doe <j@xn--bcher-kva.example>")
      expect(named("Doe, \"Jo\"")).toBe("\"Doe, \\\"Jo\\\"\" <j@xn--bcher-kva.example>")
      expect(named("Jörg")).toBe("=?UTF-8?Q?J=C3=B6rg?= <j@xn--bcher-kva.example>")
      expect(Address.print(Address.person(mailbox, "Jörg"), "Utf8")).toBe(
        "\"Jörg\" <j@bücher.example>"
      )
      expect(Address.print(Address.group("No body", []))).toBe("No body: ;")
    })

    it("is read again as the same list", () => {
      const lists = FastCheck.array(Arbitrary.address, { maxLength: 5 })
      const charset = FastCheck.constantFrom("Ascii" as const, "Utf8" as const)
      FastCheck.assert(FastCheck.property(lists, charset, (addresses, charset) => {
        const text = Address.printAll(addresses, charset)
        const again = read(text)
        expect(again).toEqual(addresses)
        expect(again.every((address, at) => Address.Equivalence(address, addresses[at]))).toBe(true)
        expect(read(Words.fold("To", text).slice(3))).toEqual(addresses)
      }))
    })

    it("N10: has no line end in it, whatever the names are", () => {
      FastCheck.assert(FastCheck.property(Arbitrary.unsafeText, (name) => {
        const mailbox = one("a@x.test").mailbox
        for (const charset of ["Ascii", "Utf8"] as const) {
          const text = Address.printAll([
            Address.person(mailbox, name),
            Address.group(name, [Address.person(mailbox, name)])
          ], charset)
          expect(text).not.toMatch(/[\r\n\0\u2028]/)
        }
      }))
    })
  })

  describe("envelope", () => {
    const path = (text: string) => ForwardPath.print(Address.toForwardPath(one(text)))

    it("E1: makes paths of a mailbox, and a mailbox of paths", () => {
      const jo = one("Jo <jo@example.org>")
      expect(path("Jo <jo@example.org>")).toBe("<jo@example.org>")
      expect(ReversePath.print(Address.toReversePath(jo))).toBe("<jo@example.org>")
      const route = [Either.getOrThrow(Domain.parse("a.example"))]
      expect(Either.map(Address.toRoutedPath(jo, route), ForwardPath.print))
        .toEqual(Either.right("<@a.example:jo@example.org>"))
      expect(Address.fromPath(Address.toForwardPath(jo), "Jo")).toEqual(Option.some(jo))
      for (const local of ["postmaster", "Postmaster", "POSTMASTER"]) {
        expect(ForwardPath.isPostmaster(Address.toForwardPath(one(`${local}@x.test`)))).toBe(true)
      }
    })

    it("E2: keeps names, IPv4, IPv6 and general literals both ways", () => {
      for (
        const text of ["a@x.test", "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "a@[tag:content]"]
      ) {
        expect(path(`Jo <${text}>`)).toBe(`<${text}>`)
        expect(Option.map(Address.fromPath(Address.toForwardPath(one(text))), Address.print))
          .toEqual(Option.some(text))
      }
    })

    it("E3: says that an unknown literal is none, and raises nothing", () => {
      expect(fault("a@[anything]")).toBeInstanceOf(Address.MalformedAddress)
      expect(shown(Address.find("a@[anything], b@x.test").addresses)).toEqual(["|b@x.test"])
    })

    it("E4: keeps a local part of atoms and quoted words, and quotes it again", () => {
      const mixed = one("first.\"a b\".last@x.test")
      expect(mixed.mailbox.local).toBe("first.a b.last")
      expect(path("first.\"a b\".last@x.test")).toBe("<\"first.a b.last\"@x.test>")
      expect(path("\"john doe\"@x.test")).toBe("<\"john doe\"@x.test>")
      expect(path("\"john.doe\"@x.test")).toBe("<john.doe@x.test>")
    })

    it("E5: leaves the name out, which the caller may give back; the bare postmaster is nobody", () => {
      const jo = one("Jo <jo@x.test>")
      expect(Address.fromPath(Address.toForwardPath(jo))).toEqual(
        Option.some(one("jo@x.test"))
      )
      expect(Address.fromPath(ForwardPath.postmaster)).toEqual(Option.none())
      expect(Address.fromPath(ReversePath.nullSender)).toEqual(Option.none())
    })

    it("N9: goes to the domain that was read, whatever is in the quotes", () => {
      for (
        const [text, domain] of [
          ["\"a@evil.example x\"@good.example", "good.example"],
          ["\"xclow3n@evil.example x\"@internal.example", "internal.example"],
          ["\"a> ORCPT=rfc822;x@evil.example\"@good.example", "good.example"],
          ["\"x@evil.example, y\" <a@good.example>", "good.example"],
          ["<a@evil.example> <a@good.example>", ""],
          ["a@evil.example <a@good.example>", ""],
          ["a@evil.example@good.example", ""],
          ["a@[x@evil.example]", ""]
        ]
      ) {
        const domains = Address.persons(Address.find(text).addresses)
          .map(({ mailbox }) => Domain.print(mailbox.domain))
        expect(domains).toEqual(domain === "" ? [] : [domain])
      }
    })
  })

  describe("time", () => {
    /** The shapes that make recursive and backtracking readers slow, or overflow their stack. */
    const shapes: ReadonlyArray<readonly [string, (size: number) => string]> = [
      ["nested groups", (size) => "g:".repeat(size / 2)],
      ["nested comments", (size) => "(".repeat(size)],
      [
        "closed nested comments",
        (size) => `${"(".repeat(size / 2)}${")".repeat(size / 2)}a@x.test`
      ],
      ["open brackets", (size) => "<".repeat(size)],
      ["colons without a name", (size) => "@:".repeat(size / 2)],
      ["commas", (size) => ",".repeat(size)],
      ["quotes", (size) => "\"".repeat(size)],
      ["backslashes", (size) => `"${"\\".repeat(size)}`],
      ["words", (size) => "a ".repeat(size / 2)],
      ["encoded words", (size) => `${"=?utf-8?q?a?= ".repeat(size / 14)}<a@x.test>`],
      ["dots", (size) => `${"a.".repeat(size / 2)}b@x.test`],
      ["semicolons", (size) => "a:;".repeat(size / 3)],
      ["addresses", (size) => "a@x.test,".repeat(size / 9)],
      ["members of a group that does not end", (size) => `G: ${"a@b,".repeat(size / 4)}`]
    ]
    for (const [name, shape] of shapes) {
      it(`N11: reads a megabyte of ${name}`, { timeout: 10_000 }, () => {
        const { addresses, malformed } = Address.find(shape(2 ** 20))
        expect(addresses.length + malformed.length).toBeGreaterThanOrEqual(
          name === "commas" ? 0 : 1
        )
      })
    }
  })
})
