import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import { FlowError } from "@effect-smtp/flow/FlowError"
import * as Effect from "effect/Effect"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"

const LF = 10

/** What the server is in the middle of: lines, a message up to its dot, or the rest of a chunk. */
type Within =
  | { readonly _tag: "Lines"; readonly held: string }
  | { readonly _tag: "Message"; readonly tail: string }
  | { readonly _tag: "Chunk"; readonly left: number }

const lines: Within = { _tag: "Lines", held: "" }

const text = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes)

/**
 * A flow to a server that takes every message and keeps nothing of it. `octets` counts what was written.
 */
export const make = (extensions: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const replies = yield* Queue.unbounded<Uint8Array>()
    const octets = MutableRef.make(0)
    const within = MutableRef.make<Within>(lines)
    const say = (reply: string): Within => {
      Queue.unsafeOffer(replies, new TextEncoder().encode(`${reply}\r\n`))
      return lines
    }

    const hear = (line: string): Within => {
      const chunk = /^BDAT (\d+)/.exec(line)
      if (chunk !== null) {
        return chunk[1] === "0" ? say("250 ok") : { _tag: "Chunk", left: Number(chunk[1]) }
      }
      if (line.startsWith("EHLO")) {
        return say(
          ["250-mx.example", ...extensions.map((name) => `250-${name}`), "250 HELP"].join("\r\n")
        )
      }
      if (line !== "DATA") return say("250 ok")
      say("354 go ahead")
      return { _tag: "Message", tail: "" }
    }

    /** What it is in then, and how many octets that took. */
    const step = (now: Within, bytes: Uint8Array): readonly [Within, number] => {
      switch (now._tag) {
        case "Lines": {
          const end = bytes.indexOf(LF) + 1
          if (end === 0) return [{ ...now, held: now.held + text(bytes) }, bytes.length]
          return [hear((now.held + text(bytes.subarray(0, end))).trimEnd()), end]
        }
        case "Message": {
          const tail = (now.tail + text(bytes.subarray(-5))).slice(-5)
          return [tail === "\r\n.\r\n" ? say("250 ok") : { ...now, tail }, bytes.length]
        }
        case "Chunk": {
          const taken = Math.min(now.left, bytes.length)
          const left = now.left - taken
          return [left === 0 ? say("250 ok") : { ...now, left }, taken]
        }
      }
    }

    say("220 mx.example")
    const flow: Flow = {
      read: Effect.asSome(Queue.take(replies)),
      write: (bytes) =>
        Effect.sync(() => {
          octets.current += bytes.length
          for (let at = 0; at < bytes.length;) {
            const [next, taken] = step(within.current, bytes.subarray(at))
            within.current = next
            at += taken
          }
        }),
      upgrade: () =>
        Effect.fail(
          new FlowError({ reason: "Unsupported", during: "upgrade", detail: "no TLS here" })
        ),
      peer: {
        local: Endpoint.Tcp({ host: "127.0.0.1", port: 49152 }),
        remote: Endpoint.Tcp({ host: "127.0.0.1", port: 25 }),
        tls: Option.none()
      }
    }
    return { flow, octets }
  })
