import * as Extension from "@effect-smtp/wire/Extension"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import type * as Reply from "@effect-smtp/wire/Reply"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Extensions } from "../Extensions.js"
import * as Replies from "./replies.js"

/** What is offered on a connection: by whom, whether it is secure, and when (milliseconds). */
export interface Offer {
  readonly extensions: Extensions
  readonly isSecure: boolean
  readonly now: number
}

const when = (on: boolean, extension: Extension.Extension): ReadonlyArray<Extension.Extension> =>
  on ? [extension] : []

/** Whole seconds, of which the grammars allow nine digits. */
const seconds = (duration: Duration.DurationInput): number =>
  Math.min(Math.floor(Duration.toSeconds(duration)), 999_999_999)

/** The last moment, without fractions of a second. A date has four digits for its year. */
const latest = (now: number, longest: Duration.DurationInput): number =>
  Math.min(Math.floor(now / 1000) + seconds(longest), Date.UTC(9999, 11, 31) / 1000) * 1000

/** The lines of EHLO for extensions that the options turn on and off. */
export const offered = (
  { extensions, isSecure, now }: Offer
): ReadonlyArray<Extension.Extension> => [
  ...when(extensions.eightBitMime, Extension.EightBitMime()),
  ...when(extensions.smtpUtf8, Extension.SmtpUtf8()),
  ...when(extensions.chunking, Extension.Chunking()),
  ...when(extensions.binaryMime, Extension.BinaryMime()),
  ...when(extensions.dsn, Extension.Dsn()),
  ...when(extensions.requireTls && isSecure, Extension.RequireTls()),
  ...when(extensions.rrvs, Extension.Rrvs()),
  ...Option.toArray(extensions.deliverBy).map(({ minimum }) =>
    Extension.DeliverBy({ minimum: Option.liftPredicate(seconds(minimum), (_) => _ > 0) })
  ),
  ...Option.toArray(extensions.futureRelease).map(({ longest }) =>
    Extension.FutureRelease({
      interval: seconds(longest),
      dateTime: new Date(latest(now, longest)).toISOString().replace(".000", "")
    })
  ),
  ...Option.toArray(extensions.mtPriority).map(Extension.MtPriority)
]

/** Why these parameters of MAIL cannot be honoured, if they cannot. */
export const refuseMail = (
  offer: Offer,
  parameters: MailParameters.MailParameters
): Option.Option<Reply.Reply> =>
  Option.orElse(
    Option.map(first(MailParameters.toParameters(beyondMail(offer, parameters))), unknown),
    () => outOfBounds(offer, parameters)
  )

/** Why these parameters of RCPT cannot be honoured, if they cannot. */
export const refuseRcpt = (
  extensions: Extensions,
  parameters: RcptParameters.RcptParameters
): Option.Option<Reply.Reply> =>
  Option.map(
    first(RcptParameters.toParameters({
      ...parameters,
      notify: unless(extensions.dsn, parameters.notify),
      orcpt: unless(extensions.dsn, parameters.orcpt),
      rrvs: unless(extensions.rrvs, parameters.rrvs)
    })),
    unknown
  )

const first = <A>(all: ReadonlyArray<A>): Option.Option<A> => Option.fromNullable(all[0])

const unknown = ({ keyword }: { readonly keyword: string }) => Replies.unknownParameter(keyword)

const unless = <A>(on: boolean, value: Option.Option<A>): Option.Option<A> =>
  on ? Option.none() : value

/** What is left of the parameters without those that are offered. */
const beyondMail = (
  { extensions, isSecure }: Offer,
  parameters: MailParameters.MailParameters
): MailParameters.MailParameters => ({
  ...parameters,
  size: Option.none(),
  auth: Option.none(),
  smtpUtf8: parameters.smtpUtf8 && !extensions.smtpUtf8,
  body: Option.filter(
    parameters.body,
    (body) => !(body === "BINARYMIME" ? extensions.binaryMime : extensions.eightBitMime)
  ),
  ret: unless(extensions.dsn, parameters.ret),
  envid: unless(extensions.dsn, parameters.envid),
  requireTls: parameters.requireTls && !(extensions.requireTls && isSecure),
  by: unless(Option.isSome(extensions.deliverBy), parameters.by),
  hold: unless(Option.isSome(extensions.futureRelease), parameters.hold),
  mtPriority: unless(Option.isSome(extensions.mtPriority), parameters.mtPriority)
})

/**
 * Times that are shorter or longer than was offered. Only who wants the message back in the end has to keep
 * to the minimum of DELIVERBY (RFC 2852 section 4).
 */
const outOfBounds = (
  { extensions, now }: Offer,
  { by, hold }: MailParameters.MailParameters
): Option.Option<Reply.Reply> => {
  const tooSoon = Option.exists(
    Option.all([by, extensions.deliverBy]),
    ([{ mode, seconds: asked }, { minimum }]) => mode === "R" && asked < seconds(minimum)
  )
  if (tooSoon) return Option.some(Replies.badParameter("BY is less than the minimum"))
  const tooLate = Option.exists(
    Option.all([hold, extensions.futureRelease]),
    ([asked, { longest }]) =>
      asked._tag === "For"
        ? asked.seconds > seconds(longest)
        : !(Date.parse(asked.dateTime) <= latest(now, longest))
  )
  return tooLate
    ? Option.some(Replies.badParameter("The message cannot be held for so long"))
    : Option.none()
}
