import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import type * as Dialer from "@effect-smtp/flow/Dialer"
import type * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as FaultPlan from "../src/FaultPlan.js"
import * as FaultyFlow from "../src/FaultyFlow.js"
import * as Inbox from "../src/Inbox.js"

/** Whole sessions of our client and our server, over connections with faults made up from seeds. */

const messages = [0, 1, 2].map((index) =>
  `Subject: message ${index}\r\n\r\n${"..some words in a line\r\n".repeat(index * 5)}`
)

const envelope = Effect.runSync(
  Envelope.parse({ from: "alice@client.example", to: ["bob@mx.example"] })
)

const send = (message: string) =>
  Effect.scoped(Effect.flatMap(
    SmtpClient.connect(Inbox.endpoint, {
      security: Security.ClearText({ credentials: "Refused" }),
      name: Either.getOrThrow(Domain.parse("client.example"))
    }),
    (client) => client.deliver(envelope, Body.fromString(message))
  ))

type Network = Layer.Layer<Dialer.Dialer | Listener.Listener>

/** What became of each delivery, and what the server has. The clock runs until all is over. */
const session = (network: Network) =>
  Effect.gen(function*() {
    const inbox = yield* Inbox.Inbox
    const sending = yield* Effect.fork(
      Effect.forEach(messages, (message) => Effect.either(send(message)))
    )
    yield* TestClock.adjust("1 day")
    const exit = yield* Fiber.poll(sending)
    expect(exit).toMatchObject({ _tag: "Some", value: { _tag: "Success" } })
    const fates = yield* Fiber.join(sending)
    const stored = (yield* inbox.messages).map(({ bytes }) => new TextDecoder().decode(bytes))
    return { fates, stored }
  }).pipe(Effect.provide(Inbox.layer().pipe(Layer.provideMerge(network))))

const memory = MemoryNetwork.layer()
const places: ReadonlyArray<[string, (faults: FaultyFlow.Faults) => Network]> = [
  ["dialer", (faults) => FaultyFlow.dialer(faults).pipe(Layer.provideMerge(memory))],
  ["listener", (faults) => FaultyFlow.listener(faults).pipe(Layer.provideMerge(memory))]
]

describe("sessions with faults", () => {
  for (const [place, network] of places) {
    it.effect.prop(
      `N13: of the ${place}: what is accepted is stored once and whole, what is not delivered is not`,
      [FastCheck.integer()],
      ([seed]) =>
        Effect.gen(function*() {
          const plan = FaultPlan.fromSeed(seed, {
            kinds: FaultPlan.kinds.filter((kind) => kind !== "Garbage"),
            bytes: 400
          })
          const { fates, stored } = yield* session(network(FaultPlan.toFaults(plan)))
          for (const [index, fate] of fates.entries()) {
            const copies = stored.filter((message) => message === messages[index]).length
            const told = Either.match(fate, {
              onLeft: (error) => error.fate,
              onRight: () => "Delivered" as const
            })
            if (told === "Delivered") expect(copies, FaultPlan.print(plan)).toBe(1)
            if (told === "NotDelivered") expect(copies, FaultPlan.print(plan)).toBe(0)
          }
          expect(messages, FaultPlan.print(plan)).toEqual(expect.arrayContaining(stored))
        }),
      { fastCheck: { numRuns: 6 } }
    )

    it.effect.prop(
      `of the ${place}: they end, whatever is said`,
      [FastCheck.integer()],
      ([seed]) => {
        const plan = FaultPlan.fromSeed(seed, { bytes: 300, faults: 3 })
        return Effect.asVoid(session(network(FaultPlan.toFaults(plan))))
      },
      { fastCheck: { numRuns: 6 } }
    )
  }
})
