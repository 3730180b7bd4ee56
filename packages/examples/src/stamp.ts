import * as Received from "@effect-smtp/received/Received"
import * as Trace from "@effect-smtp/received/Trace"
import * as TraceTable from "@effect-smtp/received/TraceTable"
import * as Handler from "@effect-smtp/server/Handler"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as DateTime from "@effect-smtp/wire/DateTime"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"

const by = Either.getOrThrow(Domain.parse("mx.example"))

/** Shows the way of each message, of which this server is the last hop. */
const decisions = Handler.prepending(
  {
    recipient: () => Effect.succeed(Verdict.recipientOk),
    message: (_client, _envelope, { stream }) =>
      Effect.gen(function*() {
        const trace = yield* Trace.read(stream) // the header, and nothing of the body
        yield* Effect.forEach(TraceTable.print(trace), (line) => Console.log(line))
        return Trace.loops(trace)
          ? Verdict.reject(554, { subject: 4, detail: 6, text: "Too many hops" })
          : Verdict.ok
      })
  },
  (client, envelope) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const date = DateTime.utc(now)
      return Received.encode(Received.stamp(client, envelope, { by, date, id: client.session }))
    })
)

export const handler = Handler.layer(decisions)
