import * as Script from "@effect-smtp/testing/Script"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Body from "../src/Body.js"
import type { Envelope } from "../src/Envelope.js"
import type { Fate } from "../src/SmtpError.js"
import { aliceToBob, envelope, hello, play, using } from "./harness.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const content = bytes("Subject: hi\r\n\r\nhello\r\n")

const greeting = (...extensions: ReadonlyArray<string>): Script.Script => [
  Script.send("220 mx.example ready"),
  Script.expect("EHLO client.example"),
  Script.send(
    ...["mx.example", ...extensions].map((line, i) =>
      `250${i === extensions.length ? " " : "-"}${line}`
    )
  )
]
const mail = [Script.expect(/^MAIL/), Script.send("250 ok")]
const rcpt = [Script.expect(/^RCPT/), Script.send("250 ok")]
const data = [Script.expect("DATA"), Script.send("354 go ahead")]
const message = Script.expectData()

/** Plays so much of the session, interrupts the delivery, and says what it was told and what is left. */
const interrupted = (
  script: Script.Script,
  body: Body.Body = hello,
  to: Envelope = aliceToBob
) =>
  Effect.gen(function*() {
    const reached = yield* Deferred.make<void>()
    const done = yield* Deferred.make<void>()
    const told = yield* Ref.make<ReadonlyArray<Fate>>([])
    const { value } = yield* play(
      [
        ...script,
        Script.wait("here", Deferred.succeed(reached, undefined)),
        Script.wait("done", Deferred.await(done))
      ],
      using(({ deliver, noop }) =>
        Effect.gen(function*() {
          const onInterrupt = (fate: Fate) => Ref.update(told, (before) => [...before, fate])
          const fiber = yield* Effect.fork(deliver(to, body, { onInterrupt }))
          yield* Deferred.await(reached)
          yield* Fiber.interrupt(fiber)
          const fates = yield* Ref.get(told)
          yield* Deferred.succeed(done, undefined)
          return { fates, next: yield* Effect.flip(noop) }
        })
      )
    )
    return value
  })

describe("an interrupted delivery", () => {
  const silent = Body.fromStream(Stream.concat(Stream.make(content), Stream.never), {
    eightBit: false
  })
  const flight: Script.Script = [
    ...greeting("PIPELINING", "CHUNKING"),
    Script.expect(/^MAIL/),
    Script.expect(/^RCPT/),
    Script.expect("BDAT 22 LAST"),
    Script.expectBytes(content)
  ]
  const two = envelope("alice@client.example", "bob@mx.example", "carol@mx.example")
  const first = [...mail, ...rcpt, ...data, message, Script.send("250 ok")]
  const cases: ReadonlyArray<
    readonly [where: string, Fate, Script.Script, body?: Body.Body, to?: Envelope]
  > = [
    ["before the reply to MAIL", "NotDelivered", [...greeting(), Script.expect(/^MAIL/)]],
    [
      "before the reply to RCPT",
      "NotDelivered",
      [...greeting(), ...mail, Script.expect(/^RCPT/)]
    ],
    [
      "in the middle of the message",
      "NotDelivered",
      [...greeting(), ...mail, ...rcpt, ...data],
      silent
    ],
    ["after the final dot", "Unknown", [...greeting(), ...mail, ...rcpt, ...data, message]],
    [
      "after the message and its envelope in one write",
      "Unknown",
      flight
    ],
    [
      "after the last chunk",
      "Unknown",
      [
        ...greeting("CHUNKING"),
        ...mail,
        ...rcpt,
        Script.expect("BDAT 22 LAST"),
        Script.expectBytes(content)
      ]
    ],
    [
      "in the second part, when the first was delivered",
      "Unknown",
      [...greeting("LIMITS RCPTMAX=1"), ...first, Script.expect(/^MAIL/)],
      hello,
      two
    ],
    [
      "while a refused message is being forgotten",
      "NotDelivered",
      [
        ...greeting(),
        ...mail,
        Script.expect(/^RCPT/),
        Script.send("550 no"),
        Script.expect("RSET")
      ]
    ]
  ]
  for (const [where, fate, script, body, to] of cases) {
    it.effect(`N13: ${where}: ${fate}, and the connection is used no more`, () =>
      Effect.gen(function*() {
        const { fates, next } = yield* interrupted(script, body, to)
        expect(fates).toEqual([fate])
        expect(next).toMatchObject({ _tag: "ConnectionFailed", cause: { _tag: "Abandoned" } })
      }))
  }

  it.effect("while it waits for its turn: NotDelivered, and the session goes on", () =>
    Effect.gen(function*() {
      const reached = yield* Deferred.make<void>()
      const go = yield* Deferred.make<void>()
      const told = yield* Ref.make<ReadonlyArray<Fate>>([])
      const { value } = yield* play(
        [
          ...greeting(),
          ...mail,
          ...rcpt,
          ...data,
          message,
          Script.wait("here", Deferred.succeed(reached, undefined)),
          Script.wait("go", Deferred.await(go)),
          Script.send("250 ok"),
          Script.expect("QUIT"),
          Script.send("221 bye"),
          Script.expectEnd
        ],
        using(({ deliver }) =>
          Effect.gen(function*() {
            const onInterrupt = (fate: Fate) => Ref.update(told, (before) => [...before, fate])
            const first = yield* Effect.fork(deliver(aliceToBob, hello, { onInterrupt }))
            yield* Deferred.await(reached)
            const second = yield* Effect.fork(deliver(aliceToBob, hello, { onInterrupt }))
            yield* Effect.yieldNow()
            yield* Fiber.interrupt(second)
            yield* Deferred.succeed(go, undefined)
            return yield* Fiber.join(first)
          })
        )
      )
      expect(value.accepted.length).toBe(1)
      expect(yield* Ref.get(told)).toEqual(["NotDelivered"])
    }))

  it.effect("one that ends by itself tells nothing", () =>
    Effect.gen(function*() {
      const told = yield* Ref.make(0)
      yield* play(
        [
          ...greeting(),
          ...mail,
          ...rcpt,
          ...data,
          message,
          Script.send("554 no"),
          Script.expect("QUIT"),
          Script.send("221 bye"),
          Script.expectEnd
        ],
        using(({ deliver }) =>
          Effect.flip(
            deliver(aliceToBob, hello, { onInterrupt: () => Ref.update(told, (n) => n + 1) })
          )
        )
      )
      expect(yield* Ref.get(told)).toBe(0)
    }))
})

describe("the total time", () => {
  const slow = (script: Script.Script) =>
    Effect.gen(function*() {
      const reached = yield* Deferred.make<void>()
      const done = yield* Deferred.make<void>()
      const fiber = yield* Effect.fork(
        play(
          [
            ...script,
            Script.wait("here", Deferred.succeed(reached, undefined)),
            Script.wait("done", Deferred.await(done))
          ],
          using(({ deliver, noop }) =>
            Effect.all([
              Effect.flip(deliver(aliceToBob, hello, { total: "10 seconds" })),
              Effect.flip(noop)
            ]).pipe(Effect.zipLeft(Deferred.succeed(done, undefined)))
          )
        )
      )
      yield* Deferred.await(reached)
      yield* TestClock.adjust("10 seconds")
      return (yield* Fiber.join(fiber)).value
    })

  for (
    const [phase, fate, script] of [
      ["Mail", "NotDelivered", [...greeting(), Script.expect(/^MAIL/)]],
      ["Verdict", "Unknown", [...greeting(), ...mail, ...rcpt, ...data, message]]
    ] as const
  ) {
    it.effect(`M15, L6: ends a delivery in ${phase}: ${fate}, and the connection with it`, () =>
      Effect.gen(function*() {
        expect(yield* slow(script)).toMatchObject([
          { _tag: "ConnectionFailed", cause: { _tag: "TimedOut", phase }, fate, retry: "Later" },
          { _tag: "ConnectionFailed" }
        ])
      }))
  }

  it.effect("is none of the business of a delivery that is done", () =>
    Effect.gen(function*() {
      const { value } = yield* play(
        [
          ...greeting(),
          ...mail,
          ...rcpt,
          ...data,
          message,
          Script.send("250 ok"),
          Script.expect("NOOP"),
          Script.send("250 ok"),
          Script.expect("QUIT"),
          Script.send("221 bye"),
          Script.expectEnd
        ],
        using(({ deliver, noop }) =>
          Effect.zipLeft(deliver(aliceToBob, hello, { total: "10 seconds" }), noop).pipe(
            Effect.zipLeft(TestClock.adjust("1 minute"))
          )
        )
      )
      expect(value.accepted.length).toBe(1)
    }))
})
