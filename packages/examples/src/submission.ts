import * as Body from "@effect-smtp/client/Body"
import * as Credentials from "@effect-smtp/client/Credentials"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Outcome from "@effect-smtp/client/Outcome"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

const session = SmtpClient.connect(Endpoint.Tcp({ host: "mx.example", port: 587 }), {
  security: Security.StartTls({ tls: Tls.client({ serverName: "mx.example" }) }),
  credentials: Credentials.fromPassword({
    username: "alice",
    password: Redacted.make("sesame")
  })
})

export const submission = Effect.gen(function*() {
  const client = yield* session
  const envelope = yield* Envelope.parse({ from: "alice@mx.example", to: ["bob@mx.example"] })
  const outcome = yield* client.deliver(envelope, Body.fromString("Subject: hi\n\nHello!\n"))
  yield* Console.log(
    Outcome.isComplete(outcome) ? "sent" : `${Outcome.worthRetrying(outcome).length} to try again`
  )
}).pipe(
  Effect.scoped,
  Effect.catchTag(
    "Refused",
    "ConnectionFailed",
    (error) => Console.log(`${error.message}: ${error.fate}, try again: ${error.retry}`)
  )
)
