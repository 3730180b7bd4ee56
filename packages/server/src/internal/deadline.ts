import type { Limits } from "@effect-smtp/protocol/Limits"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { Policy } from "../Policy.js"
import type { State } from "./state.js"

/** When a session is to end that began then, as long as it stays what it is. */
export const at = (
  { authentication }: Policy,
  { sessionTime, unauthenticatedTime }: Limits,
  started: number,
  { client, transaction }: State
): number => {
  const whole = Duration.toMillis(sessionTime)
  if (Option.isSome(transaction)) return started + 2 * whole
  const mustLogIn = authentication === "Required" && Option.isNone(client.identity)
  return started + (mustLogIn ? Math.min(Duration.toMillis(unauthenticatedTime), whole) : whole)
}
