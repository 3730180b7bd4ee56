/**
 * Signer: who signs messages, and how: the settings of a DKIM signature (RFC 6376 section 3.5), checked.
 *
 * A length limit (`l=`) is not on offer: what is behind it would be anybody's (section 8.2).
 *
 * @module
 */
import * as Domain from "@effect-smtp/wire/Domain"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { BadKey, BadSetting } from "./DkimError.js"
import * as Mailauth from "./internal/mailauth.js"

/**
 * How header and body may change on their way without harm to the signature: not at all (`simple`), or
 * in their white space (`relaxed`; RFC 6376 section 3.4).
 */
export type Canonicalization = "relaxed" | "simple"

/** What a key signs with; `bits` are those of an RSA key. */
export type Algorithm =
  | { readonly _tag: "Ed25519" }
  | { readonly _tag: "Rsa"; readonly bits: number }

/**
 * Who signs, and how; made by {@link make}, which checks.
 *
 * - `domain`, `selector`: the public key is at `SELECTOR._domainkey.DOMAIN`; in their ASCII form;
 * - `fields`: the names of the fields that are signed where they occur, each time, in small letters;
 * - `sealed`: those of them that are named once more than they occur, whether they do or not, so that
 *   nobody can add one (section 8.15);
 * - `expiry`: how long after it was made the signature is good, where it does not last.
 */
export interface Signer {
  readonly domain: string
  readonly selector: string
  readonly key: Redacted.Redacted<string>
  readonly algorithm: Algorithm
  readonly header: Canonicalization
  readonly body: Canonicalization
  readonly fields: ReadonlyArray<string>
  readonly sealed: ReadonlyArray<string>
  readonly expiry: Option.Option<Duration.Duration>
}

/**
 * What is signed unless told otherwise: what a reader is shown or a reply goes by, and what says how the
 * content is to be read (section 5.4.1).
 */
export const usualFields: ReadonlyArray<string> = [
  "from",
  "sender",
  "reply-to",
  "subject",
  "date",
  "message-id",
  "to",
  "cc",
  "mime-version",
  "content-type",
  "content-transfer-encoding",
  "content-disposition",
  "content-id",
  "resent-date",
  "resent-from",
  "resent-sender",
  "resent-to",
  "resent-cc",
  "resent-message-id",
  "in-reply-to",
  "references",
  "list-id",
  "list-help",
  "list-unsubscribe",
  "list-unsubscribe-post",
  "list-subscribe",
  "list-post",
  "list-owner",
  "list-archive"
]

/**
 * What is sealed unless told otherwise. Date and Message-ID are not among it: a submission server may
 * add them (RFC 6409 section 8).
 */
export const usuallySealed: ReadonlyArray<string> = [
  "from",
  "reply-to",
  "subject",
  "to",
  "cc",
  "mime-version",
  "content-type",
  "content-transfer-encoding"
]

/**
 * - `domain`: whose mail it is (`d=`); `selector`: which of its keys (`s=`). Names, no literals;
 * - `key`: an RSA or Ed25519 private key in PEM, not encrypted;
 * - `header`, `body`: default `relaxed`;
 * - `fields`: default {@link usualFields}; `sealed`: default {@link usuallySealed}. From is always both;
 *   a field that is sealed is signed as well;
 * - `expiry`: default none.
 */
export interface Settings {
  readonly domain: Domain.Domain
  readonly selector: Domain.Domain
  readonly key: Redacted.Redacted<string>
  readonly header?: Canonicalization
  readonly body?: Canonicalization
  readonly fields?: ReadonlyArray<string>
  readonly sealed?: ReadonlyArray<string>
  readonly expiry?: Duration.DurationInput
}

/** A signer. Fails with a key that is no good, and with names that cannot stand in a signature. */
export const make = Effect.fn("Signer.make")(function*(settings: Settings) {
  const domain = yield* nameOf("domain", settings.domain)
  const selector = yield* nameOf("selector", settings.selector)
  const sealed = yield* fieldNames("sealed", ["from", ...settings.sealed ?? usuallySealed])
  const fields = yield* fieldNames("fields", [...sealed, ...settings.fields ?? usualFields])
  const expiry = Option.map(Option.fromNullable(settings.expiry), Duration.decode)
  if (
    Option.exists(expiry, (span) => !(Duration.toSeconds(span) >= 1 && Duration.isFinite(span)))
  ) {
    return yield* new BadSetting({ setting: "expiry", expected: "a second at least, and an end" })
  }
  const algorithm = yield* algorithmOf(yield* Mailauth.load, settings.key)
  const { body = "relaxed", header = "relaxed", key } = settings
  const signer: Signer = {
    domain,
    selector,
    key,
    algorithm,
    header,
    body,
    fields,
    sealed,
    expiry
  }
  return signer
})

const nameOf = (
  setting: "domain" | "selector",
  domain: Domain.Domain
): Either.Either<string, BadSetting> =>
  Either.filterOrLeft(Domain.toAscii(domain), Domain.is("Name"), () => undefined).pipe(
    Either.mapBoth({
      onLeft: () => new BadSetting({ setting, expected: "a domain name" }),
      onRight: Domain.print
    })
  )

/** Never signed: changed on the way, or not left in the message (RFC 6376 sections 3.5 and 5.4). */
const unstable: ReadonlyArray<string> = ["return-path", "received", "dkim-signature", "bcc"]

/** Fields have other names too, but none that is of use, and may stand in a list with colons. */
const fieldName = /^[a-z0-9-]{1,76}$/

const fieldNames = (
  setting: "fields" | "sealed",
  names: ReadonlyArray<string>
): Either.Either<ReadonlyArray<string>, BadSetting> => {
  const small = names.map((name) => name.toLowerCase())
  return small.every((name) => fieldName.test(name) && !unstable.includes(name))
    ? Either.right(Array.from(new Set(small)))
    : Either.left(
      new BadSetting({
        setting,
        expected: `names of letters, digits and hyphens, none of them ${unstable.join(", ")},`
      })
    )
}

const readKey = ({ getPrivateKey }: Mailauth.Modules, pem: string) => {
  const notPem = (cause?: unknown) =>
    new BadKey({ reason: "NotPem", found: "something else", cause })
  // mailauth would take any 32 octets for a key.
  return pem.includes("-----BEGIN ")
    ? Either.try({ try: () => getPrivateKey(pem), catch: notPem })
    : Either.left(notPem())
}

const algorithmOf = (
  mailauth: Mailauth.Modules,
  pem: Redacted.Redacted<string>
): Either.Either<Algorithm, BadKey> =>
  Either.flatMap(
    readKey(mailauth, Redacted.value(pem)),
    ({ asymmetricKeyDetails, asymmetricKeyType }): Either.Either<Algorithm, BadKey> => {
      if (asymmetricKeyType === "ed25519") return Either.right({ _tag: "Ed25519" })
      if (asymmetricKeyType !== "rsa") {
        return Either.left(new BadKey({ reason: "WrongType", found: `${asymmetricKeyType}` }))
      }
      const bits = asymmetricKeyDetails?.modulusLength ?? 0
      return bits < 1024
        ? Either.left(new BadKey({ reason: "TooShort", found: `one of ${bits}` }))
        : Either.right({ _tag: "Rsa", bits })
    }
  )
