/**
 * TlsFacts: what a `Received:` field says of the TLS that a message came through.
 *
 * @module
 */
import * as Option from "effect/Option"

/**
 * - `version`: as written: `TLSv1.3`, `TLS1_2`;
 * - `cipher`: the suite, in OpenSSL's or in IANA's spelling;
 * - `bits`: of the cipher's key.
 */
export interface TlsFacts {
  readonly version: Option.Option<string>
  readonly cipher: Option.Option<string>
  readonly bits: Option.Option<number>
}

/** There was TLS, and no more is known. */
export const some: TlsFacts = {
  version: Option.none(),
  cipher: Option.none(),
  bits: Option.none()
}

/** What either says; the first has the word. */
export const orElse = (self: TlsFacts, that: TlsFacts): TlsFacts => ({
  version: Option.orElse(self.version, () => that.version),
  cipher: Option.orElse(self.cipher, () => that.cipher),
  bits: Option.orElse(self.bits, () => that.bits)
})
