/**
 * Timeouts: how long each phase may take. One record for both sides.
 *
 * @module
 */
import type * as Duration from "effect/Duration"
import type { Phase } from "./Phase.js"

/**
 * The longest wait in each phase. Both directions count: a peer that does not take what is written is
 * as late as one that does not answer. `Content` is the time for one block, not for the message.
 */
export type Timeouts = { readonly [P in Phase]: Duration.DurationInput }

/**
 * RFC 5321 section 4.5.3.2: 5 minutes for the greeting, MAIL, RCPT and the server's wait for a command,
 * 2 for DATA, 3 for each block, 10 for the reply after the final dot. The phases the RFC does not time
 * have these: a handler must decide within 4 minutes, before any client's patience ends (about a message,
 * in twice that where it cannot be interrupted: see `Channel.excuse`); a handshake and connecting get
 * 1 minute each; QUIT gets 10 seconds, since nothing depends on its reply.
 */
export const defaults: Timeouts = {
  Connect: "1 minute",
  Greeting: "5 minutes",
  Command: "5 minutes",
  Hello: "5 minutes",
  StartTls: "2 minutes",
  Handshake: "1 minute",
  Auth: "2 minutes",
  Mail: "5 minutes",
  Recipient: "5 minutes",
  Data: "2 minutes",
  Content: "3 minutes",
  Verdict: "10 minutes",
  Handler: "4 minutes",
  Reset: "5 minutes",
  Noop: "5 minutes",
  Verify: "5 minutes",
  Expand: "5 minutes",
  Help: "5 minutes",
  Etrn: "5 minutes",
  Xclient: "5 minutes",
  Xforward: "5 minutes",
  Quit: "10 seconds"
}

/** The defaults with some of them replaced. */
export const make = (timeouts: Partial<Timeouts>): Timeouts => ({ ...defaults, ...timeouts })
