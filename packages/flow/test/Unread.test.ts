import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Flow from "../src/Flow.js"
import * as MemoryNetwork from "../src/MemoryNetwork.js"
import * as Tls from "../src/Tls.js"
import * as Unread from "../src/Unread.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const text = Option.map((chunk: Uint8Array) => new TextDecoder().decode(chunk))

describe("Unread", () => {
  it.scoped("is read before what comes next, once", () =>
    Effect.gen(function*() {
      const [near, far] = yield* MemoryNetwork.pair()
      const flow = Unread.make(near, bytes("one"))
      yield* far.write(bytes("two"))
      expect(text(yield* flow.read)).toEqual(Option.some("one"))
      expect(text(yield* flow.read)).toEqual(Option.some("two"))
    }))

  it.scoped("goes into the handshake, unless it was read", () =>
    Effect.gen(function*() {
      const heard: Array<Option.Option<string>> = []
      const upgrade: Flow.Upgrade = (flow) =>
        Effect.as(
          Effect.tap(flow.read, (chunk) => Effect.sync(() => heard.push(text(chunk)))),
          flow
        )
      const tls = Tls.client({ serverName: "mx.example" })
      const [near, far] = yield* MemoryNetwork.pair({ upgrade })
      yield* far.write(bytes("later"))
      yield* Unread.make(near, bytes("hello")).upgrade(tls)
      const read = Unread.make(near, bytes("again"))
      yield* read.read
      yield* read.upgrade(tls)
      expect(heard).toEqual([Option.some("hello"), Option.some("later")])
    }))
})
