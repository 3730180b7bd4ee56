import * as Login from "@effect-smtp/sasl/Login"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

const ask = Login.server.start(Option.none()) // Challenge: "Username:"
export const verify = Either.flatMap(ask, (step) =>
  step._tag === "Challenge"
    ? step.next(new TextEncoder().encode("tim")) // Challenge: "Password:"
    : Either.right(step))
