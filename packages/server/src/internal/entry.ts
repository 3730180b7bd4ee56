import type * as Domain from "@effect-smtp/wire/Domain"
import type * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ClientInfo } from "../ClientInfo.js"
import type { Envelope, Recipient } from "../Envelope.js"
import type { Incoming } from "../Incoming.js"
import type { Addressed, Route } from "../Route.js"
import * as Verdict from "../Verdict.js"

/** What a route does, whatever it finds in addresses. */
export interface Entry<E, R> {
  readonly takes: (
    path: ForwardPath.ForwardPath,
    isServed: (path: ForwardPath.ForwardPath) => boolean
  ) => boolean
  readonly serves: (domain: Domain.Domain) => boolean
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
}

/** Which addresses a route is for. */
export interface Matcher<Captures> {
  readonly match: (path: ForwardPath.ForwardPath) => Option.Option<Captures>
  readonly serves: (domain: Domain.Domain) => boolean
}

export const make = <Captures, E, R>(
  { match, serves }: Matcher<Captures>,
  route: Route<Captures, E, R>
): Entry<E, R> => {
  const address = (recipient: Recipient) =>
    Option.map(
      match(recipient.path),
      (captures): Addressed<Captures> => ({ ...recipient, captures })
    )
  return {
    takes: (path) => Option.isSome(match(path)),
    serves,
    recipient: (client, envelope, recipient) =>
      Option.match(address(recipient), {
        onNone: () => Effect.succeed(Verdict.noSuchMailbox),
        onSome: (to) =>
          route.recipient?.({ client, envelope, to }) ?? Effect.succeed(Verdict.recipientOk)
      }),
    message: (client, envelope, message) => {
      const to = Arr.filterMap(envelope.recipients, address)
      return Arr.isNonEmptyReadonlyArray(to)
        ? route.message({ client, envelope, to, message })
        : Effect.succeed(Verdict.localError)
    }
  }
}
