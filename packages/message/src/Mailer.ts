/**
 * Mailer: what a program needs to send mail, and no more: who carries it is decided by a layer. In tests
 * {@link layerMemory} keeps what was sent instead.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import type * as Delivery from "@effect-smtp/client/Delivery"
import type { Envelope } from "@effect-smtp/client/Envelope"
import type { Outcome } from "@effect-smtp/client/Outcome"
import { SmtpClient } from "@effect-smtp/client/SmtpClient"
import type { SmtpError } from "@effect-smtp/client/SmtpError"
import { Unsendable } from "@effect-smtp/client/SmtpError"
import { SmtpPool } from "@effect-smtp/client/SmtpPool"
import * as EnhancedStatus from "@effect-smtp/wire/EnhancedStatus"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type { Composed } from "./Composed.js"
import { fromDraft } from "./Composed.js"
import type { ComposeError } from "./ComposeError.js"
import type { Draft } from "./Draft.js"

/**
 * - `send`: composes a message and delivers it;
 * - `deliver`: delivers one that is composed already.
 *
 * Both say what became of each recipient, as the client does; a refused one is no error.
 */
export interface Shape {
  readonly send: (
    draft: Draft,
    options?: Delivery.Options
  ) => Effect.Effect<Outcome, ComposeError | SmtpError>
  readonly deliver: (
    composed: Composed,
    options?: Delivery.Options
  ) => Effect.Effect<Outcome, SmtpError>
}

/** Whoever sends mail for this program. */
export class Mailer extends Context.Tag("@effect-smtp/message/Mailer")<Mailer, Shape>() {}

/** What carries a message: an `SmtpClient`, an `SmtpPool`, or anything that delivers as they do. */
export interface Carrier {
  readonly deliver: (
    envelope: Envelope,
    body: Body.Body,
    options?: Delivery.Options
  ) => Effect.Effect<Outcome, SmtpError>
}

const fromDeliver = (deliver: Shape["deliver"]): Shape => ({
  deliver,
  send: Effect.fn("Mailer.send")((draft: Draft, options?: Delivery.Options) =>
    Effect.flatMap(fromDraft(draft), (composed) => deliver(composed, options))
  )
})

/** A mailer whose messages go that way. */
export const make = (carrier: Carrier): Shape =>
  fromDeliver(({ body, envelope }, options) => carrier.deliver(envelope, body, options))

/** Every message goes over the one session at hand. */
export const layerClient: Layer.Layer<Mailer, never, SmtpClient> = Layer.effect(
  Mailer,
  Effect.map(SmtpClient, make)
)

/** Every message goes over a session of the pool at hand. */
export const layerPool: Layer.Layer<Mailer, never, SmtpPool> = Layer.effect(
  Mailer,
  Effect.map(SmtpPool, make)
)

/**
 * The mailer at hand, by whom every message goes as the function makes it, which composed it or not: with
 * a signature of `Dkim`, with a field of the program's own. What it fails with is the `cause` of an
 * `Unsendable`, and the message does not go.
 */
export const layerBefore = <R>(
  change: (composed: Composed) => Effect.Effect<Composed, unknown, R>
): Layer.Layer<Mailer, never, Mailer | R> =>
  Layer.effect(
    Mailer,
    Effect.zipWith(Mailer, Effect.context<R>(), (mailer, context) =>
      fromDeliver((composed, options) =>
        change(composed).pipe(
          Effect.mapError((cause) =>
            new Unsendable({ phase: "Content", cause })
          ),
          Effect.provide(context),
          Effect.flatMap((changed) => mailer.deliver(changed, options))
        )
      ))
  )

/**
 * A message that was not sent but kept.
 *
 * - `at`: when, in milliseconds of the `Clock`;
 * - `composed`: as it was given;
 * - `bytes`: header and all, as one attempt to deliver it reads them; `Message.decode` reads them again.
 */
export interface Kept {
  readonly at: number
  readonly composed: Composed
  readonly bytes: Uint8Array
}

/** What a mailer in memory has kept, in order; `clear` forgets it. */
export class SentMail extends Context.Tag("@effect-smtp/message/SentMail")<SentMail, {
  readonly messages: Effect.Effect<ReadonlyArray<Kept>>
  readonly clear: Effect.Effect<void>
}>() {}

const kept = Reply.make({ code: 250, enhanced: EnhancedStatus.make(2, 0, 0), text: "kept" })

/**
 * A mailer that delivers nothing: it keeps every message and says that all recipients took it. A stream
 * that fails is an error, as it would be on the way to a server.
 */
export const layerMemory: Layer.Layer<Mailer | SentMail> = Layer.effectContext(
  Effect.map(Ref.make<ReadonlyArray<Kept>>([]), (messages) => {
    const keep = (composed: Composed): Effect.Effect<Outcome, SmtpError> =>
      Effect.gen(function*() {
        const { body, envelope } = composed
        const bytes = yield* Effect.mapError(
          Body.collect(body),
          (cause) => new Unsendable({ phase: "Content", cause })
        )
        const at = yield* Clock.currentTimeMillis
        yield* Ref.update(messages, (all) => [...all, { at, composed, bytes }])
        return {
          accepted: envelope.to.map(({ path }) => ({ recipient: path, reply: kept })),
          rejected: [],
          failed: [],
          reply: Option.some(kept)
        }
      })
    return Context.make(Mailer, fromDeliver(keep)).pipe(
      Context.add(SentMail, { messages: Ref.get(messages), clear: Ref.set(messages, []) })
    )
  })
)
