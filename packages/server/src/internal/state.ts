import * as AtOnce from "@effect-smtp/protocol/AtOnce"
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
import type * as Reply from "@effect-smtp/wire/Reply"
import * as ReplyCode from "@effect-smtp/wire/ReplyCode"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
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
  readonly report: (message: Answered) => void
  /** Milliseconds since the epoch, by the clock of the session. */
  readonly now: () => number
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

/** Where a session begins, with nothing known of the client but where it comes from. */
export const begin = (known: Pick<ClientInfo, "session" | "peer" | "told">): State => ({
  client: { ...known, name: Option.none(), protocol: "SMTP", identity: Option.none() },
  transaction: Option.none(),
  transactions: 0,
  commands: 0,
  badCommands: 0,
  failedAuths: 0,
  refused: "Nothing"
})

/** Whether the server does without that command. */
export const isDisabled = ({ strictness }: Host, tag: Command["_tag"]): boolean =>
  strictness.disabled.some((disabled) => disabled === tag)

/** What the session expects next follows from what it has come to. */
export const order = (state: State): Session.State =>
  Option.match(state.transaction, {
    onNone: () => Option.isSome(state.client.name) ? "Mail" : "Hello",
    onSome: ({ recipients }) => recipients.length > 0 ? "RecipientOrData" : "Recipient"
  })

/** What comes of a command: what there is to say, and how it leaves things; none at the end. */
export interface Turn {
  readonly replies: ReadonlyArray<Reply.Reply>
  readonly after: Option.Option<State>
}

/** Most answers are at hand, and then there is nothing to run. */
export type Answer = Effect.Effect<Turn, ChannelError, Scope.Scope>

/** A reply that leaves things as given. */
export const answer = (reply: Reply.Reply, state: State): Exit.Exit<Turn> =>
  Exit.succeed({ replies: [reply], after: Option.some(state) })

/** A last reply. */
export const close = (reply: Reply.Reply): Exit.Exit<Turn> =>
  Exit.succeed({ replies: [reply], after: Option.none() })

/** The client's mistake: answered, counted, and too many of them end the session. */
export const mistake = (host: Host, reply: Reply.Reply, state: State): Exit.Exit<Turn> =>
  state.badCommands < host.limits.badCommands
    ? answer(reply, { ...state, badCommands: state.badCommands + 1 })
    : close(Replies.tooManyMistakes)

/** Tells a verdict; `accepted` is how it leaves things if it goes on. */
export const conclude = (
  verdict: Verdict.Verdict,
  state: State,
  accepted: State
): Exit.Exit<Turn> => {
  if (verdict._tag === "Accept") return answer(verdict.reply, accepted)
  return verdict.reply.code === ReplyCode.serviceUnavailable
    ? close(verdict.reply)
    : answer(verdict.reply, state)
}

/**
 * Asks the application. None, and a line in the log, where it fails, dies, interrupts itself or takes
 * longer than the `Handler` phase may: that is no fault of the client's, and not the end of the session.
 * `awaited` is a question whose answer changes something: see `Channel.excuse`.
 */
export const consult = <A, E>(
  { channel }: Host,
  who: "a handler" | "an authenticator",
  question: Effect.Effect<A, E>,
  awaited = false
): Effect.Effect<Option.Option<A>> => {
  const failed = (cause: Cause.Cause<E>) =>
    Effect.as(Effect.logError(`${who} failed`, cause), Option.none<A>())
  if (AtOnce.isMade(question)) {
    return Exit.isSuccess(question)
      ? Exit.succeed(Option.some(question.value))
      : failed(question.cause)
  }
  return Effect.suspend(() => {
    channel.enterNow("Handler")
    return Effect.matchCauseEffect(channel.excuse("Handler", question, awaited), {
      onFailure: failed,
      onSuccess: (answer): Effect.Effect<Option.Option<A>> =>
        Option.isSome(answer)
          ? Exit.succeed(answer)
          : Effect.as(Effect.logError(`${who} took too long`), answer)
    })
  })
}

/** Asks the handler for a verdict; a local error where it has none. */
export const decide = <V, E>(
  host: Host,
  decision: Effect.Effect<V, E>,
  awaited = false
): Effect.Effect<V | Verdict.Verdict> =>
  AtOnce.map(
    consult(host, "a handler", decision, awaited),
    Option.getOrElse((): V | Verdict.Verdict => Verdict.localError)
  )
