import * as NameServer from "@effect-smtp/testing/NameServer"
import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"

const zone: NameServer.Zone = {
  "mx.example": { mx: [{ preference: 258, exchange: "a.b" }], a: ["192.0.2.1"] },
  "six.example": { aaaa: ["2001:db8:0:0:0:0:0:1"] },
  "null.example": { mx: [{ preference: 0, exchange: "" }] },
  "broken.example": "ServerFailure",
  "closed.example": "Refused",
  "silent.example": "Silence"
}

const name = (text: string) =>
  text.split(".").flatMap((label) => [label.length, ...new TextEncoder().encode(label)])

/** A query with the number 7, recursion desired. */
const query = (text: string, type: number) =>
  Uint8Array.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...name(text), 0, 0, type, 0, 1])

const answer = (text: string, type: number) =>
  Option.map(NameServer.answer(zone, query(text, type)), (bytes) => Array.from(bytes))

/** What stands behind the question of an answer with one record. */
const record = (text: string, type: number) =>
  Option.map(answer(text, type), (bytes) => bytes.slice(query(text, type).length + 10))

describe("NameServer", () => {
  describe("answer", () => {
    it("repeats the question, and has the records behind it (RFC 1035 section 4)", () => {
      expect(answer("mx.example", 15)).toEqual(Option.some([
        ...[0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0],
        ...[...name("mx.example"), 0, 0, 15, 0, 1],
        ...[0xc0, 12, 0, 15, 0, 1, 0, 0, 0, 60],
        ...[0, 7, 1, 2, 1, 97, 1, 98, 0]
      ]))
    })

    it("has addresses of both families, and the root for a null MX", () => {
      expect(record("mx.example", 1)).toEqual(Option.some([0, 4, 192, 0, 2, 1]))
      expect(record("six.example", 28)).toEqual(
        Option.some([0, 16, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
      )
      expect(record("null.example", 15)).toEqual(Option.some([0, 3, 0, 0, 0]))
    })

    it("is empty for other types, and an error where it is to be one", () => {
      const head = (text: string, type: number) =>
        Option.map(answer(text, type), (bytes) => [bytes[3] & 15, bytes[7]])
      expect(head("MX.example", 28)).toEqual(Option.some([0, 0]))
      expect(head("mx.example", 16)).toEqual(Option.some([0, 0]))
      expect(head("none.example", 15)).toEqual(Option.some([3, 0]))
      expect(head("broken.example", 15)).toEqual(Option.some([2, 0]))
      expect(head("closed.example", 15)).toEqual(Option.some([5, 0]))
    })

    it("is none where it is silent, or was asked nothing", () => {
      expect(answer("silent.example", 15)).toEqual(Option.none())
      expect(NameServer.answer(zone, query("mx.example", 15).slice(0, 20))).toEqual(Option.none())
      expect(NameServer.answer(zone, new Uint8Array(3))).toEqual(Option.none())
    })
  })
})
