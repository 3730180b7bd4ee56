import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Plain from "@effect-smtp/sasl/Plain"
import * as Script from "@effect-smtp/testing/Script"
import { describe, expect, it } from "@effect/vitest"
import type * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Security from "../src/Security.js"
import type { Options } from "../src/SmtpClient.js"
import { aliceToBob, hello, play, tls, using } from "./harness.js"

/**
 * What the client says, what the server answers, and what the client is in then: while it hears the
 * answer, and before it says the `next` words.
 */
interface Turn {
  readonly phase: Phase
  readonly next: Phase
  readonly said: string
  readonly reply: string
}

interface Session {
  readonly name: string
  readonly options: Effect.Effect<Partial<Options>>
  readonly turns: Arr.NonEmptyReadonlyArray<Turn>
}

const turn = (phase: Phase, next: Phase, said: string, reply: string): Turn => ({
  phase,
  next,
  said,
  reply
})

const greeting = turn("Greeting", "Hello", "", "220 mx.example ready\r\n")

const offering = (next: Phase, ...extensions: ReadonlyArray<string>): Turn =>
  turn(
    "Hello",
    next,
    "EHLO client.example\r\n",
    `250-mx.example\r\n${extensions.map((name) => `250-${name}\r\n`).join("")}250 SIZE\r\n`
  )

const mail = "MAIL FROM:<alice@client.example> SIZE=22\r\n"
const rcpt = "RCPT TO:<bob@mx.example>\r\n"
const content = "Subject: hi\r\n\r\nhello\r\n"
const ok = "250 ok\r\n"

const verdict = turn("Verdict", "Noop", `${content}.\r\n`, "250 queued\r\n")
const noop = turn("Noop", "Quit", "NOOP\r\n", ok)

const alice = Either.getOrThrow(
  Plain.client({ authcid: "alice", password: Redacted.make("sesame") })
)

const sessions: ReadonlyArray<Session> = [
  {
    name: "step by step",
    options: Effect.succeed({}),
    turns: [
      greeting,
      offering("Mail"),
      turn("Mail", "Recipient", mail, ok),
      turn("Recipient", "Data", rcpt, ok),
      turn("Data", "Content", "DATA\r\n", "354 go ahead\r\n"),
      verdict,
      noop
    ]
  },
  {
    name: "with AUTH and PIPELINING",
    options: Effect.succeed({
      mechanisms: [alice],
      security: Security.ClearText({ credentials: "ExposedToEveryone" })
    }),
    turns: [
      greeting,
      offering("Auth", "PIPELINING", "AUTH PLAIN"),
      turn("Auth", "Mail", "AUTH PLAIN AGFsaWNlAHNlc2FtZQ==\r\n", "235 welcome\r\n"),
      turn("Mail", "Content", `${mail}${rcpt}DATA\r\n`, `${ok}${ok}354 go ahead\r\n`),
      verdict,
      noop
    ]
  },
  {
    name: "in a chunk",
    options: Effect.succeed({}),
    turns: [
      greeting,
      offering("Mail", "CHUNKING"),
      turn("Mail", "Recipient", mail, ok),
      turn("Recipient", "Content", rcpt, ok),
      turn("Verdict", "Noop", `BDAT 22 LAST\r\n${content}`, "250 queued\r\n"),
      noop
    ]
  },
  {
    name: "in one write",
    options: Effect.succeed({}),
    turns: [
      greeting,
      offering("Mail", "CHUNKING", "PIPELINING"),
      turn(
        "Verdict",
        "Noop",
        `${mail}${rcpt}BDAT 22 LAST\r\n${content}`,
        `${ok}${ok}250 queued\r\n`
      ),
      noop
    ]
  },
  {
    name: "before TLS",
    options: Effect.map(tls, ({ client }) => ({ security: Security.StartTls({ tls: client }) })),
    turns: [
      greeting,
      offering("StartTls", "STARTTLS"),
      turn("StartTls", "Handshake", "STARTTLS\r\n", "220 go ahead\r\n")
    ]
  }
]

const bytes = (text: string) => new TextEncoder().encode(text)

const session = ({ options }: Session) =>
  Effect.flatMap(
    options,
    (options) =>
      using(({ deliver, noop }) => Effect.zipLeft(deliver(aliceToBob, hello), noop), options)
  )

/** The server's part, up to what it says at this turn. */
const until = ({ turns }: Session, at: number): Script.Script =>
  turns.slice(0, at + 1).flatMap(({ reply, said }, index) => [
    ...(said === "" ? [] : [Script.expectBytes(bytes(said))]),
    ...(index < at ? [Script.sendBytes(bytes(reply))] : [])
  ])

/** How the session fails if the server does this at that turn; not a word may follow it. */
const failure = (whole: Session, at: number, ...steps: Script.Script) =>
  Effect.map(
    play([...until(whole, at), ...steps], Effect.flip(session(whole))),
    ({ value, writes }) => {
      expect(writes.join("")).toBe(whole.turns.slice(0, at + 1).map(({ said }) => said).join(""))
      return value
    }
  )

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

for (const whole of sessions) {
  const { name, turns } = whole
  describe(`a hostile server, ${name}`, () => {
    for (const [at, { next, phase, reply }] of turns.entries()) {
      describe(`in ${phase}`, () => {
        for (const [what, reply] of nonsense) {
          it.effect(`N12, N13: sends ${what}`, () =>
            Effect.gen(function*() {
              expect(yield* failure(whole, at, Script.sendBytes(reply))).toMatchObject({
                _tag: "ConnectionFailed",
                cause: { _tag: "Unintelligible", phase },
                fate: fate(phase),
                retry: "Later"
              })
            }))
        }

        it.effect("leaves with 421", () =>
          Effect.gen(function*() {
            expect(yield* failure(whole, at, Script.send("421 4.3.2 closing"))).toMatchObject({
              _tag: "Refused",
              fate: "NotDelivered",
              retry: "Later"
            })
          }))

        it.effect("closes", () =>
          Effect.gen(function*() {
            expect(yield* failure(whole, at, Script.close)).toMatchObject({
              _tag: "ConnectionFailed",
              cause: { _tag: "PeerClosed", phase },
              fate: fate(phase)
            })
          }))

        it.effect("closes in the middle of a line", () =>
          Effect.gen(function*() {
            const half = Script.sendBytes(bytes("250-a\r\n250 o"))
            expect(yield* failure(whole, at, half, Script.close)).toMatchObject({
              _tag: "ConnectionFailed",
              cause: { _tag: "PeerClosed", phase, held: 12 },
              fate: fate(phase)
            })
          }))

        it.effect("cuts", () =>
          Effect.gen(function*() {
            expect(yield* failure(whole, at, Script.reset)).toMatchObject({
              _tag: "ConnectionFailed",
              cause: { _tag: "TransportFailed", phase },
              fate: fate(phase)
            })
          }))

        if (phase !== "Data" && phase !== "Auth") {
          it.effect("waits with 334 for more, and gets nothing", () =>
            Effect.gen(function*() {
              expect(yield* failure(whole, at, Script.send("334 bW9yZQ=="))).toMatchObject({
                _tag: "Refused",
                fate: fate(phase)
              })
            }))
        }

        if (at === turns.length - 1) return
        for (const more of ["250 ok\r\n", "250 o", "354 go ahead\r\n250 ok\r\n"]) {
          it.effect(`N13: answers ahead of the question in ${next} with ${JSON.stringify(more)}`, () =>
            Effect.gen(function*() {
              const error = yield* failure(whole, at, Script.sendBytes(bytes(reply + more)))
              expect(error).toMatchObject(
                next === "Content" && more.startsWith("354") && name !== "with AUTH and PIPELINING"
                  ? { _tag: "Refused", phase: next, fate: "NotDelivered" }
                  : { _tag: "ConnectionFailed", cause: { phase: next }, fate: "NotDelivered" }
              )
            }))
        }
      })
    }
  })
}

for (const whole of sessions.slice(0, -1)) {
  describe(`a server that is merely odd, ${whole.name}`, () => {
    const all = (edit: (reply: string) => string): Script.Script => [
      ...whole.turns.flatMap(({ reply, said }) => [
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
          const { value } = yield* play(all(edit), session(whole))
          expect(Option.isSome(value.reply)).toBe(true)
        }))
    }

    for (const chunk of [1, 2, 3, 7]) {
      it.effect(`sends and takes ${chunk} octets at a time`, () =>
        Effect.gen(function*() {
          const { value } = yield* play(all((reply) => reply), session(whole), {
            chunk,
            capacity: 5
          })
          expect(Option.isSome(value.reply)).toBe(true)
        }))
    }
  })
}
