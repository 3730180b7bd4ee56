/**
 * C: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==
 * S: 235 2.7.0 Authentication successful
 *
 * C: AUTH LOGIN
 * S: 334 VXNlcm5hbWU6
 * C: YWxpY2U=
 * S: 334 UGFzc3dvcmQ6
 * C: c2VzYW1l
 * S: 235 2.7.0 Authentication successful
 *
 * The client proves who it is (RFC 4954). What is said inside the base64 is the mechanism's affair
 * (`@effect-smtp/sasl`).
 *
 * @module
 */
import type { Channel } from "@effect-smtp/protocol/Channel"
import { Pbkdf2 } from "@effect-smtp/protocol/Pbkdf2"
import * as Mechanism from "@effect-smtp/sasl/Mechanism"
import * as Refusal from "@effect-smtp/sasl/Refusal"
import { Command } from "@effect-smtp/wire/Command"
import * as Reply from "@effect-smtp/wire/Reply"
import * as SaslLine from "@effect-smtp/wire/SaslLine"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Dialogue from "./internal/dialogue.js"
import type { SmtpError } from "./SmtpError.js"
import { AuthenticationFailed } from "./SmtpError.js"

/** Authenticates with this mechanism; `AuthenticationFailed` holds the server's word if it says no. */
export const exchange = (
  channel: Channel,
  mechanism: Mechanism.ClientMechanism
): Effect.Effect<Reply.Reply, SmtpError> =>
  Effect.gen(function*() {
    const whole = yield* Dialogue.prepare("Auth", command(mechanism))
    if (whole.length <= lineLimit) {
      yield* Dialogue.line(channel, "Auth", whole)
      return yield* answer(channel, mechanism, mechanism.start)
    }
    const short = Mechanism.withoutInitialResponse(mechanism)
    yield* Dialogue.tell(channel, "Auth", command(short))
    return yield* answer(channel, short, short.start)
  })

/** A command is never longer (RFC 5321 section 4.5.3.1.4). What does not fit is a response. */
const lineLimit = 512

const command = ({ name, start }: Mechanism.ClientMechanism): Command =>
  Command.Auth({
    mechanism: name,
    initialResponse: start._tag === "Await" ? Option.none() : Option.some(start.bytes)
  })

/** Hears the server out, and goes on as long as it has challenges. */
const answer = (
  channel: Channel,
  mechanism: Mechanism.ClientMechanism,
  step: Mechanism.ClientTurn
): Effect.Effect<Reply.Reply, SmtpError> =>
  Effect.gen(function*() {
    const reply = yield* Dialogue.hear(channel, "Auth")
    if (Reply.isCompletion(reply)) {
      return yield* Either.match(Mechanism.succeed(mechanism, step), {
        onLeft: (error) => Effect.fail(unsound(mechanism, error)),
        onRight: () => Effect.succeed(reply)
      })
    }
    if (!Reply.isIntermediate(reply)) {
      return yield* no(mechanism, step, reply)
    }
    const next = Either.flatMap(SaslLine.parseChallenge(reply.lines[0]), step.next)
    if (Either.isLeft(next)) return yield* cancel(channel, mechanism, next.left)
    const turn = yield* salted(next.right)
    if (turn._tag !== "Await") {
      yield* respond(channel, SaslLine.Response({ bytes: turn.bytes }))
    }
    return yield* answer(channel, mechanism, turn)
  })

/** Salts the password, where that is wanted. */
const salted = (step: Mechanism.ClientStep): Effect.Effect<Mechanism.ClientTurn> =>
  step._tag === "SaltPassword"
    ? Effect.flatMap(
      Pbkdf2,
      (salt) => Effect.flatMap(salt(step.salting, step.password), (made) => salted(step.next(made)))
    )
    : Effect.succeed(step)

const no = (
  { name }: Mechanism.ClientMechanism,
  step: Mechanism.ClientTurn,
  reply: Reply.Reply
): AuthenticationFailed => {
  const said = {
    mechanism: name,
    reply,
    retry: Reply.isTransient(reply) ? "Later" as const : "Never" as const
  }
  return step._tag === "Concede"
    ? new AuthenticationFailed({
      ...said,
      reason: `${Reply.summary(reply)} (${Refusal.print(step.refusal)})`,
      refusal: step.refusal
    })
    : new AuthenticationFailed({ ...said, reason: Reply.summary(reply) })
}

/** C: * (RFC 4954 section 4): the server is told, and its 501 heard, before the failure is reported. */
const cancel = (
  channel: Channel,
  mechanism: Mechanism.ClientMechanism,
  error: Error
): Effect.Effect<never, SmtpError> =>
  respond(channel, SaslLine.Cancel()).pipe(
    Effect.zipRight(Dialogue.hear(channel, "Auth")),
    Effect.zipRight(Effect.fail(unsound(mechanism, error)))
  )

const respond = (channel: Channel, line: SaslLine.SaslLine): Effect.Effect<void, SmtpError> =>
  Effect.flatMap(
    Dialogue.sendable("Auth", SaslLine.encode(line)),
    (bytes) => Dialogue.line(channel, "Auth", bytes)
  )

const unsound = (
  mechanism: Mechanism.ClientMechanism,
  error: Error
): AuthenticationFailed =>
  new AuthenticationFailed({ mechanism: mechanism.name, reason: error.message, retry: "Never" })
