/**
 * Theirs: npm's smtp-server, receiving. All it does with a message is up to who calls.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { SMTPServer } from "smtp-server"
import type { SMTPServerDataStream } from "smtp-server"
import * as Port from "./Port.js"

/** Listens until the scope closes. `take` does something with a message, and tells its octets. */
export const listen =
  (take: (stream: SMTPServerDataStream, taken: (octets: number) => void) => void) =>
  (received: (octets: number) => void) =>
    Effect.suspend(() => {
      const server = new SMTPServer({
        name: "mx.example",
        logger: false,
        authOptional: true,
        disabledCommands: ["AUTH", "STARTTLS"],
        disableReverseLookup: true,
        onData: (stream, _session, done) =>
          take(stream, (octets) => {
            received(octets)
            done()
          })
      })
      return Port.listen(server.server)
    })
