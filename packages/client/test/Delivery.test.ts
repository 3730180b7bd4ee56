import * as Script from "@effect-smtp/testing/Script"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Body from "../src/Body.js"
import type { Envelope } from "../src/Envelope.js"
import type { Outcome } from "../src/Outcome.js"
import * as Harness from "./harness.js"
import {
  aliceToBob,
  around,
  converse,
  envelope,
  hello,
  helloLines,
  play,
  using
} from "./harness.js"

const five = envelope(
  "alice@client.example",
  "a@x.example",
  "b@x.example",
  "c@y.example",
  "d@X.example",
  "postmaster"
)

/** What is said for some of the recipients, each accepted unless told otherwise. */
const part = (
  recipients: ReadonlyArray<string>,
  verdict: string,
  refused: ReadonlyArray<string> = []
) => `
  C: MAIL FROM:<alice@client.example>
  S: 250 ok
  ${
  recipients.map((to) => `C: RCPT TO:<${to}>\n S: ${refused.includes(to) ? "550 no" : "250 ok"}`)
    .join("\n")
}
  C: DATA
  S: 354 go ahead
  ${helloLines}
  S: ${verdict}`

const lists = ({ accepted, failed, rejected, reply }: Outcome) => ({
  accepted: accepted.map((_) => [ForwardPath.print(_.recipient), _.reply.lines[0]]),
  rejected: rejected.map((_) => ForwardPath.print(_.recipient)),
  failed: failed.map((_) => [ForwardPath.print(_.recipient), _.error._tag, _.fate]),
  reply
})

const deliver = (to: Envelope = five, body: Body.Body = hello) =>
  using(({ deliver }) => deliver(to, body))

describe("Delivery", () => {
  describe("of a message with a header beyond ASCII (RFC 6532)", () => {
    const body = Body.fromBytes(new TextEncoder().encode("Subject: \u00e9\r\n"), {
      utf8Header: true
    })

    it.effect("asks for SMTPUTF8, though every address is ASCII", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            `
            C: MAIL FROM:<alice@client.example> BODY=8BITMIME SMTPUTF8
            S: 250 ok
            C: RCPT TO:<bob@mx.example>
            S: 250 ok
            C: DATA
            S: 354 go ahead
            C: Subject: \u00e9
            C: .
            S: 250 1`,
            ["8BITMIME", "SMTPUTF8"]
          ),
          deliver(aliceToBob, body)
        )
        expect(lists(value).accepted).toEqual([["<bob@mx.example>", "ok"]])
      }))

    it.effect("does not go to a server that does not offer it", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around("", ["8BITMIME"]),
          using(({ deliver }) => Effect.flip(deliver(aliceToBob, body)))
        )
        expect(value).toMatchObject({ _tag: "Unsupported", extension: "SMTPUTF8" })
      }))
  })

  describe("under LIMITS", () => {
    it.effect("an envelope that fits is one transaction", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            part(
              ["a@x.example", "b@x.example", "c@y.example", "d@X.example", "Postmaster"],
              "250 1"
            ),
            ["LIMITS RCPTMAX=5 RCPTDOMAINMAX=3"]
          ),
          deliver()
        )
        expect(lists(value).accepted.length).toBe(5)
        expect(Option.isSome(value.reply)).toBe(true)
      }))

    it.effect("M11: one that is too long is split, and each recipient has its answer", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            [
              part(["a@x.example", "b@x.example"], "250 queued as 1", ["a@x.example"]),
              part(["c@y.example", "d@X.example"], "250 queued as 2"),
              part(["Postmaster"], "250 queued as 3")
            ].join("\n"),
            ["LIMITS RCPTMAX=2"]
          ),
          deliver()
        )
        expect(lists(value)).toEqual({
          accepted: [
            ["<b@x.example>", "queued as 1"],
            ["<c@y.example>", "queued as 2"],
            ["<d@X.example>", "queued as 2"],
            ["<Postmaster>", "queued as 3"]
          ],
          rejected: ["<a@x.example>"],
          failed: [],
          reply: Option.none()
        })
      }))

    it.effect("one with too many domains is split where the next begins", () =>
      converse(
        around(
          [
            part(["a@x.example", "b@x.example", "c@y.example", "d@X.example"], "250 1"),
            part(["Postmaster"], "250 2")
          ].join("\n"),
          ["LIMITS RCPTDOMAINMAX=2"]
        ),
        deliver()
      ))

    it.effect("a stream is run again for each part", () =>
      Effect.gen(function*() {
        let runs = 0
        const body = Body.fromStream(
          Stream.suspend(() => {
            runs++
            return Stream.make(new TextEncoder().encode("Subject: hi\n\nhello\n"))
          }),
          { eightBit: false }
        )
        yield* converse(
          around(
            [
              part(["a@x.example", "b@x.example", "c@y.example", "d@X.example"], "250 1"),
              part(["Postmaster"], "250 2")
            ].join("\n"),
            ["LIMITS RCPTMAX=4"]
          ),
          deliver(five, body)
        )
        expect(runs).toBe(2)
      }))

    it.effect("if the first part fails, nothing else is tried", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(part(["a@x.example", "b@x.example"], "554 spam"), ["LIMITS RCPTMAX=2"]),
          using(({ deliver }) => Effect.flip(deliver(five, hello)))
        )
        expect(value).toMatchObject({ _tag: "Refused", phase: "Verdict", fate: "NotDelivered" })
      }))

    it.effect("if a later part is refused, what was settled before stands", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            [
              part(["a@x.example", "b@x.example"], "250 1"),
              part(["c@y.example", "d@X.example"], "452 full")
            ].join("\n"),
            ["LIMITS RCPTMAX=2"]
          ),
          deliver()
        )
        expect(lists(value)).toMatchObject({
          accepted: [["<a@x.example>", "1"], ["<b@x.example>", "1"]],
          failed: [
            ["<c@y.example>", "Refused", "NotDelivered"],
            ["<d@X.example>", "Refused", "NotDelivered"],
            ["<Postmaster>", "Refused", "NotDelivered"]
          ]
        })
      }))

    it.effect("N13: if the connection is lost in a later part, its fate is not known", () =>
      Effect.gen(function*() {
        const transcript = [
          part(["a@x.example", "b@x.example"], "250 1"),
          part(["c@y.example", "d@X.example"], "")
        ].join("\n").trimEnd().replace(/S:$/, "")
        const { value } = yield* play(
          [
            ...Harness.script(
              around(transcript, ["LIMITS RCPTMAX=2"]).split("C: QUIT")[0]!
            ),
            Script.close
          ],
          deliver()
        )
        expect(lists(value)).toMatchObject({
          accepted: [["<a@x.example>", "1"], ["<b@x.example>", "1"]],
          failed: [
            ["<c@y.example>", "ConnectionFailed", "Unknown"],
            ["<d@X.example>", "ConnectionFailed", "Unknown"],
            ["<Postmaster>", "ConnectionFailed", "NotDelivered"]
          ]
        })
      }))

    it.effect("nothing is said if a recipient of a later part cannot be named", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around("", ["LIMITS RCPTMAX=1"]),
          using(({ deliver }) =>
            Effect.flip(
              deliver(envelope("alice@client.example", "a@x.example", "ren\u00e9@x.example"), hello)
            )
          )
        )
        expect(value).toMatchObject({ _tag: "Unsupported", extension: "SMTPUTF8" })
      }))

    it.effect("a session with no message left says so before MAIL", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            [part(["bob@mx.example"], "250 1"), part(["bob@mx.example"], "451 2")].join("\n"),
            ["LIMITS MAILMAX=2"]
          ),
          using(({ deliver }) =>
            Effect.replicateEffect(Effect.either(deliver(aliceToBob, hello)), 3)
          )
        )
        expect(value).toMatchObject([
          Either.right({}),
          Either.left({ _tag: "Refused" }),
          Either.left({
            _tag: "SessionSpent",
            phase: "Mail",
            limit: 2,
            fate: "NotDelivered",
            retry: "Later"
          })
        ])
      }))

    it.effect("a session that is spent between two parts says so of the second", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            part(["a@x.example", "b@x.example", "c@y.example", "d@X.example"], "250 1"),
            ["LIMITS MAILMAX=1 RCPTMAX=4"]
          ),
          deliver()
        )
        expect(lists(value).failed).toEqual([["<Postmaster>", "SessionSpent", "NotDelivered"]])
      }))
  })
})
