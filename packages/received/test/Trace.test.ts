import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as Hop from "../src/Hop.js"
import * as Trace from "../src/Trace.js"
import { entries } from "./corpus/all.js"
import * as Entry from "./corpus/entry.js"

const bytes = (text: string) => new TextEncoder().encode(text)

/** A message of three hops; the last field is the first hop. */
const message = [
  "Return-Path: <alice@client.example>",
  "Received: from relay.example (relay.example [192.0.2.2])",
  "\tby mx.example.org with ESMTPS (version=TLSv1.3) id 3",
  "\tfor <bob@example.org>; Fri, 20 Nov 2026 12:00:10 +0100",
  "X-Other: a",
  " b",
  "Received: from client.example ([192.0.2.1])",
  "\tby relay.example with ESMTP id 2; Fri, 20 Nov 2026 11:00:15 +0000",
  "Received: nonsense",
  "received: from laptop by client.example with LOCAL id 1; Fri, 20 Nov 2026 05:58:00 -0500",
  "Subject: hello",
  "",
  "Received: from the.body by nobody; Fri, 20 Nov 2026 12:00:10 +0100",
  ""
].join("\r\n")

const read = (text: string, limit?: number) => Trace.read(Stream.make(bytes(text)), limit)

const trace = (...fields: ReadonlyArray<string>) =>
  Trace.fromFields(fields.map((field) => `Received: ${field}`))

const ids = ({ hops }: Trace.Trace) =>
  hops.map(({ facts }) => Option.getOrElse(Option.flatMap(facts, ({ id }) => id), () => "?"))

describe("Trace", () => {
  describe("read", () => {
    it.effect("V4: finds all fields of the header, those that it cannot read too, and the rest", () =>
      Effect.gen(function*() {
        const all = yield* read(message)
        expect(ids(all)).toEqual(["1", "?", "2", "3"])
        expect(Trace.unread(all).map(({ raw }) => raw)).toEqual(["Received: nonsense"])
        expect(all.hops[2]?.raw).toBe(message.split("\r\n").slice(6, 8).join("\r\n"))
        expect(all.others).toEqual([
          "Return-Path: <alice@client.example>",
          "X-Other: a\r\n b",
          "Subject: hello"
        ])
        expect(all.end).toBe("EmptyLine")
      }))

    it.effect.prop(
      "reads the same however the message is cut, and whatever its line ends",
      [FastCheck.array(FastCheck.integer({ min: 0, max: 80 })), FastCheck.boolean()],
      ([sizes, bare]) =>
        Effect.gen(function*() {
          const text = bare ? message.replace(/\r\n/g, "\n") : message
          const all = bytes(text)
          const chunks: Array<Uint8Array> = []
          let at = 0
          for (const size of sizes) {
            chunks.push(all.slice(at, at + size))
            at += size
          }
          const cut = yield* Trace.read(Stream.fromIterable([...chunks, all.slice(at)]))
          expect(cut).toEqual(yield* read(text))
          expect(ids(cut)).toEqual(["1", "?", "2", "3"])
        })
    )

    it.effect("does not ask for more behind the empty line", () =>
      Effect.gen(function*() {
        const pulled = yield* Ref.make(0)
        const end = message.indexOf("\r\n\r\n") + 4
        const pieces = [message.slice(0, 40), message.slice(40, end), message.slice(end)]
        const stream = Stream.mapEffect(
          Stream.fromIterable(pieces),
          (piece) => Effect.as(Ref.update(pulled, (count) => count + 1), bytes(piece))
        ).pipe(Stream.rechunk(1), Stream.concat(Stream.die("nobody reads the body")))
        expect(ids(yield* Trace.read(stream))).toEqual(["1", "?", "2", "3"])
        expect(yield* Ref.get(pulled)).toBe(2)
      }))

    it.effect("stops at its limit and says so", () =>
      Effect.gen(function*() {
        const endless = Stream.forever(Stream.make(bytes("Received: by a.example id 1\r\n")))
        const all = yield* Trace.read(endless, 290)
        expect([all.hops.length, all.end]).toEqual([10, "Limit"])
        const header = message.slice(0, message.indexOf("\r\n\r\n") + 4)
        expect((yield* read(header, header.length)).end).toBe("EmptyLine")
        expect((yield* read(header, header.length - 1)).end).toBe("Limit")
      }))

    it.effect("takes a header without a body, an empty one, and one that is not UTF-8", () =>
      Effect.gen(function*() {
        expect(yield* read("Received: by a.example id 1"))
          .toMatchObject({ end: "EndOfMessage", hops: [{ raw: "Received: by a.example id 1" }] })
        expect(yield* read("")).toEqual({ hops: [], others: [], end: "EndOfMessage" })
        expect(yield* read("\r\nReceived: by a.example")).toMatchObject({
          hops: [],
          end: "EmptyLine"
        })
        const latin = Uint8Array.from([...bytes("Received: by a.example id "), 0xe9])
        expect(ids(yield* Trace.read(Stream.make(latin)))).toEqual(["\ufffd"])
      }))

    it.effect("passes the errors of the stream on", () =>
      Effect.gen(function*() {
        const broken = Stream.concat(Stream.make(bytes("Received: by a")), Stream.fail("lost"))
        expect(yield* Effect.flip(Trace.read(broken))).toBe("lost")
      }))
  })

  describe("delays", () => {
    it.effect("V11: are counted from one dated hop to the next, across zones", () =>
      Effect.gen(function*() {
        const all = yield* read(message)
        expect(all.hops.map(({ delay }) => Option.getOrNull(delay))).toEqual([
          null,
          null,
          135_000,
          -5_000
        ])
        expect(Trace.duration(all)).toEqual(Option.some(130_000))
      }))

    it.effect("V12: that are less than none show clocks which do not agree", () =>
      Effect.gen(function*() {
        const all = yield* read(message)
        expect(Trace.skewed(all)).toEqual([3])
        expect(Trace.isOrdered(all)).toBe(false)
        expect(Trace.isOrdered({ ...all, hops: all.hops.slice(0, 3) })).toBe(true)
      }))

    it("have no total without two dates", () => {
      expect(Trace.duration(trace("by a.example; 20 Nov 2026 10:00 +0000", "by b.example")))
        .toEqual(Option.none())
    })

    it("are printed in two units", () => {
      const texts = [0, 250, 5_000, -5_000, 65_000, 3_600_000, 90_061_000, 1_500]
      expect(texts.map(Hop.printDelay))
        .toEqual(["0 s", "250 ms", "5 s", "-5 s", "1 min 5 s", "1 h", "1 d 1 h", "1 s 500 ms"])
    })
  })

  describe("loops", () => {
    const loop = trace(
      "from c.example by MX.example.org id 4",
      "from b.example by c.example id 3",
      "from mx.example.org by b.example id 2",
      "from a.example by mx.example.org id 1",
      "from x by localhost (a.example [127.0.0.1])"
    )

    it("V11: are seen by hosts that come again", () => {
      expect(Trace.revisited(loop)).toEqual([["mx.example.org", 2]])
      expect(Trace.timesAt(loop, "Mx.Example.org")).toBe(2)
      expect(Trace.timesAt(loop, "a.example")).toBe(1)
      expect(Trace.timesAt(loop, "d.example")).toBe(0)
    })

    it("V11: are seen by the number of hops", () => {
      expect(Trace.loops(loop)).toBe(false)
      expect(Trace.loops(loop, 5)).toBe(true)
      expect(Trace.loops(trace(...Array.from({ length: 100 }, () => "by a.example")))).toBe(true)
    })
  })

  it.effect("V10: reads a header of all fields of the corpus, and each is there as it was", () =>
    Effect.gen(function*() {
      const fields = entries.map((entry) => `Received: ${Entry.text(entry)}`)
      const all = yield* read(`${fields.join("\r\n")}\r\n\r\n`)
      expect(all.hops.map(({ raw }) => raw).reverse()).toEqual(fields)
      expect(Trace.unread(all)).toEqual([])
    }))
})
