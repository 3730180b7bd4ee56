/**
 * ScramKeys: what a server keeps of a password for SCRAM (RFC 5802 section 3). It lets the server know
 * the password when it meets it, and lets nobody log in. Whoever steals it can try passwords against it.
 *
 * As text it is in the form of RFC 5803, which other servers store as well:
 *
 * ```
 * SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$StoredKey:ServerKey
 * ```
 *
 * @module
 */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Redacted from "effect/Redacted"
import { equal } from "./internal/equal.js"
import * as ScramHash from "./internal/scramHash.js"
import * as Text from "./internal/text.js"
import * as SaslPrep from "./SaslPrep.js"

/** The hash functions there are mechanisms for. */
export type Hash = "SHA-1" | "SHA-256"

/** The keys of one user for the mechanisms with one hash; `salt` and `iterations` are told to anybody. */
export interface ScramKeys {
  readonly hash: Hash
  readonly salt: Uint8Array
  readonly iterations: number
  readonly storedKey: Redacted.Redacted<Uint8Array>
  readonly serverKey: Redacted.Redacted<Uint8Array>
}

/** The fewest rounds of hashing (RFC 5802 section 5.1, RFC 7677 section 4). */
export const minIterations = 4096

/** The most rounds: a client that is asked for them works for about 1 s. */
export const maxIterations = 600_000

/** The most octets of a salt; 16 of chance do. */
export const maxSalt = 64

/**
 * What is hashed of a password (`Normalize` of RFC 5802 section 2.2): prepared by SASLprep, in UTF-8. The
 * error says what was expected of it.
 */
export const octets = (
  password: Redacted.Redacted<string>
): Either.Either<Redacted.Redacted<Uint8Array>, string> =>
  SaslPrep.stored(Redacted.value(password), "a password").pipe(
    Either.flatMap((prepared) => Text.encode(prepared, "a password")),
    Either.map(Redacted.make)
  )

/** How a password is hashed. `salt` is of chance, and another one for each user. */
export interface Salting {
  readonly hash: Hash
  readonly salt: Uint8Array
  readonly iterations: number
}

/** `SaltedPassword` (RFC 5802 section 3) of a password's {@link octets}: PBKDF2 with HMAC. */
export const salted = (
  salting: Salting,
  password: Redacted.Redacted<Uint8Array>
): Redacted.Redacted<Uint8Array> =>
  Redacted.make(ScramHash.salted({ ...salting, password: Redacted.value(password) }))

/**
 * The keys of a password, which is prepared by SASLprep. It takes about 140 ms for 100,000 iterations, in
 * which nothing else happens: see {@link fromSalted}. The error says what was expected of the password, the
 * salt or the iterations.
 */
export const fromPassword = (
  options: Salting & { readonly password: Redacted.Redacted<string> }
): Either.Either<ScramKeys, string> =>
  Either.gen(function*() {
    const password = yield* octets(options.password)
    yield* checkSalting(options)
    return yield* fromSalted(options, salted(options, password))
  })

/**
 * The same for who has a faster PBKDF2 at hand, or one that does not hold up everything else, in place of
 * {@link salted}: as many octets as the hash has.
 */
export const fromSalted = (
  { hash, iterations, salt }: Salting,
  salted: Redacted.Redacted<Uint8Array>
): Either.Either<ScramKeys, string> =>
  Either.map(checkSalting({ salt, iterations }), () => {
    const { clientKey, serverKey } = ScramHash.keys(hash, Redacted.value(salted))
    return {
      hash,
      salt,
      iterations,
      storedKey: Redacted.make(ScramHash.digest(hash, clientKey)),
      serverKey: Redacted.make(serverKey)
    }
  })

/** Whether these are the keys of the password that was salted like them. It takes as long if not. */
export const areOf = (keys: ScramKeys, salted: Redacted.Redacted<Uint8Array>): boolean => {
  const { clientKey } = ScramHash.keys(keys.hash, Redacted.value(salted))
  return equal(ScramHash.digest(keys.hash, clientKey), Redacted.value(keys.storedKey))
}

/**
 * How keys are made up for users that there are not, so that nobody can tell (RFC 5802 section 5.1):
 *
 * - `secret`: of chance, at least 16 octets, and the same for as long as the keys of the real users are:
 *   a salt that changes with each start of the server is none that was stored;
 * - `iterations`, `saltLength`: those of the real users' keys.
 */
export interface Decoys {
  readonly secret: Redacted.Redacted<Uint8Array>
  readonly iterations: number
  readonly saltLength: number
}

/** The keys of a user that there is not: always the same for a name, and nobody's password fits. */
export const decoy = (decoys: Decoys, hash: Hash, username: string): ScramKeys => {
  const made = (what: string) =>
    ScramHash.sign("SHA-256", Redacted.value(decoys.secret), `${what} ${hash} ${username}`)
  const key = (what: string) => Redacted.make(made(what).slice(0, ScramHash.size(hash)))
  return {
    hash,
    salt: salt(decoys, hash, username),
    iterations: decoys.iterations,
    storedKey: key("StoredKey"),
    serverKey: key("ServerKey")
  }
}

/** The salt of {@link decoy}, for servers that know the password and store no salt. */
export const salt = (decoys: Decoys, hash: Hash, username: string): Uint8Array => {
  const chance = (index: number) =>
    ScramHash.sign("SHA-256", Redacted.value(decoys.secret), `salt ${index} ${hash} ${username}`)
  return Text.concat(chance(0), chance(1)).slice(0, decoys.saltLength)
}

/** Keys as text. */
export const print = (keys: ScramKeys): string => {
  const salt = Encoding.encodeBase64(keys.salt)
  const [storedKey, serverKey] = [keys.storedKey, keys.serverKey].map((key) =>
    Encoding.encodeBase64(Redacted.value(key))
  )
  return `SCRAM-${keys.hash}$${keys.iterations}:${salt}$${storedKey}:${serverKey}`
}

const form = /^SCRAM-(SHA-1|SHA-256)\$([1-9][0-9]{0,9}):([\w+/=]+)\$([\w+/=]+):([\w+/=]+)$/

/** Reads keys. The error says what was expected, and quotes nothing. */
export const parse = (text: string): Either.Either<ScramKeys, string> =>
  Either.gen(function*() {
    const [, name, count = "", ...rest] = form.exec(text) ?? []
    if (name === undefined) return yield* Either.left("SCRAM keys in the form of RFC 5803")
    const hash: Hash = name === "SHA-1" ? "SHA-1" : "SHA-256"
    const [salt, storedKey, serverKey] = yield* Either.all([
      base64(rest[0]),
      base64(rest[1]),
      base64(rest[2])
    ])
    const iterations = Number(count)
    yield* checkSalting({ salt, iterations })
    if ([storedKey, serverKey].some((key) => key.length !== ScramHash.size(hash))) {
      return yield* Either.left(`keys of ${ScramHash.size(hash)} octets`)
    }
    return {
      hash,
      salt,
      iterations,
      storedKey: Redacted.make(storedKey),
      serverKey: Redacted.make(serverKey)
    }
  })

const base64 = (text = ""): Either.Either<Uint8Array, string> =>
  Either.mapLeft(Encoding.decodeBase64(text), () => "salt and keys in base64")

/** The error says what was expected of the salt or the iterations. */
export const checkSalting = (
  { iterations, salt }: Pick<Salting, "salt" | "iterations">
): Either.Either<void, string> =>
  salt.length === 0 || salt.length > maxSalt
    ? Either.left(`a salt of 1 to ${maxSalt} octets`)
    : iterations >= minIterations && iterations <= maxIterations
    ? Either.void
    : Either.left(`${minIterations} to ${maxIterations} iterations`)
