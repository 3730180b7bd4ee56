/**
 * SaslPrep: names and passwords in the one form in which they can be compared (RFC 4013): typed on
 * another keyboard, the same text may be other characters.
 *
 * @module
 */
import { saslprep } from "@mongodb-js/saslprep"
import * as Either from "effect/Either"
import * as Text from "./internal/text.js"

/** Before the tables are gone through: a long text would take long. */
const bounded = (text: string, what: string): Either.Either<string, string> =>
  Either.map(Text.encode(text, what), () => text)

const prepare = (allowUnassigned: boolean) => (text: string, what: string) =>
  Either.flatMap(bounded(text, what), (given) =>
    Either.try({
      try: () => saslprep(given, { allowUnassigned }),
      catch: () => `${what} that SASLprep allows`
    }))

/**
 * Prepares what somebody is looked up by (section 2.5). The error says what was expected of `what`: text
 * of 1 to 1024 octets in well-formed Unicode, without characters that are not allowed.
 */
export const query = prepare(true)

/** Prepares what is kept, such as a password: characters newer than Unicode 3.2 are not allowed, either. */
export const stored = prepare(false)
