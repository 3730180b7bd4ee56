import * as Script from "@effect-smtp/testing/Script"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Outcome } from "../src/Outcome.js"
import * as Harness from "./harness.js"
import { around, converse, envelope, hello, helloLines, play, using } from "./harness.js"

const three = envelope(
  "alice@client.example",
  "bob@mx.example",
  "carol@mx.example",
  "dave@mx.example"
)

const lists = ({ accepted, failed, rejected, reply }: Outcome) => ({
  accepted: accepted.map((_) => [ForwardPath.print(_.recipient), _.reply.lines[0]]),
  rejected: rejected.map((_) => [ForwardPath.print(_.recipient), _.reply.code]),
  failed: failed.map((_) => [ForwardPath.print(_.recipient), _.error._tag, _.fate]),
  reply: Option.map(reply, ({ lines }) => lines[0])
})

/** The lines before the message, to three of whom those may receive it whose RCPT is accepted. */
const opened = (codes: readonly [number, number, number], parameter = "") => `
  C: MAIL FROM:<alice@client.example>${parameter}
  S: 250 ok
  C: RCPT TO:<bob@mx.example>
  S: ${codes[0]} bob
  C: RCPT TO:<carol@mx.example>
  S: ${codes[1]} carol
  C: RCPT TO:<dave@mx.example>
  S: ${codes[2]} dave`

const data = `
  C: DATA
  S: 354 go ahead
  ${helloLines}`

describe("Verdicts", () => {
  describe("under LMTP", () => {
    /** RFC 2033 section 4.1: LHLO, and nothing else. */
    const local = (words: string, extensions: ReadonlyArray<string> = []) =>
      around(words, extensions).replace("EHLO", "LHLO")
    const deliver = using(({ deliver }) => deliver(three, hello), { protocol: "Lmtp" })

    it.effect("every accepted recipient has an answer, in order", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          local(
            `${opened([250, 550, 250])}
             ${data}
             S: 250 2.0.0 <bob@mx.example> a1 Saved
             S: 452 4.2.2 <dave@mx.example> full`
          ),
          deliver
        )
        expect(lists(value)).toEqual({
          accepted: [["<bob@mx.example>", "<bob@mx.example> a1 Saved"]],
          rejected: [["<carol@mx.example>", 550], ["<dave@mx.example>", 452]],
          failed: [],
          reply: Option.none()
        })
      }))

    it.effect("rejected recipients keep the envelope's order, whenever they were", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          local(`${opened([250, 250, 550])}\n${data}\nS: 250 ok\nS: 552 no`),
          deliver
        )
        expect(lists(value).rejected)
          .toEqual([["<carol@mx.example>", 552], ["<dave@mx.example>", 550]])
      }))

    it.effect("nobody may be left in the end", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          local(`${opened([250, 250, 250])}\n${data}\nS: 452 a\nS: 452 b\nS: 452 c`),
          deliver
        )
        expect(lists(value)).toMatchObject({ accepted: [], reply: Option.none() })
      }))

    it.effect("nor any answer, where RCPT accepts nobody (RFC 2033 section 4.2)", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          local(
            `C: MAIL FROM:<alice@client.example>
             C: RCPT TO:<bob@mx.example>
             C: RCPT TO:<carol@mx.example>
             C: RCPT TO:<dave@mx.example>
             C: DATA
             S: 250 ok
             S: 550 bob
             S: 550 carol
             S: 550 dave
             S: 503 5.5.1 no valid recipients
             C: RSET
             S: 250 ok`,
            ["PIPELINING"]
          ),
          deliver
        )
        expect(lists(value).rejected.length).toBe(3)
      }))

    it.effect("chunks are answered once, the last one for each recipient", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          local(
            `C: MAIL FROM:<alice@client.example>
             C: RCPT TO:<bob@mx.example>
             C: RCPT TO:<carol@mx.example>
             C: RCPT TO:<dave@mx.example>
             S: 250 ok
             S: 250 bob
             S: 550 carol
             S: 250 dave
             C: BDAT 22 LAST
             C: Subject: hi
             C:
             C: hello
             S: 250 saved
             S: 250 saved`,
            ["PIPELINING", "CHUNKING"]
          ),
          deliver
        )
        expect(lists(value).accepted.length).toBe(2)
      }))

    const lost = (replies: ReadonlyArray<string>) =>
      play(
        [
          ...Harness.script(local(`${opened([250, 250, 250])}\n${data}`).split("C: QUIT")[0]!),
          ...(replies.length === 0 ? [] : [Script.send(...replies)]),
          Script.close
        ],
        using(({ deliver }) => Effect.either(deliver(three, hello)), { protocol: "Lmtp" })
      )

    it.effect("N13: if the answers end too soon, those that were heard stand", () =>
      Effect.gen(function*() {
        const { value } = yield* lost(["250 bob saved"])
        expect(Option.map(Either.getRight(value), lists)).toEqual(Option.some({
          accepted: [["<bob@mx.example>", "bob saved"]],
          rejected: [],
          failed: [
            ["<carol@mx.example>", "ConnectionFailed", "Unknown"],
            ["<dave@mx.example>", "ConnectionFailed", "Unknown"]
          ],
          reply: Option.none()
        }))
      }))

    it.effect("N13: if there is none, nobody's fate is known", () =>
      Effect.gen(function*() {
        const { value } = yield* lost([])
        expect(value).toMatchObject({ _tag: "Left", left: { fate: "Unknown" } })
      }))

    it.effect("T11: a 421 is the answer to one, and to nobody behind it", () =>
      Effect.gen(function*() {
        const { value } = yield* lost(["421 4.3.2 closing"])
        expect(Option.map(Either.getRight(value), (outcome) => lists(outcome).failed))
          .toEqual(Option.some([
            ["<bob@mx.example>", "Refused", "NotDelivered"],
            ["<carol@mx.example>", "Refused", "Unknown"],
            ["<dave@mx.example>", "Refused", "Unknown"]
          ]))
      }))

    it.effect("LHLO refused is not followed by HELO", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          `S: 220 mx.example ready
           C: LHLO client.example
           S: 500 what?
           C: QUIT
           S: 221 bye`,
          Harness.refused({ protocol: "Lmtp" })
        )
        expect(value).toMatchObject({ _tag: "Refused", phase: "Hello" })
      }))
  })

  describe("under PRDR", () => {
    const asked = using(({ deliver }) => deliver(three, hello, { prdr: "WhereOffered" }))
    const offer = ["PRDR"]
    const prdr = `${opened([250, 250, 250], " PRDR")}\n${data}\nS: 353 analysis beginning`

    it.effect("every recipient has an answer, and the message too", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(`${prdr}\nS: 250 bob\nS: 550 carol\nS: 450 dave\nS: 250 OK id=1`, offer),
          asked
        )
        expect(lists(value)).toEqual({
          accepted: [["<bob@mx.example>", "bob"]],
          rejected: [["<carol@mx.example>", 550], ["<dave@mx.example>", 450]],
          failed: [],
          reply: Option.some("OK id=1")
        })
      }))

    it.effect("a message refused in the end is accepted for nobody", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(`${prdr}\nS: 250 bob\nS: 250 carol\nS: 450 dave\nS: 554 spam`, offer),
          Effect.flip(asked)
        )
        expect(value).toMatchObject({ _tag: "Refused", phase: "Verdict", reply: { code: 554 } })
      }))

    it.effect("each may be refused, and so the message", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(`${prdr}\nS: 550 bob\nS: 550 carol\nS: 450 dave\nS: 550 all gone`, offer),
          asked
        )
        expect(lists(value)).toMatchObject({ accepted: [], reply: Option.none() })
        expect(value.rejected.length).toBe(3)
      }))

    it.effect("a server may answer once all the same", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(`${opened([250, 550, 250], " PRDR")}\n${data}\nS: 250 OK id=1`, offer),
          asked
        )
        expect(value.accepted.length).toBe(2)
        expect(lists(value).reply).toEqual(Option.some("OK id=1"))
      }))

    it.effect("it is not asked for where it is not offered", () =>
      converse(around(`${opened([250, 250, 250])}\n${data}\nS: 250 ok`), asked))

    it.effect("nor where the caller does not", () =>
      converse(
        around(`${opened([250, 250, 250])}\n${data}\nS: 250 ok`, offer),
        using(({ deliver }) => deliver(three, hello))
      ))

    it.effect("353 is no answer where nobody asked, and the fate is not known", () =>
      Effect.gen(function*() {
        const { value } = yield* play(
          [
            ...Harness.script(
              around(`${opened([250, 250, 250])}\n${data}\nS: 353 analysis`).split("C: QUIT")[0]!
            ),
            Script.expectEnd
          ],
          using(({ deliver }) => Effect.flip(deliver(three, hello)))
        )
        expect(value).toMatchObject({ _tag: "Refused", phase: "Verdict", fate: "Unknown" })
      }))
  })
})
