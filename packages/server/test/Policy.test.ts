import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Authenticator from "../src/Authenticator.js"
import * as Policy from "../src/Policy.js"
import * as Verdict from "../src/Verdict.js"
import type { Setup } from "./talk.js"
import { bytes, goodbye, greeted, open, readAll, say, shout, talk } from "./talk.js"

/** Made once for this file. */
const certificate = Effect.runSync(
  Effect.cached(NodeCertificate.selfSigned({ names: ["mx.example"] }))
)

const authenticator = Authenticator.make({
  checkPassword: (username, password) =>
    Effect.succeed(username === "alice" && Redacted.value(password) === "sesame")
})

/** Options for both sides, and a network that can do TLS. */
const secure = Effect.map(certificate, ({ identity }) => ({
  server: Tls.server({ identity }),
  client: Tls.client({ serverName: "mx.example", ca: [identity.certificate] }),
  network: { upgrade: NodeTls.wrap }
}))

/** Never gets as far as a handshake. */
const unused = Tls.server({ identity: { certificate: "", key: Redacted.make("") } })

const extensions = (setup: Setup) =>
  Effect.map(
    shout(setup, "EHLO client.example\r\n"),
    ({ heard }) => heard.slice(1).map((line) => line.slice(4))
  )

const always = [
  "mx.example",
  "PIPELINING",
  "8BITMIME",
  "SMTPUTF8",
  "CHUNKING",
  "ENHANCEDSTATUSCODES"
]
const limits = "LIMITS RCPTMAX=1000 MAILMAX=25000"
const hello = `
  C: EHLO client.example
  S: 250-mx.example
  S: 250-PIPELINING
  S: 250-8BITMIME
  S: 250-SMTPUTF8
  S: 250-CHUNKING
  S: 250-ENHANCEDSTATUSCODES
  S: 250-SIZE 33554432
  S: 250-LIMITS RCPTMAX=1000 MAILMAX=25000`
const helloStartTls = `${hello}\n  S: 250-STARTTLS\n  S: 250 HELP`
const startTls = `
  C: STARTTLS
  S: 220 2.0.0 Ready to start TLS
  <TLS negotiation>`
const alice = "C: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==\nS: 235 2.7.0 Authentication successful"

describe("Policy", () => {
  describe("EHLO: what is offered is what can be done", () => {
    const exposed: Policy.Policy = { ...Policy.clearText, clearTextPasswords: "ExposedToEveryone" }
    const table: ReadonlyArray<readonly [string, Setup, ReadonlyArray<string>]> = [
      ["nothing special", {}, ["SIZE 33554432", limits, "HELP"]],
      ["another limit", { limits: { messageSize: 1000 } }, ["SIZE 1000", limits, "HELP"]],
      [
        "STARTTLS offered",
        { policy: Policy.exchange(unused) },
        ["SIZE 33554432", limits, "STARTTLS", "HELP"]
      ],
      [
        "STARTTLS required, AUTH only under it",
        { policy: Policy.submission(unused), authenticator },
        ["SIZE 33554432", limits, "STARTTLS", "HELP"]
      ],
      [
        "passwords, no TLS: not offered",
        { policy: Policy.clearText, authenticator },
        ["SIZE 33554432", limits, "HELP"]
      ],
      [
        "passwords, exposed",
        { policy: exposed, authenticator },
        ["SIZE 33554432", limits, "AUTH PLAIN LOGIN", "HELP"]
      ],
      ["nobody to ask for AUTH", { policy: exposed }, ["SIZE 33554432", limits, "HELP"]]
    ]

    for (const [what, setup, offered] of table) {
      it.effect(`X2: ${what}`, () =>
        Effect.gen(function*() {
          expect(yield* extensions(setup)).toEqual([...always, ...offered])
        }))
    }

    it.scopedLive("under TLS: AUTH, and no STARTTLS", () =>
      Effect.gen(function*() {
        const { client, network, server } = yield* secure
        yield* talk(
          { policy: Policy.submission(server), authenticator, network, tls: client },
          `S: 220 mx.example ESMTP
          ${helloStartTls}
          ${startTls}
          ${hello}
          S: 250-AUTH PLAIN LOGIN
          S: 250 HELP
          ${alice}
          C: MAIL FROM:<alice@client.example>
          S: 250 2.1.0 Sender OK
          ${goodbye}`
        )
      }))

    it.effect("HELO: nothing is offered", () =>
      Effect.gen(function*() {
        const { heard } = yield* shout({ policy: Policy.exchange(unused) }, "HELO c.example\r\n")
        expect(heard.slice(1)).toEqual(["250 mx.example"])
      }))
  })

  describe("STARTTLS", () => {
    for (
      const behind of ["MAIL FROM:<evil@x.example>\r\n", "EHLO evil.example\r\nQUIT\r\n", "N"]
    ) {
      it.effect(`N4: text behind it ends the session: ${JSON.stringify(behind)}`, () =>
        Effect.gen(function*() {
          const { heard, mails } = yield* shout(
            { policy: Policy.exchange(unused) },
            `HELO c.example\r\nSTARTTLS\r\n${behind}`
          )
          expect(heard.slice(2)).toEqual(["554 5.5.0 No text may follow STARTTLS"])
          expect(mails).toEqual([])
        }))
    }

    it.scopedLive("N4: text that arrives before the handshake breaks it", () =>
      Effect.gen(function*() {
        const { network, server } = yield* secure
        const session = yield* open({ policy: Policy.exchange(server), network })
        yield* say(session, `${greeted}\nC: STARTTLS\nS: 220 2.0.0 Ready to start TLS`)
        yield* session.client.write(bytes("MAIL FROM:<evil@x.example>\r\n"))
        const heard = yield* readAll(session.client)
        expect(heard).not.toContain("250")
        yield* Fiber.join(session.run)
      }))

    it.scopedLive("N4: all that was said before is forgotten", () =>
      Effect.gen(function*() {
        const { client, network, server } = yield* secure
        const seen: Array<unknown> = []
        const policy: Policy.Policy = {
          ...Policy.exchange(server),
          clearTextPasswords: "ExposedToEveryone"
        }
        yield* talk(
          {
            policy,
            authenticator,
            network,
            tls: client,
            handler: {
              hello: ({ identity, name, peer }) => {
                seen.push([identity._tag, name._tag, peer.tls._tag])
                return Effect.succeed(Verdict.ok)
              }
            }
          },
          `${greeted}
          ${alice}
          ${startTls}
          C: MAIL FROM:<a@client.example>
          S: 503 5.5.1 Bad sequence of commands: expected EHLO or HELO
          C: AUTH PLAIN
          S: 503 5.5.1 Bad sequence of commands: expected EHLO or HELO
          C: HELO client.example
          S: 250 mx.example
          C: STARTTLS
          S: 503 5.5.1 TLS is already active
          ${alice}
          ${goodbye}`
        )
        expect(seen).toEqual([["None", "None", "None"], ["None", "None", "Some"]])
      }))

    it.scopedLive("N18: a client that breaks the handshake off harms nobody", () =>
      Effect.gen(function*() {
        const { network, server } = yield* secure
        for (const part of ["end", "reset"] as const) {
          const session = yield* open({ policy: Policy.exchange(server), network })
          yield* say(session, `${greeted}\nC: STARTTLS\nS: 220 2.0.0 Ready to start TLS`)
          yield* session.client[part]
          yield* Fiber.join(session.run)
        }
      }))

    it.effect("is not known where there is no TLS", () =>
      talk({}, `${greeted}\nC: STARTTLS\nS: 502 5.5.1 Command not implemented\n${goodbye}`))
  })

  describe("exchange: mail from other servers", () => {
    it.effect("takes mail without TLS and without AUTH", () =>
      talk(
        { policy: Policy.exchange(unused), authenticator },
        `${greeted}
        C: MAIL FROM:<a@client.example>
        S: 250 2.1.0 Sender OK
        ${goodbye}`
      ))
  })

  describe("submission: mail from users", () => {
    for (
      const line of [
        "MAIL FROM:<a@client.example>",
        "RCPT TO:<b@mx.example>",
        "AUTH PLAIN AGFsaWNlAHNlc2FtZQ==",
        "VRFY root",
        "HELP",
        "RSET",
        "DATA"
      ]
    ) {
      it.effect(`X4: TLS comes before ${line.slice(0, 4)}`, () =>
        talk(
          { policy: Policy.submission(unused), authenticator },
          `${greeted}
          C: ${line}
          S: 530 5.7.0 Must issue a STARTTLS command first
          ${goodbye}`
        ))
    }

    it.scopedLive("AUTH comes before MAIL", () =>
      Effect.gen(function*() {
        const { client, network, server } = yield* secure
        yield* talk(
          { policy: Policy.submission(server), authenticator, network, tls: client },
          `${greeted}
          ${startTls}
          C: HELO client.example
          S: 250 mx.example
          C: MAIL FROM:<a@client.example>
          S: 530 5.7.0 Authentication required
          C: VRFY root
          S: 530 5.7.0 Authentication required
          C: RCPT TO:<b@mx.example>
          S: 503 5.5.1 Bad sequence of commands: expected MAIL
          ${alice}
          C: MAIL FROM:<a@client.example>
          S: 250 2.1.0 Sender OK
          ${goodbye}`
        )
      }))
  })

  describe("authentication required, and nobody to ask", () => {
    it.effect("N20: no mail is taken", () =>
      talk(
        { policy: { ...Policy.clearText, authentication: "Required" } },
        `${greeted}
        C: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==
        S: 502 5.5.1 Command not implemented
        C: MAIL FROM:<a@client.example>
        S: 530 5.7.0 Authentication required
        ${goodbye}`
      ))
  })

  describe("submissions: TLS from the first byte", () => {
    it.scopedLive("speaks only under TLS, and knows the connection's facts", () =>
      Effect.gen(function*() {
        const { client, network, server } = yield* secure
        const versions: Array<Option.Option<string>> = []
        yield* talk(
          {
            policy: Policy.submissions(server),
            authenticator,
            network,
            tls: client,
            handler: {
              mail: ({ peer }) => {
                versions.push(Option.map(peer.tls, ({ version }) => version))
                return Effect.succeed(Verdict.ok)
              }
            }
          },
          `<TLS from the first byte>
          ${greeted}
          C: STARTTLS
          S: 503 5.5.1 TLS is already active
          ${alice}
          C: MAIL FROM:<a@client.example>
          S: 250 2.0.0 OK
          ${goodbye}`
        )
        expect(versions).toEqual([Option.some("TLSv1.3")])
      }))

    it.scopedLive("a client that speaks in clear text hears no greeting", () =>
      Effect.gen(function*() {
        const { network, server } = yield* secure
        const { heard } = yield* shout(
          { policy: Policy.submissions(server), network },
          "EHLO client.example\r\nMAIL FROM:<a@b.example>\r\n"
        )
        expect(heard.join("")).not.toContain("mx.example")
      }))
  })
})
