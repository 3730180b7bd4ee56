import type * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ClientInfo } from "../ClientInfo.js"
import type { Envelope } from "../Envelope.js"
import type { Incoming } from "../Incoming.js"
import { isIncomingError, MessageTooLarge } from "../Incoming.js"
import * as Verdict from "../Verdict.js"
import { among } from "./among.js"
import { apart } from "./apart.js"
import type { Entry } from "./entry.js"

/** Which route an address belongs to, if any. */
export type Find<E, R> = (path: ForwardPath.ForwardPath) => Option.Option<Entry<E, R>>

/** A message for the routes of all of its recipients, which may keep each other waiting that long. */
export const deliver = <E, R>(
  { find, patience }: { readonly find: Find<E, R>; readonly patience: Duration.DurationInput },
  client: ClientInfo,
  envelope: Envelope,
  message: Incoming
): Effect.Effect<Verdict.MessageVerdict, E, R> => {
  const shares = share(find, envelope)
  const [{ route }] = shares
  return shares.length === 1
    ? route.message(client, envelope, message)
    : Effect.map(
      among(
        message,
        shares.map(({ envelope, route }) => (view) =>
          certain(route.message(client, envelope, view))
        ),
        { patience, late: Effect.as(Effect.logError("a route took too long"), Verdict.localError) }
      ),
      (verdicts) => together(envelope, shares, verdicts)
    )
}

/** A route's part in a message: those of its recipients at these places. */
interface Share<E, R> {
  readonly route: Entry<E, R>
  readonly places: ReadonlyArray<number>
  readonly envelope: Envelope
}

/** Whoever accepted a recipient that no route is for has to answer for it. */
const share = <E, R>(
  find: Find<E, R>,
  envelope: Envelope
): ReadonlyArray<Share<E, R>> => {
  const routes = envelope.recipients.map(({ path }) => Option.getOrElse(find(path), () => nobody))
  return Arr.dedupe(routes).map((route) => {
    const places = routes.flatMap((found, place) => found === route ? [place] : [])
    const recipients = places.map((place) => envelope.recipients[place])
    return { route, places, envelope: { ...envelope, recipients } }
  })
}

const nobody: Entry<never, never> = {
  takes: () => false,
  serves: () => false,
  recipient: () => Effect.succeed(Verdict.relayDenied),
  message: () => Effect.succeed(Verdict.relayDenied)
}

/**
 * What goes wrong in one route is no concern of the others; what is wrong with the message, the
 * conversation knows itself.
 */
const certain = <E, R>(
  verdict: Effect.Effect<Verdict.MessageVerdict, E, R>
): Effect.Effect<Verdict.MessageVerdict, never, R> =>
  Effect.catchAllCause(verdict, (cause) => {
    const error = Option.getOrUndefined(Cause.failureOption(cause))
    if (error instanceof MessageTooLarge) return Effect.succeed(Verdict.tooLarge)
    return isIncomingError(error)
      ? Effect.succeed(Verdict.localError)
      : Effect.as(Effect.logError("a route failed", cause), Verdict.localError)
  })

const together = <E, R>(
  envelope: Envelope,
  shares: ReadonlyArray<Share<E, R>>,
  verdicts: ReadonlyArray<Verdict.MessageVerdict>
): Verdict.MessageVerdict => {
  const known = new Map(
    shares.flatMap((share, index) => Arr.zip(share.places, apart(share.envelope, verdicts[index])))
  )
  return Verdict.each(
    envelope.recipients.map((_, place) => known.get(place) ?? Verdict.localError)
  )
}
