import type { Channel } from "@effect-smtp/protocol/Channel"
import type { ChannelError } from "@effect-smtp/protocol/ChannelError"
import * as Reply from "@effect-smtp/wire/Reply"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Replies from "./replies.js"

/** The end of a session that is not the client's QUIT. */
export interface Farewell {
  /** A last word, which must not take longer than nobody's waiting for it is worth. */
  readonly say: (reply: Reply.Reply) => Effect.Effect<void>
  /** The last word that there is about that, if there is one. */
  readonly after: (error: ChannelError) => Effect.Effect<void>
}

/** Over that channel, if it takes no longer than that. */
export const make = (channel: Channel, patience: Duration.DurationInput): Farewell => {
  const say = (reply: Reply.Reply) =>
    channel.send(Reply.encode(reply)).pipe(
      Effect.zipRight(channel.flush),
      Effect.interruptible,
      Effect.timeout(patience),
      Effect.ignore
    )
  return {
    say,
    after: (error) => {
      switch (error._tag) {
        case "TimedOut":
          return say(Replies.timedOut)
        case "TooSlow":
          return say(Replies.tooSlow)
        case "Expired":
          return say(Replies.expired)
        case "Unintelligible":
          return say(Replies.unintelligible)
        default:
          return Effect.void
      }
    }
  }
}
