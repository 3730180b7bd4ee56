/**
 * DkimError: why a message is not signed. It is never passed on unsigned instead.
 *
 * @module
 */
import * as Data from "effect/Data"

/**
 * The key cannot be signed with: the fault of who gave it.
 *
 * - `NotPem`: it is no private key in PEM, or it is encrypted; `cause` is what the reader said;
 * - `WrongType`: it is neither RSA nor Ed25519 (RFC 6376 section 3.3, RFC 8463); `found` says what;
 * - `TooShort`: an RSA key of less than 1024 bits (RFC 8301 section 3.2); `found` says how many.
 */
export class BadKey extends Data.TaggedError("BadKey")<{
  readonly reason: "NotPem" | "WrongType" | "TooShort"
  readonly found: string
  readonly cause?: unknown
}> {
  override get message(): string {
    switch (this.reason) {
      case "NotPem":
        return `expected a private key in PEM that is not encrypted, and got ${this.found}`
      case "WrongType":
        return `expected an RSA or an Ed25519 key, and got ${this.found}`
      case "TooShort":
        return `expected an RSA key of at least 1024 bits, and got ${this.found}`
    }
  }
}

/** What was asked for cannot stand in a signature: `setting` says where, `expected` what may. */
export class BadSetting extends Data.TaggedError("BadSetting")<{
  readonly setting: "domain" | "selector" | "fields" | "sealed" | "expiry"
  readonly expected: string
}> {
  override get message(): string {
    return `expected ${this.expected} as the ${this.setting} of a signature`
  }
}

/**
 * The message cannot be signed.
 *
 * - `Binary`: it is binary, and its line ends are not to be touched (RFC 6376 section 5.3);
 * - `NoFrom`, `SeveralFrom`: it has not the one From field that a signature is about (sections 5.4
 *   and 8.15; RFC 5322 section 3.6);
 * - `HeaderTooLong`: its header has more than a mebibyte;
 * - `Unreadable`: its stream failed; `cause` says why;
 * - `Unsigned`: the signing itself failed; `cause` says why.
 */
export class Unsignable extends Data.TaggedError("Unsignable")<{
  readonly reason:
    | "Binary"
    | "NoFrom"
    | "SeveralFrom"
    | "HeaderTooLong"
    | "Unreadable"
    | "Unsigned"
  readonly cause?: unknown
}> {
  override get message(): string {
    return `the message cannot be signed: ${because[this.reason]}${
      this.cause instanceof Error ? `: ${this.cause.message}` : ""
    }`
  }
}

const because = {
  Binary: "it is binary",
  NoFrom: "it has no From field",
  SeveralFrom: "it has more than one From field",
  HeaderTooLong: "its header is too long",
  Unreadable: "it cannot be read",
  Unsigned: "the key does not do it"
} as const
