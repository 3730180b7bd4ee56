import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import * as RcptParameters from "@effect-smtp/wire/RcptParameters"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Envelope from "../../src/Envelope.js"
import * as Security from "../../src/Security.js"
import * as Harness from "../harness.js"
import { aliceToBob, around, converse, envelope, hello, using } from "../harness.js"

const mail = "MAIL FROM:<alice@client.example>"
const rcpt = "RCPT TO:<bob@mx.example>"
const { On } = RcptParameters

const dialogue = (mail: string, rcpt: string) => `
  C: ${mail}
  S: 250 ok
  C: ${rcpt}
  S: 550 no
  C: RSET
  S: 250 ok`

/** How an envelope is announced to a server with these extensions. */
const announced = (
  extensions: ReadonlyArray<string>,
  to: Envelope.Envelope,
  mail: string,
  rcpt: string
) => converse(around(dialogue(mail, rcpt), extensions), using(({ deliver }) => deliver(to, hello)))

/** Why an envelope is not announced; nothing is said to the server. */
const refusal = (extensions: ReadonlyArray<string>, to: Envelope.Envelope) =>
  Effect.map(
    converse(around("", extensions), using(({ deliver }) => Effect.flip(deliver(to, hello)))),
    ({ value }) => value
  )

const wishing = (wishes: Partial<Envelope.Wishes>) => Envelope.withWishes(aliceToBob, wishes)
const asking = (parameters: Partial<RcptParameters.RcptParameters>) =>
  Envelope.withParameters(aliceToBob, parameters)

const alice = Either.getOrThrow(Mailbox.parse("alice+x@client.example"))
const by = (seconds: number, mode: "R" | "N") => ({
  by: Option.some({ seconds, mode, trace: true })
})
const holdFor = (seconds: number) => ({ hold: Option.some(MailParameters.For({ seconds })) })
const holdUntil = (dateTime: string) => ({
  hold: Option.some(MailParameters.Until({ dateTime }))
})
const since = { since: "2026-01-01T00:00:00Z", action: Option.some("R" as const) }
const orcpt = (addressType: string, address: string) => ({
  orcpt: Option.some({ addressType, address })
})
const release = "FUTURERELEASE 3600 2026-12-01T00:00:00Z"

const { Submitter } = MailParameters

describe("wishes", () => {
  const mails: ReadonlyArray<readonly [offer: string, Partial<Envelope.Wishes>, string]> = [
    [
      "DSN",
      { ret: Option.some("HDRS"), envid: Option.some("a b") },
      " RET=HDRS ENVID=a+20b"
    ],
    ["AUTH PLAIN", { auth: Option.some(Submitter.Nobody()) }, " AUTH=<>"],
    [
      "AUTH PLAIN",
      { auth: Option.some(Submitter.Mailbox({ mailbox: alice })) },
      " AUTH=alice+2Bx@client.example"
    ],
    ["DELIVERBY", by(-1, "N"), " BY=-1;NT"],
    ["DELIVERBY 60", by(60, "R"), " BY=60;RT"],
    ["DELIVERBY 60", by(59, "N"), " BY=59;NT"],
    [release, holdFor(3600), " HOLDFOR=3600"],
    [release, holdUntil("2026-12-01T00:00:00Z"), " HOLDUNTIL=2026-12-01T00:00:00Z"],
    [release, holdUntil("2026-12-01T01:00:00+02:00"), " HOLDUNTIL=2026-12-01T01:00:00+02:00"],
    ["MT-PRIORITY MIXER", { mtPriority: Option.some(-3) }, " MT-PRIORITY=-3"],
    ["X", { rest: [{ keyword: "XFOO", value: Option.some("bar") }] }, " XFOO=bar"]
  ]
  for (const [offer, wishes, parameters] of mails) {
    it.effect(`MAIL says${parameters} where ${offer} is offered`, () =>
      announced([offer], wishing(wishes), `${mail}${parameters}`, rcpt))
  }

  const rcpts: ReadonlyArray<
    readonly [offer: string, Partial<RcptParameters.RcptParameters>, string]
  > = [
    ["DSN", { notify: Option.some(RcptParameters.Never()) }, " NOTIFY=NEVER"],
    [
      "DSN",
      { notify: Option.some(On({ events: ["SUCCESS", "DELAY"] })) },
      " NOTIFY=SUCCESS,DELAY"
    ],
    ["DSN", orcpt("rfc822", "b=b@mx.example"), " ORCPT=rfc822;b+3Db@mx.example"],
    ["DSN", orcpt("utf-8", "b\u00f6b@mx"), " ORCPT=utf-8;b\\x{F6}b@mx"],
    ["RRVS", { rrvs: Option.some(since) }, " RRVS=2026-01-01T00:00:00Z;R"],
    ["X", { rest: [{ keyword: "XFOO", value: Option.none() }] }, " XFOO"]
  ]
  for (const [offer, wanted, parameters] of rcpts) {
    it.effect(`RCPT says${parameters} where ${offer} is offered`, () =>
      announced([offer], asking(wanted), mail, `${rcpt}${parameters}`))
  }

  it.effect("ORCPT is written in UTF-8 where the transaction is", () =>
    announced(
      ["DSN", "SMTPUTF8"],
      Envelope.withParameters(
        envelope("ren\u00e9@client.example", "bob@mx.example"),
        orcpt("utf-8", "b\u00f6b@mx")
      ),
      "MAIL FROM:<ren\u00e9@client.example> SMTPUTF8",
      `${rcpt} ORCPT=utf-8;b\u00f6b@mx`
    ))

  it.effect("each recipient has its own", () =>
    converse(
      around(
        `C: ${mail}
         C: ${rcpt} NOTIFY=NEVER
         C: RCPT TO:<carol@mx.example> NOTIFY=FAILURE
         C: DATA
         S: 250 ok
         S: 550 no
         S: 550 no
         S: 503 no
         C: RSET
         S: 250 ok`,
        ["DSN", "PIPELINING"]
      ),
      using(({ deliver }) => {
        const two = envelope("alice@client.example", "bob@mx.example", "carol@mx.example")
        const [bob, carol] = two.to
        return deliver(
          Envelope.make({
            from: two.from,
            to: [
              Envelope.recipient(bob.path, { notify: Option.some(RcptParameters.Never()) }),
              Envelope.recipient(carol!.path, {
                notify: Option.some(On({ events: ["FAILURE"] }))
              })
            ]
          }),
          hello
        )
      })
    ))

  const missing: ReadonlyArray<readonly [extension: string, Envelope.Envelope]> = [
    ["DSN", wishing({ ret: Option.some("FULL") })],
    ["DSN", wishing({ envid: Option.some("x") })],
    ["DSN", asking({ notify: Option.some(RcptParameters.Never()) })],
    ["DSN", asking(orcpt("rfc822", "b@mx.example"))],
    ["AUTH", wishing({ auth: Option.some(Submitter.Nobody()) })],
    ["DELIVERBY", wishing(by(60, "N"))],
    ["FUTURERELEASE", wishing(holdFor(60))],
    ["MT-PRIORITY", wishing({ mtPriority: Option.some(1) })],
    ["RRVS", asking({ rrvs: Option.some(since) })]
  ]
  for (const [index, [extension, to]] of missing.entries()) {
    it.effect(`M15: nothing is said without ${extension} (${index})`, () =>
      Effect.gen(function*() {
        expect(yield* refusal(["SIZE"], to)).toMatchObject({
          _tag: "Unsupported",
          extension,
          phase: "Mail",
          fate: "NotDelivered",
          retry: "Never"
        })
      }))
  }

  const beyond: ReadonlyArray<readonly [string, Envelope.Envelope]> = [
    ["DELIVERBY 60", wishing(by(59, "R"))],
    [release, wishing(holdFor(3601))],
    [release, wishing(holdUntil("2026-12-01T00:00:01Z"))],
    [release, wishing(holdUntil("2026-12-01T00:30:00-01:00"))]
  ]
  for (const [index, [offer, to]] of beyond.entries()) {
    it.effect(`nothing is said beyond the bounds of ${offer} (${index})`, () =>
      Effect.gen(function*() {
        expect(yield* refusal([offer], to)).toMatchObject({ _tag: "Unsupported" })
      }))
  }

  const unsendable: ReadonlyArray<readonly [string, Envelope.Envelope]> = [
    ["a priority of 10", wishing({ mtPriority: Option.some(10) })],
    ["a line break in ENVID", wishing({ envid: Option.some("a\r\nRSET") })],
    ["a hold until nobody knows when", wishing(holdUntil("tomorrow"))],
    ["a raw SIZE", wishing({ rest: [{ keyword: "size", value: Option.some("5") }] })],
    [
      "a raw value with a line break",
      wishing({ rest: [{ keyword: "X", value: Option.some("\n") }] })
    ],
    ["a line break in ORCPT", asking(orcpt("rfc822", "a\r\nDATA"))],
    ["a raw NOTIFY", asking({ rest: [{ keyword: "NOTIFY", value: Option.some("NEVER") }] })],
    ["a raw keyword with a space", asking({ rest: [{ keyword: "A B", value: Option.none() }] })]
  ]
  for (const [what, to] of unsendable) {
    it.effect(`N7, N8: ${what} is not written`, () =>
      Effect.gen(function*() {
        const extensions = ["DSN", "MT-PRIORITY", release]
        expect(yield* refusal(extensions, to)).toMatchObject({ _tag: "Unsendable" })
      }))
  }

  describe("REQUIRETLS", () => {
    const secret = wishing({ requireTls: true })

    it.effect("is asked for over TLS", () =>
      Effect.gen(function*() {
        const { client, server } = yield* Harness.tls
        yield* converse(
          `S: 220 mx.example ready
           C: EHLO client.example
           S: 250-mx.example
           S: 250 STARTTLS
           C: STARTTLS
           S: 220 go ahead
           <TLS negotiation>
           C: EHLO client.example
           S: 250-mx.example
           S: 250 REQUIRETLS
           ${dialogue(`${mail} REQUIRETLS`, rcpt)}
           C: QUIT
           S: 221 bye`,
          using(
            ({ deliver }) => deliver(secret, hello),
            { security: Security.StartTls({ tls: client }) }
          ),
          { tls: server }
        )
      }))

    it.effect("is not asked for in clear text, whatever the server offers", () =>
      Effect.gen(function*() {
        expect(yield* refusal(["REQUIRETLS"], secret))
          .toMatchObject({ _tag: "NotSecure", phase: "Mail", fate: "NotDelivered" })
      }))
  })
})
