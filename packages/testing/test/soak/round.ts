import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as Timeouts from "@effect-smtp/protocol/Timeouts"
import { Handler } from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Domain from "@effect-smtp/wire/Domain"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Scope from "effect/Scope"
import * as Supervisor from "effect/Supervisor"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import * as FaultPlan from "../../src/FaultPlan.js"
import { limits, promised } from "../conversation.js"
import * as Ledger from "./ledger.js"
import * as Plan from "./plan.js"
import * as Resources from "./resources.js"
import * as Senders from "./senders.js"
import * as Store from "./store.js"

/** What a round came to: `wrong` is empty where all is well. */
export interface Report {
  readonly plan: Plan.Plan
  readonly letters: number
  readonly stored: number
  readonly wrong: ReadonlyArray<string>
}

/** Where a round takes place. `moment`: a bit of time for what is about to end anyway. */
interface Stage {
  readonly endpoint: Endpoint.Endpoint
  readonly timeouts: Timeouts.Timeouts
  readonly pause: number
  readonly moment: Effect.Effect<void>
}

const mx = Either.getOrThrow(Domain.parse("mx.example"))

/** Both ends of each connection, counted: how many are open. */
const counting = (count: { open: number }) => {
  const counted = (flow: Flow) =>
    Effect.as(
      Effect.acquireRelease(
        Effect.sync(() => {
          count.open++
        }),
        () =>
          Effect.sync(() => {
            count.open--
          })
      ),
      flow
    )
  return Layer.merge(
    Layer.effect(
      Dialer.Dialer,
      Effect.map(Dialer.Dialer, ({ dial }) => ({
        dial: (endpoint) => Effect.flatMap(dial(endpoint), counted)
      }))
    ),
    Layer.effect(
      Listener.Listener,
      Effect.map(Listener.Listener, ({ listen }) => ({
        listen: (endpoint) =>
          Effect.map(listen(endpoint), (bound) => ({
            ...bound,
            accept: Effect.flatMap(bound.accept, counted)
          }))
      }))
    )
  )
}

/** A server that lives until everybody has gone, or the plan stops it. */
const play = (plan: Plan.Plan, store: Store.Store, stage: Stage) =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    const { endpoints: [endpoint] } = yield* SmtpServer.serve({
      name: mx,
      places: [{ endpoint: stage.endpoint, policy: Policy.clearText }],
      timeouts: stage.timeouts,
      limits: { ...limits, messageSize: 100_000, recipients: 10, connections: 12 },
      grace: plan.grace
    }).pipe(
      Effect.provideService(Handler, Store.handler(store, stage.pause)),
      Scope.extend(scope)
    )
    const server = { endpoint, timeouts: stage.timeouts }
    const stop = Scope.close(scope, Exit.void)
    const stopping = yield* Effect.fork(Option.match(plan.stop, {
      onNone: () => Effect.void,
      onSome: (millis) => Effect.delay(stop, millis)
    }))
    const [told, heard] = yield* Effect.all([
      Effect.forEach(
        plan.senders,
        (sender) => Senders.send(server, sender),
        { concurrency: "unbounded" }
      ),
      Effect.forEach(
        plan.callers,
        (caller) => Senders.call(server, caller),
        { concurrency: "unbounded" }
      )
    ], { concurrency: "unbounded" })
    yield* Fiber.join(stopping)
    yield* stop
    return { told, heard }
  })

/** Plays it, and looks at what is left. */
const judge = (plan: Plan.Plan, store: Store.Store, stage: Stage) =>
  Effect.gen(function*() {
    const connections = { open: 0 }
    const supervisor = yield* Supervisor.track
    const { heard, told } = yield* play(plan, store, stage).pipe(
      Effect.provide(counting(connections)),
      Effect.supervised(supervisor)
    )
    yield* Effect.zipRight(stage.moment, supervisor.value).pipe(
      Effect.repeat({ until: (fibers) => fibers.length === 0, times: 100 })
    )
    const fibers = yield* supervisor.value
    const stored = yield* store.stored
    const names = stored.map(({ name }) => name)
    const calls = heard.flatMap(({ all, wrong }) => [
      ...(Option.isSome(plan.stop) ? [] : wrong),
      ...promised(all).filter((name) => !names.includes(name)).map((name) =>
        `${name} was promised to a caller and is not stored`
      )
    ])
    const letters = plan.senders.flatMap(({ garbled, letters }, index) =>
      garbled ? [] : letters.map((letter) => Ledger.audit(letter, told[index].get(letter), stored))
    )
    const wrong = [
      ...letters.flat(),
      ...calls,
      ...fibers.map((fiber) => `a fiber is left: ${fiber.id().id}`),
      ...(connections.open === 0 ? [] : [`${connections.open} ends of connections are left`]),
      ...(yield* store.litter).map((file) => `a file is left: ${file}`)
    ]
    return { plan, letters: letters.length, stored: stored.length, wrong } satisfies Report
  })

const lost = (plan: Plan.Plan, why: string): Report => ({
  plan,
  letters: 0,
  stored: 0,
  wrong: [why]
})

const quiet = Logger.minimumLogLevel(LogLevel.None)

/** In memory and virtual time: the same seed is the same round, to the last turn. */
export const inMemory = (seed: number): Effect.Effect<Report> =>
  Effect.gen(function*() {
    const kinds = FaultPlan.kinds.filter((kind) => kind !== "Garbage")
    const plan = Plan.make(seed, { pause: 2000, span: 60_000, kinds })
    const store = yield* Store.memory
    const playing = yield* Effect.fork(
      judge(plan, store, {
        endpoint: Endpoint.Tcp({ host: "mx.example", port: 25 }),
        timeouts: Timeouts.defaults,
        pause: 2000,
        moment: Effect.yieldNow()
      }).pipe(Effect.provide(MemoryNetwork.layer({ capacity: 4096 })))
    )
    yield* TestClock.adjust("1 day")
    return Option.match(yield* Fiber.poll(playing), {
      onNone: () => lost(plan, "it does not end"),
      onSome: Exit.getOrElse((cause) => lost(plan, Cause.pretty(cause)))
    })
  }).pipe(
    Effect.provide(TestContext.TestContext),
    Effect.provide(quiet),
    // In a fiber of its own, whose clock nobody inherits.
    Effect.fork,
    Effect.flatMap(Fiber.await),
    Effect.flatten
  )

const shortly = Duration.millis(700)

/** Over sockets and with files, in real time: the same seed is the same plan. */
export const overSockets = (seed: number): Effect.Effect<Report> =>
  Effect.gen(function*() {
    const plan = Plan.make(seed, {
      pause: 10,
      span: 1000,
      kinds: ["Delay", "Drip", "Vanish", "Reset", "HalfClose"]
    })
    const before = yield* Resources.count
    const report = yield* Effect.flatMap(Store.spool, (store) =>
      judge(plan, store, {
        endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }),
        timeouts: Record.map(Timeouts.defaults, () => shortly),
        pause: 50,
        moment: Effect.sleep("20 millis")
      })).pipe(
        Effect.timeoutFail({ duration: "1 minute", onTimeout: () => "it does not end" }),
        Effect.catchAllCause((cause) => Effect.succeed(lost(plan, Cause.pretty(cause)))),
        Effect.scoped,
        Effect.provide(
          Layer.mergeAll(NodeDialer.layer(), NodeListener.layer(), NodeContext.layer, quiet)
        )
      )
    return { ...report, wrong: [...report.wrong, ...(yield* Resources.left(before))] }
  })

/** A report in words, with all that happened. */
export const print = ({ plan, wrong }: Report): string =>
  [
    ...wrong,
    "",
    ...plan.senders.flatMap(({ faults, garbled, letters, manner, patience }) => [
      `${manner}${garbled ? ", garbled" : ""}, ${letters.length} letters, patience ${
        Option.getOrElse(patience, () => "without end")
      }`,
      FaultPlan.print(faults)
    ]),
    `${plan.callers.length} callers; the server stops ${
      Option.match(plan.stop, {
        onNone: () => "in the end",
        onSome: (millis) => `after ${millis} ms, with ${plan.grace} ms of grace`
      })
    }`
  ].join("\n")
