/**
 * npm's smtp-server, receiving: every message is gathered in memory and accepted.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { SMTPServer } from "smtp-server"
import * as Program from "../Program.js"
import * as Port from "./Port.js"

Program.receiver((received) =>
  Effect.gen(function*() {
    const server = new SMTPServer({
      name: "mx.example",
      logger: false,
      authOptional: true,
      disabledCommands: ["AUTH", "STARTTLS"],
      disableReverseLookup: true,
      onData: (stream, _session, done) => {
        const chunks: Array<Buffer> = []
        stream.on("data", (chunk: Buffer) => chunks.push(chunk))
        stream.on("end", () => {
          received(Buffer.concat(chunks).length)
          done()
        })
      }
    })
    return yield* Port.listen(server.server)
  })
)
