import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as ScramKeys from "@effect-smtp/sasl/ScramKeys"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { ClientInfo } from "../src/ClientInfo.js"
import * as StoredKeys from "../src/StoredKeys.js"
import * as Told from "../src/Told.js"

const local = Endpoint.Unix({ path: "" })
const client: ClientInfo = {
  session: "",
  peer: { local, remote: local, tls: Option.none() },
  name: Option.none(),
  protocol: "ESMTP",
  identity: Option.none(),
  told: Told.nothing
}

const keysOf = (password: string, hash: ScramKeys.Hash = "SHA-256", iterations = 4096) =>
  StoredKeys.make({ hash, password: Redacted.make(password), iterations })

const check = (keys: ScramKeys.ScramKeys, password: string) =>
  StoredKeys.verify(keys, Redacted.make(password))

/** Users by their names. */
const usersOf = (
  users: Readonly<Record<string, ReadonlyArray<ScramKeys.ScramKeys>>>
): StoredKeys.Users => ({
  all: Effect.succeed(Object.values(users)),
  find: (username) => Effect.sync(() => users[username] ?? [])
})

describe("StoredKeys", () => {
  describe("make", () => {
    for (const hash of ["SHA-256", "SHA-1"] as const) {
      it.effect(`makes the keys of the password, with a salt of chance (${hash})`, () =>
        Effect.gen(function*() {
          const password = Redacted.make("pässwörd")
          const [one, other] = [yield* keysOf("pässwörd", hash), yield* keysOf("pässwörd", hash)]
          expect(one.salt.length).toBe(16)
          expect(one.salt).not.toEqual(other.salt)
          const { iterations, salt } = one
          expect(Either.map(
            ScramKeys.fromPassword({ hash, password, salt, iterations }),
            ScramKeys.print
          )).toEqual(Either.right(StoredKeys.print(one)))
          expect(Either.map(StoredKeys.parse(StoredKeys.print(one)), StoredKeys.print))
            .toEqual(Either.right(StoredKeys.print(one)))
        }))
    }

    it.effect("takes many rounds, unless told otherwise", () =>
      Effect.gen(function*() {
        const made = yield* StoredKeys.make({ hash: "SHA-256", password: Redacted.make("x") })
        expect(made.iterations).toBe(100_000)
      }))

    it.effect("says what it wants", () =>
      Effect.gen(function*() {
        for (
          const [password, iterations, expected] of [
            ["", 4096, "a password that is not empty"],
            ["secret\u0007", 4096, "a password that SASLprep allows"],
            ["secret", 4095, "4096 to 600000 iterations"],
            ["secret", -1, "4096 to 600000 iterations"]
          ] as const
        ) {
          const error = yield* Effect.flip(keysOf(password, "SHA-256", iterations))
          expect(error).toMatchObject({ _tag: "BadKeys", expected })
          expect(error.message).not.toContain("secret")
        }
      }))
  })

  describe("verify", () => {
    it.effect("knows the password, as SASLprep has it, and no other", () =>
      Effect.gen(function*() {
        for (const hash of ["SHA-256", "SHA-1"] as const) {
          const keys = yield* keysOf("pässwörd", hash)
          expect(yield* check(keys, "pässwörd")).toBe(true)
          expect(yield* check(keys, "pa\u0308ssw\u00ado\u0308rd")).toBe(true)
          for (const other of ["", "passwörd", "pässwörd ", "PÄSSWÖRD", "\u0007", "\ud800"]) {
            expect(yield* check(keys, other)).toBe(false)
          }
        }
      }))

    it.live("lets others go on meanwhile", () =>
      Effect.gen(function*() {
        const keys = yield* keysOf("pencil", "SHA-256", ScramKeys.maxIterations)
        const order: Array<string> = []
        const note = (what: string) => Effect.sync(() => void order.push(what))
        yield* Effect.all([
          Effect.zipLeft(check(keys, "pencil"), note("checked")),
          Effect.zipRight(Effect.sleep("1 millis"), note("others"))
        ], { concurrency: "unbounded" })
        expect(order).toEqual(["others", "checked"])
      }))
  })

  describe("abilities", () => {
    it.effect("has SCRAM with the hashes that all users have keys of", () =>
      Effect.gen(function*() {
        const [strong, weak] = [yield* keysOf("a"), yield* keysOf("a", "SHA-1")]
        let all: ReadonlyArray<ReadonlyArray<ScramKeys.ScramKeys>> = []
        const { scram } = StoredKeys.abilities({
          all: Effect.sync(() => all),
          find: () => Effect.succeed([])
        })
        const table: ReadonlyArray<readonly [typeof all, ReadonlyArray<ScramKeys.Hash>]> = [
          [[[weak, strong]], ["SHA-256", "SHA-1"]],
          [[[strong], [strong, weak]], ["SHA-256"]],
          [[[weak]], ["SHA-1"]],
          [[[weak], [strong]], []],
          [[[strong], []], []],
          [[], []]
        ]
        for (const [users, offered] of table) {
          all = users
          const now = Option.map(yield* scram, ({ hashes }) => hashes)
          expect(now).toEqual(Option.liftPredicate(offered, (_) => _.length > 0))
        }
      }))

    it.effect("finds the keys, and has decoys that look like them and stay the same", () =>
      Effect.gen(function*() {
        const alice = [yield* keysOf("sesame", "SHA-1", 5000), yield* keysOf("sesame")]
        const users = usersOf({ alice, bob: [yield* keysOf("hunter2", "SHA-256", 9999)] })
        const scram = Effect.map(StoredKeys.abilities(users).scram, Option.getOrThrow)
        const { decoys, findKeys } = yield* scram
        expect(yield* findKeys("alice", "SHA-256", client)).toEqual(Option.some(alice[1]))
        expect(yield* findKeys("bob", "SHA-1", client)).toEqual(Option.none())
        expect(yield* findKeys("carol", "SHA-256", client)).toEqual(Option.none())
        const carol = ScramKeys.decoy(decoys, "SHA-256", "carol")
        expect(carol).toMatchObject({ iterations: 4096 })
        expect(carol.salt.length).toBe(16)
        const again = yield* scram
        expect(ScramKeys.decoy(again.decoys, "SHA-256", "carol").salt).toEqual(carol.salt)
      }))
  })
})
