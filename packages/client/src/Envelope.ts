/**
 * Envelope: who sends and who receives, as far as the transport is concerned (RFC 5321 section 2.3.1),
 * and what the sender asks of the transport. It has nothing to do with the addresses in the message's
 * own header.
 *
 * @module
 */
import type { AddressError } from "@effect-smtp/wire/AddressError"
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import type * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import * as Arr from "effect/Array"
import * as Either from "effect/Either"

/**
 * What is asked for a whole message: `ret`, `envid`, `auth`, `requireTls`, `by`, `hold`, `mtPriority`,
 * and `rest`, parameters of extensions that nothing is known of. SIZE, BODY and SMTPUTF8 are no
 * wishes: they follow from the message and the addresses. A wish that the server cannot fulfil is an
 * error before MAIL.
 */
export type Wishes = Omit<MailParameters.MailParameters, "size" | "body" | "smtpUtf8">

/** One recipient, and what is asked for it: `notify`, `orcpt`, `rrvs` and `rest`. */
export interface Recipient {
  readonly path: ForwardPath.ForwardPath
  readonly parameters: RcptParameters.RcptParameters
}

/** One sender, perhaps null, and at least one recipient, in the order they are to be named. */
export interface Envelope {
  readonly from: ReversePath.ReversePath
  readonly to: Arr.NonEmptyReadonlyArray<Recipient>
  readonly wishes: Wishes
}

/** Nothing is asked for. */
export const noWishes: Wishes = MailParameters.empty

/** A recipient, for whom nothing is asked but what is given. */
export const recipient = (
  path: ForwardPath.ForwardPath,
  parameters: Partial<RcptParameters.RcptParameters> = RcptParameters.empty
): Recipient => ({
  path,
  parameters: parameters === RcptParameters.empty
    ? RcptParameters.empty
    : { ...RcptParameters.empty, ...parameters }
})

/** An envelope of recipients; nothing is asked for but what is given. */
export const make = (fields: {
  readonly from: ReversePath.ReversePath
  readonly to: Arr.NonEmptyReadonlyArray<Recipient>
  readonly wishes?: Partial<Wishes>
}): Envelope => ({
  from: fields.from,
  to: fields.to,
  wishes: fields.wishes === undefined ? noWishes : { ...noWishes, ...fields.wishes }
})

/** An envelope of paths that asks for nothing. */
export const fromPaths = (
  from: ReversePath.ReversePath,
  to: Arr.NonEmptyReadonlyArray<ForwardPath.ForwardPath>
): Envelope => make({ from, to: Arr.map(to, (path) => recipient(path)) })

/**
 * An envelope from plain addresses (`local@domain`, without angle brackets; UTF-8 allowed). The empty
 * string is the null sender, `postmaster` alone the postmaster.
 */
export const parse = (addresses: {
  readonly from: string
  readonly to: Arr.NonEmptyReadonlyArray<string>
}): Either.Either<Envelope, AddressError> => {
  const from = ReversePath.parse(`<${addresses.from}>`, utf8)
  if (Either.isLeft(from)) return Either.left(from.left)
  const first = named(addresses.to[0])
  if (Either.isLeft(first)) return Either.left(first.left)
  const to: Arr.NonEmptyArray<Recipient> = [first.right]
  for (let index = 1; index < addresses.to.length; index++) {
    const next = named(addresses.to[index])
    if (Either.isLeft(next)) return Either.left(next.left)
    to.push(next.right)
  }
  return Either.right({ from: from.right, to, wishes: noWishes })
}

const utf8 = AddressMode.withUtf8(AddressMode.strict)

const named = (address: string): Either.Either<Recipient, AddressError> =>
  Either.map(ForwardPath.parse(`<${address}>`, utf8), (path) => recipient(path))

/** The same envelope, asking for this too. */
export const withWishes = (envelope: Envelope, wishes: Partial<Wishes>): Envelope => ({
  ...envelope,
  wishes: { ...envelope.wishes, ...wishes }
})

/** The same envelope, asking this too for each recipient. */
export const withParameters = (
  envelope: Envelope,
  parameters: Partial<RcptParameters.RcptParameters>
): Envelope => ({
  ...envelope,
  to: Arr.map(envelope.to, (to) => ({ ...to, parameters: { ...to.parameters, ...parameters } }))
})

/** Whether any address can only be named under SMTPUTF8 (RFC 6531). */
export const needsUtf8 = (envelope: Envelope): boolean =>
  ReversePath.needsUtf8(envelope.from) ||
  envelope.to.some(({ path }) => ForwardPath.needsUtf8(path))

/** The same envelope with every domain in its ASCII form (RFC 5890); local parts stay as they are. */
export const toAscii = (envelope: Envelope): Either.Either<Envelope, AddressError> =>
  Either.gen(function*() {
    const from = envelope.from._tag === "Null"
      ? envelope.from
      : ReversePath.fromMailbox(yield* mailboxToAscii(envelope.from.mailbox))
    const [first, ...rest] = yield* Either.all(
      Arr.map(
        envelope.to,
        ({ parameters, path }) =>
          Either.map(pathToAscii(path), (ascii): Recipient => ({ path: ascii, parameters }))
      )
    )
    return { ...envelope, from, to: [first, ...rest] }
  })

const pathToAscii = (
  path: ForwardPath.ForwardPath
): Either.Either<ForwardPath.ForwardPath, AddressError> =>
  path._tag === "Postmaster"
    ? Either.right(path)
    : Either.map(mailboxToAscii(path.mailbox), ForwardPath.fromMailbox)

const mailboxToAscii = (
  mailbox: Mailbox.Mailbox
): Either.Either<Mailbox.Mailbox, AddressError> =>
  Either.map(Domain.toAscii(mailbox.domain), (domain) => ({ ...mailbox, domain }))
