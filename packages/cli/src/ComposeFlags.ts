/**
 * ComposeFlags: the flags with which `smtp send` composes a message instead of taking one that is written
 * already.
 *
 * @module
 */
import type { Parameter } from "@effect-smtp/message/Draft"
import * as TransferEncoding from "@effect-smtp/message/TransferEncoding"
import * as Options from "@effect/cli/Options"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Flag from "./internal/flag.js"

/** A field of the header. */
export interface Field {
  readonly name: string
  readonly value: string
}

/** Reads `NAME: VALUE`. */
export const parseField = (text: string): Either.Either<Field, string> => {
  const colon = text.indexOf(":")
  return colon > 0
    ? Either.right({ name: text.slice(0, colon).trim(), value: text.slice(colon + 1).trim() })
    : Either.left(`--header wants NAME: VALUE, and got ${text}`)
}

/** Reads `NAME=VALUE`. */
export const parseParameter = (text: string): Either.Either<Parameter, string> => {
  const equals = text.indexOf("=")
  return equals > 0
    ? Either.right({ name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() })
    : Either.left(`--content-type-param wants NAME=VALUE, and got ${text}`)
}

const readEncoding = (text: string): Either.Either<TransferEncoding.TransferEncoding, string> =>
  Either.mapLeft(
    TransferEncoding.parse(text),
    ({ expected }) => `--encoding wants one of ${expected}, and got ${text}`
  )

const dateTime = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|([+-]\d\d:\d\d))$/

/** Reads a date and time of RFC 3339, and keeps its zone. */
export const parseDate = (text: string): Either.Either<DateTime.Zoned, string> =>
  Option.gen(function*() {
    const found = yield* Option.fromNullable(dateTime.exec(text))
    const instant = yield* DateTime.make(text)
    const zone = yield* DateTime.zoneFromString(found[1] ?? "+00:00")
    const date = DateTime.setZone(instant, zone)
    // JavaScript goes on counting behind the last day of a month, and of a day.
    const { day, hours } = DateTime.toParts(date)
    return yield* Option.liftPredicate(
      date,
      () => day === Number(text.slice(8, 10)) && hours === Number(text.slice(11, 13))
    )
  }).pipe(
    Either.fromOption(() =>
      `--date wants a date and time like 2030-01-31T08:00:00Z, and got ${text}`
    )
  )

const day = 24 * 60 * 60 * 1000

/** Whether its offset, if it is one, is less than a day, as dates of messages want it. */
const isZone = (zone: DateTime.TimeZone): boolean =>
  zone._tag === "Named" || Math.abs(zone.offset) < day

/** Reads `local`, an offset, or a name of the time zone database. */
export const parseZone = (text: string): Either.Either<DateTime.TimeZone, string> =>
  text === "local"
    ? Either.right(DateTime.zoneMakeLocal())
    : Either.fromOption(
      Option.filter(DateTime.zoneFromString(text), isZone),
      () =>
        `--zone wants local, a zone like Europe/Paris, or an offset like +01:00, and got ${text}`
    )

const optional = (name: string, description: string) =>
  Options.text(name).pipe(Options.optional, Options.withDescription(description))

const repeated = (name: string, description: string) =>
  Options.text(name).pipe(Options.repeated, Options.withDescription(description))

const file = (name: string, description: string) =>
  Flag.path(name).pipe(Options.optional, Options.withDescription(description))

const parsed = <A>(name: string, parse: (text: string) => Either.Either<A, string>) =>
  Flag.checked(Options.text(name), parse)

/** The flags. */
export const options = {
  subject: optional("subject", "The subject, in any script."),
  text: optional("text", "The text. Default: standard input, unless there is HTML."),
  textFile: file("text-file", "The text, in a file of UTF-8; - is standard input."),
  html: optional("html", "The same as HTML."),
  htmlFile: file("html-file", "The same as HTML, in a file of UTF-8; - is standard input."),
  encoding: parsed("encoding", readEncoding).pipe(
    Options.optional,
    Options.withPseudoName("encoding"),
    Options.withDescription(
      "What text and HTML go in: quoted-printable (the default), base64, 7bit or 8bit."
    )
  ),
  contentTypeParam: Flag.checked(
    Options.repeated(Options.text("content-type-param")),
    (texts) => Either.all(texts.map(parseParameter))
  ).pipe(
    Options.withPseudoName("name=value"),
    Options.withDescription(
      "A parameter of the text's type: format=flowed; or charset=iso-8859-1, of the HTML's, too."
    )
  ),
  attach: repeated(
    "attach",
    "A file to go along. Its type is told by its name, or by TYPE; it goes in base64, or in ENCODING."
  ).pipe(
    Options.withPseudoName("[encoding:]file[:type]")
  ),
  inline: repeated(
    "inline",
    "A file that the HTML shows: logo.png is what it calls cid:logo.png."
  ).pipe(Options.withPseudoName("[encoding:]file[:type]")),
  header: Flag.checked(
    Options.repeated(Options.text("header")),
    (texts) => Either.all(texts.map(parseField))
  ).pipe(
    Options.withPseudoName("name: value"),
    Options.withDescription("A further field of the header.")
  ),
  cc: repeated("cc", "Who gets a copy, and is named."),
  bcc: repeated("bcc", "Who gets a copy, and is not named."),
  replyTo: repeated("reply-to", "Where answers are to go."),
  sender: optional("sender", "Who sends it, where that is not the author: the envelope's sender."),
  date: parsed("date", parseDate).pipe(
    Options.optional,
    Options.withPseudoName("date-time"),
    Options.withDescription("When it was written (RFC 3339). Default: now.")
  ),
  zone: parsed("zone", parseZone).pipe(
    Options.optional,
    Options.withDescription("The zone of the date: local (the default), Europe/Paris, +01:00.")
  )
}

/** What the flags say. */
export interface Flags {
  readonly subject: Option.Option<string>
  readonly text: Option.Option<string>
  readonly textFile: Option.Option<string>
  readonly html: Option.Option<string>
  readonly htmlFile: Option.Option<string>
  readonly encoding: Option.Option<TransferEncoding.TransferEncoding>
  readonly contentTypeParam: ReadonlyArray<Parameter>
  readonly attach: ReadonlyArray<string>
  readonly inline: ReadonlyArray<string>
  readonly header: ReadonlyArray<Field>
  readonly cc: ReadonlyArray<string>
  readonly bcc: ReadonlyArray<string>
  readonly replyTo: ReadonlyArray<string>
  readonly sender: Option.Option<string>
  readonly date: Option.Option<DateTime.Zoned>
  readonly zone: Option.Option<DateTime.TimeZone>
}

/** Whether there is anything to compose. */
export const isComposing = (flags: Flags): boolean =>
  [
    ...[flags.subject, flags.text, flags.textFile, flags.html, flags.htmlFile, flags.sender],
    ...[flags.date, flags.zone, flags.encoding]
  ].some((flag: Option.Option<unknown>) => Option.isSome(flag)) ||
  [
    ...[flags.attach, flags.inline, flags.header, flags.cc, flags.bcc, flags.replyTo],
    flags.contentTypeParam
  ]
    .some((list: ReadonlyArray<unknown>) => list.length > 0)
