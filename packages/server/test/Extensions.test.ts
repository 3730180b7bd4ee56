import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import type { Envelope, Recipient } from "../src/Envelope.js"
import type * as Extensions from "../src/Extensions.js"
import * as Policy from "../src/Policy.js"
import * as Verdict from "../src/Verdict.js"
import type { Setup } from "./talk.js"
import { shout, talk } from "./talk.js"

type On = Partial<Extensions.Extensions>

const offered = (extensions: On, setup: Setup = {}) =>
  Effect.map(
    shout({ ...setup, extensions }, "EHLO client.example\r\n"),
    ({ heard }) => heard.slice(2).map((line) => line.slice(4))
  )

const lasting = [
  "ENHANCEDSTATUSCODES",
  "SIZE 33554432",
  "LIMITS RCPTMAX=1000 MAILMAX=25000",
  "HELP"
]
const usual = ["PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING"]

const everything: On = {
  binaryMime: true,
  dsn: true,
  requireTls: true,
  rrvs: true,
  deliverBy: Option.some({ minimum: "1 minute" }),
  futureRelease: Option.some({ longest: "1 day" }),
  mtPriority: Option.some({ profile: Option.some("MIXER") })
}

/** The replies to MAIL, or to RCPT, with these parameters; each in a transaction of its own. */
const replies = (
  extensions: On,
  parameters: ReadonlyArray<string>,
  line: (parameter: string) => string
) =>
  Effect.map(
    shout(
      { extensions, limits: { badCommands: 100 } },
      `HELO c.example\r\n${
        parameters.map((parameter) => `RSET\r\n${line(parameter)}\r\n`).join("")
      }`
    ),
    ({ heard }) => heard.slice(2).filter((reply) => reply !== "250 2.0.0 OK")
  )

const mail = (extensions: On, ...parameters: ReadonlyArray<string>) =>
  replies(extensions, parameters, (parameter) => `MAIL FROM:<a@b.example> ${parameter}`)

const rcpt = (extensions: On, ...parameters: ReadonlyArray<string>) =>
  Effect.map(
    replies(
      extensions,
      parameters,
      (parameter) => `MAIL FROM:<a@b.example>\r\nRCPT TO:<ok@mx.example> ${parameter}`
    ),
    (all) => all.filter((_, at) => at % 2 === 1)
  )

const codes = (all: ReadonlyArray<string>) => all.map((reply) => reply.slice(0, 9))

describe("Extensions", () => {
  describe("EHLO", () => {
    it.effect("X18: by default, what every handler can do", () =>
      Effect.gen(function*() {
        expect(yield* offered({}))
          .toEqual([...usual, ...lasting])
      }))

    it.effect("what is turned off is not offered, nor what needs it", () =>
      Effect.gen(function*() {
        expect(yield* offered({ eightBitMime: false, chunking: false, binaryMime: true }))
          .toEqual(["PIPELINING", ...lasting])
        expect(yield* offered({ smtpUtf8: false })).not.toContain("SMTPUTF8")
      }))

    it.effect("what the application does is offered, with its limits", () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.UTC(2024, 1, 29, 12, 30, 15, 999))
        expect(yield* offered(everything)).toEqual([
          ...usual,
          "BINARYMIME",
          "DSN",
          "RRVS",
          "DELIVERBY 60",
          "FUTURERELEASE 86400 2024-03-01T12:30:15Z",
          "MT-PRIORITY MIXER",
          ...lasting
        ])
        expect(
          yield* offered({
            deliverBy: Option.some({ minimum: 0 }),
            futureRelease: Option.some({ longest: Duration.infinity }),
            mtPriority: Option.some({ profile: Option.none() })
          })
        ).toEqual([
          ...usual,
          "DELIVERBY",
          "FUTURERELEASE 999999999 2055-11-07T14:16:54Z",
          "MT-PRIORITY",
          ...lasting
        ])
      }))

    it.scopedLive("REQUIRETLS is offered under TLS alone (RFC 8689 section 2)", () =>
      Effect.gen(function*() {
        const { identity: shown } = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
        const policy = Policy.exchange(Tls.server({ identity: shown }))
        expect(yield* offered({ requireTls: true }, { policy })).not.toContain("REQUIRETLS")
        const seen: Array<boolean> = []
        yield* talk(
          {
            policy,
            extensions: { requireTls: true },
            network: { upgrade: NodeTls.wrap },
            tls: Tls.client({ serverName: "mx.example", ca: [shown.certificate] }),
            handler: {
              mail: (_, { parameters }) =>
                Effect.sync(() => {
                  seen.push(parameters.requireTls)
                  return Verdict.senderOk
                })
            }
          },
          `
          S: 220 mx.example ESMTP
          C: HELO client.example
          S: 250 mx.example
          C: MAIL FROM:<a@b.example> REQUIRETLS
          S: 555 5.5.4 Parameter REQUIRETLS is not supported
          C: STARTTLS
          S: 220 2.0.0 Ready to start TLS
          <TLS negotiation>
          C: EHLO client.example
          S: 250-mx.example
          S: 250-PIPELINING
          S: 250-8BITMIME
          S: 250-SMTPUTF8
          S: 250-CHUNKING
          S: 250-REQUIRETLS
          S: 250-ENHANCEDSTATUSCODES
          S: 250-SIZE 33554432
          S: 250-LIMITS RCPTMAX=1000 MAILMAX=25000
          S: 250 HELP
          C: MAIL FROM:<a@b.example> REQUIRETLS
          S: 250 2.1.0 Sender OK
          C: QUIT
          S: 221 2.0.0 Goodbye`
        )
        expect(seen).toEqual([true])
      }))
  })

  describe("parameters", () => {
    it.effect("X2: those of an extension that is off are 555 5.5.4", () =>
      Effect.gen(function*() {
        const ofMail = [
          "RET=HDRS",
          "ENVID=x",
          "REQUIRETLS",
          "BY=120;R",
          "HOLDFOR=1",
          "HOLDUNTIL=1970-01-01T01:00:00Z",
          "MT-PRIORITY=1",
          "BODY=BINARYMIME"
        ]
        expect(yield* mail({}, ...ofMail)).toEqual(
          ofMail.map((parameter) =>
            `555 5.5.4 Parameter ${parameter.split("=")[0]} is not supported`
          )
        )
        expect(codes(yield* mail({ eightBitMime: false }, "BODY=8BITMIME", "SMTPUTF8")))
          .toEqual(["555 5.5.4", "555 5.5.4"])
        expect(
          codes(
            yield* rcpt({}, "NOTIFY=NEVER", "ORCPT=rfc822;a@b.example", "RRVS=2024-01-01T00:00:00Z")
          )
        ).toEqual(["555 5.5.4", "555 5.5.4", "555 5.5.4"])
      }))

    it.effect("X2: those that are malformed, or there twice, are 501 5.5.4", () =>
      Effect.gen(function*() {
        expect(
          codes(
            yield* mail(
              everything,
              "RET=SOME",
              "RET=FULL RET=FULL",
              "ENVID=a+0D+0Ab",
              "ENVID=",
              "BY=0;R",
              "HOLDFOR=0",
              "HOLDFOR=1 HOLDUNTIL=1970-01-01T01:00:00Z",
              "MT-PRIORITY=10",
              "SIZE",
              "SMTPUTF8=1",
              "BODY"
            )
          )
        ).toEqual(new Array(11).fill("501 5.5.4"))
        expect(
          codes(
            yield* rcpt(
              everything,
              "NOTIFY=NEVER,SUCCESS",
              "NOTIFY=NEVER NOTIFY=NEVER",
              "ORCPT=rfc822",
              "RRVS=yesterday"
            )
          )
        ).toEqual(new Array(4).fill("501 5.5.4"))
      }))

    it.effect("N14: ENVID that hides a line end is refused", () =>
      Effect.gen(function*() {
        expect(codes(yield* mail({ dsn: true }, "ENVID=a+0D+0AMAIL"))).toEqual(["501 5.5.4"])
      }))

    it.effect("DELIVERBY keeps to its minimum, for those who want the message back", () =>
      Effect.gen(function*() {
        expect(codes(yield* mail(everything, "BY=59;R", "BY=60;RT", "BY=-5;N", "BY=1;N")))
          .toEqual(["501 5.5.4", "250 2.1.0", "250 2.1.0", "250 2.1.0"])
      }))

    it.effect("FUTURERELEASE keeps to its limits", () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.UTC(2024, 0, 1))
        expect(
          codes(
            yield* mail(
              everything,
              "HOLDFOR=86400",
              "HOLDFOR=86401",
              "HOLDUNTIL=2024-01-02T00:00:00Z",
              "HOLDUNTIL=2024-01-02T01:00:00+01:00",
              "HOLDUNTIL=2024-01-02T00:00:01Z"
            )
          )
        ).toEqual(["250 2.1.0", "501 5.5.4", "250 2.1.0", "250 2.1.0", "501 5.5.4"])
      }))

    it.effect("reach the handler as values", () =>
      Effect.gen(function*() {
        const seen: { envelope?: Envelope; recipient?: Recipient } = {}
        yield* shout(
          {
            extensions: everything,
            handler: {
              recipient: (_client, envelope, recipient) =>
                Effect.sync(() => {
                  seen.envelope = envelope
                  seen.recipient = recipient
                  return Verdict.recipientOk
                })
            }
          },
          "EHLO c.example\r\n" +
            "MAIL FROM:<a@b.example> RET=HDRS ENVID=QQ+2B BY=120;RT HOLDFOR=5 MT-PRIORITY=-3 " +
            "BODY=BINARYMIME SIZE=12\r\n" +
            "RCPT TO:<c@mx.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;d@e.example " +
            "RRVS=2024-01-01T00:00:00Z;C\r\n"
        )
        expect(seen.envelope?.parameters).toMatchObject({
          ret: Option.some("HDRS"),
          envid: Option.some("QQ+"),
          by: Option.some({ seconds: 120, mode: "R", trace: true }),
          hold: Option.some({ _tag: "For", seconds: 5 }),
          mtPriority: Option.some(-3),
          body: Option.some("BINARYMIME"),
          size: Option.some(12)
        })
        expect(seen.recipient?.parameters).toMatchObject({
          notify: Option.some({ _tag: "On", events: ["FAILURE", "DELAY"] }),
          orcpt: Option.some({ addressType: "rfc822", address: "d@e.example" }),
          rrvs: Option.some({ since: "2024-01-01T00:00:00Z", action: Option.some("C") })
        })
      }))

    it.effect("without SMTPUTF8, addresses beyond ASCII are 553 5.6.7", () =>
      Effect.gen(function*() {
        const { heard } = yield* shout(
          { extensions: { smtpUtf8: false } },
          "EHLO c.example\r\nMAIL FROM:<ü@b.example>\r\n"
        )
        expect(heard.at(-1)?.slice(0, 9)).toBe("553 5.6.7")
      }))
  })
})
