import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import * as Bdat from "@effect-smtp/wire/Bdat"
import type { Command } from "@effect-smtp/wire/Command"
import type { CommandError } from "@effect-smtp/wire/CommandError"
import * as Decoder from "@effect-smtp/wire/Decoder"
import * as MessageData from "@effect-smtp/wire/MessageData"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import { MessageTooLarge } from "../Incoming.js"
import * as Replies from "./replies.js"
import type { Source } from "./source.js"
import { Event } from "./source.js"
import type { Host, State } from "./state.js"

type Chunk = Extract<Command, { readonly _tag: "Bdat" }>

/** What ends a message before its last chunk: a command, or a reply to too many of them. */
export type Leaving = Data.TaggedEnum<{
  Asked: { readonly command: Command }
  Sent: { readonly reply: Reply.Reply }
}>

const Leaving = Data.taggedEnum<Leaving>()

/** Where it stands: in a chunk, between two with a reply to give, at its end, or left. */
type Place = Data.TaggedEnum<{
  Within: { readonly chunk: Chunk; readonly counter: Bdat.Counter }
  Between: { readonly owed: Option.Option<Reply.Reply> }
  Ended: {}
  Left: { readonly leaving: Leaving }
}>

const Place = Data.taggedEnum<Place>()

const nothing = new Uint8Array(0)

/** A message in chunks. */
export interface Chunked extends Source {
  /** How many commands there were, its own too. */
  readonly counts: () => Pick<State, "commands" | "badCommands">
  /** Why it was abandoned. */
  readonly leaving: () => Option.Option<Leaving>
}

/**
 * The message that begins with this chunk. Between chunks it answers the last one, reads the next command,
 * and answers it as well if it does not belong there. Lines end in CR LF, unless the message is binary.
 */
export const make = (
  { channel, commands, limits, lineEndings }: Host,
  state: State,
  { first, isBinary }: { readonly first: Chunk; readonly isBinary: boolean }
): Chunked => {
  const within = (chunk: Chunk) => Place.Within({ chunk, counter: Bdat.decoder(chunk.size) })
  const place = MutableRef.make<Place>(within(first))
  const taken = MutableRef.make(0)
  const counts = MutableRef.make({ commands: state.commands, badCommands: state.badCommands })
  const text = MutableRef.make(
    isBinary ? Option.none() : Option.some(MessageData.initial(lineEndings, "counted"))
  )

  /** The bytes of the wire as the message's, which may be wrong. */
  const content = (bytes: Uint8Array): Event => {
    if (Option.isNone(text.current)) return Event.Content({ chunks: [bytes] })
    const encoded = MessageData.encode(text.current.value, bytes)
    if (Either.isLeft(encoded)) {
      text.current = Option.none()
      return Event.Fault({ fault: encoded.left })
    }
    text.current = Option.some(encoded.right.state)
    return Event.Content({ chunks: encoded.right.chunks })
  }

  /** The last chunk is read; its last line may still lack its end. */
  const end = (wanted: boolean): Event => {
    const last = Option.match(text.current, {
      onNone: () => Either.right(nothing),
      onSome: MessageData.finish
    })
    text.current = Option.none()
    if (wanted && Either.isLeft(last)) return Event.Fault({ fault: last.left })
    if (wanted && Either.isRight(last) && last.right.length > 0) {
      return Event.Content({ chunks: [last.right] })
    }
    place.current = Place.Ended()
    return Event.End()
  }

  const mistake = (reply: Reply.Reply): Place => {
    if (counts.current.badCommands >= limits.badCommands) {
      return Place.Left({ leaving: Leaving.Sent({ reply: Replies.tooManyMistakes }) })
    }
    counts.current = { ...counts.current, badCommands: counts.current.badCommands + 1 }
    return Place.Between({ owed: Option.some(reply) })
  }

  /** Where a command leads that came between two chunks. */
  const obey = (command: Either.Either<Command, CommandError>): Place => {
    counts.current = { ...counts.current, commands: counts.current.commands + 1 }
    if (counts.current.commands > limits.commands) {
      return Place.Left({ leaving: Leaving.Sent({ reply: Replies.tooManyCommands }) })
    }
    if (Either.isLeft(command)) return mistake(Replies.badCommand(command.left))
    switch (command.right._tag) {
      case "Bdat":
        return within(command.right)
      case "Noop":
        return Place.Between({ owed: Option.some(Replies.ok) })
      case "Rset":
      case "Helo":
      case "Ehlo":
      case "Lhlo":
      case "Quit":
        return Place.Left({ leaving: Leaving.Asked({ command: command.right }) })
      case "Extension":
        return Place.Left({ leaving: Leaving.Sent({ reply: Replies.forbidden }) })
      default:
        return mistake(Replies.expectedChunk)
    }
  }

  /** Answers what there is to answer, and reads a command. */
  const between = (owed: Option.Option<Reply.Reply>): Effect.Effect<void, ChannelError> =>
    Effect.suspend(() => {
      place.current = Place.Between({ owed: Option.none() })
      return Option.isSome(owed) ? channel.send(Reply.encode(owed.value)) : Effect.void
    }).pipe(
      Effect.zipRight(channel.enter("Command")),
      Effect.zipRight(
        channel.receive(Decoder.map(commands, (command) => {
          place.current = obey(command)
        }))
      ),
      Effect.zipRight(channel.enter("Content"))
    )

  const next: Source["next"] = (account, wanted) =>
    Effect.suspend(() => {
      const at = place.current
      switch (at._tag) {
        case "Left":
          return Effect.sync(() => account(Event.Abandoned()))
        case "Ended":
          return Effect.sync(() => account(Event.End()))
        case "Between":
          // A message that is refused anyway is answered now, in place of the chunk.
          return wanted
            ? Effect.zipRight(between(at.owed), next(account, wanted))
            : Effect.sync(() => account(Event.End()))
        case "Within": {
          const { chunk, counter } = at
          if (counter.held === 0 && wanted && taken.current + chunk.size > limits.messageSize) {
            const fault = new MessageTooLarge({ limit: limits.messageSize })
            return Effect.sync(() => account(Event.Fault({ fault })))
          }
          if (counter.left > 0) {
            return channel.receive(Decoder.map(counter, (event) => {
              if (event._tag !== "Content") return account(Event.Content({ chunks: [] }))
              place.current = Place.Within({ chunk, counter: event.next })
              taken.current += event.chunks[0].length
              return account(wanted ? content(event.chunks[0]) : Event.Content(event))
            }))
          }
          if (chunk.last) return Effect.sync(() => account(end(wanted)))
          place.current = Place.Between({ owed: Option.some(Replies.chunk(chunk.size)) })
          return next(account, wanted)
        }
      }
    })

  return {
    next,
    taken: () => taken.current,
    isText: !isBinary,
    isOver: () => place.current._tag === "Ended",
    counts: () => counts.current,
    leaving: () =>
      place.current._tag === "Left" ? Option.some(place.current.leaving) : Option.none()
  }
}
