/**
 * Envelope: who sends and who receives, as the client has said it so far (RFC 5321 section 2.3.1).
 *
 * @module
 */
import type { ForwardPath } from "@effect-smtp/wire/ForwardPath"
import type { MailParameters } from "@effect-smtp/wire/MailParameters"
import type { RcptParameters } from "@effect-smtp/wire/RcptParameters"
import type { ReversePath } from "@effect-smtp/wire/ReversePath"

/** A recipient, and what the client asked for it. */
export interface Recipient {
  readonly path: ForwardPath
  readonly parameters: RcptParameters
}

/**
 * - `from`: the sender, perhaps null;
 * - `verdicts`: whether the client can be told of the message's fate for each recipient apart (under
 *   LMTP, and where it asked for PRDR), or only one thing for all of them;
 * - `recipients`: those accepted so far, in order.
 */
export interface Envelope {
  readonly from: ReversePath
  readonly parameters: MailParameters
  readonly verdicts: "One" | "Each"
  readonly recipients: ReadonlyArray<Recipient>
}
