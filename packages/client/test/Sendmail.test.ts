import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import { describe, expect, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Outcome from "../src/Outcome.js"
import * as Sendmail from "../src/Sendmail.js"
import * as SmtpClient from "../src/SmtpClient.js"
import * as Harness from "./harness.js"
import { aliceToBob, clear, hello, helloLines, script } from "./harness.js"
import * as PostOffice from "./postOffice.js"

const name = Either.getOrThrow(Either.fromNullable(clear.name, () => "no name"))

const sendmail = (transcript: string, options: Partial<Sendmail.Options> = {}) =>
  Effect.gen(function*() {
    const { server } = yield* Harness.tls
    const network = yield* MemoryNetwork.make({ upgrade: NodeTls.wrap })
    const endpoint = Endpoint.Tcp({ host: "mx.example", port: options.port ?? 25 })
    return yield* ScriptedPeer.against(
      { endpoint, scripts: [script(transcript, server)] },
      () =>
        Sendmail.sendmail({ host: "mx.example", name, ...options }, {
          envelope: aliceToBob,
          body: hello
        })
    ).pipe(
      Effect.provideService(Dialer.Dialer, network),
      Effect.provideService(Listener.Listener, network)
    )
  })

const rest = `
  C: EHLO client.example
  S: 250 mx.example
  C: MAIL FROM:<alice@client.example>
  S: 250 ok
  C: RCPT TO:<bob@mx.example>
  S: 250 ok
  C: DATA
  S: 354 go ahead
  ${helloLines}
  S: 250 ok
  C: QUIT
  S: 221 bye`

const upgraded = `
  S: 220 mx.example ready
  C: EHLO client.example
  S: 250-mx.example
  S: 250 STARTTLS
  C: STARTTLS
  S: 220 go ahead
  <TLS negotiation>`

describe("Sendmail", () => {
  describe("sendmail", () => {
    it.effect("L1, L3: goes to port 25, in clear text where there is nothing else", () =>
      Effect.map(
        sendmail(`S: 220 mx.example ready\n${rest}`),
        (outcome) => expect(Outcome.isComplete(outcome)).toBe(true)
      ))

    it.effect("L1, L4: is protected where STARTTLS is offered, whoever's the certificate", () =>
      Effect.map(
        sendmail(`${upgraded}\n${rest}`),
        (outcome) => expect(Outcome.isComplete(outcome)).toBe(true)
      ))

    it.effect("goes to the port it is told", () =>
      sendmail(`S: 220 mx.example ready\n${rest}`, { port: 2525 }))

    it.effect("T13: insists on a good certificate if told so", () =>
      Effect.map(
        Effect.flip(sendmail(upgraded, { tls: { verify: "full" } })),
        (error) =>
          expect(error).toMatchObject({
            _tag: "ConnectionFailed",
            cause: { cause: { reason: "Certificate" } },
            retry: "Never"
          })
      ))
  })

  describe("layer", () => {
    it.effect("is a session as a service, from values or from a configuration", () =>
      Effect.gen(function*() {
        const { dialer, seen } = yield* PostOffice.make()
        const program = Effect.flatMap(
          SmtpClient.SmtpClient,
          ({ deliver }) => deliver(aliceToBob, hello)
        )
        const options = Config.map(Config.string("HOST"), (host) => ({ host }))
        yield* Effect.provide(program, Sendmail.layer({ host: "mx.example" })).pipe(
          Effect.zipRight(Effect.provide(program, Sendmail.layerConfig(options))),
          Effect.provideService(Dialer.Dialer, dialer),
          Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["HOST", "mx.example"]])))
        )
        expect(seen.stored).toHaveLength(2)
      }).pipe(Effect.scoped))
  })
})
