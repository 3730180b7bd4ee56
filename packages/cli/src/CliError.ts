/**
 * CliError: why a command ends without having done what it was asked to, as far as the cause lies
 * neither with the other side (`client`'s `SmtpError`) nor with the network (`flow`'s `FlowError`).
 *
 * @module
 */
import type { Outcome } from "@effect-smtp/client/Outcome"
import type { Stage } from "@effect-smtp/client/ProbeReport"
import type { Fate, Retry } from "@effect-smtp/client/SmtpError"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"

/** The options do not go together, or a value is not one. Exit code 2. */
export class WrongUse extends Data.TaggedError("WrongUse")<{
  readonly reason: string
}> {
  override get message(): string {
    return this.reason
  }
}

/** A file that was named cannot be used: `what` it should have been, and the reason it is not. */
export class BadFile extends Data.TaggedError("BadFile")<{
  readonly what: string
  readonly file: string
  readonly reason: string
}> {
  override get message(): string {
    return `cannot use ${this.file} as ${this.what}: ${this.reason}`
  }
}

/** The server did not take the message for all of its recipients; each has been reported. */
export class Undelivered extends Data.TaggedError("Undelivered")<{
  readonly outcome: Outcome
}> {
  override get message(): string {
    return `${
      this.outcome.rejected.length + this.outcome.failed.length
    } recipients were not accepted`
  }
}

/**
 * Some of many deliveries left recipients without the message; they have been reported. `retry`: whether
 * trying later can help all of them.
 */
export class Incomplete extends Data.TaggedError("Incomplete")<{
  readonly messages: number
  readonly retry: Retry
}> {
  override get message(): string {
    return `${this.messages} messages were not accepted for all of their recipients`
  }
}

/** The time for the whole session is over. The fate is unknown once all of the message has been written. */
export class OutOfTime extends Data.TaggedError("OutOfTime")<{
  readonly after: Duration.Duration
  readonly fate: Fate
}> {
  override get message(): string {
    return `not done within ${Duration.format(this.after)}`
  }
}

/** A message must not be sent as it is; its faults have been reported. */
export class Unfit extends Data.TaggedError("Unfit")<{
  readonly errors: number
}> {
  override get message(): string {
    return `${this.errors} rules are broken`
  }
}

/** A probe has found something that is not as it should be, at that stage first; it has been reported. */
export class Faulty extends Data.TaggedError("Faulty")<{
  readonly stage: Stage
}> {
  override get message(): string {
    return `${this.stage.toLowerCase()} is not as it should be`
  }
}

/** All of them. */
export type CliError =
  | WrongUse
  | BadFile
  | Undelivered
  | Incomplete
  | OutOfTime
  | Unfit
  | Faulty
