import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Body from "../src/Body.js"
import * as SmtpClient from "../src/SmtpClient.js"
import * as Discarding from "./discarding.js"
import { aliceToBob, clear } from "./harness.js"

const mebi = 1024 * 1024
const block = 64 * 1024
const line = new TextEncoder().encode(`${"x".repeat(126)}\r\n`)

const held = (): number => {
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** So many octets, each block of them made anew, and the most that the process has held meanwhile. */
const generated = (size: number) => {
  const most = MutableRef.make(0)
  const make = () => {
    const bytes = new Uint8Array(block)
    for (let at = 0; at < block; at += line.length) bytes.set(line, at)
    most.current = Math.max(most.current, held())
    return bytes
  }
  const stream = Stream.map(Stream.range(1, size / block, 1), make)
  return { most, body: Body.fromStream(stream, { size, eightBit: false }) }
}

describe("a long message from a stream", () => {
  for (const extensions of [[], ["PIPELINING", "CHUNKING"]]) {
    it.scopedLive(`leaves memory flat (${extensions.join(", ") || "DATA"})`, () =>
      Effect.gen(function*() {
        const size = 256 * mebi
        const { flow, octets } = yield* Discarding.make(extensions)
        const client = yield* SmtpClient.fromFlow(flow, clear)
        const before = held()
        const { body, most } = generated(size)
        const outcome = yield* client.deliver(aliceToBob, body)
        expect(Option.isSome(outcome.reply)).toBe(true)
        expect(octets.current).toBeGreaterThan(size)
        expect(most.current - before).toBeLessThan(size / 2)
      }))
  }
})
