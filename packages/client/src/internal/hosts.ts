/** The recipients of one domain, and the hosts that are tried for them. */
import type * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import { TimedOut } from "@effect-smtp/protocol/ChannelError"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Job } from "../Deliveries.js"
import type { Options } from "../DirectDelivery.js"
import type { Recipient } from "../Envelope.js"
import * as MailExchange from "../MailExchange.js"
import type { Outcome } from "../Outcome.js"
import type * as Resolver from "../Resolver.js"
import { NoAddress, NoAnswer, NoDomain } from "../RouteError.js"
import * as Sendmail from "../Sendmail.js"
import * as SmtpClient from "../SmtpClient.js"
import type { SmtpError } from "../SmtpError.js"
import { ConnectionFailed, Unroutable } from "../SmtpError.js"
import * as Fates from "./fates.js"
import type { Settled } from "./settled.js"
import * as Settling from "./settled.js"
import type { Note } from "./telling.js"

/** Recipients of one domain, and their places in the envelope. The postmaster of a server has no domain. */
export interface Group {
  readonly domain: Option.Option<Domain.Domain>
  readonly recipients: Arr.NonEmptyReadonlyArray<Recipient>
  readonly places: ReadonlyArray<number>
}

/** When the time for all of a message is over, in milliseconds, and how long it was. */
export interface End {
  readonly at: number
  readonly after: Duration.Duration
}

/** The end of the time that begins now; without a time there is none. */
export const end = (total: Duration.DurationInput | undefined): Effect.Effect<End> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const after = Duration.decode(total ?? Duration.infinity)
    return { at: now + Duration.toMillis(after), after }
  })

/** What is to be done for each domain, and how; `note` hears what may have been delivered. */
export interface Task {
  readonly options: Options
  readonly job: Job
  readonly note: Note
  readonly end: End
}

/** A recipient's place in the envelope, and what has become of it. */
export interface Place {
  readonly place: number
  readonly settled: Settled
}

/** Brings the recipients of a domain to their end, host by host. */
export const settle = (
  task: Task,
  group: Group
): Effect.Effect<ReadonlyArray<Place>, never, Dialer.Dialer | Resolver.Resolver> =>
  Effect.map(
    Effect.flatMap(Effect.either(route(task, group)), (found) =>
      Either.isRight(found)
        ? inTurn(task, found.right, group.recipients)
        : Effect.succeed(group.recipients.map(Settling.failed(found.left)))),
    (all) => all.map((settled, at) => ({ place: group.places[at], settled }))
  )

/** The hosts for a domain, in their order. */
const route = (task: Task, { domain }: Group) =>
  Effect.gen(function*() {
    if (Option.isNone(domain)) return yield* new NoDomain()
    return yield* Effect.timeoutFail(MailExchange.find(domain.value, task.options), {
      duration: Math.max(0, yield* left(task)),
      onTimeout: () =>
        new NoAnswer({
          domain: Domain.print(domain.value),
          detail: `not within ${Duration.format(task.end.after)}`
        })
    })
  }).pipe(Effect.mapError((cause) => new Unroutable({ cause })))

const left = ({ end }: Task): Effect.Effect<number> =>
  Effect.map(Clock.currentTimeMillis, (now) => end.at - now)

/** Each host gets the recipients that those before have left. */
const inTurn = (
  task: Task,
  [first, ...others]: Arr.NonEmptyReadonlyArray<MailExchange.Host>,
  recipients: Group["recipients"]
): Effect.Effect<ReadonlyArray<Settled>, never, Dialer.Dialer> =>
  Effect.gen(function*() {
    const all = Array.from(yield* attempt(task, first, recipients))
    for (const host of others) {
      const open = Arr.filterMap(
        all,
        (settled, at) => Settling.isOpen(settled) ? Option.some(at) : Option.none()
      )
      if (!Arr.isNonEmptyReadonlyArray(open) || (yield* left(task)) <= 0) break
      const again = yield* attempt(task, host, Arr.map(open, (at) => recipients[at]))
      open.forEach((at, index) => all[at] = Settling.after(all[at], again[index]))
    }
    return all
  })

/** What becomes of each recipient at one host. */
const attempt = (
  task: Task,
  { host }: MailExchange.Host,
  recipients: Group["recipients"]
): Effect.Effect<ReadonlyArray<Settled>, never, Dialer.Dialer> =>
  session(task, host, recipients).pipe(
    Effect.match({
      onFailure: (error) => recipients.map(Settling.failed(error)),
      onSuccess: (outcome) => Settling.fromOutcome(recipients, outcome)
    }),
    Effect.withSpan("DirectDelivery.host", { attributes: { host: Domain.print(host) } })
  )

/** A session for these recipients, as long as there is time. */
const session = (
  task: Task,
  host: Domain.Domain,
  to: Group["recipients"]
): Effect.Effect<Outcome, SmtpError, Dialer.Dialer> =>
  Effect.gen(function*() {
    const { job: { body, envelope, options }, options: { perHost, port, security, ...own } } = task
    const name = Domain.printBare(host)
    const millis = Math.max(
      0,
      Math.min(Duration.toMillis(perHost ?? Duration.infinity), yield* left(task))
    )
    const late = new TimedOut({ phase: "Connect", after: Duration.millis(millis) })
    const last = yield* end(millis)
    const client = yield* Effect.timeoutFail(
      SmtpClient.connect(Endpoint.Tcp({ host: name, port: port ?? Sendmail.port }), {
        ...own,
        security: security?.(host) ?? Sendmail.security({ host: name })
      }),
      { duration: millis, onTimeout: () => new ConnectionFailed({ cause: late }) }
    ).pipe(Effect.mapError((error) =>
      hasNoAddress(error) ? new Unroutable({ cause: new NoAddress({ host: name }) }) : error
    ))
    const delivery = client.deliver({ ...envelope, to }, body, {
      ...options,
      total: Math.max(0, last.at - (yield* Clock.currentTimeMillis)),
      onInterrupt: (fate) =>
        fate === "Unknown" && options?.onInterrupt !== undefined
          ? options.onInterrupt(fate)
          : Effect.void
    })
    // Before the goodbye, which an interruption may hit, too.
    return yield* Effect.onExit(delivery, (exit) =>
      Effect.sync(() => {
        if (Fates.reached(exit) === "Unknown") {
          task.note(task.job, exit)
        }
      }))
  }).pipe(Effect.scoped)

const hasNoAddress = (error: SmtpError): boolean =>
  error._tag === "ConnectionFailed" && error.cause._tag === "TransportFailed" &&
  error.cause.cause.during === "dial" && error.cause.cause.reason === "NotFound"
