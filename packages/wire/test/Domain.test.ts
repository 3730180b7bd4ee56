import { describe, expect, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as AddressMode from "../src/AddressMode.js"
import * as Domain from "../src/Domain.js"
import * as Arbitrary from "./arbitraries/domain.js"
import * as Text from "./arbitraries/text.js"

const { lenient, strict } = AddressMode
const utf8 = AddressMode.withUtf8(strict)

const right = <A, E>(either: Either.Either<A, E>): A => Either.getOrThrow(either)
const read = (text: string, mode?: AddressMode.AddressMode) => right(Domain.parse(text, mode))
const fault = (text: string, mode?: AddressMode.AddressMode) => {
  const { offset, part, reason } = right(Either.flip(Domain.parse(text, mode)))
  return { offset, part, reason }
}
const refused = (text: string, mode?: AddressMode.AddressMode) =>
  Either.isLeft(Domain.parse(text, mode))

describe("Domain", () => {
  describe("shapes", () => {
    it("reads IPv4, IPv6 and general literals and names (D1)", () => {
      expect(read("[1.2.3.4]")).toEqual({ _tag: "IPv4", address: "1.2.3.4" })
      expect(read("[IPv6:2001:DB8::1]")).toEqual({ _tag: "IPv6", address: "2001:db8::1" })
      expect(read("[x400:c=de;a=x]")).toEqual({
        _tag: "General",
        tag: "x400",
        content: "c=de;a=x"
      })
      expect(read("Mail.Example.org")).toEqual({
        _tag: "Name",
        labels: ["Mail", "Example", "org"]
      })
    })

    it("takes all of the text or none of it (D2)", () => {
      for (const text of ["a.b c", "a.b\r\n", "[1.2.3.4]x", "[1.2.3.4", "a.b>", " a.b", ""]) {
        expect(refused(text)).toBe(true)
      }
      expect(fault("a.b c")).toEqual({ part: "domain", reason: "Syntax", offset: 3 })
      expect(fault("a.b\r\n")).toEqual({ part: "domain", reason: "Unsafe", offset: 3 })
    })

    it("prints each shape as on the wire (D3)", () => {
      expect(Domain.print(right(Domain.ipv4("1.2.3.4")))).toBe("[1.2.3.4]")
      expect(Domain.print(right(Domain.ipv6("0:0:0:0:0:0:0:1")))).toBe("[IPv6:::1]")
      expect(Domain.print(right(Domain.general("tag", "value")))).toBe("[tag:value]")
      expect(Domain.print(right(Domain.name(["a", "b"])))).toBe("a.b")
    })

    it("prints each shape without brackets for people (D4)", () => {
      expect(Domain.printBare(read("[1.2.3.4]"))).toBe("1.2.3.4")
      expect(Domain.printBare(read("[IPv6:::1]"))).toBe("::1")
      expect(Domain.printBare(read("[tag:value]"))).toBe("tag:value")
      expect(Domain.printBare(read("a.b"))).toBe("a.b")
    })

    it.prop("reads what it prints (strict)", [Arbitrary.domain], ([domain]) => {
      expect(read(Domain.print(domain))).toEqual(domain)
    })

    it.prop("reads what it prints (lenient)", [Arbitrary.lenientDomain], ([domain]) => {
      expect(read(Domain.print(domain), lenient)).toEqual(domain)
    })

    it.prop("reads what it prints (UTF-8)", [Arbitrary.utf8Domain], ([domain]) => {
      expect(read(Domain.print(domain), utf8)).toEqual(domain)
    })
  })

  describe("Order and Equivalence", () => {
    it("orders all shapes, ignores case, puts a prefix first (D5)", () => {
      const sorted = [
        "[1.2.3.4]",
        "[1.2.3.10]",
        "[IPv6:::2]",
        "[IPv6:1::]",
        "[x:y]",
        "a",
        "a.b",
        "b"
      ]
      for (const shuffled of [Arr.reverse(sorted), sorted]) {
        expect(Arr.sort(shuffled.map((text) => read(text)), Domain.Order).map(Domain.print))
          .toEqual(sorted)
      }
      expect(Domain.Order(read("EXAMPLE.org"), read("example.ORG"))).toBe(0)
      expect(Domain.Order(read("example"), read("EXAMPLE.org"))).toBe(-1)
    })

    it("compares addresses, not their texts (D6)", () => {
      const same = (self: string, that: string) => Domain.Equivalence(read(self), read(that))
      expect(same("[IPv6:2001:db8:0:0::1]", "[IPv6:2001:DB8::0001]")).toBe(true)
      expect(same("[IPv6:::ffff:1.2.3.4]", "[IPv6:::ffff:102:304]")).toBe(true)
      expect(same("[001.002.003.004]", "[1.2.3.4]")).toBe(true)
      expect(same("[IPv6:::1]", "[IPv6:::2]")).toBe(false)
      expect(same("[IPv6:::ffff:1.2.3.4]", "[1.2.3.4]")).toBe(false)
      expect(same("[TAG:x]", "[tag:x]")).toBe(true)
      expect(same("[tag:X]", "[tag:x]")).toBe(false)
    })

    it("takes domains that differ in case for equal (D12)", () => {
      expect(Domain.Equivalence(read("Example.ORG"), read("example.org"))).toBe(true)
      expect(Domain.Equivalence(read("Bücher.de", utf8), read("xn--bcher-kva.DE"))).toBe(true)
    })

    const similar = FastCheck.tuple(
      Arbitrary.similarDomain,
      Arbitrary.similarDomain,
      Arbitrary.similarDomain
    )
    it.prop("say the same, and the order is one (D12)", [similar], ([[a, b, c]]) => {
      expect(Domain.Equivalence(a, b)).toBe(Domain.Order(a, b) === 0)
      expect(Domain.Order(a, b) + Domain.Order(b, a)).toBe(0)
      if (Domain.Order(a, b) <= 0 && Domain.Order(b, c) <= 0) {
        expect(Domain.Order(a, c)).toBeLessThanOrEqual(0)
      }
    })
  })

  describe("names", () => {
    it("have labels of letters, digits and inner dashes (D7)", () => {
      for (const text of ["a", "1", "a1", "1a", "a-b", "a--b", "xn--zz", "1.2.3.4", "A.B-c.D"]) {
        expect(Domain.print(read(text))).toBe(text)
      }
      for (
        const text of ["-a", "a-", "a.-b", "a-.b", "a b", "a_b", ".", ".a", "a..b", "a@b", "ü"]
      ) {
        expect(refused(text)).toBe(true)
      }
      expect(fault("ab-.c")).toEqual({ part: "domain", reason: "Syntax", offset: 2 })
      expect(fault("a..b")).toEqual({ part: "domain", reason: "Syntax", offset: 2 })
    })

    it("are built of at least one label (D10)", () => {
      expect(right(Domain.name(["example", "org"]))).toEqual(read("example.org"))
      // @ts-expect-error a name has a label
      Domain.name([])
      expect(right(Domain.ipv4("127.0.0.1"))._tag).toBe("IPv4")
      expect(right(Domain.ipv6("::1"))._tag).toBe("IPv6")
    })

    it("are built of checked labels only (D13)", () => {
      for (
        const label of ["", "a b", "a\r\nRCPT TO:<x@y>", "a.b", "-", "a-", "a>", "ü", "a_b", "a\0"]
      ) {
        expect(Either.isLeft(Domain.name(["ok", label]))).toBe(true)
      }
      const forged: ReadonlyArray<Domain.Domain> = [
        { _tag: "Name", labels: ["a.b"] },
        { _tag: "Name", labels: ["a", "b>"] },
        { _tag: "IPv4", address: "1.2.3.4] x" },
        { _tag: "IPv6", address: "x" },
        { _tag: "General", tag: "a:b", content: "c" }
      ]
      for (const domain of forged) expect(Either.isLeft(Domain.make(domain))).toBe(true)
      expect(right(Domain.make(read("[x:y]")))).toEqual(read("[x:y]"))
      expect(Either.isRight(Domain.name(["_dmarc"], lenient))).toBe(true)
      expect(Either.isRight(Domain.name(["bücher"], utf8))).toBe(true)
    })

    it("keep to 63 octets a label and 255 in all (D14)", () => {
      const label = "a".repeat(63)
      expect(refused(label)).toBe(false)
      expect(fault(`x.${label}a`)).toEqual({ part: "domain", reason: "TooLong", offset: 2 })
      expect(refused(`${label}.${label}.${label}.${label}`)).toBe(false)
      expect(refused(`${label}.${label}.${label}.${"a".repeat(61)}.a`)).toBe(false)
      expect(fault(`${label}.${label}.${label}.${"a".repeat(62)}.a`).reason).toBe("TooLong")
      expect(fault(`[x:${"a".repeat(252)}]`).reason).toBe("TooLong")
      expect(refused(`[x:${"a".repeat(251)}]`)).toBe(false)
      expect(Either.isLeft(Domain.name([label, label, label, label, "a"]))).toBe(true)
      expect(Either.isLeft(Domain.general("x", "a".repeat(252)))).toBe(true)
      // 16 letters of four octets
      expect(fault("𐐨".repeat(16), utf8).reason).toBe("TooLong")
      for (
        const text of ["a".repeat(1e6), "a.".repeat(5e5), "[".repeat(1e6), `[${"1".repeat(1e6)}`]
      ) {
        expect(refused(text)).toBe(true)
        expect(refused(text, AddressMode.withUtf8(lenient))).toBe(true)
      }
    })

    it("may end in a dot and hold underscores when lenient (D15)", () => {
      for (const text of ["a.b.", "a.", "_dmarc.a", "a_", "a_b.c"]) {
        expect(refused(text)).toBe(true)
        expect(refused(text, lenient)).toBe(false)
      }
      expect(read("a.b.", lenient)).toEqual(read("a.b"))
      expect(read("a.", lenient)).toEqual(read("a"))
      for (const text of ["a..", ".", ".a", "-a.", "a-."]) expect(refused(text, lenient)).toBe(true)
    })

    it("may be international where UTF-8 is allowed, and become ASCII (D16)", () => {
      expect(fault("bücher.example")).toEqual({ part: "domain", reason: "NotAscii", offset: 1 })
      const domain = read("bücher.example", utf8)
      expect(domain).toEqual({ _tag: "Name", labels: ["bücher", "example"] })
      expect(Domain.isAscii(domain)).toBe(false)
      const ascii = right(Domain.toAscii(domain))
      expect(Domain.print(ascii)).toBe("xn--bcher-kva.example")
      expect(Domain.isAscii(ascii)).toBe(true)
      expect(right(Domain.toAscii(read("[1.2.3.4]")))).toEqual(read("[1.2.3.4]"))
      expect(right(Domain.toAscii(read("Mixed.Case")))).toEqual(read("Mixed.Case"))
    })

    it("refuse what only looks like a label (D16)", () => {
      const lookalikes = ["例え。jp", "ｅxample", "１２７", "１.2.3.4", "ab--ü", "-ü", "ü-", "a／ü"]
      for (const text of [...lookalikes, ...Text.invisible.map((char) => `ü${char}ü`)]) {
        expect(refused(text, utf8)).toBe(true)
      }
      // a value nobody checked cannot lead the conversion astray
      for (
        const label of [
          "ü/x",
          "ü@x",
          "ü:1",
          "ü%2e",
          "ü?",
          "ü#",
          "ü.x",
          "xn--a@ü",
          "ü x",
          "ü@xn--bcher-kva",
          "xn--bcher-kva.invalid/ü"
        ]
      ) {
        const domain: Domain.Domain = { _tag: "Name", labels: [label] }
        expect(Either.isLeft(Domain.toAscii(domain))).toBe(true)
      }
    })

    it.prop("are ASCII once converted, and then stay", [Arbitrary.utf8Domain], ([domain]) => {
      const ascii = right(Domain.toAscii(domain))
      expect(read(Domain.print(ascii))).toEqual(ascii)
      expect(right(Domain.toAscii(ascii))).toEqual(ascii)
      expect(Domain.Equivalence(domain, ascii)).toBe(true)
    })
  })

  describe("literals", () => {
    it("have a tag of letters, digits and dashes, and printable content (D8)", () => {
      for (const text of ["[a:b]", "[1-a:b]", "[-a:b]", "[a:b:c]", "[tag:!\"#$@Z^_`~]"]) {
        expect(Domain.print(read(text))).toBe(text)
      }
      for (
        const text of [
          "[a-:b]",
          "[a_:b]",
          "[:b]",
          "[a:]",
          "[a:b c]",
          "[a:[]",
          "[a:\\]",
          "[a:]]",
          "[a:ü]"
        ]
      ) {
        expect(refused(text)).toBe(true)
      }
    })

    it("of the general kind are built of checked parts (D9)", () => {
      expect(right(Domain.general("tag", "value"))).toEqual(read("[tag:value]"))
      for (
        const [tag, content] of [
          ["", "x"],
          ["x", ""],
          ["a-", "x"],
          ["a:b", "x"],
          ["a b", "x"],
          ["x", "a b"],
          ["x", "a]"],
          ["x", "\r\n"],
          ["x", "ü"],
          ["IPv6", "::1"],
          ["ipv6", "x"]
        ] as const
      ) {
        expect(Either.isLeft(Domain.general(tag, content))).toBe(true)
      }
    })

    it("can be read on their own, and so can addresses and names (D11)", () => {
      expect(right(Domain.parseLiteral("[1.2.3.4]"))).toEqual(right(Domain.ipv4("1.2.3.4")))
      expect(Either.isLeft(Domain.parseLiteral("a.b"))).toBe(true)
      expect(Either.isLeft(Domain.parseName("[1.2.3.4]"))).toBe(true)
      expect(right(Domain.parseName("a.b"))).toEqual(read("a.b"))
      expect(right(Domain.parseAddress("::1"))).toEqual(right(Domain.ipv6("::1")))
      expect(right(Domain.parseAddress("1.2.3.4"))).toEqual(right(Domain.ipv4("1.2.3.4")))
      expect(right(Domain.parsePrefix("xx a.b>", { offset: 3, mode: strict }))).toEqual({
        value: read("a.b"),
        end: 6
      })
    })

    it("know the tag IPv6 in any case (D17)", () => {
      for (const tag of ["IPv6", "ipv6", "IPV6", "iPv6"]) {
        expect(read(`[${tag}:::1]`)).toEqual(right(Domain.ipv6("::1")))
        expect(refused(`[${tag}:x]`)).toBe(true)
      }
    })

    it("hold addresses as RFC 5321 section 4.1.3 writes them", () => {
      for (
        const address of [
          "1.2.3",
          "1.2.3.4.5",
          "256.1.1.1",
          "1.2.3.0004",
          "1.2.3.",
          "0x1.2.3.4",
          "1",
          ""
        ]
      ) {
        expect(Either.isLeft(Domain.ipv4(address))).toBe(true)
      }
      expect(Domain.print(right(Domain.ipv4("010.000.255.09")))).toBe("[10.0.255.9]")
      for (
        const address of [
          "",
          ":",
          ":::",
          "1::2::3",
          "12345::",
          "::1%eth0",
          "1:2:3:4:5:6:7",
          "::g",
          "1.2.3.4",
          "::1.2.3.256"
        ]
      ) {
        expect(Either.isLeft(Domain.ipv6(address))).toBe(true)
      }
      expect(Domain.print(right(Domain.ipv6("::ffff:010.0.0.1")))).toBe("[IPv6:::ffff:a00:1]")
    })
  })

  describe("hostile input", () => {
    it("is refused with every control and invisible character everywhere (N14)", () => {
      for (const text of ["ab.cd", "[1.2.3.4]", "[IPv6:::1]", "[x:yz]"]) {
        for (const char of [...Text.controls, ...Text.invisible]) {
          for (const hostile of Text.insertions(text, char)) {
            expect(refused(hostile)).toBe(true)
            expect(refused(hostile, AddressMode.withUtf8(lenient))).toBe(true)
          }
        }
      }
    })

    it.prop("never throws", [FastCheck.string({ unit: "binary" })], ([text]) => {
      for (const mode of [strict, lenient, utf8]) {
        const result = Domain.parse(text, mode)
        if (Either.isRight(result)) {
          expect(read(Domain.print(result.right), mode)).toEqual(result.right)
        }
      }
    })

    it("does not show up in an error's message", () => {
      const error = right(Either.flip(Domain.parse("a\r\nsecret")))
      expect(error.message).not.toContain("secret")
      expect(error.message).toBe(
        "domain: expected nothing more at offset 1 (found a control or invisible character)"
      )
    })
  })
})
