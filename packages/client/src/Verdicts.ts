/**
 * S: 250 2.0.0 Queued as 4FqK1z
 *
 * The answer to a message: where it changes hands (RFC 5321 section 4.2.5). Under LMTP there is one for
 * each recipient that was accepted, in their order (RFC 2033 section 4.2):
 *
 * S: 250 2.0.0 <bob@mx.example> Saved
 * S: 452 4.2.2 <carol@mx.example> Mailbox full
 *
 * Under PRDR there may be (Exim; draft-hall-prdr-00), and one for the message behind them:
 *
 * S: 353 PRDR content analysis beginning
 * S: 250 <bob@mx.example> accepted
 * S: 550 <carol@mx.example> no such attachments here
 * S: 250 OK id=1rABCD-0001ab-2C
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Dialogue from "./internal/dialogue.js"
import type { Failure, Outcome, Verdict } from "./Outcome.js"
import type { SmtpError } from "./SmtpError.js"

/** How many answers there are: one, one for each recipient, or both where the server begins with 353. */
export type Style = "One" | "Each" | "Prdr"

/** Hears them out, for the recipients that RCPT has accepted. */
export const hear = (
  channel: Channel,
  candidates: ReadonlyArray<Verdict>,
  style: Style
): Effect.Effect<Outcome, SmtpError> => {
  switch (style) {
    case "One":
      return Effect.map(verdict(channel), (reply) => all(candidates, reply))
    case "Each":
      return each(channel, candidates)
    case "Prdr":
      return prdr(channel, candidates)
  }
}

const insist = Dialogue.insist("Verdict", Reply.isCompletion)

const verdict = (channel: Channel): Effect.Effect<Reply.Reply, SmtpError> =>
  Effect.flatMap(Dialogue.hear(channel, "Verdict"), insist)

const all = (accepted: ReadonlyArray<Verdict>, reply: Reply.Reply): Outcome => ({
  accepted,
  rejected: [],
  failed: [],
  reply: Option.some(reply)
})

const sort = (verdicts: ReadonlyArray<Verdict>) => {
  const [rejected, accepted] = Arr.partition(verdicts, ({ reply }) => Reply.isCompletion(reply))
  return { accepted, rejected }
}

/**
 * If the answers end too soon, those that were heard stand; the fate of the others is not known, but
 * for the one that got a 421.
 */
const each = (
  channel: Channel,
  candidates: ReadonlyArray<Verdict>
): Effect.Effect<Outcome, SmtpError> =>
  Effect.gen(function*() {
    const heard: Array<Verdict> = []
    for (const [index, { recipient }] of candidates.entries()) {
      const reply = yield* Effect.either(Dialogue.hear(channel, "Verdict"))
      if (Either.isRight(reply)) {
        heard.push({ recipient, reply: reply.right })
        continue
      }
      const error = reply.left
      if (index === 0 && (error.fate === "Unknown" || candidates.length === 1)) return yield* error
      const failed = candidates.slice(index).map((left, later): Failure => ({
        recipient: left.recipient,
        error,
        fate: later === 0 ? error.fate : "Unknown"
      }))
      return { ...sort(heard), failed, reply: Option.none() }
    }
    return { ...sort(heard), failed: [], reply: Option.none() }
  })

const begins = (reply: Reply.Reply): boolean => reply.code === 353

const prdr = (
  channel: Channel,
  candidates: ReadonlyArray<Verdict>
): Effect.Effect<Outcome, SmtpError> =>
  Effect.gen(function*() {
    const first = yield* Dialogue.hear(channel, "Verdict", begins)
    if (!begins(first)) return all(candidates, yield* insist(first))
    const verdicts = yield* Effect.forEach(
      candidates,
      ({ recipient }) =>
        Effect.map(Dialogue.hear(channel, "Verdict"), (reply): Verdict => ({ recipient, reply }))
    )
    const reply = yield* Dialogue.hear(channel, "Verdict")
    const sorted = sort(verdicts)
    if (sorted.accepted.length > 0) yield* insist(reply)
    return { ...sorted, failed: [], reply: Option.liftPredicate(reply, Reply.isCompletion) }
  })
