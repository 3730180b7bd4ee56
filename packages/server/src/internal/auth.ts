import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as AtOnce from "@effect-smtp/protocol/AtOnce"
import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import { Nonce } from "@effect-smtp/protocol/Nonce"
import type { ServerStep } from "@effect-smtp/sasl/Mechanism"
import * as Mechanism from "@effect-smtp/sasl/Mechanism"
import type { SaslError } from "@effect-smtp/sasl/SaslError"
import type { Command } from "@effect-smtp/wire/Command"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Reply from "@effect-smtp/wire/Reply"
import * as SaslLine from "@effect-smtp/wire/SaslLine"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Authenticator from "../Authenticator.js"
import * as Verdict from "../Verdict.js"
import { identify } from "./identify.js"
import { legible } from "./legible.js"
import * as Mechanisms from "./mechanisms.js"
import * as Replies from "./replies.js"
import type { Answer, Host, State } from "./state.js"
import { answer, close, conclude, consult, decide, mistake } from "./state.js"

type AuthCommand = Extract<Command, { readonly _tag: "Auth" }>

/** How an exchange ends. `since` is when the client had said its last line; `user` who it says it is. */
type End = Data.TaggedEnum<{
  Proved: { readonly identity: Authenticator.Identity; readonly since: number }
  Failed: {
    readonly reply: Reply.Reply
    readonly since: number
    readonly user: Option.Option<string>
  }
  Unavailable: {}
}>

const End = Data.taggedEnum<End>()

/** The two sides of an exchange. */
interface Meeting extends Mechanisms.Surroundings {
  readonly host: Host
}

/** Where an exchange is: when the client had said its last line, and who it says it is. */
type Place = Pick<Extract<End, { readonly _tag: "Failed" }>, "since" | "user">

/** AUTH (RFC 4954): an exchange of challenges and responses, and its end. */
export const respond = (host: Host, state: State, command: AuthCommand): Answer => {
  if (Option.isSome(state.client.identity)) {
    return mistake(host, Replies.alreadyAuthenticated, state)
  }
  return AtOnce.flatMap(
    Mechanisms.surroundings(host, state.client),
    Option.match({
      onNone: () => mistake(host, Replies.notImplemented, state),
      onSome: (surroundings) => exchange({ ...surroundings, host }, state, command)
    })
  )
}

const exchange = (meeting: Meeting, state: State, command: AuthCommand): Answer => {
  const { host } = meeting
  const offer = Mechanisms.possible(meeting).find((_) => Mechanisms.name(_) === command.mechanism)
  if (offer === undefined) return mistake(host, Replies.unknownMechanism, state)
  if (!Mechanisms.isAllowed(meeting)(offer)) {
    return mistake(host, Replies.encryptionRequired, state)
  }
  return Effect.gen(function*() {
    const nonce = yield* Effect.flatten(Nonce)
    const now = yield* Clock.currentTimeMillis
    const challenge = `<${nonce}.${now}@${Domain.print(host.name)}>`
    const { name, start } = offer({ nonce, challenge })
    const first = start(Option.map(command.initialResponse, Redacted.value))
    const end = yield* go(meeting, first, { since: now, user: Option.none() })
    switch (end._tag) {
      case "Proved":
        return yield* welcome(meeting, end, state, name)
      case "Failed":
        return yield* failed(meeting, end, state, name)
      case "Unavailable":
        return yield* answer(Replies.authUnavailable, state)
    }
  })
}

/** Whoever has proved who it is logs in, unless the handler has something against it. */
const welcome = (
  meeting: Meeting,
  { identity, since }: Extract<End, { readonly _tag: "Proved" }>,
  state: State,
  mechanism: string
): Answer => {
  const { client, host } = meeting
  return AtOnce.flatMap(decide(host, host.handler.authenticate(client, identity)), (verdict) => {
    if (Verdict.is("Reject")(verdict) && Reply.isPermanent(verdict.reply)) {
      const user = Option.some(identity.authenticated)
      return failed(meeting, { reply: verdict.reply, since, user }, state, mechanism)
    }
    return conclude(
      verdict._tag === "Accept" ? { ...verdict, reply: Replies.authenticated } : verdict,
      state,
      { ...state, client: { ...client, identity: Option.some(identity) } }
    )
  })
}

/** From step to step, until the client has proved who it is, or there is a reason to stop. */
const go = (
  meeting: Meeting,
  result: Either.Either<ServerStep, SaslError>,
  place: Place
): Effect.Effect<End, ChannelError> => {
  if (Either.isLeft(result)) {
    return Effect.succeed(End.Failed({ reply: Replies.badAuthLine, ...place }))
  }
  const { authenticator, client, host, scram } = meeting
  const step = result.right
  const named = (username: string): Place => ({ ...place, user: Option.some(username) })
  switch (step._tag) {
    case "Challenge":
      return Effect.flatMap(challenge(host, step.bytes), ({ line, since }) => {
        const now = { ...place, since }
        if (Either.isLeft(line)) {
          return Effect.succeed(End.Failed({ reply: badLine(line.left), ...now }))
        }
        return line.right._tag === "Cancel"
          ? Effect.succeed(End.Failed({ reply: Replies.authCancelled, ...now }))
          : go(meeting, step.next(Redacted.value(line.right.bytes)), now)
      })
    case "FindPassword":
      return ask(
        host,
        authenticator.findPassword?.(step.username, client) ?? Effect.succeedNone,
        (found) => go(meeting, Either.right(step.next(found)), named(step.username))
      )
    case "FindKeys":
      return ask(
        host,
        Option.match(scram, {
          onNone: () => Effect.succeedNone,
          onSome: ({ findKeys }) => findKeys(step.username, step.hash, client)
        }),
        (found) => go(meeting, Either.right(step.next(found)), named(step.username))
      )
    case "Verify":
      return ask(
        host,
        identify(authenticator, step.credentials, client),
        Option.match({
          onNone: () => refuse(host, step.refusal, { ...place, user: claimed(step.credentials) }),
          onSome: (identity) => Effect.succeed(End.Proved({ identity, since: place.since }))
        })
      )
    case "Reject":
      return refuse(host, Option.none(), place)
  }
}

/** Who the client says it is; a token or a certificate has its own way to say that. */
const claimed = (credentials: Mechanism.Credentials): Option.Option<string> =>
  Mechanism.Credentials.$match(credentials, {
    Password: ({ authcid }) => Option.some(authcid),
    Proved: ({ authcid }) => Option.some(authcid),
    Token: ({ authzid }) => authzid,
    External: ({ authzid }) => authzid,
    Anonymous: () => Option.none()
  })

/** Asks the authenticator. Whatever goes wrong there, the client may well be right. */
const ask = <A, E>(
  host: Host,
  question: Effect.Effect<A, E>,
  goOn: (found: A) => Effect.Effect<End, ChannelError>
): Effect.Effect<End, ChannelError> =>
  Effect.flatMap(
    consult(host, "an authenticator", question),
    Option.match({ onNone: () => Effect.succeed(End.Unavailable()), onSome: goOn })
  )

/** The proof is not good. What the client responds to the mechanism's own words for it changes nothing. */
const refuse = (
  host: Host,
  words: Option.Option<Uint8Array>,
  place: Place
): Effect.Effect<End, ChannelError> =>
  Option.match(words, {
    onNone: () => Effect.succeed(End.Failed({ reply: Replies.badCredentials, ...place })),
    onSome: (bytes) =>
      Effect.map(
        challenge(host, bytes),
        ({ since }) => End.Failed({ reply: Replies.badCredentials, ...place, since })
      )
  })

/** A challenge; the client's line, and when it came. */
const challenge = (host: Host, bytes: Uint8Array) =>
  Effect.gen(function*() {
    yield* host.channel.enter("Auth")
    yield* host.channel.send(
      Reply.encode(Reply.make({ code: 334, text: SaslLine.printChallenge(bytes) }))
    )
    const line = yield* host.channel.receive(
      SaslLine.decoder({ limit: host.limits.saslLine, discard: host.limits.discardedLine })
    )
    return { line, since: yield* Clock.currentTimeMillis }
  })

const badLine: (error: SaslLine.SaslLineError) => Reply.Reply = ({ reason }) =>
  reason._tag === "TooLong" ? Replies.authLineTooLong : Replies.badAuthLine

/** What is left of the delay: how long it took to find something wrong tells what it was. */
const pause = (
  host: Host,
  { failureDelay }: Authenticator.Shape,
  since: number
): Effect.Effect<void> =>
  Effect.gen(function*() {
    yield* host.channel.enter("Handler")
    const left = since + Duration.toMillis(failureDelay) - (yield* Clock.currentTimeMillis)
    if (left > 0) yield* Effect.sleep(left)
  })

/** A failed attempt: logged, and counted apart, since somebody may be guessing. */
const failed = (
  { authenticator, client, host }: Meeting,
  { reply, since, user }: Omit<Extract<End, { readonly _tag: "Failed" }>, "_tag">,
  state: State,
  mechanism: string
): Answer => {
  const failedAuths = state.failedAuths + 1
  const { authAttempts } = host.limits
  return Effect.logInfo("login failed").pipe(
    Effect.annotateLogs({
      mechanism,
      ...Option.match(user, { onNone: () => ({}), onSome: (name) => ({ user: legible(name) }) }),
      // Not the proxy's that speaks for it.
      peer: Endpoint.print(client.peer.remote),
      reply: Reply.summary(reply),
      attempt: failedAuths,
      attempts: authAttempts
    }),
    Effect.zipRight(pause(host, authenticator, since)),
    Effect.zipRight(
      failedAuths <= authAttempts
        ? answer(reply, { ...state, failedAuths })
        : close(Replies.tooManyAuths)
    )
  )
}
