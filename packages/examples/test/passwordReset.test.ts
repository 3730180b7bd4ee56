import { sendReset } from "@effect-smtp/examples/passwordReset"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Handler from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Ref from "effect/Ref"
import * as TestClock from "effect/TestClock"

it.scoped("mails the link, though the mail server is busy at first", () =>
  Effect.gen(function*() {
    const attempts = yield* Ref.make(0)
    const mails = yield* Queue.unbounded<string>()

    const handler = Handler.layer({
      recipient: () => Effect.succeed(Verdict.recipientOk),
      message: (_client, _envelope, incoming) =>
        Effect.gen(function*() {
          const mail = new TextDecoder().decode(yield* incoming.collect(100_000))
          if ((yield* Ref.updateAndGet(attempts, (n) => n + 1)) === 1) return Verdict.localError
          yield* Queue.offer(mails, mail)
          return Verdict.ok
        })
    })
    yield* SmtpServer.serve({
      name: yield* Domain.parse("mail.internal"),
      places: [{
        endpoint: Endpoint.Tcp({ host: "mail.internal", port: 25 }),
        policy: Policy.clearText
      }]
    }).pipe(Effect.provide(handler))

    const sending = yield* Effect.fork(sendReset("bob@mx.example", "t0k3n"))
    yield* TestClock.adjust("1 minute")

    expect(yield* Queue.take(mails)).toContain("https://shop.example/reset/t0k3n")
    expect((yield* Fiber.join(sending)).rejected).toEqual([])
    expect(yield* Ref.get(attempts)).toBe(2)
  }).pipe(Effect.provide(MemoryNetwork.layer())))
