/**
 * Strictness: what a server does not put up with from clients that are no mail clients, or no good ones.
 *
 * @module
 */
import type { Command } from "@effect-smtp/wire/Command"
import type * as Duration from "effect/Duration"

/** Commands that a server can do without. (RFC 5321 section 4.5.1 asks for VRFY.) */
export type Dispensable = Extract<
  Command["_tag"],
  "Helo" | "Vrfy" | "Expn" | "Help" | "Etrn"
>

/**
 * - `forbidden`: verbs, in upper case, that end the session with 421 4.7.0: web browsers can be made to
 *   send requests anywhere, whose bodies are then read as commands;
 * - `disabled`: commands that are not there, whatever the handler could do: 502 5.5.1, and EHLO does not
 *   offer them;
 * - `earlyTalkers`: what becomes of clients that speak before they are greeted (RFC 5321 section 3.1 has
 *   them wait): `"refused"` with 554 5.5.1, or `"heard"` as if they had waited;
 * - `greetingDelay`: how long the greeting is kept back, to see whether the client waits. Without any,
 *   only those are found out whose words are there already. Where TLS comes first, it begins after that.
 */
export interface Strictness {
  readonly forbidden: ReadonlyArray<string>
  readonly disabled: ReadonlyArray<Dispensable>
  readonly earlyTalkers: "refused" | "heard"
  readonly greetingDelay: Duration.DurationInput
}

/** The methods of HTTP (RFC 9110 section 9, RFC 5789). */
export const httpMethods: ReadonlyArray<string> = [
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "TRACE"
]

/** HTTP is refused, early talkers are heard, and nobody waits for the greeting. */
export const defaults: Strictness = {
  forbidden: httpMethods,
  disabled: [],
  earlyTalkers: "heard",
  greetingDelay: 0
}

/** The defaults with some of them replaced. */
export const make = (strictness: Partial<Strictness>): Strictness => ({
  ...defaults,
  ...strictness
})
