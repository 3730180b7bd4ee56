import { FlowError } from "@effect-smtp/flow/FlowError"

/** Bytes held back when a flow is to be upgraded would have been the first of the handshake. */
export const clearTextHeld = new FlowError({
  reason: "Handshake",
  during: "upgrade",
  detail: "clear text came where the handshake should begin"
})
