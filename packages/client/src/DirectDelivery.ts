/**
 * DirectDelivery: mail straight to the servers of its recipients, with no server of one's own in between
 * (RFC 5321 sections 3.6 and 5.1). The recipients are taken by their domains; for each domain the hosts
 * are found (see `MailExchange`) and tried in turn.
 *
 * The next host is tried for those whom this one could not be asked about, or put off for now (4xx):
 * where it cannot be reached, takes nobody in, fails at EHLO or TLS, lacks what the message needs, or is
 * lost before it could have the message. A recipient that was accepted, or refused for good, is named to
 * nobody else, and neither is one whose message may have been delivered: nobody gets it twice. What is
 * left in the end can be tried again later (`Outcome.worthRetrying`); that is up to the caller.
 *
 * Of a host that has several addresses the `Dialer` takes one that can be connected to; what is said
 * there is the host's word.
 *
 * @module
 */
import type * as Dialer from "@effect-smtp/flow/Dialer"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import type { Body } from "./Body.js"
import type * as Deliveries from "./Deliveries.js"
import type * as Delivery from "./Delivery.js"
import type { Envelope, Recipient } from "./Envelope.js"
import * as Hosts from "./internal/hosts.js"
import * as Settling from "./internal/settled.js"
import * as Telling from "./internal/telling.js"
import type * as MailExchange from "./MailExchange.js"
import type { Carrier } from "./Mailing.js"
import type * as Resolver from "./Resolver.js"
import type { Security } from "./Security.js"
import type * as SmtpClient from "./SmtpClient.js"
import { Unsendable, Unsupported } from "./SmtpError.js"

/**
 * - `port`: of all hosts. Default 25;
 * - `security`: how a session with that host is protected. By default as `Sendmail.security` has it: TLS
 *   where it is offered, with any certificate, since the mail would go out in clear text without one.
 *   `Sendmail.security({ host, tls: { verify: "full" } })` wants a good certificate where there is TLS at
 *   all, and `Security.StartTls` wants TLS. Where a host does not have what is wanted the next one is
 *   tried, and in the end nothing is sent;
 * - `perHost`: the longest that a host may be tried, from dialing to its last reply, whatever each phase
 *   may take; no limit by default. The message is `NotDelivered` then, or its fate `Unknown`, as always;
 * - `concurrency`: domains that are delivered to at the same time, of all messages. Default 10;
 * - `hosts`, `self`: as in {@link MailExchange.Options};
 * - `name`, `timeouts`, `minimumRate`: as in {@link SmtpClient.Options}.
 */
export interface Options
  extends MailExchange.Options, Pick<SmtpClient.Options, "name" | "timeouts" | "minimumRate">
{
  readonly port?: number
  readonly security?: (host: Domain.Domain) => Security
  readonly perHost?: Duration.DurationInput
  readonly concurrency?: number
}

/**
 * It delivers as a `SmtpClient` does, and can stand wherever one carries messages (`Mailing`).
 *
 * - `deliver`: one message, to each of its recipients. Whatever comes of a domain is in the outcome: a
 *   recipient with no way to it has `failed` with `Unroutable`. It fails as a whole only for what no
 *   server is to be asked for: all recipients or none (`AllOrNothing`) where they are of several domains,
 *   `Unsendable`; and `requireTls`, `Unsupported`, since that wants MX records that are proven (RFC 8689
 *   section 4.2.1). The `total` of {@link Delivery.Options} is the time for all of it, looking up included;
 * - `deliverAll`: several messages, with what came of each in their order;
 * - `sessions`: how many deliveries get on side by side.
 */
export type Shape = Carrier

/** Direct delivery as a service. */
export class DirectDelivery extends Context.Tag("@effect-smtp/client/DirectDelivery")<
  DirectDelivery,
  Shape
>() {}

/** Direct delivery, with no connection kept open from one message to the next. */
export const make = (
  options: Options = {}
): Effect.Effect<Shape, never, Dialer.Dialer | Resolver.Resolver> =>
  Effect.gen(function*() {
    const services = yield* Effect.context<Dialer.Dialer | Resolver.Resolver>()
    const concurrency = Math.max(1, Math.trunc(options.concurrency ?? 10))
    const gate = yield* Effect.makeSemaphore(concurrency)

    const one = (job: Deliveries.Job, note: Telling.Note) =>
      Effect.gen(function*() {
        const groups = yield* grouped(job)
        const end = yield* Hosts.end(job.options?.total)
        const settled = yield* Effect.forEach(
          groups,
          (group) => gate.withPermits(1)(Hosts.settle({ options, job, note, end }, group)),
          { concurrency: "unbounded" }
        )
        return Settling.toOutcome(Arr.sort(settled.flat(), byPlace).map((all) => all.settled))
      }).pipe(Effect.provide(services))

    return {
      deliver: Effect.fn("DirectDelivery.deliver")(
        (envelope: Envelope, body: Body, how: Delivery.Options = {}) =>
          Telling.each([{ envelope, body, options: how }], ([job], note) => one(job, note))
      ),
      deliverAll: Effect.fn("DirectDelivery.deliverAll")((jobs: ReadonlyArray<Deliveries.Job>) =>
        Telling.each(jobs, (all, note) =>
          Effect.forEach(all, (job) => Effect.exit(one(job, note)), { concurrency }))
      ),
      sessions: concurrency
    }
  })

/** Direct delivery for as long as the layer lives. */
export const layer = (
  options: Options = {}
): Layer.Layer<DirectDelivery, never, Dialer.Dialer | Resolver.Resolver> =>
  Layer.effect(DirectDelivery, make(options))

const byPlace = Order.mapInput(Order.number, ({ place }: { readonly place: number }) => place)

const domainOf = ({ path }: Recipient): Option.Option<Domain.Domain> =>
  Option.map(ForwardPath.toMailbox(path), ({ domain }) => domain)

/** The recipients by their domains, if the message may go that way at all. */
const grouped = (
  { envelope, options }: Deliveries.Job
): Either.Either<Arr.NonEmptyReadonlyArray<Hosts.Group>, Unsendable | Unsupported> => {
  const all = Arr.map(envelope.to, (recipient, place) => ({
    domain: domainOf(recipient),
    recipient,
    place
  }))
  const byDomain = Order.mapInput(
    Option.getOrder(Domain.Order),
    ({ domain }: typeof all[number]) => domain
  )
  const groups = Arr.map(
    Arr.groupWith(Arr.sort(all, byDomain), (one, other) => byDomain(one, other) === 0),
    (some): Hosts.Group => ({
      domain: some[0].domain,
      recipients: Arr.map(some, ({ recipient }) => recipient),
      places: some.map(({ place }) => place)
    })
  )
  if (envelope.wishes.requireTls) {
    return Either.left(
      new Unsupported({
        phase: "Connect",
        extension: "REQUIRETLS",
        reason: "nothing proves the MX records that were looked up"
      })
    )
  }
  return groups.length > 1 && options?.recipients === "AllOrNothing"
    ? Either.left(
      new Unsendable({
        phase: "Connect",
        cause: new Error("no server decides for all recipients or none, of several domains")
      })
    )
    : Either.right(groups)
}
