import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Crypto from "node:crypto"
import { platform, smtp, workshop } from "./harness.js"

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

const people = ["--from", "alice@client.example", "--to", "b@mx.example"]

/** A workshop with an Ed25519 key in it. */
const withKey = Effect.gen(function*() {
  const { directory } = yield* workshop
  const fs = yield* FileSystem.FileSystem
  const { privateKey } = Crypto.generateKeyPairSync("ed25519")
  const key = `${directory}/dkim.pem`
  yield* fs.writeFileString(key, privateKey.export({ format: "pem", type: "pkcs8" }).toString())
  return { directory, fs, key }
})

const written = "From: a@b.example\nSubject: x\n\ntext\n"

const dry = (
  args: ReadonlyArray<string>,
  variables: Readonly<Record<string, string>> = {},
  stdin = written
) => smtp(["send", "--dry-run", ...people, ...args], { stdin, variables })

/** The tags of the signature. */
const tags = (lines: ReadonlyArray<string>): Readonly<Record<string, string>> => {
  const text = lines.join("\n").replace(/\n\s+/g, " ")
  const value = /^DKIM-Signature: (.*)$/m.exec(text)?.[1] ?? ""
  return Object.fromEntries(value.split("; ").map((tag) => tag.split(/=(.*)/s).slice(0, 2)))
}

describe("Signing", () => {
  it.scoped("F5: signs for the sender's domain, whether it was written or is composed", () =>
    on(Effect.gen(function*() {
      const { key } = yield* withKey
      const sign = ["--dkim-key", key, "--dkim-selector", "s1"]
      for (
        const args of [sign, [...sign, "--subject", "x"], [...sign, "--sender", "o@mx.example"]]
      ) {
        const { code, out } = yield* dry(args)
        expect(tags(out)).toMatchObject({
          a: "ed25519-sha256",
          c: "relaxed/relaxed",
          d: "client.example",
          s: "s1"
        })
        expect(code).toBe(0)
      }
    })))

  it.scoped("takes variables, and the flags before them", () =>
    on(Effect.gen(function*() {
      const { key } = yield* withKey
      const variables = {
        SMTP_DKIM_KEY: key,
        SMTP_DKIM_SELECTOR: "s2",
        SMTP_DKIM_DOMAIN: "other.example"
      }
      expect(tags((yield* dry([], variables)).out)).toMatchObject({ d: "other.example", s: "s2" })
      const flags = ["--dkim-selector", "s3", "--dkim-domain", "bücher.example"]
      expect(tags((yield* dry(flags, variables)).out))
        .toMatchObject({ d: "xn--bcher-kva.example", s: "s3" })
    })))

  it.scoped("X20: sends nothing where it cannot sign", () =>
    on(Effect.gen(function*() {
      const { directory, fs, key } = yield* withKey
      yield* fs.writeFileString(`${directory}/none.pem`, "no key")
      const refused = (args: ReadonlyArray<string>, stdin = written) =>
        Effect.map(dry(args, {}, stdin), ({ code, err, out }) => {
          expect(out).toEqual([])
          return [code, err.join()]
        })
      const good = ["--dkim-key", key, "--dkim-selector", "s1"]
      expect(yield* refused(["--dkim-key", key]))
        .toEqual([2, "smtp: --dkim-key and --dkim-selector go together"])
      expect(yield* refused(["--dkim-selector", "s1"]))
        .toEqual([2, "smtp: --dkim-key and --dkim-selector go together"])
      expect((yield* refused([...good, "--dkim-domain", "no domain"]))[0]).toBe(2)
      expect((yield* refused(["--dkim-key", `${directory}/none.pem`, "--dkim-selector", "s1"]))[1])
        .toContain("none.pem as a DKIM key: expected a private key in PEM")
      expect(yield* refused(good, "Subject: x\n\nno author\n")).toEqual([
        1,
        "smtp: cannot use standard input as a message to sign: the message cannot be signed: " +
        "it has no From field"
      ])
    })))

  it.scoped("wants a domain where nobody is the sender", () =>
    on(Effect.gen(function*() {
      const { key } = yield* withKey
      const args = ["--dkim-key", key, "--dkim-selector", "s1"]
      const send = ["send", "--dry-run", "--from", "", "--to", "b@mx.example", ...args]
      expect(yield* smtp(send, { stdin: written })).toMatchObject({
        code: 2,
        err: ["smtp: a signature without an author wants a --dkim-domain"]
      })
      const { out } = yield* smtp([...send, "--dkim-domain", "d.example"], { stdin: written })
      expect(tags(out)).toMatchObject({ d: "d.example" })
    })))
})
