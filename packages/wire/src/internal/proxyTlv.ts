/** The vectors of a PROXY header, from bytes and back. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Octets from "../Octets.js"
import * as ProxyHeaderError from "../ProxyHeaderError.js"
import * as ProxyTlv from "../ProxyTlv.js"

type Read<A> = Either.Either<A, ProxyHeaderError.ProxyHeaderError>

/** A vector as it lies in the header: `offset` is that of its value. */
interface Vector extends ProxyTlv.Raw {
  readonly offset: number
}

const fail = (expected: string, offset: number) =>
  Either.left(new ProxyHeaderError.ProxyHeaderError({ expected, offset }))

const types = { alpn: 1, authority: 2, uniqueId: 5, ssl: 0x20, netNs: 0x30 } as const
const sslTypes = {
  version: 0x21,
  commonName: 0x22,
  cipher: 0x23,
  signatureAlgorithm: 0x24,
  keyAlgorithm: 0x25
} as const

/** The type of the checksum. */
export const checksumType = 3

/** How long a unique id may be, in bytes. */
const uniqueIdLimit = 128

/** Cuts the header from the offset on into vectors, which must fill it. */
export const vectors = (header: Uint8Array, from: number): Read<ReadonlyArray<Vector>> => {
  const found: Array<Vector> = []
  let at = from
  while (at < header.length) {
    const offset = at + 3
    if (offset > header.length) return fail("the type and the length of a vector", at)
    const end = offset + header[at + 1] * 256 + header[at + 2]
    if (end > header.length) return fail("a vector that ends within the header", at)
    found.push({ type: header[at], offset, value: header.slice(offset, end) })
    at = end
  }
  return Either.right(found)
}

const text = ({ offset, value }: Vector): Read<string> =>
  Either.try({
    try: () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value),
    catch: () => new ProxyHeaderError.ProxyHeaderError({ expected: "UTF-8", offset })
  })

const raw = ({ type, value }: Vector): ProxyTlv.Raw => ({ type, value })

/** What a vector says. */
export const read = (vector: Vector, header: Uint8Array): Read<ProxyTlv.ProxyTlv> => {
  const { offset, type, value } = vector
  switch (type) {
    case types.alpn:
      return Either.right(ProxyTlv.Alpn({ protocol: value }))
    case types.authority:
      return Either.map(text(vector), (name) => ProxyTlv.Authority({ name }))
    case types.uniqueId:
      return value.length <= uniqueIdLimit
        ? Either.right(ProxyTlv.UniqueId({ id: value }))
        : fail(`a unique id of at most ${uniqueIdLimit} bytes`, offset)
    case types.ssl:
      return readSsl(header.subarray(0, offset + value.length), offset)
    case types.netNs:
      return Either.map(text(vector), (name) => ProxyTlv.NetNs({ name }))
    default:
      return Either.right(ProxyTlv.Other(raw(vector)))
  }
}

const known: ReadonlySet<number> = new Set(Object.values(sslTypes))

const readSsl = (bytes: Uint8Array, offset: number): Read<ProxyTlv.ProxyTlv> =>
  Either.gen(function*() {
    if (bytes.length < offset + 5) return yield* fail("5 bytes about TLS", offset)
    const all = yield* vectors(bytes, offset + 5)
    const detail = (type: number): Read<Option.Option<string>> => {
      const found = all.filter((vector) => vector.type === type)
      return found.length > 1
        ? fail("each fact about TLS once", found[1].offset)
        : found.length === 0
        ? Either.right(Option.none())
        : Either.map(text(found[0]), Option.some)
    }
    const flags = bytes[offset]
    return ProxyTlv.Ssl({
      active: (flags & 1) !== 0,
      certificateShown: (flags & 2) !== 0,
      certificateInSession: (flags & 4) !== 0,
      verify: new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset + 1),
      version: yield* detail(sslTypes.version),
      commonName: yield* detail(sslTypes.commonName),
      cipher: yield* detail(sslTypes.cipher),
      signatureAlgorithm: yield* detail(sslTypes.signatureAlgorithm),
      keyAlgorithm: yield* detail(sslTypes.keyAlgorithm),
      others: all.filter(({ type }) => !known.has(type)).map(raw)
    })
  })

const encoder = new TextEncoder()

/** A vector's bytes. */
export const encode = ({ type, value }: ProxyTlv.Raw): Uint8Array => {
  const bytes = new Uint8Array(3 + value.length)
  bytes.set([type, value.length >>> 8, value.length & 0xff])
  bytes.set(value, 3)
  return bytes
}

const encodeSsl = (ssl: ProxyTlv.Ssl): Uint8Array => {
  const flags = (ssl.active ? 1 : 0) | (ssl.certificateShown ? 2 : 0) |
    (ssl.certificateInSession ? 4 : 0)
  const head = new Uint8Array(5)
  head[0] = flags
  new DataView(head.buffer).setUint32(1, ssl.verify)
  const said = (type: number, fact: Option.Option<string>) =>
    Option.toArray(fact).map((value) => encode({ type, value: encoder.encode(value) }))
  return Octets.concat([
    head,
    ...said(sslTypes.version, ssl.version),
    ...said(sslTypes.commonName, ssl.commonName),
    ...said(sslTypes.cipher, ssl.cipher),
    ...said(sslTypes.signatureAlgorithm, ssl.signatureAlgorithm),
    ...said(sslTypes.keyAlgorithm, ssl.keyAlgorithm),
    ...ssl.others.map(encode)
  ])
}

/** Type and value of a vector that says so. */
export const toRaw: (tlv: ProxyTlv.ProxyTlv) => ProxyTlv.Raw = ProxyTlv.match({
  Alpn: ({ protocol }) => ({ type: types.alpn, value: protocol }),
  Authority: ({ name }) => ({ type: types.authority, value: encoder.encode(name) }),
  UniqueId: ({ id }) => ({ type: types.uniqueId, value: id }),
  Ssl: (ssl) => ({ type: types.ssl, value: encodeSsl(ssl) }),
  NetNs: ({ name }) => ({ type: types.netNs, value: encoder.encode(name) }),
  Other: ({ type, value }) => ({ type, value })
})
