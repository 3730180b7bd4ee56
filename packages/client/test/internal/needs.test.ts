import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Body from "../../src/Body.js"
import type { Envelope } from "../../src/Envelope.js"
import { aliceToBob, around, converse, envelope, hello, using } from "../harness.js"

const utf8 = new TextEncoder()

/** The MAIL and RCPT lines that announce a message to a server with these extensions. */
const announced = (
  extensions: ReadonlyArray<string>,
  to: Envelope,
  body: Body.Body,
  mail: string,
  rcpt: string
) =>
  converse(
    around(
      `C: ${mail}
       S: 250 ok
       C: ${rcpt}
       S: 550 no
       C: RSET
       S: 250 ok`,
      extensions
    ),
    using(({ deliver }) => deliver(to, body))
  )

/** What a server with these extensions lacks; nothing is said to it. */
const lacking = (extensions: ReadonlyArray<string>, to: Envelope, body: Body.Body) =>
  Effect.map(
    converse(around("", extensions), using(({ deliver }) => Effect.flip(deliver(to, body)))),
    ({ value }) => value
  )

const mail = "MAIL FROM:<alice@client.example>"
const rcpt = "RCPT TO:<bob@mx.example>"
const accents = Body.fromString("Subject: hi\r\n\r\nh\u00e9llo\r\n")

describe("needs", () => {
  describe("SIZE", () => {
    const cases: ReadonlyArray<readonly [string, string, Body.Body, string]> = [
      ["is declared", "SIZE 1000", hello, " SIZE=22"],
      ["is declared without a limit", "SIZE", hello, " SIZE=22"],
      ["is declared where 0 means none", "SIZE 0", hello, " SIZE=22"],
      ["is declared up to the limit", "SIZE 22", hello, " SIZE=22"],
      ["counts CR LF and the missing last one", "SIZE 1000", Body.fromString("a\nb"), " SIZE=6"],
      [
        "is what a stream says it is",
        "SIZE 1000",
        Body.fromStream(Stream.empty, { size: 7, eightBit: false }),
        " SIZE=7"
      ],
      [
        "is not declared where nobody knows",
        "SIZE 1000",
        Body.fromStream(Stream.empty, { eightBit: false }),
        ""
      ],
      ["is not declared to a server that does not offer it", "DSN", hello, ""]
    ]
    for (const [title, offer, body, parameter] of cases) {
      it.effect(title, () => announced([offer], aliceToBob, body, `${mail}${parameter}`, rcpt))
    }

    it.effect("over the limit nothing is said", () =>
      Effect.gen(function*() {
        expect(yield* lacking(["SIZE 21"], aliceToBob, hello)).toMatchObject({
          _tag: "Unsupported",
          extension: "SIZE",
          phase: "Mail",
          fate: "NotDelivered",
          retry: "Elsewhere"
        })
      }))

    for (const size of [NaN, -1, 1.5, Infinity]) {
      it.effect(`N7: a size of ${size} is not written`, () =>
        Effect.gen(function*() {
          const body = Body.fromStream(Stream.empty, { size, eightBit: false })
          expect(yield* lacking(["SIZE"], aliceToBob, body)).toMatchObject({ _tag: "Unsendable" })
        }))
    }
  })

  describe("8BITMIME", () => {
    it.effect("M4: is asked for where it is needed and offered", () =>
      announced(["8BITMIME"], aliceToBob, accents, `${mail} BODY=8BITMIME`, rcpt))

    it.effect("is not asked for where it is not needed", () =>
      announced(["8BITMIME"], aliceToBob, hello, mail, rcpt))

    it.effect("is asked for a stream that may need it", () =>
      announced(
        ["8BITMIME"],
        aliceToBob,
        Body.fromStream(Stream.empty),
        `${mail} BODY=8BITMIME`,
        rcpt
      ))

    it.effect("without it no 8-bit message is announced", () =>
      Effect.gen(function*() {
        expect(yield* lacking(["SIZE"], aliceToBob, accents)).toMatchObject({
          _tag: "Unsupported",
          extension: "8BITMIME",
          retry: "Elsewhere"
        })
      }))
  })

  describe("SMTPUTF8", () => {
    const rene = envelope("ren\u00e9@client.example", "bob@mx.example")
    const muenchen = envelope("alice@client.example", "bob@m\u00fcnchen.example")

    it.effect("is asked for where an address needs it", () =>
      announced(
        ["SMTPUTF8"],
        rene,
        hello,
        "MAIL FROM:<ren\u00e9@client.example> SMTPUTF8",
        rcpt
      ))

    it.effect("is not asked for where none does", () =>
      announced(["SMTPUTF8"], aliceToBob, hello, mail, rcpt))

    it.effect("without it no such address is written", () =>
      Effect.gen(function*() {
        expect(yield* lacking(["8BITMIME"], rene, hello)).toMatchObject({
          _tag: "Unsupported",
          extension: "SMTPUTF8"
        })
      }))

    it.effect("without it a domain goes in its ASCII form", () =>
      announced([], muenchen, hello, mail, "RCPT TO:<bob@xn--mnchen-3ya.example>"))

    it.effect("with it a domain goes as it is", () =>
      announced(
        ["SMTPUTF8"],
        muenchen,
        hello,
        `${mail} SMTPUTF8`,
        "RCPT TO:<bob@m\u00fcnchen.example>"
      ))
  })

  it.effect("many recipients are called what each server understands, again and again", () =>
    Effect.gen(function*() {
      const names = Array.from({ length: 40 }, (_, index) => `bob${index}`)
      const [first, ...others] = names.map((name) => `${name}@m\u00fcnchen.example`)
      const all = envelope("alice@client.example", first, ...others)
      const lines = (domain: string) =>
        names.map((name) => `C: RCPT TO:<${name}@${domain}>\nS: 550 no`).join("\n")
      const told = (extensions: ReadonlyArray<string>, announcement: string, domain: string) =>
        converse(
          around(
            `C: ${announcement}\nS: 250 ok\n${lines(domain)}\nC: RSET\nS: 250 ok`,
            extensions
          ),
          using(({ deliver }) => deliver(all, hello))
        )
      const here = told(["SMTPUTF8"], `${mail} SMTPUTF8`, "m\u00fcnchen.example")
      const there = told([], mail, "xn--mnchen-3ya.example")
      yield* Effect.all([here, there, here, there])
    }))

  it.effect("all at once", () =>
    announced(
      ["SMTPUTF8", "8BITMIME", "SIZE"],
      envelope("ren\u00e9@client.example", "bob@mx.example"),
      Body.fromBytes(utf8.encode("\u00e9\r\n")),
      "MAIL FROM:<ren\u00e9@client.example> SIZE=4 BODY=8BITMIME SMTPUTF8",
      rcpt
    ))
})
