/**
 * SmtpServer: accepts connections and has a conversation on each.
 *
 * @module
 */
import * as Closing from "@effect-smtp/flow/Closing"
import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import * as Listener from "@effect-smtp/flow/Listener"
import * as Limits from "@effect-smtp/protocol/Limits"
import * as Timeouts from "@effect-smtp/protocol/Timeouts"
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import type * as Arr from "effect/Array"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Authenticator } from "./Authenticator.js"
import * as Conversation from "./Conversation.js"
import * as Extensions from "./Extensions.js"
import { Handler } from "./Handler.js"
import * as Guests from "./internal/guests.js"
import * as Proxied from "./internal/proxied.js"
import * as Tally from "./internal/tally.js"
import type { Policy } from "./Policy.js"
import type { Stats } from "./Stats.js"
import * as Strictness from "./Strictness.js"
import * as Trust from "./Trust.js"

/** Where to listen, what to ask of clients there, and whom to believe who they are: by default nobody. */
export interface Place {
  readonly endpoint: Endpoint
  readonly policy: Policy
  readonly trust?: Trust.Trust
}

/**
 * - `places`: the endpoints of this server;
 * - `grace`: how long running transactions may go on when the server stops; default 30 seconds;
 * - the rest is {@link Conversation.Manners}; all but the name have defaults: limits and timeouts of
 *   `protocol`, CR LF only, messages with a bare CR or LF refused, addresses read strictly, and what
 *   `Strictness` and `Extensions` say.
 */
export interface Options extends Partial<Omit<Conversation.Manners, "name">> {
  readonly name: Conversation.Manners["name"]
  readonly places: Arr.NonEmptyReadonlyArray<Place>
  readonly grace?: Duration.DurationInput
}

/**
 * A server that is running.
 *
 * - `endpoints`: where it really listens, in the order of its places;
 * - `stats`: what it has to do, and has done: as it is now, and then each time it has changed, looked at
 *   so often (each second, for example). The stream does not end.
 */
export interface Running {
  readonly endpoints: Arr.NonEmptyReadonlyArray<Endpoint>
  readonly stats: (every: Duration.DurationInput) => Stream.Stream<Stats>
}

/**
 * Starts a server in the caller's scope. AUTH is offered if there is an `Authenticator`.
 *
 * Closing the scope stops it in order: no connection is accepted any more, idle clients get 421, running
 * transactions have `grace` to finish, and what is left after that is cut. A place that cannot be had
 * gives up those before it, too.
 */
export const serve = Effect.fn("SmtpServer.serve")((options: Options) =>
  Closing.allOrNothing(start(options))
)

const start = Effect.fnUntraced(function*(options: Options) {
  const manners: Conversation.Manners = {
    limits: Limits.defaults,
    timeouts: Timeouts.defaults,
    lineEnd: "crlf",
    lineEndings: "strict",
    addresses: AddressMode.strict,
    strictness: Strictness.defaults,
    extensions: Extensions.defaults,
    ...options
  }
  const listener = yield* Listener.Listener
  const handler = yield* Handler
  const authenticator = yield* Effect.serviceOption(Authenticator)
  const tally = yield* Tally.make
  const guests = yield* Guests.make(manners.limits, tally)
  yield* Effect.addFinalizer(() => guests.drain(options.grace ?? "30 seconds"))

  const open = (
    { endpoint, policy, trust = Trust.none }: Place
  ): Effect.Effect<Endpoint, FlowError, Scope.Scope> =>
    Effect.gen(function*() {
      const bound = yield* listener.listen(endpoint)
      const converse = (flow: Flow) =>
        Proxied.make(flow, trust, manners.timeouts.Connect, (client, told) =>
          Conversation.make(client, {
            manners,
            policy,
            handler,
            authenticator,
            draining: guests.draining,
            admit: guests.admit,
            report: tally.message,
            trust,
            told
          }))
      yield* Effect.forkScoped(guests.welcome(bound.accept, converse))
      return bound.endpoint
    })

  const running: Running = {
    endpoints: yield* Effect.forEach(options.places, open),
    stats: (every) =>
      Stream.repeatEffectWithSchedule(guests.stats, Schedule.spaced(every)).pipe(
        Stream.changesWith((one, other) => Equal.equals(one, other))
      )
  }
  return running
})

/** A server for as long as the layer lives. */
export const layer = (
  options: Options
): Layer.Layer<never, FlowError, Listener.Listener | Handler> => Layer.scopedDiscard(serve(options))
