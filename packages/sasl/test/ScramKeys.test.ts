import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Crypto from "node:crypto"
import * as ScramKeys from "../src/ScramKeys.js"
import { bytes } from "./talk.js"

const keys = (options: Partial<Parameters<typeof ScramKeys.fromPassword>[0]> = {}) =>
  ScramKeys.fromPassword({
    hash: "SHA-256",
    password: Redacted.make("pencil"),
    salt: Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64"),
    iterations: 4096,
    ...options
  })

/** What PostgreSQL keeps of `pencil` with the salt of RFC 7677. */
const pencil = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$" +
  "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

const decoys: ScramKeys.Decoys = {
  secret: Redacted.make(bytes("sixteen octets..")),
  iterations: 4096,
  saltLength: 16
}

describe("ScramKeys", () => {
  describe("fromSalted", () => {
    const salt = bytes("salty")
    const salted = (hash: ScramKeys.Hash, password: string) => {
      const octets = Redacted.value(Either.getOrThrow(ScramKeys.octets(Redacted.make(password))))
      const [name, size] = hash === "SHA-1" ? ["sha1", 20] : ["sha256", 32]
      return Redacted.make<Uint8Array>(Crypto.pbkdf2Sync(octets, salt, 4096, size, name))
    }

    for (const hash of ["SHA-1", "SHA-256"] as const) {
      it(`makes the keys of the password, by another's PBKDF2 (${hash})`, () => {
        const salting = { hash, salt, iterations: 4096 }
        const made = ScramKeys.fromSalted(salting, salted(hash, "pen\u00adcil"))
        expect(Either.map(made, ScramKeys.print))
          .toEqual(Either.map(keys({ ...salting }), ScramKeys.print))
      })

      it(`are those of one password (${hash})`, () => {
        const made = Either.getOrThrow(keys({ hash, salt, iterations: 4096 }))
        expect(ScramKeys.areOf(made, salted(hash, "pencil"))).toBe(true)
        for (const other of ["Pencil", "pencil ", "pencilpencil", "p"]) {
          expect(ScramKeys.areOf(made, salted(hash, other))).toBe(false)
        }
        expect(ScramKeys.areOf(made, Redacted.make(new Uint8Array()))).toBe(false)
        const decoy = ScramKeys.decoy(decoys, hash, "carol")
        expect(ScramKeys.areOf(decoy, salted(hash, "pencil"))).toBe(false)
      })
    }

    it("wants what fromPassword wants", () => {
      const some = Redacted.make(new Uint8Array(32))
      for (const wrong of [{ iterations: 4095 }, { salt: new Uint8Array() }]) {
        const made = ScramKeys.fromSalted(
          { hash: "SHA-256", salt, iterations: 4096, ...wrong },
          some
        )
        expect(Either.isLeft(made)).toBe(true)
      }
      expect(ScramKeys.octets(Redacted.make("\u0007")))
        .toEqual(Either.left("a password that SASLprep allows"))
    })
  })

  describe("fromPassword", () => {
    it("makes the keys that others make", () => {
      expect(Either.map(keys(), ScramKeys.print)).toEqual(Either.right(pencil))
    })

    for (const hash of ["SHA-1", "SHA-256"] as const) {
      it(`agrees with node:crypto on ${hash}`, () => {
        const name = hash.replace("-", "").toLowerCase()
        const size = hash === "SHA-1" ? 20 : 32
        const salted = Crypto.pbkdf2Sync("pencil", "salty", 5000, size, name)
        const hmac = (text: string) => Crypto.createHmac(name, salted).update(text).digest()
        const made = Either.getOrThrow(keys({ hash, salt: bytes("salty"), iterations: 5000 }))
        const storedKey = Crypto.createHash(name).update(hmac("Client Key")).digest()
        expect(Redacted.value(made.storedKey)).toEqual(new Uint8Array(storedKey))
        expect(Redacted.value(made.serverKey)).toEqual(new Uint8Array(hmac("Server Key")))
      })
    }

    it("prepares the password", () => {
      expect(Either.map(keys({ password: Redacted.make("pen\u00adcil") }), ScramKeys.print))
        .toEqual(Either.right(pencil))
    })

    it("refuses what makes no good keys", () => {
      for (
        const options of [
          { password: Redacted.make("") },
          { password: Redacted.make("\u00ad") },
          { password: Redacted.make("\u0007") },
          { salt: new Uint8Array() },
          { salt: new Uint8Array(65) },
          { iterations: 4095 },
          { iterations: 600_001 }
        ]
      ) {
        expect(Either.isLeft(keys(options))).toBe(true)
      }
    })

    it("N19: shows no key when printed by accident", () => {
      expect(JSON.stringify(keys())).not.toMatch(/WG5d8|wfPLw/)
    })
  })

  describe("text", () => {
    it.prop(
      "parses what it prints",
      [FastCheck.constantFrom("SHA-1" as const, "SHA-256" as const), FastCheck.string()],
      ([hash, username]) => {
        const made = ScramKeys.decoy(decoys, hash, username)
        const parsed = Either.getOrThrow(ScramKeys.parse(ScramKeys.print(made)))
        expect(ScramKeys.print(parsed)).toBe(ScramKeys.print(made))
        expect(parsed.salt).toEqual(made.salt)
      }
    )

    for (
      const [what, text] of [
        ["nothing", ""],
        ["another mechanism", pencil.replace("256", "512")],
        ["no iterations", pencil.replace("4096", "")],
        ["too few of them", pencil.replace("4096", "1")],
        ["too many of them", pencil.replace("4096", "4000000000")],
        ["no number", pencil.replace("4096", "4096x")],
        ["no salt", pencil.replace("W22ZaJ0SNY7soEsUEjb6gQ==", "")],
        ["no base64", pencil.replace("WG5", "*G5")],
        ["a short key", pencil.replace("WG5d", "")],
        ["something behind it", `${pencil}$`],
        ["a line end", `${pencil}\n`]
      ] as const
    ) {
      it(`is not ${what}`, () => {
        expect(Either.isLeft(ScramKeys.parse(text))).toBe(true)
      })
    }
  })

  describe("decoy", () => {
    const salt = (
      name: string,
      hash: ScramKeys.Hash = "SHA-256",
      some: Partial<ScramKeys.Decoys> = {}
    ) => Buffer.from(ScramKeys.decoy({ ...decoys, ...some }, hash, name).salt).toString("hex")

    it("N15: is the same each time, another one for each name, and like the others", () => {
      expect(salt("alice")).toBe(salt("alice"))
      expect(salt("alice")).toMatch(/^[0-9a-f]{32}$/)
      expect(
        new Set([
          salt("alice"),
          salt("bob"),
          salt("alice", "SHA-1"),
          salt("alice", "SHA-256", { secret: Redacted.make(bytes("another one.....")) })
        ]).size
      ).toBe(4)
      expect(salt("alice", "SHA-256", { saltLength: 64 })).toHaveLength(128)
      expect(ScramKeys.decoy(decoys, "SHA-1", "alice").iterations).toBe(4096)
    })
  })
})
