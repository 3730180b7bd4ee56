import * as Verdict from "@effect-smtp/server/Verdict"
import type { PlatformError } from "@effect/platform/Error"
import * as Effect from "effect/Effect"
import { codeOf } from "./codeOf.js"

/** The answer to a message that cannot be stored: no room, or something else that may pass. */
export const refuse = (error: PlatformError): Effect.Effect<Verdict.Verdict> =>
  Effect.as(
    Effect.logError("cannot store a message", error),
    ["ENOSPC", "EDQUOT", "EFBIG"].includes(codeOf(error))
      ? Verdict.insufficientStorage
      : Verdict.localError
  )
