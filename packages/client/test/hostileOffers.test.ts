import * as Script from "@effect-smtp/testing/Script"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as Body from "../src/Body.js"
import * as Envelope from "../src/Envelope.js"
import { aliceToBob, envelope, hello, play, using } from "./harness.js"

const bytes = (text: string) => new TextEncoder().encode(text)

const mail = "MAIL FROM:<alice@client.example>"
const rcpt = "RCPT TO:<bob@mx.example>"
const content = "Subject: hi\r\n\r\nhello\r\n"
const whole = `${mail}\r\n${rcpt}\r\nBDAT 22 LAST\r\n${content}`

const opened = (...extensions: ReadonlyArray<string>): Script.Script => [
  Script.send("220 mx.example ready"),
  Script.expect("EHLO client.example"),
  Script.send("250-mx.example", ...extensions.map((name) => `250-${name}`), "250 HELP")
]

/** What came of a delivery, and of a NOOP after it. */
const deliver = (
  script: Script.Script,
  to: Envelope.Envelope = aliceToBob,
  body: Body.Body = hello
) =>
  play(
    script,
    using(({ deliver, noop }) =>
      Effect.all({ delivered: Effect.either(deliver(to, body)), then: Effect.either(noop) })
    )
  )

const quit = [
  Script.expect("NOOP"),
  Script.send("250 ok"),
  Script.expect("QUIT"),
  Script.send("221 bye")
]

describe("a server whose capabilities lie", () => {
  for (const reply of ["500 what?", "502 not implemented", "503 not now"]) {
    it.effect(`offers CHUNKING, and answers BDAT and each line of the message with ${reply}`, () =>
      Effect.gen(function*() {
        const { value } = yield* deliver([
          ...opened("PIPELINING", "CHUNKING"),
          Script.expectBytes(bytes(whole)),
          Script.send("250 ok", "250 ok", reply, reply, reply, reply)
        ])
        expect(value).toMatchObject({
          delivered: { left: { _tag: "Refused", fate: "NotDelivered", retry: "Never" } },
          then: { left: { cause: { _tag: "Abandoned" } } }
        })
      }))
  }

  it.effect("offers CHUNKING, and refuses a chunk it has read", () =>
    Effect.gen(function*() {
      const { value } = yield* deliver([
        ...opened("CHUNKING"),
        Script.expect(mail),
        Script.send("250 ok"),
        Script.expect(rcpt),
        Script.send("250 ok"),
        Script.expectBytes(bytes(`BDAT 22 LAST\r\n${content}`)),
        Script.send("503 5.5.1 no"),
        Script.expect("RSET"),
        Script.send("250 ok"),
        ...quit
      ])
      expect(value).toMatchObject({
        delivered: { left: { _tag: "Refused", fate: "NotDelivered", retry: "Never" } },
        then: { _tag: "Right" }
      })
    }))

  it.effect("offers PIPELINING, and takes only the first command of a group", () =>
    Effect.gen(function*() {
      const running = yield* Effect.fork(deliver([
        ...opened("PIPELINING"),
        Script.expect(mail),
        Script.send("250 ok"),
        Script.expect(rcpt),
        Script.expect("DATA"),
        Script.expectEnd
      ]))
      yield* TestClock.adjust("1 hour")
      const { value } = yield* Fiber.join(running)
      expect(value).toMatchObject({
        delivered: {
          left: { _tag: "ConnectionFailed", cause: { _tag: "TimedOut" }, fate: "NotDelivered" }
        },
        then: { _tag: "Left" }
      })
    }))

  it.effect("offers PIPELINING, and knows nothing of MAIL when it reads the rest", () =>
    Effect.gen(function*() {
      const { value } = yield* deliver([
        ...opened("PIPELINING"),
        Script.expectBytes(bytes(`${mail}\r\n${rcpt}\r\nDATA\r\n`)),
        Script.send("250 ok", "503 5.5.1 MAIL first", "503 5.5.1 RCPT first"),
        Script.expect("RSET"),
        Script.send("250 ok"),
        ...quit
      ])
      expect(value.then._tag).toBe("Right")
      expect(value.delivered).toMatchObject({
        right: { accepted: [], rejected: [{ reply: { code: 503 } }], reply: { _tag: "None" } }
      })
    }))

  const utf8 = envelope("j\u00fcrgen@mx.example", "bob@mx.example")
  const dsn = Envelope.withWishes(aliceToBob, { ret: Option.some("HDRS") })
  const eightBit = Body.fromString("Subject: gr\u00fc\u00dfe\r\n\r\n")
  const refused: ReadonlyArray<
    readonly [offer: string, mail: string, reply: string, to: Envelope.Envelope, body: Body.Body]
  > = [
    ["SIZE 1000", `${mail} SIZE=22`, "552 5.3.4 too big", aliceToBob, hello],
    ["8BITMIME", `${mail} BODY=8BITMIME`, "555 5.5.4 BODY?", aliceToBob, eightBit],
    [
      "SMTPUTF8",
      "MAIL FROM:<j\u00fcrgen@mx.example> SMTPUTF8",
      "553 5.6.7 ASCII only",
      utf8,
      hello
    ],
    ["DSN", `${mail} RET=HDRS`, "501 5.5.4 RET?", dsn, hello]
  ]
  for (const [offer, line, reply, to, body] of refused) {
    it.effect(`offers ${offer}, and says ${reply} to it: not sent without`, () =>
      Effect.gen(function*() {
        const { value } = yield* deliver(
          [...opened(offer), Script.expect(line), Script.send(reply), ...quit],
          to,
          body
        )
        expect(value).toMatchObject({
          delivered: { left: { _tag: "Refused", phase: "Mail", retry: "Never" } },
          then: { _tag: "Right" }
        })
      }))
  }

  it.effect("offers PRDR, and gives one verdict too few", () =>
    Effect.gen(function*() {
      const two = envelope("alice@client.example", "bob@mx.example", "carol@mx.example")
      const { value } = yield* play(
        [
          ...opened("PRDR"),
          Script.expect(`${mail} PRDR`),
          Script.send("250 ok"),
          Script.expect(rcpt),
          Script.send("250 ok"),
          Script.expect("RCPT TO:<carol@mx.example>"),
          Script.send("250 ok"),
          Script.expect("DATA"),
          Script.send("354 go"),
          Script.expectData(),
          Script.send("353 each", "250 bob", "250 carol"),
          Script.close
        ],
        using(({ deliver }) => Effect.either(deliver(two, hello, { prdr: "WhereOffered" })))
      )
      expect(value).toMatchObject({ left: { _tag: "ConnectionFailed", fate: "Unknown" } })
    }))

  it.effect("sets limits of nothing at all, which are none", () =>
    Effect.gen(function*() {
      const { value } = yield* deliver([
        ...opened("LIMITS MAILMAX=0 RCPTMAX=0 RCPTDOMAINMAX=0"),
        Script.expect(mail),
        Script.send("250 ok"),
        Script.expect(rcpt),
        Script.send("250 ok"),
        Script.expect("DATA"),
        Script.send("354 go"),
        Script.expectData(content),
        Script.send("250 ok"),
        ...quit
      ])
      expect(value).toMatchObject({
        delivered: { right: { accepted: [{}] } },
        then: { _tag: "Right" }
      })
    }))
})
