import * as Received from "@effect-smtp/received/Received"
import * as Handler from "@effect-smtp/server/Handler"
import * as DateTime from "@effect-smtp/wire/DateTime"
import type { Domain } from "@effect-smtp/wire/Domain"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** The same, for messages that begin with the server's own `Received:` field, in local time. */
export const stamped = (by: Domain, handler: Handler.Shape): Handler.Shape =>
  Handler.make(
    Handler.prepending(handler, (client, envelope) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const date = DateTime.make(now, -new Date(now).getTimezoneOffset())
        return Received.encode(Received.stamp(client, envelope, { by, date, id: client.session }))
      }))
  )
