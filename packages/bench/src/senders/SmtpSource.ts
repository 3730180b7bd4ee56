/**
 * SmtpSource: Postfix's load generator. What this process uses is not what it uses.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Program from "../Program.js"
import * as Postfix from "./Postfix.js"

Program.sender((delivery) =>
  Effect.flatMap(
    Effect.flatten(Postfix.smtpSource),
    (program) => Postfix.deliver(program)(delivery)
  )
)
