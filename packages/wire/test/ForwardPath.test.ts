import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as AddressMode from "../src/AddressMode.js"
import * as ForwardPath from "../src/ForwardPath.js"
import * as Mailbox from "../src/Mailbox.js"
import * as Arbitrary from "./arbitraries/path.js"

const { lenient, strict } = AddressMode
const utf8 = AddressMode.withUtf8(strict)

const right = <A, E>(either: Either.Either<A, E>): A => Either.getOrThrow(either)
const read = (text: string, mode?: AddressMode.AddressMode) => right(ForwardPath.parse(text, mode))
const refused = (text: string, mode?: AddressMode.AddressMode) =>
  Either.isLeft(ForwardPath.parse(text, mode))

describe("ForwardPath", () => {
  describe("shapes", () => {
    it("is the bare postmaster, a postmaster at a domain, or any mailbox (P7)", () => {
      expect(read("<Postmaster>")).toEqual(ForwardPath.postmaster)
      expect(ForwardPath.print(ForwardPath.postmaster)).toBe("<Postmaster>")
      expect(ForwardPath.toMailbox(ForwardPath.postmaster)).toEqual(Option.none())
      expect(read("<Postmaster@x>")).toEqual(
        ForwardPath.fromMailbox(right(Mailbox.parse("Postmaster@x")))
      )
      expect(read("<@r:a@x>")._tag).toBe("Path")
      for (
        const text of ["<>", "<postmasters>", "<post>", "<postmaster >", "<@r:postmaster>", "<a>"]
      ) {
        expect(refused(text)).toBe(true)
        expect(refused(text, lenient)).toBe(true)
      }
    })

    it("knows Postmaster in any case, and at a literal (P16)", () => {
      for (const word of ["postmaster", "POSTMASTER", "PostMaster"]) {
        expect(read(`<${word}>`)).toEqual(ForwardPath.postmaster)
        for (const text of [`<${word}>`, `<${word}@x>`, `<${word}@[1.2.3.4]>`, `<@r:${word}@x>`]) {
          expect(ForwardPath.isPostmaster(read(text))).toBe(true)
        }
      }
      expect(ForwardPath.isPostmaster(read("<master@x>"))).toBe(false)
      expect(ForwardPath.Equivalence(read("<POSTMASTER@x>"), read("<postmaster@X>"))).toBe(true)
      expect(ForwardPath.Equivalence(read("<Postmaster>"), read("<Postmaster@x>"))).toBe(false)
    })

    it("may be without brackets when lenient (P20)", () => {
      for (const text of ["postmaster", " Postmaster", " <postmaster>"]) {
        expect(refused(text)).toBe(true)
        expect(read(text, lenient)).toEqual(ForwardPath.postmaster)
      }
      expect(
        right(ForwardPath.parsePrefix("postmaster NOTIFY=NEVER", { offset: 0, mode: lenient }))
      )
        .toEqual({ value: ForwardPath.postmaster, end: 10 })
      expect(read(" a@b_c.", lenient)).toEqual(read("<a@b_c>", lenient))
      expect(refused("postmasterx", lenient)).toBe(true)
      expect(refused("postmaster>", lenient)).toBe(true)
    })

    it("cannot smuggle parameters or another recipient in (N9)", () => {
      const line = "TO:<\"victim@x> ORCPT=rfc822;y\"@z> NOTIFY=NEVER"
      const { end, value } = right(ForwardPath.parsePrefix(line, { offset: 3, mode: strict }))
      expect(line.slice(end)).toBe(" NOTIFY=NEVER")
      expect(ForwardPath.print(value)).toBe(line.slice(3, end))
      for (const text of ["<a@b x>", "<a@b> ORCPT=x", "<a@b>,<c@d>", "<a@b>\r\nDATA", "A <a@b>"]) {
        expect(refused(text)).toBe(true)
        expect(refused(text, lenient)).toBe(true)
      }
    })

    it("says whether SMTPUTF8 is needed", () => {
      expect(ForwardPath.needsUtf8(read("<用户@例え.jp>", utf8))).toBe(true)
      expect(ForwardPath.needsUtf8(ForwardPath.postmaster)).toBe(false)
      expect(right(Either.flip(ForwardPath.parse("<用户@x>"))).reason).toBe("NotAscii")
    })

    it.prop("reads what it prints (strict)", [Arbitrary.forwardPath], ([path]) => {
      expect(read(ForwardPath.print(path))).toEqual(path)
    })

    it.prop("reads what it prints (lenient)", [Arbitrary.lenientForwardPath], ([path]) => {
      expect(read(ForwardPath.print(path), lenient)).toEqual(path)
    })

    it.prop("reads what it prints (UTF-8)", [Arbitrary.utf8ForwardPath], ([path]) => {
      expect(read(ForwardPath.print(path), utf8)).toEqual(path)
    })
  })

  describe("Order and Equivalence", () => {
    const similar = FastCheck.tuple(Arbitrary.similarForwardPath, Arbitrary.similarForwardPath)
    it.prop("say the same", [similar], ([[a, b]]) => {
      expect(ForwardPath.Equivalence(a, b)).toBe(ForwardPath.Order(a, b) === 0)
      expect(ForwardPath.Order(a, b) + ForwardPath.Order(b, a)).toBe(0)
    })
  })
})
