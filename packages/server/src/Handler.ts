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
 * - `verify`: on VRFY. `help`: the text of HELP. `reset`: the client has dropped the transaction.
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

const provide = <E, R>(decisions: Decisions<E, R>, context: Context.Context<R>): Shape<E> => {
  const handler = make(decisions)
  return {
    connect: (client) => Effect.provide(handler.connect(client), context),
    hello: (client, name) => Effect.provide(handler.hello(client, name), context),
    mail: (client, envelope) => Effect.provide(handler.mail(client, envelope), context),
    recipient: (client, envelope, recipient) =>
      Effect.provide(handler.recipient(client, envelope, recipient), context),
    message: (client, envelope, message) =>
      Effect.provide(handler.message(client, envelope, message), context),
    verify: (client, argument) => Effect.provide(handler.verify(client, argument), context),
    help: (client, topic) => Effect.provide(handler.help(client, topic), context)
  }
}
