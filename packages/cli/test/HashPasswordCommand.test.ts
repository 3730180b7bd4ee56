import { Keyboard } from "@effect-smtp/cli/Keyboard"
import * as NodePasswordHash from "@effect-smtp/node/NodePasswordHash"
import * as StoredKeys from "@effect-smtp/server/StoredKeys"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import { platform, smtp } from "./harness.js"
import { key, typing } from "./typing.js"

/** Whether that line lets alice in with that password. */
const lets = (line: string | undefined, password: string) =>
  Effect.gen(function*() {
    expect(line).toMatch(/^alice:\$scrypt\$ln=14,r=8,p=5\$/)
    const hash = yield* NodePasswordHash.parse((line ?? "").slice("alice:".length))
    return yield* NodePasswordHash.verify(hash, Redacted.make(password))
  })

/** Types these lines, one each time it is asked. */
const withLines = (...lines: ReadonlyArray<string>) =>
  Effect.map(Ref.make(lines), (left) =>
    Option.some(
      Effect.flatMap(
        Ref.modify(left, (all) => [all[0] ?? "", all.slice(1)]),
        (line) => typing(line, key("return"))
      )
    ))

describe("HashPasswordCommand", () => {
  it.live("takes the first line of standard input", () =>
    Effect.gen(function*() {
      for (const stdin of ["open sesame", "open sesame\n", "open sesame\r\nmore\n"]) {
        const { code, out } = yield* smtp(["hash-password", "alice"], { stdin })
        expect([code, out.length]).toEqual([0, 1])
        expect(yield* lets(out[0], "open sesame")).toBe(true)
      }
    }).pipe(Effect.provide(platform)))

  it.live("takes what is typed twice", () =>
    Effect.gen(function*() {
      const { code, out } = yield* smtp(["hash-password", "alice"], { stdin: "not this" })
      expect(code).toBe(0)
      expect(yield* lets(out[0], "open sesame")).toBe(true)
    }).pipe(
      Effect.provideServiceEffect(Keyboard, withLines("open sesame", "open sesame")),
      Effect.provide(platform)
    ))

  it.live("prints SCRAM keys with --scram", () =>
    Effect.gen(function*() {
      const { code, out } = yield* smtp(["hash-password", "--scram", "alice"], {
        stdin: "open sesame"
      })
      expect(code).toBe(0)
      for (const [index, hash] of ["SHA-256", "SHA-1"].entries()) {
        const line = out[index] ?? ""
        expect(line.startsWith(`alice:SCRAM-${hash}$100000:`)).toBe(true)
        const keys = yield* StoredKeys.parse(line.slice("alice:".length))
        expect(yield* StoredKeys.verify(keys, Redacted.make("open sesame"))).toBe(true)
      }
      expect(out.length).toBe(2)
      const bad = yield* smtp(["hash-password", "--scram", "alice"], { stdin: "sesame\u0007" })
      expect(bad).toMatchObject({
        code: 2,
        err: ["smtp: no SCRAM keys: expected a password that SASLprep allows"]
      })
    }).pipe(Effect.provide(platform)))

  it.live("exits 2 where it is not the same", () =>
    Effect.gen(function*() {
      expect(yield* smtp(["hash-password", "alice"])).toEqual({
        code: 2,
        out: [],
        err: ["smtp: the passwords are not the same"]
      })
    }).pipe(
      Effect.provideServiceEffect(Keyboard, withLines("open sesame", "open sesams")),
      Effect.provide(platform)
    ))

  it.live("exits 2 without a password or a name that can stand in a file", () =>
    Effect.gen(function*() {
      expect(yield* smtp(["hash-password", "alice"])).toMatchObject({
        code: 2,
        err: ["smtp: the password is empty"]
      })
      const named = yield* smtp(["hash-password", "a:b"], { stdin: "x" })
      expect(named.code).toBe(2)
      expect(named.err[0]).toContain("smtp: not a user name")
      expect((yield* smtp(["hash-password"])).code).toBe(2)
    }).pipe(Effect.provide(platform)))
})
