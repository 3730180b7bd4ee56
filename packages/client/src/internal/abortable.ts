/** A mail that its sender may take back, as nodemailer has it: by a signal. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import { NodemailerError } from "../NodemailerError.js"
import type { Signal } from "../NodemailerTransport.js"
import type { Outcome } from "../Outcome.js"
import type { Fate } from "../SmtpError.js"

/**
 * Delivers, unless the signal comes before the end: then the delivery is interrupted, and it fails with
 * `EABORT` once that has been done. It has to tell what has become of the mail.
 */
export const make = (
  signal: Signal | null | undefined,
  deliver: (
    onInterrupt: (fate: Fate) => Effect.Effect<void>
  ) => Effect.Effect<Outcome, NodemailerError>
): Effect.Effect<Outcome, NodemailerError> =>
  Effect.gen(function*() {
    const fate = yield* Ref.make<Fate>("NotDelivered")
    const delivery = deliver((reached) => Ref.set(fate, reached))
    if (signal === null || signal === undefined) return yield* delivery
    const gone = yield* Deferred.make<Option.Option<Outcome>>()
    const abort = () => Deferred.unsafeDone(gone, Effect.succeedNone)
    yield* Effect.acquireRelease(
      Effect.sync(() => signal.addEventListener("abort", abort)),
      () => Effect.sync(() => signal.removeEventListener("abort", abort))
    )
    if (signal.aborted) abort()
    const ended = Effect.onExit(
      delivery,
      (exit) => Exit.isSuccess(exit) ? Ref.set(fate, "Unknown") : Effect.void
    )
    const outcome = yield* Effect.raceFirst(Deferred.await(gone), Effect.asSome(ended))
    return Option.isSome(outcome) ? outcome.value : yield* aborted(yield* Ref.get(fate))
  }).pipe(Effect.scoped)

const aborted = (fate: Fate) =>
  new NodemailerError({
    text: fate === "Unknown"
      ? "Message sending aborted, and it may have been delivered all the same"
      : "Message sending aborted",
    code: "EABORT",
    command: "API"
  })
