import * as Either from "effect/Either"
import * as Text from "./text.js"

/** A name in which commas and equal signs are quoted (RFC 5801 section 4, RFC 5802 section 7). */
export const saslName = (text: string, what: string): Either.Either<string, string> =>
  Either.map(
    Text.encodeName(text, what),
    () => text.replaceAll("=", "=3D").replaceAll(",", "=2C")
  )

/** What comes first in a GS2 mechanism: the channel binding flag and whom to act as. */
export const header = (
  flag: string,
  authzid: string | undefined
): Either.Either<string, string> =>
  authzid === undefined
    ? Either.right(`${flag},,`)
    : Either.map(saslName(authzid, "an authorization identity"), (name) => `${flag},a=${name},`)
