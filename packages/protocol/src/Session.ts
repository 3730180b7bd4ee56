/**
 * The legal order of commands (RFC 5321 section 4.1.4, RFC 3207 section 4.2, RFC 4954 section 4, RFC 1985
 * section 5.1, RFC 3030 section 2), as a table that does not know which side it is on. A server looks a
 * command up before obeying it; a client keeps to it by the order of its exchanges.
 *
 * @module
 */
import * as Option from "effect/Option"

/**
 * What a session expects next:
 *
 * - `Hello`: EHLO, HELO or LHLO; also right after TLS, when everything said before is forgotten;
 * - `Mail`: a transaction, or anything between transactions;
 * - `Recipient`: the first recipient of a transaction;
 * - `RecipientOrData`: more recipients, or the message;
 * - `Closed`: nothing more.
 */
export type State = "Hello" | "Mail" | "Recipient" | "RecipientOrData" | "Closed"

/** Where a session starts. */
export const initial: State = "Hello"

/** The commands that the order speaks of, by the tags of `wire`'s `Command`. */
export type Verb =
  | "Helo"
  | "Ehlo"
  | "Lhlo"
  | "StartTls"
  | "Auth"
  | "Mail"
  | "Rcpt"
  | "Data"
  | "Bdat"
  | "Xclient"
  | "Xforward"
  | "Rset"
  | "Noop"
  | "Vrfy"
  | "Expn"
  | "Etrn"
  | "Help"
  | "Quit"

type Row = { readonly [V in Verb]?: State }

/** Legal in every state, and changing none (RFC 5321 section 4.1.4), but for QUIT, which ends it. */
const always = (state: State) => ({
  Noop: state,
  Vrfy: state,
  Expn: state,
  Help: state,
  Quit: "Closed"
} as const)

/** A greeting and RSET begin again from outside any transaction. */
const hello = { Helo: "Mail", Ehlo: "Mail", Lhlo: "Mail" } as const

const table: { readonly [S in State]: Row } = {
  Hello: { ...always("Hello"), ...hello, Rset: "Hello", Xclient: "Hello", Xforward: "Hello" },
  Mail: {
    ...always("Mail"),
    ...hello,
    Rset: "Mail",
    StartTls: "Hello",
    Auth: "Mail",
    Etrn: "Mail",
    Xclient: "Hello",
    Xforward: "Mail",
    Mail: "Recipient"
  },
  Recipient: { ...always("Recipient"), ...hello, Rset: "Mail", Rcpt: "RecipientOrData" },
  RecipientOrData: {
    ...always("RecipientOrData"),
    ...hello,
    Rset: "Mail",
    Rcpt: "RecipientOrData",
    Data: "Mail",
    Bdat: "Mail"
  },
  Closed: {}
}

/**
 * The state after the command has been carried out (for DATA: with the reply to its content; for BDAT: with
 * that to the last chunk), or none
 * where the command is out of order. A command that is refused leaves the state as it was.
 */
export const next = (state: State, verb: Verb): Option.Option<State> =>
  Option.fromNullable(table[state][verb])

/** What the session waits for, in the words of a 503 reply. */
export const expected: { readonly [S in State]: string } = {
  Hello: "EHLO or HELO",
  Mail: "MAIL",
  Recipient: "RCPT",
  RecipientOrData: "RCPT or DATA",
  Closed: "nothing"
}
