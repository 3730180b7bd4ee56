import * as ProbePage from "@effect-smtp/cli/ProbePage"
import type { Report } from "@effect-smtp/client/ProbeReport"
import * as ProbeReport from "@effect-smtp/client/ProbeReport"
import * as SmtpError from "@effect-smtp/client/SmtpError"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type * as Tls from "@effect-smtp/flow/Tls"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as Extension from "@effect-smtp/wire/Extension"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"

const remote = Endpoint.Tcp({ host: "192.0.2.1", port: 25 })

const nothing: Report = {
  endpoint: Endpoint.Tcp({ host: "mx.example", port: 25 }),
  protocol: "Smtp",
  peer: Option.none(),
  greeting: Option.none(),
  hellos: [],
  login: Option.none(),
  mail: Option.none(),
  recipients: [],
  data: Option.none(),
  outcome: Option.none(),
  steps: [],
  lines: [],
  faults: []
}

const certificate: Tls.Certificate = {
  subject: "O=Example\nCN=mx.example",
  issuer: "CN=an authority",
  subjectAltName: "DNS:mx.example",
  validFrom: "Jan  1 00:00:00 2026 GMT",
  validTo: "Feb  1 00:00:00 2026 GMT",
  fingerprint: "AA:BB",
  der: new Uint8Array(0)
}

const info = (given: Partial<Tls.Info> = {}): Tls.Info => ({
  version: "TLSv1.3",
  cipher: "TLS_AES_256_GCM_SHA384",
  serverName: Option.some("mx.example"),
  peerCertificate: Option.some(certificate),
  peerChain: [certificate],
  authorized: true,
  problems: [],
  channelBinding: () => Option.none(),
  ...given
})

const peer = (tls: Option.Option<Tls.Info>) =>
  Option.some({ local: Endpoint.Tcp({ host: "192.0.2.9", port: 4000 }), remote, tls })

const reply = (code: number, text: string) => Reply.make({ code, text })
const hello = (...extensions: ReadonlyArray<Extension.Extension>) =>
  Capabilities.make("mx.example", extensions)

describe("ProbePage", () => {
  describe("print", () => {
    it("shows what was found, a word at the start of each line", () => {
      expect(ProbePage.print({
        ...nothing,
        peer: peer(Option.some(info())),
        greeting: Option.some(reply(220, "mx.example ESMTP")),
        hellos: [hello(Extension.Pipelining(), Extension.StartTls()), hello()],
        login: Option.some({ mechanism: "PLAIN", reply: reply(235, "welcome") }),
        mail: Option.some(reply(250, "ok")),
        recipients: [{ recipient: ForwardPath.postmaster, reply: reply(250, "fine") }],
        data: Option.some(reply(354, "go")),
        outcome: Option.some({
          accepted: [{ recipient: ForwardPath.postmaster, reply: reply(250, "Queued") }],
          rejected: [],
          failed: [],
          reply: Option.some(reply(250, "Queued"))
        }),
        steps: [{ stage: "Connect", at: 0, took: 3 }, { stage: "Greeting", at: 3, took: 12 }]
      })).toEqual([
        "server       mx.example:25 is 192.0.2.1:25",
        "greeting     220 mx.example ESMTP",
        "hello        mx.example: PIPELINING, STARTTLS",
        "tls          TLSv1.3, TLS_AES_256_GCM_SHA384, for mx.example",
        "certificate  O=Example, CN=mx.example, until Feb  1 00:00:00 2026 GMT",
        "             DNS:mx.example",
        "             from CN=an authority",
        "             SHA-256 AA:BB",
        "hello        mx.example: no extensions",
        "login        PLAIN: 235 welcome",
        "mail         250 ok",
        "recipient    <Postmaster> 250 fine",
        "data         354 go",
        "verdict      250 Queued",
        "times        connect 3 ms, greeting 12 ms"
      ])
    })

    it("shows TLS before the greeting where it came before it, and all of the chain", () => {
      const page = ProbePage.print({
        ...nothing,
        peer: peer(Option.some(info({ peerChain: [certificate, certificate] }))),
        greeting: Option.some(reply(220, "hi")),
        hellos: [hello()],
        steps: [{ stage: "Connect", at: 0, took: 1 }, { stage: "Tls", at: 1, took: 2 }]
      })
      const words = page.map((line) => line.slice(0, 13).trim()).filter((word) => word !== "")
      expect(words).toEqual([
        "server",
        "tls",
        "certificate",
        "issuer",
        "greeting",
        "hello",
        "times"
      ])
    })

    it("shows each recipient's own answer, and each fault", () => {
      const verdict = (code: number) => ({
        recipient: ForwardPath.postmaster,
        reply: reply(code, "so")
      })
      expect(
        ProbePage.print({
          ...nothing,
          outcome: Option.some({
            accepted: [verdict(250)],
            rejected: [verdict(452)],
            failed: [],
            reply: Option.none()
          }),
          faults: [
            ProbeReport.Fault.Untrusted({
              stage: "Tls",
              problems: [
                { reason: "Expired", detail: "long ago" },
                { reason: "WrongName", detail: "other" }
              ]
            }),
            ProbeReport.Fault.Rejected({ stage: "Verdict", verdicts: [verdict(452)] }),
            ProbeReport.Fault.Failed({
              stage: "Auth",
              error: new SmtpError.NotSecure({ phase: "Auth", reason: "in the clear" })
            })
          ]
        }).slice(1)
      ).toEqual([
        "verdict      <Postmaster> 250 so",
        "verdict      <Postmaster> 452 so",
        "fault        Tls: the certificate: expired: long ago",
        "fault        Tls: the certificate: wrong name: other",
        "fault        Verdict: <Postmaster> refused: 452 so",
        "fault        Auth: in the clear"
      ])
    })

    it("N19: lets no server write lines or colours of its own", () => {
      const page = ProbePage.print({
        ...nothing,
        peer: peer(Option.some(info({
          peerChain: [{
            ...certificate,
            subject: "CN=\u001b[31mred\r",
            subjectAltName: "DNS:a\u009bb"
          }]
        })))
      })
      expect(page.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
      expect(page[2]).toContain("CN=\\x1b[31mred\\x0d")
    })
  })

  describe("line", () => {
    it("begins with the time since the start, and since the line before", () => {
      expect(ProbePage.line({ at: 156, from: "server", line: "220 hi" }, 122)).toBe(
        "   156    +34  S: 220 hi"
      )
    })
  })
})
