/**
 * Conversation: one connection, from the greeting to the end.
 *
 * @module
 */
import * as Endpoints from "@effect-smtp/flow/Endpoint"
import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import * as AtOnce from "@effect-smtp/protocol/AtOnce"
import * as Channel from "@effect-smtp/protocol/Channel"
import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import type { Limits } from "@effect-smtp/protocol/Limits"
import type { Phase } from "@effect-smtp/protocol/Phase"
import type { Timeouts } from "@effect-smtp/protocol/Timeouts"
import type { AddressMode } from "@effect-smtp/wire/AddressMode"
import type * as Command from "@effect-smtp/wire/Command"
import type { CommandError } from "@effect-smtp/wire/CommandError"
import type * as Domain from "@effect-smtp/wire/Domain"
import type { LineEnd } from "@effect-smtp/wire/Line"
import type { LineEndings } from "@effect-smtp/wire/MessageData"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import type * as Authenticator from "./Authenticator.js"
import type { Extensions } from "./Extensions.js"
import type * as Handler from "./Handler.js"
import * as Deadline from "./internal/deadline.js"
import * as Farewell from "./internal/farewell.js"
import * as Language from "./internal/language.js"
import * as Leftover from "./internal/leftover.js"
import * as Replies from "./internal/replies.js"
import { respond } from "./internal/respond.js"
import type { Answer, Host, State } from "./internal/state.js"
import { close, decide, mistake } from "./internal/state.js"
import * as Traces from "./internal/trace.js"
import * as Xclient from "./internal/xclient.js"
import type { Policy } from "./Policy.js"
import type { Answered } from "./Stats.js"
import type { Strictness } from "./Strictness.js"
import type { Told } from "./Told.js"
import type { Trust } from "./Trust.js"

/**
 * How a server talks.
 *
 * - `name`: the server's own name, in its greeting;
 * - `lineEnd`: what ends a command line: `"crlf"`, or `"relaxed"`, which takes LF too;
 * - `lineEndings`: what to do about a bare CR or LF in a message;
 * - `addresses`: how forgiving addresses are read;
 * - `strictness`: see {@link Strictness};
 * - `extensions`: what is offered beyond what follows from all the rest.
 */
export interface Manners {
  readonly name: Domain.Domain
  readonly limits: Limits
  readonly timeouts: Timeouts
  readonly lineEnd: LineEnd
  readonly lineEndings: LineEndings
  readonly addresses: AddressMode
  readonly strictness: Strictness
  readonly extensions: Extensions
}

/** What a conversation needs of its server. */
export interface Options {
  readonly manners: Manners
  readonly policy: Policy
  readonly handler: Handler.Shape
  readonly authenticator: Option.Option<Authenticator.Shape>
  /** Whether the server is on its way out: no further transaction begins. */
  readonly draining: () => boolean
  /** Whether there is room for one more connection from there; it counts until the scope closes. */
  readonly admit: (remote: Endpoint) => Effect.Effect<boolean, never, Scope.Scope>
  /** Gets to know of each message that was answered. */
  readonly report: (message: Answered) => void
  readonly trust: Trust
  /** What was said of the client before the conversation began. */
  readonly told: Told
}

/**
 * - `run`: talks until either side ends it. Interrupting it tells the client 421 and hangs up; a
 *   message that was not accepted by then is not.
 * - `isIdle`: whether it is between transactions, waiting for the client.
 * - `phase`: what it is in the middle of;
 * - `annotations`: what its lines in the log are told apart by, for whoever runs it.
 */
export interface Conversation {
  readonly run: Effect.Effect<void, never, Scope.Scope>
  readonly isIdle: Effect.Effect<boolean>
  readonly phase: Effect.Effect<Phase>
  readonly annotations: Readonly<Record<string, unknown>>
}

/** A conversation over a flow that was just accepted. */
export const make = (
  flow: Flow,
  { admit, authenticator, draining, handler, manners, policy, report, told, trust }: Options
): Effect.Effect<Conversation> =>
  Effect.gen(function*() {
    const { limits, name, strictness, timeouts } = manners
    const { minimumRate } = limits
    const clock = yield* Effect.clock
    const now = () => clock.unsafeCurrentTimeMillis()
    const channel = yield* Channel.make(flow, { phase: "Connect", timeouts, minimumRate })
    const deadline = Deadline.make(policy, limits, now())
    const farewell = Farewell.make(channel, timeouts.Quit)
    const trace = yield* Traces.make
    const session = yield* Random.nextIntBetween(0, 2 ** 48)
    const state = MutableRef.make<State>({
      client: {
        session: session.toString(16).padStart(12, "0"),
        peer: flow.peer,
        name: Option.none(),
        protocol: "SMTP",
        identity: Option.none(),
        told
      },
      transaction: Option.none(),
      transactions: 0,
      commands: 0,
      badCommands: 0,
      failedAuths: 0,
      refused: "Nothing"
    })
    const { commands, greeting } = Language.of(manners)
    const host: Host = {
      channel,
      handler,
      authenticator,
      policy,
      name,
      limits,
      lineEndings: manners.lineEndings,
      strictness,
      report,
      now,
      trace,
      extensions: manners.extensions,
      trust,
      greeting: greeting[policy.protocol],
      commands
    }

    /** No greeting, and no session. */
    const turnAway = (reply: Reply.Reply) => Effect.as(channel.send(Reply.encode(reply)), false)

    /** The greeting, or the refusal that stands in its place. */
    const greet = Effect.gen(function*() {
      channel.expireNow(deadline(state.current))
      if (!(yield* admit(flow.peer.remote))) {
        const isSecure = policy.protection._tag === "Implicit"
        return isSecure ? false : yield* turnAway(Replies.tooManyConnections)
      }
      if (policy.protection._tag === "Implicit") {
        yield* channel.upgrade(policy.protection.tls)
        const peer = yield* channel.peer
        state.current = { ...state.current, client: { ...state.current.client, peer } }
      }
      if (strictness.earlyTalkers === "heard") {
        if (!Duration.equals(strictness.greetingDelay, 0)) {
          yield* Effect.sleep(strictness.greetingDelay)
        }
      } else if (yield* channel.overhear(strictness.greetingDelay)) {
        return yield* turnAway(Replies.earlyTalker)
      }
      const verdict = yield* decide(host, handler.connect(state.current.client))
      yield* channel.send(Reply.encode(verdict._tag === "Accept" ? host.greeting : verdict.reply))
      return verdict._tag === "Accept"
    })

    /** What comes of one line. */
    const obey = (command: Either.Either<Command.Command, CommandError>): Answer => {
      const before = state.current
      const counted = { ...before, commands: before.commands + 1 }
      if (counted.commands > limits.commands) return close(Replies.tooManyCommands)
      if (Either.isLeft(command)) {
        return mistake(host, Replies.badCommand(command.left), counted)
      }
      const { right } = command
      return trace(
        { name: "SmtpServer.command", attributes: () => ({ "smtp.command": right._tag }) },
        () => respond(host, counted, right)
      )
    }

    type Turns = Effect.Effect<void, ChannelError, Scope.Scope>

    /** Commands and their replies: what is at hand is gone on with in plain code. */
    const turns: Turns = Effect.suspend(() => {
      channel.enterNow("Command")
      channel.expireNow(deadline(state.current))
      if (Option.isNone(state.current.transaction) && draining()) {
        channel.sendNow(Reply.encode(Replies.shuttingDown))
        return channel.flush
      }
      const command = channel.receiveNow(commands)
      return Option.isSome(command)
        ? turn(command.value)
        : Effect.flatMap(channel.receive(commands), turn)
    })

    /** What one line comes to is said, and all that follows it. */
    const turn = (command: Either.Either<Command.Command, CommandError>): Turns =>
      AtOnce.flatMap(obey(command), ({ after, replies }) => {
        let isFull = false
        for (const reply of replies) isFull = channel.sendNow(Reply.encode(reply))
        if (Option.isNone(after)) return channel.flush
        state.current = Leftover.note(command, Xclient.forget(state.current, after.value))
        return isFull ? Effect.zipRight(channel.flush, turns) : turns
      })

    const talk = Effect.flatMap(greet, (welcome) => welcome ? turns : channel.flush)

    const { session: id } = state.current.client
    const peer = Endpoints.print(flow.peer.remote)

    const run = trace(
      {
        name: "SmtpServer.session",
        root: true,
        attributes: () => ({ "smtp.session": id, "network.peer": peer })
      },
      () => channel.supervise(talk)
    )

    /** What is left to do after an end that nobody asked for. */
    const end = (error: ChannelError) =>
      Effect.logDebug("session ended").pipe(
        Effect.annotateLogs({ reason: error._tag, phase: error.phase }),
        Effect.zipRight(farewell.after(error))
      )

    return {
      isIdle: Effect.map(
        channel.phase,
        (phase) => phase === "Command" && Option.isNone(state.current.transaction)
      ),
      phase: channel.phase,
      annotations: { session: id, peer },
      run: Effect.uninterruptibleMask((restore) =>
        Effect.matchCauseEffect(restore(run), {
          onFailure: (cause) =>
            Either.match(Cause.failureOrCause(cause), {
              onLeft: end,
              onRight: (cause) =>
                Cause.isInterrupted(cause)
                  ? Effect.zipRight(farewell.say(Replies.shuttingDown), Effect.failCause(cause))
                  : Effect.failCause(cause)
            }),
          onSuccess: () => Effect.void
        })
      )
    }
  })
