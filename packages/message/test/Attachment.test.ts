import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Attachment from "../src/Attachment.js"
import * as Composed from "../src/Composed.js"
import * as Message from "../src/Message.js"
import { draft, octets, refused } from "./composing.js"

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
        "Message/rfc822",
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
      const first = yield* octets(composed.body)
      expect(Composed.needs(composed).size).toEqual(Option.some(first.length))
      const read = yield* Message.decode(first)
      expect(read.attachments.map(({ bytes }) => new TextDecoder().decode(bytes)))
        .toEqual(["one,two\n"])

      yield* fs.writeFileString(path, "1,2\n")
      const second = yield* Message.decode(yield* octets(composed.body))
      expect(second.attachments.map(({ bytes }) => new TextDecoder().decode(bytes)))
        .toEqual(["1,2\n"])
      yield* fs.remove(path)
      expect(yield* Effect.flip(octets(composed.body))).toMatchObject({ reason: "NotFound" })
      expect(yield* Effect.flip(Attachment.fromFile(path))).toMatchObject({ reason: "NotFound" })
    }).pipe(Effect.provide(NodeFileSystem.layer)))
})
