import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as SocketFlow from "@effect-smtp/flow/SocketFlow"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import * as FlowContract from "@effect-smtp/testing/FlowContract"
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { good } from "./certificates.js"

const loopback = Endpoint.Tcp({ host: "127.0.0.1", port: 0 })

const over = (endpoint: Endpoint.Endpoint): FlowContract.Connection =>
  Effect.map(NodeListener.make().listen(endpoint), (bound) => ({
    client: NodeDialer.make().dial(bound.endpoint),
    server: bound.accept
  }))

const overMemory: FlowContract.Connection = Effect.gen(function*() {
  const network = yield* MemoryNetwork.make({ upgrade: NodeTls.wrap })
  const bound = yield* network.listen(loopback)
  return { client: network.dial(bound.endpoint), server: bound.accept }
})

const secured = (connection: FlowContract.Connection): FlowContract.Connection =>
  Effect.gen(function*() {
    const { identity } = yield* good
    const sides = yield* connection
    const client = Tls.client({ serverName: "mx.example", ca: [identity.certificate] })
    return {
      client: Effect.flatMap(sides.client, (flow) => flow.upgrade(client)),
      server: Effect.flatMap(sides.server, (flow) => flow.upgrade(Tls.server({ identity })))
    }
  })

const unix: FlowContract.Connection = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "flow-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
).pipe(
  Effect.flatMap((folder) => over(Endpoint.Unix({ path: join(folder, "socket") })))
)

const overSocket: FlowContract.Connection = Effect.map(
  NodeListener.make().listen(loopback),
  (bound) => ({
    client: NodeSocket.makeNet(bound.endpoint).pipe(
      Effect.orDie,
      Effect.flatMap((socket) => SocketFlow.make(socket))
    ),
    server: bound.accept
  })
)

FlowContract.suite("TCP", over(loopback))
FlowContract.suite("Unix sockets", unix, "none")
FlowContract.suite("TLS on TCP", secured(over(loopback)))
FlowContract.suite("TLS on Unix sockets", secured(unix), "none")
FlowContract.suite("TLS over memory", secured(overMemory))
FlowContract.suite("a Socket of @effect/platform", overSocket, "none")
