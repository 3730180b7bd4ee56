/**
 * StoredKeys: passwords that are kept as SCRAM's keys (RFC 5802; `ScramKeys` of `sasl`), for an
 * authenticator. They do for SCRAM as they are, and for PLAIN and LOGIN by hashing the password that the
 * client shows. With `NodePasswordFile` of `node`, which has them in lines of a file:
 *
 * ```ts
 * Effect.map(NodePasswordFile.make("users", StoredKeys), (users) =>
 *   Authenticator.make({ ...StoredKeys.abilities(users), checkPassword: users.checkPassword })
 * )
 * ```
 *
 * @module
 */
import * as ScramKeys from "@effect-smtp/sasl/ScramKeys"
import * as Arr from "effect/Array"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { Abilities, Scram } from "./Authenticator.js"
import { salted } from "./internal/salted.js"

/** A password or a number of iterations that no keys can be made of: what was expected. It quotes neither. */
export class BadKeys extends Data.TaggedError("BadKeys")<{ readonly expected: string }> {
  override get message(): string {
    return `no SCRAM keys: expected ${this.expected}`
  }
}

/** Rounds of hashing for a new password: about 30 ms here, and up to 150 ms for a client in JavaScript. */
export const defaultIterations = 100_000

/** Octets of a new salt. */
const saltSize = 16

/** The keys of a new password, with a salt of chance. */
export const make = Effect.fn("StoredKeys.make")(function*(options: {
  readonly hash: ScramKeys.Hash
  readonly password: Redacted.Redacted<string>
  readonly iterations?: number
}) {
  const { hash, iterations = defaultIterations, password } = options
  const salt = yield* Effect.sync(() => crypto.getRandomValues(new Uint8Array(saltSize)))
  const salting = { hash, salt, iterations }
  return yield* ScramKeys.checkSalting(salting).pipe(
    Effect.zipRight(salted(salting, password)),
    Effect.flatMap((hashed) => ScramKeys.fromSalted(salting, hashed)),
    Effect.mapError((expected) => new BadKeys({ expected }))
  )
})

/** Keys as text, in the form of RFC 5803. */
export const print: (keys: ScramKeys.ScramKeys) => string = ScramKeys.print

/** Reads keys. The error says what was expected, and quotes nothing. */
export const parse = ScramKeys.parse

/** Whether these are the password's keys. It takes as long if not. */
export const verify = Effect.fn("StoredKeys.verify")(
  (keys: ScramKeys.ScramKeys, password: Redacted.Redacted<string>): Effect.Effect<boolean> =>
    salted(keys, password).pipe(
      Effect.map((hashed) => ScramKeys.areOf(keys, hashed)),
      // No keys can be made of it, so these are not.
      Effect.orElseSucceed(() => false)
    )
)

/** The keys of each user. */
type All = ReadonlyArray<ReadonlyArray<ScramKeys.ScramKeys>>

/**
 * Who there is.
 *
 * - `all`: the keys of each user at the moment; whoever has a password in another form has none. It is the
 *   same array for as long as nothing has changed;
 * - `find`: the keys of a user. The name is prepared by SASLprep.
 */
export interface Users {
  readonly all: Effect.Effect<All, unknown>
  readonly find: (username: string) => Effect.Effect<ReadonlyArray<ScramKeys.ScramKeys>, unknown>
}

const hashes: ReadonlyArray<ScramKeys.Hash> = ["SHA-256", "SHA-1"]

const having = (hash: ScramKeys.Hash) => (keys: ReadonlyArray<ScramKeys.ScramKeys>) =>
  Arr.findFirst(keys, (_) => _.hash === hash)

/**
 * SCRAM with each hash that all users have keys of at the moment: clients take the strongest mechanism that is
 * offered, and do not try another if it fails, so that whoever had no keys for it could not log in. A user
 * that there is not seems to have keys like the first one's, and the same for as long as those are.
 */
export const abilities = ({ all, find }: Users): Pick<Required<Abilities>, "scram"> => {
  const known = new WeakMap<All, Option.Option<Scram>>()
  return {
    scram: Effect.map(all, (all) => {
      const before = known.get(all)
      if (before !== undefined) return before
      const made = scramOf(all, find)
      known.set(all, made)
      return made
    })
  }
}

const scramOf = (all: All, find: Users["find"]): Option.Option<Scram> => {
  const common = hashes.filter((hash) => all.every((keys) => Option.isSome(having(hash)(keys))))
  if (!Arr.isNonEmptyReadonlyArray(common)) return Option.none()
  return Option.map(
    Option.flatMap(Arr.head(all), having(common[0])),
    ({ iterations, salt, serverKey }) => ({
      hashes: common,
      decoys: { secret: serverKey, iterations, saltLength: salt.length },
      findKeys: (username, hash) => Effect.map(find(username), having(hash))
    })
  )
}
