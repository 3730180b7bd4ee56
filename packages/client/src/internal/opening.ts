import type { PeerInfo } from "@effect-smtp/flow/Flow"
import type { Channel } from "@effect-smtp/protocol/Channel"
import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import * as ChannelErrors from "@effect-smtp/protocol/ChannelError"
import type * as Mechanism from "@effect-smtp/sasl/Mechanism"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import type { Domain } from "@effect-smtp/wire/Domain"
import * as ProxyCodec from "@effect-smtp/wire/ProxyCodec"
import type { ProxyHeader } from "@effect-smtp/wire/ProxyHeader"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Auth from "../Auth.js"
import type * as Credentials from "../Credentials.js"
import * as Greeting from "../Greeting.js"
import * as Hello from "../Hello.js"
import type { Security } from "../Security.js"
import type { SmtpError } from "../SmtpError.js"
import { ConnectionFailed, NotSecure, WrongProtection } from "../SmtpError.js"
import * as StartTls from "../StartTls.js"
import * as Dialogue from "./dialogue.js"
import * as Login from "./login.js"

/** What a session is opened with. */
export interface Options {
  readonly security: Security
  readonly name: Domain
  readonly protocol: Hello.Protocol
  readonly mechanisms: ReadonlyArray<Mechanism.ClientMechanism>
  readonly credentials: Option.Option<Credentials.Credentials>
}

/** From the first byte to the point where mail can be sent: greeting, EHLO, TLS and AUTH. */
export const exchange = (
  channel: Channel,
  options: Options
): Effect.Effect<Capabilities.Capabilities, SmtpError, Scope.Scope> =>
  Effect.gen(function*() {
    const { name, protocol, security } = options
    const hello = Effect.withSpan(Hello.exchange(channel, name, protocol), "SmtpClient.hello")
    if (security._tag === "Implicit") yield* StartTls.handshake(channel, security.tls)
    yield* Effect.withSpan(Greeting.exchange(channel), "SmtpClient.greeting")
    const offered = yield* hello
    const capabilities = yield* protect(channel, security, offered, hello)
    yield* authenticate(channel, options, Capabilities.mechanisms(capabilities))
    return capabilities
  })

/** Says whom the client speaks for; it leaves before the client listens, or shakes hands. */
export const introduce = (
  channel: Channel,
  header: ProxyHeader
): Effect.Effect<void, SmtpError> =>
  Effect.flatMap(
    Dialogue.sendable("Connect", ProxyCodec.encode(header)),
    (bytes) => Dialogue.say(channel, bytes)
  )

/** Says it where one side speaks TLS from the first byte, and the other does not. */
export const explained = <A, R>(
  { remote }: PeerInfo,
  security: Security,
  opening: Effect.Effect<A, SmtpError, R>
): Effect.Effect<A, SmtpError, R> =>
  Effect.mapError(opening, (error) => {
    if (error._tag !== "ConnectionFailed") return error
    const { cause, phase } = error
    if (security._tag === "Implicit") {
      return cause._tag === "TransportFailed" && cause.cause.reason === "NotTls"
        ? new WrongProtection({ server: "ClearText", cause })
        : error
    }
    return phase === "Greeting" && remote._tag === "Tcp" && remote.port === implicitPort
      ? new WrongProtection({ server: "Tls", cause })
      : error
  })

/** RFC 8314 section 3.3. */
const implicitPort = 465

/** Runs a part of the session under its clock. */
export const supervised = <A, R>(
  channel: Channel,
  program: Effect.Effect<A, SmtpError, R>
): Effect.Effect<A, SmtpError, R> =>
  Effect.mapError(
    channel.supervise(Effect.mapError(program, revealed)),
    (error): SmtpError => ChannelErrors.is(error) ? new ConnectionFailed({ cause: error }) : error
  )

/** The channel knows its own errors only by themselves. */
const revealed = (error: SmtpError): SmtpError | ChannelError =>
  error._tag === "ConnectionFailed" ? error.cause : error

/** TLS, as far as `security` asks for it, and the greeting under it. */
export const protect = (
  channel: Channel,
  security: Security,
  offered: Capabilities.Capabilities,
  hello: Effect.Effect<Capabilities.Capabilities, SmtpError>
): Effect.Effect<Capabilities.Capabilities, SmtpError, Scope.Scope> => {
  if (security._tag !== "StartTls" && security._tag !== "Opportunistic") {
    return Effect.succeed(offered)
  }
  /** Without TLS the session ends here, or goes on as the caller has allowed. */
  const without = (reason: string) =>
    security._tag === "StartTls" ? notSecure("StartTls", reason) : Effect.succeed(offered)
  if (!Capabilities.has(offered, "StartTls")) {
    return without("TLS was asked for, and the server does not offer STARTTLS")
  }
  return Effect.matchEffect(
    Effect.withSpan(StartTls.exchange(channel, security.tls), "SmtpClient.startTls"),
    {
      onFailure: (error): Effect.Effect<Capabilities.Capabilities, SmtpError> =>
        error._tag === "Refused" && !Dialogue.endsSession(error.phase, error.reply)
          ? without(error.message)
          : Effect.fail(error),
      onSuccess: () => hello
    }
  )
}

/** The first of the ready mechanisms that is offered; else what the credentials come to. */
const authenticate = (
  channel: Channel,
  { credentials, mechanisms, security }: Options,
  offered: ReadonlyArray<string>
): Effect.Effect<void, SmtpError> =>
  Effect.gen(function*() {
    const { tls } = yield* channel.peer
    const exposed = security._tag === "ClearText" && security.credentials === "ExposedToEveryone"
    const attempt = (mechanism: Mechanism.ClientMechanism) =>
      mechanism.needsEncryption && Option.isNone(tls) && !exposed
        ? notSecure("Auth", "the credentials would cross the network in the clear")
        : Auth.exchange(channel, mechanism).pipe(
          Effect.asVoid,
          Effect.withSpan("SmtpClient.auth", { attributes: { mechanism: mechanism.name } })
        )

    const ready = mechanisms.find(({ name }) => offered.includes(name))
    if (ready !== undefined) return yield* attempt(ready)
    if (Option.isSome(credentials)) {
      return yield* Login.exchange(credentials.value, { offered, tls, attempt })
    }
    if (mechanisms.length > 0) {
      return yield* Login.unavailable(mechanisms.map(({ name }) => name), offered)
    }
  })

const notSecure = (phase: "StartTls" | "Auth", reason: string) =>
  Effect.fail(new NotSecure({ phase, reason }))
