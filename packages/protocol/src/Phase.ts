/**
 * Phase: what a session is in the middle of. Errors name it, timeouts are looked up by it.
 *
 * @module
 */

/**
 * Named for the answer or the bytes that are waited for (RFC 5321 section 4.5.3.2):
 *
 * - `Connect`: the transport, before the first byte;
 * - `Greeting`: the server's first reply;
 * - `Command`: the client's next command, as the server sees it;
 * - `Hello`, `StartTls`, `Auth`, `Mail`, `Recipient`, `Data`, `Reset`, `Noop`, `Verify`, `Expand`,
 *   `Help`, `Etrn`, `Xclient`, `Xforward`, `Quit`: the reply to that command (or, in `Auth`, the next
 *   line of the exchange);
 * - `Handshake`: TLS;
 * - `Content`: the next block of message data;
 * - `Verdict`: the reply after the final dot, where the message changes hands;
 * - `Handler`: the server application's own decision.
 */
export type Phase =
  | "Connect"
  | "Greeting"
  | "Command"
  | "Hello"
  | "StartTls"
  | "Handshake"
  | "Auth"
  | "Mail"
  | "Recipient"
  | "Data"
  | "Content"
  | "Verdict"
  | "Handler"
  | "Reset"
  | "Noop"
  | "Verify"
  | "Expand"
  | "Help"
  | "Etrn"
  | "Xclient"
  | "Xforward"
  | "Quit"
