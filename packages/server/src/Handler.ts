/**
 * Handler: the application's part of a server, as one decision for each phase of a session.
 *
 * A decision that fails or dies becomes 451 4.3.0, and the session goes on.
 *
 * @module
 */
import type { Domain } from "@effect-smtp/wire/Domain"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type { ClientInfo } from "./ClientInfo.js"
import type { Envelope, Recipient } from "./Envelope.js"
import type { Incoming } from "./Incoming.js"
import * as Verdict from "./Verdict.js"

/**
 * The decisions, in the order of a session.
 *
 * - `connect`: on the connection, before the greeting. A refusal is the greeting, and the session ends.
 * - `hello`: on the name the client gives. Its accepting reply is not shown, EHLO has its own.
 * - `mail`: on the sender; the envelope has no recipients yet.
 * - `recipient`: on one recipient, with the envelope so far. The default refuses: a server carries
 *   mail only where it was told to.
 * - `message`: on the message. Accepting means that the server answers for it from then on.
 * - `verify`: on VRFY. `help`: the text of HELP.
 */
export interface Shape<E = unknown, R = never> {
  readonly connect: (client: ClientInfo) => Effect.Effect<Verdict.Verdict, E, R>
  readonly hello: (client: ClientInfo, name: Domain) => Effect.Effect<Verdict.Verdict, E, R>
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
  ) => Effect.Effect<Verdict.Verdict, E, R>
  readonly verify: (client: ClientInfo, argument: string) => Effect.Effect<Verdict.Verdict, E, R>
  readonly help: (client: ClientInfo, topic: string) => Effect.Effect<string, E, R>
}

/** The application's decisions as a service. */
export class Handler extends Context.Tag("@effect-smtp/server/Handler")<Handler, Shape>() {}

/** What an application has to say; `message` it must. */
export type Decisions<E, R> = Partial<Shape<E, R>> & Pick<Shape<E, R>, "message">

const defaults: Omit<Shape<never>, "message"> = {
  connect: () => Effect.succeed(Verdict.ok),
  hello: () => Effect.succeed(Verdict.ok),
  mail: () => Effect.succeed(Verdict.senderOk),
  recipient: () => Effect.succeed(Verdict.relayDenied),
  verify: () => Effect.succeed(Verdict.cannotVerify),
  help: () => Effect.succeed("See RFC 5321")
}

/** A handler from the decisions that differ from the defaults. */
export const make = <E, R>(decisions: Decisions<E, R>): Shape<E, R> => ({
  ...defaults,
  ...decisions
})

/** A handler whose decisions need other services. */
export const layer = <E, R>(decisions: Decisions<E, R>): Layer.Layer<Handler, never, R> =>
  Layer.effect(Handler, Effect.map(Effect.context<R>(), (context) => provide(decisions, context)))

/** A decision that is there already needs no services, and no time to be given them. */
const isMade = <A, E, R>(decision: Effect.Effect<A, E, R>): decision is Exit.Exit<A, E> =>
  Exit.isExit(decision)

const provide = <E, R>(decisions: Decisions<E, R>, context: Context.Context<R>): Shape<E> => {
  const handler = make(decisions)
  const within = <A>(decision: Effect.Effect<A, E, R>): Effect.Effect<A, E> =>
    isMade(decision) ? decision : Effect.provide(decision, context)
  return {
    connect: (client) => within(handler.connect(client)),
    hello: (client, name) => within(handler.hello(client, name)),
    mail: (client, envelope) => within(handler.mail(client, envelope)),
    recipient: (client, envelope, recipient) =>
      within(handler.recipient(client, envelope, recipient)),
    message: (client, envelope, message) => within(handler.message(client, envelope, message)),
    verify: (client, argument) => within(handler.verify(client, argument)),
    help: (client, topic) => within(handler.help(client, topic))
  }
}
