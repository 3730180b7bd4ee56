import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

export const smarthost = Endpoint.Tcp({ host: "mail.internal", port: 25 })

const text = (address: string, token: string): string =>
  `From: accounts@shop.example
To: ${address}
Subject: Your new password

Choose it here: https://shop.example/reset/${token}
`

/** Mails the link. It tries again, ever more slowly, as long as trying again can help and is safe. */
export const sendReset = Effect.fn("sendReset")(
  function*(address: string, token: string) {
    const envelope = yield* Envelope.parse({ from: "accounts@shop.example", to: [address] })
    const attempt = Effect.scoped(Effect.flatMap(
      SmtpClient.connect(smarthost, { security: Security.ClearText({ credentials: "Refused" }) }),
      (client) => client.deliver(envelope, Body.fromString(text(address, token)))
    ))
    return yield* Effect.retry(attempt, {
      while: (error) => error.retry === "Later" && error.fate === "NotDelivered",
      schedule: Schedule.exponential("1 minute").pipe(Schedule.intersect(Schedule.recurs(5)))
    })
  }
)
