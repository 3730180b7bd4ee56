import * as Dialer from "@effect-smtp/flow/Dialer"
import type { Flow } from "@effect-smtp/flow/Flow"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import type * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Body from "../src/Body.js"
import type * as Deliveries from "../src/Deliveries.js"
import type * as Delivery from "../src/Delivery.js"
import type { Options, Shape } from "../src/SmtpClient.js"
import { connect, envelope, record } from "./harness.js"
import * as PostOffice from "./postOffice.js"

const addresses = (name: string, recipients: number) =>
  Array.from({ length: recipients }, (_, index) => `${name}${index + 1}@mx.example`)

/** A job that tells by its name alone who sends what to whom, so that a mixture shows. */
export const job = (
  name: string,
  recipients = 1,
  options: Delivery.Options = {}
): Deliveries.Job => {
  const [first, ...others] = addresses(name, recipients)
  return {
    envelope: envelope(`${name}@client.example`, first, ...others),
    body: Body.fromString(`from ${name}`),
    options
  }
}

/** Several of them. */
export const jobs = (...names: ReadonlyArray<string>) => names.map((name) => job(name))

/** That job, as a server stores it. */
export const letter = (name: string, recipients = 1): PostOffice.Letter => ({
  from: `${name}@client.example`,
  to: addresses(name, recipients),
  text: `from ${name}`
})

/** Several of them. */
export const letters = (...names: ReadonlyArray<string>) => names.map((name) => letter(name))

/** What came of a job, in short. */
export const summary: (result: Deliveries.Result) => string = Exit.match({
  onFailure: (cause) =>
    Option.match(Cause.failureOption(cause), {
      onNone: () => "defect",
      onSome: (error) =>
        error._tag === "Refused"
          ? `Refused ${error.phase} ${error.reply.code} ${error.fate}`
          : error._tag === "ConnectionFailed"
          ? `${error.cause._tag} ${error.phase} ${error.fate}`
          : `${error._tag} ${error.phase} ${error.fate}`
    }),
  onSuccess: ({ accepted, rejected }) => `${accepted.length} accepted, ${rejected.length} rejected`
})

/** How a server behaves, and what the client does about it. */
export interface Setting {
  readonly extensions?: ReadonlyArray<string>
  readonly mood?: (heard: PostOffice.Heard) => PostOffice.Mood
  readonly network?: MemoryNetwork.Options
  readonly client?: Partial<Options>
  /** What becomes of a connection on the client's side. */
  readonly wrap?: (
    dial: Effect.Effect<Flow, FlowError, Scope.Scope>
  ) => Effect.Effect<Flow, FlowError, Scope.Scope>
}

export const pipelining = ["PIPELINING"]
export const chunking = ["PIPELINING", "CHUNKING"]

/** A session with a post office: what that has seen, and what the client wrote, write by write. */
export const session = (
  { client = {}, extensions = chunking, mood, network, wrap = (dial) => dial }: Setting = {}
) =>
  Effect.gen(function*() {
    const { dialer, seen } = yield* PostOffice.make(mood, extensions, network)
    const writes: Array<string> = []
    const dial: Dialer.Shape["dial"] = (to) =>
      Effect.map(wrap(dialer.dial(to)), (flow) => record(flow, writes))
    const shape: Shape = yield* Effect.provideService(connect(client), Dialer.Dialer, { dial })
    return { client: shape, seen, writes }
  })

/** What becomes of these jobs on one session. */
export const deliver = (all: ReadonlyArray<Deliveries.Job>, setting?: Setting) =>
  Effect.gen(function*() {
    const { client, seen, writes } = yield* session(setting)
    const results = yield* client.deliverAll(all)
    return { client, results, seen, writes, told: results.map(summary) }
  })

/** A mood for what is heard: by its first word, or its text. */
export const moods =
  (moods: { readonly [what: string]: PostOffice.Mood }) =>
  ({ line, what }: PostOffice.Heard): PostOffice.Mood =>
    moods[line] ?? moods[what] ?? PostOffice.answer
