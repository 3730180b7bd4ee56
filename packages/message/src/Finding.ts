/**
 * Finding: what is wrong with a message, as a value: which rule it breaks, how bad that is, and where. The
 * text about it is made last, by {@link explain}. `Lint` looks for them.
 *
 * @module
 */
import * as Data from "effect/Data"

/**
 * - `LineTooLong`: a line of more than 998 octets besides its end (RFC 5322 section 2.1.1, RFC 5321
 *   section 4.5.3.1.6): servers refuse it, or cut it; `octets` are those of the longest. Error;
 * - `LineWide`: a line of more than 78 characters, but no more than 998 octets (RFC 5322 section 2.1.1).
 *   Advice;
 * - `BareCr`: a CR without LF (RFC 5322 section 2.3, RFC 5321 section 2.3.8). Who sends it has to make a
 *   line end of it. Warning;
 * - `BareLf`: an LF without CR, where other lines end in CR LF; where none does, the lines are those of
 *   a text file, and it is nothing (RFC 5321 section 2.3.8). As above;
 * - `Nul`: an octet 0 (RFC 5322 section 2.2 and 2.3), which only BINARYMIME carries: an error unless the
 *   server offers that, else a warning;
 * - `NoFinalLineEnd`: the last line has no end; who sends it adds one (RFC 5321 section 4.1.1.4). Advice;
 * - `NeedsEightBitMime`: an octet above 127 in the content (RFC 6152). An error where the server does not
 *   offer 8BITMIME, advice where no server was named;
 * - `NeedsSmtpUtf8`: UTF-8 in the header (RFC 6532, RFC 6531 section 3.1). As above, with SMTPUTF8;
 * - `NeedsBinaryMime`: it is to be sent as it is (RFC 3030). As above, with BINARYMIME and CHUNKING;
 * - `NotUtf8`: octets above 127 in the header that are no UTF-8 (RFC 6532 section 3.1). Error;
 * - `TooBig`: more octets than the server takes (RFC 1870 section 6.1), counted with CR LF line ends. Error;
 * - `NotAField`: a line in the header that is no field: without a name of printable ASCII characters and a
 *   colon right behind it, or folded with nothing before it (RFC 5322 section 2.2). The rest of the header
 *   is looked at all the same. Error;
 * - `BlankFold`: a folded line of white space alone, which some take for the end of the header (RFC 5322
 *   section 3.2.2). Warning;
 * - `FieldMissing`: no From or Date field (RFC 5322 section 3.6), an error; no Message-ID (section 3.6.4), a
 *   warning;
 * - `FieldRepeated`: a field more than once that may be there once (RFC 5322 section 3.6). Error;
 * - `FromMalformed`: the From field is no list of mailboxes (RFC 5322 section 3.6.2). Error;
 * - `DateMalformed`: the Date field is no date and time (RFC 5322 section 3.3). Warning;
 * - `SenderMissing`: several authors in From, and no Sender (RFC 5322 section 3.6.2). Error;
 * - `BccKept`: a Bcc field, which shows to everybody whom it names (RFC 5322 section 3.6.3). Warning;
 * - `MimeVersionMissing`: MIME fields without MIME-Version (RFC 2045 section 4). Warning.
 */
export type Rule = Data.TaggedEnum<{
  LineTooLong: { readonly octets: number }
  LineWide: { readonly characters: number }
  BareCr: {}
  BareLf: {}
  Nul: {}
  NoFinalLineEnd: {}
  NeedsEightBitMime: {}
  NeedsSmtpUtf8: {}
  NeedsBinaryMime: {}
  NotUtf8: {}
  TooBig: { readonly octets: number; readonly limit: number }
  NotAField: {}
  BlankFold: {}
  FieldMissing: { readonly name: string }
  FieldRepeated: { readonly name: string }
  FromMalformed: {}
  DateMalformed: {}
  SenderMissing: { readonly authors: number }
  BccKept: {}
  MimeVersionMissing: {}
}>

/** Constructors and matchers of {@link Rule}. */
export const Rule = Data.taggedEnum<Rule>()

/**
 * - `Error`: it must not be sent so: it will be refused, or arrive as something else;
 * - `Warning`: it may be refused, or read in more than one way;
 * - `Advice`: it could be better, or depends on the server.
 */
export type Severity = "Error" | "Warning" | "Advice"

/** A line, from 1, and the octets before it or, if it is about one octet, before that. */
export interface Place {
  readonly line: number
  readonly offset: number
}

/** A rule that is broken `times` times, and where for the first time. */
export interface Finding {
  readonly rule: Rule
  readonly severity: Severity
  readonly at: Place
  readonly times: number
}

/** Whether the message must not be sent so. */
export const isError = ({ severity }: Finding): boolean => severity === "Error"

/** What is wrong, in a few words, without the place. */
export const explain = ({ rule, severity }: Finding): string =>
  Rule.$match(rule, {
    LineTooLong: ({ octets }) => `a line of ${octets} octets; at most 998 may stand before its end`,
    LineWide: ({ characters }) => `a line of ${characters} characters; 78 can be read everywhere`,
    BareCr: () => "a CR without LF, which becomes the end of a line",
    BareLf: () => "an LF without CR, which becomes the end of a line, as CR LF is",
    Nul: () => "an octet 0, which only BINARYMIME can carry",
    NoFinalLineEnd: () => "the last line has no end, and is given one",
    NeedsEightBitMime: () => `8-bit content${needs(severity, "8BITMIME")}`,
    NeedsSmtpUtf8: () => `UTF-8 in the header${needs(severity, "SMTPUTF8")}`,
    NeedsBinaryMime: () => `binary content${needs(severity, "BINARYMIME with CHUNKING")}`,
    NotUtf8: () => "octets in the header that are neither ASCII nor UTF-8",
    TooBig: ({ limit, octets }) => `${octets} octets; the server takes ${limit}`,
    NotAField: () => "a line of the header that is no field: name, colon, and what it says",
    BlankFold: () => "a folded line of nothing but white space",
    FieldMissing: ({ name }) => `no ${name} field`,
    FieldRepeated: ({ name }) => `another ${name} field; one is allowed`,
    FromMalformed: () => "the From field is not a list of addresses",
    DateMalformed: () => "the Date field is not a date and time",
    SenderMissing: ({ authors }) =>
      `${authors} authors in From, and no Sender to be the one who sends`,
    BccKept: () => "a Bcc field, which shows the hidden recipients",
    MimeVersionMissing: () => "Content fields without MIME-Version"
  })

const needs = (severity: Severity, extension: string): string =>
  severity === "Error"
    ? `, and the server does not offer ${extension}`
    : `: the server has to offer ${extension}`

/** Where the rule is from. */
export const section = (rule: Rule): string => sections[rule._tag]

const sections: Readonly<Record<Rule["_tag"], string>> = {
  LineTooLong: "RFC 5322 section 2.1.1",
  LineWide: "RFC 5322 section 2.1.1",
  BareCr: "RFC 5322 section 2.3",
  BareLf: "RFC 5322 section 2.3",
  Nul: "RFC 5322 section 2.3",
  NoFinalLineEnd: "RFC 5321 section 4.1.1.4",
  NeedsEightBitMime: "RFC 6152 section 2",
  NeedsSmtpUtf8: "RFC 6531 section 3.1",
  NeedsBinaryMime: "RFC 3030 section 3",
  NotUtf8: "RFC 6532 section 3.1",
  TooBig: "RFC 1870 section 6.1",
  NotAField: "RFC 5322 section 2.2",
  BlankFold: "RFC 5322 section 3.2.2",
  FieldMissing: "RFC 5322 section 3.6",
  FieldRepeated: "RFC 5322 section 3.6",
  FromMalformed: "RFC 5322 section 3.6.2",
  DateMalformed: "RFC 5322 section 3.3",
  SenderMissing: "RFC 5322 section 3.6.2",
  BccKept: "RFC 5322 section 3.6.3",
  MimeVersionMissing: "RFC 2045 section 4"
}

/** `error at line 3, octet 75: no Date field (FieldMissing, RFC 5322 section 3.6)` */
export const print = (finding: Finding): string => {
  const { at, rule, severity, times } = finding
  return `${severity.toLowerCase()} at line ${at.line}, octet ${at.offset}: ${explain(finding)}` +
    `${times > 1 ? `, ${times} times` : ""} (${rule._tag}, ${section(rule)})`
}
