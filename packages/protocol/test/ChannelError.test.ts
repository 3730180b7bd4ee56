import * as FlowError from "@effect-smtp/flow/FlowError"
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as ChannelError from "../src/ChannelError.js"

const reset = new FlowError.FlowError({ reason: "Reset", during: "read", detail: "cut" })

const errors: ReadonlyArray<readonly [ChannelError.ChannelError, string]> = [
  [
    new ChannelError.TransportFailed({ phase: "Mail", cause: reset }),
    "Mail: the connection failed (read: reset: cut)"
  ],
  [
    new ChannelError.PeerClosed({ phase: "Greeting", held: 0 }),
    "Greeting: the peer closed the connection"
  ],
  [
    new ChannelError.PeerClosed({ phase: "Data", held: 3 }),
    "Data: the peer closed the connection after 3 bytes of a line"
  ],
  [
    new ChannelError.TimedOut({ phase: "Verdict", after: Duration.minutes(10) }),
    "Verdict: no progress for 10m"
  ],
  [
    new ChannelError.TooSlow({
      phase: "Content",
      octets: 65_536,
      during: Duration.seconds(90),
      minimum: 1000
    }),
    "Content: 65536 octets in 1m 30s, where the peer has to keep up with 1000 a second"
  ],
  [
    new ChannelError.Expired({ phase: "Command" }),
    "Command: the time for the whole session is over"
  ],
  [
    new ChannelError.Unintelligible({ phase: "Hello", cause: new Error("no digits") }),
    "Hello: the peer cannot be understood (no digits)"
  ],
  [
    new ChannelError.TextBeforeTls({ phase: "StartTls", bytes: 7 }),
    "StartTls: 7 bytes of clear text stood before the TLS handshake"
  ],
  [
    new ChannelError.OutOfTurn({ phase: "Mail", bytes: 7 }),
    "Mail: the peer sent 7 bytes that were not asked for"
  ],
  [
    new ChannelError.Abandoned({ phase: "Recipient" }),
    "Recipient: an earlier exchange ended this conversation"
  ]
]

describe("ChannelError", () => {
  describe("message", () => {
    for (const [error, message] of errors) {
      it(`says: ${message}`, () => expect(error.message).toBe(message))
    }
  })

  describe("is", () => {
    it("knows its own", () => {
      for (const [error] of errors) expect(ChannelError.is(error)).toBe(true)
    })

    it("knows nobody else's", () => {
      for (const other of [reset, new Error("TimedOut"), { _tag: "TimedOut" }, undefined]) {
        expect(ChannelError.is(other)).toBe(false)
      }
    })
  })
})
