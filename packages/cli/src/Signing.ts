/**
 * Signing: whether and how `smtp send` signs with DKIM, from flags and variables.
 *
 * @module
 */
import type { Body } from "@effect-smtp/client/Body"
import * as Dkim from "@effect-smtp/message/Dkim"
import * as Signer from "@effect-smtp/message/Signer"
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { BadFile, WrongUse } from "./CliError.js"
import * as Flag from "./internal/flag.js"
import { readText } from "./internal/readText.js"
import * as Settings from "./Settings.js"

/** The flags. */
export const options = {
  key: Flag.path("dkim-key").pipe(
    Options.optional,
    Options.withDescription("Sign with this RSA or Ed25519 key, PEM. Default: SMTP_DKIM_KEY.")
  ),
  selector: Options.text("dkim-selector").pipe(
    Options.optional,
    Options.withDescription("The selector of the key. Default: SMTP_DKIM_SELECTOR.")
  ),
  domain: Options.text("dkim-domain").pipe(
    Options.optional,
    Options.withDescription(
      "Whose signature it is. Default: SMTP_DKIM_DOMAIN, or the author's domain."
    )
  )
}

/** What the flags say. */
export interface Flags {
  readonly key: Option.Option<string>
  readonly selector: Option.Option<string>
  readonly domain: Option.Option<string>
}

const nameOf = (flag: string, text: string): Either.Either<Domain.Domain, WrongUse> =>
  Either.mapLeft(
    Domain.parseName(text, AddressMode.withUtf8(AddressMode.lenient)),
    (error) => new WrongUse({ reason: `--${flag} wants a domain name: ${error.message}` })
  )

/**
 * Who signs, if anybody does: there is a key and a selector, or neither. `author`: the domain to sign for
 * unless there is another.
 */
export const signer = (flags: Flags, author: Option.Option<Domain.Domain>) =>
  Effect.gen(function*() {
    const key = yield* Settings.orVariable(flags.key, "SMTP_DKIM_KEY")
    const selector = yield* Settings.orVariable(flags.selector, "SMTP_DKIM_SELECTOR")
    const said = yield* Settings.orVariable(flags.domain, "SMTP_DKIM_DOMAIN")
    if (Option.isNone(key) && Option.isNone(selector) && Option.isNone(flags.domain)) {
      return Option.none<Signer.Signer>()
    }
    if (Option.isNone(key) || Option.isNone(selector)) {
      return yield* new WrongUse({ reason: "--dkim-key and --dkim-selector go together" })
    }
    const domain = Option.isSome(said) ?
      yield* nameOf("dkim-domain", said.value) :
      yield* Option.match(
        author,
        {
          onNone: () =>
            new WrongUse({ reason: "a signature without an author wants a --dkim-domain" }),
          onSome: (domain) => Effect.succeed(domain)
        }
      )
    const pem = yield* readText("a DKIM key", key.value)
    const made = yield* Signer.make({
      domain,
      selector: yield* nameOf("dkim-selector", selector.value),
      key: Redacted.make(pem)
    }).pipe(
      Effect.catchTags({
        BadKey: ({ message }) =>
          new BadFile({ what: "a DKIM key", file: key.value, reason: message }),
        BadSetting: ({ message }) => new WrongUse({ reason: message })
      })
    )
    return Option.some(made)
  })

/** The message, signed if somebody signs it; `file` is what an error calls it. */
export const sign = (
  body: Body,
  signer: Option.Option<Signer.Signer>,
  file: string
): Effect.Effect<Body, BadFile> =>
  Option.match(signer, {
    onNone: () => Effect.succeed(body),
    onSome: (signer) =>
      Effect.mapError(
        Dkim.sign(body, [signer]),
        ({ message }) => new BadFile({ what: "a message to sign", file, reason: message })
      )
  })
