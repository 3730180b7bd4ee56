import * as AtOnce from "@effect-smtp/protocol/AtOnce"
import type { Command } from "@effect-smtp/wire/Command"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Verdict from "../Verdict.js"
import * as Replies from "./replies.js"
import type { Answer, Host, State } from "./state.js"
import { answer, conclude, consult, decide, mistake } from "./state.js"

type Tagged<T extends Command["_tag"]> = Extract<Command, { readonly _tag: T }>

/** VRFY (RFC 5321 section 3.5), which every server has an answer to. */
export const verify = (host: Host, state: State, command: Tagged<"Vrfy">): Answer =>
  inquire(
    host,
    state,
    command.smtpUtf8,
    host.handler.verify?.(state.client, command.argument) ?? Effect.succeed(Verdict.cannotVerify)
  )

/** EXPN (RFC 5321 section 3.5). */
export const expand = (host: Host, state: State, command: Tagged<"Expn">): Answer =>
  host.handler.expand === undefined
    ? mistake(host, Replies.notImplemented, state)
    : inquire(host, state, command.smtpUtf8, host.handler.expand(state.client, command.argument))

/** ETRN (RFC 1985). */
export const etrn = (host: Host, state: State, command: Tagged<"Etrn">): Answer =>
  host.handler.etrn === undefined
    ? mistake(host, Replies.notImplemented, state)
    : inquire(host, state, true, host.handler.etrn(state.client, command.argument))

/** HELP (RFC 5321 section 4.1.1.8). */
export const help = (host: Host, state: State, { topic }: Tagged<"Help">): Answer =>
  AtOnce.flatMap(
    consult(host, "a handler", host.handler.help(state.client, Option.getOrElse(topic, () => ""))),
    (text) =>
      answer(
        Option.match(text, {
          onNone: () => Verdict.localError.reply,
          onSome: (text) => Reply.make({ code: 214, text })
        }),
        state
      )
  )

/** Who does not ask for UTF-8 must not get it (RFC 6531 section 3.7.4.2). */
const inquire = (
  host: Host,
  state: State,
  smtpUtf8: boolean,
  decision: Effect.Effect<Verdict.Verdict, unknown>
): Answer =>
  AtOnce.flatMap(decide(host, decision), (verdict) =>
    smtpUtf8 || isAscii(verdict.reply)
      ? conclude(verdict, state, state)
      : answer(Replies.replyNeedsUtf8, state))

const isAscii = ({ lines }: Reply.Reply): boolean =>
  lines.every((line) => !/[\u0080-\uffff]/.test(line))
