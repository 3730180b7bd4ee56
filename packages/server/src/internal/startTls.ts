import * as Reply from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Told from "../Told.js"
import { canStartTls } from "./hello.js"
import * as Replies from "./replies.js"
import type { Answer, Host, State } from "./state.js"
import { close, mistake } from "./state.js"

/**
 * STARTTLS (RFC 3207). Text that was sent along with the command is refused with the connection, and
 * all that the client has said before is forgotten.
 */
export const respond = (
  host: Host,
  state: State
): Answer =>
  Effect.gen(function*() {
    const { channel, policy: { protection } } = host
    if (protection._tag === "None") return yield* mistake(host, Replies.notImplemented, state)
    if (!canStartTls(host, state)) return yield* mistake(host, Replies.alreadySecure, state)
    if ((yield* channel.unread) > 0) return yield* close(Replies.textBeforeTls)
    yield* channel.send(Reply.encode(Replies.startTls))
    yield* channel.upgrade(protection.tls)
    const peer = yield* channel.peer
    const after: State = {
      ...state,
      transaction: Option.none(),
      client: {
        ...state.client,
        peer,
        name: Option.none(),
        identity: Option.none(),
        told: { ...Told.nothing, proxy: state.client.told.proxy }
      }
    }
    return { replies: [], after: Option.some(after) }
  })
