import { sendReset, smarthost } from "@effect-smtp/examples/passwordReset"
import * as Header from "@effect-smtp/message/Header"
import * as Policy from "@effect-smtp/server/Policy"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Inbox from "@effect-smtp/testing/Inbox"
import * as Refusal from "@effect-smtp/testing/Refusal"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"

const places = [{ endpoint: smarthost, policy: Policy.clearText }] as const

it.effect("mails the link, though the mail server is busy at first", () =>
  Effect.gen(function*() {
    const inbox = yield* Inbox.Inbox
    yield* inbox.refuse(Refusal.Message({ verdict: Verdict.localError, times: 1 })) // 451 4.3.0

    const sending = yield* Effect.fork(sendReset("bob@mx.example", "t0k3n"))
    yield* TestClock.adjust("1 minute")

    const { at, mail } = yield* inbox.waitFor(({ to }) => to.includes("bob@mx.example"))
    expect(at).toBe(60_000)
    expect(Header.subject(mail.header)).toEqual(Option.some("Your new password"))
    expect(Option.getOrThrow(mail.text)).toContain("https://shop.example/reset/t0k3n")
    expect((yield* Fiber.join(sending)).rejected).toEqual([])
    expect(yield* inbox.messages).toHaveLength(1)
  }).pipe(Effect.provide(Inbox.layerMemory({ places }))))
