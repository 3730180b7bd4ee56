import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import * as Policy from "@effect-smtp/server/Policy"
import * as Trust from "@effect-smtp/server/Trust"
import * as Inbox from "@effect-smtp/testing/Inbox"
import * as ProxyHeader from "@effect-smtp/wire/ProxyHeader"
import * as ProxyTlv from "@effect-smtp/wire/ProxyTlv"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

const proxies = Either.getOrThrow(Trust.peers(["127.0.0.1"]))
const trust = Trust.make({ proxy: Option.some({ from: proxies, others: "Refused" }) })

const proxyHeader = ProxyHeader.Inet({
  transport: "Stream",
  source: { host: "2001:db8::7", port: 56324 },
  destination: { host: "2001:db8::25", port: 25 },
  tlvs: [ProxyTlv.Authority({ name: "mx.example" })]
})

/** Our own client speaks for another to our own server, and delivers a message. */
const deliver = (policy: Policy.Policy, security: Security.Security) =>
  Effect.gen(function*() {
    const inbox = yield* Inbox.Inbox
    const envelope = yield* Envelope.parse({ from: "a@client.example", to: ["b@mx.example"] })
    const client = yield* SmtpClient.connect(inbox.endpoints[0], { security, proxyHeader })
    yield* client.deliver(envelope, Body.fromString("Subject: hi\r\n\r\nhello\r\n"))
    return (yield* inbox.messages)[0].client
  }).pipe(
    Effect.provide(
      Inbox.layerMemory({
        places: [{ endpoint: Inbox.endpoint, policy, trust }],
        network: { upgrade: NodeTls.wrap }
      })
    )
  )

describe("a client that speaks for another", () => {
  const tls = Effect.map(
    NodeCertificate.selfSigned({ names: ["mx.example"] }),
    ({ identity }) => ({
      client: Tls.client({ serverName: "mx.example", ca: [identity.certificate] }),
      server: Tls.server({ identity })
    })
  )
  const told = {
    peer: { remote: Endpoint.Tcp({ host: "2001:db8::7", port: 56324 }) },
    told: { proxy: Option.some({ header: proxyHeader }) }
  }

  it.scopedLive("says so before the greeting", () =>
    Effect.gen(function*() {
      const security = Security.ClearText({ credentials: "Refused" })
      expect(yield* deliver(Policy.clearText, security)).toMatchObject(told)
    }))

  it.scopedLive("says so before TLS, in the clear, under STARTTLS and from the first byte", () =>
    Effect.gen(function*() {
      const { client, server } = yield* tls
      expect(yield* deliver(Policy.exchange(server), Security.StartTls({ tls: client })))
        .toMatchObject(told)
      const implicit: Policy.Policy = {
        ...Policy.submissions(server),
        authentication: "Optional"
      }
      expect(yield* deliver(implicit, Security.Implicit({ tls: client }))).toMatchObject(told)
    }))

  it.scoped("cannot say what is no address", () =>
    Effect.gen(function*() {
      const inbox = yield* Inbox.Inbox
      const error = yield* Effect.flip(SmtpClient.connect(inbox.endpoints[0], {
        security: Security.ClearText({ credentials: "Refused" }),
        proxyHeader: ProxyHeader.Inet({ ...proxyHeader, source: { host: "x\r\nMAIL", port: 1 } })
      }))
      expect(error).toMatchObject({ _tag: "Unsendable", phase: "Connect" })
    }).pipe(Effect.provide(Inbox.layerMemory())))
})
