import * as Handler from "@effect-smtp/server/Handler"
import type { IncomingError } from "@effect-smtp/server/Incoming"
import * as Router from "@effect-smtp/server/Router"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { pipe } from "effect/Function"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"

/** The support desk: whether there is such a ticket, and what is written to it. */
export class Desk extends Context.Tag("Desk")<Desk, {
  readonly has: (id: string) => Effect.Effect<boolean>
  readonly comment: (
    ids: ReadonlyArray<string>,
    mail: Stream.Stream<Uint8Array, IncomingError>
  ) => Effect.Effect<void, IncomingError>
  readonly open: (topics: ReadonlyArray<string>, mail: Uint8Array) => Effect.Effect<string>
}>() {}

const router = pipe(
  Router.empty,
  Router.recipient("ticket-:id@support.example", {
    recipient: ({ to: { captures: { id } } }) =>
      Effect.map(
        Effect.flatMap(Desk, (desk) => desk.has(id)),
        (known) => known ? Verdict.recipientOk : Verdict.noSuchMailbox
      ),
    message: ({ message, to }) =>
      Effect.gen(function*() {
        const desk = yield* Desk
        yield* desk.comment(to.map(({ captures }) => captures.id), message.stream)
        return Verdict.ok
      })
  }),
  Router.subAddress("help@support.example", {
    message: ({ message, to }) =>
      Effect.gen(function*() {
        const desk = yield* Desk
        const topics = to.map(({ captures: { tag } }) => Option.getOrElse(tag, () => "general"))
        return Verdict.queued(yield* desk.open(topics, yield* message.collect(1024 * 1024)))
      })
  }),
  Router.postmaster({
    message: ({ message }) =>
      Effect.gen(function*() {
        const desk = yield* Desk
        return Verdict.queued(yield* desk.open(["postmaster"], yield* message.collect(1024 * 1024)))
      })
  })
)

/** Nobody writes to the desk without a name to answer to. */
export const support = Handler.layer(Handler.combine(
  {
    mail: (_client, { from }) =>
      Effect.succeed(from._tag === "Null" ? Verdict.denied("No bounces here") : Verdict.senderOk)
  },
  Router.toDecisions(router)
))
