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

/** The sender, perhaps null, and the recipients accepted so far, in order. */
export interface Envelope {
  readonly from: ReversePath
  readonly parameters: MailParameters
  readonly recipients: ReadonlyArray<Recipient>
}
