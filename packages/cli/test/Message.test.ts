import * as Message from "@effect-smtp/cli/Message"
import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import { SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { platform } from "./harness.js"

const octet = FastCheck.oneof(
  FastCheck.constantFrom(10, 13, 46, 120),
  FastCheck.integer({ min: 0, max: 255 })
)
const pieces = FastCheck.array(FastCheck.uint8Array({ maxLength: 6 }), { maxLength: 6 })
const awkward = FastCheck.array(
  FastCheck.array(octet, { maxLength: 6 }).map((octets) => Uint8Array.from(octets)),
  { maxLength: 6 }
)

const bytesOf = (text: string) => new TextEncoder().encode(text)

const join = (chunks: Iterable<Uint8Array>) =>
  Uint8Array.from(Array.from(chunks).flatMap((chunk) => Array.from(chunk)))

const content = (body: Body.Body) =>
  body._tag === "Bytes"
    ? Effect.succeed(body.bytes)
    : Effect.map(Stream.runCollect(body.stream), (chunks) => join(Chunk.toReadonlyArray(chunks)))

describe("Message", () => {
  describe("standard input", () => {
    it.effect.prop(
      "knows of any message, however cut, what Body knows of one in memory",
      [FastCheck.oneof(pieces, awkward)],
      ([chunks]) =>
        Effect.gen(function*() {
          const body = yield* Effect.provideService(
            Message.fromFile("-"),
            Message.Stdin,
            Stream.fromIterable(chunks)
          )
          const { binary, eightBit, size } = Body.facts(Body.fromBytes(join(chunks)))
          expect(Body.facts(body)).toMatchObject({ binary, eightBit, size })
          expect(yield* content(body)).toEqual(join(chunks))
        }).pipe(Effect.provide(platform))
    )

    it.effect("fails when it cannot be read", () =>
      Effect.gen(function*() {
        const broken = new SystemError({ reason: "Unknown", module: "Stream", method: "stdin" })
        const error = yield* Effect.flip(
          Effect.provideService(Message.fromFile("-"), Message.Stdin, Stream.fail(broken))
        )
        expect(error.message).toContain("cannot use standard input as a message")
      }).pipe(Effect.provide(platform)))
  })

  describe("fromFile", () => {
    it.scoped("measures the file, and reads it again each time it is sent", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const file = yield* fs.makeTempFileScoped()
        const text = "Subject: grüße\n\n" + "x\n".repeat(100_000)
        yield* fs.writeFileString(file, text)
        const body = yield* Message.fromFile(file)
        const bytes = new TextEncoder().encode(text)
        expect(Body.facts(body)).toEqual(Body.facts(Body.fromBytes(bytes)))
        expect(new TextDecoder().decode(yield* content(body))).toBe(text)
        expect(new TextDecoder().decode(yield* content(body))).toBe(text)
      }).pipe(Effect.provide(platform)))

    it.effect("reads once what cannot be read again, such as a pipe", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const info = yield* fs.stat(".")
        let left = ["Subject: x\n", "Subject: y\n"]
        const pipe = FileSystem.layerNoop({
          stat: () => Effect.succeed({ ...info, type: "FIFO" }),
          readFile: () =>
            Effect.sync(() => {
              const [text = "", ...more] = left
              left = more
              return bytesOf(text)
            })
        })
        const body = yield* Effect.provide(Message.fromFile("/dev/fd/63"), pipe)
        expect(yield* content(body)).toEqual(bytesOf("Subject: x\n"))
        expect(yield* content(body)).toEqual(bytesOf("Subject: x\n"))
        const pieces = yield* Effect.provide(Stream.runCollect(Message.read("/dev/fd/63")), pipe)
        expect(join(pieces)).toEqual(bytesOf("Subject: y\n"))
      }).pipe(Effect.provide(platform)))

    it.scoped("says of a message with UTF-8 in its header that it wants SMTPUTF8 (RFC 6531)", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const file = yield* fs.makeTempFileScoped()
        const all = [
          [bytesOf("Subject: ü\n\nx"), true],
          [bytesOf("Subject: x\n\nü"), false],
          [Uint8Array.of(...bytesOf("Subject: "), 0xfc, 10, 10), false]
        ] as const
        for (const [bytes, utf8Header] of all) {
          yield* fs.writeFile(file, bytes)
          const stdin = Effect.provideService(
            Message.fromFile("-"),
            Message.Stdin,
            Stream.make(bytes)
          )
          for (const made of [Message.fromFile(file), Message.fromFileAtOnce(file), stdin]) {
            expect(yield* made).toMatchObject({ utf8Header })
          }
        }
      }).pipe(Effect.provide(platform)))

    it.scoped("fails for a directory, in words", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* fs.makeTempDirectoryScoped()
        for (
          const { message } of [
            yield* Effect.flip(Message.fromFile(directory)),
            yield* Effect.flip(Stream.runDrain(Message.read(directory)))
          ]
        ) {
          expect(message).toBe(`cannot use ${directory} as a message: it is a directory`)
        }
      }).pipe(Effect.provide(platform)))

    it.effect("fails when there is no such file", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Message.fromFile("/nowhere/message.eml"))
        expect(error.message).toContain(
          "cannot use /nowhere/message.eml as a message: there is no such file"
        )
      }).pipe(Effect.provide(platform)))
  })

  describe("fromFileAtOnce", () => {
    it.scoped("holds the file as it was, or says why it cannot", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const file = yield* fs.makeTempFileScoped()
        const bytes = Uint8Array.of(0, 13, 10, 255)
        yield* fs.writeFile(file, bytes)
        const body = yield* Message.fromFileAtOnce(file)
        yield* fs.remove(file)
        expect(Uint8Array.from(yield* content(body))).toEqual(bytes)
        const error = yield* Effect.flip(Message.fromFileAtOnce(file))
        expect(error.message).toContain(`cannot use ${file} as a message`)
      }).pipe(Effect.provide(platform)))
  })

  describe("forTest", () => {
    const text = (from: string, to: readonly [string, ...Array<string>]) =>
      Effect.flatMap(Envelope.parse({ from, to }), (envelope) =>
        Effect.map(
          Effect.flatMap(Message.forTest(envelope), content),
          (bytes) => new TextDecoder().decode(bytes)
        ))

    it.effect("is from the sender, to all recipients, with the time of the clock", () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.UTC(2026, 10, 3, 4, 5, 6))
        expect(yield* text("a@client.example", ["b@mx.example", "c@mx.example"])).toMatch(
          /^Date: Tue, 03 Nov 2026 04:05:06 \+0000\nFrom: <a@client\.example>\nTo: <b@mx\.example>,\n <c@mx\.example>\nMessage-ID: <[0-9a-f]{12}@smtp-probe\.invalid>\nSubject: [^\n]+\n\n./
        )
      }))

    it.effect("is from whoever gets it, where there is no sender", () =>
      Effect.gen(function*() {
        expect(yield* text("", ["b@mx.example"])).toContain("\nFrom: <b@mx.example>\n")
      }))
  })
})
