import { FlowError } from "@effect-smtp/flow/FlowError"
import type { Reason } from "@effect-smtp/flow/FlowError"
import * as ChannelError from "@effect-smtp/protocol/ChannelError"
import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Reply from "@effect-smtp/wire/Reply"
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { NoAnswer, NoSuchDomain } from "../src/RouteError.js"
import type { Fate, Retry, SmtpError } from "../src/SmtpError.js"
import * as Errors from "../src/SmtpError.js"

const refused = (phase: Phase, code: number) =>
  new Errors.Refused({ phase, reply: Reply.make({ code, text: "words" }) })

const failed = (cause: ChannelError.ChannelError) => new Errors.ConnectionFailed({ cause })

const transport = (phase: Phase, reason: Reason) =>
  failed(
    new ChannelError.TransportFailed({
      phase,
      cause: new FlowError({ reason, during: "read", detail: "what the platform said" })
    })
  )

const timedOut = (phase: Phase) =>
  failed(new ChannelError.TimedOut({ phase, after: Duration.minutes(10) }))

const table: ReadonlyArray<readonly [SmtpError, Phase, Fate, Retry]> = [
  [refused("Greeting", 554), "Greeting", "NotDelivered", "Elsewhere"],
  [refused("Hello", 550), "Hello", "NotDelivered", "Elsewhere"],
  [refused("Greeting", 421), "Greeting", "NotDelivered", "Later"],
  [refused("Mail", 452), "Mail", "NotDelivered", "Later"],
  [refused("Verdict", 451), "Verdict", "NotDelivered", "Later"],
  [refused("Verdict", 550), "Verdict", "NotDelivered", "Never"],
  [refused("Verdict", 354), "Verdict", "Unknown", "Never"],
  [
    new Errors.AuthenticationFailed({ mechanism: "PLAIN", reason: "535 no", retry: "Never" }),
    "Auth",
    "NotDelivered",
    "Never"
  ],
  [
    new Errors.AuthenticationFailed({ mechanism: "PLAIN", reason: "454 wait", retry: "Later" }),
    "Auth",
    "NotDelivered",
    "Later"
  ],
  [transport("Connect", "Refused"), "Connect", "NotDelivered", "Later"],
  [transport("Connect", "NotFound"), "Connect", "NotDelivered", "Later"],
  [transport("Handshake", "Certificate"), "Handshake", "NotDelivered", "Elsewhere"],
  [transport("Handshake", "Unsupported"), "Handshake", "NotDelivered", "Elsewhere"],
  [transport("Connect", "Unsupported"), "Connect", "NotDelivered", "Elsewhere"],
  [transport("Handshake", "Handshake"), "Handshake", "NotDelivered", "Later"],
  [transport("Content", "Reset"), "Content", "NotDelivered", "Later"],
  [transport("Verdict", "Reset"), "Verdict", "Unknown", "Later"],
  [
    new Errors.WrongProtection({
      server: "ClearText",
      cause: new ChannelError.PeerClosed({ phase: "Handshake", held: 0 })
    }),
    "Handshake",
    "NotDelivered",
    "Elsewhere"
  ],
  [
    new Errors.WrongProtection({
      server: "Tls",
      cause: new ChannelError.PeerClosed({ phase: "Greeting", held: 0 })
    }),
    "Greeting",
    "NotDelivered",
    "Elsewhere"
  ],
  [timedOut("Content"), "Content", "NotDelivered", "Later"],
  [timedOut("Verdict"), "Verdict", "Unknown", "Later"],
  [
    failed(new ChannelError.PeerClosed({ phase: "Data", held: 3 })),
    "Data",
    "NotDelivered",
    "Later"
  ],
  [
    failed(new ChannelError.PeerClosed({ phase: "Verdict", held: 0 })),
    "Verdict",
    "Unknown",
    "Later"
  ],
  [
    failed(new ChannelError.Unintelligible({ phase: "Verdict", cause: new Error("2x0") })),
    "Verdict",
    "Unknown",
    "Later"
  ],
  [
    failed(new ChannelError.TextBeforeTls({ phase: "StartTls", bytes: 9 })),
    "StartTls",
    "NotDelivered",
    "Later"
  ],
  [
    failed(new ChannelError.OutOfTurn({ phase: "Mail", bytes: 9 })),
    "Mail",
    "NotDelivered",
    "Later"
  ],
  [failed(new ChannelError.Abandoned({ phase: "Noop" })), "Noop", "NotDelivered", "Later"],
  [
    new Errors.NotSecure({ phase: "StartTls", reason: "no offer" }),
    "StartTls",
    "NotDelivered",
    "Elsewhere"
  ],
  [
    new Errors.Unsupported({ phase: "Mail", extension: "SIZE", reason: "too long" }),
    "Mail",
    "NotDelivered",
    "Elsewhere"
  ],
  [
    new Errors.Unsendable({ phase: "Content", cause: new Error("disk") }),
    "Content",
    "NotDelivered",
    "Never"
  ],
  [new Errors.Unsendable({ phase: "Content", cause: "disk" }), "Content", "NotDelivered", "Never"],
  [new Errors.SessionSpent({ limit: 5 }), "Mail", "NotDelivered", "Later"],
  [
    new Errors.Unroutable({ cause: new NoAnswer({ domain: "mx.example", detail: "SERVFAIL" }) }),
    "Connect",
    "NotDelivered",
    "Later"
  ],
  [
    new Errors.Unroutable({ cause: new NoSuchDomain({ domain: "mx.example" }) }),
    "Connect",
    "NotDelivered",
    "Never"
  ]
]

describe("SmtpError", () => {
  for (const [error, phase, fate, retry] of table) {
    it(`M7, T4: ${error._tag} (${error.message}): ${fate}, ${retry}`, () => {
      expect(error).toMatchObject({ phase, fate, retry })
      expect(error.message.startsWith(`${phase}: `)).toBe(true)
    })
  }

  it("says what the server said", () => {
    expect(refused("Mail", 550).message).toBe("Mail: refused: 550 words")
  })
})
