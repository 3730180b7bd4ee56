import * as Session from "@effect-smtp/protocol/Session"
import type { Command } from "@effect-smtp/wire/Command"
import type * as Reply from "@effect-smtp/wire/Reply"
import * as Option from "effect/Option"
import * as Auth from "./auth.js"
import * as Chunks from "./chunks.js"
import * as Hello from "./hello.js"
import * as Inquiries from "./inquiries.js"
import * as Leftover from "./leftover.js"
import * as Replies from "./replies.js"
import * as StartTls from "./startTls.js"
import type { Answer, Host, State } from "./state.js"
import { answer, close, isDisabled, mistake, order } from "./state.js"
import * as Transaction from "./transaction.js"
import * as Xclient from "./xclient.js"

/** Does what a command asks, or says why not. */
export const respond = (
  host: Host,
  state: State,
  command: Command
): Answer => {
  if (command._tag === "Extension") return close(Replies.forbidden)
  if (command._tag === "Bdat" && host.extensions.chunking) {
    return Chunks.respond(host, state, command, respond)
  }
  if (!isKnown(command) || isDisabled(host, command._tag)) {
    return mistake(host, Replies.notImplemented, state)
  }
  const foreign = otherProtocol(host, command)
  if (Option.isSome(foreign)) return mistake(host, foreign.value, state)
  if (tlsMissing(host, state, command)) return answer(Replies.tlsRequired, state)
  if (Option.isNone(Session.next(order(state), command._tag))) {
    return outOfOrder(host, state, command)
  }
  if (authMissing(host, state, command)) return answer(Replies.authRequired, state)
  switch (command._tag) {
    case "Lhlo":
      return Hello.respond(host, state, "LMTP", command.domain)
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
      return answer(Replies.ok, { ...state, transaction: Option.none() })
    case "Vrfy":
      return Inquiries.verify(host, state, command)
    case "Expn":
      return Inquiries.expand(host, state, command)
    case "Etrn":
      return Inquiries.etrn(host, state, command)
    case "Help":
      return Inquiries.help(host, state, command)
    case "Noop":
      return answer(Replies.ok, state)
    case "Quit":
      return close(Replies.quit)
  }
}

/** Commands of extensions that this server does not offer. */
type Foreign = "Bdat" | "Extension"
type Known = Exclude<Command, { readonly _tag: Foreign }>

const foreign: ReadonlyArray<Command["_tag"]> = [
  "Bdat",
  "Extension"
] satisfies ReadonlyArray<Foreign>

const isKnown = (command: Command): command is Known => !foreign.includes(command._tag)

/** LMTP begins with LHLO, and with nothing else (RFC 2033 section 4.1). */
const otherProtocol = ({ policy }: Host, { _tag }: Known): Option.Option<Reply.Reply> => {
  if (policy.protocol === "Lmtp") {
    return _tag === "Helo" || _tag === "Ehlo" ? Option.some(Replies.helloIsLhlo) : Option.none()
  }
  return _tag === "Lhlo" ? Option.some(Replies.notImplemented) : Option.none()
}

/** Where TLS is required, these come before it (RFC 3207 section 4). */
const beforeTls: ReadonlyArray<Known["_tag"]> = [
  "Ehlo",
  "Helo",
  "Lhlo",
  "StartTls",
  "Noop",
  "Quit"
]

const tlsMissing = (host: Host, state: State, command: Known): boolean =>
  host.policy.protection._tag === "Required" &&
  Option.isNone(state.client.peer.tls) &&
  !beforeTls.includes(command._tag)

/** Where authentication is required, these come after it (RFC 4954 section 6). */
const afterAuth: ReadonlyArray<Known["_tag"]> = ["Mail", "Vrfy", "Expn", "Etrn"]

const authMissing = (host: Host, state: State, command: Known): boolean =>
  host.policy.authentication === "Required" &&
  Option.isNone(state.client.identity) &&
  afterAuth.includes(command._tag)

/** 503, or what says it better. No mistake of who could not know that yet. */
const outOfOrder = (host: Host, state: State, command: Known): Answer => {
  const expected = order(state)
  const reply = command._tag === "Data"
    ? Replies.noMessageYet(expected, host.policy.protocol)
    : command._tag === "Auth" && Option.isSome(state.transaction)
    ? Replies.authDuringTransaction
    : Replies.badSequence(expected, host.policy.protocol)
  return Leftover.is(state, command) ? answer(reply, state) : mistake(host, reply, state)
}
