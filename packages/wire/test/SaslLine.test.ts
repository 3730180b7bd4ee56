import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as SaslLine from "../src/SaslLine.js"
import { bytes, chunkings, decodeAll } from "./decoding.js"

const response = (text: string) => SaslLine.Response({ bytes: Redacted.make(bytes(text)) })

/** The line with its secret in the open. */
const shown = (line: SaslLine.SaslLine): string =>
  SaslLine.match(line, {
    Response: ({ bytes }) => new TextDecoder().decode(Redacted.value(bytes)),
    Cancel: () => "(cancel)"
  })

const result = Either.match({
  onLeft: (error: SaslLine.SaslLineError) => `!${error.reason._tag}`,
  onRight: shown
})

const decoded = (input: string, options?: SaslLine.DecoderOptions) => {
  const [whole, ...others] = chunkings(bytes(input)).map((chunks) => {
    const { error, values } = decodeAll(SaslLine.decoder(options), chunks)
    return { values: values.map(result), error: error?._tag }
  })
  for (const other of others) expect(other).toEqual(whole)
  return whole
}

describe("SaslLine", () => {
  describe("parse", () => {
    it("reads base64, nothing, and the cancel", () => {
      expect(["dXNlcg==", "", "*"].map((line) => result(SaslLine.parse(line)))).toEqual([
        "user",
        "",
        "(cancel)"
      ])
    })

    it("refuses all else", () => {
      const bad = [
        "=",
        "**",
        "dXNlcg",
        "dXNlcg=",
        "dXNlch==",
        " dXNlcg==",
        "dX\0lcg==",
        "dX\nlcg=="
      ]
      for (const line of bad) expect(result(SaslLine.parse(line))).toBe("!NotBase64")
    })

    it("N21: keeps no text of the peer in an error", () => {
      const error = Option.getOrThrow(Either.getLeft(SaslLine.parse("sEcReT")))
      expect(JSON.stringify(error) + error.message).not.toMatch("sEcReT")
    })
  })

  describe("print", () => {
    it("shows no secret", () => {
      expect(SaslLine.print(response("user"))).toBe("<redacted>")
      expect(SaslLine.print(SaslLine.Cancel())).toBe("*")
    })
  })

  describe("encode", () => {
    it("is base64 or * and CR LF", () => {
      const wire = (line: SaslLine.SaslLine) =>
        Either.map(SaslLine.encode(line), (octets) => new TextDecoder().decode(octets))
      expect(wire(response("user"))).toEqual(Either.right("dXNlcg==\r\n"))
      expect(wire(response(""))).toEqual(Either.right("\r\n"))
      expect(wire(SaslLine.Cancel())).toEqual(Either.right("*\r\n"))
    })

    it("is bounded", () => {
      const of = (length: number) =>
        SaslLine.encode(SaslLine.Response({ bytes: Redacted.make(new Uint8Array(length)) }))
      expect(Either.map(of(9213), (octets) => octets.length)).toEqual(Either.right(12_286))
      expect(Either.isLeft(of(9214))).toBe(true)
    })
  })

  describe("challenges", () => {
    it("go both ways", () => {
      expect(SaslLine.printChallenge(bytes("Username:"))).toBe("VXNlcm5hbWU6")
      expect(SaslLine.parseChallenge("VXNlcm5hbWU6")).toEqual(Either.right(bytes("Username:")))
      expect(SaslLine.parseChallenge("")).toEqual(Either.right(new Uint8Array(0)))
      expect(Either.isLeft(SaslLine.parseChallenge("Username:"))).toBe(true)
    })
  })

  describe("decoder", () => {
    it("reads one line after the other, whatever they are", () => {
      expect(decoded("dXNlcg==\r\n\r\nnope!\r\n*\r\nAAAA\n")?.values).toEqual([
        "user",
        "",
        "!NotBase64",
        "(cancel)",
        "!BareLineFeed"
      ])
      expect(decoded("dXNlcg==\n", { lineEnd: "relaxed" })?.values).toEqual(["user"])
    })

    it("N12: is bounded twice", () => {
      const options = { limit: 10, discard: 20 }
      expect(decoded("dXNlcg==\r\ndXNlcg==dXNl\r\n*\r\n", options)?.values).toEqual([
        "user",
        "!TooLong",
        "(cancel)"
      ])
      expect(decoded(`${"A".repeat(19)}\r\n`, options)?.error).toBe("LineOverflow")
    })
  })

  describe("laws", () => {
    it("decode(encode(x)) = x", () => {
      FastCheck.assert(FastCheck.property(FastCheck.uint8Array({ maxLength: 100 }), (secret) => {
        const wire = Either.getOrThrow(
          SaslLine.encode(SaslLine.Response({ bytes: Redacted.make(secret) }))
        )
        const step = Either.getOrThrow(SaslLine.decoder().step(wire))
        const line = step._tag === "Done" ? Either.getOrThrow(step.value) : undefined
        expect(line?._tag === "Response" && Redacted.value(line.bytes)).toEqual(secret)
      }))
    })
  })
})
