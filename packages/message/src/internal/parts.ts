import * as Body from "@effect-smtp/client/Body"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Attachment } from "../Attachment.js"
import type { Draft } from "../Draft.js"
import type { Checked } from "./check.js"
import * as Check from "./check.js"

/**
 * What a message is made of, checked: a text, which is encoded as it needs; something attached; or
 * several parts of one kind.
 */
export type Part =
  | { readonly _tag: "Text"; readonly type: string; readonly text: string }
  | { readonly _tag: "Attached"; readonly attachment: Attachment }
  | {
    readonly _tag: "Multipart"
    readonly type: string
    readonly parts: ReadonlyArray<Part>
  }

const mediaType = {
  pattern: /^(?!multipart\/|message\/)[\w!#$&^.+-]+\/[\w!#$&^.+-]+ *(?:;[ -~]*)?$/i,
  expected: "the media type of a single part"
}

const messageType = {
  pattern: /^message\/(?:rfc822|global)$/,
  expected: "the media type of a message"
}

const token = { pattern: /^[A-Za-z-]+$/, expected: "a method of iTIP" }

const contentId = {
  pattern: /^[!-;=?-~]{1,250}$/,
  expected: "an identifier of visible ASCII characters, without angle brackets"
}

const text = (type: string, text: string): Part => ({
  _tag: "Text",
  type,
  text: text.replace(/\r\n?|\n/g, "\r\n")
})

const checkAttachment = (attachment: Attachment): Checked<Part> =>
  Either.gen(function*() {
    if (Option.isSome(attachment.fileName)) {
      yield* Check.line("attachments: file name", attachment.fileName.value)
    }
    if (Option.isSome(attachment.contentId)) {
      yield* Check.form("attachments: content ID", attachment.contentId.value, contentId)
    }
    const form = attachment.content._tag === "Message" ? messageType : mediaType
    yield* Check.form("attachments: type", attachment.type, form)
    return { _tag: "Attached", attachment }
  })

/** One part is itself; several are of that kind. */
const several = (type: string, parts: ReadonlyArray<Part>): Part => {
  const [first, ...more] = parts
  return first !== undefined && more.length === 0 ? first : { _tag: "Multipart", type, parts }
}

/**
 * The parts of a draft: its text in all forms, the plainest first (RFC 2046 section 5.1.4), the HTML with
 * what belongs to it (RFC 2387), and then everything attached.
 */
export const make = (draft: Draft): Checked<Part> =>
  Either.gen(function*() {
    const attached = draft.attachments ?? []
    const belongs = ({ contentId }: Attachment) =>
      draft.html !== undefined && Option.isSome(contentId)
    const inline = yield* Either.all(attached.filter(belongs).map(checkAttachment))
    const beside = yield* Either.all(attached.filter((one) => !belongs(one)).map(checkAttachment))
    const forms: Array<Part> = []
    if (draft.text !== undefined) forms.push(text("text/plain; charset=utf-8", draft.text))
    if (draft.html !== undefined) {
      forms.push(
        several("multipart/related; type=\"text/html\"", [
          text("text/html; charset=utf-8", draft.html),
          ...inline
        ])
      )
    }
    for (const alternative of draft.alternatives ?? []) {
      const type = yield* Check.form("alternatives: type", alternative.type, {
        pattern: /^text\/[\w!#$&^.+-]+$/i,
        expected: "a media type of text, without parameters"
      })
      forms.push(text(`${type}; charset=utf-8`, alternative.text))
    }
    if (draft.calendar !== undefined) {
      const method = yield* Check.form("calendar: method", draft.calendar.method, token)
      forms.push(text(`text/calendar; charset=utf-8; method=${method}`, draft.calendar.text))
    }
    if (forms.length === 0) forms.push(text("text/plain; charset=utf-8", ""))
    const said = several("multipart/alternative", forms)
    return beside.length === 0
      ? said
      : { _tag: "Multipart", type: "multipart/mixed", parts: [said, ...beside] }
  })

/** All single parts, in order. */
export const leaves = (part: Part): ReadonlyArray<Exclude<Part, { _tag: "Multipart" }>> =>
  part._tag === "Multipart" ? part.parts.flatMap(leaves) : [part]

/** Whether an octet above 127 may occur: of all parts, only messages are not encoded. */
export const isEightBit = (part: Part): boolean =>
  leaves(part).some((leaf) =>
    leaf._tag === "Attached" && leaf.attachment.content._tag === "Message" &&
    !leaf.attachment.content.body.utf8Header && Body.facts(leaf.attachment.content.body).eightBit
  )
