import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Probe from "@effect-smtp/client/Probe"
import * as ProbeReport from "@effect-smtp/client/ProbeReport"
import * as Security from "@effect-smtp/client/Security"
import * as Tls from "@effect-smtp/flow/Tls"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as OurClient from "../src/OurClient.js"
import * as Port from "../src/Port.js"
import * as Postfix from "../src/Postfix.js"

const probe = (
  port: number,
  security: Security.Security,
  options: Partial<Probe.Options> = {}
) =>
  Probe.run(Probe.make({
    endpoint: Port.endpoint(port),
    security,
    name: Option.some(Either.getOrThrow(Domain.parse("client.example"))),
    ...options
  }))

const mail = (pipelining: boolean, first: string, ...others: ReadonlyArray<string>) =>
  Option.some<Probe.Mail>({
    envelope: Either.getOrThrow(
      Envelope.parse({ from: "alice@client.example", to: [first, ...others] })
    ),
    body: Option.some(Body.fromString(Message.dots)),
    pipelining,
    prdr: "Unused"
  })

const stages = ({ steps }: ProbeReport.Report) => steps.map(({ stage }) => stage)

layer(Layer.provideMerge(Postfix.layer, Machine.layer), {
  excludeTestServices: true,
  timeout: "20 seconds"
})("Postfix", (it) => {
  describe("and our probe", () => {
    it.scoped("agree on TLS, over STARTTLS and from the first byte", () =>
      Effect.gen(function*() {
        const postfix = yield* Postfix.Postfix
        const tls = OurClient.tls(postfix.certificate)
        const opened = yield* probe(postfix.smtp, Security.StartTls({ tls }))
        expect(opened.faults).toEqual([])
        expect(stages(opened)).toEqual(["Connect", "Greeting", "Hello", "Tls", "Hello"])
        expect(Option.map(opened.greeting, ({ lines }) => lines)).toEqual(
          Option.some(["postfix.example ESMTP Postfix"])
        )
        const implicit = yield* probe(postfix.smtps, Security.Implicit({ tls }))
        expect(implicit.faults).toEqual([])
        expect(stages(implicit)).toEqual(["Connect", "Tls", "Greeting", "Hello"])
        for (const report of [opened, implicit]) {
          expect(ProbeReport.tls(report)).toMatchObject(
            Option.some({ version: "TLSv1.3", authorized: true, problems: [] })
          )
        }
      }))

    it.scoped("go on past a certificate that is not to be trusted", () =>
      Effect.gen(function*() {
        const postfix = yield* Postfix.Postfix
        const tls = Tls.client({ serverName: "other.example" })
        const report = yield* probe(postfix.smtp, Security.StartTls({ tls }), {
          until: "Verdict",
          mail: mail(false, "bob@mx.example")
        })
        expect(report.faults).toMatchObject([
          { _tag: "Untrusted", problems: [{ reason: "SelfSigned" }, { reason: "WrongName" }] }
        ])
        expect(yield* postfix.delivered("bob")).toBe(Message.stored(Message.dots))
      }))

    for (const pipelining of [false, true]) {
      it.scoped(`agree on who is refused (pipelining: ${pipelining})`, () =>
        Effect.gen(function*() {
          const postfix = yield* Postfix.Postfix
          const report = yield* probe(postfix.smtp, OurClient.clear, {
            until: "Verdict",
            mail: mail(pipelining, "nobody@mx.example", "carol@mx.example")
          })
          expect(report.faults).toMatchObject([
            { _tag: "Rejected", stage: "Recipient", verdicts: [{ reply: { code: 550 } }] }
          ])
          expect(yield* postfix.delivered("carol")).toBe(Message.stored(Message.dots))
        }))

      it.scoped(`leave each other in the middle of anything (pipelining: ${pipelining})`, () =>
        Effect.gen(function*() {
          const postfix = yield* Postfix.Postfix
          const to = mail(pipelining, "bob@mx.example")
          for (const until of ProbeReport.stages) {
            const report = yield* probe(postfix.smtp, OurClient.clear, {
              until,
              ending: "Drop",
              mail: to
            })
            expect([until, report.faults]).toEqual([until, []])
          }
          // Once the dot has been sent, the message has been.
          for (const _ of ["Content", "Verdict"]) {
            expect(yield* postfix.delivered("bob")).toBe(Message.stored(Message.dots))
          }
        }))
    }

    it.scoped("agree by XCLIENT on who the client is", () =>
      Effect.gen(function*() {
        const postfix = yield* Postfix.Postfix
        const report = yield* probe(postfix.smtp, OurClient.clear, {
          until: "Verdict",
          mail: mail(false, "bob@mx.example"),
          xclient: [{ name: "ADDR", value: "192.0.2.7" }, { name: "NAME", value: "relay.example" }]
        })
        expect(report.faults).toEqual([])
        expect(yield* postfix.arrived("bob")).toContain("(relay.example [192.0.2.7])")
      }))
  })
})
