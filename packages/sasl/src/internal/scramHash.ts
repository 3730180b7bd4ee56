import { hmac } from "@noble/hashes/hmac.js"
import { sha1 } from "@noble/hashes/legacy.js"
import { pbkdf2 } from "@noble/hashes/pbkdf2.js"
import { sha256 } from "@noble/hashes/sha2.js"
import type { Hash } from "../ScramKeys.js"
import * as Text from "./text.js"

const hashes = { "SHA-1": sha1, "SHA-256": sha256 }

/** Octets of a hash. */
export const size = (hash: Hash): number => hashes[hash].outputLen

/** `H`. */
export const digest = (hash: Hash, bytes: Uint8Array): Uint8Array => hashes[hash](bytes)

/** `HMAC`. */
export const sign = (hash: Hash, key: Uint8Array, text: string): Uint8Array =>
  hmac(hashes[hash], key, Text.toUtf8(text))

/** What salt and iterations make of a password. */
export interface Derivation {
  readonly hash: Hash
  readonly password: Uint8Array
  readonly salt: Uint8Array
  readonly iterations: number
}

/** `SaltedPassword` (RFC 5802 section 3). */
export const salted = ({ hash, iterations, password, salt }: Derivation): Uint8Array =>
  pbkdf2(hashes[hash], password, salt, { c: iterations, dkLen: size(hash) })

/** `ClientKey` and `ServerKey` (RFC 5802 section 3), of the salted password. */
export const keys = (hash: Hash, salted: Uint8Array) => ({
  clientKey: sign(hash, salted, "Client Key"),
  serverKey: sign(hash, salted, "Server Key")
})

/** `ClientProof` and `ServerSignature` (RFC 5802 section 3). */
export const proofs = (hash: Hash, salted: Uint8Array, authMessage: string) => {
  const { clientKey, serverKey } = keys(hash, salted)
  return {
    proof: xor(clientKey, sign(hash, digest(hash, clientKey), authMessage)),
    signature: sign(hash, serverKey, authMessage)
  }
}

/** `XOR` of as many octets as the first has. */
export const xor = (one: Uint8Array, other: Uint8Array): Uint8Array =>
  one.map((byte, index) => byte ^ (other[index] ?? 0))
