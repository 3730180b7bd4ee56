import { OutOfTime } from "@effect-smtp/cli/CliError"
import * as Report from "@effect-smtp/cli/Report"
import * as Envelope from "@effect-smtp/client/Envelope"
import { ConnectionFailed, Refused } from "@effect-smtp/client/SmtpError"
import * as ChannelError from "@effect-smtp/protocol/ChannelError"
import * as Reply from "@effect-smtp/wire/Reply"
import { describe, expect, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

const envelope = Either.getOrThrow(
  Envelope.parse({ from: "", to: ["bob@mx.example", "postmaster", "\"e v\"@mx.example"] })
)
const [bob, postmaster, eve] = Arr.map(envelope.to, ({ path }) => path)
const reply = (text: string) => Either.getOrThrow(Reply.parse(text))

const printed = (entries: ReadonlyArray<Report.Entry>) => entries.map(Report.print)

describe("Report", () => {
  describe("fromOutcome", () => {
    it("tells the answer to the message, or to RCPT, for each recipient", () => {
      expect(printed(Report.fromOutcome({
        accepted: [{ recipient: bob, reply: reply("250 ok") }],
        rejected: [
          { recipient: postmaster, reply: reply("450-4.2.1 Busy\r\n450 4.2.1 now") },
          { recipient: eve, reply: reply("550 5.1.1 No such mailbox") }
        ],
        failed: [],
        reply: Option.some(reply("250 2.0.0 Queued as 4FqK1z"))
      }))).toEqual([
        "accepted bob@mx.example 250 2.0.0 Queued as 4FqK1z",
        "deferred postmaster 450 4.2.1 Busy now",
        "refused \"e v\"@mx.example 550 5.1.1 No such mailbox"
      ])
    })

    it("tells why the others were left out, and what became of them", () => {
      const lost = new ConnectionFailed({
        cause: new ChannelError.PeerClosed({ phase: "Verdict", held: 0 })
      })
      expect(printed(Report.fromOutcome({
        accepted: [],
        rejected: [],
        failed: [
          { recipient: bob, error: lost, fate: "Unknown" },
          { recipient: postmaster, error: lost, fate: "NotDelivered" }
        ],
        reply: Option.none()
      }))).toEqual([
        "unknown bob@mx.example Verdict: the peer closed the connection",
        "deferred postmaster Verdict: the peer closed the connection"
      ])
    })

    it("N21: stays one line whatever the server says", () => {
      const [line] = printed(Report.fromOutcome({
        accepted: [],
        rejected: [{ recipient: bob, reply: reply("550 no\u001b[2Jaccepted\racross") }],
        failed: [],
        reply: Option.none()
      }))
      expect(line).toBe("refused bob@mx.example 550 no?[2Jaccepted?across")
    })
  })

  describe("fromError", () => {
    const closed = (phase: "Mail" | "Verdict") =>
      new ConnectionFailed({ cause: new ChannelError.PeerClosed({ phase, held: 0 }) })
    const rows = [
      ["refused bob@mx.example 554 no", new Refused({ phase: "Mail", reply: reply("554 no") })],
      ["deferred bob@mx.example 451 no", new Refused({ phase: "Mail", reply: reply("451 no") })],
      ["deferred bob@mx.example Mail: the peer closed the connection", closed("Mail")],
      ["unknown bob@mx.example Verdict: the peer closed the connection", closed("Verdict")],
      [
        "unknown bob@mx.example not done within 5s",
        new OutOfTime({ after: Duration.seconds(5), fate: "Unknown" })
      ]
    ] as const
    it.each(rows)("says %j", (first, error) => {
      const lines = printed(Report.fromError(envelope, error))
      expect(lines[0]).toBe(first)
      expect(lines).toHaveLength(3)
    })
  })
})
