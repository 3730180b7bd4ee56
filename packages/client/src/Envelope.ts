/**
 * Envelope: who sends and who receives, as far as the transport is concerned (RFC 5321 section 2.3.1).
 * It has nothing to do with the addresses in the message's own header.
 *
 * @module
 */
import type { AddressError } from "@effect-smtp/wire/AddressError"
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import type * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import * as Arr from "effect/Array"
import * as Either from "effect/Either"

/** One sender, perhaps null, and at least one recipient, in the order they are to be named. */
export interface Envelope {
  readonly from: ReversePath.ReversePath
  readonly to: Arr.NonEmptyReadonlyArray<ForwardPath.ForwardPath>
}

/** An envelope of paths. */
export const make = (envelope: Envelope): Envelope => envelope

/**
 * An envelope from plain addresses (`local@domain`, without angle brackets; UTF-8 allowed). The empty
 * string is the null sender, `postmaster` alone the postmaster.
 */
export const parse = (addresses: {
  readonly from: string
  readonly to: Arr.NonEmptyReadonlyArray<string>
}): Either.Either<Envelope, AddressError> =>
  Either.gen(function*() {
    const mode = AddressMode.withUtf8(AddressMode.strict)
    const from = yield* ReversePath.parse(`<${addresses.from}>`, mode)
    const [first, ...rest] = yield* Either.all(
      Arr.map(addresses.to, (to) => ForwardPath.parse(`<${to}>`, mode))
    )
    return { from, to: [first, ...rest] }
  })

/** Whether any address can only be named under SMTPUTF8 (RFC 6531). */
export const needsUtf8 = (envelope: Envelope): boolean =>
  ReversePath.needsUtf8(envelope.from) || envelope.to.some(ForwardPath.needsUtf8)

/** The same envelope with every domain in its ASCII form (RFC 5890); local parts stay as they are. */
export const toAscii = (envelope: Envelope): Either.Either<Envelope, AddressError> =>
  Either.gen(function*() {
    const from = envelope.from._tag === "Null"
      ? envelope.from
      : ReversePath.fromMailbox(yield* mailboxToAscii(envelope.from.mailbox))
    const [first, ...rest] = yield* Either.all(
      Arr.map(envelope.to, (path) =>
        path._tag === "Postmaster"
          ? Either.right(path)
          : Either.map(mailboxToAscii(path.mailbox), ForwardPath.fromMailbox))
    )
    return { from, to: [first, ...rest] }
  })

const mailboxToAscii = (
  mailbox: Mailbox.Mailbox
): Either.Either<Mailbox.Mailbox, AddressError> =>
  Either.map(Domain.toAscii(mailbox.domain), (domain) => ({ ...mailbox, domain }))
