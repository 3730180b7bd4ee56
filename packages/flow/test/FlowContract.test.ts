import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as FlowContract from "@effect-smtp/testing/FlowContract"
import * as Effect from "effect/Effect"

const memory = (options: MemoryNetwork.Options): FlowContract.Connection =>
  Effect.gen(function*() {
    const network = yield* MemoryNetwork.make(options)
    const bound = yield* network.listen(Endpoint.Tcp({ host: "mx", port: 25 }))
    return { client: network.dial(bound.endpoint), server: bound.accept }
  })

FlowContract.suite("memory", memory({}))
FlowContract.suite("memory, in small parts", memory({ capacity: 1000 }))
