import * as Body from "@effect-smtp/client/Body"
import * as DirectDelivery from "@effect-smtp/client/DirectDelivery"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as RouteError from "@effect-smtp/client/RouteError"
import * as Security from "@effect-smtp/client/Security"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeResolver from "@effect-smtp/node/NodeResolver"
import * as NameServer from "@effect-smtp/testing/NameServer"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Dgram from "node:dgram"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as OurClient from "../src/OurClient.js"
import * as Postfix from "../src/Postfix.js"

/** Nothing listens on 127.0.0.9; Postfix is on 127.0.0.1. */
const zone: NameServer.Zone = {
  "mx.example": {
    mx: [{ preference: 20, exchange: "mx.example" }, { preference: 10, exchange: "dead.example" }],
    a: ["127.0.0.1"]
  },
  "dead.example": { a: ["127.0.0.9"] },
  "null.example": { mx: [{ preference: 0, exchange: "" }] }
}

/** The DNS of the zone, for the resolver and for the dialer. */
const dns = Layer.unwrapScoped(Effect.map(
  Effect.suspend(() => NameServer.serve(Dgram.createSocket("udp4"), zone)),
  ({ port }) => {
    const options = { servers: [`127.0.0.1:${port}`] }
    return Layer.merge(
      NodeResolver.layer(options),
      NodeDialer.layer({ resolve: NodeResolver.addresses(options) })
    )
  }
))

const deliver = (options: DirectDelivery.Options, first: string, ...others: Array<string>) =>
  Effect.gen(function*() {
    const name = yield* Domain.parse("client.example")
    const direct = yield* DirectDelivery.make({ name, ...options })
    const envelope = yield* Envelope.parse({ from: "alice@client.example", to: [first, ...others] })
    return yield* direct.deliver(envelope, Body.fromString(Message.dots))
  }).pipe(Effect.provide(dns))

layer(Layer.provideMerge(Postfix.layer, Machine.layer), {
  excludeTestServices: true,
  timeout: "1 minute"
})("Postfix", (it) => {
  describe("and our direct delivery", () => {
    it.scoped("F7, L2: gets the message as the second of its domain's exchangers", () =>
      Effect.gen(function*() {
        const postfix = yield* Postfix.Postfix
        const outcome = yield* deliver(
          { port: postfix.smtp },
          ...["bob@mx.example", "nobody@mx.example", "x@null.example", "carol@MX.example"] as const
        )
        expect(OurClient.summary(outcome)).toMatchObject({
          accepted: ["bob@mx.example", "carol@MX.example"],
          rejected: [["nobody@mx.example", 550]]
        })
        expect(outcome.failed.map(({ error }) => error.cause)).toEqual([
          new RouteError.TakesNoMail({ domain: "null.example" })
        ])
        for (const mailbox of ["bob", "carol"]) {
          expect(yield* postfix.delivered(mailbox)).toBe(Message.stored(Message.dots))
        }
      }))

    it.scoped("F7: proves itself by the name that the MX record has", () =>
      Effect.gen(function*() {
        const postfix = yield* Postfix.Postfix
        const tls = OurClient.tls(postfix.certificate)
        const outcome = yield* deliver(
          {
            port: postfix.smtp,
            security: (host) =>
              Security.StartTls({ tls: { ...tls, serverName: Domain.printBare(host) } })
          },
          "bob@mx.example"
        )
        expect(OurClient.summary(outcome).accepted).toEqual(["bob@mx.example"])
        expect(yield* postfix.arrived("bob")).toContain("TLSv1.3")
      }))
  })
})
