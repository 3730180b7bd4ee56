import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Mechanism from "../src/Mechanism.js"
import type { SaslError } from "../src/SaslError.js"
import * as ScramKeys from "../src/ScramKeys.js"

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** What the client said, where it stands at the end, and whether it would believe in a success. */
export interface Talked {
  readonly said: ReadonlyArray<string>
  readonly at: Mechanism.ClientTurn
  readonly success: boolean
}

/** Salts the password for the client, where it wants that, up to where it is the server's turn. */
export const salted = (step: Mechanism.ClientStep): Mechanism.ClientTurn =>
  step._tag === "SaltPassword"
    ? salted(step.next(ScramKeys.salted(step.salting, step.password)))
    : step

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
      at = salted(yield* at.next(typeof challenge === "string" ? bytes(challenge) : challenge))
      if (at._tag !== "Await") said.push(text(Redacted.value(at.bytes)))
    }
    return { said, at, success: Either.isRight(Mechanism.succeed(mechanism, at)) }
  })

/** What a server has of its users: passwords, and SCRAM keys. */
export interface Users {
  readonly passwords?: { readonly [name: string]: string }
  readonly keys?: { readonly [name: string]: ScramKeys.ScramKeys }
}

/** What the server asked, and where it stands at the end. */
export interface Served {
  readonly asked: ReadonlyArray<string>
  readonly at: Mechanism.ServerStep
}

/** Lets the server look up what it wants to know, up to where it waits for the client or is through. */
const settle = (step: Mechanism.ServerStep, users: Users): Mechanism.ServerStep => {
  switch (step._tag) {
    case "FindPassword":
      return settle(
        step.next(Option.map(Option.fromNullable(users.passwords?.[step.username]), Redacted.make)),
        users
      )
    case "FindKeys":
      return settle(step.next(Option.fromNullable(users.keys?.[step.username])), users)
    default:
      return step
  }
}

/** The server's side of an exchange with these responses, the first of them an initial response if so. */
export const serve = (
  mechanism: Mechanism.ServerMechanism,
  responses: ReadonlyArray<string | Uint8Array>,
  options: Users & { readonly initial?: boolean } = {}
): Either.Either<Served, SaslError> =>
  Either.gen(function*() {
    const all = responses.map((response) =>
      typeof response === "string" ? bytes(response) : response
    )
    const [initial, rest] = options.initial === false
      ? [Option.none(), all]
      : [Option.fromNullable(all[0]), all.slice(1)]
    const asked: Array<string> = []
    let at = settle(yield* mechanism.start(initial), options)
    if (at._tag === "Challenge") asked.push(text(at.bytes))
    for (const response of rest) {
      if (at._tag !== "Challenge") throw new Error(`it asks for nothing more: ${at._tag}`)
      at = settle(yield* at.next(response), options)
      if (at._tag === "Challenge") asked.push(text(at.bytes))
    }
    return { asked, at }
  })
