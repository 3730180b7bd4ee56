/**
 * What Node's errors mean for a caller.
 *
 * @module
 */
import * as FlowError from "@effect-smtp/flow/FlowError"

const reasons: Readonly<Record<string, FlowError.Reason>> = {
  ENOTFOUND: "NotFound",
  ENODATA: "NotFound",
  ENOENT: "NotFound",
  EADDRINUSE: "Refused",
  EACCES: "Refused",
  EPERM: "Refused",
  ECONNREFUSED: "Refused",
  EAI_AGAIN: "Unreachable",
  EHOSTUNREACH: "Unreachable",
  EHOSTDOWN: "Unreachable",
  ENETUNREACH: "Unreachable",
  ENETDOWN: "Unreachable",
  ECONNRESET: "Reset",
  ECONNABORTED: "Reset",
  EPIPE: "Reset",
  ERR_STREAM_PREMATURE_CLOSE: "Reset",
  ERR_STREAM_DESTROYED: "Closed",
  ERR_STREAM_WRITE_AFTER_END: "Closed",
  ERR_SOCKET_CLOSED: "Closed",
  ERR_SOCKET_CLOSED_BEFORE_CONNECTION: "Closed",
  HOSTNAME_MISMATCH: "Certificate",
  INVALID_CA: "Certificate",
  INVALID_PURPOSE: "Certificate",
  PATH_LENGTH_EXCEEDED: "Certificate"
}

const certificatePrefixes = [
  "CERT_",
  "CRL_",
  "UNABLE_TO_",
  "SELF_SIGNED_",
  "DEPTH_ZERO_",
  "ERR_TLS_CERT_ALTNAME_"
]

/** What OpenSSL says when the bytes it got are no TLS records. */
const clearText = new Set([
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
  "ERR_SSL_UNKNOWN_PROTOCOL",
  "ERR_SSL_HTTP_REQUEST",
  "ERR_SSL_HTTPS_PROXY_REQUEST"
])

const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : ""

const reasonOf = (code: string, during: FlowError.During): FlowError.Reason => {
  switch (code) {
    case "EADDRNOTAVAIL":
      return during === "listen" ? "Refused" : "Unreachable"
    // Once connected, this is the system giving up on a peer that no longer acknowledges.
    case "ETIMEDOUT":
      return during === "dial" ? "Timeout" : "Reset"
  }
  if (certificatePrefixes.some((prefix) => code.startsWith(prefix))) {
    return "Certificate"
  }
  if (clearText.has(code)) return "NotTls"
  if (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_") || code === "EPROTO") {
    return "Handshake"
  }
  return reasons[code] ?? "Other"
}

/** A Node error, or that of a flow under a Node stream, as a {@link FlowError.FlowError}. */
export const toFlowError = (cause: unknown, during: FlowError.During): FlowError.FlowError => {
  if (cause instanceof FlowError.FlowError) {
    const { detail, reason } = cause
    return new FlowError.FlowError({ reason, during, detail, cause })
  }
  const code = codeOf(cause)
  const said = cause instanceof Error ? cause.message : String(cause)
  return new FlowError.FlowError({
    reason: reasonOf(code, during),
    during,
    detail: clearText.has(code) ? `the peer seems to speak clear text (${said})` : said,
    cause
  })
}

/** Whether this is the error of that code. */
export const hasCode = (cause: unknown, code: string): boolean => codeOf(cause) === code
