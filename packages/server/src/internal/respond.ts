import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import * as Session from "@effect-smtp/protocol/Session"
import type { Command } from "@effect-smtp/wire/Command"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Verdict from "../Verdict.js"
import * as Auth from "./auth.js"
import * as Chunks from "./chunks.js"
import * as Hello from "./hello.js"
import * as Replies from "./replies.js"
import * as StartTls from "./startTls.js"
import type { Answer, Host, State } from "./state.js"
import { answer, close, conclude, decide, mistake, order } from "./state.js"
import * as Transaction from "./transaction.js"
import * as Xclient from "./xclient.js"

/** Does what a command asks, or says why not. */
export const respond = (
  host: Host,
  state: State,
  command: Command
): Effect.Effect<Option.Option<State>, ChannelError, Scope.Scope> => {
  if (command._tag === "Bdat" && host.extensions.chunking) {
    return Chunks.respond(host, state, command, respond)
  }
  if (!isKnown(command)) return mistake(host, Replies.notImplemented, state)
  if (tlsMissing(host, state, command)) return answer(host, Replies.tlsRequired, state)
  if (Option.isNone(Session.next(order(state), command._tag))) {
    return outOfOrder(host, state, command)
  }
  if (authMissing(host, state, command)) return answer(host, Replies.authRequired, state)
  switch (command._tag) {
    case "Helo":
      return Hello.respond(host, state, "SMTP", command.domain)
    case "Ehlo":
      return Hello.respond(host, state, "ESMTP", command.domain)
    case "StartTls":
      return StartTls.respond(host, state)
    case "Auth":
      return Auth.respond(host, state, command)
    case "Mail":
      return Transaction.mail(host, state, command)
    case "Rcpt":
      return Option.match(state.transaction, {
        onNone: () => outOfOrder(host, state, command),
        onSome: (envelope) => Transaction.rcpt(host, state, envelope, command)
      })
    case "Data":
      return Option.match(state.transaction, {
        onNone: () => outOfOrder(host, state, command),
        onSome: (envelope) => Transaction.data(host, state, envelope)
      })
    case "Xclient":
      return Xclient.xclient(host, state, command)
    case "Xforward":
      return Xclient.xforward(host, state, command)
    case "Rset":
      return answer(host, Replies.ok, { ...state, transaction: Option.none() })
    case "Vrfy":
      return Effect.flatMap(
        decide(host, host.handler.verify(state.client, command.argument)),
        (verdict) => conclude(host, verdict, state, state)
      )
    case "Help":
      return help(host, state, command.topic)
    case "Noop":
      return answer(host, Replies.ok, state)
    case "Quit":
      return close(host, Replies.quit)
  }
}

/** Commands of extensions that this server does not offer. */
type Foreign = "Lhlo" | "Bdat" | "Expn" | "Etrn" | "Extension"
type Known = Exclude<Command, { readonly _tag: Foreign }>

const foreign: ReadonlyArray<Command["_tag"]> = [
  "Lhlo",
  "Bdat",
  "Expn",
  "Etrn",
  "Extension"
] satisfies ReadonlyArray<Foreign>

const isKnown = (command: Command): command is Known => !foreign.includes(command._tag)

/** Where TLS is required, these come before it (RFC 3207 section 4). */
const beforeTls: ReadonlyArray<Known["_tag"]> = ["Ehlo", "Helo", "StartTls", "Noop", "Quit"]

const tlsMissing = (host: Host, state: State, command: Known): boolean =>
  host.policy.protection._tag === "Required" &&
  Option.isNone(state.client.peer.tls) &&
  !beforeTls.includes(command._tag)

/** Where authentication is required, these come after it (RFC 4954 section 6). */
const afterAuth: ReadonlyArray<Known["_tag"]> = ["Mail", "Vrfy"]

const authMissing = (host: Host, state: State, command: Known): boolean =>
  host.policy.authentication === "Required" &&
  Option.isNone(state.client.identity) &&
  afterAuth.includes(command._tag)

/** 503, or the one case that has a better word: DATA after every recipient was refused. */
const outOfOrder = (host: Host, state: State, command: Known): Answer => {
  const expected = order(state)
  return mistake(
    host,
    command._tag === "Data" && expected === "Recipient"
      ? Replies.noRecipients
      : command._tag === "Auth" && Option.isSome(state.transaction)
      ? Replies.authDuringTransaction
      : Replies.badSequence(expected),
    state
  )
}

const help = (host: Host, state: State, topic: Option.Option<string>): Answer =>
  host.channel.enter("Handler").pipe(
    Effect.zipRight(host.handler.help(state.client, Option.getOrElse(topic, () => ""))),
    Effect.map((text) => Reply.make({ code: 214, text })),
    Effect.catchAllCause((cause) =>
      Effect.as(Effect.logError("a handler failed", cause), Verdict.localError.reply)
    ),
    Effect.flatMap((reply) => answer(host, reply, state))
  )
