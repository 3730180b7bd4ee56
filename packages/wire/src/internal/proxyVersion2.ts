/** PROXY headers for machines: sixteen bytes, addresses, and vectors of more. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Decoder from "../Decoder.js"
import * as Octets from "../Octets.js"
import type { Address, ProxyHeader, Transport } from "../ProxyHeader.js"
import * as ProxyHeaders from "../ProxyHeader.js"
import { ProxyHeaderError } from "../ProxyHeaderError.js"
import type { ProxyTlv } from "../ProxyTlv.js"
import * as Crc32c from "./crc32c.js"
import * as Pieces from "./held.js"
import * as Ip from "./ip.js"
import * as Tlv from "./proxyTlv.js"

type Read<A> = Either.Either<A, ProxyHeaderError>

const signature = Uint8Array.of(13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10)

/** What a header of this version begins with. */
export const firstByte = signature[0]

/** Signature, version and command, family and transport, and the length of the rest. */
const fixed = 16

const pathLimit = 108

/** How many bytes the addresses of a family have, by its number. */
const addressLength = [0, 12, 36, 2 * pathLimit] as const

const fail = (expected: string, offset: number) =>
  Either.left(new ProxyHeaderError({ expected, offset }))

/** Reads the fixed part, and then what it announces. */
export const decoder = (limit: number): Decoder.Decoder<ProxyHeader, ProxyHeaderError> =>
  fixedPart(limit, new Uint8Array(0))

const fixedPart = (
  limit: number,
  seen: Uint8Array
): Decoder.Decoder<ProxyHeader, ProxyHeaderError> => ({
  held: seen.length,
  step: (input) => {
    const taken = fixed - seen.length
    const head = Octets.concat([seen, input.subarray(0, taken)])
    const length = measure(head, limit)
    if (Either.isLeft(length)) return Either.left(length.left)
    if (head.length < fixed) return Decoder.more(fixedPart(limit, head))
    const rest = announced(length.right, Pieces.add(undefined, head), fixed)
      .step(input.subarray(taken))
    return Either.map(
      rest,
      (step) => step._tag === "More" ? step : { ...step, consumed: step.consumed + taken }
    )
  }
})

/** What is there of the fixed part is right; once it is whole, the length of the header. */
const measure = (head: Uint8Array, limit: number): Read<number> => {
  const wrong = head.findIndex((byte, at) => at < signature.length && byte !== signature[at])
  if (wrong !== -1) return fail("the signature of version 2", wrong)
  if (head.length > 12 && head[12] !== 0x20 && head[12] !== 0x21) {
    return fail("version 2 and the command LOCAL or PROXY", 12)
  }
  if (head.length < fixed) return Either.right(0)
  const length = head[14] * 256 + head[15]
  if (fixed + length > limit) return fail(`a header of at most ${limit} bytes`, 14)
  if (head[12] === 0x20) return Either.right(fixed + length)
  const family = head[13] >>> 4
  const transport = head[13] & 0x0f
  if (family > 3 || transport > 2) return fail("a known family and transport", 13)
  return transport > 0 && length < addressLength[family]
    ? fail(`at least ${addressLength[family]} bytes of addresses`, 14)
    : Either.right(fixed + length)
}

const announced = (
  total: number,
  pieces: Pieces.Pieces,
  held: number
): Decoder.Decoder<ProxyHeader, ProxyHeaderError> => ({
  held,
  step: (input) => {
    const bytes = input.subarray(0, total - held)
    return held + bytes.length < total
      ? Decoder.more(announced(total, Pieces.add(pieces, bytes), held + bytes.length))
      : Either.flatMap(
        read(Pieces.join(pieces, held, bytes)),
        (header) => Decoder.done(header, bytes.length)
      )
  }
})

const transports: ReadonlyArray<Transport | undefined> = [undefined, "Stream", "Datagram"]

/** Reads a whole header. */
const read = (header: Uint8Array): Read<ProxyHeader> => {
  if (header[12] === 0x20) return Either.right(ProxyHeaders.Local())
  const family = header[13] >>> 4
  const transport = transports[header[13] & 0x0f]
  if (family === 0 || transport === undefined) return Either.right(ProxyHeaders.Unknown())
  return Either.map(
    readTlvs(header, fixed + addressLength[family]),
    (tlvs) =>
      family === 3
        ? ProxyHeaders.Unix({ transport, ...paths(header), tlvs })
        : ProxyHeaders.Inet({ transport, ...addresses(header, family === 1 ? 4 : 16), tlvs })
  )
}

const addresses = (header: Uint8Array, size: number) => {
  const view = new DataView(header.buffer, header.byteOffset)
  const address = (which: number): Address => ({
    host: Ip.fromBytes(header.subarray(fixed + which * size, fixed + (which + 1) * size)),
    port: view.getUint16(fixed + 2 * size + 2 * which)
  })
  return { source: address(0), destination: address(1) }
}

const paths = (header: Uint8Array) => {
  const path = (which: number): string => {
    const bytes = header.subarray(fixed + which * pathLimit, fixed + (which + 1) * pathLimit)
    const end = bytes.indexOf(0)
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      end === -1 ? bytes : bytes.subarray(0, end)
    )
  }
  return { source: path(0), destination: path(1) }
}

const readTlvs = (header: Uint8Array, from: number): Read<ReadonlyArray<ProxyTlv>> =>
  Either.gen(function*() {
    const vectors = yield* Tlv.vectors(header, from)
    const sums = vectors.filter(({ type }) => type === Tlv.checksumType)
    if (sums.length > 1) return yield* fail("one checksum", sums[1].offset)
    for (const { offset, value } of sums) {
      if (value.length !== 4) return yield* fail("a checksum of 4 bytes", offset)
      const said = new DataView(value.buffer).getUint32(0)
      const blank = header.slice()
      blank.fill(0, offset, offset + 4)
      if (Crc32c.checksum(blank) !== said) return yield* fail("the right checksum", offset)
    }
    return yield* Either.all(
      vectors
        .filter(({ type }) => type !== Tlv.checksumType)
        .map((vector) => Tlv.read(vector, header))
    )
  })

const head = (command: number, family: number, length: number): Uint8Array =>
  Octets.concat([signature, Uint8Array.of(command, family, length >>> 8, length & 0xff)])

/** The bytes of a header. */
export const encode = (
  header: ProxyHeader,
  checksum: boolean
): Either.Either<Uint8Array, ProxyHeaderError> => {
  switch (header._tag) {
    case "Local":
      return Either.right(head(0x20, 0, 0))
    case "Unknown":
      return Either.right(head(0x21, 0, 0))
    case "Inet":
      return Either.flatMap(
        encodeAddresses(header.source, header.destination),
        (block) => assemble(block.length === 12 ? 1 : 2, block, header, checksum)
      )
    case "Unix":
      return Either.flatMap(
        Either.all([encodePath(header.source), encodePath(header.destination)]),
        (block) => assemble(3, Octets.concat(block), header, checksum)
      )
  }
}

const assemble = (
  family: number,
  block: Uint8Array,
  { tlvs, transport }: { readonly tlvs: ReadonlyArray<ProxyTlv>; readonly transport: Transport },
  checksum: boolean
): Read<Uint8Array> => {
  const raw = tlvs.map(Tlv.toRaw)
  const bad = raw.find(({ type, value }) =>
    !Number.isInteger(type) || type < 0 || type > 255 || type === Tlv.checksumType ||
    value.length > 65535
  )
  if (bad !== undefined) return fail("vectors with a type and a length of their own", fixed)
  const vectors = Octets.concat(raw.map(Tlv.encode))
  const sum = checksum
    ? Tlv.encode({ type: Tlv.checksumType, value: new Uint8Array(4) })
    : new Uint8Array(0)
  const length = block.length + vectors.length + sum.length
  if (length > 65535) return fail("at most 65535 bytes of addresses and vectors", 14)
  const transportNumber = transports.indexOf(transport)
  const bytes = Octets.concat([
    head(0x21, family * 16 + transportNumber, length),
    block,
    vectors,
    sum
  ])
  if (checksum) new DataView(bytes.buffer).setUint32(bytes.length - 4, Crc32c.checksum(bytes))
  // What cannot be read again is not sent.
  return Either.map(read(bytes), () => bytes)
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 0 && port <= 65535

const encodeAddresses = (source: Address, destination: Address): Read<Uint8Array> => {
  const hosts = Option.all([Ip.toBytes(source.host), Ip.toBytes(destination.host)])
  if (Option.isNone(hosts) || hosts.value[0].length !== hosts.value[1].length) {
    return fail("two IP addresses of one family", fixed)
  }
  if (!isPort(source.port) || !isPort(destination.port)) return fail("ports", fixed)
  const ports = new DataView(new ArrayBuffer(4))
  ports.setUint16(0, source.port)
  ports.setUint16(2, destination.port)
  return Either.right(Octets.concat([...hosts.value, new Uint8Array(ports.buffer)]))
}

const encodePath = (path: string): Read<Uint8Array> => {
  const bytes = new TextEncoder().encode(path)
  if (bytes.length > pathLimit || bytes.includes(0)) {
    return fail(`a path of at most ${pathLimit} bytes without NUL`, fixed)
  }
  const block = new Uint8Array(pathLimit)
  block.set(bytes)
  return Either.right(block)
}
