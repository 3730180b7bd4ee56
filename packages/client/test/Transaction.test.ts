import * as Script from "@effect-smtp/testing/Script"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import type { Mailbox } from "@effect-smtp/wire/Mailbox"
import * as Reply from "@effect-smtp/wire/Reply"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Envelope from "../src/Envelope.js"
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

const addresses = (verdicts: ReadonlyArray<{ readonly recipient: ForwardPath.ForwardPath }>) =>
  verdicts.map(({ recipient }) => ForwardPath.print(recipient))

const three = envelope(
  "alice@client.example",
  "bob@mx.example",
  "nobody@mx.example",
  "carol@mx.example"
)

/** Delivers to three, of whom the server says the second does not exist. */
const deliver = (to: Envelope.Envelope = three) => using(({ deliver }) => deliver(to, hello))

const fails = (to: Envelope.Envelope = three) =>
  using(({ deliver }) => Effect.flip(deliver(to, hello)))

describe("Transaction", () => {
  describe("one command at a time", () => {
    it.effect("M1, M17: delivers, and gives the server's last words", () =>
      Effect.gen(function*() {
        const { value, writes } = yield* converse(
          around(`
            C: MAIL FROM:<alice@client.example>
            S: 250 2.1.0 ok
            C: RCPT TO:<bob@mx.example>
            S: 250 2.1.5 ok
            C: DATA
            S: 354 go ahead
            ${helloLines}
            S: 250 2.0.0 queued as 4FqK1z`),
          deliver(aliceToBob)
        )
        expect(Option.map(value.reply, Reply.text)).toEqual(Option.some("queued as 4FqK1z"))
        expect(addresses(value.accepted)).toEqual(["<bob@mx.example>"])
        expect(value.rejected).toEqual([])
        expect(writes.slice(1, 4)).toEqual([
          "MAIL FROM:<alice@client.example>\r\n",
          "RCPT TO:<bob@mx.example>\r\n",
          "DATA\r\n"
        ])
      }))

    it.effect("M9, M11: a refused recipient is a value, and the others get their mail", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(`
            C: MAIL FROM:<alice@client.example>
            S: 250 ok
            C: RCPT TO:<bob@mx.example>
            S: 251 will forward
            C: RCPT TO:<nobody@mx.example>
            S: 550 5.1.1 unknown
            C: RCPT TO:<carol@mx.example>
            S: 252 cannot verify
            C: DATA
            S: 354 go ahead
            ${helloLines}
            S: 250 ok`),
          deliver()
        )
        expect(addresses(value.accepted)).toEqual(["<bob@mx.example>", "<carol@mx.example>"])
        expect(value.accepted.map(({ reply }) => reply.code)).toEqual([251, 252])
        expect(value.rejected).toMatchObject([{ reply: { code: 550, lines: ["unknown"] } }])
      }))

    it.effect("no DATA where every recipient is refused, and no transaction left open", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(`
            C: MAIL FROM:<alice@client.example>
            S: 250 ok
            C: RCPT TO:<bob@mx.example>
            S: 450 4.2.1 busy
            C: RCPT TO:<nobody@mx.example>
            S: 550 5.1.1 unknown
            C: RCPT TO:<carol@mx.example>
            S: 452 4.5.3 too many
            C: RSET
            S: 250 ok`),
          deliver()
        )
        expect(value.accepted).toEqual([])
        expect(value.rejected.map(({ reply }) => reply.code)).toEqual([450, 550, 452])
        expect(value.reply).toEqual(Option.none())
      }))

    for (const [reply, retry] of [["451 4.3.0 later", "Later"], ["550 5.7.1 no", "Never"]]) {
      it.effect(`M8, M9: MAIL refused with ${reply} fails, and the session ends with QUIT`, () =>
        Effect.gen(function*() {
          const { value } = yield* converse(
            around(`
              C: MAIL FROM:<alice@client.example>
              S: ${reply}`),
            fails()
          )
          expect(value).toMatchObject({ _tag: "Refused", phase: "Mail", retry })
        }))
    }

    for (const [reply, retry] of [["451 4.3.0 later", "Later"], ["554 5.5.1 no", "Never"]]) {
      it.effect(`DATA refused with ${reply} fails, and the transaction is dropped`, () =>
        Effect.gen(function*() {
          const { value } = yield* converse(
            around(`
              C: MAIL FROM:<alice@client.example>
              S: 250 ok
              C: RCPT TO:<bob@mx.example>
              S: 250 ok
              C: DATA
              S: ${reply}
              C: RSET
              S: 250 ok`),
            fails(aliceToBob)
          )
          expect(value).toMatchObject({ _tag: "Refused", phase: "Data", retry })
        }))
    }

    it.effect("DATA answered with 250 is no permission to send", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(`
            C: MAIL FROM:<alice@client.example>
            S: 250 ok
            C: RCPT TO:<bob@mx.example>
            S: 250 ok
            C: DATA
            S: 250 ok
            C: RSET
            S: 250 ok`),
          fails(aliceToBob)
        )
        expect(value).toMatchObject({ _tag: "Refused", phase: "Data", fate: "NotDelivered" })
      }))

    it.effect("no transaction can follow one that the server does not drop", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          `S: 220 mx.example ready
           C: EHLO client.example
           S: 250 mx.example
           C: MAIL FROM:<alice@client.example>
           S: 250 ok
           C: RCPT TO:<bob@mx.example>
           S: 550 no
           C: RSET
           S: 500 what?`,
          using(({ deliver }) =>
            Effect.all([
              deliver(aliceToBob, hello),
              Effect.flip(deliver(aliceToBob, hello))
            ])
          )
        )
        expect(value).toMatchObject([
          { accepted: [], rejected: [{ reply: { code: 550 } }] },
          { _tag: "ConnectionFailed", cause: { _tag: "Abandoned" } }
        ])
      }))

    it.effect("T10, T11: nothing more is said to a server that leaves with 421", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          `S: 220 mx.example ready
           C: EHLO client.example
           S: 250 mx.example
           C: MAIL FROM:<alice@client.example>
           S: 250 ok
           C: RCPT TO:<bob@mx.example>
           S: 421 4.3.2 closing`,
          using(({ deliver, reset }) =>
            Effect.all([Effect.flip(deliver(three, hello)), Effect.flip(reset)])
          )
        )
        expect(value).toMatchObject([
          { _tag: "Refused", phase: "Recipient", retry: "Later", fate: "NotDelivered" },
          { _tag: "ConnectionFailed", cause: { _tag: "Abandoned" } }
        ])
      }))
  })

  describe("under PIPELINING", () => {
    const pipelined = (words: string) => around(words, ["PIPELINING"])
    const opening = [
      "MAIL FROM:<alice@client.example>",
      "RCPT TO:<bob@mx.example>",
      "RCPT TO:<nobody@mx.example>",
      "RCPT TO:<carol@mx.example>",
      "DATA"
    ]
    const told = opening.map((line) => `C: ${line}`).join("\n")

    it.effect("M11: the group leaves in one write, and a refused recipient stops nothing", () =>
      Effect.gen(function*() {
        const { value, writes } = yield* converse(
          pipelined(`
            ${told}
            S: 250 ok
            S: 250 ok
            S: 550-5.1.1 no such
            S: 550 5.1.1 user
            S: 250 ok
            S: 354 go ahead
            ${helloLines}
            S: 250 ok`),
          deliver()
        )
        expect(writes[1]).toBe(`${opening.join("\r\n")}\r\n`)
        expect(writes[2]).toBe("Subject: hi\r\n\r\nhello\r\n.\r\n")
        expect(addresses(value.accepted)).toEqual(["<bob@mx.example>", "<carol@mx.example>"])
        expect(addresses(value.rejected)).toEqual(["<nobody@mx.example>"])
      }))

    it.effect("an empty message where DATA is accepted and nobody is there to receive", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          pipelined(`
            ${told}
            S: 250 ok
            S: 550 no
            S: 550 no
            S: 550 no
            S: 354 go ahead
            C: .
            S: 554 5.5.1 no valid recipients
            C: NOOP
            S: 250 here`),
          using(({ deliver, noop }) => Effect.zipLeft(deliver(three, hello), noop))
        )
        expect(value.accepted).toEqual([])
        expect(value.rejected.length).toBe(3)
        expect(value.reply).toEqual(Option.none())
      }))

    for (const reply of ["503 5.5.1 RCPT first", "554 5.5.1 no valid recipients"]) {
      it.effect(`RSET where DATA is refused with ${reply}`, () =>
        Effect.gen(function*() {
          const { value } = yield* converse(
            pipelined(`
              ${told}
              S: 250 ok
              S: 550 no
              S: 550 no
              S: 450 not now
              S: ${reply}
              C: RSET
              S: 250 ok`),
            deliver()
          )
          expect(value.rejected.map(({ reply }) => reply.code)).toEqual([550, 550, 450])
        }))
    }

    it.effect("MAIL refused fails, once all replies are heard", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          pipelined(`
            ${told}
            S: 452 4.3.1 full
            S: 503 5.5.1 MAIL first
            S: 503 5.5.1 MAIL first
            S: 503 5.5.1 MAIL first
            S: 503 5.5.1 MAIL first
            C: NOOP
            S: 250 ok`),
          using(({ deliver, noop }) => Effect.zipLeft(Effect.flip(deliver(three, hello)), noop))
        )
        expect(value).toMatchObject({
          _tag: "Refused",
          phase: "Mail",
          reply: { code: 452 },
          retry: "Later"
        })
      }))

    it.effect("MAIL refused fails, even if the server waits for a message", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          pipelined(`
            ${told}
            S: 550 no
            S: 503 no
            S: 503 no
            S: 503 no
            S: 354 go ahead
            C: .
            S: 250 ok`),
          fails()
        )
        expect(value).toMatchObject({ _tag: "Refused", phase: "Mail", reply: { code: 550 } })
      }))

    it.effect("DATA refused fails for the accepted, and the transaction is dropped", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          pipelined(`
            ${told}
            S: 250 ok
            S: 250 ok
            S: 550 no
            S: 250 ok
            S: 451 4.3.0 not now
            C: RSET
            S: 250 ok`),
          fails()
        )
        expect(value).toMatchObject({ _tag: "Refused", phase: "Data", retry: "Later" })
      }))

    it.effect("250 recipients go together, through a pipe that holds one or two of them", () =>
      Effect.gen(function*() {
        const names = Array.from({ length: 250 }, (_, i) => `user${i}@mx.example`)
        const to = envelope("", names[0], ...names.slice(1))
        const ok = (count: number) => Script.send(...Array.from({ length: count }, () => "250 ok"))
        const { value, writes } = yield* play(
          [
            Script.send("220 ready"),
            Script.expect("EHLO client.example"),
            Script.send("250-mx.example", "250 PIPELINING"),
            Script.expect("MAIL FROM:<>"),
            ok(1),
            ...names.flatMap((name) => [Script.expect(`RCPT TO:<${name}>`), ok(1)]),
            Script.expect("DATA"),
            Script.send("354 go ahead"),
            Script.expectData("Subject: hi\r\n\r\nhello\r\n"),
            Script.send("250 ok"),
            Script.expect("QUIT"),
            Script.send("221 bye"),
            Script.expectEnd
          ],
          deliver(to),
          { capacity: 64 }
        )
        expect(value.accepted.length).toBe(250)
        expect(writes.length).toBe(4)
      }))
  })

  describe("all recipients or none", () => {
    const deliverAll = using(({ deliver }) => deliver(three, hello, { recipients: "AllOrNothing" }))
    const refusal = (extensions: ReadonlyArray<string>) =>
      around(
        extensions.length === 0
          ? `C: MAIL FROM:<alice@client.example>
             S: 250 ok
             C: RCPT TO:<bob@mx.example>
             S: 250 ok
             C: RCPT TO:<nobody@mx.example>
             S: 450 4.2.1 busy
             C: RCPT TO:<carol@mx.example>
             S: 250 ok
             C: RSET
             S: 250 ok`
          : `C: MAIL FROM:<alice@client.example>
             C: RCPT TO:<bob@mx.example>
             C: RCPT TO:<nobody@mx.example>
             C: RCPT TO:<carol@mx.example>
             S: 250 ok
             S: 250 ok
             S: 450 4.2.1 busy
             S: 250 ok
             C: RSET
             S: 250 ok`,
        extensions
      )

    for (const extensions of [[], ["PIPELINING"], ["PIPELINING", "CHUNKING"]]) {
      it.effect(`M11: one refused, nobody gets it (${extensions})`, () =>
        Effect.gen(function*() {
          const { value } = yield* converse(refusal(extensions), deliverAll)
          expect(addresses(value.rejected)).toEqual(["<nobody@mx.example>"])
          expect(addresses(value.failed)).toEqual(["<bob@mx.example>", "<carol@mx.example>"])
          expect(value).toMatchObject({
            accepted: [],
            failed: [1, 2].map(() => ({
              error: { _tag: "Refused", phase: "Recipient", reply: { code: 450 } },
              fate: "NotDelivered"
            })),
            reply: Option.none()
          })
        }))
    }

    const accepted = `
      C: MAIL FROM:<alice@client.example>
      C: RCPT TO:<bob@mx.example>
      C: RCPT TO:<nobody@mx.example>
      C: RCPT TO:<carol@mx.example>
      S: 250 ok
      S: 250 ok
      S: 250 ok
      S: 250 ok`

    it.effect("the message follows when all are accepted", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            `${accepted}
             C: DATA
             S: 354 go ahead
             ${helloLines}
             S: 250 ok`,
            ["PIPELINING"]
          ),
          deliverAll
        )
        expect(value.accepted.length).toBe(3)
      }))

    it.effect("in chunks, where they are offered", () =>
      converse(
        around(
          `${accepted}
           C: BDAT 22 LAST
           C: Subject: hi
           C:
           C: hello
           S: 250 ok`,
          ["PIPELINING", "CHUNKING"]
        ),
        deliverAll
      ))

    it.effect("nothing is said where they do not fit into one transaction", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around("", ["LIMITS RCPTMAX=2"]),
          Effect.flip(deliverAll)
        )
        expect(value).toMatchObject({ _tag: "Unsupported", extension: "LIMITS" })
      }))
  })

  describe("several messages", () => {
    it.effect("T6: go over one session, whatever became of those before", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(`
            C: MAIL FROM:<alice@client.example>
            S: 250 ok
            C: RCPT TO:<bob@mx.example>
            S: 250 ok
            C: DATA
            S: 354 go ahead
            ${helloLines}
            S: 554 5.7.1 spam
            C: MAIL FROM:<alice@client.example>
            S: 250 ok
            C: RCPT TO:<bob@mx.example>
            S: 550 gone
            C: RSET
            S: 250 ok
            C: MAIL FROM:<alice@client.example>
            S: 250 ok
            C: RCPT TO:<bob@mx.example>
            S: 250 ok
            C: DATA
            S: 354 go ahead
            ${helloLines}
            S: 250 2.6.0 third`),
          using(({ deliver }) =>
            Effect.replicateEffect(Effect.either(deliver(aliceToBob, hello)), 3)
          )
        )
        expect(value).toMatchObject([
          Either.left({ _tag: "Refused", phase: "Verdict" }),
          Either.right({ accepted: [], rejected: [{ reply: { code: 550 } }] }),
          Either.right({ reply: Option.some({ lines: ["third"] }) })
        ])
      }))

    it.effect("asked for at the same time wait for each other", () =>
      converse(
        around(
          Array.from({ length: 3 }, () => `
            C: MAIL FROM:<alice@client.example>
            S: 250 ok
            C: RCPT TO:<bob@mx.example>
            S: 250 ok
            C: DATA
            S: 354 go ahead
            ${helloLines}
            S: 250 ok`).join("\n")
        ),
        using(({ deliver }) =>
          Effect.all([1, 2, 3].map(() => deliver(aliceToBob, hello)), { concurrency: 3 })
        )
      ))
  })

  describe("a connection that is lost on the way out", () => {
    it.effect("T10: changes nothing in what was decided, and is used no more", () =>
      Effect.gen(function*() {
        const { value, writes } = yield* play(
          [
            ...Harness.script(`
              S: 220 ready
              C: EHLO client.example
              S: 250 mx.example
              C: MAIL FROM:<alice@client.example>
              S: 250 ok
              C: RCPT TO:<bob@mx.example>
              S: 550 no
              C: RSET`),
            Script.close
          ],
          using(({ deliver, noop }) => Effect.all([deliver(aliceToBob, hello), Effect.flip(noop)]))
        )
        expect(value).toMatchObject([
          { accepted: [], rejected: [{ reply: { code: 550 } }] },
          { _tag: "ConnectionFailed", cause: { _tag: "Abandoned" } }
        ])
        expect(writes.at(-1)).toBe("RSET\r\n")
      }))
  })

  describe("what cannot be said", () => {
    const mailbox = (local: string, label: string): Mailbox => ({
      local,
      domain: { _tag: "Name", labels: [label] }
    })
    const good = ForwardPath.fromMailbox(mailbox("bob", "example"))

    for (const local of ["a\r\nRSET", "a\nRSET", "a\0", "a\x7f", "a".repeat(2000)]) {
      it.effect(`N7, N8: nor is the sender ${JSON.stringify(local.slice(0, 9))}`, () =>
        Effect.gen(function*() {
          const from = ReversePath.fromMailbox(mailbox(local, "example"))
          const { value } = yield* converse(
            around("", ["PIPELINING"]),
            fails(Envelope.fromPaths(from, [good]))
          )
          expect(value).toMatchObject({ _tag: "Unsendable", phase: "Mail", retry: "Never" })
        }))
    }

    for (
      const [local, path] of [
        ["a> ORCPT=rfc822;eve", "\"a> ORCPT=rfc822;eve\"@example"],
        ["eve@evil.example a", "\"eve@evil.example a\"@example"],
        ["a\"> SIZE=1", "\"a\\\"> SIZE=1\"@example"]
      ]
    ) {
      it.effect(`N9: but ${local} can, in quotes`, () =>
        converse(
          around(`
            C: MAIL FROM:<>
            S: 250 ok
            C: RCPT TO:<${path}>
            S: 550 no
            C: RSET
            S: 250 ok`),
          using(({ deliver }) =>
            deliver(
              Envelope.fromPaths(
                ReversePath.nullSender,
                [ForwardPath.fromMailbox(mailbox(local, "example"))]
              ),
              hello
            )
          )
        ))
    }

    const recipients = [
      ["a@b\r\nDATA", "example"],
      ["a\0", "example"],
      ["a", "example>\r\nRCPT TO:<eve"],
      ["a", "example x"]
    ] as const
    for (const extensions of [[], ["PIPELINING"]]) {
      for (const [local, label] of recipients) {
        const what = `${JSON.stringify(`${local}@${label}`)} under ${extensions}`
        it.effect(`N8, N9: nor is anything before the recipient ${what}`, () =>
          Effect.gen(function*() {
            const { value } = yield* converse(
              around("C: NOOP\nS: 250 ok", extensions),
              using(({ deliver, noop }) =>
                Effect.flip(deliver(
                  Envelope.fromPaths(
                    ReversePath.nullSender,
                    [good, ForwardPath.fromMailbox(mailbox(local, label))]
                  ),
                  hello
                )).pipe(Effect.zipLeft(noop))
              )
            )
            expect(value).toMatchObject({ _tag: "Unsendable", phase: "Recipient" })
          }))
      }
    }
  })
})
