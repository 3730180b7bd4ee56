import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as Handler from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import Cluster from "node:cluster"

const workers = Config.integer("WORKERS").pipe(Config.withDefault(2))
const port = Config.integer("PORT").pipe(Config.withDefault(2525))

const handler = Handler.layer({
  recipient: () => Effect.succeed(Verdict.recipientOk),
  message: ({ session }) =>
    Effect.as(Console.log(`${process.pid} has a message`), Verdict.queued(session))
})

/** What each worker does: the port is one, Node hands its connections round. */
const serve = Effect.gen(function*() {
  const { endpoints } = yield* SmtpServer.serve({
    name: yield* Domain.parse("mx.example"),
    places: [{
      endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: yield* port }),
      policy: Policy.clearText
    }]
  })
  yield* Console.log(`${process.pid} listens on ${Endpoint.print(endpoints[0])}`)
  return yield* Effect.never
}).pipe(
  Effect.scoped,
  Effect.provide(handler),
  Effect.provide(NodeListener.layer())
)

type Worker = ReturnType<typeof Cluster.fork>

const ended = (worker: Worker, before: () => void = () => {}): Effect.Effect<void> =>
  Effect.async((resume) => {
    if (worker.isDead()) return resume(Effect.void)
    worker.once("exit", () => resume(Effect.void))
    before()
  })

/** A worker until its end; when this process is stopped, it has the time to stop in order, too. */
const worker = Effect.acquireUseRelease(
  Effect.sync(() => Cluster.fork()),
  (worker) => ended(worker),
  (worker) => ended(worker, () => worker.process.kill("SIGTERM"))
)

/** The workers; another takes the place of one that has died. */
const supervise = Effect.flatMap(workers, (count) =>
  Effect.all(
    Array.from({ length: count }, () => Effect.forever(Effect.zipLeft(worker, Effect.sleep(1000)))),
    { concurrency: "unbounded", discard: true }
  ))

NodeRuntime.runMain(Cluster.isPrimary ? supervise : serve)
