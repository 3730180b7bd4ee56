import type { Channel } from "@effect-smtp/protocol/Channel"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import type { Reply } from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Auth from "../Auth.js"
import type { Credentials } from "../Credentials.js"
import * as Greeting from "../Greeting.js"
import * as Hello from "../Hello.js"
import type { Options } from "../Probe.js"
import type { Stage } from "../ProbeReport.js"
import { Fault } from "../ProbeReport.js"
import type { SmtpError } from "../SmtpError.js"
import { NotSecure } from "../SmtpError.js"
import * as StartTls from "../StartTls.js"
import * as Xclient from "../Xclient.js"
import * as Login from "./login.js"
import * as Opening from "./opening.js"
import { ownName } from "./ownName.js"
import * as ProbeMail from "./probeMail.js"
import * as Notes from "./probeNotes.js"

/** A stage, and what it takes to get there; whether the next makes sense then. */
type Taken = readonly [Stage, Effect.Effect<boolean, SmtpError, Scope.Scope>]

/** The stages of a session after `Connect`, in the order in which this one has them. */
export const make = (
  channel: Channel,
  notes: Notes.Notes,
  options: Options
): ReadonlyArray<Taken> => {
  const { security } = options

  const hello = Effect.gen(function*() {
    const peer = yield* channel.peer
    const name = Option.getOrElse(options.name, () => ownName(peer))
    const offered = yield* Hello.exchange(channel, name, options.protocol)
    notes.hellos.push(offered)
    return offered
  })

  const greeting = Greeting.exchange(channel).pipe(
    Effect.tapErrorTag("Refused", ({ reply }) => heardGreeting(notes, reply)),
    Effect.tap((reply) => heardGreeting(notes, reply))
  )

  /** What `security` makes of the offer; whether TLS is on is seen by the peer. */
  const handshake: Effect.Effect<void, SmtpError, Scope.Scope> = Effect.suspend(() => {
    if (security._tag === "ClearText") return Effect.void
    if (security._tag === "Implicit") {
      return Notes.step(notes, "Tls", StartTls.handshake(channel, security.tls))
    }
    const offered = Notes.offered(notes)
    const protecting = Opening.protect(channel, security, offered, Effect.succeed(offered))
    return Capabilities.has(offered, "StartTls")
      ? Notes.step(notes, "Tls", Effect.asVoid(protecting))
      : Effect.asVoid(protecting)
  })

  const tls = Effect.zipRight(handshake, lookAtCertificate(channel, notes))

  /** What the server said before the handshake counts no more (RFC 3207 section 4.2). */
  const again = Effect.flatMap(
    channel.peer,
    ({ tls }) =>
      Option.isSome(tls) && security._tag !== "Implicit"
        ? Effect.asVoid(Notes.step(notes, "Hello", hello))
        : Effect.void
  )

  const xclient = Effect.suspend(() =>
    options.xclient.length === 0
      ? Effect.void
      : Notes.step(
        notes,
        "Xclient",
        Effect.asVoid(Xclient.exchange(channel, Notes.offered(notes), options.xclient, hello))
      )
  )

  const auth = Option.match(options.credentials, {
    onNone: () => Effect.void,
    onSome: (credentials) => logIn(channel, notes, credentials, options.exposure)
  })

  const start: ReadonlyArray<Taken> = [
    ["Greeting", Effect.as(Notes.step(notes, "Greeting", greeting), true)],
    ["Hello", Effect.as(Notes.step(notes, "Hello", hello), true)]
  ]
  const secure: Taken = ["Tls", Effect.as(tls, true)]
  const rest: ReadonlyArray<Taken> = [
    ["Xclient", Effect.as(Effect.zipRight(again, xclient), true)],
    ["Auth", Effect.as(auth, true)]
  ]
  return [
    ...(security._tag === "Implicit" ? [secure, ...start] : [...start, secure]),
    ...rest,
    ...Option.match(options.mail, {
      onNone: () => [],
      onSome: (mail) => ProbeMail.make(channel, notes, mail, options.until)
    })
  ]
}

const heardGreeting = (notes: Notes.Notes, reply: Reply): Effect.Effect<void> =>
  Effect.sync(() => {
    notes.greeting = Option.some(reply)
  })

const lookAtCertificate = (channel: Channel, notes: Notes.Notes): Effect.Effect<void> =>
  Effect.map(channel.peer, ({ tls }) => {
    if (Option.isSome(tls) && !tls.value.authorized) {
      notes.faults.push(Fault.Untrusted({ stage: "Tls", problems: tls.value.problems }))
    }
  })

const logIn = (
  channel: Channel,
  notes: Notes.Notes,
  credentials: Credentials,
  exposure: Options["exposure"]
): Effect.Effect<void, SmtpError> =>
  Effect.gen(function*() {
    const { tls } = yield* channel.peer
    if (exposure === "Refused" && !Option.exists(tls, ({ authorized }) => authorized)) {
      return Notes.fail(
        notes,
        new NotSecure({
          phase: "Auth",
          reason: Option.isNone(tls)
            ? "nobody was logged in: the credentials would cross the network in the clear"
            : "nobody was logged in: who would get the credentials has not been proved"
        })
      )
    }
    const offered = Capabilities.mechanisms(Notes.offered(notes))
    yield* Notes.step(
      notes,
      "Auth",
      Login.exchange(credentials, {
        offered,
        tls,
        attempt: (mechanism) =>
          Effect.map(Auth.exchange(channel, mechanism), (reply) => {
            notes.login = Option.some({ mechanism: mechanism.name, reply })
          })
      })
    )
  })
