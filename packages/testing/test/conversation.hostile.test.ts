import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Rechunk from "../src/Rechunk.js"
import { complaints, converse, open, spoilt } from "./conversation.js"
import { recordings } from "./recordings.js"

/** A server, and people who say anything. */

const words = [
  ..."HELO EHLO LHLO MAIL RCPT DATA BDAT RSET VRFY EXPN HELP NOOP QUIT STARTTLS AUTH ETRN".split(
    " "
  ),
  ..."FROM:<a@b.example> TO:<b@mx.example> TO:<refused@mx.example> PLAIN LOGIN LAST x.example"
    .split(" "),
  ..."SIZE=10 BODY=BINARYMIME SMTPUTF8 NOTIFY=NEVER AGFsaWNlAHNlc2FtZQ== * = 3 20 4000".split(" ")
]

const piece = FastCheck.oneof(
  FastCheck.constantFrom(...words, "\r\n.\r\n", ".\r\n", "\n", "\r").map((word) =>
    new TextEncoder().encode(word)
  ),
  FastCheck.constantFrom(" ", "\r\n").map((text) => new TextEncoder().encode(text)),
  FastCheck.uint8Array({ maxLength: 12 }),
  FastCheck.tuple(FastCheck.nat(255), FastCheck.nat(2500)).map(([octet, length]) =>
    new Uint8Array(length).fill(octet)
  )
)

/** A session up to somewhere, and anything from there on. */
const anything = FastCheck.tuple(
  FastCheck.constantFrom(...recordings),
  FastCheck.nat(500),
  FastCheck.array(piece, { maxLength: 30 })
).map(([start, length, pieces]) =>
  Uint8Array.from([start.subarray(0, length), ...pieces].flatMap((octets) => [...octets]))
)

describe("conversations with anybody", () => {
  it.effect.prop(
    "N12: whatever is said, the server ends well, and keeps what it promised and no more",
    [anything, FastCheck.integer({ min: 1, max: 200 })],
    ([said, cut]) =>
      Effect.gen(function*() {
        const whole = yield* converse([said])
        expect(complaints(whole)).toEqual([])
        expect(yield* converse(Rechunk.chunksOf(said, cut))).toEqual(whole)
      }),
    { fastCheck: { numRuns: 60 } }
  )

  it.effect("N1, N12: recorded sessions, spoilt", () =>
    Effect.gen(function*() {
      const outcomes = new Set<number>()
      for (let seed = 0; seed < 200; seed++) {
        const { codes, wrong } = yield* spoilt(seed)
        expect(wrong, `seed ${seed}`).toEqual([])
        codes.forEach((code) => outcomes.add(code))
      }
      const usual = [220, 250, 354, 334, 500, 501, 503, 550]
      expect([...outcomes]).toEqual(expect.arrayContaining(usual))
    }))

  it.effect("recorded sessions, unspoilt, go well", () =>
    Effect.gen(function*() {
      for (const said of recordings.slice(0, 2)) {
        const heard = yield* converse([said])
        expect(complaints(heard)).toEqual([])
        expect(heard.stored.length).toBeGreaterThan(0)
      }
    }))

  const fillers: ReadonlyArray<readonly [string, string, string]> = [
    ["of commands", "", "NOOP\r\n"],
    ["of a line without an end", "", "x"],
    ["of a message", "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@mx.example>\r\nDATA\r\n", "x\r\n"],
    ["of a message that is not wanted", "EHLO x\r\nDATA\r\nBDAT 999999999\r\n", "x"],
    ["of what is no SMTP", "", "\0"]
  ]
  for (const [what, start, filler] of fillers) {
    it.effect(`N12: takes only so much ${what} from a client that does not listen`, () =>
      Effect.scoped(Effect.gen(function*() {
        const { client, running } = yield* open({}, 1024)
        let taken = 0
        const chunk = new TextEncoder().encode(filler.repeat(Math.ceil(512 / filler.length)))
        const talking = client.write(chunk).pipe(
          Effect.tap(Effect.sync(() => {
            taken += chunk.length
          })),
          Effect.forever
        )
        yield* client.write(new TextEncoder().encode(start))
        const speaker = yield* Effect.fork(talking)
        yield* TestClock.adjust("1 day")
        expect((yield* Fiber.poll(running))._tag).toBe("Some")
        yield* Fiber.interrupt(speaker)
        expect(taken).toBeLessThan(200_000)
      })))
  }
})
