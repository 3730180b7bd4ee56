/**
 * QueueId: the name that a server has given to a message it accepted, for those who look for it in the
 * server's log. There is no standard for it: each kind of server says it in its own words.
 *
 * @module
 */
import * as Reply from "@effect-smtp/wire/Reply"
import * as Arr from "effect/Array"
import * as Option from "effect/Option"

/** How servers say it; the first group is the name. None has a quantifier within another. */
const wordings: ReadonlyArray<RegExp> = [
  // Postfix, SendGrid, Mandrill, our own server: "Ok: queued as 4FqK1z3Xyz"
  /\bqueued as ([!-~]+)/i,
  // Stalwart: "Message queued with id 1a2b3c."
  /\bqueued with id ([!-~]+)/i,
  // Haraka: "Message Queued (CD8C0F5E-6F5A-4B8F-8D5B-0B6C1A2B3C4D.1)"
  /\bqueued \(([!-~]+)\)/i,
  // Exchange: "<a@b> [InternalId=35351, Hostname=mx.example] Queued mail for delivery"
  /\[InternalId=([0-9]+)/i,
  // Exim: "OK id=1rABCD-0001ab-2C"
  /\bid=([!-~]+)/i,
  // Sendmail, OpenSMTPD: "41BDkx1a012345 Message accepted for delivery"
  /^([!-~]+) message accepted for delivery/i,
  // Gmail: "OK  1700000000 d9443c01a7336-1d0.123 - gsmtp"
  /^OK {1,2}[0-9]+ ([!-~]+) - gsmtp/i,
  // qmail: "ok 1700000000 qp 12345"
  /^ok [0-9]+ qp ([0-9]+)/i,
  // Amazon SES: "Ok 0100018c5d7e1234-abcdefab-1234-1234-1234-abcdefabcdef-000000"
  /^Ok ([0-9a-f]{16}-[0-9a-f-]+)$/i,
  // Dovecot's LMTP: "<bob@mx.example> kFqK1z3XyzAbCd Saved"
  /^<[^ >]*> ([!-~]+) saved/i
]

/** Stops and commas belong to the sentence. */
const bare = (text: string): string => text.replace(/[.,;]$/, "")

const read = (line: string): Option.Option<string> =>
  Arr.findFirst(
    wordings,
    (wording) => Option.map(Option.fromNullable(wording.exec(line)?.[1]), bare)
  )

/** The name in the answer to a message, where it was accepted and the wording is known. */
export const fromReply = (reply: Reply.Reply): Option.Option<string> =>
  Reply.isCompletion(reply) ? Arr.findFirst(reply.lines, read) : Option.none()
