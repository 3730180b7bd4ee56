import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import type { Credentials, ServerStep } from "@effect-smtp/sasl/Mechanism"
import type { SaslError } from "@effect-smtp/sasl/SaslError"
import type { Command } from "@effect-smtp/wire/Command"
import * as Reply from "@effect-smtp/wire/Reply"
import * as SaslLine from "@effect-smtp/wire/SaslLine"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { BadCredentials } from "../Authenticator.js"
import type * as Authenticator from "../Authenticator.js"
import { offeredMechanisms } from "./hello.js"
import * as Replies from "./replies.js"
import type { Answer, Host, State } from "./state.js"
import { answer, close, mistake } from "./state.js"

type AuthCommand = Extract<Command, { readonly _tag: "Auth" }>

/** AUTH (RFC 4954): an exchange of challenges and responses, and its end. */
export const respond = (host: Host, state: State, command: AuthCommand): Answer => {
  if (Option.isNone(host.authenticator)) return mistake(host, Replies.notImplemented, state)
  const authenticator = host.authenticator.value
  if (Option.isSome(state.client.identity)) {
    return mistake(host, Replies.alreadyAuthenticated, state)
  }
  const named = ({ name }: { readonly name: string }) => name === command.mechanism
  const mechanism = offeredMechanisms(host, state).find(named)
  if (mechanism === undefined) {
    const known = authenticator.mechanisms.some(named)
    return mistake(host, known ? Replies.encryptionRequired : Replies.unknownMechanism, state)
  }
  const start = mechanism.start(Option.map(command.initialResponse, Redacted.value))
  return Effect.flatMap(
    exchange(host, start),
    Either.match({
      onLeft: (reply) => failed(host, reply, state),
      onRight: (credentials) => judge(host, authenticator, credentials, state)
    })
  )
}

/** Challenges the client until the mechanism has its credentials, or there is a reason to stop. */
const exchange = (
  host: Host,
  step: Either.Either<ServerStep, SaslError>
): Effect.Effect<Either.Either<Credentials, Reply.Reply>, ChannelError> => {
  if (Either.isLeft(step)) return Effect.succeed(Either.left(Replies.badAuthLine))
  if (step.right._tag === "Verify") return Effect.succeed(Either.right(step.right.credentials))
  const { bytes, next } = step.right
  return Effect.flatMap(ask(host, bytes), (line) => {
    if (Either.isLeft(line)) return Effect.succeed(Either.left(badLine(line.left)))
    if (line.right._tag === "Cancel") return Effect.succeed(Either.left(Replies.authCancelled))
    return exchange(host, next(Redacted.value(line.right.bytes)))
  })
}

const ask = (host: Host, challenge: Uint8Array) =>
  host.channel.enter("Auth").pipe(
    Effect.zipRight(
      host.channel.send(
        Reply.encode(Reply.make({ code: 334, text: SaslLine.printChallenge(challenge) }))
      )
    ),
    Effect.zipRight(
      host.channel.receive(
        SaslLine.decoder({ limit: host.limits.saslLine, discard: host.limits.discardedLine })
      )
    )
  )

const badLine: (error: SaslLine.SaslLineError) => Reply.Reply = ({ reason }) =>
  reason._tag === "TooLong" ? Replies.authLineTooLong : Replies.badAuthLine

const judge = (
  host: Host,
  authenticator: Authenticator.Shape,
  credentials: Credentials,
  state: State
): Answer =>
  Effect.zipRight(
    host.channel.enter("Handler"),
    Effect.matchCauseEffect(
      authenticator.verify(credentials, state.client),
      {
        onSuccess: (identity) =>
          answer(host, Replies.authenticated, {
            ...state,
            client: { ...state.client, identity: Option.some(identity) }
          }),
        onFailure: (cause) =>
          cause._tag === "Fail" && cause.error instanceof BadCredentials
            ? failed(host, Replies.badCredentials, state)
            : Effect.zipRight(
              Effect.logError("an authenticator failed", cause),
              answer(host, Replies.authUnavailable, state)
            )
      }
    )
  )

/** A failed attempt: counted apart, since somebody may be guessing. */
const failed = (host: Host, reply: Reply.Reply, state: State): Answer =>
  state.failedAuths < host.limits.authAttempts
    ? answer(host, reply, { ...state, failedAuths: state.failedAuths + 1 })
    : close(host, Replies.tooManyAuths)
