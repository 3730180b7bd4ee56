import * as Effect from "effect/Effect"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
const rounds = (name: string, one: Effect.Effect<unknown>) => Effect.gen(function*() {
  for (const round of [1,2,3,4]) {
    const u = process.cpuUsage()
    for (let i = 0; i < 500; i++) yield* one
    const v = process.cpuUsage(u)
    yield* Effect.promise(() => new Promise((r) => setTimeout(r, 10)))
    ;(globalThis as any).gc()
    console.log(name, "heap MB", (process.memoryUsage().heapUsed / 1e6).toFixed(1), "cpu ms/conn", (v.user + v.system) / 1000 / 500)
  }
})
Effect.runPromise(Effect.scoped(Effect.gen(function*() {
  const bound = yield* NodeListener.make().listen(Endpoint.Tcp({ host: "127.0.0.1", port: 0 }))
  yield* rounds("dialer", Effect.scoped(Effect.gen(function*() {
      yield* NodeDialer.make().dial(bound.endpoint)
      const f = yield* bound.accept
  })) as any)
})))
