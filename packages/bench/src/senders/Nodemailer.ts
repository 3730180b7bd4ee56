/**
 * npm's nodemailer, sending: a pool of one connection, one message after the other, each given as the
 * bytes to be sent.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { createTransport } from "nodemailer"
import * as Message from "../Message.js"
import * as Program from "../Program.js"

Program.sender(({ messages, octets, port }) =>
  Effect.gen(function*() {
    const raw = Buffer.from(Message.make(octets))
    const transport = yield* Effect.acquireRelease(
      Effect.sync(() =>
        createTransport({
          host: "127.0.0.1",
          port,
          pool: true,
          maxConnections: 1,
          maxMessages: Infinity,
          ignoreTLS: true
        })
      ),
      (open) => Effect.sync(() => open.close())
    )
    yield* Effect.tryPromise(async () => {
      for (let sent = 0; sent < messages; sent++) {
        await transport.sendMail({ envelope: { from: Message.from, to: [Message.to] }, raw })
      }
    })
  }).pipe(Effect.scoped)
)
