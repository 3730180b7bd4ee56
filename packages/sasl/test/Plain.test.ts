import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { ClientStep } from "../src/Mechanism.js"
import * as Mechanism from "../src/Mechanism.js"
import * as Plain from "../src/Plain.js"
import { salted } from "./talk.js"

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const client = (authcid: string, password: string, authzid?: string) =>
  Plain.client({
    authcid,
    password: Redacted.make(password),
    ...(authzid === undefined ? {} : { authzid })
  })

const said = (step: ClientStep): string => {
  const turn = salted(step)
  return turn._tag === "Await" ? "" : text(Redacted.value(turn.bytes))
}

const start = (authcid: string, password: string, authzid?: string): string =>
  said(Either.getOrThrow(client(authcid, password, authzid)).start)

const serve = (message: Uint8Array | string) =>
  Either.map(
    Plain.server.start(Option.some(typeof message === "string" ? bytes(message) : message)),
    (step) => {
      if (step._tag !== "Verify" || step.credentials._tag !== "Password") {
        throw new Error("PLAIN asks for nothing more")
      }
      const { authzid, authcid, password } = step.credentials
      return [Option.getOrNull(authzid), authcid, Redacted.value(password)]
    }
  )

const refused = (message: Uint8Array | string): string =>
  Either.match(serve(message), {
    onLeft: (error) => `${error.reason}: ${error.expected}`,
    onRight: () => "taken"
  })

const name = FastCheck.string({ unit: "grapheme", minLength: 1, maxLength: 40 })
  .filter((text) => !/[\p{Cc}\u2028\u2029]/u.test(text))
const password = FastCheck.string({ unit: "binary", minLength: 1, maxLength: 40 })
  .filter((text) => !text.includes("\0"))

describe("Plain", () => {
  describe("client", () => {
    it("sends the message of RFC 4616 section 4, first example", () => {
      expect(start("tim", "tanstaaftanstaaf")).toBe("\0tim\0tanstaaftanstaaf")
    })

    it("sends the message of RFC 4616 section 4, second example, with an authzid", () => {
      expect(start("Kurt", "xipj3plmq", "Ursel")).toBe("Ursel\0Kurt\0xipj3plmq")
    })

    it("M2: sends it as the initial response, or without one as the answer to a challenge", () => {
      const mechanism = Either.getOrThrow(client("tim", "tanstaaftanstaaf"))
      expect(Mechanism.isClientFirst(mechanism)).toBe(true)
      const later = Mechanism.withoutInitialResponse(mechanism)
      expect(Mechanism.isClientFirst(later)).toBe(false)
      if (later.start._tag !== "Await") throw new Error("it has to wait")
      expect(said(Either.getOrThrow(later.start.next(new Uint8Array())))).toBe(
        "\0tim\0tanstaaftanstaaf"
      )
    })

    // RFC 4616 has no such challenge: a server that could name the authzid could have the client act
    // as whom the server likes. Whom to act as is for the caller to say.
    it("M3: does not take a server's challenge for the authzid; the caller names it", () => {
      for (const authzid of [undefined, "Ursel"]) {
        const later = Mechanism.withoutInitialResponse(
          Either.getOrThrow(client("Kurt", "xipj3plmq", authzid))
        )
        if (later.start._tag !== "Await") throw new Error("it has to wait")
        expect(said(Either.getOrThrow(later.start.next(bytes("admin"))))).toBe(
          `${authzid ?? ""}\0Kurt\0xipj3plmq`
        )
      }
    })

    it("has nothing to say to a challenge after the message", () => {
      const mechanism = Either.getOrThrow(client("tim", "secret"))
      if (mechanism.start._tag !== "Conclude") throw new Error("one message is all")
      expect(mechanism.start.next(new Uint8Array())).toMatchObject({
        left: { _tag: "SaslError", mechanism: "PLAIN", reason: "Challenge" }
      })
      expect(Mechanism.succeed(mechanism, mechanism.start)).toEqual(Either.void)
    })

    it("refuses what cannot be sent, as the caller's fault", () => {
      const wrong = [
        client("", "secret"),
        client("tim", ""),
        client("tim", "secret", ""),
        client("t\0im", "secret"),
        client("tim", "sec\0ret"),
        client("tim", "secret", "Ur\0sel"),
        client("tim", "\ud800"),
        client("\udc00", "secret"),
        client("t".repeat(1025), "secret"),
        client("tim", "é".repeat(513))
      ]
      for (const made of wrong) {
        expect(made).toMatchObject({ left: { mechanism: "PLAIN", reason: "Credentials" } })
      }
    })

    it("N19: shows no secret when printed", () => {
      const mechanism = Either.getOrThrow(client("tim", "tanstaaftanstaaf"))
      expect(JSON.stringify(mechanism) + String(mechanism.start)).not.toContain("tanstaaf")
      expect(JSON.stringify(mechanism)).toContain("<redacted>")
    })
  })

  describe("server", () => {
    it("M2: takes the message as the initial response or after an empty challenge", () => {
      expect(serve("\0tim\0tanstaaftanstaaf")).toEqual(
        Either.right([null, "tim", "tanstaaftanstaaf"])
      )
      const step = Either.getOrThrow(Plain.server.start(Option.none()))
      if (step._tag !== "Challenge") throw new Error("it has to ask")
      expect(step.bytes).toEqual(new Uint8Array())
      expect(Either.getOrThrow(step.next(bytes("\0tim\0tanstaaftanstaaf")))).toMatchObject({
        _tag: "Verify",
        credentials: { _tag: "Password", authcid: "tim" }
      })
    })

    it("N15: keeps the authzid for the authenticator to look at", () => {
      expect(serve("Ursel\0Kurt\0xipj3plmq")).toEqual(
        Either.right(["Ursel", "Kurt", "xipj3plmq"])
      )
    })

    it("N15: counts the NULs", () => {
      for (
        const message of ["", "tim", "tim\0secret", "\0\0tim\0secret", "a\0b\0c\0", "\0a\0b\0c"]
      ) {
        expect(refused(message)).toBe("Response: two NULs, around the user name")
      }
    })

    it("N15: refuses empty parts", () => {
      expect(refused("\0\0secret")).toBe("Response: a user name that is not empty")
      expect(refused("\0tim\0")).toBe("Response: a password that is not empty")
    })

    it("N15: refuses control characters in names, not in passwords", () => {
      for (const control of ["\r", "\n", "\x01", "\x1b", "\x7f", "\x85", "\u2028"]) {
        expect(refused(`\0ti${control}m\0secret`)).toBe(
          "Response: a user name without control characters"
        )
        expect(refused(`ti${control}m\0tim\0secret`)).toBe(
          "Response: an authorization identity without control characters"
        )
        expect(serve(`\0tim\0sec${control}ret`)).toEqual(
          Either.right([null, "tim", `sec${control}ret`])
        )
      }
    })

    it("refuses what is not UTF-8, overlong forms and surrogates included", () => {
      for (const part of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xc3]]) {
        expect(refused(Uint8Array.of(0, ...part, 0, 0x61))).toBe("Response: a user name in UTF-8")
        expect(refused(Uint8Array.of(0, 0x61, 0, ...part))).toBe("Response: a password in UTF-8")
      }
    })

    it("keeps a byte order mark: it belongs to the password", () => {
      expect(serve("\0tim\0\ufeffsecret")).toEqual(Either.right([null, "tim", "\ufeffsecret"]))
    })

    it("takes 255 octets of each, as RFC 4616 asks, and is bounded", () => {
      const long = "x".repeat(255)
      expect(serve(`${long}\0${long}\0${long}`)).toEqual(Either.right([long, long, long]))
      const over = "x".repeat(1025)
      expect(refused(`\0${over}\0secret`)).toBe("Response: a user name of at most 1024 octets")
      expect(refused(`\0tim\0${over}`)).toBe("Response: a password of at most 1024 octets")
    })

    it("N19: keeps the password redacted, and out of errors", () => {
      const step = Either.getOrThrow(Plain.server.start(Option.some(bytes("\0tim\0hunter2"))))
      expect(JSON.stringify(step)).not.toContain("hunter2")
      const error = Either.flip(Plain.server.start(Option.some(bytes("\0t\x01m\0hunter2"))))
      expect(String(Either.getOrThrow(error))).not.toContain("hunter2")
    })
  })

  describe("both", () => {
    it.prop(
      "the server reads what the client sends",
      [name, password, FastCheck.option(name)],
      ([authcid, secret, authzid]) => {
        const message = start(authcid, secret, authzid ?? undefined)
        expect(serve(message)).toEqual(Either.right([authzid, authcid, secret]))
      }
    )

    it.prop(
      "any bytes are either credentials or an error, never a defect",
      [FastCheck.uint8Array({ maxLength: 40 })],
      ([message]) => {
        const taken = serve(message)
        const nuls = message.filter((byte) => byte === 0).length
        if (Either.isRight(taken)) expect(nuls).toBe(2)
        else expect(taken.left).toMatchObject({ _tag: "SaslError", reason: "Response" })
      }
    )
  })
})
