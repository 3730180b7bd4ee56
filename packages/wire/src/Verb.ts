/**
 * Verb: the names of the commands (RFC 5321 section 4.1.1; 1985, 2033, 3030, 3207, 4954; Postfix).
 * As data, so that a server can list them, or close some.
 *
 * @module
 */
import type { Command } from "./Command.js"

/** The verb of each kind of command; `Extension` has its own. */
export const byTag = {
  Helo: "HELO",
  Ehlo: "EHLO",
  Lhlo: "LHLO",
  Mail: "MAIL",
  Rcpt: "RCPT",
  Data: "DATA",
  Bdat: "BDAT",
  Rset: "RSET",
  Vrfy: "VRFY",
  Expn: "EXPN",
  Help: "HELP",
  Noop: "NOOP",
  Quit: "QUIT",
  StartTls: "STARTTLS",
  Auth: "AUTH",
  Etrn: "ETRN",
  Xclient: "XCLIENT",
  Xforward: "XFORWARD"
} as const satisfies Record<Exclude<Command["_tag"], "Extension">, string>

/** The verbs that every reader of commands knows, in upper case. */
export type Verb = (typeof byTag)[keyof typeof byTag]

/** Every {@link Verb}. */
export const all: ReadonlyArray<Verb> = Object.values(byTag)

/** The verb of a command. */
export const fromCommand = (command: Command): string =>
  command._tag === "Extension" ? command.verb.toUpperCase() : byTag[command._tag]
