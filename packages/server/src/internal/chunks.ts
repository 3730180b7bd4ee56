import * as ChannelErrors from "@effect-smtp/protocol/ChannelError"
import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import * as Session from "@effect-smtp/protocol/Session"
import * as Bdat from "@effect-smtp/wire/Bdat"
import type { Command } from "@effect-smtp/wire/Command"
import * as Decoder from "@effect-smtp/wire/Decoder"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { MessageTooLarge } from "../Incoming.js"
import * as Chunked from "./chunked.js"
import * as Replies from "./replies.js"
import type { Answer, Host, State, Turn } from "./state.js"
import { answer, close, order } from "./state.js"
import * as Transaction from "./transaction.js"

type Tagged<T extends Command["_tag"]> = Extract<Command, { readonly _tag: T }>

/**
 * BDAT (RFC 3030 section 2): the message arrives while the handler reads it, chunk by chunk, each with a
 * reply of its own. A command that gives it up is then obeyed as any other.
 */
export const respond = (
  host: Host,
  state: State,
  command: Tagged<"Bdat">,
  obey: (host: Host, state: State, command: Command) => Answer
): Answer => {
  const expected = order(state)
  if (Option.isNone(state.transaction) || Option.isNone(Session.next(expected, "Bdat"))) {
    return Effect.zipRight(
      drop(host, command.size),
      refuse(host, state, expected)
    )
  }
  const envelope = state.transaction.value
  const source = Chunked.make(host, state, {
    first: command,
    isBinary: Option.contains(envelope.parameters.body, "BINARYMIME")
  })
  return Transaction.receive(host, state, envelope, source).pipe(
    Effect.map(({ after, replies }): Turn => ({
      replies,
      after: Option.map(after, (state) => ({ ...state, ...source.counts() }))
    })),
    Effect.catchTag("MessageAbandoned", () => {
      const after: State = { ...state, ...source.counts() }
      return Option.match(source.leaving(), {
        onNone: () => Effect.succeed<Turn>({ replies: [], after: Option.none() }),
        onSome: (leaving) =>
          leaving._tag === "Sent"
            ? close(leaving.reply)
            : obey(host, { ...after, transaction: Option.none() }, leaving.command)
      })
    })
  )
}

/**
 * A chunk for no message. Not counted as a mistake: after a chunk was refused, those behind it may be on
 * their way already.
 */
const refuse = (host: Host, state: State, expected: Session.State): Answer =>
  answer(
    Replies.noMessageYet(expected, host.policy.protocol),
    state
  )

/** Reads and drops so many octets: they are no commands. Too many, and the connection is given up. */
const drop = ({ channel, limits }: Host, size: number): Effect.Effect<void, ChannelError> => {
  const limit = limits.messageSize + limits.excessSize
  if (size > limit) {
    return Effect.fail(
      new ChannelErrors.Unintelligible({ phase: "Content", cause: new MessageTooLarge({ limit }) })
    )
  }
  const dropAll = (counter: Bdat.Counter): Effect.Effect<void, ChannelError> =>
    counter.left === 0 ? Effect.void : channel.enter("Content").pipe(
      Effect.zipRight(
        channel.receive(
          Decoder.map(counter, (event) => event._tag === "Content" ? event.next : counter)
        )
      ),
      Effect.flatMap(dropAll)
    )
  return dropAll(Bdat.decoder(size))
}
