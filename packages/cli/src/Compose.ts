/**
 * Compose: a message made of what the flags of `smtp send` say.
 *
 * @module
 */
import * as Address from "@effect-smtp/message/Address"
import * as Attachment from "@effect-smtp/message/Attachment"
import * as Composed from "@effect-smtp/message/Composed"
import type { Draft, Parameter, Writing } from "@effect-smtp/message/Draft"
import * as TransferEncoding from "@effect-smtp/message/TransferEncoding"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Arr from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { BadFile, WrongUse } from "./CliError.js"
import type * as ComposeFlags from "./ComposeFlags.js"
import { unreadable } from "./internal/unreadable.js"
import * as Message from "./Message.js"

/** The flags, and who it is from and to, perhaps with names. */
export interface Given extends ComposeFlags.Flags {
  readonly from: string
  readonly to: ReadonlyArray<string>
}

const wrong = (flag: string) => (error: Error) =>
  new WrongUse({ reason: `--${flag}: ${error.message}` })

const person = (flag: string, text: string): Either.Either<Address.Person, WrongUse> =>
  Either.mapLeft(Address.parsePerson(text), wrong(flag))

const people = (
  flag: string,
  texts: ReadonlyArray<string>
): Either.Either<ReadonlyArray<Address.Address>, WrongUse> =>
  Either.all(texts.map(Address.parse)).pipe(
    Either.mapBoth({ onLeft: wrong(flag), onRight: (lists) => lists.flat() })
  )

/** All of a text, which has to be UTF-8. */
const readText = (
  file: string
): Effect.Effect<string, BadFile, FileSystem.FileSystem | Message.Stdin> =>
  Effect.flatMap(Stream.runCollect(Message.read(file)), (chunks) =>
    Effect.try({
      try: () => {
        const decoder = new TextDecoder("utf-8", { fatal: true })
        return Array.from(chunks, (bytes) => decoder.decode(bytes, { stream: true })).join("") +
          decoder.decode()
      },
      catch: () => new BadFile({ what: "text", file, reason: "expected UTF-8" })
    }))

/** The text and the HTML; standard input is one of them at most. */
const content = (given: Given) =>
  Effect.gen(function*() {
    const { html, htmlFile, text, textFile } = given
    if (Option.isSome(text) && Option.isSome(textFile)) {
      return yield* new WrongUse({ reason: "--text and --text-file: one of them is enough" })
    }
    if (Option.isSome(html) && Option.isSome(htmlFile)) {
      return yield* new WrongUse({ reason: "--html and --html-file: one of them is enough" })
    }
    const silent = [text, textFile, html, htmlFile].every(Option.isNone)
    const source = silent ? Option.some("-") : textFile
    if (Option.contains(source, "-") && Option.contains(htmlFile, "-")) {
      return yield* new WrongUse({ reason: "--text-file and --html-file cannot both be -" })
    }
    const read = (
      given: Option.Option<string>,
      file: Option.Option<string>
    ) =>
      Option.match(file, {
        onNone: () => Effect.succeed(given),
        onSome: (name) => Effect.asSome(readText(name))
      })
    return { text: yield* read(text, source), html: yield* read(html, htmlFile) }
  })

/** An encoding before a path and a type behind it, unless there is a file whose name has all of it. */
const readSpec = (spec: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    if (yield* fs.exists(spec)) return { path: spec }
    const first = spec.indexOf(":")
    const encoding = Either.getRight(TransferEncoding.parse(spec.slice(0, Math.max(0, first))))
    const named = Option.isSome(encoding) ? spec.slice(first + 1) : spec
    const last = named.lastIndexOf(":")
    const type = named.slice(last + 1)
    const isTyped = last > 0 && /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:;|$)/.test(type) &&
      !(yield* fs.exists(named))
    return {
      path: isTyped ? named.slice(0, last) : named,
      ...(isTyped ? { type } : {}),
      ...(Option.isSome(encoding) ? { encoding: encoding.value } : {})
    }
  })

const attachment = (
  spec: string,
  options: (name: string) => Attachment.Options
): Effect.Effect<Attachment.Attachment, BadFile, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const { path, ...said } = yield* readSpec(spec)
    const name = path.slice(path.lastIndexOf("/") + 1)
    return yield* Attachment.fromFile(path, { fileName: name, ...said, ...options(name) })
  }).pipe(
    Effect.mapError(unreadable("an attachment", spec))
  )

const attachments = ({ attach, html, htmlFile, inline }: Given) =>
  Effect.gen(function*() {
    if (inline.length > 0 && Option.isNone(html) && Option.isNone(htmlFile)) {
      return yield* new WrongUse({
        reason: "--inline is for what the HTML shows, and there is none"
      })
    }
    return [
      ...yield* Effect.forEach(inline, (spec) => attachment(spec, (name) => ({ contentId: name }))),
      ...yield* Effect.forEach(attach, (spec) => attachment(spec, () => ({})))
    ]
  })

/** The charset is a parameter like any other to who writes flags. Of several, the last one counts. */
const writing = ({ contentTypeParam, encoding }: Given): Writing => {
  const isCharset = ({ name }: Parameter) => name.toLowerCase() === "charset"
  const charset = Arr.findLast(contentTypeParam, isCharset)
  return {
    encoding: Option.getOrElse(encoding, () => "QuotedPrintable"),
    parameters: contentTypeParam.filter((parameter) => !isCharset(parameter)),
    ...(Option.isNone(charset) ? {} : { charset: charset.value.value })
  }
}

/** The date in the zone that was asked for, in its own if it was said with one, else in the local one. */
const dateOf = ({ date, zone }: Given): Effect.Effect<DateTime.Zoned> =>
  Option.match(date, {
    onNone: () =>
      Effect.map(DateTime.now, (now) =>
        DateTime.setZone(now, Option.getOrElse(zone, DateTime.zoneMakeLocal))),
    onSome: (said) =>
      Effect.succeed(
        Option.match(zone, {
          onNone: () =>
            said,
          onSome: (zone) => DateTime.setZone(said, zone)
        })
      )
  })

/** What is to be composed. */
const draft = (flags: Given) =>
  Effect.gen(function*() {
    const made: Draft = {
      from: [yield* person("from", flags.from)],
      to: yield* people("to", flags.to),
      cc: yield* people("cc", flags.cc),
      bcc: yield* people("bcc", flags.bcc),
      replyTo: yield* people("reply-to", flags.replyTo),
      headers: flags.header,
      date: yield* dateOf(flags),
      ...(Option.isNone(flags.sender)
        ? {}
        : { sender: yield* person("sender", flags.sender.value) }),
      ...(Option.isNone(flags.subject) ? {} : { subject: flags.subject.value }),
      writing: writing(flags),
      attachments: yield* attachments(flags)
    }
    const { html, text } = yield* content(flags)
    return {
      ...made,
      ...(Option.isNone(text) ? {} : { text: text.value }),
      ...(Option.isNone(html) ? {} : { html: html.value })
    }
  })

/**
 * The message, its envelope, and its author. `WrongUse` for what cannot stand in a message, `BadFile` for
 * what cannot be read.
 */
export const fromFlags = (flags: Given) =>
  Effect.gen(function*() {
    const wanted = yield* draft(flags)
    const composed = yield* Effect.mapError(
      Composed.fromDraft(wanted),
      (error) => new WrongUse({ reason: error.message })
    )
    return { ...composed, author: wanted.from[0] }
  })
