/**
 * Script: one side of a conversation as a list of steps, to be read like the examples of the RFCs:
 *
 * ```ts
 * const script: Script.Script = [
 *   Script.send("220 mx.example ready"),
 *   Script.expect("EHLO client.example"),
 *   Script.send("250-mx.example", "250 SIZE 1000"),
 *   Script.expect(/^MAIL FROM:/),
 *   Script.send("421 4.3.2 going down"),
 *   Script.close
 * ]
 * ```
 *
 * A script does not know whether it is the client or the server. `ScriptedPeer` plays it.
 *
 * @module
 */
import type * as Tls from "@effect-smtp/flow/Tls"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** What a text has to be: exactly this, or whatever passes a test that has a name. */
export type Pattern = Data.TaggedEnum<{
  Exactly: { readonly text: string }
  Matching: { readonly name: string; readonly test: (text: string) => boolean }
}>

/** Constructors and matchers of {@link Pattern}. */
export const Pattern = Data.taggedEnum<Pattern>()

/** How a pattern may be given: a text means exactly that, an expression is searched for. */
export type PatternInput = string | RegExp | Pattern

/**
 * - `Send`: writes these lines, in one piece, each with CR LF behind it;
 * - `SendBytes`: writes these bytes, in one piece;
 * - `Expect`: reads one line, up to CR LF, which is no part of what is compared;
 * - `ExpectBytes`: reads as many bytes as there are here;
 * - `SkipBytes`: reads so many bytes, whatever they are;
 * - `ExpectData`: reads message data up to its end, and compares the message, its dots un-stuffed;
 * - `ExpectEnd`: reads the end: the peer has finished writing, with nothing unread before it;
 * - `StartTls`: makes the connection secure. Bytes received before that and not read are an error;
 * - `Wait`: goes on when `until` is done;
 * - `Close`: closes the connection, in order. So does the end of the script;
 * - `Reset`: cuts the connection. `Close` and `Reset` have to come last.
 */
export type Step = Data.TaggedEnum<{
  Send: { readonly lines: ReadonlyArray<string> }
  SendBytes: { readonly bytes: Uint8Array }
  Expect: { readonly pattern: Pattern }
  ExpectBytes: { readonly bytes: Uint8Array }
  SkipBytes: { readonly count: number }
  ExpectData: { readonly pattern: Pattern }
  ExpectEnd: {}
  StartTls: { readonly tls: Tls.Options }
  Wait: { readonly name: string; readonly until: Effect.Effect<void> }
  Close: {}
  Reset: {}
}>

/** Constructors and matchers of {@link Step}, by its own names. */
export const Step = Data.taggedEnum<Step>()

/** What one side does and expects, in order. */
export type Script = ReadonlyArray<Step>

/** A pattern from any of its forms. */
export const pattern = (input: PatternInput): Pattern =>
  typeof input === "string"
    ? Pattern.Exactly({ text: input })
    : input instanceof RegExp
    ? Pattern.Matching({ name: String(input), test: (text) => text.search(input) >= 0 })
    : input

/** The pattern that any text fits. */
export const anything: Pattern = Pattern.Matching({ name: "anything", test: () => true })

/** Whether the text is what was expected. */
export const fits = (self: Pattern, text: string): boolean =>
  self._tag === "Exactly" ? self.text === text : self.test(text)

/** Writes these lines, in one piece. */
export const send = (...lines: ReadonlyArray<string>): Step => Step.Send({ lines })

/** Writes these bytes as they are, in one piece. */
export const sendBytes = (bytes: Uint8Array): Step => Step.SendBytes({ bytes })

/** Expects one line. */
export const expect = (line: PatternInput): Step => Step.Expect({ pattern: pattern(line) })

/** Expects exactly these bytes, wherever they are cut. */
export const expectBytes = (bytes: Uint8Array): Step => Step.ExpectBytes({ bytes })

/** Reads so many bytes, whatever they are. */
export const skipBytes = (count: number): Step => Step.SkipBytes({ count })

/**
 * Expects message data, up to and with the dot line. What is compared is the message as it was before
 * its dots were doubled: every line ends in CR LF.
 */
export const expectData = (message: PatternInput = anything): Step =>
  Step.ExpectData({ pattern: pattern(message) })

/** Expects the peer to finish, with no bytes before that. */
export const expectEnd: Step = Step.ExpectEnd()

/** Makes the connection secure, as the side that `tls` says. */
export const startTls = (tls: Tls.Options): Step => Step.StartTls({ tls })

/** Waits that long, by the clock of the program that plays the script. */
export const pause = (duration: Duration.DurationInput): Step =>
  Step.Wait({ name: Duration.format(Duration.decode(duration)), until: Effect.sleep(duration) })

/** Waits for something else: a latch, a deferred. `name` is for messages. */
export const wait = (name: string, until: Effect.Effect<void>): Step => Step.Wait({ name, until })

/** Closes the connection, in order. */
export const close: Step = Step.Close()

/** Cuts the connection. */
export const reset: Step = Step.Reset()

/** A text in quotes, with everything that cannot be seen written as an escape. */
export const quote = (text: string): string => JSON.stringify(text).replace(/[\x7f-\x9f]/g, escape)

const escape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`

/** Bytes as {@link quote} writes them, one character for each; a long text is cut. */
export const quoteBytes = (bytes: Uint8Array): string => {
  const shown = String.fromCharCode(...bytes.subarray(0, 200))
  return bytes.length > 200 ? `${quote(shown)} and ${bytes.length - 200} bytes more` : quote(shown)
}

/** A pattern in words. */
export const printPattern: (self: Pattern) => string = Pattern.$match({
  Exactly: ({ text }) => quote(text),
  Matching: ({ name }) => name
})

/** A step in words, for messages. */
export const printStep: (self: Step) => string = Step.$match({
  Send: ({ lines }) => `send ${lines.map(quote).join(", ")}`,
  SendBytes: ({ bytes }) => `send bytes ${quoteBytes(bytes)}`,
  Expect: (step) => `expect ${printPattern(step.pattern)}`,
  ExpectBytes: ({ bytes }) => `expect bytes ${quoteBytes(bytes)}`,
  SkipBytes: ({ count }) => `skip ${count} bytes`,
  ExpectData: (step) => `expect message data ${printPattern(step.pattern)}`,
  ExpectEnd: () => "expect the end",
  StartTls: ({ tls }) => `start TLS as the ${tls._tag.toLowerCase()}`,
  Wait: ({ name }) => `wait for ${name}`,
  Close: () => "close",
  Reset: () => "reset"
})
