import * as Body from "@effect-smtp/client/Body"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Attachment from "../src/Attachment.js"
import * as Composed from "../src/Composed.js"
import * as Message from "../src/Message.js"
import { draft, refused, written } from "./composing.js"

const bytes = (text: string) => new TextEncoder().encode(text)

describe("Attachment", () => {
  it("has the type that its file name tells, unless it is told", () => {
    const type = (options: Attachment.Options) => Attachment.fromBytes(bytes(""), options).type
    expect(type({})).toBe("application/octet-stream")
    expect(type({ fileName: "a.PDF" })).toBe("application/pdf")
    expect(type({ fileName: "what" })).toBe("application/octet-stream")
    expect(type({ fileName: "a.pdf", type: "text/csv" })).toBe("text/csv")
  })

  it("is shown in its place if the HTML names it, and kept beside the text if not", () => {
    expect(Attachment.fromBytes(bytes(""), { contentId: "a" }).disposition).toBe("Inline")
    expect(Attachment.fromBytes(bytes("")).disposition).toBe("Attachment")
    expect(Attachment.fromBytes(bytes(""), { disposition: "Inline" }).disposition).toBe("Inline")
  })

  it.effect("is no multipart and no message in disguise (RFC 2046 section 5.2.1)", () =>
    Effect.forEach(
      [
        "multipart/mixed; boundary=x",
        "message/delivery-status",
        "text",
        "",
        "a/é"
      ],
      (type) =>
        Effect.gen(function*() {
          const attachments = [Attachment.fromBytes(bytes("x"), { type })]
          expect(yield* refused({ attachments }))
            .toMatchObject({ field: "attachments: type", reason: "Syntax" })
        })
    ))

  it.scopedLive("N17: of a file is read by FileSystem, for each attempt anew", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      const path = `${directory}/report.csv`
      yield* fs.writeFileString(path, "one,two\n")
      const attachment = yield* Attachment.fromFile(path)
      expect(attachment).toMatchObject({ type: "text/csv", fileName: Option.some("report.csv") })
      const composed = yield* Composed.fromDraft(draft({ attachments: [attachment] }))
      const first = yield* Body.collect(composed.body)
      expect(Composed.needs(composed).size).toEqual(Option.some(first.length))
      const read = yield* Message.decode(first)
      expect(read.attachments.map(({ bytes }) => new TextDecoder().decode(bytes)))
        .toEqual(["one,two\n"])

      yield* fs.writeFileString(path, "1,2\n")
      const second = yield* Message.decode(yield* Body.collect(composed.body))
      expect(second.attachments.map(({ bytes }) => new TextDecoder().decode(bytes)))
        .toEqual(["1,2\n"])
      yield* fs.remove(path)
      expect(yield* Effect.flip(Body.collect(composed.body))).toMatchObject({ reason: "NotFound" })
      expect(yield* Effect.flip(Attachment.fromFile(path))).toMatchObject({ reason: "NotFound" })
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  it.scopedLive("of a directory is refused at once, and what is no file is read once", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* fs.makeTempDirectoryScoped()
      expect(yield* Effect.flip(Attachment.fromFile(directory))).toMatchObject({
        _tag: "SystemError",
        method: "readFile"
      })
      const { size } = yield* fs.stat(directory)
      const pipe = FileSystem.layerNoop({
        stat: (path) => Effect.map(fs.stat(path), (info) => ({ ...info, size, type: "FIFO" })),
        readFile: () => Effect.succeed(bytes("piped"))
      })
      const { content, fileName, type } = yield* Effect.provide(
        Attachment.fromFile(directory, { fileName: "a.csv" }),
        pipe
      )
      expect(content).toEqual({ _tag: "Bytes", bytes: bytes("piped") })
      expect([Option.getOrNull(fileName), type]).toEqual(["a.csv", "text/csv"])
    }).pipe(Effect.provide(NodeFileSystem.layer)))

  describe("of a message", () => {
    const latin1 = Uint8Array.from("Subject: gr\u00fc\u00dfe\n\nx", (char) => char.charCodeAt(0))
    const ascii = "Subject: inner\r\n\r\nascii\r\n"
    const eight = "Subject: inner\n\ngr\u00fc\u00dfe"
    const global = "Subject: gr\u00fc\u00dfe\n\nx"

    it("goes as the message it is, however it was given (RFC 2046 section 5.2.1, RFC 6532)", () => {
      const kind = (text: string) => {
        const { content, type } = Attachment.fromBytes(bytes(text), { fileName: "a.eml" })
        return [content._tag, type]
      }
      expect([ascii, eight, global].map(kind)).toEqual([
        ["Message", "message/rfc822"],
        ["Message", "message/rfc822"],
        ["Message", "message/global"]
      ])
      expect(Attachment.fromBytes(latin1, { fileName: "a.eml" }).type).toBe("message/rfc822")
      const streamed = Attachment.fromStream(Stream.empty, { type: "message/global" })
      expect(streamed).toMatchObject({ type: "message/global", content: { _tag: "Message" } })
    })

    it.scopedLive("is measured if it is a file", () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* fs.makeTempDirectoryScoped()
        for (
          const [text, eightBitMime] of [[ascii, false], [eight, true], [global, false]] as const
        ) {
          const path = `${directory}/message.eml`
          yield* fs.writeFileString(path, text)
          const attachments = [yield* Attachment.fromFile(path)]
          const composed = yield* Composed.fromDraft(draft({ attachments }))
          const whole = yield* Body.collect(composed.body)
          expect(Composed.needs(composed)).toEqual({
            size: Option.some(whole.length),
            eightBitMime,
            smtpUtf8: false
          })
          const [attached] = Message.messages(yield* Message.decode(whole))
          const read = yield* Message.decode(attached.bytes)
          const body = text.slice(text.lastIndexOf("\n", text.length - 3) + 1).trim()
          expect(Option.map(read.text, (text) => text.trim())).toEqual(Option.some(body))
        }
      }).pipe(Effect.provide(NodeFileSystem.layer)))

    it.effect("I12: has CR LF line ends, wherever its stream is cut", () =>
      Effect.gen(function*() {
        const text = "A: 1\rB: 2\r\nC: 3\n\r\n\nx\r\ry"
        const mended = "A: 1\r\nB: 2\r\nC: 3\r\n\r\n\r\nx\r\n\r\ny\r\n"
        for (const size of [1, 2, 3, 100]) {
          const pieces = Array.from(
            { length: Math.ceil(text.length / size) },
            (_, at) => bytes(text.slice(at * size, (at + 1) * size))
          )
          const stream = Stream.fromIterable(pieces)
          const attachments = [Attachment.fromStream(stream, { type: "message/rfc822" })]
          expect(yield* written({ attachments })).toContain(`\r\n\r\n${mended}\r\n--`)
        }
      }))
  })
})
