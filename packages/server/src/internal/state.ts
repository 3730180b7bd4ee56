import type { Channel } from "@effect-smtp/protocol/Channel"
import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import type { Limits } from "@effect-smtp/protocol/Limits"
import type * as Session from "@effect-smtp/protocol/Session"
import type { Command } from "@effect-smtp/wire/Command"
import type { CommandError } from "@effect-smtp/wire/CommandError"
import type { Decoder } from "@effect-smtp/wire/Decoder"
import type { Domain } from "@effect-smtp/wire/Domain"
import type { LineOverflow } from "@effect-smtp/wire/Line"
import type { LineEndings } from "@effect-smtp/wire/MessageData"
import * as Reply from "@effect-smtp/wire/Reply"
import * as ReplyCode from "@effect-smtp/wire/ReplyCode"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Authenticator from "../Authenticator.js"
import type { ClientInfo } from "../ClientInfo.js"
import type { Envelope } from "../Envelope.js"
import type { Extensions } from "../Extensions.js"
import type * as Handler from "../Handler.js"
import type { Policy } from "../Policy.js"
import type { Answered } from "../Stats.js"
import type { Strictness } from "../Strictness.js"
import type { Trust } from "../Trust.js"
import * as Verdict from "../Verdict.js"
import { isMade } from "./isMade.js"
import type { Refused } from "./leftover.js"
import * as Replies from "./replies.js"
import type { Trace } from "./trace.js"

/** What stays the same during a session. */
export interface Host {
  readonly channel: Channel
  readonly handler: Handler.Shape
  readonly authenticator: Option.Option<Authenticator.Shape>
  readonly policy: Policy
  readonly name: Domain
  readonly limits: Limits
  readonly lineEndings: LineEndings
  readonly strictness: Strictness
  readonly report: (message: Answered) => Effect.Effect<void>
  readonly trace: Trace
  readonly extensions: Extensions
  readonly trust: Trust
  readonly greeting: Reply.Reply
  readonly commands: Decoder<Either.Either<Command, CommandError>, LineOverflow>
}

/** What a session has come to. */
export interface State {
  readonly client: ClientInfo
  readonly transaction: Option.Option<Envelope>
  readonly transactions: number
  readonly commands: number
  readonly badCommands: number
  readonly failedAuths: number
  readonly refused: Refused
}

/** Whether the server does without that command. */
export const isDisabled = ({ strictness }: Host, tag: Command["_tag"]): boolean =>
  strictness.disabled.some((disabled) => disabled === tag)

/** What the session expects next follows from what it has come to. */
export const order = (state: State): Session.State =>
  Option.match(state.transaction, {
    onNone: () => Option.isSome(state.client.name) ? "Mail" : "Hello",
    onSome: ({ recipients }) => recipients.length > 0 ? "RecipientOrData" : "Recipient"
  })

/**
 * The reply to one command has been sent, or will be with the next ones; this is how it left things,
 * or none where the session is over.
 */
export type Answer = Effect.Effect<Option.Option<State>, ChannelError>

/** Sends a reply and leaves things as given. */
export const answer = (host: Host, reply: Reply.Reply, state: State): Answer =>
  Effect.as(host.channel.send(Reply.encode(reply)), Option.some(state))

/** Answers, and hangs up. */
export const close = (host: Host, reply: Reply.Reply): Answer =>
  Effect.as(host.channel.send(Reply.encode(reply)), Option.none())

/** The client's mistake: answered, counted, and too many of them end the session. */
export const mistake = (host: Host, reply: Reply.Reply, state: State): Answer =>
  state.badCommands < host.limits.badCommands
    ? answer(host, reply, { ...state, badCommands: state.badCommands + 1 })
    : close(host, Replies.tooManyMistakes)

/** Sends a verdict; `accepted` is how it leaves things if it goes on. */
export const conclude = (
  host: Host,
  verdict: Verdict.Verdict,
  state: State,
  accepted: State
): Answer => {
  if (verdict._tag === "Accept") return answer(host, verdict.reply, accepted)
  return verdict.reply.code === ReplyCode.serviceUnavailable
    ? close(host, verdict.reply)
    : answer(host, verdict.reply, state)
}

/**
 * Asks the application. None, and a line in the log, where it fails, dies, interrupts itself or takes
 * longer than the `Handler` phase may: that is no fault of the client's, and not the end of the session.
 */
export const consult = <A, E>(
  { channel }: Host,
  who: "a handler" | "an authenticator",
  question: Effect.Effect<A, E>
): Effect.Effect<Option.Option<A>> =>
  channel.enter("Handler").pipe(
    Effect.zipRight(
      isMade(question) ? Effect.asSome(question) : channel.excuse("Handler", question)
    ),
    Effect.tap((answer) =>
      Option.isSome(answer) ? Effect.void : Effect.logError(`${who} took too long`)
    ),
    Effect.catchAllCause((cause) =>
      Effect.as(Effect.logError(`${who} failed`, cause), Option.none<A>())
    )
  )

/** Asks the handler for a verdict; a local error where it has none. */
export const decide = <V, E>(
  host: Host,
  decision: Effect.Effect<V, E>
): Effect.Effect<V | Verdict.Verdict> =>
  Effect.map(
    consult(host, "a handler", decision),
    Option.getOrElse((): V | Verdict.Verdict => Verdict.localError)
  )
