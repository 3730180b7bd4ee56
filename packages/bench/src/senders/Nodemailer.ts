/**
 * npm's nodemailer, sending: a pool, each message given as the bytes to be sent.
 *
 * @module
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import { createTransport } from "nodemailer"
import * as Message from "../Message.js"
import * as Program from "../Program.js"

Program.sender(({ atATime, connections, messages, octets, perConnection, port, recipients }) =>
  Effect.gen(function*() {
    const raw = Buffer.from(Message.make(octets))
    const to = Message.recipients(recipients)
    const transport = yield* Effect.acquireRelease(
      Effect.sync(() =>
        createTransport({
          host: "127.0.0.1",
          port,
          pool: true,
          maxConnections: connections,
          maxMessages: perConnection === "One" ? 1 : Infinity,
          ignoreTLS: true
        })
      ),
      (open) => Effect.sync(() => open.close())
    )
    let begun = 0
    const lane = async () => {
      while (begun < messages) {
        begun++
        await transport.sendMail({ envelope: { from: Message.from, to: [...to] }, raw })
      }
    }
    yield* Effect.tryPromise(() => Promise.all(Arr.makeBy(atATime, lane)))
  }).pipe(Effect.scoped)
)
