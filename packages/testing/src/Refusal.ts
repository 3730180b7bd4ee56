/**
 * Refusal: what an {@link Inbox} does not take, as a value: in which phase of a session, from whom and
 * for whom, how often, and with what words.
 *
 * ```ts
 * Refusal.Recipient({ to: "bob@mx.example", verdict: Verdict.localError, times: 1 })
 * Refusal.Mail({ from: /@spam\.example$/, verdict: Verdict.reject(550, { ... }) })
 * ```
 *
 * @module
 */
import type { Verdict } from "@effect-smtp/server/Verdict"
import * as Data from "effect/Data"
import { fits, pattern } from "./Script.js"
import type { PatternInput } from "./Script.js"

/**
 * What all refusals have:
 *
 * - `verdict`: what is said. One that accepts is said in place of the usual reply;
 * - `times`: how often. After that the refusal is gone. Default: always.
 */
interface Said {
  readonly verdict: Verdict
  readonly times?: number
}

/**
 * By phase: `Connect`, before the greeting; `Hello`; `Mail`; `Recipient`, at RCPT; `Message`, when all of
 * it has arrived.
 *
 * - `from`: the sender, as in `alice@client.example`; the null sender is empty. Default: anybody;
 * - `to`: the recipient; the bare postmaster is `postmaster`. At a message, one of its recipients.
 *   Default: anybody.
 */
export type Refusal = Data.TaggedEnum<{
  Connect: Said
  Hello: Said
  Mail: Said & { readonly from?: PatternInput }
  Recipient: Said & { readonly from?: PatternInput; readonly to?: PatternInput }
  Message: Said & { readonly from?: PatternInput; readonly to?: PatternInput }
}>

/** Constructors and matchers of {@link Refusal}. */
export const { Connect, Hello, Mail, Message, Recipient, $is: is, $match: match } = Data.taggedEnum<
  Refusal
>()

/** Where a session stands: the phase, and the addresses so far, as a refusal has them. */
export interface Moment {
  readonly phase: Refusal["_tag"]
  readonly from: string
  readonly to: ReadonlyArray<string>
}

const isNamed = (input: PatternInput | undefined, addresses: ReadonlyArray<string>): boolean =>
  input === undefined || addresses.some((address) => fits(pattern(input), address))

/** Whether a refusal is for this moment. */
export const isFor = (self: Refusal, { from, phase, to }: Moment): boolean => {
  if (self._tag !== phase) return false
  switch (self._tag) {
    case "Connect":
    case "Hello":
      return true
    case "Mail":
      return isNamed(self.from, [from])
    case "Recipient":
    case "Message":
      return isNamed(self.from, [from]) && isNamed(self.to, to)
  }
}
