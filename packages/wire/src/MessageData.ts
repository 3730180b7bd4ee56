/**
 * MessageData: what goes over the wire after `DATA`, as bytes (RFC 5321 sections 2.3.7, 2.3.8, 4.1.1.4
 * and 4.5.2): leading dots are doubled by the sender and taken away by the receiver, and a line with a
 * single dot ends the message.
 *
 * Only CR LF ends a line. A CR or an LF that stands alone never does, whatever is done about it, so
 * the message ends where the RFC says and nowhere else.
 *
 * Not here: counted message data (`Bdat`), sizes and line lengths, and anything about header fields.
 * Chunks handed out are slices of the chunks put in, wherever nothing had to be taken out or put in
 * between: neither the chunks put in nor those handed out may be written to afterwards.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Decoder from "./Decoder.js"
import * as Scan from "./internal/scan.js"
import * as Slices from "./internal/slices.js"

/**
 * What to do about a CR or an LF that stands alone:
 *
 * - `strict`: refuse the message;
 * - `normalise`: make it CR LF in the content. Where the message ends, and which dots are taken away,
 *   was settled before and does not change.
 */
export type LineEndings = "strict" | "normalise"

/**
 * The message holds a CR without LF or an LF without CR (RFC 5321 section 2.3.8 forbids both): the
 * fault of who made the message. `offset` counts octets from the first of the message: as received
 * (dots still doubled) where it was received, as given where it was to be sent.
 */
export class BareLineEnd extends Data.TaggedError("BareLineEnd")<{
  readonly kind: "CR" | "LF"
  readonly offset: number
}> {
  override get message(): string {
    return `bare ${this.kind} at octet ${this.offset} of the message; lines end in CR LF`
  }
}

/**
 * What comes out of received message data:
 *
 * - `Content`: the next bytes of the message, at least one;
 * - `Fault`: under `strict`, the first bare CR or LF. Reported once; from then on only the end is
 *   looked for, so that the refusal can be answered and the session can go on;
 * - `End`: the dot line was read. The message's last CR LF was content, the dot line is not.
 *
 * `next` goes on behind the bytes consumed.
 */
export type DataEvent = Data.TaggedEnum<{
  Content: {
    readonly chunks: ReadonlyArray<Uint8Array>
    readonly next: Decoder.Decoder<DataEvent, never>
  }
  Fault: { readonly fault: BareLineEnd; readonly next: Decoder.Decoder<DataEvent, never> }
  End: {}
}>

/** Constructors and matchers of {@link DataEvent}. */
export const { Content, Fault, End, $is: is, $match: match } = Data.taggedEnum<DataEvent>()

const CR = 0x0d
const LF = 0x0a
const DOT = 0x2e
const crBytes = Uint8Array.of(CR)
const lfBytes = Uint8Array.of(LF)
const dotBytes = Uint8Array.of(DOT)
const crlfBytes = Uint8Array.of(CR, LF)
const dotLine = Uint8Array.of(DOT, CR, LF)

/**
 * Where in a line the decoder stands. `Dot` and `DotCr`: a dot, or a dot and a CR, at the start of a
 * line; neither was handed out, since they may be the end.
 */
type Line = "Start" | "Text" | "Cr" | "Dot" | "DotCr"

interface Place {
  readonly line: Line
  readonly offset: number
  readonly policy: LineEndings | "drain"
}

const decoderAt = (place: Place): Decoder.Decoder<DataEvent, never> => ({
  held: place.offset,
  step: (input) => step(place, input)
})

/**
 * Un-stuffs message data (RFC 5321 section 4.5.2). It ends at CR LF `.` CR LF, or at `.` CR LF where
 * that is the first line, and never elsewhere. One pass, memory bounded by the chunk put in.
 *
 * `held` counts the octets taken in so far. Input that ends before `End` is a message cut short.
 */
export const decoder = (policy: LineEndings): Decoder.Decoder<DataEvent, never> =>
  decoderAt({ line: "Start", offset: 0, policy })

const step = (
  place: Place,
  input: Uint8Array
): Either.Either<Decoder.Step<DataEvent, never>, never> => {
  const { offset, policy } = place
  const length = input.length
  const scan = Scan.make(input)
  const slices = Slices.make()
  let line = place.line
  let start = 0
  let i = 0

  /** Stops in front of byte `i`: what was gathered goes out first, the event in the next step. */
  const stop = (consumed: number, event: DataEvent) => {
    Slices.addSlice(slices, input, start, i)
    return policy === "drain" || Slices.isEmpty(slices)
      ? Decoder.done(event, consumed)
      : Decoder.done(content(), i)
  }
  const content = (): DataEvent =>
    Content({
      chunks: Slices.toArray(slices),
      next: decoderAt({ line, offset: offset + i, policy })
    })
  const fault = (kind: "CR" | "LF", at: number, consumed: number): DataEvent =>
    Fault({
      fault: new BareLineEnd({ kind, offset: at }),
      next: decoderAt({ line: "Text", offset: offset + consumed, policy: "drain" })
    })

  while (i < length) {
    if (line === "Text") {
      i = Scan.lineEnd(scan, i)
      if (i === length) break
    }
    const byte = input[i]
    if (line === "Cr" || line === "DotCr") {
      if (byte === LF) {
        if (line === "DotCr") return stop(i + 1, End())
        line = "Start"
        i++
        continue
      }
      if (policy === "strict") return stop(i, fault("CR", offset + i - 1, i))
      if (policy === "normalise") {
        Slices.addSlice(slices, input, start, i)
        Slices.add(slices, line === "DotCr" ? crlfBytes : lfBytes)
        start = i
      }
      line = "Text"
    } else if (byte === CR) {
      line = line === "Dot" ? "DotCr" : "Cr"
      i++
      if (line === "DotCr") start = i
    } else if (byte === LF) {
      if (policy === "strict") return stop(i + 1, fault("LF", offset + i, i + 1))
      if (policy === "normalise") {
        Slices.addSlice(slices, input, start, i)
        Slices.add(slices, crBytes)
        start = i
      }
      line = "Text"
      i++
    } else if (byte === DOT && line === "Start") {
      if (policy !== "drain") Slices.addSlice(slices, input, start, i)
      line = "Dot"
      i++
      start = i
    } else {
      line = "Text"
      i++
    }
  }

  if (policy !== "drain") {
    Slices.addSlice(slices, input, start, length)
    if (!Slices.isEmpty(slices)) return Decoder.done(content(), length)
  }
  return Decoder.more(decoderAt({ line, offset: offset + length, policy }))
}

/** How its end is told: by a dot, so that others are doubled, or by counting (RFC 3030). */
export type Framing = "dotted" | "counted"

/** Where a message being sent stands: in its line, at which octet, and under which policy. */
export interface EncoderState {
  readonly line: "Start" | "Text" | "Cr"
  readonly offset: number
  readonly policy: LineEndings
  readonly framing: Framing
}

/** Before the first byte of a message, which is the start of a line. */
export const initial = (policy: LineEndings, framing: Framing = "dotted"): EncoderState => ({
  line: "Start",
  offset: 0,
  policy,
  framing
})

/** Bytes for the wire, and the state to go on with. */
export interface Encoded {
  readonly chunks: ReadonlyArray<Uint8Array>
  readonly state: EncoderState
}

/**
 * Stuffs the next chunk of a message, which may be cut anywhere (RFC 5321 section 4.5.2): every line
 * end is CR LF first, then, unless octets are counted, every dot at the start of a line is doubled.
 * Under `strict`, fails at the first bare CR or LF; nothing of that chunk is to be sent then.
 */
export const encode = (
  state: EncoderState,
  chunk: Uint8Array
): Either.Either<Encoded, BareLineEnd> => {
  const { framing, offset, policy } = state
  const length = chunk.length
  const scan = Scan.make(chunk)
  const slices = Slices.make()
  let line = state.line
  let start = 0
  let i = 0

  const put = (bytes: Uint8Array): void => {
    Slices.addSlice(slices, chunk, start, i)
    Slices.add(slices, bytes)
    start = i
  }

  while (i < length) {
    if (line === "Text") {
      i = Scan.lineEnd(scan, i)
      if (i === length) break
    }
    const byte = chunk[i]
    if (line === "Cr" && byte !== LF) {
      if (policy === "strict") {
        return Either.left(new BareLineEnd({ kind: "CR", offset: offset + i - 1 }))
      }
      put(lfBytes)
      line = "Start"
    } else if (byte === CR) {
      line = "Cr"
      i++
    } else if (byte === LF) {
      if (line !== "Cr") {
        if (policy === "strict") {
          return Either.left(new BareLineEnd({ kind: "LF", offset: offset + i }))
        }
        put(crBytes)
      }
      line = "Start"
      i++
    } else {
      if (byte === DOT && line === "Start" && framing === "dotted") put(dotBytes)
      line = "Text"
      i++
    }
  }
  Slices.addSlice(slices, chunk, start, length)
  return Either.right({
    chunks: Slices.toArray(slices),
    state: { line, offset: offset + length, policy, framing }
  })
}

const lastBytes = {
  dotted: {
    Start: dotLine,
    Text: Uint8Array.of(CR, LF, DOT, CR, LF),
    Cr: Uint8Array.of(LF, DOT, CR, LF)
  },
  counted: { Start: new Uint8Array(0), Text: crlfBytes, Cr: lfBytes }
}

/**
 * The last bytes of a message: CR LF where its last line has none, then, unless octets are counted, the
 * dot line. Fails under `strict` if the message's last byte is a bare CR. An empty message is the dot
 * line alone, or nothing.
 */
export const finish = (state: EncoderState): Either.Either<Uint8Array, BareLineEnd> =>
  state.line === "Cr" && state.policy === "strict"
    ? Either.left(new BareLineEnd({ kind: "CR", offset: state.offset - 1 }))
    : Either.right(lastBytes[state.framing][state.line])

/** Whether any octet is above 127, so that `BODY=8BITMIME` must be asked for (RFC 6152). */
export const needs8Bit = (bytes: Uint8Array): boolean => Scan.isEightBit(Scan.make(bytes))
