/**
 * Command: what a client asks (RFC 5321 section 4.1.1, and the RFC of each extension). Here: the
 * values, their text and their bytes; when a command is legal is not. `toLine` is the one place
 * that makes a command line.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import type * as Equivalence_ from "effect/Equivalence"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as AddressMode from "./AddressMode.js"
import * as CommandError from "./CommandError.js"
import type * as Decoder from "./Decoder.js"
import type { Domain } from "./Domain.js"
import * as ForwardPath from "./ForwardPath.js"
import * as Base64 from "./internal/base64.js"
import * as Argument from "./internal/commandArgument.js"
import * as CommandEquivalence from "./internal/commandEquivalence.js"
import * as CommandText from "./internal/commandText.js"
import * as Framing from "./internal/framing.js"
import * as Guard from "./internal/guard.js"
import * as Plain from "./internal/plain.js"
import * as Text from "./internal/text.js"
import * as Line from "./Line.js"
import type { Parameter } from "./Parameter.js"
import * as ReversePath from "./ReversePath.js"
import * as Verb from "./Verb.js"

/** `NAME=value` of XCLIENT and XFORWARD; the name is upper-case, the value decoded from xtext. */
export interface Attribute {
  readonly name: string
  readonly value: string
}

/**
 * One command.
 *
 * - `Helo`, `Ehlo`, `Lhlo` (RFC 2033): who the client is.
 * - `Mail`, `Rcpt`: the envelope, with the extensions' parameters as written (typed views:
 *   `MailParameters`, `RcptParameters`).
 * - `Data`, `Rset`, `Quit`, `StartTls` (RFC 3207): nothing more to say.
 * - `Bdat`: that many octets of message follow, and whether they are the last (RFC 3030).
 * - `Vrfy`, `Expn`: the argument as written, and whether a UTF-8 answer is asked for (RFC 6531
 *   section 3.7.4.2).
 * - `Help`, `Noop`: perhaps some text.
 * - `Auth`: the mechanism in upper case and the decoded initial response, which is empty for `=`
 *   (RFC 4954).
 * - `Etrn`: the argument as written (RFC 1985).
 * - `Xclient`, `Xforward`: what a trusted proxy says of the real client (Postfix).
 * - `Extension`: a verb the reader was told of, in upper case, and its argument as written.
 *
 * Arguments as written have no white space around them; only that of `Extension` may be empty.
 */
export type Command = Data.TaggedEnum<{
  Helo: { readonly domain: Domain }
  Ehlo: { readonly domain: Domain }
  Lhlo: { readonly domain: Domain }
  Mail: { readonly from: ReversePath.ReversePath; readonly parameters: ReadonlyArray<Parameter> }
  Rcpt: { readonly to: ForwardPath.ForwardPath; readonly parameters: ReadonlyArray<Parameter> }
  Data: {}
  Bdat: { readonly size: number; readonly last: boolean }
  Rset: {}
  Vrfy: { readonly argument: string; readonly smtpUtf8: boolean }
  Expn: { readonly argument: string; readonly smtpUtf8: boolean }
  Help: { readonly topic: Option.Option<string> }
  Noop: { readonly argument: Option.Option<string> }
  Quit: {}
  StartTls: {}
  Auth: {
    readonly mechanism: string
    readonly initialResponse: Option.Option<Redacted.Redacted<Uint8Array>>
  }
  Etrn: { readonly argument: string }
  Xclient: { readonly attributes: ReadonlyArray<Attribute> }
  Xforward: { readonly attributes: ReadonlyArray<Attribute> }
  Extension: { readonly verb: string; readonly argument: string }
}>

/** Constructors of {@link Command}, by name, with its matchers `$is` and `$match`. */
export const Command = Data.taggedEnum<Command>()

/**
 * - `mode`: how addresses are read; default `AddressMode.strict`.
 * - `verbs`: extension verbs to read as `Extension`; default none.
 */
export interface ParseOptions {
  readonly mode?: AddressMode.AddressMode
  readonly verbs?: ReadonlyArray<string>
}

/**
 * Bounds on a command line, in octets with the line end.
 *
 * - `line`: any command. RFC 5321 section 4.5.3.1.4 says 512, and each extension adds what its
 *   parameters need: a MAIL with every one of `MailParameters` at its longest is under 1300.
 *   Default 2048.
 * - `auth`: an AUTH command (RFC 4954 section 4). Default 12288.
 * - `discard`: how much of a line that is too long is read and dropped. Default 65536.
 */
export interface Limits {
  readonly line: number
  readonly auth: number
  readonly discard: number
}

/** The defaults of {@link Limits}. */
export const limits: Limits = { line: 2048, auth: 12_288, discard: 65_536 }

/** {@link ParseOptions}, {@link Limits}, and what ends a line (default `"crlf"`). */
export interface DecoderOptions extends ParseOptions {
  readonly limits?: Partial<Limits>
  readonly lineEnd?: Line.LineEnd
}

/** - `utf8`: the transaction is an SMTPUTF8 one, so that RCPT may hold UTF-8; default false. */
export interface EncodeOptions {
  readonly utf8?: boolean
}

/**
 * Reads a line, without its end. Verbs, `FROM:`, `TO:` and other keywords are read in any case,
 * white space at the end is dropped. Text beyond ASCII needs a mode with UTF-8 and, but for RCPT
 * and extension verbs, the command's own SMTPUTF8.
 */
export const parse = (
  line: string,
  options?: ParseOptions
): Either.Either<Command, CommandError.CommandError> => {
  const mode = options?.mode ?? AddressMode.strict
  const text = Argument.trimEnd(line)
  const space = text.indexOf(" ")
  const end = space === -1 ? text.length : space
  const verb = text.slice(0, end).toUpperCase()
  const read = verbSyntax.test(text.slice(0, end))
    ? readers.get(verb) ?? extension(verb, options?.verbs ?? [])
    : undefined
  if (read === undefined) return fail(CommandError.UnknownVerb())
  const control = Guard.check(text, true)
  if (control !== undefined) return fail(control, verb)
  const offset = space === -1 ? end : skip(text, end, mode)
  const command = read({ line: text, offset, mode })
  if (Either.isLeft(command)) return fail(command.left, verb)
  const eightBit = Guard.check(text, mode.utf8 && Guard.asksForUtf8(command.right, true))
  return eightBit === undefined ? Either.right(command.right) : fail(eightBit, verb)
}

const fail = (
  reason: CommandError.Reason,
  verb?: string
): Either.Either<never, CommandError.CommandError> => {
  const known = Option.filter(Option.fromNullable(verb), (text) => verbSyntax.test(text))
  return Either.left(new CommandError.CommandError({ reason, verb: known }))
}

const verbSyntax = /^[A-Za-z][A-Za-z0-9-]{0,31}$/

/** The argument follows one space; any number of them where that is overlooked. */
const skip = (text: string, space: number, mode: AddressMode.AddressMode): number => {
  let offset = space + 1
  while (mode.leniency === "lenient" && text[offset] === " ") offset++
  return offset
}

type Reader = (input: Argument.Input) => Argument.Read<Command>

const reader =
  <A>(argument: (input: Argument.Input) => Argument.Read<A>, make: (value: A) => Command): Reader =>
  (input) => Either.map(argument(input), make)

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [Verb.byTag.Helo, reader(Argument.domain, Command.Helo)],
  [Verb.byTag.Ehlo, reader(Argument.domain, Command.Ehlo)],
  [Verb.byTag.Lhlo, reader(Argument.domain, Command.Lhlo)],
  [
    Verb.byTag.Mail,
    Argument.envelope(
      "FROM:",
      ReversePath.parsePrefix,
      (from, parameters) => Command.Mail({ from, parameters })
    )
  ],
  [
    Verb.byTag.Rcpt,
    Argument.envelope(
      "TO:",
      ForwardPath.parsePrefix,
      (to, parameters) => Command.Rcpt({ to, parameters })
    )
  ],
  [Verb.byTag.Data, reader(Argument.nothing, Command.Data)],
  [Verb.byTag.Bdat, reader(Argument.bdat, Command.Bdat)],
  [Verb.byTag.Rset, reader(Argument.nothing, Command.Rset)],
  [Verb.byTag.Vrfy, reader(Argument.verify, Command.Vrfy)],
  [Verb.byTag.Expn, reader(Argument.verify, Command.Expn)],
  [Verb.byTag.Help, (input) => Either.right(Command.Help({ topic: Argument.optional(input) }))],
  [Verb.byTag.Noop, (input) => Either.right(Command.Noop({ argument: Argument.optional(input) }))],
  [Verb.byTag.Quit, reader(Argument.nothing, Command.Quit)],
  [Verb.byTag.StartTls, reader(Argument.nothing, Command.StartTls)],
  [Verb.byTag.Auth, reader(Argument.auth, Command.Auth)],
  [Verb.byTag.Etrn, reader(Argument.required("a node name"), Command.Etrn)],
  [Verb.byTag.Xclient, reader(Argument.attributes, Command.Xclient)],
  [Verb.byTag.Xforward, reader(Argument.attributes, Command.Xforward)]
])

const extension = (verb: string, verbs: ReadonlyArray<string>): Reader | undefined =>
  verbs.some((known) => known.toUpperCase() === verb)
    ? (input) => Either.right(Command.Extension({ verb, argument: Argument.rest(input) }))
    : undefined

/**
 * The command as one line, without its end, for people and transcripts: an initial response is
 * shown as `<redacted>`. Of every other command that `encode` accepts it is the text sent.
 */
export const print = (command: Command): string => CommandText.line(command, String)

const secretText = (response: Redacted.Redacted<Uint8Array>): string => {
  const bytes = Redacted.value(response)
  return bytes.length === 0 ? "=" : Base64.encode(bytes)
}

/**
 * A command as it is sent, line end included. Whatever the value was made of, what leaves here is one
 * line, with no control character, ASCII unless the command asks for SMTPUTF8, within the default
 * {@link Limits}, and reads back as this very command: else it fails.
 */
export const toLine = (
  command: Command,
  options?: EncodeOptions
): Either.Either<string, CommandError.CommandError> => {
  const line = CommandText.line(command, secretText)
  const fault = Plain.isPlain(command)
    ? undefined
    : Guard.check(line, Guard.asksForUtf8(command, options?.utf8 ?? false)) ??
      checkMeaning(command, line)
  if (fault !== undefined) return fail(fault, Verb.fromCommand(command))
  const limit = command._tag === "Auth" ? limits.auth : limits.line
  return Text.octets(line) + 2 > limit
    ? fail(CommandError.TooLong({ limit }), Verb.fromCommand(command))
    : Either.right(`${line}\r\n`)
}

/** The bytes of {@link toLine}: UTF-8. */
export const encode = (
  command: Command,
  options?: EncodeOptions
): Either.Either<Uint8Array, CommandError.CommandError> =>
  Either.map(toLine(command, options), Text.toUtf8)

/** Values are plain data, so one may be made by hand to say something else once it is a line. */
const checkMeaning = (command: Command, line: string): CommandError.Reason | undefined => {
  const verbs = command._tag === "Extension" ? [command.verb] : []
  const same = (mode: AddressMode.AddressMode): boolean =>
    Either.match(parse(line, { mode: AddressMode.withUtf8(mode), verbs }), {
      onLeft: () => false,
      onRight: (read) => Equivalence(read, command)
    })
  return same(AddressMode.strict) || same(AddressMode.lenient)
    ? undefined
    : CommandError.Syntax({ expected: "a value whose line reads back as itself", offset: 0 })
}

/**
 * Decodes one command. A line that is none is a left *value*: it is used up and the next can be
 * read. The decoder fails only where no line end comes within the bounds.
 */
export const decoder = (
  options?: DecoderOptions
): Decoder.Decoder<Either.Either<Command, CommandError.CommandError>, Line.LineOverflow> => {
  const { auth, discard, line } = { ...limits, ...options?.limits }
  const longest = Math.max(auth, line)
  return Framing.decoder<Either.Either<Command, CommandError.CommandError>, Line.LineOverflow>({
    limit: longest,
    discardLimit: discard,
    lineEnd: options?.lineEnd ?? "crlf",
    read: (bytes, start, end) => {
      const limit = isAuth(bytes, start) ? auth : line
      if (end - start > limit - 2) return fail(CommandError.TooLong({ limit }))
      const text = Text.fromUtf8(bytes, start, end)
      return text === undefined ? fail(CommandError.NotUtf8()) : parse(text, options)
    },
    tooLong: () => fail(CommandError.TooLong({ limit: longest })),
    bareLineFeed: () => fail(CommandError.BareLineFeed()),
    overflow: () => new Line.LineOverflow({ limit: discard })
  })
}

const isAuth = (bytes: Uint8Array, start: number): boolean =>
  Text.fromLatin1(bytes, start, start + 5).toUpperCase() === "AUTH "

/** Same command with the same arguments; parameters in any order, keywords in any case. */
export const Equivalence: Equivalence_.Equivalence<Command> = CommandEquivalence.equivalence
