import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Script from "@effect-smtp/testing/Script"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { aliceToBob, hello, play, using } from "./harness.js"

/** What the client says, what the server answers, and what the client is in then. */
interface Turn {
  readonly phase: Phase
  readonly said: string
  readonly reply: string
}

const turns: ReadonlyArray<Turn> = [
  { phase: "Greeting", said: "", reply: "220 mx.example ready\r\n" },
  { phase: "Hello", said: "EHLO client.example\r\n", reply: "250-mx.example\r\n250 SIZE\r\n" },
  { phase: "Mail", said: "MAIL FROM:<alice@client.example> SIZE=22\r\n", reply: "250 ok\r\n" },
  { phase: "Recipient", said: "RCPT TO:<bob@mx.example>\r\n", reply: "250 ok\r\n" },
  { phase: "Data", said: "DATA\r\n", reply: "354 go ahead\r\n" },
  { phase: "Verdict", said: "Subject: hi\r\n\r\nhello\r\n.\r\n", reply: "250 queued\r\n" },
  { phase: "Noop", said: "NOOP\r\n", reply: "250 ok\r\n" }
]

const bytes = (text: string) => new TextEncoder().encode(text)

const session = using(({ deliver, noop }) => Effect.zipLeft(deliver(aliceToBob, hello), noop))

/** The server's part, up to what it says at this turn. */
const until = (at: number): Script.Script =>
  turns.slice(0, at + 1).flatMap(({ reply, said }, index) => [
    ...(said === "" ? [] : [Script.expectBytes(bytes(said))]),
    ...(index < at ? [Script.sendBytes(bytes(reply))] : [])
  ])

/** How the session fails if the server does this at that turn; not a word may follow it. */
const failure = (at: number, ...steps: Script.Script) =>
  Effect.map(play([...until(at), ...steps], Effect.flip(session)), ({ value, writes }) => {
    expect(writes.join("")).toBe(turns.slice(0, at + 1).map(({ said }) => said).join(""))
    return value
  })

const fate = (phase: Phase) => phase === "Verdict" ? "Unknown" : "NotDelivered"

const line = (text: string) => bytes(`${text}\r\n`)

const nonsense: ReadonlyArray<readonly [string, Uint8Array]> = [
  ["two digits", line("25 ok")],
  ["four digits", line("2500 ok")],
  ["no digits", line("OK")],
  ["no space", line("250_ok")],
  ["a class too low", line("150 ok")],
  ["a class too high", line("600 ok")],
  ["a space before", line(" 250 ok")],
  ["an empty line", line("")],
  ["NUL octets", line("\0\0\0\0")],
  ["8-bit octets", Uint8Array.of(0xff, 0xfe, 0xfd, 0x20, 13, 10)],
  ["mixed codes", line("250-a\r\n251 b")],
  ["a success that turns", line("250-a\r\n550 b")],
  ["a line without a code in between", line("250-a\r\nb\r\n250 c")],
  ["too many lines", line(Array.from({ length: 200 }, () => "250-on").join("\r\n"))],
  ["a line that does not end", bytes(`250 ${"x".repeat(30_000)}`)],
  ["lines that are too long", line(`250 ${"x".repeat(3000)}`)],
  [
    "too much in all",
    line(Array.from({ length: 50 }, () => `250-${"x".repeat(1900)}`).join("\r\n"))
  ]
]

describe("a hostile server", () => {
  for (const [at, { phase }] of turns.entries()) {
    describe(`in ${phase}`, () => {
      for (const [what, reply] of nonsense) {
        it.effect(`N12, N13: sends ${what}`, () =>
          Effect.gen(function*() {
            expect(yield* failure(at, Script.sendBytes(reply))).toMatchObject({
              _tag: "ConnectionFailed",
              cause: { _tag: "Unintelligible", phase },
              fate: fate(phase),
              retry: "Later"
            })
          }))
      }

      it.effect("leaves with 421", () =>
        Effect.gen(function*() {
          expect(yield* failure(at, Script.send("421 4.3.2 closing"))).toMatchObject({
            _tag: "Refused",
            phase,
            fate: "NotDelivered",
            retry: "Later"
          })
        }))

      it.effect("closes", () =>
        Effect.gen(function*() {
          expect(yield* failure(at, Script.close)).toMatchObject({
            _tag: "ConnectionFailed",
            cause: { _tag: "PeerClosed", phase },
            fate: fate(phase)
          })
        }))

      it.effect("closes in the middle of a line", () =>
        Effect.gen(function*() {
          expect(yield* failure(at, Script.sendBytes(bytes("250-a\r\n250 o")), Script.close))
            .toMatchObject({
              _tag: "ConnectionFailed",
              cause: { _tag: "PeerClosed", phase, held: 12 },
              fate: fate(phase)
            })
        }))

      it.effect("cuts", () =>
        Effect.gen(function*() {
          expect(yield* failure(at, Script.reset)).toMatchObject({
            _tag: "ConnectionFailed",
            cause: { _tag: "TransportFailed", phase },
            fate: fate(phase)
          })
        }))
    })
  }

  for (const [at, { phase }] of turns.entries()) {
    if (phase === "Data") continue
    it.effect(`waits with 334 for more, in ${phase}, and gets nothing`, () =>
      Effect.gen(function*() {
        expect(yield* failure(at, Script.send("334 bW9yZQ=="))).toMatchObject({
          _tag: "Refused",
          phase,
          fate: fate(phase)
        })
      }))
  }

  for (const [at, { phase, reply }] of turns.slice(0, -1).entries()) {
    const next = phase === "Data" ? "Content" : turns[at + 1].phase
    for (const more of ["250 ok\r\n", "250 o", "354 go ahead\r\n250 ok\r\n"]) {
      it.effect(`N13: answers ahead of the question in ${next} with ${JSON.stringify(more)}`, () =>
        Effect.gen(function*() {
          const error = yield* failure(at, Script.sendBytes(bytes(reply + more)))
          expect(error).toMatchObject(
            next === "Content" && more.startsWith("354")
              ? { _tag: "Refused", phase: next, fate: "NotDelivered" }
              : { _tag: "ConnectionFailed", cause: { phase: next }, fate: "NotDelivered" }
          )
        }))
    }
  }

  describe("a server that is merely odd", () => {
    const all = (edit: (reply: string) => string): Script.Script => [
      ...turns.flatMap(({ reply, said }) => [
        ...(said === "" ? [] : [Script.expectBytes(bytes(said))]),
        Script.sendBytes(bytes(edit(reply)))
      ]),
      Script.expect("QUIT"),
      Script.sendBytes(bytes(edit("221 bye\r\n"))),
      Script.expectEnd
    ]
    const odd: ReadonlyArray<readonly [string, (reply: string) => string]> = [
      ["ends lines in LF alone", (reply) => reply.replaceAll("\r\n", "\n")],
      ["says nothing behind the code", (reply) => reply.replace(/^([0-9]{3} ).*/, "$1")],
      ["says it on many lines", (reply) => `${reply.slice(0, 3)}-and so\r\n`.repeat(99) + reply],
      ["writes what is not UTF-8", (reply) => reply.replace("ok", "\u00d6k\u0085")]
    ]
    for (const [what, edit] of odd) {
      it.effect(`${what} and is understood`, () =>
        Effect.gen(function*() {
          const { value } = yield* play(all(edit), session)
          expect(Option.isSome(value.reply)).toBe(true)
        }))
    }

    for (const chunk of [1, 2, 3, 7]) {
      it.effect(`sends and takes ${chunk} octets at a time`, () =>
        Effect.gen(function*() {
          const { value } = yield* play(all((reply) => reply), session, { chunk, capacity: 5 })
          expect(Option.isSome(value.reply)).toBe(true)
        }))
    }
  })
})
