import { describe, expect, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as AddressMode from "../src/AddressMode.js"
import type { Domain } from "../src/Domain.js"
import * as Mailbox from "../src/Mailbox.js"
import * as ReversePath from "../src/ReversePath.js"
import * as Arbitrary from "./arbitraries/path.js"
import * as Text from "./arbitraries/text.js"

const { lenient, strict } = AddressMode
const utf8 = AddressMode.withUtf8(strict)

const right = <A, E>(either: Either.Either<A, E>): A => Either.getOrThrow(either)
const read = (text: string, mode?: AddressMode.AddressMode) => right(ReversePath.parse(text, mode))
const fault = (text: string, mode?: AddressMode.AddressMode) => {
  const { offset, part, reason } = right(Either.flip(ReversePath.parse(text, mode)))
  return { offset, part, reason }
}
const refused = (text: string, mode?: AddressMode.AddressMode) =>
  Either.isLeft(ReversePath.parse(text, mode))
const mailbox = (text: string) => right(Mailbox.parse(text))

describe("ReversePath", () => {
  describe("shapes", () => {
    it("is a local part, a domain and a route (P1)", () => {
      const path = read("<@a,@[1.2.3.4]:user@c>")
      expect(path).toEqual({
        _tag: "Path",
        route: [{ _tag: "Name", labels: ["a"] }, { _tag: "IPv4", address: "1.2.3.4" }],
        mailbox: { local: "user", domain: { _tag: "Name", labels: ["c"] } }
      })
    })

    it("is read with a source route and printed with it (P4)", () => {
      for (const text of ["<@a,@b:user@c>", "<@a:user@c>", "<@[IPv6:::1],@b.c,@d:\"x y\"@c>"]) {
        expect(ReversePath.print(read(text))).toBe(text)
      }
      for (
        const text of [
          "<@a>",
          "<@a:>",
          "<@a,:u@c>",
          "<@a,b:u@c>",
          "<@a @b:u@c>",
          "<@a,@b u@c>",
          "<,@a:u@c>",
          "<:u@c>",
          "@a:u@c"
        ]
      ) {
        expect(refused(text)).toBe(true)
      }
    })

    it("may be null, the sender of notifications (P8)", () => {
      expect(read("<>")).toEqual(ReversePath.nullSender)
      expect(ReversePath.print(ReversePath.nullSender)).toBe("<>")
      expect(ReversePath.toMailbox(read("<>"))).toEqual(Option.none())
      expect(ReversePath.toMailbox(read("<a@b>"))).toEqual(Option.some(mailbox("a@b")))
      for (const text of ["", "< >", "<", ">", "<<>>", "<>>"]) {
        expect(refused(text)).toBe(true)
        expect(refused(text, lenient)).toBe(true)
      }
    })

    it("is read as a result and printed to a string (P10)", () => {
      expect(ReversePath.print(read("<\"a\\.b\"@C.d>"))).toBe("<a.b@C.d>")
      expect(fault("<a@b")).toEqual({ part: "path", reason: "Syntax", offset: 4 })
      expect(fault("a@b")).toEqual({ part: "path", reason: "Syntax", offset: 0 })
      expect(fault("<a@b> ")).toEqual({ part: "path", reason: "Syntax", offset: 5 })
      expect(fault("<a>")).toEqual({ part: "local", reason: "Syntax", offset: 2 })
      expect(fault("<a@b\r\n>")).toEqual({ part: "path", reason: "Unsafe", offset: 4 })
      expect(fault("<a@bü>")).toEqual({ part: "path", reason: "NotAscii", offset: 4 })
    })

    it("comes from a mailbox, or from checked parts", () => {
      expect(ReversePath.fromMailbox(mailbox("a@b"))).toEqual(read("<a@b>"))
      const forged: Domain = { _tag: "Name", labels: ["b> RET=FULL"] }
      expect(Either.isLeft(
        ReversePath.make({ route: [], mailbox: { local: "a", domain: forged } })
      )).toBe(true)
      expect(Either.isLeft(ReversePath.make({ route: [forged], mailbox: mailbox("a@b") }))).toBe(
        true
      )
      const two: Domain = { _tag: "Name", labels: ["b,@c"] }
      expect(Either.isLeft(ReversePath.make({ route: [two], mailbox: mailbox("a@b") }))).toBe(true)
      expect(ReversePath.needsUtf8(read("<jörg@b>", utf8))).toBe(true)
      expect(ReversePath.needsUtf8(read("<a@b>", utf8))).toBe(false)
    })

    it.prop("reads what it prints (strict)", [Arbitrary.reversePath], ([path]) => {
      expect(read(ReversePath.print(path))).toEqual(path)
    })

    it.prop("reads what it prints (lenient)", [Arbitrary.lenientReversePath], ([path]) => {
      expect(read(ReversePath.print(path), lenient)).toEqual(path)
    })

    it.prop("reads what it prints (UTF-8)", [Arbitrary.utf8ReversePath], ([path]) => {
      expect(read(ReversePath.print(path), utf8)).toEqual(path)
    })

    it.prop("of a mailbox can always be read", [Arbitrary.utf8Mailbox], ([from]) => {
      const path = ReversePath.fromMailbox(from)
      expect(read(ReversePath.print(path), utf8)).toEqual(path)
    })
  })

  describe("parsePrefix", () => {
    const prefix = (text: string, offset: number, mode = strict) =>
      right(ReversePath.parsePrefix(text, { offset, mode }))

    it("ends where the path does, whatever is quoted (N9)", () => {
      const line = "MAIL FROM:<\"a@x> SIZE=1 <\\\"\"@b> RET=FULL"
      const { end, value } = prefix(line, 10)
      expect(line.slice(end)).toBe(" RET=FULL")
      expect(value).toEqual(ReversePath.fromMailbox(right(Mailbox.make({
        local: "a@x> SIZE=1 <\"",
        domain: mailbox("x@b").domain
      }))))
      expect(ReversePath.print(value)).toBe(line.slice(10, end))
    })

    it("ends where a path without brackets does (P20)", () => {
      expect(prefix(" a@b SIZE=1", 0, lenient).end).toBe(4)
      expect(prefix("<> SIZE=1", 0, lenient)).toEqual({ value: ReversePath.nullSender, end: 2 })
    })
  })

  describe("lenient mode", () => {
    it("takes spaces before, and no brackets (P20)", () => {
      for (const text of [" <a@b>", "a@b", "  a@b", "<a@b.>", "a@b."]) {
        expect(refused(text)).toBe(true)
        expect(read(text, lenient)).toEqual(read("<a@b>"))
      }
      expect(read("\"a b\"@c", lenient)).toEqual(read("<\"a b\"@c>"))
      expect(refused("<a@b_c>")).toBe(true)
      expect(ReversePath.print(read("<a@b_c>", lenient))).toBe("<a@b_c>")
      for (const text of ["a@b>", "<a@b", "a@b x", "", " ", "a", "@x:a@b", "a@b;"]) {
        expect(refused(text, lenient)).toBe(true)
      }
    })
  })

  describe("limits", () => {
    it("keeps to 256 octets, brackets and route included (P17)", () => {
      const label = "b".repeat(62)
      const longest = `${"a".repeat(63)}@${label}.${label}.${label}.b`
      expect(ReversePath.print(read(`<${longest}>`))).toHaveLength(256)
      expect(fault(`<a${longest}>`).reason).toBe("TooLong")
      expect(fault(`<@a:${longest}>`)).toEqual({ part: "path", reason: "TooLong", offset: 0 })
      for (
        const text of [
          `<${"@a,".repeat(3e5)}`,
          "<".repeat(1e6),
          `<${"@".repeat(1e6)}`,
          `<"${"\\".repeat(1e6)}`,
          " ".repeat(1e6)
        ]
      ) {
        expect(refused(text)).toBe(true)
        expect(refused(text, lenient)).toBe(true)
      }
    })

    it("is refused with every control and invisible character everywhere (N14)", () => {
      for (const text of ["<>", "<@r:ab@cd>", "<\"a b\"@c>"]) {
        for (const char of [...Text.controls, ...Text.invisible]) {
          for (const hostile of Text.insertions(text, char)) {
            expect(refused(hostile)).toBe(true)
            expect(refused(hostile, AddressMode.withUtf8(lenient))).toBe(true)
          }
        }
      }
    })
  })

  describe("Order and Equivalence", () => {
    it("compare domains first and tell local parts by case (P6)", () => {
      const sorted = ["<>", "<b@[1.2.3.4]>", "<B@a>", "<b@a>", "<a@b>", "<a@B.c>"]
      expect(
        Arr.sort(Arr.reverse(sorted).map((text) => read(text)), ReversePath.Order)
          .map(ReversePath.print)
      ).toEqual(sorted)
    })

    it("tell routes with the same hops in another order (P15)", () => {
      const there = read("<@a,@b:u@c>")
      const back = read("<@b,@a:u@c>")
      expect(ReversePath.Equivalence(there, back)).toBe(false)
      expect(ReversePath.Order(there, back)).toBe(-1)
      expect(ReversePath.Order(back, there)).toBe(1)
      expect(ReversePath.Equivalence(there, read("<@A,@B:u@C>"))).toBe(true)
    })

    const similar = FastCheck.tuple(Arbitrary.similarReversePath, Arbitrary.similarReversePath)
    it.prop("say the same", [similar], ([[a, b]]) => {
      expect(ReversePath.Equivalence(a, b)).toBe(ReversePath.Order(a, b) === 0)
      expect(ReversePath.Order(a, b) + ReversePath.Order(b, a)).toBe(0)
    })
  })
})
