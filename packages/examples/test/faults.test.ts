import { sendReset, smarthost } from "@effect-smtp/examples/passwordReset"
import * as Policy from "@effect-smtp/server/Policy"
import * as Fault from "@effect-smtp/testing/Fault"
import * as FaultyFlow from "@effect-smtp/testing/FaultyFlow"
import * as Inbox from "@effect-smtp/testing/Inbox"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"

/** The first connection is slow, and breaks off in the first command; the others are fine. */
const network = FaultyFlow.dialer((connection) =>
  connection === 0
    ? [
      Fault.Delay({ direction: "in", by: "2 seconds" }),
      Fault.Reset({ direction: "out", after: 10 })
    ]
    : []
)

const places = [{ endpoint: smarthost, policy: Policy.clearText }] as const
const inbox = Inbox.layerMemory({ places })

it.effect("mails the link once, though the first connection breaks", () =>
  Effect.gen(function*() {
    const { messages } = yield* Inbox.Inbox
    const sending = yield* Effect.fork(sendReset("bob@mx.example", "t0k3n"))
    yield* TestClock.adjust("2 minutes")
    yield* Fiber.join(sending)
    const [message, ...others] = yield* messages
    expect(message.at).toBeGreaterThan(60_000)
    expect(others).toEqual([])
  }).pipe(Effect.provide(network.pipe(Layer.provideMerge(inbox)))))
