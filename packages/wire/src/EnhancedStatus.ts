/**
 * Enhanced status codes: the `5.1.1` of `550 5.1.1 No such user` (RFC 3463; in replies RFC 2034;
 * the registry of meanings RFC 5248). Here: the value and its text; which reply carries it is
 * `Reply`.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Equivalence_ from "effect/Equivalence"
import * as Option from "effect/Option"
import * as Order_ from "effect/Order"

/** Success, persistent transient failure, permanent failure (RFC 3463 section 2). */
export type Class = 2 | 4 | 5

/** `class.subject.detail`; subject and detail are whole numbers from 0 to 999. */
export interface EnhancedStatus {
  readonly class: Class
  readonly subject: number
  readonly detail: number
}

/** The text is not an enhanced status code. */
export class EnhancedStatusError extends Data.TaggedError("EnhancedStatusError")<{
  readonly offset: number
  readonly expected: string
}> {
  override get message(): string {
    return `enhanced status code: expected ${this.expected} at offset ${this.offset}`
  }
}

/**
 * A code of the given parts. Parts out of range are brought to the nearest whole number in range.
 */
export const make = (klass: Class, subject: number, detail: number): EnhancedStatus => ({
  class: klass,
  subject: part(subject),
  detail: part(detail)
})

const part = (n: number): number => Number.isNaN(n) ? 0 : Math.min(999, Math.max(0, Math.trunc(n)))

/**
 * Reads a whole text as one code: `2`, `4` or `5`, then twice a dot and one to three digits.
 * Superfluous zeros (`5.01.1`) are refused, so that each code has one text.
 */
export const parse = (text: string): Either.Either<EnhancedStatus, EnhancedStatusError> =>
  Either.flatMap(
    parsePrefix(text),
    ({ end, status }) =>
      end === text.length ? Either.right(status) : expected("the end of the code", end)
  )

/** Reads a code at the start of a text; `end` is the offset after it. */
export const parsePrefix = (
  text: string
): Either.Either<
  { readonly status: EnhancedStatus; readonly end: number },
  EnhancedStatusError
> => {
  const klass = classOf(text.charCodeAt(0))
  if (klass === undefined) return expected("2, 4 or 5", 0)
  const subject = numberAt(text, 1)
  if (subject === undefined) return expected("a dot and one to three digits", 1)
  const detail = numberAt(text, subject.end)
  if (detail === undefined) return expected("a dot and one to three digits", subject.end)
  return Either.right({
    status: { class: klass, subject: subject.value, detail: detail.value },
    end: detail.end
  })
}

const expected = (what: string, offset: number): Either.Either<never, EnhancedStatusError> =>
  Either.left(new EnhancedStatusError({ expected: what, offset }))

const classOf = (code: number): Class | undefined =>
  code === 0x32 ? 2 : code === 0x34 ? 4 : code === 0x35 ? 5 : undefined

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

/** A dot and up to three digits; a fourth digit is left for the caller to stumble on. */
const numberAt = (
  text: string,
  offset: number
): { readonly value: number; readonly end: number } | undefined => {
  if (text.charCodeAt(offset) !== 0x2e) return undefined
  let end = offset + 1
  let value = 0
  while (end < offset + 4 && isDigit(text.charCodeAt(end))) {
    value = value * 10 + text.charCodeAt(end) - 0x30
    end++
  }
  const digits = end - offset - 1
  const padded = digits > 1 && text.charCodeAt(offset + 1) === 0x30
  return digits === 0 || padded ? undefined : { value, end }
}

/** `5.1.1`. */
export const print = (status: EnhancedStatus): string =>
  `${status.class}.${status.subject}.${status.detail}`

/** Same class, subject and detail. */
export const Equivalence: Equivalence_.Equivalence<EnhancedStatus> = Equivalence_.make((a, b) =>
  a.class === b.class && a.subject === b.subject && a.detail === b.detail
)

/** By class, then subject, then detail. */
export const Order: Order_.Order<EnhancedStatus> = Order_.combineAll<EnhancedStatus>([
  Order_.mapInput(Order_.number, (status) => status.class),
  Order_.mapInput(Order_.number, (status) => status.subject),
  Order_.mapInput(Order_.number, (status) => status.detail)
])

/**
 * What the registry calls each code (RFC 3463, 3886, 4468, 4865, 4954, 5248, 6531, 6710, 7293,
 * 7372, 7504, 7505, 8689), by subject and detail: the class tells success from failure.
 */
export const Registry: ReadonlyMap<string, string> = new Map([
  ["0.0", "Other undefined status"],
  ["1.0", "Other address status"],
  ["1.1", "Bad destination mailbox address"],
  ["1.2", "Bad destination system address"],
  ["1.3", "Bad destination mailbox address syntax"],
  ["1.4", "Destination mailbox address ambiguous"],
  ["1.5", "Destination address valid"],
  ["1.6", "Destination mailbox has moved, no forwarding address"],
  ["1.7", "Bad sender's mailbox address syntax"],
  ["1.8", "Bad sender's system address"],
  ["1.9", "Message relayed to non-compliant mailer"],
  ["1.10", "Recipient address has null MX"],
  ["2.0", "Other or undefined mailbox status"],
  ["2.1", "Mailbox disabled, not accepting messages"],
  ["2.2", "Mailbox full"],
  ["2.3", "Message length exceeds administrative limit"],
  ["2.4", "Mailing list expansion problem"],
  ["3.0", "Other or undefined mail system status"],
  ["3.1", "Mail system full"],
  ["3.2", "System not accepting network messages"],
  ["3.3", "System not capable of selected features"],
  ["3.4", "Message too big for system"],
  ["3.5", "System incorrectly configured"],
  ["3.6", "Requested priority was changed"],
  ["4.0", "Other or undefined network or routing status"],
  ["4.1", "No answer from host"],
  ["4.2", "Bad connection"],
  ["4.3", "Directory server failure"],
  ["4.4", "Unable to route"],
  ["4.5", "Mail system congestion"],
  ["4.6", "Routing loop detected"],
  ["4.7", "Delivery time expired"],
  ["5.0", "Other or undefined protocol status"],
  ["5.1", "Invalid command"],
  ["5.2", "Syntax error"],
  ["5.3", "Too many recipients"],
  ["5.4", "Invalid command arguments"],
  ["5.5", "Wrong protocol version"],
  ["5.6", "Authentication exchange line is too long"],
  ["6.0", "Other or undefined media error"],
  ["6.1", "Media not supported"],
  ["6.2", "Conversion required and prohibited"],
  ["6.3", "Conversion required but not supported"],
  ["6.4", "Conversion with loss performed"],
  ["6.5", "Conversion failed"],
  ["6.6", "Message content not available"],
  ["6.7", "Non-ASCII addresses not permitted for that sender or recipient"],
  ["6.8", "UTF-8 string reply is required, but not permitted by the SMTP client"],
  ["6.9", "UTF-8 header message cannot be transferred to one or more recipients"],
  ["7.0", "Other or undefined security status"],
  ["7.1", "Delivery not authorized, message refused"],
  ["7.2", "Mailing list expansion prohibited"],
  ["7.3", "Security conversion required but not possible"],
  ["7.4", "Security features not supported"],
  ["7.5", "Cryptographic failure"],
  ["7.6", "Cryptographic algorithm not supported"],
  ["7.7", "Message integrity failure"],
  ["7.8", "Authentication credentials invalid"],
  ["7.9", "Authentication mechanism is too weak"],
  ["7.10", "Encryption needed"],
  ["7.11", "Encryption required for requested authentication mechanism"],
  ["7.12", "A password transition is needed"],
  ["7.13", "User account disabled"],
  ["7.14", "Trust relationship required"],
  ["7.15", "Priority level is too low"],
  ["7.16", "Message is too big for the specified priority"],
  ["7.17", "Mailbox owner has changed"],
  ["7.18", "Domain owner has changed"],
  ["7.19", "RRVS test cannot be completed"],
  ["7.20", "No passing DKIM signature found"],
  ["7.21", "No acceptable DKIM signature found"],
  ["7.22", "No valid author-matched DKIM signature found"],
  ["7.23", "SPF validation failed"],
  ["7.24", "SPF validation error"],
  ["7.25", "Reverse DNS validation failed"],
  ["7.26", "Multiple authentication checks failed"],
  ["7.27", "Sender address has null MX"],
  ["7.28", "Mail flood detected"],
  ["7.29", "ARC validation failure"],
  ["7.30", "REQUIRETLS support required"]
])

/** What the registry says of this code, or none where it does not know it. */
export const describe = (status: EnhancedStatus): Option.Option<string> =>
  Option.fromNullable(Registry.get(`${status.subject}.${status.detail}`))
