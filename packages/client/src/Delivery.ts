/**
 * Delivery: one message to all of its recipients, in as many transactions as the server's limits ask
 * for (RFC 9422). Where it says how many recipients (RCPTMAX) or domains (RCPTDOMAINMAX) one
 * transaction may have, a longer envelope is split, and the message is sent again for each part. The
 * outcome is one all the same.
 *
 * If the first part fails, so does the delivery: nothing was settled before, and nothing is tried after.
 * If a later one does, its recipients and those not yet named are `failed` in the outcome, since an
 * error would deny what was delivered.
 *
 * @module
 */
import { TimedOut } from "@effect-smtp/protocol/ChannelError"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Body } from "./Body.js"
import type { Envelope } from "./Envelope.js"
import * as Fates from "./internal/fates.js"
import { fit } from "./internal/fit.js"
import * as Needs from "./internal/needs.js"
import * as Session from "./internal/session.js"
import { each } from "./internal/settled.js"
import * as Transfers from "./internal/transfer.js"
import type { Failure, Outcome } from "./Outcome.js"
import type { Fate, SmtpError } from "./SmtpError.js"
import { ConnectionFailed, Unsupported } from "./SmtpError.js"
import * as Transaction from "./Transaction.js"
import * as Window from "./Window.js"

/**
 * - `recipients`: what a refused one means for the others: nothing, by default (`BestEffort`); or
 *   that nobody gets the message (`AllOrNothing`): the accepted ones are `failed` then, with the
 *   refusal. Only what the server says to RCPT counts: what it says to the message is too late.
 * - `prdr`: whether to ask for a verdict on the message for each recipient (Exim's PRDR) where the
 *   server offers it. By default it is not asked for.
 * - `total`: the longest that the delivery may take, from its turn on, whatever each phase may; no
 *   limit by default. When it is over the delivery fails with `TimedOut`, and the connection is dead.
 * - `onInterrupt`: is run if the delivery is interrupted, and told whether the message may have been
 *   delivered, to anybody: an interrupted effect has neither a value nor an error to say so. The
 *   interruption waits for it. Whoever wants to hear of the other ends at the same place puts
 *   `Effect.onExit` around the delivery.
 */
export interface Options {
  readonly recipients?: Needs.Policy
  readonly prdr?: Needs.Manner["prdr"]
  readonly total?: Duration.DurationInput
  readonly onInterrupt?: (fate: Fate) => Effect.Effect<void>
}

/** What is to be delivered, and where it is noted what became of it. */
interface Job {
  readonly envelope: Envelope
  readonly body: Body
  readonly options: Options
  readonly known: Fates.Known
}

/** How the message is announced, and to whom in which part; an error if the server lacks what it needs. */
export const plan = (
  session: Session.Session,
  secure: boolean,
  { body, envelope, options }: Omit<Job, "known">
): Either.Either<
  { readonly plan: Needs.Plan; readonly parts: Arr.NonEmptyReadonlyArray<Part> },
  SmtpError
> =>
  Either.flatMap(
    Needs.plan(
      session,
      { secure, policy: options.recipients ?? "BestEffort", prdr: options.prdr ?? "Unused" },
      envelope,
      body
    ),
    (plan) => {
      const parts = split(Session.limits(session), plan.recipients)
      return parts.length > 1 && plan.policy === "AllOrNothing"
        ? Either.left(
          new Unsupported({
            phase: "Mail",
            extension: "LIMITS",
            reason: "the recipients, all or none, do not fit into one transaction"
          })
        )
        : Either.right({ plan, parts })
    }
  )

/** Delivers one message. It fails before MAIL when the server lacks what the message needs. */
export const exchange = (
  session: Session.Session,
  job: Job
): Effect.Effect<Outcome, SmtpError> =>
  Effect.gen(function*() {
    const { body, known, options } = job
    const begun = yield* Clock.currentTimeMillis
    const { tls } = yield* session.channel.peer
    const { parts: [first, ...more], plan: whole } = yield* plan(session, Option.isSome(tls), job)
    const transact = (recipients: Part) =>
      inTime(
        session,
        begun,
        options.total,
        transaction(session, { ...whole, recipients }, body, known)
      )
    const outcome = yield* transact(first)
    return more.length === 0 ? outcome : yield* goOn(each(outcome), more, transact)
  })

/** A window of its own, or a transaction step by step. */
const transaction = (
  session: Session.Session,
  plan: Needs.Plan,
  body: Body,
  known: Fates.Known
): Effect.Effect<Outcome, SmtpError> =>
  Option.match(fit(session, plan, body, known), {
    onNone: () => Fates.note(known, Transaction.exchange(session, plan, body)),
    onSome: (fitting) =>
      Effect.flatMap(fitting, (transfer) =>
        Effect.matchEffect(Window.exchange(session, [transfer]), {
          onFailure: (error) =>
            Effect.zipRight(
              session.channel.abandon,
              Transfers.result(transfer, Option.some(error))
            ),
          onSuccess: () => Transfers.result(transfer, Option.none())
        }))
  })

/** Ends a transaction when the time for the whole delivery is over. */
const inTime = (
  { channel }: Session.Session,
  begun: number,
  total: Duration.DurationInput | undefined,
  transaction: Effect.Effect<Outcome, SmtpError>
): Effect.Effect<Outcome, SmtpError> => {
  if (total === undefined) return transaction
  const after = Duration.decode(total)
  const over = Effect.flatMap(
    channel.phase,
    (phase) => Effect.fail(new ConnectionFailed({ cause: new TimedOut({ phase, after }) }))
  )
  const left = Effect.map(
    Clock.currentTimeMillis,
    (now) => Math.max(0, begun + Duration.toMillis(after) - now)
  )
  return Effect.flatMap(
    left,
    (millis) => Effect.raceFirst(transaction, Effect.zipRight(Effect.sleep(millis), over))
  )
}

type Part = Arr.NonEmptyReadonlyArray<Needs.Addressed>

const goOn = (
  before: Outcome,
  parts: ReadonlyArray<Part>,
  transact: (part: Part) => Effect.Effect<Outcome, SmtpError>
): Effect.Effect<Outcome, SmtpError> =>
  Effect.gen(function*() {
    const [part, ...rest] = parts
    if (part === undefined) return before
    const tried = yield* Effect.either(transact(part))
    if (Either.isRight(tried)) return yield* goOn(merge(before, each(tried.right)), rest, transact)
    const error = tried.left
    const failures = (of: Part, fate: Fate): ReadonlyArray<Failure> =>
      of.map(({ recipient }) => ({ recipient, error, fate }))
    return {
      ...before,
      failed: [
        ...before.failed,
        ...failures(part, error.fate),
        ...rest.flatMap((untried) => failures(untried, "NotDelivered"))
      ]
    }
  })

const merge = (before: Outcome, after: Outcome): Outcome => ({
  accepted: [...before.accepted, ...after.accepted],
  rejected: [...before.rejected, ...after.rejected],
  failed: [...before.failed, ...after.failed],
  reply: Option.none()
})

/** The recipients in order, cut where the next one would be too many or of a domain too many. */
const split = (
  { rcptDomainMax, rcptMax }: ReturnType<typeof Session.limits>,
  recipients: Part
): Arr.NonEmptyReadonlyArray<Part> => {
  if (recipients.length === 1 || Option.isNone(rcptMax) && Option.isNone(rcptDomainMax)) {
    return [recipients]
  }
  const most = Option.getOrElse(rcptMax, () => Infinity)
  const mostDomains = Option.getOrElse(rcptDomainMax, () => Infinity)
  const parts: Arr.NonEmptyArray<Arr.NonEmptyArray<Needs.Addressed>> = [[recipients[0]]]
  let domains = new Set([domain(recipients[0])])
  for (const next of recipients.slice(1)) {
    const part = Arr.lastNonEmpty(parts)
    const tooMany = part.length >= most ||
      (!domains.has(domain(next)) && domains.size >= mostDomains)
    if (tooMany) {
      parts.push([next])
      domains = new Set([domain(next)])
    } else {
      part.push(next)
      domains.add(domain(next))
    }
  }
  return parts
}

/** The name that domains are told apart by; the postmaster of the server has none. */
const domain = ({ recipient }: Needs.Addressed): string =>
  Option.match(ForwardPath.toMailbox(recipient), {
    onNone: () => "",
    onSome: (mailbox) => Domain.print(mailbox.domain).toLowerCase()
  })
