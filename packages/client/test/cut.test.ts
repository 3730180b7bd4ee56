import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tap from "@effect-smtp/flow/Tap"
import * as Plain from "@effect-smtp/sasl/Plain"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Body from "../src/Body.js"
import * as Envelope from "../src/Envelope.js"
import * as Security from "../src/Security.js"
import * as SmtpClient from "../src/SmtpClient.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (all: Uint8Array) => new TextDecoder().decode(all)

const endpoint = Endpoint.Tcp({ host: "mx.example", port: 587 })

/** What a server says in a whole session, and what it hears before each. */
type Turns = ReadonlyArray<readonly [heard: ReadonlyArray<Script.Step>, said: string]>

const beginning = (offer: string): Turns => [
  [[], "220 mx.example ESMTP\r\n"],
  [[Script.expect(/^EHLO /)], `250-mx.example\r\n250-${offer}\r\n250 AUTH LOGIN PLAIN\r\n`],
  [[Script.expect(/^AUTH PLAIN /)], "235 2.7.0 OK\r\n"]
]
const mail = Script.expect("MAIL FROM:<a@client.example>")
const first = Script.expect("RCPT TO:<b@mx.example>")
const second = Script.expect("RCPT TO:<c@mx.example>")
const data = Script.expect("DATA")
const content = "Subject: cut\r\n\r\n.dot\r\nlast\r\n"
const message = Script.expectData(content)
const chunk = [Script.expect(`BDAT ${content.length} LAST`), Script.expectBytes(bytes(content))]

const verdict = "250-2.0.0 Queued\r\n250 2.0.0 as 1\r\n"
const quit: Turns = [[[Script.expect("QUIT")], "221 2.0.0 Bye\r\n"]]
const ending: Turns = [[[message], verdict], ...quit]

const sessions: { readonly [name: string]: Turns } = {
  "in turns": [
    ...beginning("HELP"),
    [[mail], "250 2.1.0 OK\r\n"],
    [[first], "250 2.1.5 OK\r\n"],
    [[second], "550 5.1.1 Who?\r\n"],
    [[data], "354 Go ahead\r\n"],
    ...ending
  ],
  pipelined: [
    ...beginning("PIPELINING"),
    [
      [mail, first, second, data],
      "250 2.1.0 OK\r\n250 2.1.5 OK\r\n550 5.1.1 Who?\r\n354 Go ahead\r\n"
    ],
    ...ending
  ],
  "in a chunk": [
    ...beginning("CHUNKING"),
    [[mail], "250 2.1.0 OK\r\n"],
    [[first], "250 2.1.5 OK\r\n"],
    [[second], "550 5.1.1 Who?\r\n"],
    [chunk, verdict],
    ...quit
  ],
  "in one write": [
    ...beginning("CHUNKING\r\n250-PIPELINING"),
    [
      [mail, first, second, ...chunk],
      `250 2.1.0 OK\r\n250 2.1.5 OK\r\n550 5.1.1 Who?\r\n${verdict}`
    ],
    ...quit
  ]
}

/** The script of a server that says so many bytes, and vanishes. */
const cut = (turns: Turns, length: number, end: Script.Step): Script.Script => {
  const steps: Array<Script.Step> = []
  let left = length
  for (const [heard, said] of turns) {
    if (left <= 0) break
    steps.push(...heard, Script.sendBytes(bytes(said.slice(0, left))))
    left -= said.length
  }
  return [...steps, end]
}

const envelope = Either.getOrThrow(
  Envelope.parse({ from: "a@client.example", to: ["b@mx.example", "c@mx.example"] })
)
const body = Body.fromString("Subject: cut\n\n.dot\nlast")
const options: SmtpClient.Options = {
  security: Security.ClearText({ credentials: "ExposedToEveryone" }),
  mechanisms: [
    Either.getOrThrow(Plain.client({ authcid: "alice", password: Redacted.make("sesame") }))
  ]
}

/** What came of a delivery, what the client wrote for it, and whether it hung up. */
const deliver = (script: Script.Script) =>
  ScriptedPeer.against({ endpoint, scripts: [script] }, (to) =>
    Effect.gen(function*() {
      const { events, sink } = yield* Tap.collect
      const dialer = Tap.dialer(yield* Dialer.Dialer, () => Effect.succeed(sink))
      const result = yield* SmtpClient.connect(to, options).pipe(
        Effect.flatMap((client) => client.deliver(envelope, body)),
        Effect.scoped,
        Effect.either,
        Effect.provideService(Dialer.Dialer, dialer)
      )
      const seen = yield* events
      const wrote = seen.flatMap((event) =>
        event._tag === "Bytes" && event.direction === "out" ? [text(event.bytes)] : []
      ).join("")
      return { result, wrote, closed: seen.at(-1)?._tag === "Closed" }
    })).pipe(Effect.provide(MemoryNetwork.layer()))

describe("a session cut at every byte", () => {
  for (const [name, turns] of Object.entries(sessions)) {
    const all = turns.map(([, said]) => said).join("")
    const answered = all.indexOf(verdict) + verdict.length

    for (const end of [Script.close, Script.reset]) {
      it.effect(`N13: ${name}, by a server that is gone (${end._tag.toLowerCase()})`, () =>
        Effect.gen(function*() {
          for (let length = 0; length <= all.length; length++) {
            const { closed, result, wrote } = yield* deliver(cut(turns, length, end))
            const allSent = wrote.includes("\r\n.\r\n") || wrote.includes(` LAST\r\n${content}`)
            expect([length, closed]).toEqual([length, true])
            if (Either.isRight(result)) {
              expect([length, result.right.accepted.length, result.right.rejected.length])
                .toEqual([length, 1, 1])
              expect(length).toBeGreaterThanOrEqual(answered)
            } else {
              expect([length, result.left._tag]).toEqual([length, "ConnectionFailed"])
              expect([length, result.left.fate])
                .toEqual([length, allSent ? "Unknown" : "NotDelivered"])
              expect(result.left.retry).toBe("Later")
              if (end._tag === "Close") expect(length).toBeLessThan(answered)
            }
          }
        }))
    }
  }
})
