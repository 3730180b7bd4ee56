/**
 * What is wrong with a certificate. OpenSSL stops at one reason, and Node looks at the name only if there
 * is none; whoever looks into a server wants all of them.
 *
 * @module
 */
import type * as Tls from "@effect-smtp/flow/Tls"
import type { X509Certificate } from "node:crypto"
import * as NodeTls from "node:tls"

/** OpenSSL's names of the errors (`X509_V_ERR_...`), as Node has them, and what Node adds. */
const reasons: Readonly<Record<string, Tls.ProblemReason>> = {
  CERT_HAS_EXPIRED: "Expired",
  CERT_NOT_YET_VALID: "NotYetValid",
  ERR_TLS_CERT_ALTNAME_INVALID: "WrongName",
  ERR_TLS_CERT_ALTNAME_FORMAT: "WrongName",
  HOSTNAME_MISMATCH: "WrongName",
  DEPTH_ZERO_SELF_SIGNED_CERT: "SelfSigned",
  SELF_SIGNED_CERT_IN_CHAIN: "SelfSigned",
  UNABLE_TO_GET_ISSUER_CERT: "UnknownIssuer",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "UnknownIssuer",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "UnknownIssuer"
}

const details: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "it vouches for itself",
  SELF_SIGNED_CERT_IN_CHAIN: "the chain ends in a certificate that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT: "the chain ends in a certificate whose issuer is not known",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the chain ends in a certificate whose issuer is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its issuer is not known"
}

/** Dates are compared with the machine's clock, since OpenSSL goes by no other. */
const ofDates = (chain: ReadonlyArray<X509Certificate>): ReadonlyArray<Tls.Problem> => {
  const now = Date.now()
  return chain.flatMap(({ subject, validFrom, validTo }): ReadonlyArray<Tls.Problem> => {
    const whose = subject.replaceAll("\n", ", ")
    if (Date.parse(validTo) < now) {
      return [{ reason: "Expired", detail: `${whose} was valid until ${validTo}` }]
    }
    return Date.parse(validFrom) > now
      ? [{ reason: "NotYetValid", detail: `${whose} is valid from ${validFrom} on` }]
      : []
  })
}

const ofName = (leaf: X509Certificate, serverName: string): ReadonlyArray<Tls.Problem> => {
  const error = NodeTls.checkServerIdentity(serverName, leaf.toLegacyObject())
  return error === undefined ? [] : [{ reason: "WrongName", detail: error.message }]
}

const codeOf = (said: unknown): string =>
  said instanceof Error && "code" in said && typeof said.code === "string"
    ? said.code
    : String(said)

const bare = (pem: string): string => pem.replaceAll(/\s/g, "")

/** Of one that is expired, too, OpenSSL says only that. */
const ofItself = (
  leaf: X509Certificate,
  { ca = [] }: Tls.ClientOptions
): ReadonlyArray<Tls.Problem> =>
  leaf.checkIssued(leaf) && !ca.some((pem) => bare(pem).includes(bare(leaf.toString())))
    ? [problem("DEPTH_ZERO_SELF_SIGNED_CERT")]
    : []

const problem = (code: string): Tls.Problem => ({
  reason: reasons[code] ?? "Other",
  detail: details[code] ?? code
})

/** The chain as it was shown, what was asked for, and what Node said of it. */
export const find = (
  chain: ReadonlyArray<X509Certificate>,
  options: Tls.ClientOptions,
  said: unknown
): ReadonlyArray<Tls.Problem> => {
  const [leaf] = chain
  if (leaf === undefined) return [{ reason: "Other", detail: "no certificate was shown" }]
  const found = [
    ...ofItself(leaf, options),
    ...ofDates(chain),
    ...ofName(leaf, options.serverName)
  ]
  const first = problem(codeOf(said))
  return found.some(({ reason }) => reason === first.reason) ? found : [first, ...found]
}
