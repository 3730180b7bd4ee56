/**
 * Dkim: signs messages for a domain (RFC 6376), with RSA and SHA-256 or with Ed25519 (RFC 8463): a body
 * with its signatures in front. The arithmetic is mailauth's. Not here: who signs (`Signer`), verifying,
 * and the DNS record that holds the public key.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import * as Octets from "@effect-smtp/wire/Octets"
import type * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { Unsignable } from "./DkimError.js"
import * as Digest from "./internal/dkimDigest.js"
import * as HeaderFields from "./internal/headerFields.js"
import * as Mailauth from "./internal/mailauth.js"
import * as WireForm from "./internal/wireForm.js"
import type { Signer } from "./Signer.js"

/**
 * The body in wire form, a DKIM-Signature field of each signer in front. The signatures are made now, and
 * the same ones go out with each attempt; `time` is theirs (default: that of the Clock).
 *
 * A body in memory is read once. A stream is run once here, to be hashed, and again each time it is sent;
 * both must give the same octets. Besides its header nothing of it is held but the line that is being
 * read, and empty lines that may be its last. Afterwards its size is known.
 *
 * Header fields with an octet 0xA0 (of UTF-8; RFC 6532), VT or FF are signed `simple`, whatever was asked
 * for: some verifiers take these octets for white space.
 */
export const sign = (
  body: Body.Body,
  signers: Arr.NonEmptyReadonlyArray<Signer>,
  options: { readonly time?: DateTime.Utc } = {}
): Effect.Effect<Body.Body, Unsignable> =>
  Effect.gen(function*() {
    if (body.binary) return yield* new Unsignable({ reason: "Binary" })
    const mailauth = yield* Mailauth.load
    const millis = options.time?.epochMillis ?? (yield* Clock.currentTimeMillis)
    // mailauth cannot write the second 0, where a test's clock begins.
    const time = new Date(Math.max(1000, millis))
    const digester = Digest.make(mailauth, new Set(signers.map((signer) => signer.body)))
    if (body._tag === "Bytes") {
      digester.more(body.bytes)
    } else {
      yield* Stream.runForEach(body.stream, (bytes) => Effect.sync(() => digester.more(bytes)))
        .pipe(
          Effect.mapError((cause) => new Unsignable({ reason: "Unreadable", cause }))
        )
    }
    const { utf8Header } = body
    const digest = digester.end()
    const fields = yield* signable(digest)
    const lines = yield* Effect.forEach(
      signers,
      (signer) => signature(mailauth, signer, digest, fields, time)
    )
    const front = new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join(""))
    return body._tag === "Bytes"
      ? Body.fromBytes(Octets.concat([front, ...inWireForm(body.bytes)]), { utf8Header })
      : Body.fromStream(Stream.concat(Stream.make(front), WireForm.mend(body.stream)), {
        size: front.length + digest.size,
        eightBit: digest.eightBit,
        utf8Header
      })
  }).pipe(Effect.withSpan("Dkim.sign"))

const signable = (
  { header }: Digest.Digest
): Either.Either<ReadonlyArray<HeaderFields.HeaderField>, Unsignable> => {
  if (header === undefined) return Either.left(new Unsignable({ reason: "HeaderTooLong" }))
  const fields = HeaderFields.split(header)
  const from = fields.filter(({ key }) => key === "from").length
  return from === 1
    ? Either.right(fields)
    : Either.left(new Unsignable({ reason: from === 0 ? "NoFrom" : "SeveralFrom" }))
}

const signature = (
  { DkimSigner }: Mailauth.Modules,
  signer: Signer,
  { hashes }: Digest.Digest,
  fields: ReadonlyArray<HeaderFields.HeaderField>,
  time: Date
): Effect.Effect<string, Unsignable> =>
  Effect.gen(function*() {
    const signed = fields.filter(({ key }) => signer.fields.includes(key))
    const header = signed.some(({ line }) => /[\v\f\xa0]/.test(line)) ? "simple" : signer.header
    const made = new DkimSigner({
      canonicalization: `${header}/${signer.body}`,
      headerList: signer.fields.join(":"),
      signTime: time,
      ...Option.match(signer.expiry, {
        onNone: () => ({}),
        onSome: (span) => ({ expires: new Date(time.getTime() + Duration.toMillis(span)) })
      }),
      signatureData: {
        signingDomain: signer.domain,
        selector: signer.selector,
        privateKey: Redacted.value(signer.key)
      },
      bodyHash: hashes.get(signer.body) ?? "",
      headers: {
        // Fields are named from the last to the first, each as it writes itself: behind the first, the
        // sealed ones.
        parsed: signed.map(({ key, line, name }, index) => ({
          key,
          line,
          casedKey: index === 0 ? [name, ...signer.sealed].join(": ") : name
        }))
      }
    })
    yield* Effect.tryPromise({
      try: () => made.finalize(),
      catch: (cause) => new Unsignable({ reason: "Unsigned", cause })
    })
    const [line] = made.signatureHeaders
    return line ?? (yield* new Unsignable({ reason: "Unsigned", cause: made.errors[0]?.err }))
  })

const inWireForm = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const mender = WireForm.mender()
  return [...mender.more(bytes), mender.end()]
}
