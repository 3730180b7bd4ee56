/**
 * Extensions: which extensions of SMTP a server offers beyond those that it has always: PIPELINING,
 * ENHANCEDSTATUSCODES, SIZE, and what follows from its policy and its services (STARTTLS, AUTH).
 *
 * The library reads, checks and bounds the parameters of each; the handler finds them in the envelope.
 * What they ask for is up to the application, so those that it must do something about are off: who offers
 * DSN has promised to send notifications.
 *
 * @module
 */
import type * as Duration from "effect/Duration"
import * as Option from "effect/Option"

/**
 * On by default, since a handler that keeps what it is given does all that they ask for:
 *
 * - `eightBitMime`: 8BITMIME (RFC 6152);
 * - `smtpUtf8`: SMTPUTF8 (RFC 6531), which needs 8BITMIME: addresses and headers beyond ASCII;
 * - `chunking`: CHUNKING (RFC 3030): BDAT. The handler sees no difference.
 *
 * Off by default:
 *
 * - `binaryMime`: BINARYMIME (RFC 3030), which needs CHUNKING: a message with `BODY=BINARYMIME` is any
 *   octets, and has to be kept as it is;
 * - `dsn`: DSN (RFC 3461): RET and ENVID of MAIL, NOTIFY and ORCPT of RCPT;
 * - `requireTls`: REQUIRETLS (RFC 8689), under TLS only: a message that asks for it must not be sent on
 *   without;
 * - `rrvs`: RRVS (RFC 7293) of RCPT: only if the mailbox has had one owner since;
 * - `deliverBy`: DELIVERBY (RFC 2852): BY of MAIL. With the least time that may be asked for; 0 is none;
 * - `futureRelease`: FUTURERELEASE (RFC 4865): HOLDFOR and HOLDUNTIL of MAIL. With the longest time;
 * - `mtPriority`: MT-PRIORITY (RFC 6710) of MAIL. With the name of a priority profile, if there is one.
 */
export interface Extensions {
  readonly eightBitMime: boolean
  readonly smtpUtf8: boolean
  readonly chunking: boolean
  readonly binaryMime: boolean
  readonly dsn: boolean
  readonly requireTls: boolean
  readonly rrvs: boolean
  readonly deliverBy: Option.Option<{ readonly minimum: Duration.DurationInput }>
  readonly futureRelease: Option.Option<{ readonly longest: Duration.DurationInput }>
  readonly mtPriority: Option.Option<{ readonly profile: Option.Option<string> }>
}

/** See {@link Extensions}. */
export const defaults: Extensions = {
  eightBitMime: true,
  smtpUtf8: true,
  chunking: true,
  binaryMime: false,
  dsn: false,
  requireTls: false,
  rrvs: false,
  deliverBy: Option.none(),
  futureRelease: Option.none(),
  mtPriority: Option.none()
}

/** The defaults with some of them replaced. What an extension needs has to be on for it to be. */
export const make = (extensions: Partial<Extensions>): Extensions => {
  const wanted = { ...defaults, ...extensions }
  return {
    ...wanted,
    smtpUtf8: wanted.smtpUtf8 && wanted.eightBitMime,
    binaryMime: wanted.binaryMime && wanted.chunking
  }
}
