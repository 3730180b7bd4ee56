import { saslprep } from "@mongodb-js/saslprep"
import * as Either from "effect/Either"
import * as Text from "./text.js"

/** Before the tables are gone through: a long text would take long. */
const bounded = (text: string, what: string): Either.Either<string, string> =>
  Either.map(Text.encode(text, what), () => text)

const prepare = (allowUnassigned: boolean) => (text: string, what: string) =>
  Either.flatMap(bounded(text, what), (given) =>
    Either.try({
      try: () => saslprep(given, { allowUnassigned }),
      catch: () => `${what} that SASLprep allows`
    }))

/** Prepares what somebody is looked up by (RFC 4013 section 2.5). */
export const query = prepare(true)

/** Prepares what is kept, such as a password: characters newer than Unicode 3.2 are not allowed. */
export const stored = prepare(false)
