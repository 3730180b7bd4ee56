/**
 * Anonymous: the mechanism ANONYMOUS (RFC 4505). The one message is a trace for the server's
 * administrator, which proves nothing: an email address, or a word without `@`.
 *
 * @module
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as OneMessage from "./internal/oneMessage.js"
import * as Text from "./internal/text.js"
import type { ClientMechanism, ServerMechanism } from "./Mechanism.js"
import { Credentials } from "./Mechanism.js"
import type { SaslError } from "./SaslError.js"

/** The mechanism's registered name. */
export const name = "ANONYMOUS"

/** `trace` is what the administrator may know of the client: nothing when left out. */
export interface Options {
  readonly trace?: string
}

/** The most characters of a trace (RFC 4505 section 2). */
export const maxTrace = 255

/**
 * The client's side. Fails with reason `Credentials` for a trace that is empty, over 255 characters,
 * not well-formed or with control characters; with reason `Challenge` for any challenge.
 */
export const client = (options: Options): Either.Either<ClientMechanism, SaslError> =>
  OneMessage.client({ name, needsEncryption: false, message: encode(options.trace) })

/**
 * The server's side. Fails with reason `Response` for a trace that breaks the rules told at
 * {@link client}; an empty one is none.
 */
export const server: ServerMechanism = OneMessage.server({
  name,
  needsEncryption: false,
  read: (message) => decode(message)
})

const encode = (trace: string | undefined): Either.Either<Uint8Array, string> =>
  trace === undefined
    ? Either.right(new Uint8Array())
    : Either.flatMap(bounded(trace), () => Text.encodeName(trace, "a trace"))

const decode = (message: Uint8Array): Either.Either<Credentials, string> =>
  message.length === 0
    ? Either.right(Credentials.Anonymous({ trace: Option.none() }))
    : Text.decodeName(message, "a trace").pipe(
      Either.flatMap(bounded),
      Either.map((trace) => Credentials.Anonymous({ trace: Option.some(trace) }))
    )

const bounded = (trace: string): Either.Either<string, string> =>
  trace.length > maxTrace * 2 || Array.from(trace).length > maxTrace
    ? Either.left(`a trace of at most ${maxTrace} characters`)
    : Either.right(trace)
