import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Mechanism from "../src/Mechanism.js"
import type { SaslError } from "../src/SaslError.js"

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** What the client said, where it stands at the end, and whether it would believe in a success. */
export interface Talked {
  readonly said: ReadonlyArray<string>
  readonly at: Mechanism.ClientStep
  readonly success: boolean
}

/** The client's side of an exchange with these challenges. */
export const talk = (
  made: Either.Either<Mechanism.ClientMechanism, SaslError>,
  challenges: ReadonlyArray<string | Uint8Array>
): Either.Either<Talked, SaslError> =>
  Either.gen(function*() {
    const mechanism = yield* made
    const said: Array<string> = []
    let at = mechanism.start
    if (at._tag !== "Await") said.push(text(Redacted.value(at.bytes)))
    for (const challenge of challenges) {
      at = yield* at.next(typeof challenge === "string" ? bytes(challenge) : challenge)
      if (at._tag !== "Await") said.push(text(Redacted.value(at.bytes)))
    }
    return { said, at, success: Either.isRight(Mechanism.succeed(mechanism, at)) }
  })
