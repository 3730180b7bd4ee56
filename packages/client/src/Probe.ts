/**
 * Probe: looks into a server, one stage of a session after the other, and tells what it finds: who
 * answers, what it offers, in clear text and under TLS, what is wrong with its certificate, whether it
 * lets a user in, and whether it would take mail. It stops where it is told, in order or by just going
 * away, and whatever fails is a part of the report.
 *
 * Certificates are checked, and what is wrong with them is a fault that the session goes on with; only
 * nobody logs in on such a connection, nor on one in clear text, unless `exposure` says that it may be.
 *
 * @module
 */
import * as Dialer from "@effect-smtp/flow/Dialer"
import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import * as Channel from "@effect-smtp/protocol/Channel"
import { TransportFailed } from "@effect-smtp/protocol/ChannelError"
import * as Timeouts from "@effect-smtp/protocol/Timeouts"
import type { Attribute } from "@effect-smtp/wire/Command"
import type { Domain } from "@effect-smtp/wire/Domain"
import type { Extension } from "@effect-smtp/wire/Extension"
import * as ProxyCodec from "@effect-smtp/wire/ProxyCodec"
import type { ProxyHeader } from "@effect-smtp/wire/ProxyHeader"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Credentials } from "./Credentials.js"
import type { Protocol } from "./Hello.js"
import * as Dialing from "./internal/dialing.js"
import * as Dialogue from "./internal/dialogue.js"
import * as Opening from "./internal/opening.js"
import type * as ProbeMail from "./internal/probeMail.js"
import * as Notes from "./internal/probeNotes.js"
import * as Stages from "./internal/probeStages.js"
import type { Line, Stage } from "./ProbeReport.js"
import { isWithin } from "./ProbeReport.js"
import * as Quit from "./Quit.js"
import type * as Security from "./Security.js"
import type { SmtpError } from "./SmtpError.js"
import { ConnectionFailed } from "./SmtpError.js"

/** One message to its recipients; without a body it is an empty one, if it gets that far. */
export type Mail = ProbeMail.Mail

/**
 * What to look at.
 *
 * - `security`: as for a client; but the certificate is looked at, not insisted on, and `exposure` counts
 *   for clear text, too;
 * - `until`: the last stage; `Auth` where there is no `mail` to go on with;
 * - `ending`: whether to say QUIT there, if the server has greeted and does not wait for a message, or
 *   to close the connection without a word (`Drop`);
 * - `exposure`: whether to log in where the server has not proved who it is: everybody on the way, or
 *   whoever answers, learns what the mechanism shows;
 * - `proxy`: whom to speak for in a PROXY header of that version, before anything else;
 * - `assumed`: what the server is taken to offer, whether it says so or not;
 * - `xclient`: what to say of the client by XCLIENT; nothing is said where it is empty;
 * - `timeout`: for the whole session, from dialing to the last reply before QUIT;
 * - `onLine`: takes each line as it is said.
 */
export interface Options {
  readonly endpoint: Endpoint
  readonly protocol: Protocol
  readonly security: Security.Security
  readonly until: Stage
  readonly ending: "Quit" | "Drop"
  readonly name: Option.Option<Domain>
  readonly credentials: Option.Option<Credentials>
  readonly exposure: "Refused" | "ExposedToEveryone"
  readonly proxy: Option.Option<{ readonly header: ProxyHeader; readonly version: 1 | 2 }>
  readonly assumed: ReadonlyArray<Extension>
  readonly xclient: ReadonlyArray<Attribute>
  readonly mail: Option.Option<Mail>
  readonly timeouts: Timeouts.Timeouts
  readonly timeout: Option.Option<Duration.DurationInput>
  readonly onLine: (line: Line) => Effect.Effect<void>
}

/** These options, and no others: without a login or mail, and with QUIT at the end. */
export const make = (
  options: Pick<Options, "endpoint" | "security"> & Partial<Options>
): Options => ({
  protocol: "Smtp",
  until: "Auth",
  ending: "Quit",
  name: Option.none(),
  credentials: Option.none(),
  exposure: "Refused",
  proxy: Option.none(),
  assumed: [],
  xclient: [],
  mail: Option.none(),
  timeouts: Timeouts.defaults,
  timeout: Option.none(),
  onLine: () => Effect.void,
  ...options
})

/** Runs the session, and tells how far it came. It does not fail. */
export const run = Effect.fn("Probe.run")(function*(options: Options) {
  const notes = yield* Notes.make(options)
  yield* Effect.scoped(session(notes, options))
  return Notes.report(notes)
})

/** The session goes on without trust, so that there is something to see. */
const looking = (security: Security.Security): Security.Security =>
  security._tag === "ClearText"
    ? security
    : { ...security, tls: { ...security.tls, verify: "none" } }

const session = (
  notes: Notes.Notes,
  options: Options
): Effect.Effect<void, never, Dialer.Dialer | Scope.Scope> =>
  Effect.gen(function*() {
    const flow = yield* Notes.step(notes, "Connect", connect(notes, options))
    notes.peer = Option.some(flow.peer)
    if (options.until !== "Connect") yield* converse(notes, options, flow)
  }).pipe(
    Effect.catchAll((error) => Effect.sync(() => Notes.fail(notes, error)))
  )

/** Dials, and says whom to speak for; what is said after that is noted. */
const connect = (
  notes: Notes.Notes,
  { endpoint, proxy, timeout, timeouts }: Options
): Effect.Effect<Flow, SmtpError, Dialer.Dialer | Scope.Scope> =>
  Effect.gen(function*() {
    const most = Option.match(timeout, {
      onNone: () => timeouts.Connect,
      onSome: (whole) => Duration.min(whole, timeouts.Connect)
    })
    const flow = yield* Dialing.within(
      { ...timeouts, Connect: most },
      Effect.flatMap(Dialer.Dialer, (dialer) => dialer.dial(endpoint))
    )
    if (Option.isSome(proxy)) {
      const { header, version } = proxy.value
      const bytes = yield* Dialogue.sendable("Connect", ProxyCodec.encode(header, { version }))
      yield* Effect.mapError(
        flow.write(bytes),
        (cause) => new ConnectionFailed({ cause: new TransportFailed({ phase: "Connect", cause }) })
      )
      yield* Notes.remark(notes, `PROXY, version ${version}`)
    }
    return yield* Notes.overheard(notes, flow)
  })

const converse = (
  notes: Notes.Notes,
  options: Options,
  flow: Flow
): Effect.Effect<void, SmtpError, Scope.Scope> =>
  Effect.gen(function*() {
    const security = looking(options.security)
    const channel = yield* Channel.make(flow, { phase: "Greeting", timeouts: options.timeouts })
    if (Option.isSome(options.timeout)) {
      yield* channel.expire(notes.begun + Duration.toMillis(options.timeout.value))
    }
    const last = Option.isNone(options.mail) && !isWithin(options.until, "Auth")
      ? "Auth"
      : options.until
    const course = walk(Stages.make(channel, notes, { ...options, security, until: last }), last)
    const end = yield* Effect.either(
      Opening.explained(flow.peer, security, Opening.supervised(channel, course))
    )
    notes.peer = Option.some(yield* channel.peer)
    const leaves = Either.isRight(end) && end.right &&
      (options.ending === "Drop" || last === "Data" || last === "Content")
    if (Option.isSome(notes.greeting) && !leaves) {
      yield* Effect.ignore(Opening.supervised(channel, Quit.exchange(channel)))
    }
    yield* end
  })

/** Takes stage after stage; whether it came to the last, and that makes sense of another. */
const walk = <R>(
  course: ReadonlyArray<readonly [Stage, Effect.Effect<boolean, SmtpError, R>]>,
  last: Stage
): Effect.Effect<boolean, SmtpError, R> =>
  Effect.gen(function*() {
    for (const [stage, program] of course) {
      if (!(yield* program)) return false
      if (stage === last) return true
    }
    return true
  })
