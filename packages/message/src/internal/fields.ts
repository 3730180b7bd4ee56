import type { DateTime } from "effect/DateTime"
import * as Either from "effect/Either"
import * as Address from "../Address.js"
import type { Draft, Field } from "../Draft.js"
import type { MailingList } from "../MailingList.js"
import * as MessageId from "../MessageId.js"
import type { Checked } from "./check.js"
import * as Check from "./check.js"
import * as Dates from "./dates.js"
import * as Words from "./words.js"

/** Fields that are written from other parts of a draft, and Content-anything. */
const reserved = new Set([
  ...["from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date", "message-id"],
  ...["in-reply-to", "references", "mime-version", "x-priority", "importance", "list-id"],
  ...["list-help", "list-subscribe", "list-unsubscribe", "list-unsubscribe-post", "list-post"],
  ...["list-owner", "list-archive"]
])

const fieldName = { pattern: /^[!-9;-~]{1,70}$/, expected: "the name of a field" }

/** Text in any script, as a field without structure has it (RFC 5322 section 2.2.1, RFC 2047). */
const unstructured = (text: string, utf8: boolean): string =>
  Words.goesBare(text, utf8) && text.trim() === text ? text : Words.encode(text)

const custom = ({ name, value }: Field, utf8: boolean): Checked<string> =>
  Either.gen(function*() {
    yield* Check.form("headers", name, fieldName)
    const lower = name.toLowerCase()
    if (reserved.has(lower) || lower.startsWith("content-")) {
      return yield* Check.fail(name, "Reserved", "the part of the draft that is for it")
    }
    yield* Check.line(name, value)
    return Words.fold(name, unstructured(value, utf8))
  })

const people = (
  name: string,
  list: ReadonlyArray<Address.Address>,
  utf8: boolean
): Checked<ReadonlyArray<string>> =>
  Either.map(Check.addresses(name, list), () =>
    list.length === 0
      ? []
      : [Words.fold(name, Address.printAll(list, utf8 ? "Utf8" : "Ascii"))])

const identifier = { pattern: /^<[!-;=?-~]{1,900}>$/, expected: "an identifier" }

const ids = (
  name: string,
  list: ReadonlyArray<MessageId.MessageId>
): Checked<ReadonlyArray<string>> =>
  Either.map(
    Either.all(list.map((id) => Check.form(name, MessageId.print(id), identifier))),
    (all) => all.length === 0 ? [] : [Words.fold(name, all.join(" "))]
  )

const urls = (name: string, list: ReadonlyArray<URL>): Checked<ReadonlyArray<string>> =>
  Either.map(
    Either.all(list.map(({ href }) =>
      Check.form(name, href, { pattern: /^[!-;=?-~]{1,900}$/, expected: "a URL of visible ASCII" })
    )),
    (all) =>
      all.length === 0 ? [] : [Words.fold(name, all.map((url) => `<${url}>`).join(", "))]
  )

const listId = { pattern: /^[A-Za-z0-9._-]{1,255}$/, expected: "the identifier of a list" }

const mailingList = (list: MailingList, utf8: boolean): Checked<ReadonlyArray<string>> =>
  Either.gen(function*() {
    const { id, oneClick, post = [], unsubscribe = [] } = list
    const lines: Array<string> = []
    if (id !== undefined) {
      yield* Check.form("List-Id", id.id, listId)
      const name = yield* Check.line("List-Id", id.name ?? "")
      const phrase = name === "" ? "" : `${Address.printName(name, utf8 ? "Utf8" : "Ascii")} `
      lines.push(Words.fold("List-Id", `${phrase}<${id.id}>`))
    }
    lines.push(...yield* urls("List-Help", list.help ?? []))
    lines.push(...yield* urls("List-Subscribe", list.subscribe ?? []))
    lines.push(...post === "No" ? ["List-Post: NO"] : yield* urls("List-Post", post))
    lines.push(...yield* urls("List-Owner", list.owner ?? []))
    lines.push(...yield* urls("List-Archive", list.archive ?? []))
    lines.push(...yield* urls("List-Unsubscribe", unsubscribe))
    if (oneClick === true) {
      if (!unsubscribe.some(({ protocol }) => protocol === "https:")) {
        return yield* Check.fail("List-Unsubscribe", "Missing", "an https URL for one click")
      }
      lines.push("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    }
    return lines
  })

const priorities = {
  High: ["X-Priority: 1 (Highest)", "Importance: High"],
  Normal: [],
  Low: ["X-Priority: 5 (Lowest)", "Importance: Low"]
} as const

/** What a draft does not have to say, and whether the header is in UTF-8. */
export interface Facts {
  readonly date: DateTime
  readonly messageId: MessageId.MessageId
  readonly utf8: boolean
}

/** The fields that are not about the parts of the message: lines, each with its end. */
export const print = (draft: Draft, { date, messageId, utf8 }: Facts): Checked<string> =>
  Either.gen(function*() {
    const { headers = [], list, sender, subject } = draft
    const authors = yield* people("From", draft.from, utf8)
    if (draft.from.length > 1 && sender === undefined) {
      return yield* Check.fail("Sender", "Missing", "one who sends for several authors")
    }
    const lines = [
      `Date: ${Dates.print(date)}`,
      ...authors,
      ...yield* people("Sender", sender === undefined ? [] : [sender], utf8),
      ...yield* people("Reply-To", draft.replyTo ?? [], utf8),
      ...yield* people("To", draft.to ?? [], utf8),
      ...yield* people("Cc", draft.cc ?? [], utf8)
    ]
    yield* Check.addresses("Bcc", draft.bcc ?? [])
    if (subject !== undefined) {
      lines.push(
        Words.fold("Subject", unstructured(yield* Check.line("Subject", subject), utf8))
      )
    }
    lines.push(
      ...yield* ids("Message-ID", [messageId]),
      ...yield* ids("In-Reply-To", draft.inReplyTo ?? []),
      ...yield* ids("References", draft.references ?? []),
      ...priorities[draft.priority ?? "Normal"],
      ...list === undefined ? [] : yield* mailingList(list, utf8)
    )
    for (const field of headers) lines.push(yield* custom(field, utf8))
    return [...lines, "MIME-Version: 1.0"].map((line) => `${line}\r\n`).join("")
  })
