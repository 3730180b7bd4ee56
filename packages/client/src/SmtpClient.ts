/**
 * SmtpClient: one session with one server, from its greeting to QUIT. The exchanges are the files
 * beside this one, in the order they happen: `Greeting`, `Hello`, `StartTls`, `Auth`, `Delivery`
 * (made of `Transaction`, `Data` or `Chunks`, and `Verdicts`), `Reset`, `Noop`, `Verify`, `Expand`,
 * `Help`, `Etrn`, `Xclient`, `Xforward`, `Quit`.
 *
 * @module
 */
import * as Closing from "@effect-smtp/flow/Closing"
import * as Dialer from "@effect-smtp/flow/Dialer"
import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import type { Flow, PeerInfo } from "@effect-smtp/flow/Flow"
import * as Channel from "@effect-smtp/protocol/Channel"
import type { MinimumRate } from "@effect-smtp/protocol/MinimumRate"
import * as Timeouts from "@effect-smtp/protocol/Timeouts"
import type * as Mechanism from "@effect-smtp/sasl/Mechanism"
import type * as Capabilities from "@effect-smtp/wire/Capabilities"
import type { Attribute } from "@effect-smtp/wire/Command"
import type * as Domain from "@effect-smtp/wire/Domain"
import type { ProxyHeader } from "@effect-smtp/wire/ProxyHeader"
import type { Reply } from "@effect-smtp/wire/Reply"
import type * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type { Body } from "./Body.js"
import type { Credentials } from "./Credentials.js"
import * as Deliveries from "./Deliveries.js"
import * as Delivery from "./Delivery.js"
import type { Destination } from "./Destination.js"
import type { Envelope } from "./Envelope.js"
import * as Etrn from "./Etrn.js"
import * as Expand from "./Expand.js"
import type { Protocol } from "./Hello.js"
import * as Hello from "./Hello.js"
import * as Help from "./Help.js"
import * as Dialing from "./internal/dialing.js"
import * as Fates from "./internal/fates.js"
import * as Measuring from "./internal/measuring.js"
import type { Chunking } from "./internal/needs.js"
import * as Opening from "./internal/opening.js"
import { ownName } from "./internal/ownName.js"
import type { Grouping, Session } from "./internal/session.js"
import * as Noop from "./Noop.js"
import type { Outcome } from "./Outcome.js"
import * as Quit from "./Quit.js"
import * as Reset from "./Reset.js"
import type { Security } from "./Security.js"
import type { SmtpError } from "./SmtpError.js"
import * as Verify from "./Verify.js"
import * as Xclient from "./Xclient.js"
import * as Xforward from "./Xforward.js"

/**
 * How to open a session.
 *
 * - `security`: see `Security`.
 * - `name`: what the client calls itself; the literal of its own address by default (RFC 5321 section
 *   4.1.4).
 * - `credentials`: who the client is; the strongest mechanism that the server offers is used.
 * - `mechanisms`: ways to authenticate that are made already, the preferred first; the first that the
 *   server offers is used, and comes before `credentials`. Without either the client does not log in.
 * - `timeouts`: RFC 5321's by default;
 * - `minimumRate`: how fast the server has to take messages, up to the last part of each, with which the
 *   message changes hands; else the delivery fails, and the message is `NotDelivered`. By default only
 *   the `Content` timeout bounds it.
 * - `protocol`: `Lmtp` speaks to the end of a delivery (RFC 2033), which answers for each recipient;
 *   `Smtp` by default;
 * - `chunking`: which messages go in chunks to a server that takes them so: all of them by default, or
 *   only those that can go no other way;
 * - `grouping`: what may leave together where the server offers PIPELINING: all that is at hand of
 *   several `Messages`, by default, or only the `Commands` of one;
 * - `proxyHeader`: whom this client speaks for, said before anything else, TLS too, to a server that
 *   expects it of this peer (PROXY, version 2); any other takes it for a bad command. By default nothing.
 */
export interface Options {
  readonly security: Security
  readonly name?: Domain.Domain
  readonly credentials?: Credentials
  readonly mechanisms?: ReadonlyArray<Mechanism.ClientMechanism>
  readonly timeouts?: Timeouts.Timeouts
  readonly minimumRate?: MinimumRate
  readonly protocol?: Protocol
  readonly chunking?: Chunking
  readonly grouping?: Grouping
  readonly proxyHeader?: ProxyHeader
}

/**
 * An open session. Its operations wait for each other.
 *
 * - `capabilities`: what the server offers, as it last said;
 * - `peer`: both addresses and the TLS facts;
 * - `isAlive`: whether the conversation can go on, as far as this side knows; it says nothing;
 * - `deliver`: one message, to each of its recipients, as `Delivery` says;
 * - `deliverAll`: several, as `Deliveries` says, with what came of each in their order;
 * - `sessions`: how many deliveries get on side by side;
 * - `reset`, `noop`, `verify`, `expand`, `help`, `etrn`, `xforward`: the commands of that name; a
 *   reply that is no success is `Refused`;
 * - `xclient`: says who the real client is and starts the session over; its value is what the server
 *   offers now. Whoever was authenticated before is so no more.
 */
export interface Shape {
  readonly capabilities: Capabilities.Capabilities
  readonly peer: PeerInfo
  readonly isAlive: Effect.Effect<boolean>
  readonly deliver: (
    envelope: Envelope,
    body: Body,
    options?: Delivery.Options
  ) => Effect.Effect<Outcome, SmtpError>
  readonly deliverAll: (
    jobs: ReadonlyArray<Deliveries.Job>
  ) => Effect.Effect<ReadonlyArray<Deliveries.Result>>
  readonly sessions: 1
  readonly reset: Effect.Effect<Reply, SmtpError>
  readonly noop: Effect.Effect<Reply, SmtpError>
  readonly verify: (name: string) => Effect.Effect<Reply, SmtpError>
  readonly expand: (list: string) => Effect.Effect<Reply, SmtpError>
  readonly help: (topic: Option.Option<string>) => Effect.Effect<Reply, SmtpError>
  readonly etrn: (node: string) => Effect.Effect<Reply, SmtpError>
  readonly xclient: (
    attributes: ReadonlyArray<Attribute>
  ) => Effect.Effect<Capabilities.Capabilities, SmtpError>
  readonly xforward: (attributes: ReadonlyArray<Attribute>) => Effect.Effect<Reply, SmtpError>
}

/** A session as a service. */
export class SmtpClient extends Context.Tag("@effect-smtp/client/SmtpClient")<
  SmtpClient,
  Shape
>() {}

/**
 * Dials the endpoint and opens a session. When the scope closes, or opening fails, the client says
 * QUIT, unless the connection is past that, and hangs up (RFC 5321 section 4.1.1.10).
 */
export const connect = Effect.fn("SmtpClient.connect")(
  (endpoint: Endpoint, options: Options) => Closing.allOrNothing(open(endpoint, options))
)

const open = (
  endpoint: Endpoint,
  options: Options
): Effect.Effect<Shape, SmtpError, Dialer.Dialer | Scope.Scope> =>
  Effect.gen(function*() {
    const flow = yield* Dialing.within(
      options.timeouts ?? Timeouts.defaults,
      Effect.flatMap(Dialer.Dialer, (dialer) => dialer.dial(endpoint))
    )
    return yield* fromFlow(flow, options)
  })

/**
 * Opens a session over a flow that is connected already. QUIT is said when the scope closes, or opening
 * fails; hanging up is up to whoever opened the flow.
 */
export const fromFlow = (
  flow: Flow,
  options: Options
): Effect.Effect<Shape, SmtpError, Scope.Scope> =>
  Effect.gen(function*() {
    const timeouts = options.timeouts ?? Timeouts.defaults
    const channel = yield* Channel.make(flow, {
      phase: "Greeting",
      timeouts,
      minimumRate: options.minimumRate
    })
    const gate = yield* Effect.makeSemaphore(1)
    const exclusively = <A, R>(program: Effect.Effect<A, SmtpError, R>) =>
      gate.withPermits(1)(Opening.supervised(channel, program))

    const quit = Effect.ignore(exclusively(Quit.exchange(channel)))
    const name = options.name ?? ownName(flow.peer)
    const protocol = options.protocol ?? "Smtp"
    const introduction = options.proxyHeader === undefined
      ? Effect.void
      : Opening.introduce(channel, options.proxyHeader)
    const opening = Effect.zipRight(
      introduction,
      Opening.exchange(channel, {
        security: options.security,
        name,
        protocol,
        mechanisms: options.mechanisms ?? [],
        credentials: Option.fromNullable(options.credentials)
      })
    )

    const offered = MutableRef.make(
      yield* Effect.onError(
        Opening.explained(flow.peer, options.security, exclusively(opening)),
        () => quit
      )
    )
    const transactions = MutableRef.make(0)
    const grouping = MutableRef.make(options.grouping ?? "Messages")
    const chunking = options.chunking ?? "WhenOffered"
    const session = (capabilities: Capabilities.Capabilities): Session => ({
      channel,
      capabilities,
      chunking,
      protocol,
      transactions,
      grouping
    })
    /** An exchange that looks at what is offered when its turn comes. */
    const informed = <A>(
      exchange: (capabilities: Capabilities.Capabilities) => Effect.Effect<A, SmtpError>
    ) => exclusively(Effect.suspend(() => exchange(offered.current)))
    // Behind the finalizer that ends TLS, so as to run before it.
    yield* Scope.addFinalizer(yield* Effect.scope, quit)
    const peer = yield* channel.peer

    const deliver = Effect.fn("SmtpClient.deliver")(
      (envelope: Envelope, body: Body, how: Delivery.Options = {}) =>
        Fates.tell(
          channel,
          how.onInterrupt ?? (() => Effect.void),
          (known) =>
            informed((capabilities) =>
              Measuring.delivery(
                body,
                Delivery.exchange(session(capabilities), { envelope, body, options: how, known })
              )
            )
        )
    )
    return {
      get capabilities() {
        return offered.current
      },
      peer,
      sessions: 1,
      isAlive: gate.withPermits(1)(channel.isAlive),
      deliver,
      deliverAll: Effect.fn("SmtpClient.deliverAll")((jobs: ReadonlyArray<Deliveries.Job>) =>
        Deliveries.exchange({
          exclusively: (exchange) => informed((capabilities) => exchange(session(capabilities))),
          deliver: (job) => deliver(job.envelope, job.body, job.options)
        }, jobs)
      ),
      reset: exclusively(Reset.exchange(channel)),
      noop: exclusively(Noop.exchange(channel)),
      verify: (name: string) =>
        informed((capabilities) => Verify.exchange(channel, capabilities, name)),
      expand: (list: string) =>
        informed((capabilities) => Expand.exchange(channel, capabilities, list)),
      help: (topic: Option.Option<string>) => exclusively(Help.exchange(channel, topic)),
      etrn: (node: string) =>
        informed((capabilities) => Etrn.exchange(channel, capabilities, node)),
      xclient: (attributes: ReadonlyArray<Attribute>) =>
        informed((capabilities) =>
          Xclient.exchange(
            channel,
            capabilities,
            attributes,
            Hello.exchange(channel, name, protocol)
          ).pipe(
            Effect.tap((now) => Effect.sync(() => MutableRef.set(offered, now)))
          )
        ),
      xforward: (attributes: ReadonlyArray<Attribute>) =>
        informed((capabilities) => Xforward.exchange(channel, capabilities, attributes))
    }
  })

/** A session for as long as the layer lives. */
export const layer = (
  endpoint: Endpoint,
  options: Options
): Layer.Layer<SmtpClient, SmtpError, Dialer.Dialer> =>
  Layer.scoped(SmtpClient, connect(endpoint, options))

/** The same, from a configuration: see `ConnectionUrl.config`. */
export const layerConfig = (
  config: Config.Config<Destination>
): Layer.Layer<SmtpClient, ConfigError.ConfigError | SmtpError, Dialer.Dialer> =>
  Layer.unwrapEffect(Effect.map(config, ({ endpoint, session }) => layer(endpoint, session)))
