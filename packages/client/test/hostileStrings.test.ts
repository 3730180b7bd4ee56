import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Tap from "@effect-smtp/flow/Tap"
import type { Attribute } from "@effect-smtp/wire/Command"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Body from "../src/Body.js"
import * as ConnectionUrl from "../src/ConnectionUrl.js"
import type { PasswordMechanism, TokenMechanism } from "../src/Credentials.js"
import * as Credentials from "../src/Credentials.js"
import * as Envelope from "../src/Envelope.js"
import * as Security from "../src/Security.js"
import type { Options, Shape } from "../src/SmtpClient.js"
import * as SmtpClient from "../src/SmtpClient.js"
import * as Tokens from "../src/Tokens.js"
import { aliceToBob, clear, endpoint, hello } from "./harness.js"
import * as PostOffice from "./postOffice.js"

const extensions = [
  "AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2 OAUTHBEARER SCRAM-SHA-256 EXTERNAL ANONYMOUS",
  ...["8BITMIME", "SMTPUTF8", "DSN", "REQUIRETLS", "DELIVERBY", "RRVS", "MT-PRIORITY", "ETRN"],
  ...["FUTURERELEASE 1000000 2030-01-01T00:00:00Z", "XCLIENT NAME", "XFORWARD NAME"]
]

/** A string from a caller, used somewhere; whatever comes of it. */
type Use = (text: string) => Effect.Effect<unknown, unknown, Dialer.Dialer>

const exposed: Options = {
  ...clear,
  security: Security.ClearText({ credentials: "ExposedToEveryone" })
}

const within = (use: (client: Shape) => Effect.Effect<unknown, unknown>) =>
  Effect.scoped(Effect.flatMap(SmtpClient.connect(endpoint, exposed), use))

const delivering = (change: (text: string) => Envelope.Envelope): Use => (text) =>
  within(({ deliver }) => deliver(change(text), hello))

const parsed = (addresses: Parameters<typeof Envelope.parse>[0]) =>
  within(({ deliver }) =>
    Effect.flatMap(Envelope.parse(addresses), (envelope) => deliver(envelope, hello))
  )

const wishing = (wishes: (text: string) => Partial<Envelope.Wishes>) =>
  delivering((text) => Envelope.withWishes(aliceToBob, wishes(text)))

const asking = (
  parameters: (text: string) => Partial<Envelope.Recipient["parameters"]>
) => delivering((text) => Envelope.withParameters(aliceToBob, parameters(text)))

const loggingIn = (credentials: (text: string) => Credentials.Credentials): Use => (text) =>
  Effect.scoped(SmtpClient.connect(endpoint, { ...exposed, credentials: credentials(text) }))

const password = (mechanism: PasswordMechanism) => ({
  [`a user name for ${mechanism}`]: loggingIn((username) =>
    Credentials.fromPassword({ username, password: Redacted.make("sesame"), mechanism })
  ),
  [`a password for ${mechanism}`]: loggingIn((text) =>
    Credentials.fromPassword({ username: "alice", password: Redacted.make(text), mechanism })
  ),
  [`whom to act as by ${mechanism}`]: loggingIn((authzid) =>
    Credentials.fromPassword({
      username: "alice",
      password: Redacted.make("sesame"),
      authzid,
      mechanism
    })
  )
})

const token = (mechanism: TokenMechanism) => ({
  [`a user name for ${mechanism}`]: loggingIn((username) =>
    Credentials.fromTokens({ username, tokens: Tokens.fromToken(Redacted.make("t")), mechanism })
  ),
  [`a token for ${mechanism}`]: loggingIn((text) =>
    Credentials.fromTokens({
      username: "alice",
      tokens: Tokens.fromToken(Redacted.make(text)),
      mechanism
    })
  )
})

const attributes = (text: string): ReadonlyArray<ReadonlyArray<Attribute>> => [
  [{ name: "NAME", value: text }],
  [{ name: text, value: "x" }]
]

const uses: { readonly [what: string]: Use } = {
  "a sender": (text) => parsed({ from: text, to: ["bob@mx.example"] }),
  "a sender's local part": (text) => parsed({ from: `${text}@mx.example`, to: ["bob@mx.example"] }),
  "a quoted local part": (text) => parsed({ from: `"${text}"@mx.example`, to: ["bob@mx.example"] }),
  "a recipient": (text) => parsed({ from: "", to: [text] }),
  "a recipient's domain": (text) => parsed({ from: "", to: [`bob@${text}`] }),
  "an ENVID": wishing((text) => ({ envid: Option.some(text) })),
  "a time to hold until": wishing((dateTime) => ({
    hold: Option.some({ _tag: "Until", dateTime })
  })),
  "an unknown parameter": wishing((keyword) => ({ rest: [{ keyword, value: Option.none() }] })),
  "its value": wishing((text) => ({ rest: [{ keyword: "X-Y", value: Option.some(text) }] })),
  "an ORCPT": asking((address) => ({ orcpt: Option.some({ addressType: "rfc822", address }) })),
  "an ORCPT in UTF-8": asking((address) => ({
    orcpt: Option.some({ addressType: "utf-8", address })
  })),
  "its type": asking((addressType) => ({ orcpt: Option.some({ addressType, address: "a" }) })),
  "a date for RRVS": asking((since) => ({ rrvs: Option.some({ since, action: Option.none() }) })),
  "a recipient's unknown parameter": asking((keyword) => ({
    rest: [{ keyword, value: Option.none() }]
  })),
  "the value of that": asking((text) => ({ rest: [{ keyword: "X-Y", value: Option.some(text) }] })),
  "a name to verify": (text) => within(({ verify }) => verify(text)),
  "a list to expand": (text) => within(({ expand }) => expand(text)),
  "a topic of HELP": (text) => within(({ help }) => help(Option.some(text))),
  "a node for ETRN": (text) => within(({ etrn }) => etrn(text)),
  "an attribute of XCLIENT": (text) =>
    within(({ xclient }) => Effect.validateAll(attributes(text), xclient)),
  "an attribute of XFORWARD": (text) =>
    within(({ xforward }) => Effect.validateAll(attributes(text), xforward)),
  ...password("PLAIN"),
  ...password("LOGIN"),
  ...password("CRAM-MD5"),
  ...password("SCRAM-SHA-256"),
  ...token("XOAUTH2"),
  ...token("OAUTHBEARER"),
  "whom to act as by EXTERNAL": loggingIn((text) =>
    Credentials.External({ authzid: Option.some(text) })
  ),
  "a trace of ANONYMOUS": loggingIn((text) => Credentials.Anonymous({ trace: Option.some(text) })),
  "a URL's name": (text) =>
    Effect.flatMap(
      ConnectionUrl.parse(`smtp://mx.example?tls=none&name=${encodeURIComponent(text)}`),
      ({ session }) => Effect.scoped(SmtpClient.connect(endpoint, session))
    ),
  "a URL's password": (text) =>
    Effect.flatMap(
      ConnectionUrl.parse(`smtp://alice:${encodeURIComponent(text)}@mx.example?auth=PLAIN`),
      ({ session }) =>
        Effect.scoped(
          SmtpClient.connect(endpoint, { ...session, security: exposed.security })
        )
    )
}

const breaks = ["\r\n", "\n", "\r", "\0", "\u0085"]

describe("a line break in what the caller says", () => {
  for (const [what, use] of Object.entries(uses)) {
    it.scoped(`N7, N8: begins no command, as ${what}`, () =>
      Effect.gen(function*() {
        for (const end of breaks) {
          const { dialer, seen } = yield* PostOffice.make(
            ({ what }) =>
              what === "AUTH" || what === "YWxpY2U="
                ? PostOffice.say("334 PDFAbXguZXhhbXBsZT4=")
                : PostOffice.answer,
            extensions
          )
          const { events, sink } = yield* Tap.collect
          yield* use(`x${end}INJECTED y`).pipe(
            Effect.exit,
            Effect.provideService(Dialer.Dialer, Tap.dialer(dialer, () => Effect.succeed(sink)))
          )
          const wrote = (yield* events).flatMap((event) =>
            event._tag === "Bytes" && event.direction === "out"
              ? [new TextDecoder().decode(event.bytes)]
              : []
          ).join("")
          expect(wrote).not.toContain(`${end}INJECTED`)
          expect(wrote.replaceAll("\r\n", "")).not.toMatch(/[\r\n\0]/)
          expect(seen.heard.map(({ what }) => what)).not.toContain("INJECTED")
          expect(wrote).toMatch(/^$|^(EHLO [\s\S]*)$/)
        }
      }))
  }

  it.scoped("is what it is in a message, and ends a line", () =>
    Effect.gen(function*() {
      const { dialer, seen } = yield* PostOffice.make()
      yield* within(({ deliver }) => deliver(aliceToBob, Body.fromString("a\n.\nRSET\r.\rb\r\n")))
        .pipe(
          Effect.provideService(Dialer.Dialer, dialer)
        )
      expect(seen.stored).toEqual(["a\r\n..\r\nRSET\r\n..\r\nb"])
    }))
})
