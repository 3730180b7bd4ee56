/**
 * Transcript: a whole conversation as text, both sides of it, as the RFCs print their examples:
 *
 * ```
 * # The happy case (RFC 5321 appendix D.1)
 * S: 220 foo.com Simple Mail Transfer Service Ready
 * C: EHLO bar.com
 * S: 250-foo.com greets bar.com
 * S: 250 STARTTLS
 * C: STARTTLS
 * S: 220 go ahead
 * <TLS negotiation>
 * C: QUIT
 * S: 221 foo.com Service closing transmission channel
 * ```
 *
 * - `C:` and `S:` begin a line that the client or the server says, after one space;
 * - a line that is indented and begins with neither goes on with the line before, as the RFCs wrap
 *   what is too wide for the page: the two are joined by one space;
 * - `#` begins a comment, `<TLS ...>` is where the connection becomes secure, empty lines are nothing;
 * - the whole may be indented.
 *
 * What was left out of a line when it was recorded has a word in its place: `<redacted>` is a secret,
 * `<unknown command, 9 bytes>` a line that might be one, `... <20 more bytes>` the rest of a long line,
 * and a whole line of `<512 bytes of message>` a message.
 *
 * @module
 */
import type * as Tls from "@effect-smtp/flow/Tls"
import type * as Recorded from "@effect-smtp/flow/Transcript"
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Script from "./Script.js"

/** Who says a line. */
export type Side = "client" | "server"

/**
 * - `Line`: what one side says, without CR LF. It holds neither CR nor LF;
 * - `StartTls`: here the connection becomes secure;
 * - `Comment`: words for the reader, on one line.
 */
export type Entry = Data.TaggedEnum<{
  Line: { readonly from: Side; readonly text: string }
  StartTls: {}
  Comment: { readonly text: string }
}>

/** Constructors and matchers of {@link Entry}. */
export const Entry = Data.taggedEnum<Entry>()

/** A conversation, in order. */
export type Transcript = ReadonlyArray<Entry>

/**
 * Where a text is no transcript, or a transcript no script. `line` is the line of the text, or the
 * entry of the transcript, from 1.
 *
 * - `NoSpeaker`: it begins with none of the marks, and there is no line to go on with;
 * - `NoTls`: the connection becomes secure, but it was not said how;
 * - `Redacted`: what was left out of the transcript, a secret or a message, cannot be sent.
 */
export class TranscriptError extends Data.TaggedError("TranscriptError")<{
  readonly reason: "NoSpeaker" | "NoTls" | "Redacted"
  readonly line: number
  readonly text: string
}> {
  override get message(): string {
    return `line ${this.line}: ${explain[this.reason]}: ${Script.quote(this.text)}`
  }
}

const explain = {
  NoSpeaker: "expected C:, S:, #, <TLS ...> or an indented continuation",
  NoTls: "expected TLS options for this script",
  Redacted: "expected a line that can be sent"
}

const marks = { "C:": "client", "S:": "server" } as const

/** What is behind a mark: one space belongs to the mark. */
const behind = (mark: string, text: string): string =>
  text.slice(text[mark.length] === " " ? mark.length + 1 : mark.length)

const parseEntry = (text: string): Entry | undefined => {
  for (const [mark, from] of Object.entries(marks)) {
    if (text.startsWith(mark)) return Entry.Line({ from, text: behind(mark, text) })
  }
  if (text.startsWith("#")) return Entry.Comment({ text: behind("#", text) })
  return /^<tls\b/i.test(text) ? Entry.StartTls() : undefined
}

/** Reads a transcript. Lines may end in LF or CR LF. */
export const parse = (text: string): Either.Either<Transcript, TranscriptError> => {
  const entries: Array<Entry> = []
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw
    const trimmed = line.trimStart()
    if (trimmed === "") continue
    const entry = parseEntry(trimmed)
    const last = entries.at(-1)
    if (entry !== undefined) {
      entries.push(entry)
    } else if (last !== undefined && last._tag === "Line" && trimmed.length < line.length) {
      entries[entries.length - 1] = Entry.Line({
        from: last.from,
        text: `${last.text.trimEnd()} ${trimmed}`
      })
    } else {
      return Either.left(new TranscriptError({ reason: "NoSpeaker", line: index + 1, text: line }))
    }
  }
  return Either.right(entries)
}

const printEntry: (entry: Entry) => string = Entry.$match({
  Line: ({ from, text }) => spaced(from === "client" ? "C:" : "S:", text),
  StartTls: () => "<TLS negotiation>",
  Comment: ({ text }) => spaced("#", text)
})

const spaced = (mark: string, text: string): string => text === "" ? mark : `${mark} ${text}`

/** Writes a transcript, an entry a line, each with LF behind it. */
export const print = (transcript: Transcript): string =>
  transcript.map((entry) => `${printEntry(entry)}\n`).join("")

/**
 * What was recorded of a connection. The notes are comments, but for the one that says where the
 * connection became secure.
 */
export const fromRecorded = (entries: ReadonlyArray<Recorded.Entry>): Transcript =>
  entries.map(({ from, line }) =>
    from !== "note"
      ? Entry.Line({ from, text: line })
      : line === "TLS"
      ? Entry.StartTls()
      : Entry.Comment({ text: line })
  )

const leftOut = /<redacted>|<unknown command, \d+ bytes>|\.\.\. <\d+ more bytes>/

const message = /^<(\d+) bytes of message(, unfinished)?>$/

/** What a line has to be, as far as it is known: up to what was left out of it. */
export const linePattern = (text: string): Script.Pattern => {
  const at = text.search(leftOut)
  return at < 0
    ? Script.Pattern.Exactly({ text })
    : Script.Pattern.Matching({
      name: Script.quote(text),
      test: (line) => line.startsWith(text.slice(0, at))
    })
}

/** What a line of the other side is to the one who plays this side. */
const hear = (text: string, command: string): Script.Step => {
  const counted = message.exec(text)
  if (counted === null) return Script.Step.Expect({ pattern: linePattern(text) })
  return counted[2] !== undefined || /^BDAT /i.test(command)
    ? Script.skipBytes(Number(counted[1]))
    : Script.expectData()
}

const toScript = (
  transcript: Transcript,
  side: Side,
  tls: Tls.Options | undefined
): Either.Either<Script.Script, TranscriptError> => {
  const steps: Array<Script.Step> = []
  let command = ""
  for (const [index, entry] of transcript.entries()) {
    const wrong = (reason: TranscriptError["reason"]) =>
      Either.left(new TranscriptError({ reason, line: index + 1, text: printEntry(entry) }))
    if (entry._tag === "StartTls") {
      if (tls === undefined) return wrong("NoTls")
      steps.push(Script.startTls(tls))
    } else if (entry._tag === "Line" && entry.from !== side) {
      steps.push(hear(entry.text, command))
      if (entry.from === "client") command = entry.text
    } else if (entry._tag === "Line") {
      if (leftOut.test(entry.text) || message.test(entry.text)) return wrong("Redacted")
      const last = steps.at(-1)
      if (last !== undefined && last._tag === "Send") {
        steps[steps.length - 1] = Script.send(...last.lines, entry.text)
      } else {
        steps.push(Script.send(entry.text))
      }
    }
  }
  return Either.right(steps)
}

/**
 * The server's side as a script: it sends what the server says, what is said in a row in one piece,
 * and expects word for word what the client says. Where something was left out of a client's line,
 * anything may stand from there on; where the transcript counts the bytes of a message, any message may
 * come. `tls` is needed where the transcript has `<TLS ...>`.
 */
export const toServerScript = (
  transcript: Transcript,
  tls?: Tls.ServerOptions
): Either.Either<Script.Script, TranscriptError> => toScript(transcript, "server", tls)

/** The client's side as a script, in the same way. */
export const toClientScript = (
  transcript: Transcript,
  tls?: Tls.ClientOptions
): Either.Either<Script.Script, TranscriptError> => toScript(transcript, "client", tls)
