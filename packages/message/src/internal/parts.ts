import * as Body from "@effect-smtp/client/Body"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as MimeFuncs from "nodemailer/lib/mime-funcs"
import type { Attachment } from "../Attachment.js"
import type { Draft, Parameter, Writing } from "../Draft.js"
import type { TransferEncoding } from "../TransferEncoding.js"
import * as Carrying from "./carrying.js"
import * as Charsets from "./charsets.js"
import type { Checked } from "./check.js"
import * as Check from "./check.js"
import * as Octets from "./octets.js"
import * as Words from "./words.js"

/** A text, and its octets in the encoding that was asked for; by itself it goes as it needs to. */
export interface Text {
  readonly _tag: "Text"
  readonly type: string
  readonly text: string
  readonly written: Option.Option<{
    readonly encoding: TransferEncoding
    readonly octets: Uint8Array
  }>
}

/** Something attached, in that encoding. */
export interface Attached {
  readonly _tag: "Attached"
  readonly attachment: Attachment
  readonly encoding: TransferEncoding
}

/** What a message is made of, checked: one part, or several of one kind. */
export type Part = Text | Attached | {
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

const parameterName = {
  pattern: /^[A-Za-z0-9!#$&+.^_`{|}~-]{1,70}$/,
  expected: "the name of a parameter"
}

const parameterValue = { pattern: /^[ -~]{0,900}$/, expected: "printable ASCII" }

/** As they stand behind a media type. */
const parameters = (list: ReadonlyArray<Parameter>): Checked<string> =>
  Either.map(
    Either.all(list.map(({ name, value }) =>
      Either.gen(function*() {
        yield* Check.form("writing: parameters", name, parameterName)
        if (name.toLowerCase() === "charset") {
          return yield* Check.fail(
            "writing: parameters",
            "Reserved",
            "the part of the draft that is for it"
          )
        }
        yield* Check.form("writing: parameters", value, parameterValue)
        return `; ${name}=${MimeFuncs.quoteString(value)}`
      })
    )),
    (all) => all.join("")
  )

/** Makes the parts of text. */
const writer = ({ charset: name = "utf-8", encoding }: Writing) =>
  Either.map(
    Charsets.find(name),
    (charset) => (type: string, given: string): Checked<Text> =>
      Either.gen(function*() {
        const text = given.replace(/\r\n?|\n/g, "\r\n")
        const octets = yield* charset.encode(text)
        const isUsual = charset.name === "utf-8" || Words.isAscii(text)
        const chosen = Option.orElse(
          Option.fromNullable(encoding),
          () => isUsual ? Option.none() : Option.some<TransferEncoding>("QuotedPrintable")
        )
        const written = Option.map(chosen, (encoding) => ({ encoding, octets }))
        if (Option.isSome(chosen)) {
          const wanted = { field: "writing: encoding", encoding: chosen.value, isText: true }
          yield* Carrying.check(wanted, octets)
        }
        return { _tag: "Text", type: `${type}; charset=${charset.name}`, text, written }
      })
  )

/** Where the content of an attachment is to be carried. */
export const wanted = ({ attachment, encoding }: Attached): Carrying.Wanted => ({
  field: "attachments: encoding",
  encoding,
  isText: /^text\//i.test(attachment.type)
})

/** What an attachment goes in. Messages go as they are, but for those with UTF-8 in their headers. */
const encodingOf = ({ content, encoding }: Attachment): Checked<TransferEncoding> => {
  if (content._tag !== "Message") return Either.right(Option.getOrElse(encoding, () => "Base64"))
  if (Option.isSome(encoding)) {
    return Check.fail("attachments: encoding", "Reserved", "none for a message")
  }
  const { eightBit } = Body.facts(content.body)
  return Either.right(content.body.utf8Header ? "Base64" : eightBit ? "EightBit" : "SevenBit")
}

const checkAttachment = (attachment: Attachment): Checked<Part> =>
  Either.gen(function*() {
    if (Option.isSome(attachment.fileName)) {
      yield* Check.line("attachments: file name", attachment.fileName.value)
    }
    if (Option.isSome(attachment.contentId)) {
      yield* Check.form("attachments: content ID", attachment.contentId.value, contentId)
    }
    const { content } = attachment
    const form = content._tag === "Message" ? messageType : mediaType
    yield* Check.form("attachments: type", attachment.type, form)
    const part: Attached = {
      _tag: "Attached",
      attachment,
      encoding: yield* encodingOf(attachment)
    }
    if (content._tag === "Bytes") yield* Carrying.check(wanted(part), content.bytes)
    return part
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
    const writing = draft.writing ?? {}
    const write = yield* writer(writing)
    const further = yield* parameters(writing.parameters ?? [])
    const forms: Array<Part> = []
    if (draft.text !== undefined) forms.push(yield* write(`text/plain${further}`, draft.text))
    if (draft.html !== undefined) {
      const type = `text/html${draft.text === undefined ? further : ""}`
      forms.push(
        several("multipart/related; type=\"text/html\"", [
          yield* write(type, draft.html),
          ...inline
        ])
      )
    }
    for (const alternative of draft.alternatives ?? []) {
      const type = yield* Check.form("alternatives: type", alternative.type, {
        pattern: /^text\/[\w!#$&^.+-]+$/i,
        expected: "a media type of text, without parameters"
      })
      forms.push(yield* write(`${type}${forms.length === 0 ? further : ""}`, alternative.text))
    }
    if (draft.calendar !== undefined) {
      const method = yield* Check.form("calendar: method", draft.calendar.method, token)
      forms.push(yield* write(`text/calendar; method=${method}`, draft.calendar.text))
    }
    if (forms.length === 0) forms.push(yield* write(`text/plain${further}`, ""))
    const said = several("multipart/alternative", forms)
    return beside.length === 0
      ? said
      : { _tag: "Multipart", type: "multipart/mixed", parts: [said, ...beside] }
  })

/** All single parts, in order. */
export const leaves = (part: Part): ReadonlyArray<Text | Attached> =>
  part._tag === "Multipart" ? part.parts.flatMap(leaves) : [part]

/** Whether an octet above 127 may occur. */
export const isEightBit = (part: Part): boolean =>
  leaves(part).some((leaf) => {
    if (leaf._tag === "Text") {
      return Option.exists(
        leaf.written,
        ({ encoding, octets }) => encoding === "EightBit" && !Octets.isAscii(octets)
      )
    }
    const { content } = leaf.attachment
    return leaf.encoding === "EightBit" &&
      (content._tag !== "Bytes" || !Octets.isAscii(content.bytes))
  })
