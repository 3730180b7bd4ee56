import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as AddressMode from "../src/AddressMode.js"
import * as Domain from "../src/Domain.js"
import * as Mailbox from "../src/Mailbox.js"
import * as Arbitrary from "./arbitraries/path.js"
import * as Text from "./arbitraries/text.js"

const { lenient, strict } = AddressMode
const utf8 = AddressMode.withUtf8(strict)

const right = <A, E>(either: Either.Either<A, E>): A => Either.getOrThrow(either)
const read = (text: string, mode?: AddressMode.AddressMode) => right(Mailbox.parse(text, mode))
const fault = (text: string, mode?: AddressMode.AddressMode) => {
  const { offset, part, reason } = right(Either.flip(Mailbox.parse(text, mode)))
  return { offset, part, reason }
}
const refused = (text: string, mode?: AddressMode.AddressMode) =>
  Either.isLeft(Mailbox.parse(text, mode))
const x = right(Domain.parse("x"))

describe("Mailbox", () => {
  describe("local part", () => {
    it("is a dot-string or a quoted string (P2)", () => {
      expect(Mailbox.localAtoms(read("a.b+c@x"))).toEqual(Option.some(["a", "b+c"]))
      expect(Mailbox.localAtoms(read("\"a.b\"@x"))).toEqual(Option.some(["a", "b"]))
      expect(Mailbox.localAtoms(read("\"a b\"@x"))).toEqual(Option.none())
      expect(Mailbox.localAtoms(read("\"\"@x"))).toEqual(Option.none())
      expect(read("!#$%&'*+-/=?^_`{|}~@x").local).toBe("!#$%&'*+-/=?^_`{|}~")
      for (
        const text of [
          ".a@x",
          "a.@x",
          "a..b@x",
          "@x",
          "a b@x",
          "a\"b\"@x",
          "\"a\"b@x",
          "a(c)@x",
          "a"
        ]
      ) {
        expect(refused(text)).toBe(true)
      }
    })

    it("takes any printable character after a backslash in quotes (P3)", () => {
      for (const char of Text.printable) {
        expect(read(`"\\${char}"@x`).local).toBe(char)
      }
      expect(read("\"Joe\\,Smith\"@x").local).toBe("Joe,Smith")
      for (const text of ["\"\\\"@x", "\"\\ü\"@x", "\"\\\n\"@x", "\"a", "\"a\\"]) {
        expect(refused(text, utf8)).toBe(true)
      }
    })

    it("is written with its quotes, and no more than needed (P11)", () => {
      expect(Mailbox.print(read("\"john doe\"@x"))).toBe("\"john doe\"@x")
      expect(Mailbox.print(read("\"john.doe\"@x"))).toBe("john.doe@x")
      expect(Mailbox.print(read("\"\\j\\o\"@x"))).toBe("jo@x")
      expect(Mailbox.print(read("\"a\\\"\\\\b\"@x"))).toBe("\"a\\\"\\\\b\"@x")
      expect(Mailbox.print(read("\"a..b\"@x"))).toBe("\"a..b\"@x")
      expect(Mailbox.print(read("\"\"@x"))).toBe("\"\"@x")
    })

    it("never holds a control, escaped or not (P12)", () => {
      for (const char of Text.controls) {
        for (const text of [`"a${char}b"@x`, `"a\\${char}b"@x`, `a${char}b@x`]) {
          expect(fault(text).reason).toBe("Unsafe")
          expect(fault(text, AddressMode.withUtf8(lenient)).reason).toBe("Unsafe")
        }
        expect(Either.isLeft(Mailbox.make({ local: char, domain: x }, utf8))).toBe(true)
      }
    })

    it("never holds an invisible character (N14)", () => {
      for (const char of Text.invisible) {
        for (
          const text of [...Text.insertions("ab@x", char), ...Text.insertions("\"ab\"@x", char)]
        ) {
          expect(refused(text, utf8)).toBe(true)
          expect(refused(text)).toBe(true)
        }
        expect(fault(`a${char}b@x`, utf8).reason).toBe("Unsafe")
        expect(Either.isLeft(Mailbox.make({ local: `a${char}`, domain: x }, utf8))).toBe(true)
      }
    })

    it("keeps to 64 octets as written, and the whole to 254 (P17)", () => {
      expect(refused(`${"a".repeat(64)}@x`)).toBe(false)
      expect(fault(`${"a".repeat(65)}@x`)).toEqual({ part: "local", reason: "TooLong", offset: 0 })
      expect(refused(`"${"a".repeat(64)}"@x`)).toBe(false)
      expect(refused(`"${"\\a".repeat(64)}"@x`)).toBe(false)
      expect(refused(`"${" ".repeat(62)}"@x`)).toBe(false)
      expect(fault(`"${" ".repeat(63)}"@x`).reason).toBe("TooLong")
      expect(fault(`${"ü".repeat(33)}@x`, utf8).reason).toBe("TooLong")
      const label = "b".repeat(62)
      const domain = `${label}.${label}.${label}.b`
      expect(refused(`${"a".repeat(63)}@${domain}`)).toBe(false)
      expect(fault(`${"a".repeat(64)}@${domain}`).reason).toBe("TooLong")
      for (
        const text of [
          "a".repeat(1e6),
          "a.".repeat(5e5),
          `"${"\\\"".repeat(5e5)}`,
          "\"".repeat(1e6)
        ]
      ) {
        expect(refused(text)).toBe(true)
      }
    })

    it("may be UTF-8 where that is allowed (P18)", () => {
      expect(fault("jörg@x")).toEqual({ part: "local", reason: "NotAscii", offset: 1 })
      expect(fault("\"j ö\"@x").reason).toBe("NotAscii")
      expect(read("jörg@x", utf8)).toEqual({ local: "jörg", domain: x })
      expect(read("\"j ö\"@x", utf8).local).toBe("j ö")
      expect(Mailbox.needsUtf8(read("jörg@x", utf8))).toBe(true)
      expect(Mailbox.needsUtf8(read("a@bücher.de", utf8))).toBe(true)
      expect(Mailbox.needsUtf8(read("a@x", utf8))).toBe(false)
      expect(read("用户@例え.jp", utf8).local).toBe("用户")
    })
  })

  describe("domain", () => {
    it("may be a name or a literal (P5)", () => {
      expect(Domain.print(read("a@b.c").domain)).toBe("b.c")
      expect(Domain.print(read("a@[1.2.3.4]").domain)).toBe("[1.2.3.4]")
      expect(Domain.print(read("a@[ipv6:::1]").domain)).toBe("[IPv6:::1]")
      expect(Domain.print(read("a@[x:y]").domain)).toBe("[x:y]")
      expect(read("a@b_c.d.", lenient)).toEqual({
        local: "a",
        domain: right(Domain.parse("b_c.d", lenient))
      })
    })
  })

  describe("parse and print", () => {
    it.prop("read what was printed (strict)", [Arbitrary.mailbox], ([mailbox]) => {
      expect(read(Mailbox.print(mailbox))).toEqual(mailbox)
    })

    it.prop("read what was printed (lenient)", [Arbitrary.lenientMailbox], ([mailbox]) => {
      expect(read(Mailbox.print(mailbox), lenient)).toEqual(mailbox)
    })

    it.prop("read what was printed (UTF-8)", [Arbitrary.utf8Mailbox], ([mailbox]) => {
      expect(read(Mailbox.print(mailbox), utf8)).toEqual(mailbox)
    })

    it.prop(
      "give every written form of a local part one meaning",
      [Arbitrary.mailbox],
      ([mailbox]) => {
        const overquoted = Array.from(mailbox.local, (char) => `\\${char}`).join("")
        expect(read(`"${overquoted}"@${Domain.print(mailbox.domain)}`)).toEqual(mailbox)
      }
    )

    it.prop("never throw", [FastCheck.string({ unit: "binary" })], ([text]) => {
      for (const hostile of [text, `${text}@x`, `"${text}"@x`, `a@${text}`]) {
        const result = Mailbox.parse(hostile, utf8)
        if (Either.isRight(result)) {
          expect(read(Mailbox.print(result.right), utf8)).toEqual(result.right)
        }
      }
    })
  })

  describe("make", () => {
    it("checks parts from anywhere", () => {
      expect(right(Mailbox.make({ local: "a@b", domain: x }))).toEqual(read("\"a@b\"@x"))
      expect(Either.isLeft(Mailbox.make({ local: "ü", domain: x }))).toBe(true)
      expect(Either.isLeft(Mailbox.make({ local: "a".repeat(65), domain: x }))).toBe(true)
      const forged: Domain.Domain = { _tag: "Name", labels: ["x> SIZE=1"] }
      expect(Either.isLeft(Mailbox.make({ local: "a", domain: forged }))).toBe(true)
    })

    it("gives the domain a checker sees and the domain on the wire as one (N9)", () => {
      const mailbox = right(Mailbox.make({ local: "a@evil.example> ORCPT=x", domain: x }))
      expect(Mailbox.print(mailbox)).toBe("\"a@evil.example> ORCPT=x\"@x")
      expect(read(Mailbox.print(mailbox))).toEqual(mailbox)
      for (const text of ["Some One <a@x>", "a@evil b@x", "a@x, b@x", "a@x (c)", "<a@x>"]) {
        expect(refused(text)).toBe(true)
        expect(refused(text, lenient)).toBe(true)
      }
    })
  })

  describe("Order and Equivalence", () => {
    it("tell local parts by case, but for postmaster (P13)", () => {
      expect(Mailbox.Equivalence(read("Joe@x"), read("joe@x"))).toBe(false)
      expect(Mailbox.Equivalence(read("joe@X"), read("joe@x"))).toBe(true)
      expect(Mailbox.Equivalence(read("PostMaster@x"), read("postmaster@x"))).toBe(true)
      expect(Mailbox.isPostmaster(read("POSTMASTER@[1.2.3.4]"))).toBe(true)
      expect(Mailbox.isPostmaster(read("postmasters@x"))).toBe(false)
    })

    it("compare what local parts mean, both alike (P14)", () => {
      expect(Mailbox.Equivalence(read("a.b@x"), read("\"a.b\"@x"))).toBe(true)
      expect(Mailbox.Order(read("a.b@x"), read("\"a\\.b\"@x"))).toBe(0)
      expect(Mailbox.Order(read("A@x"), read("a@x"))).not.toBe(0)
      expect(Mailbox.Equivalence(read("A@x"), read("a@x"))).toBe(false)
    })

    const similar = FastCheck.tuple(Arbitrary.similarMailbox, Arbitrary.similarMailbox)
    it.prop("say the same (P14)", [similar], ([[a, b]]) => {
      expect(Mailbox.Equivalence(a, b)).toBe(Mailbox.Order(a, b) === 0)
      expect(Mailbox.Order(a, b) + Mailbox.Order(b, a)).toBe(0)
    })
  })
})
