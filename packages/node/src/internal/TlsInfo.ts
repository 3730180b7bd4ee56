/**
 * What is known of a TLS connection once its handshake is done.
 *
 * @module
 */
import type * as Tls from "@effect-smtp/flow/Tls"
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import type { X509Certificate } from "node:crypto"
import { createHash } from "node:crypto"
import * as Net from "node:net"
import type { TLSSocket } from "node:tls"
import * as TlsProblem from "./TlsProblem.js"

const certificate = (x509: X509Certificate): Tls.Certificate => ({
  subject: x509.subject,
  issuer: x509.issuer,
  subjectAltName: x509.subjectAltName ?? "",
  validFrom: x509.validFrom,
  validTo: x509.validTo,
  fingerprint: x509.fingerprint256,
  der: new Uint8Array(x509.raw)
})

/** More than any chain that a client follows, for a peer that shows any number of certificates. */
const longestChain = 16

/** The certificates that were shown, the peer's own first. */
const chainOf = (peer: Option.Option<X509Certificate>): ReadonlyArray<X509Certificate> => {
  const chain: Array<X509Certificate> = []
  let next = Option.getOrUndefined(peer)
  while (next !== undefined && chain.length < longestChain) {
    chain.push(next)
    next = next.issuerCertificate
  }
  return chain
}

/** Start and end of the contents of the DER element at the offset. */
const element = (der: Uint8Array, offset: number): readonly [number, number] => {
  const first = der[offset + 1] ?? 0
  if (first < 0x80) {
    return [offset + 2, offset + 2 + first]
  }
  const start = offset + 2 + (first & 0x7f)
  let length = 0
  for (let i = offset + 2; i < start; i++) {
    length = length * 256 + (der[i] ?? 0)
  }
  return [start, start + length]
}

/** The object identifier of a certificate's signature algorithm (RFC 5280 4.1.1.2), in hex. */
const signatureAlgorithm = (der: Uint8Array): string => {
  const [tbs] = element(der, 0)
  const [, afterTbs] = element(der, tbs)
  const [algorithm] = element(der, afterTbs)
  const [start, end] = element(der, algorithm)
  return Buffer.from(der.subarray(start, end)).toString("hex")
}

/** MD5 and SHA-1 are replaced by SHA-256 (RFC 5929 4.1). */
const hashes: Readonly<Record<string, string>> = {
  "2a864886f70d010104": "sha256",
  "2a864886f70d010105": "sha256",
  "2a864886f70d01010b": "sha256",
  "2a864886f70d01010c": "sha384",
  "2a864886f70d01010d": "sha512",
  "2a864886f70d01010e": "sha224",
  "2a8648ce3d0401": "sha256",
  "2a8648ce3d040301": "sha224",
  "2a8648ce3d040302": "sha256",
  "2a8648ce3d040303": "sha384",
  "2a8648ce3d040304": "sha512"
}

/**
 * `tls-server-end-point` (RFC 5929 4): the hash of the server's certificate. None for signature
 * algorithms without one plain hash, such as Ed25519.
 */
const serverEndPoint = (der: Uint8Array): Option.Option<Uint8Array> =>
  Option.map(
    Option.fromNullable(hashes[signatureAlgorithm(der)]),
    (hash) => new Uint8Array(createHash(hash).update(der).digest())
  )

/**
 * `tls-exporter` (RFC 9266). Before TLS 1.3 it needs the extended master secret, which Node does not
 * tell of, so there it is none.
 */
const exporter = (socket: TLSSocket): Option.Option<Uint8Array> =>
  socket.destroyed || socket.getProtocol() !== "TLSv1.3" ? Option.none() : Option.some(
    new Uint8Array(
      socket.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0))
    )
  )

/** The facts of the connection, seen from the side the options took. */
export const make = (
  socket: TLSSocket,
  options: Tls.Options,
  authorized: boolean
): Tls.Info => {
  const isClient = options._tag === "Client"
  const peer = Option.fromNullable(socket.getPeerX509Certificate())
  const server = isClient ? peer : Option.fromNullable(socket.getX509Certificate())
  const chain = chainOf(peer)
  const shown = chain.map(certificate)
  const named = isClient
    ? (Net.isIP(options.serverName) === 0 ? options.serverName : "")
    : socket.servername
  return {
    version: socket.getProtocol() ?? "unknown",
    cipher: socket.getCipher().standardName,
    serverName: typeof named === "string" && named !== "" ? Option.some(named) : Option.none(),
    peerCertificate: Arr.head(shown),
    peerChain: shown,
    authorized,
    problems: isClient && !authorized
      ? TlsProblem.find(chain, options, socket.authorizationError)
      : [],
    channelBinding: (type) =>
      type === "tls-exporter"
        ? exporter(socket)
        : Option.flatMap(server, (x509) => serverEndPoint(x509.raw))
  }
}
