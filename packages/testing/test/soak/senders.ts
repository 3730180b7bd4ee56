import * as Body from "@effect-smtp/client/Body"
import type * as Deliveries from "@effect-smtp/client/Deliveries"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Mailing from "@effect-smtp/client/Mailing"
import type { Outcome } from "@effect-smtp/client/Outcome"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import type { Fate, SmtpError } from "@effect-smtp/client/SmtpError"
import * as SmtpPool from "@effect-smtp/client/SmtpPool"
import * as Dialer from "@effect-smtp/flow/Dialer"
import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import type * as Timeouts from "@effect-smtp/protocol/Timeouts"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as FaultPlan from "../../src/FaultPlan.js"
import * as FaultyFlow from "../../src/FaultyFlow.js"
import { hear, replies } from "../conversation.js"
import type { Caller, Letter, Sender } from "./plan.js"

/** What a client was told of a letter. Nothing, if it was interrupted before it could be. */
export type Told =
  | { readonly _tag: "Outcome"; readonly outcome: Outcome }
  | { readonly _tag: "Fate"; readonly fate: Fate }
  | { readonly _tag: "Defect"; readonly cause: string }

/** The server, and how long anybody waits for it. */
export interface Server {
  readonly endpoint: Endpoint
  readonly timeouts: Timeouts.Timeouts
}

/** What a cause says of letters; nothing where it is an interruption alone. */
const fromCause = (cause: Cause.Cause<SmtpError>): Told | undefined =>
  Option.match(Cause.failureOption(cause), {
    onSome: ({ fate }) => ({ _tag: "Fate", fate }),
    onNone: () =>
      Cause.isInterruptedOnly(cause) ? undefined : { _tag: "Defect", cause: Cause.pretty(cause) }
  })

/** Sends all of its letters, and tells what was said of each. */
export const send = (
  { endpoint, timeouts }: Server,
  { faults, letters, manner, patience }: Sender
) =>
  Effect.gen(function*() {
    const told = new Map<Letter, Told>()
    const tell = (letter: Letter, what: Told | undefined) => {
      if (what !== undefined) told.set(letter, what)
    }
    const note = (letter: Letter, exit: Exit.Exit<Outcome, SmtpError>) =>
      tell(
        letter,
        Exit.match(exit, {
          onFailure: fromCause,
          onSuccess: (outcome): Told => ({ _tag: "Outcome", outcome })
        })
      )
    /** Whoever has not been told anything else by now. */
    const tellOthers = (some: ReadonlyArray<Letter>) => (cause: Cause.Cause<SmtpError>) =>
      Effect.sync(() =>
        some.filter((letter) => !told.has(letter)).forEach((letter) =>
          tell(letter, fromCause(cause))
        )
      )
    const session: SmtpClient.Options = {
      security: Security.ClearText({ credentials: "Refused" }),
      name: Either.getOrThrow(Domain.parse("client.example")),
      timeouts
    }
    const toJob = (letter: Letter): Deliveries.Job & { readonly letter: Letter } => ({
      letter,
      envelope: Either.getOrThrow(Envelope.parse(letter)),
      body: Body.fromBytes(letter.bytes),
      options: {
        onInterrupt: (fate) => Effect.sync(() => told.set(letter, { _tag: "Fate", fate }))
      }
    })
    const jobs = letters.map(toJob)

    const connect = SmtpClient.connect(endpoint, session)
    const one = (client: SmtpClient.Shape) => (job: (typeof jobs)[number]) =>
      Effect.onExit(
        client.deliver(job.envelope, job.body, job.options),
        (exit) => Effect.sync(() => note(job.letter, exit))
      ).pipe(Effect.ignore)

    const manners = {
      Single: Effect.forEach(jobs, (job) =>
        Effect.scoped(Effect.flatMap(connect, (client) => one(client)(job))).pipe(
          Effect.onError(tellOthers([job.letter])),
          Effect.ignore
        ), { discard: true }),
      Session: Effect.scoped(
        Effect.flatMap(connect, (client) =>
          Effect.forEach(jobs, one(client), { discard: true }))
      ),
      Window: Effect.scoped(
        Effect.flatMap(connect, (client) =>
          Effect.map(client.deliverAll(jobs), (exits) =>
            exits.forEach((exit, index) =>
              note(letters[index], exit)
            )))
      ),
      Pool: Effect.scoped(
        Effect.flatMap(
          SmtpPool.make({ endpoint, session, connections: 3, messages: 3 }),
          (pool) =>
            Stream.runForEach(
              Mailing.deliverMany(Stream.fromIterable(jobs), { through: pool, concurrency: 4 }),
              ({ exit, job }) =>
                Effect.sync(() => note(job.letter, exit))
            )
        )
      )
    }
    const sending = Effect.onError(manners[manner], tellOthers(letters))
    yield* Effect.ignore(Option.match(patience, {
      onNone: () => sending,
      onSome: (millis) => Effect.timeout(sending, millis)
    }))
    return told
  }).pipe(Effect.provide(FaultyFlow.dialer(FaultPlan.toFaults(faults))))

/** Calls the server. Who leaves in order hears it to its end: it hangs up on those who say no more. */
export const call = (
  { endpoint }: Server,
  { leaves, said }: Caller
): Effect.Effect<ReturnType<typeof replies>, never, Dialer.Dialer> =>
  Effect.gen(function*() {
    const { dial } = yield* Dialer.Dialer
    const flow = yield* dial(endpoint)
    const hearing = yield* Effect.fork(hear(flow))
    yield* Effect.ignore(
      Effect.forEach(said.filter(({ length }) => length > 0), flow.write, { discard: true })
    )
    if (leaves === "InOrder") return replies(yield* Fiber.join(hearing))
    yield* Fiber.interrupt(hearing)
    return yield* Effect.fail("cut")
  }).pipe(
    Effect.scoped,
    Effect.orElseSucceed(() => ({ all: [], wrong: [] }))
  )
