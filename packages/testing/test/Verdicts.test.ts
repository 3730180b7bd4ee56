import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Handler from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Our client and our server agree on who got a message, however many replies there are. */

const endpoint = Endpoint.Tcp({ host: "mx.example", port: 24 })

const verdicts = [Verdict.queued("1"), Verdict.mailboxFull, Verdict.denied("No")]

const handler = Handler.make({
  verdicts: "Each",
  recipient: () => Effect.succeed(Verdict.recipientOk),
  message: () => Effect.succeed(Verdict.each(verdicts))
})

const deliver = (
  policy: Policy.Policy,
  protocol: "Smtp" | "Lmtp",
  prdr: "Unused" | "WhereOffered"
) =>
  Effect.gen(function*() {
    yield* SmtpServer.serve({
      name: yield* Domain.parse("mx.example"),
      places: [{ endpoint, policy }]
    })
    const client = yield* SmtpClient.connect(endpoint, {
      security: Security.ClearText({ credentials: "Refused" }),
      protocol
    })
    const outcome = yield* client.deliver(
      yield* Envelope.parse({
        from: "a@client.example",
        to: ["b@mx.example", "c@mx.example", "d@mx.example"]
      }),
      Body.fromString("Hello\n"),
      { prdr }
    )
    return [outcome.accepted, outcome.rejected].map((_) =>
      _.map(({ recipient, reply }) => [ForwardPath.print(recipient), Reply.summary(reply)])
    )
  }).pipe(
    Effect.provide(Layer.merge(Layer.succeed(Handler.Handler, handler), MemoryNetwork.layer()))
  )

const apart = [
  [["<b@mx.example>", "250 2.0.0 Queued as 1"]],
  [["<c@mx.example>", "452 4.2.2 Mailbox full"], ["<d@mx.example>", "554 5.7.1 No"]]
]

describe("verdicts", () => {
  it.scoped("under LMTP, each recipient has its own", () =>
    Effect.gen(function*() {
      expect(yield* deliver(Policy.lmtp, "Lmtp", "Unused")).toEqual(apart)
    }))

  it.scoped("under PRDR, too", () =>
    Effect.gen(function*() {
      expect(yield* deliver(Policy.clearText, "Smtp", "WhereOffered")).toEqual(apart)
    }))

  it.scoped("in one reply, the message is to come again", () =>
    Effect.gen(function*() {
      expect(yield* Effect.flip(deliver(Policy.clearText, "Smtp", "Unused")))
        .toMatchObject({ reply: { code: 452 } })
    }))
})
