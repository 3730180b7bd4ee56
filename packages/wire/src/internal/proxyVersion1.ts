/** PROXY headers for people to read: one line. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Decoder from "../Decoder.js"
import * as Octets from "../Octets.js"
import type { Address, ProxyHeader } from "../ProxyHeader.js"
import * as ProxyHeaders from "../ProxyHeader.js"
import { ProxyHeaderError } from "../ProxyHeaderError.js"
import * as Ip from "./ip.js"

/** How many bytes the line has at most, CR LF included. */
export const limit = 107

const start = new TextEncoder().encode("PROXY ")
const cr = 0x0d
const lf = 0x0a

/** What a header of this version begins with. */
export const firstByte = start[0]

const fail = (expected: string, offset: number) =>
  Either.left(new ProxyHeaderError({ expected, offset }))

const decoderAt = (seen: Uint8Array): Decoder.Decoder<ProxyHeader, ProxyHeaderError> => ({
  held: seen.length,
  step: (input) => {
    const line = Octets.concat([seen, input.subarray(0, limit - seen.length)])
    const wrong = line.findIndex((byte, at) => at < start.length && byte !== start[at])
    if (wrong !== -1) return fail("PROXY and a space", wrong)
    const end = line.findIndex((byte) => byte === cr || byte === lf)
    if (end === -1 || (line[end] === cr && end + 1 === line.length)) {
      return line.length < limit
        ? Decoder.more(decoderAt(line))
        : fail("CR LF within the line's 107 bytes", limit)
    }
    if (line[end] === lf || line[end + 1] !== lf) return fail("CR LF", end)
    return Either.flatMap(
      parse(String.fromCharCode(...line.subarray(0, end))),
      (header) => Decoder.done(header, end + 2 - seen.length)
    )
  }
})

/** Reads the line. */
export const decoder = decoderAt(new Uint8Array(0))

const parse = (line: string): Either.Either<ProxyHeader, ProxyHeaderError> => {
  const [, protocol, source, destination, sourcePort, destinationPort, ...more] = line.split(" ")
  if (protocol === "UNKNOWN") return Either.right(ProxyHeaders.Unknown())
  if (protocol !== "TCP4" && protocol !== "TCP6") return fail("TCP4, TCP6 or UNKNOWN", start.length)
  const header = Option.all({
    source: address(protocol, source, sourcePort),
    destination: address(protocol, destination, destinationPort)
  })
  return Option.isSome(header) && more.length === 0
    ? Either.right(ProxyHeaders.Inet({ transport: "Stream", ...header.value, tlvs: [] }))
    : fail(`two addresses and two ports of ${protocol}`, start.length + protocol.length + 1)
}

const address = (
  protocol: "TCP4" | "TCP6",
  host: string | undefined,
  port: string | undefined
): Option.Option<Address> => {
  if (host === undefined || port === undefined) return Option.none()
  if (!/^(?:0|[1-9][0-9]{0,4})$/.test(port) || Number(port) > 65535) return Option.none()
  const read = protocol === "TCP4"
    ? Option.filter(Ip.readIPv4(host), (canonical) => canonical === host)
    : Ip.readIPv6(host)
  return Option.map(read, (canonical) => ({ host: canonical, port: Number(port) }))
}

const unknown = "PROXY UNKNOWN\r\n"

/** The line's bytes. What was made of them must be read from them again, so that nothing else is sent. */
export const encode = (header: ProxyHeader): Either.Either<Uint8Array, ProxyHeaderError> => {
  const bytes = (line: string) => new TextEncoder().encode(line)
  if (header._tag === "Local" || header._tag === "Unknown") return Either.right(bytes(unknown))
  if (header._tag === "Unix" || header.transport === "Datagram" || header.tlvs.length > 0) {
    return fail("no more than the addresses of TCP in version 1", 0)
  }
  const { destination, source } = header
  const protocol = source.host.includes(":") ? "TCP6" : "TCP4"
  const line = ["PROXY", protocol, source.host, destination.host, source.port, destination.port]
    .join(" ")
  return Either.map(parse(line), () => bytes(`${line}\r\n`))
}
