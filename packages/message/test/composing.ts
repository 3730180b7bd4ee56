import * as Body from "@effect-smtp/client/Body"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Address from "../src/Address.js"
import * as Composed from "../src/Composed.js"
import type { Draft } from "../src/Draft.js"

export const person = (text: string): Address.Person => Either.getOrThrow(Address.parsePerson(text))

/** The least a draft needs, and what is given. */
export const draft = (parts: Partial<Draft> = {}): Draft => ({
  from: [person("Alice <alice@client.example>")],
  to: [person("bob@mx.example")],
  ...parts
})

export const textOf = (body: Body.Body): Effect.Effect<string, unknown> =>
  Effect.map(Body.collect(body), (bytes) => new TextDecoder().decode(bytes))

/** The message as text. */
export const written = (parts: Partial<Draft> = {}) =>
  Effect.flatMap(Composed.fromDraft(draft(parts)), ({ body }) => textOf(body))

/** The lines of its header, folded as they are. */
export const headerOf = (parts: Partial<Draft> = {}) =>
  Effect.map(written(parts), (text) => text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n"))

/** Why it is not composed. */
export const refused = (parts: Partial<Draft>) => Effect.flip(Composed.fromDraft(draft(parts)))
