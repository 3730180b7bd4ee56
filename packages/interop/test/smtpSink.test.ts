import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as OurClient from "../src/OurClient.js"
import * as Sink from "../src/Sink.js"

const { connect, deliver, summary } = OurClient

const mail = { to: ["bob@mx.example", "carol@mx.example"], message: Message.plain } as const

const done = { accepted: ["bob@mx.example", "carol@mx.example"], rejected: [], code: 250 }

/** As the sink writes it down. */
const stored = (message: string): string =>
  Buffer.from(message.replaceAll("\r\n", "\n")).toString("latin1")

const live = <A, E>(
  title: string,
  options: ReadonlyArray<string>,
  test: (
    sink: Sink.Sink
  ) => Effect.Effect<A, E, Effect.Effect.Context<ReturnType<typeof Sink.make>>>
) =>
  it.scopedLive(
    title,
    () => Effect.flatMap(Sink.make(options), test).pipe(Effect.provide(Machine.layer))
  )

/** How a delivery over a new session fails. */
const failure = (sink: Sink.Sink, message: string = Message.plain) =>
  Effect.flip(Effect.scoped(
    Effect.flatMap(connect(sink.port), (client) => deliver(client, { ...mail, message }))
  ))

describe("smtp-sink", () => {
  describe("takes our client's mail", () => {
    for (
      const [title, options, protocol] of [
        ["with all it offers", [], "ESMTP"],
        ["without PIPELINING", ["-p"], "ESMTP"],
        ["without 8BITMIME and enhanced codes", ["-8", "-E"], "ESMTP"],
        ["after HELO, where it knows no EHLO", ["-e"], "SMTP"],
        ["behind a PIX that masks the greeting", ["-P"], "SMTP"],
        ["through a small window", ["-T", "1024"], "ESMTP"]
      ] as const
    ) {
      live(title, options, (sink) =>
        Effect.gen(function*() {
          const client = yield* connect(sink.port)
          const messages = [Message.plain, Message.dots, Message.long, Message.big(300_000)]
          for (const message of messages) {
            expect(summary(yield* deliver(client, { ...mail, message }))).toEqual(done)
          }
          const dumps = yield* sink.dumps
          expect(dumps.map(({ message }) => message).sort()).toEqual(messages.map(stored).sort())
          expect(dumps[0]?.told).toContain(`X-Client-Proto: ${protocol}\n`)
          expect(dumps[0]?.told).toContain("X-Helo-Args: client.example\n")
          expect(dumps[0]?.told).toContain(
            "X-Rcpt-Args: <bob@mx.example>\nX-Rcpt-Args: <carol@mx.example>\n"
          )
        }))
    }

    live("of 8 bits where it offers 8BITMIME", [], (sink) =>
      Effect.gen(function*() {
        const client = yield* connect(sink.port)
        yield* deliver(client, { ...mail, message: Message.eightBit })
        const [dump] = yield* sink.dumps
        expect(dump?.message).toBe(stored(Message.eightBit))
        expect(dump?.told).toContain("X-Mail-Args: <alice@client.example> BODY=8BITMIME\n")
      }))

    live("of 8 bits nowhere else", ["-8"], (sink) =>
      Effect.gen(function*() {
        const error = yield* failure(sink, Message.eightBit)
        expect(error).toMatchObject({ _tag: "Unsupported", extension: "8BITMIME" })
        expect(yield* sink.dumps).toEqual([])
      }))
  })

  describe("refuses, and our client says", () => {
    for (
      const [command, phase] of [
        ["CONNECT", "Greeting"],
        ["MAIL", "Mail"],
        ["DATA", "Data"],
        [".", "Verdict"]
      ] as const
    ) {
      live(
        `that it refused for good: ${command}`,
        ["-f", command],
        (sink) =>
          Effect.gen(function*() {
            expect(yield* failure(sink)).toMatchObject({
              _tag: "Refused",
              phase,
              fate: "NotDelivered",
              retry: phase === "Greeting" ? "Elsewhere" : "Never",
              reply: { code: 500 }
            })
          })
      )

      live(
        `that it refused for now: ${command}`,
        ["-r", command],
        (sink) =>
          Effect.gen(function*() {
            expect(yield* failure(sink)).toMatchObject({
              _tag: "Refused",
              phase,
              fate: "NotDelivered",
              retry: "Later",
              reply: { code: 450 }
            })
          })
      )
    }

    live("that no recipient was accepted", ["-r", "RCPT"], (sink) =>
      Effect.gen(function*() {
        const client = yield* connect(sink.port)
        expect(summary(yield* deliver(client, mail))).toEqual({
          accepted: [],
          rejected: [["bob@mx.example", 450], ["carol@mx.example", 450]],
          code: undefined
        })
        yield* client.noop
      }))

    live(
      "that it had enough in the middle of the message",
      ["-A", "0"],
      (sink) =>
        Effect.gen(function*() {
          // It says why and leaves: at times our next octets fail before its words are read.
          expect(yield* failure(sink, Message.big(8_000_000))).toMatchObject({
            phase: "Content",
            fate: "NotDelivered"
          })
        })
    )
  })

  describe("leaves, and our client says", () => {
    for (
      const [command, phase, fate] of [
        ["CONNECT", "Greeting", "NotDelivered"],
        ["EHLO", "Hello", "NotDelivered"],
        ["MAIL", "Mail", "NotDelivered"],
        ["RCPT", "Recipient", "NotDelivered"],
        ["DATA", "Data", "NotDelivered"],
        [".", "Verdict", "Unknown"]
      ] as const
    ) {
      live(
        `what became of the message, without a word: ${command}`,
        ["-q", command],
        (sink) =>
          Effect.gen(function*() {
            expect(yield* failure(sink)).toMatchObject({
              _tag: "ConnectionFailed",
              phase,
              fate,
              retry: "Later"
            })
          })
      )

      live(
        `that it did so with 421: ${command}`,
        ["-Q", command],
        (sink) =>
          Effect.gen(function*() {
            expect(yield* failure(sink)).toMatchObject({
              _tag: "Refused",
              phase,
              fate: "NotDelivered",
              retry: "Later",
              reply: { code: 421 }
            })
          })
      )
    }

    live(
      "nothing, where the message was accepted before",
      ["-q", "QUIT"],
      (sink) =>
        Effect.gen(function*() {
          const outcome = yield* Effect.scoped(
            Effect.flatMap(connect(sink.port), (client) => deliver(client, mail))
          )
          expect(summary(outcome)).toEqual(done)
        })
    )
  })
})
