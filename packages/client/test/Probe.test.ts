import * as Dialer from "@effect-smtp/flow/Dialer"
import type { Reason } from "@effect-smtp/flow/FlowError"
import { FlowError } from "@effect-smtp/flow/FlowError"
import * as Tls from "@effect-smtp/flow/Tls"
import * as Script from "@effect-smtp/testing/Script"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Extension from "@effect-smtp/wire/Extension"
import * as ProxyHeader from "@effect-smtp/wire/ProxyHeader"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Credentials from "../src/Credentials.js"
import * as Probe from "../src/Probe.js"
import * as ProbeReport from "../src/ProbeReport.js"
import * as Security from "../src/Security.js"
import * as Harness from "./harness.js"

const { aliceToBob, envelope, hello } = Harness

const name = Option.some(Either.getOrThrow(Domain.parse("client.example")))

const inClear = Security.ClearText({ credentials: "Refused" })

const probe = (options: Partial<Probe.Options> = {}) =>
  Probe.run(Probe.make({ endpoint: Harness.endpoint, security: inClear, name, ...options }))

const mail = (given: Partial<Probe.Mail> = {}): Option.Option<Probe.Mail> =>
  Option.some({
    envelope: aliceToBob,
    body: Option.some(hello),
    pipelining: false,
    prdr: "Unused",
    ...given
  })

const faults = ({ faults }: ProbeReport.Report) =>
  faults.map((fault) =>
    fault._tag === "Failed"
      ? [fault.stage, fault.error._tag]
      : fault._tag === "Untrusted"
      ? [fault.stage, ...fault.problems.map(({ reason }) => reason)]
      : [fault.stage, ...fault.verdicts.map(({ reply }) => reply.code)]
  )

const opened = `
  S: 220 mx.example ready
  C: EHLO client.example
  S: 250-mx.example
  S: 250 PIPELINING
`
const quit = `
  C: QUIT
  S: 221 bye
`

describe("Probe", () => {
  describe("a session", () => {
    it.effect("tells the greeting and what is offered, and leaves in order", () =>
      Effect.gen(function*() {
        const { value } = yield* Harness.converse(opened + quit, probe())
        expect(Option.map(value.greeting, ({ code }) => code)).toEqual(Option.some(220))
        expect(ProbeReport.capabilities(value).extensions).toEqual([Extension.Pipelining()])
        expect(value.steps.map(({ stage }) => stage)).toEqual(["Connect", "Greeting", "Hello"])
        expect(faults(value)).toEqual([])
        expect(ProbeReport.failedStage(value)).toEqual(Option.none())
      }))

    it.effect("has when each line was said, and each step done", () =>
      Effect.gen(function*() {
        const { value } = yield* Harness.play(
          [
            Script.wait("a second", TestClock.adjust("1 second")),
            Script.send("220 mx.example"),
            Script.expect("EHLO client.example"),
            Script.wait("two", TestClock.adjust("2 seconds")),
            Script.send("250 mx.example"),
            Script.expect("QUIT"),
            Script.send("221 bye")
          ],
          probe()
        )
        expect(value.steps).toEqual([
          { stage: "Connect", at: 0, took: 0 },
          { stage: "Greeting", at: 0, took: 1000 },
          { stage: "Hello", at: 1000, took: 2000 }
        ])
        expect(value.lines.slice(0, 3)).toEqual([
          { at: 1000, from: "server", line: "220 mx.example" },
          { at: 1000, from: "client", line: "EHLO client.example" },
          { at: 3000, from: "server", line: "250 mx.example" }
        ])
      }))

    it.effect("hands on each line as it is said", () =>
      Effect.gen(function*() {
        const heard: Array<string> = []
        const { value } = yield* Harness.converse(
          opened + quit,
          probe({ onLine: ({ line }) => Effect.sync(() => heard.push(line)) })
        )
        expect(heard.slice(0, 2)).toEqual(["220 mx.example ready", "EHLO client.example"])
        expect(heard).toEqual(value.lines.map(({ line }) => line))
      }))

    it.effect("names the fault where nobody answers", () =>
      Effect.gen(function*() {
        const nobody = (reason: Reason) => ({
          dial: () => Effect.fail(new FlowError({ reason, during: "dial", detail: "none" }))
        })
        const report = yield* Effect.provideService(probe(), Dialer.Dialer, nobody("Refused"))
        expect(faults(report)).toEqual([["Connect", "ConnectionFailed"]])
        expect(report.peer).toEqual(Option.none())
      }))

    it.effect("ends when its time is over, wherever it is", () =>
      Effect.gen(function*() {
        const silent = yield* Deferred.make<void>()
        const probing = yield* Effect.fork(Harness.play(
          [
            Script.send("220 mx.example"),
            Script.expect("EHLO client.example"),
            Script.wait("silence", Effect.asVoid(Deferred.succeed(silent, undefined))),
            Script.expectEnd
          ],
          probe({ timeout: Option.some("5 seconds") })
        ))
        yield* Deferred.await(silent)
        yield* TestClock.adjust("5 seconds")
        const { value } = yield* Fiber.join(probing)
        expect(faults(value)).toEqual([["Hello", "ConnectionFailed"]])
      }))
  })

  describe("B7: stops", () => {
    const whole = `
      S: 220 mx.example ready
      C: EHLO client.example
      S: 250 mx.example
      C: MAIL FROM:<alice@client.example>
      S: 250 ok
      C: RCPT TO:<bob@mx.example>
      S: 250 ok
      C: DATA
      S: 354 go
      C: Subject: hi
      C:
      C: hello
      C: .
      S: 250 2.0.0 Queued as 7
    `.trim().split("\n")
    const part = (lines: number) => whole.slice(0, lines).join("\n")

    const places: ReadonlyArray<readonly [ProbeReport.Stage, number]> = [
      ["Greeting", 1],
      ["Hello", 3],
      ["Tls", 3],
      ["Xclient", 3],
      ["Auth", 3],
      ["Mail", 5],
      ["Recipient", 7],
      ["Data", 9],
      ["Content", 13],
      ["Verdict", 14]
    ]
    for (const [until, lines] of places) {
      it.effect(`without a word after ${until}`, () =>
        Effect.gen(function*() {
          const { value } = yield* Harness.converse(
            part(lines),
            probe({ until, ending: "Drop", mail: mail() })
          )
          expect(faults(value)).toEqual([])
        }))
    }
    for (
      const [until, lines] of places.filter(([stage]) => stage !== "Data" && stage !== "Content")
    ) {
      it.effect(`by QUIT after ${until}`, () =>
        Effect.gen(function*() {
          const { value } = yield* Harness.converse(
            part(lines) + quit,
            probe({ until, ending: "Quit", mail: mail() })
          )
          expect(faults(value)).toEqual([])
        }))
    }

    it.effect("before the greeting, without a word", () =>
      Effect.gen(function*() {
        for (const ending of ["Quit", "Drop"] as const) {
          const { value } = yield* Harness.play(
            [Script.expectEnd],
            probe({ until: "Connect", ending })
          )
          expect(value.steps).toHaveLength(1)
          expect(Option.isSome(value.peer)).toBe(true)
        }
      }))

    it.effect("at the login where there is no mail to go on with", () =>
      Harness.converse(opened + quit, probe({ until: "Verdict" })))
  })

  describe("fails", () => {
    const refusals: ReadonlyArray<readonly [string, string, ReadonlyArray<unknown>]> = [
      ["the greeting", `S: 554 not you${quit}`, ["Greeting", "Refused"]],
      [
        "EHLO",
        `S: 220 mx.example
         C: EHLO client.example
         S: 450 not now
         ${quit}`,
        ["Hello", "Refused"]
      ],
      [
        "MAIL",
        `${opened}
         C: MAIL FROM:<alice@client.example>
         S: 550 no
         ${quit}`,
        ["Mail", "Refused"]
      ],
      [
        "every RCPT",
        `${opened}
         C: MAIL FROM:<alice@client.example>
         S: 250 ok
         C: RCPT TO:<bob@mx.example>
         S: 550 no
         ${quit}`,
        ["Recipient", 550]
      ],
      [
        "DATA",
        `${opened}
         C: MAIL FROM:<alice@client.example>
         S: 250 ok
         C: RCPT TO:<bob@mx.example>
         S: 250 ok
         C: DATA
         S: 451 no
         ${quit}`,
        ["Data", "Refused"]
      ],
      [
        "the message",
        `${opened}
         C: MAIL FROM:<alice@client.example>
         S: 250 ok
         C: RCPT TO:<bob@mx.example>
         S: 250 ok
         C: DATA
         S: 354 go
         C: Subject: hi
         C:
         C: hello
         C: .
         S: 554 no
         ${quit}`,
        ["Verdict", "Refused"]
      ]
    ]
    for (const [what, transcript, fault] of refusals) {
      it.effect(`where ${what} is refused, and says goodbye`, () =>
        Effect.gen(function*() {
          const { value } = yield* Harness.converse(
            transcript,
            probe({ until: "Verdict", mail: mail() })
          )
          expect(faults(value)).toEqual([fault])
          expect(ProbeReport.failedStage(value)).toEqual(Option.some(fault[0]))
        }))
    }

    it.effect("and still tells the greeting it was refused by", () =>
      Effect.gen(function*() {
        const { value } = yield* Harness.converse(`S: 554 not you${quit}`, probe())
        expect(Option.map(value.greeting, ({ code }) => code)).toEqual(Option.some(554))
      }))

    it.effect("says nothing more to a server that is leaving", () =>
      Effect.gen(function*() {
        const { value } = yield* Harness.converse(
          `${opened}
           C: MAIL FROM:<alice@client.example>
           S: 421 4.3.2 going down`,
          probe({ until: "Verdict", mail: mail() })
        )
        expect(faults(value)).toEqual([["Mail", "Refused"]])
      }))
  })

  describe("B7: pipelining", () => {
    const two = mail({
      pipelining: true,
      envelope: envelope("", "bob@mx.example", "eve@mx.example")
    })

    it.effect("says MAIL, RCPT and DATA at once, and goes on with whom it can", () =>
      Effect.gen(function*() {
        const { value, writes } = yield* Harness.converse(
          `${opened}
           C: MAIL FROM:<>
           C: RCPT TO:<bob@mx.example>
           C: RCPT TO:<eve@mx.example>
           C: DATA
           S: 250 ok
           S: 250 ok
           S: 550 no
           S: 354 go
           C: Subject: hi
           C:
           C: hello
           C: .
           S: 250 ok
           ${quit}`,
          probe({ until: "Verdict", mail: two })
        )
        expect(writes[1]).toBe(
          "MAIL FROM:<>\r\nRCPT TO:<bob@mx.example>\r\nRCPT TO:<eve@mx.example>\r\nDATA\r\n"
        )
        expect(faults(value)).toEqual([["Recipient", 550]])
        expect(Option.map(value.outcome, ({ accepted }) => accepted.length)).toEqual(Option.some(1))
      }))

    it.effect("says no more at once than it is asked to come to", () =>
      Effect.gen(function*() {
        const { value } = yield* Harness.converse(
          `${opened}
           C: MAIL FROM:<>
           C: RCPT TO:<bob@mx.example>
           C: RCPT TO:<eve@mx.example>
           S: 250 ok
           S: 250 ok
           S: 250 ok
           ${quit}`,
          probe({ until: "Recipient", mail: two })
        )
        expect(value.recipients).toHaveLength(2)
      }))

    it.effect("gives a server that waits for nobody's message an empty one", () =>
      Effect.gen(function*() {
        const { value } = yield* Harness.converse(
          `${opened}
           C: MAIL FROM:<>
           C: RCPT TO:<bob@mx.example>
           C: RCPT TO:<eve@mx.example>
           C: DATA
           S: 250 ok
           S: 550 no
           S: 550 no
           S: 354 go
           C: .
           S: 554 no valid recipients
           ${quit}`,
          probe({ until: "Verdict", mail: two })
        )
        expect(faults(value)).toEqual([["Recipient", 550, 550]])
      }))

    it.effect("says them one by one where the server does not offer it", () =>
      Harness.converse(
        `S: 220 mx.example
         C: EHLO client.example
         S: 250 mx.example
         C: MAIL FROM:<>
         S: 250 ok
         C: RCPT TO:<bob@mx.example>
         S: 250 ok
         C: RCPT TO:<eve@mx.example>
         S: 250 ok
         ${quit}`,
        probe({ until: "Recipient", mail: two })
      ))
  })

  describe("B7: assumes", () => {
    const assumed = [
      Extension.Pipelining(),
      Extension.Size({ limit: Option.none() }),
      Extension.Xclient({ attributes: ["ADDR"] })
    ]

    it.effect("that the server offers what it does not say, though EHLO is refused", () =>
      Effect.gen(function*() {
        const { value } = yield* Harness.converse(
          `S: 220 mx.example
           C: EHLO client.example
           S: 502 what?
           C: HELO client.example
           S: 250 mx.example
           C: XCLIENT ADDR=192.0.2.7
           S: 220 mx.example
           C: EHLO client.example
           S: 250 mx.example
           C: MAIL FROM:<alice@client.example> SIZE=22
           C: RCPT TO:<bob@mx.example>
           S: 250 ok
           S: 250 ok
           ${quit}`,
          probe({
            assumed,
            until: "Recipient",
            xclient: [{ name: "ADDR", value: "192.0.2.7" }],
            mail: mail({ pipelining: true })
          })
        )
        expect(faults(value)).toEqual([])
        expect(value.hellos.flatMap(({ extensions }) => extensions)).toEqual([])
      }))

    it.effect("a mechanism besides those on offer", () =>
      Effect.gen(function*() {
        const { value } = yield* Harness.converse(
          `S: 220 mx.example
           C: EHLO client.example
           S: 250-mx.example
           S: 250 AUTH SCRAM-SHA-256
           C: AUTH ANONYMOUS =
           S: 504 not here
           ${quit}`,
          probe({
            assumed: [Extension.Auth({ mechanisms: ["ANONYMOUS"] })],
            credentials: Option.some(Credentials.Anonymous({ trace: Option.none() })),
            exposure: "ExposedToEveryone"
          })
        )
        expect(faults(value)).toEqual([["Auth", "AuthenticationFailed"]])
      }))
  })

  describe("B7: LMTP and PRDR", () => {
    it.effect("has a verdict for each recipient by LMTP", () =>
      Effect.gen(function*() {
        const { value } = yield* Harness.converse(
          `S: 220 mx.example
           C: LHLO client.example
           S: 250 mx.example
           C: MAIL FROM:<>
           S: 250 ok
           C: RCPT TO:<bob@mx.example>
           S: 250 ok
           C: RCPT TO:<eve@mx.example>
           S: 250 ok
           C: DATA
           S: 354 go
           C: Subject: hi
           C:
           C: hello
           C: .
           S: 250 saved
           S: 452 full
           ${quit}`,
          probe({
            until: "Verdict",
            protocol: "Lmtp",
            mail: mail({ envelope: envelope("", "bob@mx.example", "eve@mx.example") })
          })
        )
        expect(faults(value)).toEqual([["Verdict", 452]])
      }))

    it.effect("asks for one each by PRDR", () =>
      Effect.gen(function*() {
        const { value } = yield* Harness.converse(
          `S: 220 mx.example
           C: EHLO client.example
           S: 250-mx.example
           S: 250 PRDR
           C: MAIL FROM:<alice@client.example> PRDR
           S: 250 ok
           C: RCPT TO:<bob@mx.example>
           S: 250 ok
           C: DATA
           S: 354 go
           C: Subject: hi
           C:
           C: hello
           C: .
           S: 353 begins
           S: 250 ok
           S: 250 ok
           ${quit}`,
          probe({ until: "Verdict", mail: mail({ prdr: "WhereOffered" }) })
        )
        expect(faults(value)).toEqual([])
      }))
  })

  describe("B7: speaks for another", () => {
    const header = ProxyHeader.Inet({
      transport: "Stream",
      source: { host: "192.0.2.7", port: 2525 },
      destination: { host: "192.0.2.1", port: 25 },
      tlvs: []
    })

    it.effect("by a PROXY header before anything else, that no transcript shows the bytes of", () =>
      Effect.gen(function*() {
        const { value } = yield* Harness.play(
          [
            Script.expect("PROXY TCP4 192.0.2.7 192.0.2.1 2525 25"),
            ...Harness.script(opened + quit)
          ],
          probe({ proxy: Option.some({ header, version: 1 }) })
        )
        expect(value.lines[0]).toEqual({ at: 0, from: "note", line: "PROXY, version 1" })
        expect(faults(value)).toEqual([])
      }))

    it.effect("fails at the connection with a header that cannot be said", () =>
      Effect.gen(function*() {
        const unix = ProxyHeader.Unix({
          transport: "Stream",
          source: "/a",
          destination: "/b",
          tlvs: []
        })
        const { value } = yield* Harness.play(
          [Script.expectEnd],
          probe({ proxy: Option.some({ header: unix, version: 1 }) })
        )
        expect(faults(value)).toEqual([["Connect", "Unsendable"]])
      }))

    it.effect("by XCLIENT, and learns what is offered to that client", () =>
      Effect.gen(function*() {
        const xclient = [{ name: "ADDR", value: "192.0.2.7" }]
        const { value } = yield* Harness.converse(
          `S: 220 mx.example
           C: EHLO client.example
           S: 250-mx.example
           S: 250 XCLIENT NAME ADDR
           C: XCLIENT ADDR=192.0.2.7
           S: 220 mx.example
           C: EHLO client.example
           S: 250-mx.example
           S: 250 SIZE 1000
           ${quit}`,
          probe({ xclient })
        )
        expect(value.hellos).toHaveLength(2)
        expect(ProbeReport.capabilities(value).extensions).toEqual([
          Extension.Size({ limit: Option.some(1000) })
        ])
        const lacking = yield* Harness.converse(opened + quit, probe({ xclient }))
        expect(faults(lacking.value)).toEqual([["Xclient", "Unsupported"]])
      }))
  })

  describe("TLS", () => {
    const offer = `
      S: 220 mx.example
      C: EHLO client.example
      S: 250-mx.example
      S: 250 STARTTLS
    `
    const upgraded = `
      ${offer}
      C: STARTTLS
      S: 220 go
      <TLS>
    `
    const secured = `
      ${upgraded}
      C: EHLO client.example
      S: 250-mx.example
      S: 250 AUTH PLAIN
    `
    const credentials = Option.some(
      Credentials.fromPassword({ username: "alice", password: Redacted.make("sesame") })
    )
    const untrusted = Security.StartTls({ tls: Tls.client({ serverName: "other.example" }) })
    const plain = `AUTH PLAIN ${btoa("\0alice\0sesame")}`

    it.effect("tells the facts, and both offers", () =>
      Effect.gen(function*() {
        const { client, server } = yield* Harness.tls
        const { value } = yield* Harness.converse(
          secured + quit,
          probe({ security: Security.StartTls({ tls: client }) }),
          { tls: server }
        )
        expect(ProbeReport.tls(value)).toMatchObject(
          Option.some({ version: "TLSv1.3", authorized: true, problems: [] })
        )
        expect(value.hellos).toHaveLength(2)
        expect(value.steps.map(({ stage }) => stage)).toEqual([
          "Connect",
          "Greeting",
          "Hello",
          "Tls",
          "Hello"
        ])
        expect(faults(value)).toEqual([])
      }))

    it.effect("reports all problems of a certificate, and goes on", () =>
      Effect.gen(function*() {
        const { server } = yield* Harness.tls
        const { value } = yield* Harness.converse(
          secured + quit,
          probe({ security: untrusted }),
          { tls: server }
        )
        expect(faults(value)).toEqual([["Tls", "SelfSigned", "WrongName"]])
        expect(ProbeReport.capabilities(value).extensions).toHaveLength(1)
      }))

    it.effect("T3: logs nobody in on it, and goes on to the mail, unless exposure is allowed", () =>
      Effect.gen(function*() {
        const { server } = yield* Harness.tls
        const options = { security: untrusted, credentials, until: "Mail", mail: mail() } as const
        const transaction = `
          C: MAIL FROM:<alice@client.example>
          S: 250 ok
        `
        const { value } = yield* Harness.converse(secured + transaction + quit, probe(options), {
          tls: server
        })
        expect(faults(value)).toEqual([["Tls", "SelfSigned", "WrongName"], ["Auth", "NotSecure"]])
        const exposed = yield* Harness.converse(
          `${secured}
           C: ${plain}
           S: 235 welcome
           ${transaction}
           ${quit}`,
          probe({ ...options, exposure: "ExposedToEveryone" }),
          { tls: server }
        )
        expect(exposed.value.login).toMatchObject(Option.some({ mechanism: "PLAIN" }))
        expect(faults(exposed.value)).toEqual([["Tls", "SelfSigned", "WrongName"]])
      }))

    it.effect("T3: logs nobody in in clear text, unless exposure is allowed", () =>
      Effect.gen(function*() {
        const offered = `
          S: 220 mx.example
          C: EHLO client.example
          S: 250-mx.example
          S: 250 AUTH PLAIN
        `
        const exposable = Security.ClearText({ credentials: "ExposedToEveryone" })
        const { value } = yield* Harness.converse(
          offered + quit,
          probe({ credentials, security: exposable })
        )
        expect(faults(value)).toEqual([["Auth", "NotSecure"]])
        const exposed = yield* Harness.converse(
          `${offered}
           C: ${plain}
           S: 535 no
           ${quit}`,
          probe({ credentials, exposure: "ExposedToEveryone" })
        )
        expect(faults(exposed.value)).toEqual([["Auth", "AuthenticationFailed"]])
      }))

    it.effect("N19: logs in over a channel that is verified, and shows no secret", () =>
      Effect.gen(function*() {
        const { client, server } = yield* Harness.tls
        const { value } = yield* Harness.converse(
          `${secured}
           C: ${plain}
           S: 235 welcome
           ${quit}`,
          probe({ security: Security.StartTls({ tls: client }), credentials }),
          { tls: server }
        )
        expect(faults(value)).toEqual([])
        expect(value.lines.map(({ line }) => line)).toContain("AUTH PLAIN <redacted>")
        expect(JSON.stringify(value.lines)).not.toContain(plain.slice(11))
      }))

    it.effect("T1: is a fault where STARTTLS is wanted and not offered, none where it may be missing", () =>
      Effect.gen(function*() {
        const { client: tls } = yield* Harness.tls
        const wanted = yield* Harness.converse(
          opened + quit,
          probe({ security: Security.StartTls({ tls }) })
        )
        expect(faults(wanted.value)).toEqual([["Tls", "NotSecure"]])
        const allowed = yield* Harness.converse(
          opened + quit,
          probe({ security: Security.Opportunistic({ tls }) })
        )
        expect(faults(allowed.value)).toEqual([])
        const refused = yield* Harness.converse(
          `${offer}
           C: STARTTLS
           S: 454 not now
           ${quit}`,
          probe({ security: Security.Opportunistic({ tls }) })
        )
        expect(faults(refused.value)).toEqual([])
      }))

    it.effect("B7: stops after the handshake", () =>
      Effect.gen(function*() {
        const { client: tls, server } = yield* Harness.tls
        const security = Security.StartTls({ tls })
        yield* Harness.converse(upgraded, probe({ security, until: "Tls", ending: "Drop" }), {
          tls: server
        })
        yield* Harness.converse(upgraded + quit, probe({ security, until: "Tls" }), {
          tls: server
        })
        const { value } = yield* Harness.play(
          [Script.startTls(server), Script.expectEnd],
          probe({ security: Security.Implicit({ tls }), until: "Tls" })
        )
        expect(value.steps.map(({ stage }) => stage)).toEqual(["Connect", "Tls"])
      }))

    it.effect("begins with the first byte where it is implicit", () =>
      Effect.gen(function*() {
        const { client: tls, server } = yield* Harness.tls
        const { value } = yield* Harness.play(
          [Script.startTls(server), ...Harness.script(opened + quit)],
          probe({ security: Security.Implicit({ tls }) })
        )
        expect(faults(value)).toEqual([])
        expect(value.hellos).toHaveLength(1)
        expect(value.steps.map(({ stage }) => stage)).toEqual([
          "Connect",
          "Tls",
          "Greeting",
          "Hello"
        ])
      }))

    it.effect("fails where the server speaks clear text, and says so", () =>
      Effect.gen(function*() {
        const { client: tls } = yield* Harness.tls
        const { value } = yield* Harness.play(
          [Script.send("220 mx.example"), Script.skipBytes(1)],
          probe({ security: Security.Implicit({ tls }) })
        )
        expect(faults(value)).toEqual([["Tls", "WrongProtection"]])
      }))
  })
})
