import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tls from "@effect-smtp/flow/Tls"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Script from "../src/Script.js"
import * as ScriptedPeer from "../src/ScriptedPeer.js"
import type * as Transcript from "../src/Transcript.js"
import {
  Entry,
  fromRecorded,
  parse,
  print,
  toClientScript,
  toServerScript
} from "../src/Transcript.js"

const says = (from: Transcript.Side, text: string) => Entry.Line({ from, text })

/** RFC 5321 appendix D.1, as it is printed there. */
const typical = `
      S: 220 foo.com Simple Mail Transfer Service Ready
      C: EHLO bar.com
      S: 250-foo.com greets bar.com
      S: 250-8BITMIME
      S: 250-SIZE
      S: 250-DSN
      S: 250 HELP
      C: MAIL FROM:<Smith@bar.com>
      S: 250 OK
      C: RCPT TO:<Jones@foo.com>
      S: 250 OK
      C: RCPT TO:<Green@foo.com>
      S: 550 No such user here
      C: RCPT TO:<Brown@foo.com>
      S: 250 OK
      C: DATA
      S: 354 Start mail input; end with <CRLF>.<CRLF>
      C: Blah blah blah...
      C: ...etc. etc. etc.
      C: .
      S: 250 OK
      C: QUIT
      S: 221 foo.com Service closing transmission channel
`

const lineText = FastCheck.string({ unit: "grapheme", maxLength: 20 })
  .filter((text) => !/[\r\n]/.test(text))
const side = FastCheck.constantFrom<Transcript.Side>("client", "server")
const arbitrary: FastCheck.Arbitrary<Transcript.Transcript> = FastCheck.array(FastCheck.oneof(
  FastCheck.tuple(side, lineText).map(([from, text]) => says(from, text)),
  lineText.map((text) => Entry.Comment({ text })),
  FastCheck.constant(Entry.StartTls())
))

describe("Transcript", () => {
  describe("parse", () => {
    it("reads an example of RFC 5321 as it is printed", () => {
      const transcript = Either.getOrThrow(parse(typical))
      expect(transcript).toHaveLength(23)
      expect(transcript[0]).toEqual(
        says("server", "220 foo.com Simple Mail Transfer Service Ready")
      )
      expect(transcript[19]).toEqual(says("client", "."))
    })

    it("joins a wrapped line with one space, as RFC 3461 wraps its examples", () => {
      const text = [
        "C: RCPT TO:<Alice@Example.COM> NOTIFY=SUCCESS,FAILURE  ",
        "   ORCPT=rfc822;Alice@Example.COM",
        "",
        "S: 250 ok"
      ].join("\r\n")
      expect(parse(text)).toEqual(Either.right([
        says(
          "client",
          "RCPT TO:<Alice@Example.COM> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Alice@Example.COM"
        ),
        says("server", "250 ok")
      ]))
    })

    it("reads comments and where the connection becomes secure", () => {
      const text = "# why\n#\n<TLS negotiation, further commands are under TLS layer>\n"
      expect(parse(text)).toEqual(Either.right([
        Entry.Comment({ text: "why" }),
        Entry.Comment({ text: "" }),
        Entry.StartTls()
      ]))
    })

    it("keeps the spaces of a line, and empty lines that are said", () => {
      expect(parse("C:   x \nC:\nC: ")).toEqual(Either.right([
        says("client", "  x "),
        says("client", ""),
        says("client", "")
      ]))
    })

    it("says which line it cannot make sense of", () => {
      for (const [text, line] of [["C: x\nwhat", 2], ["  what", 1], ["# a\n  what", 2]] as const) {
        expect(parse(text)).toMatchObject({ left: { reason: "NoSpeaker", line } })
      }
      const error = Either.getOrThrow(Either.flip(parse("X: y")))
      expect(error.message).toBe(
        "line 1: expected C:, S:, #, <TLS ...> or an indented continuation: \"X: y\""
      )
    })
  })

  describe("print", () => {
    it("is what parse reads", () => {
      const text = "# why\nS: 220 hi\nC: STARTTLS\nS: 220 go\n<TLS negotiation>\nC:\n"
      expect(print(Either.getOrThrow(parse(text)))).toBe(text)
    })

    it.prop("parse(print(x)) = x", [arbitrary], ([transcript]) => {
      expect(parse(print(transcript))).toEqual(Either.right(transcript))
    })
  })

  describe("fromRecorded", () => {
    it("has notes as comments, but for where the connection became secure", () => {
      expect(fromRecorded([
        { from: "server", line: "220 hi" },
        { from: "note", line: "TLS" },
        { from: "client", line: "QUIT" },
        { from: "note", line: "closed" }
      ])).toEqual([
        says("server", "220 hi"),
        Entry.StartTls(),
        says("client", "QUIT"),
        Entry.Comment({ text: "closed" })
      ])
    })
  })

  describe("as scripts", () => {
    it("sends in one piece what one side says in a row", () => {
      const transcript = [
        says("server", "220 hi"),
        Entry.Comment({ text: "both at once" }),
        says("client", "EHLO a"),
        says("client", "NOOP"),
        says("server", "250 hi"),
        says("server", "250 ok")
      ]
      expect(toServerScript(transcript)).toEqual(Either.right([
        Script.send("220 hi"),
        Script.expect("EHLO a"),
        Script.expect("NOOP"),
        Script.send("250 hi", "250 ok")
      ]))
      expect(toClientScript(transcript)).toEqual(Either.right([
        Script.expect("220 hi"),
        Script.send("EHLO a", "NOOP"),
        Script.expect("250 hi"),
        Script.expect("250 ok")
      ]))
    })

    it("needs to know how to become secure", () => {
      const transcript = [says("server", "220 go"), Entry.StartTls()]
      const tls = Tls.client({ serverName: "foo.com" })
      expect(toClientScript(transcript, tls)).toEqual(Either.right([
        Script.expect("220 go"),
        Script.startTls(tls)
      ]))
      expect(toClientScript(transcript)).toMatchObject({ left: { reason: "NoTls", line: 2 } })
      expect(toServerScript(transcript)).toMatchObject({ left: { reason: "NoTls", line: 2 } })
    })

    it("N19: expects anything where a secret was taken out, and cannot send it", () => {
      const transcript = [says("client", "AUTH PLAIN <redacted>")]
      const [step] = Either.getOrThrow(toServerScript(transcript))
      if (step._tag !== "Expect") throw new Error("it expects a line")
      expect(Script.fits(step.pattern, "AUTH PLAIN AGFsaWNlAHNlc2FtZQ==")).toBe(true)
      expect(Script.fits(step.pattern, "AUTH LOGIN AGFsaWNl")).toBe(false)
      expect(toClientScript(transcript)).toMatchObject({ left: { reason: "Redacted", line: 1 } })
    })

    it("expects as much of a line as was recorded, and cannot send the rest", () => {
      for (
        const [text, other] of [
          ["<unknown command, 9 bytes>", "c2VzYW1l"],
          ["EHLO aaa... <3000 more bytes>", `EHLO aaa${"b".repeat(3000)}`]
        ]
      ) {
        const transcript = [says("client", text)]
        const [step] = Either.getOrThrow(toServerScript(transcript))
        if (step._tag !== "Expect") throw new Error("it expects a line")
        expect(Script.fits(step.pattern, other)).toBe(true)
        expect(toClientScript(transcript)).toMatchObject({ left: { reason: "Redacted", line: 1 } })
      }
    })

    it("takes any message where its bytes were counted, and cannot send it", () => {
      const message = says("client", "<12 bytes of message>")
      const unfinished = says("client", "<7 bytes of message, unfinished>")
      const data = says("client", "DATA")
      const chunk = says("client", "BDAT 12 LAST")
      const go = says("server", "354 go")
      expect(toServerScript([data, go, message])).toEqual(Either.right([
        Script.expect("DATA"),
        Script.send("354 go"),
        Script.expectData()
      ]))
      expect(toServerScript([chunk, message])).toEqual(Either.right([
        Script.expect("BDAT 12 LAST"),
        Script.skipBytes(12)
      ]))
      expect(toServerScript([data, go, unfinished])).toEqual(Either.right([
        Script.expect("DATA"),
        Script.send("354 go"),
        Script.skipBytes(7)
      ]))
      expect(toClientScript([message])).toMatchObject({ left: { reason: "Redacted", line: 1 } })
    })

    it.effect("both sides of an example play it together", () =>
      Effect.gen(function*() {
        const transcript = yield* parse(typical)
        const server = yield* toServerScript(transcript)
        const client = yield* toClientScript(transcript)
        yield* ScriptedPeer.against(
          { endpoint: Endpoint.Tcp({ host: "foo.com", port: 25 }), scripts: [server] },
          (endpoint) => ScriptedPeer.dial(endpoint, client)
        )
      }).pipe(Effect.provide(MemoryNetwork.layer())))
  })
})
