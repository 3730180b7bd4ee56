import type { Envelope } from "../Envelope.js"
import * as Verdict from "../Verdict.js"

/** A verdict for each recipient of the envelope. */
export const apart = (
  { recipients }: Envelope,
  verdict: Verdict.MessageVerdict
): ReadonlyArray<Verdict.Verdict> =>
  recipients.map((_, index) =>
    verdict._tag === "Each" ? verdict.verdicts[index] ?? Verdict.localError : verdict
  )
