/**
 * NodePasswordHash: passwords as scrypt hashes (RFC 7914), by Node's `crypto.scrypt`, which works on a
 * thread of its own. As text a hash is in the PHC string format, which other programs write as well:
 *
 * ```
 * $scrypt$ln=14,r=8,p=5$SALT$KEY
 * ```
 *
 * `ln` is the binary logarithm of N; salt and key are base64 without padding. Passwords are UTF-8 in
 * normalization form C (RFC 8265 section 4.2.2), so that it does not matter on which keyboard they were
 * typed.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Redacted from "effect/Redacted"
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto"

/**
 * What one hash costs: `128 * 2^logN * r` octets of memory, and time in proportion to `2^logN * r * p`.
 */
export interface Cost {
  readonly logN: number
  readonly r: number
  readonly p: number
}

/** 16 MiB, and about 0.15 s: one of the settings that OWASP recommends. */
export const defaultCost: Cost = { logN: 14, r: 8, p: 5 }

/** Who can write a hash makes others compute it, so there is an end: 128 MiB, and about half a second. */
export const limits = { memory: 128 * 1024 * 1024, work: 2 ** 21, salt: 64, key: 64 } as const

/** The fewest octets of a salt and of a key. */
const least = { salt: 8, key: 16 }

/** A password as it is kept. */
export interface PasswordHash {
  readonly cost: Cost
  readonly salt: Uint8Array
  readonly key: Redacted.Redacted<Uint8Array>
}

/** A text or a cost that is not one of a hash, or more than one may cost. It quotes nothing of a hash. */
export class BadPasswordHash extends Data.TaggedError("BadPasswordHash")<{
  readonly expected: string
}> {
  override get message(): string {
    return `not a password hash: expected ${this.expected}`
  }
}

const bad = (expected: string) => new BadPasswordHash({ expected })

const memory = ({ logN, r }: Cost): number => 128 * 2 ** logN * r

const checkCost = (cost: Cost): Effect.Effect<Cost, BadPasswordHash> => {
  const { logN, p, r } = cost
  if (![logN, r, p].every((number) => Number.isInteger(number) && number >= 1)) {
    return bad("parameters that are positive whole numbers")
  }
  if (memory(cost) > limits.memory) return bad(`at most ${limits.memory} octets of memory`)
  if (2 ** logN * r * p > limits.work) return bad(`N * r * p of at most ${limits.work}`)
  return Effect.succeed(cost)
}

const derive = (
  password: Redacted.Redacted<string>,
  { cost, salt }: Pick<PasswordHash, "cost" | "salt">,
  size: number
): Effect.Effect<Buffer> =>
  Effect.async((resume) => {
    const octets = Buffer.from(Redacted.value(password).normalize("NFC"))
    const { logN, p, r } = cost
    const options = { N: 2 ** logN, r, p, maxmem: 2 * memory(cost) + 1024 * r * p }
    scrypt(octets, salt, size, options, (error, key) =>
      resume(error === null ? Effect.succeed(key) : Effect.die(error)))
  })

/** The hash of a password, with a new salt. Fails for a cost that is out of bounds. */
export const make = Effect.fn("NodePasswordHash.make")(function*(
  password: Redacted.Redacted<string>,
  cost: Cost = defaultCost
) {
  const salted = { cost: yield* checkCost(cost), salt: Uint8Array.from(randomBytes(16)) }
  const key = yield* derive(password, salted, 32)
  const hash: PasswordHash = { ...salted, key: Redacted.make(Uint8Array.from(key)) }
  return hash
})

/** Whether that is the password. It takes as long if it is not. */
export const verify = Effect.fn("NodePasswordHash.verify")(
  (hash: PasswordHash, password: Redacted.Redacted<string>) => {
    const known = Redacted.value(hash.key)
    return Effect.map(derive(password, hash, known.length), (key) => timingSafeEqual(key, known))
  }
)

/** A hash that no password has, at that cost, to be verified where there is none. */
export const decoy = (cost: Cost): PasswordHash => ({
  cost,
  salt: new Uint8Array(16),
  key: Redacted.make(new Uint8Array(32))
})

const unpadded = (bytes: Uint8Array): string => Encoding.encodeBase64(bytes).replace(/=+$/, "")

/** The hash as text. */
export const print = ({ cost: { logN, p, r }, key, salt }: PasswordHash): string =>
  `$scrypt$ln=${logN},r=${r},p=${p}$${unpadded(salt)}$${unpadded(Redacted.value(key))}`

const form =
  /^\$scrypt\$ln=([1-9][0-9]?),r=([1-9][0-9]{0,3}),p=([1-9][0-9]{0,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** Reads a hash. */
export const parse = (text: string): Effect.Effect<PasswordHash, BadPasswordHash> =>
  Effect.gen(function*() {
    const [, logN, r, p, salted = "", keyed = ""] = form.exec(text) ?? []
    if (logN === undefined) return yield* bad("$scrypt$ln=...,r=...,p=...$salt$key")
    const cost = yield* checkCost({ logN: Number(logN), r: Number(r), p: Number(p) })
    const salt = yield* octets(salted, "salt")
    const key = yield* octets(keyed, "key")
    return { cost, salt, key: Redacted.make(key) }
  })

const octets = (
  text: string,
  what: "salt" | "key"
): Effect.Effect<Uint8Array, BadPasswordHash> => {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"))
  return bytes.length >= least[what] && bytes.length <= limits[what] && unpadded(bytes) === text
    ? Effect.succeed(bytes)
    : bad(`a ${what} of ${least[what]} to ${limits[what]} octets in base64 without padding`)
}
