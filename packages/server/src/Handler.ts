/**
 * Handler: the application's part of a server, as one decision for each phase of a session.
 *
 * A decision that fails, dies, interrupts itself or takes longer than the `Handler` phase of the
 * server's `Timeouts` becomes 451 4.3.0, and the session goes on. `Router` makes a handler of routes, each
 * for recipients of its own.
 *
 * A client that hears 451 sends the message again, so what makes it somebody's belongs in
 * `Effect.uninterruptible`. A `message` that is in such a part when its time is over is not interrupted: it
 * has as long again, and its verdict counts. Only after that, at 8 minutes, is it interrupted and 451 said
 * all the same, since the client waits for 10 (RFC 5321 section 4.5.3.2.6): a message that is committed
 * later still will come twice.
 *
 * @module
 */
import * as AtOnce from "@effect-smtp/protocol/AtOnce"
import type { Domain } from "@effect-smtp/wire/Domain"
import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import type { Identity } from "./Authenticator.js"
import type { ClientInfo } from "./ClientInfo.js"
import type { Envelope, Recipient } from "./Envelope.js"
import type { Incoming } from "./Incoming.js"
import * as Incomings from "./Incoming.js"
import * as Verdict from "./Verdict.js"

/**
 * The decisions, in the order of a session.
 *
 * - `connect`: on the connection, before the greeting. A refusal is the greeting, and the session ends.
 * - `hello`: on the name the client gives. Its accepting reply is not shown, EHLO has its own.
 * - `authenticate`: on somebody who has proved to be who it says, and is not logged in yet. Its accepting
 *   reply is not shown either. A refusal for good counts as a failed attempt and comes no sooner than
 *   those do; `Verdict.badCredentials` is the one that nobody can tell from a wrong password.
 * - `mail`: on the sender; the envelope has no recipients yet.
 * - `recipient`: on one recipient, with the envelope so far. The default refuses: a server carries
 *   mail only where it was told to.
 * - `message`: on the message. Accepting means that the server answers for it from then on. Time spent
 *   waiting for the client is not the handler's.
 * - `verdicts`: whether `message` may decide about each recipient apart (`Verdict.each`); then PRDR is
 *   offered, and clients that ask for it are told all of it. LMTP's are told in any case.
 * - `verify`: on VRFY. EHLO says that there is one; without it the reply is 252 2.5.2.
 * - `expand`, `etrn`: on EXPN and ETRN (RFC 1985), which a server that does not have them answers with
 *   502 5.5.1, and does not offer.
 * - `help`: the text of HELP.
 */
export interface Shape<E = unknown, R = never> {
  readonly connect: (client: ClientInfo) => Effect.Effect<Verdict.Verdict, E, R>
  readonly hello: (client: ClientInfo, name: Domain) => Effect.Effect<Verdict.Verdict, E, R>
  readonly authenticate: (
    client: ClientInfo,
    identity: Identity
  ) => Effect.Effect<Verdict.Verdict, E, R>
  readonly mail: (client: ClientInfo, envelope: Envelope) => Effect.Effect<Verdict.Verdict, E, R>
  readonly recipient: (
    client: ClientInfo,
    envelope: Envelope,
    recipient: Recipient
  ) => Effect.Effect<Verdict.Verdict, E, R>
  readonly message: (
    client: ClientInfo,
    envelope: Envelope,
    message: Incoming
  ) => Effect.Effect<Verdict.MessageVerdict, E, R>
  readonly verdicts: Envelope["verdicts"]
  readonly verify: Inquiry<E, R> | undefined
  readonly expand: Inquiry<E, R> | undefined
  readonly etrn: Inquiry<E, R> | undefined
  readonly help: (client: ClientInfo, topic: string) => Effect.Effect<string, E, R>
}

/** A decision on the argument of VRFY, EXPN or ETRN, as written. */
export type Inquiry<E, R> = (
  client: ClientInfo,
  argument: string
) => Effect.Effect<Verdict.Verdict, E, R>

/** The application's decisions as a service. */
export class Handler extends Context.Tag("@effect-smtp/server/Handler")<Handler, Shape>() {}

/** What an application has to say, besides on the message itself. What is not there is not decided. */
export type Guard<E, R> = {
  readonly [Phase in Exclude<keyof Shape, "message" | "verdicts">]?: Shape<E, R>[Phase] | undefined
}

/** What an application has to say; `message` it must. */
export interface Decisions<E, R> extends Guard<E, R> {
  readonly message: Shape<E, R>["message"]
  readonly verdicts?: Shape["verdicts"]
}

/** A handler from the decisions that differ from the defaults. */
export const make = <E, R>(decisions: Decisions<E, R>): Shape<E, R> => ({
  connect: decisions.connect ?? (() => Effect.succeed(Verdict.ok)),
  hello: decisions.hello ?? (() => Effect.succeed(Verdict.ok)),
  authenticate: decisions.authenticate ?? (() => Effect.succeed(Verdict.ok)),
  mail: decisions.mail ?? (() => Effect.succeed(Verdict.senderOk)),
  recipient: decisions.recipient ?? (() => Effect.succeed(Verdict.relayDenied)),
  message: decisions.message,
  verdicts: decisions.verdicts ?? "One",
  verify: decisions.verify,
  expand: decisions.expand,
  etrn: decisions.etrn,
  help: decisions.help ?? (() => Effect.succeed("See RFC 5321"))
})

/** A handler whose decisions need other services. */
export const layer = <E, R>(decisions: Decisions<E, R>): Layer.Layer<Handler, never, R> =>
  Layer.effect(Handler, Effect.map(Effect.context<R>(), (context) => provide(decisions, context)))

const provide = <E, R>(decisions: Decisions<E, R>, context: Context.Context<R>): Shape<E> => {
  const within = <Args extends ReadonlyArray<unknown>, A>(
    decide: (...args: Args) => Effect.Effect<A, E, R>
  ) =>
  (...args: Args): Effect.Effect<A, E> => {
    const decision = decide(...args)
    return AtOnce.isMade(decision) ? decision : Effect.provide(decision, context)
  }
  const maybe = (inquiry: Inquiry<E, R> | undefined) => inquiry && within(inquiry)
  const handler = make(decisions)
  return {
    connect: within(handler.connect),
    hello: within(handler.hello),
    authenticate: within(handler.authenticate),
    mail: within(handler.mail),
    recipient: within(handler.recipient),
    message: within(handler.message),
    verdicts: handler.verdicts,
    verify: maybe(handler.verify),
    expand: maybe(handler.expand),
    etrn: maybe(handler.etrn),
    help: within(handler.help)
  }
}

/** Guards, and the handler that they stand in front of. */
type Parts = readonly [
  ...guards: ReadonlyArray<Guard<unknown, unknown>>,
  handler: Decisions<unknown, unknown>
]

type ErrorOf<Decide> = Decide extends (...args: never) => Effect.Effect<unknown, infer E, unknown>
  ? E
  : never
type ContextOf<Decide> = Decide extends (...args: never) => Effect.Effect<unknown, unknown, infer R>
  ? R
  : never

/** All that is decided in any of the parts. */
type Decided<All extends Parts> = All[number] extends infer Part
  ? Part extends unknown ? Part[keyof Part] : never
  : never

/**
 * Guards in front of a handler, which is the last: in each phase those are asked that decide it, in order,
 * until one refuses; if all of them accept, the reply is the last one's. A phase that none of them decides
 * has the default of {@link make}. The message is the handler's alone, since it can be read but once: who
 * wants to see it first wraps `message`. The texts of HELP stand one after the other.
 */
export function combine<const All extends Parts>(
  ...parts: All
): Decisions<ErrorOf<Decided<All>>, ContextOf<Decided<All>>>
export function combine(...parts: Parts): Decisions<unknown, unknown> {
  const [{ message, verdicts = "One" }] = parts.filter(takesMessages).slice(-1)
  return {
    connect: inTurn(parts.map((_) => _.connect)),
    hello: inTurn(parts.map((_) => _.hello)),
    authenticate: inTurn(parts.map((_) => _.authenticate)),
    mail: inTurn(parts.map((_) => _.mail)),
    recipient: inTurn(parts.map((_) => _.recipient)),
    message,
    verdicts,
    verify: inTurn(parts.map((_) => _.verify)),
    expand: inTurn(parts.map((_) => _.expand)),
    etrn: inTurn(parts.map((_) => _.etrn)),
    help: together(parts.map((_) => _.help))
  }
}

const takesMessages = (
  part: Guard<unknown, unknown>
): part is Decisions<unknown, unknown> => "message" in part

type Maybe<Args extends ReadonlyArray<unknown>, A> =
  | ((...args: Args) => Effect.Effect<A, unknown, unknown>)
  | undefined

const inTurn = <Args extends ReadonlyArray<unknown>>(
  all: ReadonlyArray<Maybe<Args, Verdict.Verdict>>
): Maybe<Args, Verdict.Verdict> =>
  all.filter(Predicate.isNotUndefined).reduce<Maybe<Args, Verdict.Verdict>>(
    (first, next) =>
      first === undefined ? next : (...args) =>
        Effect.flatMap(
          first(...args),
          (verdict) => Verdict.is("Accept")(verdict) ? next(...args) : Effect.succeed(verdict)
        ),
    undefined
  )

const together = <Args extends ReadonlyArray<unknown>>(
  all: ReadonlyArray<Maybe<Args, string>>
): Maybe<Args, string> => {
  const given = all.filter(Predicate.isNotUndefined)
  return Arr.isNonEmptyArray(given)
    ? (...args) =>
      Effect.map(Effect.forEach(given, (help) => help(...args)), (texts) => texts.join("\n"))
    : undefined
}

/**
 * The same handler, to which each message begins with the bytes that are made of the client and the
 * envelope: a `Received:` field for example, which RFC 5321 section 4.4 wants there. They are made once for
 * each message, before `message` is asked; if that fails, so does the decision.
 */
export const prepending = <E, R, E2, R2>(
  decisions: Decisions<E, R>,
  bytes: (client: ClientInfo, envelope: Envelope) => Effect.Effect<Uint8Array, E2, R2>
): Decisions<E | E2, R | R2> => ({
  ...decisions,
  message: (client, envelope, message) =>
    Effect.flatMap(
      bytes(client, envelope),
      (bytes) => decisions.message(client, envelope, Incomings.prepend(message, bytes))
    )
})
