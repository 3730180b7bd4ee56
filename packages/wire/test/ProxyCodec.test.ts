import * as Rechunk from "@effect-smtp/testing/Rechunk"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Crc32c from "../src/internal/crc32c.js"
import * as ProxyCodec from "../src/ProxyCodec.js"
import * as ProxyHeader from "../src/ProxyHeader.js"
import * as ProxyTlv from "../src/ProxyTlv.js"
import { bytes, chunkings, decodeAll } from "./decoding.js"

const signature = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]

const version2 = (
  command: number,
  family: number,
  rest: ReadonlyArray<number>,
  length = rest.length
) => Uint8Array.of(...signature, command, family, length >> 8, length & 0xff, ...rest)

const inet4 = [192, 0, 2, 7, 198, 51, 100, 2, 0xdc, 0x04, 0, 25]

const decode = (input: Uint8Array, limit?: number) => decodeAll(ProxyCodec.decoder(limit), [input])

const tcp4 = (tlvs: ReadonlyArray<ProxyTlv.ProxyTlv> = []) =>
  ProxyHeader.Inet({
    transport: "Stream",
    source: { host: "192.0.2.7", port: 56324 },
    destination: { host: "198.51.100.2", port: 25 },
    tlvs
  })

/** However the bytes are cut, that is read from them, and what follows is left. */
const reads = (input: Uint8Array, expected: ProxyHeader.ProxyHeader) => {
  for (const chunks of chunkings(input)) {
    expect(decodeAll(ProxyCodec.decoder(), chunks)).toEqual({
      values: [expected],
      error: undefined,
      held: 0
    })
  }
  const step = Either.getOrThrow(
    ProxyCodec.decoder().step(Uint8Array.of(...input, ...bytes("EHLO")))
  )
  expect(step).toMatchObject({ _tag: "Done", consumed: input.length })
}

/** However the bytes are cut, they are refused at that offset. */
const refuses = (input: Uint8Array, offset: number) => {
  for (const chunks of chunkings(input)) {
    const { error, values } = decodeAll(ProxyCodec.decoder(), chunks)
    expect({ values, offset: error?.offset }).toEqual({ values: [], offset })
  }
}

describe("ProxyCodec", () => {
  describe("version 1", () => {
    it("reads TCP over IPv4, over IPv6, and nobody", () => {
      reads(bytes("PROXY TCP4 192.0.2.7 198.51.100.2 56324 25\r\n"), tcp4())
      reads(
        bytes("PROXY TCP6 2001:DB8:0:0::7 ::1 0 65535\r\n"),
        ProxyHeader.Inet({
          transport: "Stream",
          source: { host: "2001:db8::7", port: 0 },
          destination: { host: "::1", port: 65535 },
          tlvs: []
        })
      )
      reads(bytes("PROXY UNKNOWN\r\n"), ProxyHeader.Unknown())
      reads(bytes("PROXY UNKNOWN anything at all\r\n"), ProxyHeader.Unknown())
    })

    it("takes the longest line, 107 bytes, and none longer (N12)", () => {
      const longest = `PROXY UNKNOWN ${"f".repeat(107 - 16)}\r\n`
      expect(longest.length).toBe(107)
      reads(bytes(longest), ProxyHeader.Unknown())
      refuses(bytes(`PROXY UNKNOWN ${"f".repeat(107 - 15)}\r\n`), 107)
      refuses(bytes(`PROXY UNKNOWN ${"f".repeat(2000)}`), 107)
    })

    it.each([
      ["EHLO client.example\r\n", 0],
      ["PROXX UNKNOWN\r\n", 4],
      ["PROXY\r\n", 5],
      ["PROXY UNKNOWN\n", 13],
      ["PROXY UNKNOWN\rX", 13],
      ["proxy UNKNOWN\r\n", 0],
      ["PROXY TCP5 192.0.2.7 192.0.2.8 1 2\r\n", 6],
      ["PROXY TCP4 192.0.2.7 192.0.2.8 1\r\n", 11],
      ["PROXY TCP4 192.0.2.7 192.0.2.8 1 2 3\r\n", 11],
      ["PROXY TCP4  192.0.2.7 192.0.2.8 1 2\r\n", 11],
      ["PROXY TCP4 192.0.2.07 192.0.2.8 1 2\r\n", 11],
      ["PROXY TCP4 192.0.2.7 192.0.2.256 1 2\r\n", 11],
      ["PROXY TCP4 192.0.2.7 192.0.2.8 01 2\r\n", 11],
      ["PROXY TCP4 192.0.2.7 192.0.2.8 1 65536\r\n", 11],
      ["PROXY TCP4 ::1 ::1 1 2\r\n", 11],
      ["PROXY TCP6 192.0.2.7 192.0.2.8 1 2\r\n", 11]
    ])("refuses %j", (line, offset) => refuses(bytes(line), offset))
  })

  describe("version 2", () => {
    it("reads each family and transport", () => {
      reads(version2(0x21, 0x11, inet4), tcp4())
      reads(
        version2(0x21, 0x12, inet4),
        ProxyHeader.Inet({ ...tcp4(), transport: "Datagram" })
      )
      const one = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
      const two = [...new Array<number>(15).fill(0), 1]
      reads(
        version2(0x21, 0x21, [...one, ...two, 1, 2, 3, 4]),
        ProxyHeader.Inet({
          transport: "Stream",
          source: { host: "2001:db8::1", port: 258 },
          destination: { host: "::1", port: 772 },
          tlvs: []
        })
      )
      const path = (text: string) => [
        ...bytes(text),
        ...new Array<number>(108 - text.length).fill(0)
      ]
      reads(
        version2(0x21, 0x31, [...path("/run/client"), ...path("/".repeat(108))]),
        ProxyHeader.Unix({
          transport: "Stream",
          source: "/run/client",
          destination: "/".repeat(108),
          tlvs: []
        })
      )
    })

    it("skips what a header without addresses says", () => {
      reads(version2(0x20, 0, []), ProxyHeader.Local())
      reads(version2(0x20, 0xff, [1, 2, 3]), ProxyHeader.Local())
      reads(version2(0x21, 0, []), ProxyHeader.Unknown())
      reads(version2(0x21, 0, [9, 9, 9, 9]), ProxyHeader.Unknown())
      reads(version2(0x21, 0x10, inet4), ProxyHeader.Unknown())
      reads(version2(0x21, 0x01, []), ProxyHeader.Unknown())
    })

    it("reads vectors, those that nothing is known of too", () => {
      const vectors = [
        ...[1, 0, 4, ...bytes("smtp")],
        ...[2, 0, 10, ...bytes("mx.example")],
        ...[5, 0, 2, 0xca, 0xfe],
        ...[0x30, 0, 4, ...bytes("blue")],
        ...[0x20, 0, 20, 5, 0, 0, 0, 1],
        ...[0x21, 0, 7, ...bytes("TLSv1.3"), 0x28, 0, 2, 8, 9],
        ...[4, 0, 0],
        ...[0xe0, 0, 1, 7]
      ]
      reads(
        version2(0x21, 0x11, [...inet4, ...vectors]),
        tcp4([
          ProxyTlv.Alpn({ protocol: bytes("smtp") }),
          ProxyTlv.Authority({ name: "mx.example" }),
          ProxyTlv.UniqueId({ id: Uint8Array.of(0xca, 0xfe) }),
          ProxyTlv.NetNs({ name: "blue" }),
          ProxyTlv.Ssl({
            active: true,
            certificateShown: false,
            certificateInSession: true,
            verify: 1,
            version: Option.some("TLSv1.3"),
            commonName: Option.none(),
            cipher: Option.none(),
            signatureAlgorithm: Option.none(),
            keyAlgorithm: Option.none(),
            others: [{ type: 0x28, value: Uint8Array.of(8, 9) }]
          }),
          ProxyTlv.Other({ type: 4, value: new Uint8Array() }),
          ProxyTlv.Other({ type: 0xe0, value: Uint8Array.of(7) })
        ])
      )
    })

    it.each<readonly [string, Uint8Array, number]>([
      ["another signature", Uint8Array.of(13, 10, 13, 10, 1), 4],
      ["version 1 in binary", version2(0x11, 0x11, inet4), 12],
      ["another command", version2(0x22, 0x11, inet4), 12],
      ["another family", version2(0x21, 0x41, inet4), 13],
      ["another transport", version2(0x21, 0x13, inet4), 13],
      ["too few bytes of addresses", version2(0x21, 0x11, inet4.slice(1)), 14],
      ["more bytes than the limit (N12)", version2(0x21, 0x11, [], 4081), 14],
      ["more bytes than the limit of itself (N12)", version2(0x20, 0, [], 65535), 14],
      ["half the head of a vector", version2(0x21, 0x11, [...inet4, 1, 0]), 28],
      ["a vector that is cut short", version2(0x21, 0x11, [...inet4, 1, 0, 2, 9]), 28],
      ["a name that is no UTF-8", version2(0x21, 0x11, [...inet4, 2, 0, 1, 0xff]), 31],
      [
        "a unique id that is too long",
        version2(0x21, 0x11, [
          ...inet4,
          ...[5, 0, 129],
          ...new Array<number>(129).fill(1)
        ]),
        31
      ],
      ["less than 5 bytes on TLS", version2(0x21, 0x11, [...inet4, 0x20, 0, 4, 1, 0, 0, 0]), 31],
      ["a checksum of 3 bytes", version2(0x21, 0x11, [...inet4, 3, 0, 3, 1, 2, 3]), 31],
      ["a wrong checksum", version2(0x21, 0x11, [...inet4, 3, 0, 4, 1, 2, 3, 4]), 31],
      [
        "a TLS version that is said twice",
        version2(0x21, 0x11, [...inet4, 0x20, 0, 11, 1, 0, 0, 0, 0, 0x21, 0, 0, 0x21, 0, 0]),
        42
      ]
    ])("refuses %s", (_, input, offset) => refuses(input, offset))

    it("checks the checksum", () => {
      expect(Crc32c.checksum(bytes("123456789"))).toBe(0xe3069283)
      const encoded = Either.getOrThrow(
        ProxyCodec.encode(tcp4(), { version: 2, checksum: true })
      )
      expect(Array.from(encoded.slice(28, 31))).toEqual([3, 0, 4])
      reads(encoded, tcp4())
      for (let at = 16; at < encoded.length; at++) {
        const broken = encoded.slice()
        broken[at] ^= 1
        expect(decode(broken).values).toEqual([])
      }
    })

    it("takes as many bytes as it is told to", () => {
      const long = version2(0x21, 0x11, [
        ...inet4,
        ...[0xe0, 0x1f, 0x40],
        ...new Array<number>(8000).fill(0)
      ])
      expect(decode(long).error?.expected).toContain("4096")
      expect(decode(long, 65551).values).toHaveLength(1)
      expect(decode(long, long.length).values).toHaveLength(1)
      expect(decode(long, long.length - 1).values).toHaveLength(0)
    })
  })

  describe("encode", () => {
    const port = FastCheck.integer({ min: 0, max: 65535 })
    const address = (host: FastCheck.Arbitrary<string>) => FastCheck.record({ host, port })
    const transport = FastCheck.constantFrom<ProxyHeader.Transport>("Stream", "Datagram")
    const value = FastCheck.uint8Array({ maxLength: 40 })
    const text = FastCheck.string({ unit: "grapheme", maxLength: 20 })
    const maybe = FastCheck.option(text).map(Option.fromNullable)
    const tlv = FastCheck.oneof<Array<FastCheck.Arbitrary<ProxyTlv.ProxyTlv>>>(
      value.map((protocol) => ProxyTlv.Alpn({ protocol })),
      text.map((name) => ProxyTlv.Authority({ name })),
      value.map((id) => ProxyTlv.UniqueId({ id })),
      text.map((name) => ProxyTlv.NetNs({ name })),
      FastCheck.record({ type: FastCheck.integer({ min: 0xe0, max: 0xff }), value })
        .map(ProxyTlv.Other),
      FastCheck.record({
        active: FastCheck.boolean(),
        certificateShown: FastCheck.boolean(),
        certificateInSession: FastCheck.boolean(),
        verify: FastCheck.integer({ min: 0, max: 0xffffffff }),
        version: maybe,
        commonName: maybe,
        cipher: maybe,
        signatureAlgorithm: maybe,
        keyAlgorithm: maybe,
        others: FastCheck.array(
          FastCheck.record({ type: FastCheck.integer({ min: 0x26, max: 0x2f }), value }),
          { maxLength: 3 }
        )
      }).map(ProxyTlv.Ssl)
    )
    const tlvs = FastCheck.array(tlv, { maxLength: 5 })
    const path = FastCheck.string({ maxLength: 108 })
    /** Addresses in canonical form, as they are read. */
    const host4 = FastCheck.ipV4()
    const host6 = FastCheck.constantFrom("2001:db8::1", "::1", "fe80::1:2", "ff02::fb", "::")
    const header = FastCheck.oneof<Array<FastCheck.Arbitrary<ProxyHeader.ProxyHeader>>>(
      FastCheck.constant(ProxyHeader.Local()),
      FastCheck.constant(ProxyHeader.Unknown()),
      FastCheck.record({ transport, source: address(host4), destination: address(host4), tlvs })
        .map(ProxyHeader.Inet),
      FastCheck.record({ transport, source: address(host6), destination: address(host6), tlvs })
        .map(ProxyHeader.Inet),
      FastCheck.record({ transport, source: path, destination: path, tlvs }).map(ProxyHeader.Unix)
    )

    it("is undone by the decoder, whatever the chunks", () => {
      FastCheck.assert(FastCheck.property(
        header,
        FastCheck.boolean(),
        FastCheck.infiniteStream(FastCheck.integer({ min: 1, max: 50 })),
        (value, checksum, sizes) => {
          const encoded = Either.getOrThrow(ProxyCodec.encode(value, { version: 2, checksum }))
          const chunks: Array<Uint8Array> = []
          for (let at = 0; at < encoded.length;) {
            const size = sizes.next().value
            chunks.push(encoded.subarray(at, at + size))
            at += size
          }
          expect(decodeAll(ProxyCodec.decoder(), chunks).values).toEqual([value])
        }
      ))
    })

    it("writes version 1, and only what it can say", () => {
      const line = (value: ProxyHeader.ProxyHeader) =>
        Either.map(ProxyCodec.encode(value, { version: 1 }), (all) => new TextDecoder().decode(all))
      expect(line(tcp4()))
        .toEqual(Either.right("PROXY TCP4 192.0.2.7 198.51.100.2 56324 25\r\n"))
      expect(line(ProxyHeader.Local())).toEqual(Either.right("PROXY UNKNOWN\r\n"))
      for (
        const value of [
          tcp4([ProxyTlv.NetNs({ name: "blue" })]),
          ProxyHeader.Inet({ ...tcp4(), transport: "Datagram" }),
          ProxyHeader.Unix({ transport: "Stream", source: "", destination: "", tlvs: [] })
        ]
      ) {
        expect(Either.isLeft(line(value))).toBe(true)
      }
    })

    it("writes nothing that somebody else has slipped in (N7)", () => {
      const source = { host: "192.0.2.7 192.0.2.8 1 2\r\nEHLO", port: 1 }
      for (
        const value of [
          { ...tcp4(), source },
          { ...tcp4(), source: { host: "192.0.2.7", port: 65536 } },
          { ...tcp4(), source: { host: "192.0.2.7", port: 1.5 } },
          { ...tcp4(), source: { host: "::1", port: 1 } },
          tcp4([ProxyTlv.Other({ type: 3, value: new Uint8Array(4) })]),
          tcp4([ProxyTlv.Other({ type: 300, value: new Uint8Array(4) })]),
          tcp4([ProxyTlv.Other({ type: 0xe0, value: new Uint8Array(65536) })]),
          ProxyHeader.Unix({ transport: "Stream", source: "a\0b", destination: "", tlvs: [] }),
          ProxyHeader.Unix({
            transport: "Stream",
            source: "/".repeat(109),
            destination: "",
            tlvs: []
          })
        ]
      ) {
        expect(Either.isLeft(ProxyCodec.encode(value))).toBe(true)
        expect(Either.isLeft(ProxyCodec.encode(value, { version: 1 }))).toBe(true)
      }
    })

    it("no bytes make the decoder throw or hold more than its limit (N12)", () => {
      const start = FastCheck.constantFrom(signature, [...bytes("PROXY ")], [])
      FastCheck.assert(FastCheck.property(
        start,
        FastCheck.uint8Array({ maxLength: 300 }),
        (prefix, rest) => {
          const { held } = decodeAll(
            ProxyCodec.decoder(128),
            Rechunk.everyByte(Uint8Array.of(...prefix, ...rest))
          )
          expect(held).toBeLessThanOrEqual(128)
        }
      ))
    })
  })
})
