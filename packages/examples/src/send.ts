import * as Body from "@effect-smtp/client/Body"
import * as Credentials from "@effect-smtp/client/Credentials"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

const message = `From: Alice <alice@client.example>
To: Bob <bob@mx.example>
Subject: Hello

Is anybody there?
`

const program = Effect.gen(function*() {
  const host = yield* Config.string("SMTP_HOST")
  const password = yield* Config.redacted("SMTP_PASSWORD")

  const client = yield* SmtpClient.connect(Endpoint.Tcp({ host, port: 587 }), {
    security: Security.StartTls({ tls: Tls.client({ serverName: host }) }),
    credentials: Credentials.fromPassword({ username: "alice", password })
  })

  const outcome = yield* client.deliver(
    yield* Envelope.parse({
      from: "alice@client.example",
      to: ["bob@mx.example", "carol@mx.example"]
    }),
    Body.fromString(message)
  )

  yield* Effect.forEach(
    [...outcome.accepted, ...outcome.rejected],
    ({ recipient, reply }) => Console.log(`${ForwardPath.print(recipient)} ${Reply.summary(reply)}`)
  )
})

program.pipe(Effect.scoped, Effect.provide(NodeDialer.layer()), NodeRuntime.runMain)
