import * as Body from "@effect-smtp/client/Body"
import * as ConnectionUrl from "@effect-smtp/client/ConnectionUrl"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Mailing from "@effect-smtp/client/Mailing"
import * as SmtpPool from "@effect-smtp/client/SmtpPool"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"

/** SMTP_URL=smtps://alice:sesame@mx.example */
const pool = SmtpPool.layerConfig(
  Config.map(ConnectionUrl.config(), (destination) => ({
    ...destination,
    connections: 4,
    rate: { limit: 20, interval: "1 second" },
    retry: Schedule.intersect(Schedule.exponential("10 seconds"), Schedule.recurs(5))
  }))
)

const job = (reader: string) =>
  Effect.map(Envelope.parse({ from: "alice@mx.example", to: [reader] }), (envelope) => ({
    reader,
    envelope,
    body: Body.fromString(`To: ${reader}\nSubject: News\n\nNothing new.\n`)
  }))

export const newsletter = (readers: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const jobs = Stream.mapEffect(Stream.fromIterable(readers), job)
    yield* Mailing.deliverMany(jobs, { through: yield* SmtpPool.SmtpPool, concurrency: 4 }).pipe(
      Stream.runForEach(({ exit, job }) =>
        Console.log(`${job.reader}: ${Exit.isSuccess(exit) ? "handed over" : "failed"}`)
      )
    )
  }).pipe(Effect.provide(pool))
