import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import { FlowError } from "@effect-smtp/flow/FlowError"
import type { Listener } from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as SocketFlow from "@effect-smtp/flow/SocketFlow"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import * as Login from "@effect-smtp/sasl/Login"
import type * as Mechanism from "@effect-smtp/sasl/Mechanism"
import * as Plain from "@effect-smtp/sasl/Plain"
import * as Policy from "@effect-smtp/server/Policy"
import * as Rechunk from "@effect-smtp/testing/Rechunk"
import * as SessionContract from "@effect-smtp/testing/SessionContract"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

const made = await Effect.runPromise(
  NodeCertificate.selfSigned({ names: ["mx.example", "127.0.0.1"] })
)
const serverTls = Tls.server({ identity: made.identity })
const clientTls = Tls.client({ serverName: "mx.example", ca: [made.identity.certificate] })

const { name: authcid, password } = SessionContract.user
const plain = Either.getOrThrow(Plain.client({ authcid, password }))
const login = Either.getOrThrow(Login.client({ username: authcid, password }))

const address = (path: ForwardPath.ForwardPath) => ForwardPath.print(path).slice(1, -1)

/** Our own client, held to the contract. */
const connect = (
  security: Security.Security,
  mechanisms: ReadonlyArray<Mechanism.ClientMechanism> = []
) =>
(endpoint: Endpoint.Endpoint) =>
  Effect.map(
    SmtpClient.connect(endpoint, { security, mechanisms }),
    (client): SessionContract.Client => ({
      deliver: ({ from, message, to }) =>
        Effect.flatMap(
          Envelope.parse({ from, to }),
          (envelope) => client.deliver(envelope, Body.fromBytes(message))
        ).pipe(Effect.mapBoth({
          onFailure: (error) => ({
            code: error._tag === "Refused" ? Option.some(error.reply.code) : Option.none()
          }),
          onSuccess: (outcome) => ({
            accepted: outcome.accepted.map(({ recipient }) => address(recipient)),
            rejected: outcome.rejected.map(({ recipient, reply }) => ({
              address: address(recipient),
              code: reply.code
            })),
            code: Option.map(outcome.reply, ({ code }) => code)
          })
        }))
    })
  )

const clear = {
  policy: Policy.clearText,
  connect: connect(Security.ClearText({ credentials: "Refused" }))
}
const starttls = {
  policy: Policy.submission(serverTls),
  connect: connect(Security.StartTls({ tls: clientTls }), [plain])
}
const implicit = {
  policy: Policy.submissions(serverTls),
  connect: connect(Security.Implicit({ tls: clientTls }), [login])
}

const named = Endpoint.Tcp({ host: "mx.example", port: 25 })
const loopback = Endpoint.Tcp({ host: "127.0.0.1", port: 0 })

const memory = MemoryNetwork.layer({ upgrade: NodeTls.wrap })
const node = Layer.merge(NodeDialer.layer(), NodeListener.layer())

/** A dialer whose connections are sockets of `@effect/platform`. */
const socketDialer = Layer.succeed(Dialer.Dialer, {
  dial: (endpoint) =>
    endpoint._tag === "Tcp"
      ? NodeSocket.makeNet({ host: endpoint.host, port: endpoint.port }).pipe(
        Effect.orDie,
        Effect.flatMap((socket) => SocketFlow.make(socket))
      )
      : Effect.fail(
        new FlowError({ reason: "Unsupported", during: "dial", detail: "only TCP here" })
      )
})

/** Both ends cut to pieces of one byte. */
const bytewise = (layer: Layer.Layer<Dialer.Dialer | Listener>) =>
  Layer.provideMerge(Rechunk.dialer(1), Layer.provideMerge(Rechunk.listener(1), layer))

const platforms: Record<string, Omit<SessionContract.Platform, "long">> = {
  "memory": { ...clear, layer: memory, endpoint: named },
  "memory with TLS": { ...starttls, layer: memory, endpoint: named },
  "Node TCP": { ...clear, layer: node, endpoint: loopback },
  "Node TCP with STARTTLS": { ...starttls, layer: node, endpoint: loopback },
  "Node implicit TLS": { ...implicit, layer: node, endpoint: loopback },
  "SocketFlow": {
    ...clear,
    layer: Layer.merge(socketDialer, NodeListener.layer()),
    endpoint: loopback
  }
}

for (const [name, platform] of Object.entries(platforms)) {
  SessionContract.suite(name, { ...platform, long: 1_000_000 })
  SessionContract.suite(`${name}, byte by byte`, {
    ...platform,
    layer: bytewise(platform.layer),
    long: 10_000
  })
}
