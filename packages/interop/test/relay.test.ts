import { describe, expect, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as OurClient from "../src/OurClient.js"
import * as OurServer from "../src/OurServer.js"
import * as Port from "../src/Port.js"
import * as Postfix from "../src/Postfix.js"
import * as RefusingServer from "../src/RefusingServer.js"

/** Mechanisms of Postfix's SASL library, which is Cyrus'. */
const mechanisms = ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"] as const

/**
 * A Postfix that hands mail over to our servers, in another way for each domain: the process, and the one
 * that refuses.
 */
interface All {
  readonly postfix: Postfix.Shape
  readonly ours: OurServer.OurServer
  readonly refusing: RefusingServer.RefusingServer
}
const All = Context.GenericTag<All>("@effect-smtp/interop/test/All")

/** The domains of the process. */
const domains = [
  ...["clear", "secure", "slow", "lmtp", "implicit"],
  ...mechanisms.map((mechanism) => mechanism.toLowerCase())
].map((name) => `${name}.example`)

const secure = ({ certificate }: Pick<OurServer.OurServer, "certificate">) => ({
  smtp_tls_CAfile: certificate.file,
  smtp_tls_security_level: "secure",
  smtp_tls_secure_cert_match: "mx.example"
})

const stepByStep = { smtp_discard_ehlo_keywords: "pipelining, size" }

const all = Effect.gen(function*() {
  const ours = yield* OurServer.make({
    flags: domains.flatMap((domain) => ["--accept-domain", domain])
  })
  const refusing = yield* RefusingServer.make()
  const secret = `${OurServer.user.name}:${OurServer.user.password}`
  const known = (mechanism: string, port: number) => ({
    smtp_sasl_auth_enable: "yes",
    smtp_sasl_password_maps: `inline:{ { [127.0.0.1]:${port} = ${secret} } }`,
    smtp_sasl_security_options: "noanonymous",
    smtp_sasl_mechanism_filter: mechanism
  })
  const { exchange, lmtp, submission, submissions } = ours
  const postfix = yield* Postfix.make({
    routes: {
      "clear.example": { protocol: "smtp", port: exchange },
      "secure.example": { protocol: "smtp", port: exchange, settings: secure(ours) },
      "slow.example": {
        protocol: "smtp",
        port: exchange,
        settings: stepByStep
      },
      "refused.example": { protocol: "smtp", port: refusing.exchange },
      "refused-secure.example": {
        protocol: "smtp",
        port: refusing.exchange,
        settings: secure(refusing)
      },
      "refused-slow.example": {
        protocol: "smtp",
        port: refusing.exchange,
        settings: stepByStep
      },
      "refused-lmtp.example": { protocol: "lmtp", port: refusing.lmtp },
      "lmtp.example": { protocol: "lmtp", port: lmtp },
      "implicit.example": {
        protocol: "smtp",
        port: submissions,
        settings: { ...secure(ours), ...known("PLAIN", submissions), smtp_tls_wrappermode: "yes" }
      },
      ...Object.fromEntries(mechanisms.map((mechanism) => [
        `${mechanism.toLowerCase()}.example`,
        {
          protocol: "smtp",
          port: submission,
          settings: { ...secure(ours), ...known(mechanism, submission) }
        }
      ]))
    }
  })
  return { ours, postfix, refusing }
})

/** Hands a message over to Postfix, whose own mailbox `bob` hears of what cannot be delivered. */
const submit = ({ postfix }: All, to: readonly [string, ...Array<string>], message: string) =>
  Effect.gen(function*() {
    const client = yield* OurClient.connect(postfix.smtp)
    const outcome = yield* OurClient.deliver(client, { from: "bob@mx.example", to, message })
    expect(OurClient.summary(outcome)).toEqual({ accepted: to, rejected: [], code: 250 })
  })

/** What has come to a server, as soon as something has. */
const arrived = ({ kept }: Pick<OurServer.OurServer, "kept">) =>
  kept.pipe(
    Effect.filterOrFail((kept) => kept.length > 0, () => "nothing has come"),
    Effect.retry(Port.soon)
  )

/** What Postfix keeps of the messages for a domain. */
const queue = ({ postfix }: All, domain: string) =>
  Effect.map(postfix.queued, (all) => all.filter((one) => one.includes(`@${domain}`)))

/** Waits until Postfix keeps nothing for that domain. */
const emptied = (all: All, domain: string) =>
  queue(all, domain).pipe(
    Effect.filterOrFail((kept) => kept.length === 0, (kept) => kept),
    Effect.retry(Port.soon)
  )

/** Waits until Postfix has put a message for that domain aside, for later, and has it tell that. */
const deferred = (all: All, domain: string) =>
  queue(all, domain).pipe(
    Effect.filterOrFail(
      (kept) => kept.some((one) => one.includes(`"queue_name": "deferred"`)),
      (kept) => kept
    ),
    Effect.retry(Port.soon)
  )

/** A message as it was before Postfix put a trace on top. */
const sent = (kept: OurServer.Kept | undefined): string =>
  Message.without(["Received"], kept?.message ?? "")

const latin1 = (message: string): string => Buffer.from(message).toString("latin1")

// Postfix breaks lines over 998 octets.
const messages = [Message.plain, Message.dots, Message.eightBit, Message.big(150_000)]

layer(Layer.provideMerge(Layer.scoped(All, all), Machine.layer), {
  excludeTestServices: true,
  timeout: "1 minute"
})("Postfix", (it) => {
  describe("and our server, to which it relays", () => {
    for (
      const [how, domain, tls, protocol] of [
        ["in clear text", "clear.example", Option.none(), "ESMTP"],
        ["over STARTTLS, strictly", "secure.example", Option.some("TLSv1.3"), "ESMTP"],
        ["command by command", "slow.example", Option.none(), "ESMTP"],
        ["by LMTP", "lmtp.example", Option.none(), "LMTP"]
      ] as const
    ) {
      it.scoped(`pass every message on as it was sent, ${how}`, () =>
        Effect.gen(function*() {
          const all = yield* All
          for (const message of messages) {
            yield* submit(all, [`carol@${domain}`], message)
            const [kept, ...rest] = yield* arrived(all.ours)
            expect(kept).toMatchObject({
              protocol,
              from: "bob@mx.example",
              to: [`carol@${domain}`],
              tls
            })
            expect(sent(kept)).toBe(latin1(message))
            expect(rest).toEqual([])
          }
          yield* emptied(all, domain)
        }))
    }

    for (
      const [mechanism, domain] of [
        ...mechanisms.map((mechanism) => [mechanism, mechanism.toLowerCase()] as const),
        ["PLAIN under implicit TLS", "implicit"] as const
      ]
    ) {
      it.scoped(`know each other by ${mechanism}`, () =>
        Effect.gen(function*() {
          const all = yield* All
          yield* submit(all, [`carol@${domain}.example`], Message.dots)
          const [kept] = yield* arrived(all.ours)
          expect(kept).toMatchObject({
            user: Option.some(OurServer.user.name),
            tls: Option.some("TLSv1.3")
          })
          expect(sent(kept)).toBe(latin1(Message.dots))
        }))
    }

    for (const domain of ["refused.example", "refused-slow.example", "refused-lmtp.example"]) {
      it.scoped(`serve the other recipients, and tell the sender who was refused (${domain})`, () =>
        Effect.gen(function*() {
          const all = yield* All
          const [carol, nobody, dave] = ["carol", "nobody", "dave"].map((name) =>
            `${name}@${domain}`
          )
          yield* submit(
            all,
            [`carol@${domain}`, `nobody@${domain}`, `dave@${domain}`],
            Message.dots
          )
          const [kept, ...rest] = yield* arrived(all.refusing)
          expect(kept?.to).toEqual([carol, dave])
          expect(sent(kept)).toBe(latin1(Message.dots))
          expect(rest).toEqual([])
          const report = yield* all.postfix.delivered("bob")
          expect(report).toContain(`\nFinal-Recipient: rfc822; ${nobody}\n`)
          expect(report).toContain("\nStatus: 5.1.1\n")
          expect(report).toContain("550 5.1.1 No such mailbox")
          expect(report).not.toContain(`rfc822; ${carol}`)
        }))
    }

    for (const domain of ["refused.example", "refused-secure.example"]) {
      it.scoped(`deliver once what had to come again (${domain})`, () =>
        Effect.gen(function*() {
          const all = yield* All
          yield* submit(all, [`busy@${domain}`, `carol@${domain}`], Message.dots)
          const [waiting] = yield* deferred(all, domain)
          expect(waiting).toContain("450 4.2.1 Mailbox not available now")
          expect(yield* all.refusing.kept).toEqual([])
          yield* all.postfix.flush
          const [kept] = yield* arrived(all.refusing)
          expect(kept?.to).toEqual([`busy@${domain}`, `carol@${domain}`])
          expect(sent(kept)).toBe(latin1(Message.dots))
          yield* emptied(all, domain)
          expect(yield* all.refusing.kept).toEqual([])
        }))
    }

    it.scoped("have a verdict for each recipient by LMTP, and try only that one again", () =>
      Effect.gen(function*() {
        const all = yield* All
        const [busy, full, carol] = ["busy", "full", "carol"].map((name) =>
          `${name}@refused-lmtp.example`
        )
        yield* submit(
          all,
          ["busy@refused-lmtp.example", "full@refused-lmtp.example", "carol@refused-lmtp.example"],
          Message.dots
        )
        const [first, ...rest] = yield* arrived(all.refusing)
        expect(first?.to).toEqual([carol])
        expect(sent(first)).toBe(latin1(Message.dots))
        expect(rest).toEqual([])
        const report = yield* all.postfix.delivered("bob")
        expect(report).toContain(`\nFinal-Recipient: rfc822; ${full}\n`)
        expect(report).toContain("554 5.6.0 Not this")
        const [waiting] = yield* deferred(all, "refused-lmtp.example")
        expect(waiting).toContain(busy)
        expect(waiting).not.toContain(carol)
        yield* all.postfix.flush
        const [second] = yield* arrived(all.refusing)
        expect(second?.to).toEqual([busy])
        expect(sent(second)).toBe(latin1(Message.dots))
        yield* emptied(all, "refused-lmtp.example")
        expect(yield* all.refusing.kept).toEqual([])
      }))
  })
})
