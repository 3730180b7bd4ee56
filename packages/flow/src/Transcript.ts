/**
 * Transcript: what an SMTP connection said, line by line, fit to be shown and kept.
 *
 * Secrets are hidden, in doubt too much rather than too little: AUTH shows its mechanism and
 * `<redacted>`, the client's lines until AUTH is answered show nothing, a client line that begins with
 * no known command shows its length, and a server line that repeats a secret shows its code. Message
 * data is a count of bytes. Lines are cut after 1024 bytes, and control characters are spelled out.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as SmtpLines from "./internal/SmtpLines.js"
import type * as Tap from "./Tap.js"

/** The text with control characters spelled out, so that no peer writes lines of its own. */
export const printable: (text: string) => string = SmtpLines.printable

/**
 * One line, without its line end; `note` is something that happened to the connection, such as
 * `TLS`.
 */
export type Entry = SmtpLines.Entry

/** Which side the watched flow is on: a client writes commands, a server reads them. */
export type Side = "client" | "server"

/** A sink for one connection that emits each line when it is complete, and the rest at the end. */
export const sink = (options: {
  readonly side: Side
  readonly emit: (entry: Entry) => Effect.Effect<void>
}): Effect.Effect<Tap.Sink> =>
  Effect.sync(() => {
    const lines = SmtpLines.make()
    const mine = options.side === "client" ? lines.client : lines.server
    const theirs = options.side === "client" ? lines.server : lines.client
    const note = (line: string): ReadonlyArray<Entry> => [
      ...lines.restart(),
      { from: "note", line }
    ]
    const read = (event: Tap.Event): ReadonlyArray<Entry> => {
      switch (event._tag) {
        case "Bytes":
          return event.direction === "out" ? mine(event.bytes) : theirs(event.bytes)
        case "Upgraded":
          return note("TLS")
        case "Failed":
          return note(SmtpLines.printable(event.error.message))
        case "Ended":
          return [{ from: "note", line: "the peer has finished" }]
        case "Closed":
          return note("closed")
      }
    }
    return (event) =>
      Effect.suspend(() => Effect.forEach(read(event), options.emit, { discard: true }))
  })

/** A sink that keeps its lines, and what it has kept. */
export interface Collector {
  readonly sink: Tap.Sink
  readonly entries: Effect.Effect<ReadonlyArray<Entry>>
}

/** A new collector for one connection, without a bound: for tests and short connections. */
export const collect = (side: Side): Effect.Effect<Collector> =>
  Effect.suspend(() => {
    const kept: Array<Entry> = []
    const emit = (entry: Entry) =>
      Effect.sync(() => {
        kept.push(entry)
      })
    return Effect.map(sink({ side, emit }), (events) => ({
      sink: events,
      entries: Effect.sync(() => kept.slice())
    }))
  })

const prefixes = { client: "C: ", server: "S: ", note: "-- " }

/** `C: EHLO ...`, `S: 250 ...` or `-- TLS`. */
export const print = (entry: Entry): string => prefixes[entry.from] + entry.line
