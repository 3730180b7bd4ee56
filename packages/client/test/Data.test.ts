import * as Rechunk from "@effect-smtp/testing/Rechunk"
import * as Script from "@effect-smtp/testing/Script"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Body from "../src/Body.js"
import type { Stage } from "./harness.js"
import { aliceToBob, connect, hello, play, using } from "./harness.js"

const bytes = (text: string) => new TextEncoder().encode(text)

/** Up to the point where the server waits for the message. */
const opening: Script.Script = [
  Script.send("220 mx.example ready"),
  Script.expect("EHLO client.example"),
  Script.send("250-mx.example", "250 8BITMIME"),
  Script.expect(/^MAIL FROM:/),
  Script.send("250 ok"),
  Script.expect(/^RCPT TO:/),
  Script.send("250 ok"),
  Script.expect("DATA")
]

const closing: Script.Script = [
  Script.expect("QUIT"),
  Script.send("221 bye"),
  Script.expectEnd
]

const ever = Script.wait("ever", Effect.never)

const deliver = (body: Body.Body) => using(({ deliver }) => deliver(aliceToBob, body))

/** How delivering fails, and what becomes of the next call. */
const failure = (body: Body.Body, steps: Script.Script, stage: Stage = {}) =>
  Effect.map(
    play(
      [...opening, ...steps],
      using(({ deliver, noop }) =>
        Effect.all({ error: Effect.flip(deliver(aliceToBob, body)), next: Effect.either(noop) })
      ),
      stage
    ),
    ({ value, writes }) => ({ ...value, wire: writes.join("") })
  )

/** The octets that a body becomes. */
const sends = (body: Body.Body, wire: string, stage?: Stage) =>
  play(
    [
      ...opening,
      Script.send("354 go ahead"),
      Script.expectBytes(bytes(wire)),
      Script.send("250 ok"),
      ...closing
    ],
    deliver(body),
    stage
  )

const dead = { _tag: "Left", left: { _tag: "ConnectionFailed", cause: { _tag: "Abandoned" } } }

describe("Data", () => {
  describe("the octets", () => {
    const table: ReadonlyArray<readonly [string, string, string]> = [
      ["M5, N3: doubles a dot that is the first octet", ".a\r\n", "..a\r\n.\r\n"],
      ["M5, T9: doubles a dot at the start of a line", "a\r\n.b\r\n", "a\r\n..b\r\n.\r\n"],
      ["M12: doubles it on each line of a chunk", ".\r\n.\r\n..\r\n", "..\r\n..\r\n...\r\n.\r\n"],
      ["leaves other dots alone", "a.b.\r\n", "a.b.\r\n.\r\n"],
      ["M13: ends the last line", "a", "a\r\n.\r\n"],
      ["M13: ends a last line that has half of its end", "a\r", "a\r\n.\r\n"],
      ["M13: ends a message that is one dot", ".", "..\r\n.\r\n"],
      ["M12, N2: makes a bare LF a line end", "a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"],
      ["M12, N2: makes a bare CR a line end", "a\r.\rb", "a\r\n..\r\nb\r\n.\r\n"],
      ["N2: CR LF . LF does not end it", "a\r\n.\nMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"],
      ["N2: LF . CR LF does not end it", "a\n.\r\nMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"],
      ["N2: CR . CR LF does not end it", "a\r.\r\nMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"],
      ["N2: CR CR LF is two line ends", "a\r\r\n.", "a\r\n\r\n..\r\n.\r\n"],
      ["an empty message is the dot alone", "", ".\r\n"],
      ["keeps NUL and what is beyond ASCII", "\0h\u00e9", "\0h\u00e9\r\n.\r\n"]
    ]
    for (const [title, text, wire] of table) {
      it.effect(title, () => sends(Body.fromString(text), wire))
    }

    const tricky = ".\r\n.\n..\r.a\r\n\r\n."
    const trickyWire = "..\r\n..\r\n...\r\n..a\r\n\r\n..\r\n.\r\n"
    for (const [at, chunks] of Rechunk.splits(bytes(tricky)).entries()) {
      it.effect(`M6, M12: a stream cut at octet ${at} becomes the same`, () =>
        sends(Body.fromStream(Stream.fromIterable(chunks)), trickyWire))
    }

    it.effect("M12: a stream of single octets becomes the same", () =>
      sends(Body.fromStream(Stream.fromIterable(Rechunk.everyByte(bytes(tricky)))), trickyWire))

    const line = `${".".repeat(70)}\r\n`
    const long = line.repeat(3000)
    for (
      const [what, body] of [
        ["in memory", Body.fromString(long)],
        ["from a stream", Body.fromStream(Stream.fromIterable(Rechunk.chunksOf(bytes(long), 999)))]
      ] as const
    ) {
      it.effect(`a long message ${what} goes through a narrow pipe`, () =>
        sends(body, `${`.${line}`.repeat(3000)}.\r\n`, { capacity: 1000 }))
    }
  })

  describe("a stream", () => {
    it.effect("is run again for each attempt", () =>
      Effect.gen(function*() {
        let runs = 0
        const body = Body.fromStream(Stream.suspend(() => {
          runs++
          return Stream.make(bytes("hello\r\n"))
        }))
        const once = [
          ...opening.slice(3),
          Script.send("354 go ahead"),
          Script.expectData("hello\r\n"),
          Script.send("451 4.3.0 again")
        ]
        yield* play(
          [...opening.slice(0, 3), ...once, ...once, ...closing],
          using(({ deliver }) => Effect.replicateEffect(Effect.flip(deliver(aliceToBob, body)), 2))
        )
        expect(runs).toBe(2)
      }))

    const part = bytes(`${"x".repeat(70)}\r\n`.repeat(400))
    const none = new Uint8Array()
    for (
      const [what, stream, sent, eightBit] of [
        ["fails", Stream.concat(Stream.make(part), Stream.fail("disk")), part, true],
        ["cannot be read at all", Stream.fail("disk"), none, true],
        ["holds the 8-bit octets it denied", Stream.make(part, bytes("\u00e9\r\n")), part, false]
      ] as const
    ) {
      it.effect(`that ${what} takes the connection down before the dot`, () =>
        Effect.gen(function*() {
          const { error, next } = yield* failure(
            Body.fromStream(stream, { eightBit }),
            [Script.send("354 go ahead"), Script.expectBytes(sent), Script.expectEnd]
          )
          expect(error).toMatchObject({
            _tag: "Unsendable",
            phase: "Content",
            fate: "NotDelivered",
            retry: "Never"
          })
          expect(next).toMatchObject(dead)
        }))
    }

    it.effect("that dies leaves a dead connection", () =>
      Effect.gen(function*() {
        const { value } = yield* play(
          [...opening, Script.send("354 go ahead")],
          using(({ deliver, noop }) =>
            Effect.zipRight(
              Effect.exit(deliver(aliceToBob, Body.fromStream(Stream.die("bug")))),
              Effect.either(noop)
            )
          )
        )
        expect(value).toMatchObject(dead)
      }))
  })

  describe("the verdict", () => {
    for (
      const [reply, retry] of [
        ["451 4.3.0 later", "Later"],
        ["452 4.2.2 full", "Later"],
        ["552 5.3.4 too big", "Never"],
        ["554 5.7.1 spam", "Never"]
      ]
    ) {
      it.effect(`M9, T12: ${reply} is Refused: ${retry}, and the session goes on`, () =>
        Effect.gen(function*() {
          const { error, next } = yield* failure(hello, [
            Script.send("354 go ahead"),
            Script.expectData(),
            Script.send(reply),
            Script.expect("NOOP"),
            Script.send("250 ok"),
            ...closing
          ])
          expect(error).toMatchObject({
            _tag: "Refused",
            phase: "Verdict",
            fate: "NotDelivered",
            retry
          })
          expect(next).toMatchObject({ _tag: "Right" })
        }))
    }

    it.effect("T12: 421 is Refused: Later, and the session is over", () =>
      Effect.gen(function*() {
        const { error, next } = yield* failure(hello, [
          Script.send("354 go ahead"),
          Script.expectData(),
          Script.send("421 4.3.2 closing"),
          Script.expectEnd
        ])
        expect(error).toMatchObject({ _tag: "Refused", phase: "Verdict", retry: "Later" })
        expect(next).toMatchObject(dead)
      }))

    it.effect("another 354 says nothing of the message", () =>
      Effect.gen(function*() {
        const { error, next } = yield* failure(hello, [
          Script.send("354 go ahead"),
          Script.expectData(),
          Script.send("354 go ahead"),
          Script.expectEnd
        ])
        expect(error).toMatchObject({ _tag: "Refused", phase: "Verdict", fate: "Unknown" })
        expect(next).toMatchObject(dead)
      }))

    for (const ending of [Script.close, Script.reset]) {
      it.effect(`none, but ${ending._tag}, leaves the fate unknown`, () =>
        Effect.gen(function*() {
          const { error } = yield* failure(hello, [
            Script.send("354 go ahead"),
            Script.expectData(),
            ending
          ])
          expect(error).toMatchObject({
            _tag: "ConnectionFailed",
            phase: "Verdict",
            fate: "Unknown",
            retry: "Later"
          })
        }))
    }

    it.effect("none for ten minutes leaves the fate unknown", () =>
      Effect.gen(function*() {
        const fiber = yield* Effect.fork(Effect.flip(play(
          [...opening, Script.send("354 go ahead"), Script.expectData(), ever],
          deliver(hello)
        )))
        yield* TestClock.adjust("599 seconds")
        expect(fiber.unsafePoll()).toBe(null)
        yield* TestClock.adjust("1 second")
        expect(yield* Fiber.join(fiber)).toMatchObject({
          cause: { _tag: "TimedOut", phase: "Verdict" },
          fate: "Unknown"
        })
      }))
  })

  describe("an early answer", () => {
    const long = Body.fromString("x".repeat(200_000))

    it.effect("of a server that closes while the message is written is what counts", () =>
      Effect.gen(function*() {
        const { error, next, wire } = yield* failure(long, [
          Script.send("354 go ahead"),
          Script.expectBytes(bytes("xxxx")),
          Script.send("552 5.3.4 too big"),
          Script.close
        ], { capacity: 1000 })
        expect(error).toMatchObject({
          _tag: "Refused",
          phase: "Content",
          reply: { code: 552 },
          fate: "NotDelivered",
          retry: "Never"
        })
        expect(next).toMatchObject(dead)
        expect(wire).not.toContain("\r\n.\r\n")
      }))

    it.effect("counts for a short message, too", () =>
      Effect.gen(function*() {
        const { error, next } = yield* failure(hello, [
          Script.send("354 go ahead", "554 5.7.1 on second thought"),
          Script.close
        ])
        expect(error).toMatchObject({ _tag: "Refused", reply: { code: 554 }, phase: "Content" })
        expect(next).toMatchObject(dead)
      }))

    /** A server that ends like this before it has seen the last octets, which are all there are. */
    const leaving = (...ending: Script.Script) =>
      Effect.gen(function*() {
        const begun = yield* Effect.makeLatch()
        const left = yield* Effect.makeLatch()
        const body = Stream.fromEffect(
          begun.open.pipe(Effect.zipRight(left.await), Effect.as(bytes("x\r\n")))
        )
        return yield* failure(Body.fromStream(body), [
          Script.send("354 go ahead"),
          Script.wait("the first octet", begun.await),
          ...ending.slice(0, -1),
          Script.wait("the last moment", left.open),
          ...ending.slice(-1)
        ])
      })

    it.effect("that comes before the dot is what counts, even if the dot is on its way", () =>
      Effect.gen(function*() {
        const { error, next } = yield* leaving(Script.send("554 5.7.1 no"), Script.close)
        expect(error).toMatchObject({
          _tag: "Refused",
          phase: "Verdict",
          reply: { code: 554 },
          fate: "NotDelivered"
        })
        expect(next).toMatchObject(dead)
      }))

    it.effect("that is none: a cut with the dot on its way leaves the fate unknown", () =>
      Effect.gen(function*() {
        const { error } = yield* leaving(Script.reset)
        expect(error).toMatchObject({
          _tag: "ConnectionFailed",
          cause: { _tag: "TransportFailed", phase: "Verdict" },
          fate: "Unknown"
        })
      }))

    it.effect("that says yes is believed by nobody", () =>
      Effect.gen(function*() {
        const { error, wire } = yield* failure(hello, [
          Script.send("354 go ahead", "250 2.0.0 queued"),
          Script.wait("its end", Effect.void)
        ])
        expect(error).toMatchObject({
          _tag: "ConnectionFailed",
          cause: { _tag: "OutOfTurn", phase: "Content" },
          fate: "NotDelivered"
        })
        expect(wire).not.toContain("\r\n.\r\n")
      }))

    it.effect("that is none: a cut while the message is written", () =>
      Effect.gen(function*() {
        const { error } = yield* failure(long, [
          Script.send("354 go ahead"),
          Script.expectBytes(bytes("xxxx")),
          Script.reset
        ], { capacity: 1000 })
        expect(error).toMatchObject({
          _tag: "ConnectionFailed",
          cause: { _tag: "TransportFailed", phase: "Content" },
          fate: "NotDelivered",
          retry: "Later"
        })
      }))

    it.effect("nor is silence of a server that does not read: three minutes for a block", () =>
      Effect.gen(function*() {
        const fiber = yield* Effect.fork(Effect.flip(play(
          [...opening, Script.send("354 go ahead"), ever],
          deliver(long),
          { capacity: 1000 }
        )))
        yield* TestClock.adjust("179 seconds")
        expect(fiber.unsafePoll()).toBe(null)
        yield* TestClock.adjust("1 second")
        expect(yield* Fiber.join(fiber)).toMatchObject({
          cause: { _tag: "TimedOut", phase: "Content" },
          fate: "NotDelivered"
        })
      }))

    it.effect("nor is a server that reads more slowly than the minimum rate", () =>
      Effect.gen(function*() {
        const fiber = yield* Effect.fork(Effect.flip(play(
          [...opening, Script.send("354 go ahead"), ever],
          using(({ deliver }) => deliver(aliceToBob, long), {
            minimumRate: { octetsPerSecond: 1000, grace: "10 seconds" }
          }),
          { capacity: 1000 }
        )))
        yield* TestClock.adjust("75 seconds")
        expect(fiber.unsafePoll()).toBe(null)
        yield* TestClock.adjust("1 second")
        expect(yield* Fiber.join(fiber)).toMatchObject({
          _tag: "ConnectionFailed",
          cause: { _tag: "TooSlow", phase: "Content", minimum: 1000 },
          fate: "NotDelivered",
          retry: "Later"
        })
      }))

    it.effect("a stream that takes its time has three minutes for a block, too", () =>
      Effect.gen(function*() {
        const slow = Body.fromStream(
          Stream.repeatEffect(
            Effect.as(Effect.sleep("2 minutes"), bytes("x\r\n"))
          ).pipe(Stream.take(5))
        )
        const fiber = yield* Effect.fork(
          Effect.scoped(sends(slow, "x\r\nx\r\nx\r\nx\r\nx\r\n.\r\n"))
        )
        yield* Effect.replicateEffect(TestClock.adjust("1 minute"), 11)
        const { value } = yield* Fiber.join(fiber)
        expect(Option.isSome(value.reply)).toBe(true)
      }))
  })

  it.effect("M18: a server that closes in place of answering QUIT has the message", () =>
    Effect.gen(function*() {
      const { value } = yield* play(
        [
          ...opening,
          Script.send("354 go ahead"),
          Script.expectData(),
          Script.send("250 2.0.0 queued"),
          Script.expect("QUIT"),
          Script.close
        ],
        Effect.scoped(Effect.flatMap(connect(), ({ deliver }) => deliver(aliceToBob, hello)))
      )
      expect(value.reply).toMatchObject(Option.some({ lines: ["queued"] }))
    }))

  it.effect("M18: so has one that is gone by then", () =>
    Effect.gen(function*() {
      const { value } = yield* play(
        [
          ...opening,
          Script.send("354 go ahead"),
          Script.expectData(),
          Script.send("250 2.0.0 queued"),
          Script.close
        ],
        Effect.scoped(Effect.flatMap(connect(), ({ deliver }) => deliver(aliceToBob, hello)))
      )
      expect(Option.isSome(value.reply)).toBe(true)
    }))
})
