import * as Endpoints from "@effect-smtp/flow/Endpoint"
import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import * as AtOnce from "@effect-smtp/protocol/AtOnce"
import * as Channel from "@effect-smtp/protocol/Channel"
import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import type { Phase } from "@effect-smtp/protocol/Phase"
import type * as Command from "@effect-smtp/wire/Command"
import type { CommandError } from "@effect-smtp/wire/CommandError"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import type { Conversation, Options } from "../Conversation.js"
import * as Deadline from "./deadline.js"
import * as Farewell from "./farewell.js"
import * as Language from "./language.js"
import * as Leftover from "./leftover.js"
import * as Replies from "./replies.js"
import { respond } from "./respond.js"
import type { Answer, Host, State, Turn } from "./state.js"
import { begin, close, decide, mistake } from "./state.js"
import * as Traces from "./trace.js"
import * as Xclient from "./xclient.js"

type Line = Either.Either<Command.Command, CommandError>
type Turns = Effect.Effect<void, ChannelError, Scope.Scope>

/** A conversation over a flow that was just accepted. */
export const make = (flow: Flow, options: Options): Effect.Effect<Conversation> =>
  Effect.gen(function*() {
    const { authenticator, handler, manners, policy, report, told, trust } = options
    const { limits, timeouts } = manners
    const { minimumRate } = limits
    const clock = yield* Effect.clock
    const channel = yield* Channel.make(flow, { phase: "Connect", timeouts, minimumRate })
    const session = yield* Random.nextIntBetween(0, 2 ** 48)
    const { commands, greeting } = Language.of(manners)
    const host: Host = {
      channel,
      handler,
      authenticator,
      policy,
      name: manners.name,
      limits,
      lineEndings: manners.lineEndings,
      strictness: manners.strictness,
      report,
      now: () => clock.unsafeCurrentTimeMillis(),
      trace: yield* Traces.make,
      extensions: manners.extensions,
      trust,
      greeting: greeting[policy.protocol],
      commands
    }
    const begun = begin({ session: session.toString(16).padStart(12, "0"), peer: flow.peer, told })
    return new Talk(host, options, begun)
  })

/** Thousands of them may be idle at once, so what is not needed then is made when it is. */
class Talk implements Conversation {
  private readonly started: number
  private readonly remote: Endpoint

  constructor(
    private readonly host: Host,
    private readonly options: Options,
    private state: State
  ) {
    this.started = host.now()
    this.remote = state.client.peer.remote
  }

  get isIdle(): Effect.Effect<boolean> {
    return Effect.map(
      this.phase,
      (phase) => phase === "Command" && Option.isNone(this.state.transaction)
    )
  }

  get phase(): Effect.Effect<Phase> {
    return this.host.channel.phase
  }

  get annotations(): Conversation["annotations"] {
    return { session: this.state.client.session, peer: Endpoints.print(this.remote) }
  }

  get run(): Effect.Effect<void, never, Scope.Scope> {
    const { channel, trace } = this.host
    const span = {
      name: "SmtpServer.session",
      root: true,
      attributes: () => ({
        "smtp.session": this.state.client.session,
        "network.peer": Endpoints.print(this.remote)
      })
    }
    const all = Effect.catchAllCause(
      trace(span, () => channel.superviseHere(Effect.suspend(() => this.talk))),
      (cause) => this.end(cause)
    )
    return Effect.checkInterruptible((can) => can ? Effect.uninterruptible(all) : all)
  }

  private get talk(): Turns {
    return Effect.flatMap(this.greet, (welcome) => welcome ? this.turns() : this.host.channel.flush)
  }

  /** The greeting, or the refusal that stands in its place: then there is no session. */
  private get greet(): Effect.Effect<boolean, ChannelError, Scope.Scope> {
    const { channel, greeting, handler, policy, strictness } = this.host
    return Effect.gen(this, function*() {
      channel.expireNow(this.deadline())
      if (!(yield* this.options.admit(this.remote))) {
        const isSecure = policy.protection._tag === "Implicit"
        return isSecure ? false : yield* this.turnAway(Replies.tooManyConnections)
      }
      if (policy.protection._tag === "Implicit") {
        yield* channel.upgrade(policy.protection.tls)
        const peer = yield* channel.peer
        this.state = { ...this.state, client: { ...this.state.client, peer } }
      }
      if (strictness.earlyTalkers === "heard") {
        if (!Duration.equals(strictness.greetingDelay, 0)) {
          yield* Effect.sleep(strictness.greetingDelay)
        }
      } else if (yield* channel.overhear(strictness.greetingDelay)) {
        return yield* this.turnAway(Replies.earlyTalker)
      }
      const verdict = yield* decide(this.host, handler.connect(this.state.client))
      yield* channel.send(Reply.encode(verdict._tag === "Accept" ? greeting : verdict.reply))
      return verdict._tag === "Accept"
    })
  }

  private turnAway(reply: Reply.Reply): Effect.Effect<boolean, ChannelError> {
    return Effect.as(this.host.channel.send(Reply.encode(reply)), false)
  }

  /** Commands and their replies: what is at hand is gone on with in plain code. */
  private turns(): Turns {
    const { channel, commands } = this.host
    for (;;) {
      channel.enterNow("Command")
      channel.expireNow(this.deadline())
      if (Option.isNone(this.state.transaction) && this.options.draining()) {
        channel.sendNow(Reply.encode(Replies.shuttingDown))
        return channel.flush
      }
      const command = channel.receiveNow(commands)
      if (Option.isNone(command)) {
        return Effect.flatMap(channel.receive(commands), (late) => this.turn(late) ?? this.turns())
      }
      const rest = this.turn(command.value)
      if (rest !== undefined) return rest
    }
  }

  /** What is left to do about a line, where that is more than the next turn. */
  private turn(command: Line): Turns | undefined {
    const answer = this.obey(command)
    if (!AtOnce.isMade(answer)) {
      return Effect.flatMap(answer, (turn) => this.tell(command, turn) ?? this.turns())
    }
    return Exit.isSuccess(answer) ? this.tell(command, answer.value) : Exit.failCause(answer.cause)
  }

  /** What comes of one line. */
  private obey(command: Line): Answer {
    const counted = { ...this.state, commands: this.state.commands + 1 }
    if (counted.commands > this.host.limits.commands) return close(Replies.tooManyCommands)
    if (Either.isLeft(command)) {
      return mistake(this.host, Replies.badCommand(command.left), counted)
    }
    const { right } = command
    return this.host.trace(
      { name: "SmtpServer.command", attributes: () => ({ "smtp.command": right._tag }) },
      () => respond(this.host, counted, right)
    )
  }

  /** Says what a line came to; the same. */
  private tell(command: Line, { after, replies }: Turn): Turns | undefined {
    const { channel } = this.host
    let isFull = false
    for (const reply of replies) isFull = channel.sendNow(Reply.encode(reply))
    if (Option.isNone(after)) return channel.flush
    this.state = Leftover.note(command, Xclient.forget(this.state, after.value))
    return isFull ? Effect.flatMap(channel.flush, () => this.turns()) : undefined
  }

  private deadline(): number {
    return Deadline.at(this.options.policy, this.host.limits, this.started, this.state)
  }

  /** What is left to do after an end that nobody asked for. */
  private end(cause: Cause.Cause<ChannelError>): Effect.Effect<void> {
    const farewell = Farewell.make(this.host.channel, this.options.manners.timeouts.Quit)
    return Either.match(Cause.failureOrCause(cause), {
      onLeft: (error) =>
        Effect.logDebug("session ended").pipe(
          Effect.annotateLogs({ reason: error._tag, phase: error.phase }),
          Effect.zipRight(farewell.after(error))
        ),
      onRight: (defect) =>
        Cause.isInterrupted(defect)
          ? Effect.zipRight(farewell.say(Replies.shuttingDown), Effect.failCause(defect))
          : Effect.failCause(defect)
    })
  }
}
