import type { FlowError } from "@effect-smtp/flow/FlowError"
import * as ChannelError from "@effect-smtp/protocol/ChannelError"
import type { Timeouts } from "@effect-smtp/protocol/Timeouts"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { ConnectionFailed } from "../SmtpError.js"

/** Connects within the time there is for that, or fails the way a client does. */
export const within = <A, R>(
  timeouts: Timeouts,
  dial: Effect.Effect<A, FlowError, R>
): Effect.Effect<A, ConnectionFailed, R> =>
  dial.pipe(
    Effect.mapError((cause) => new ChannelError.TransportFailed({ phase: "Connect", cause })),
    Effect.timeoutFail({
      duration: timeouts.Connect,
      onTimeout: () =>
        new ChannelError.TimedOut({ phase: "Connect", after: Duration.decode(timeouts.Connect) })
    }),
    Effect.mapError((cause) => new ConnectionFailed({ cause }))
  )
