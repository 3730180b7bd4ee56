/**
 * Capabilities: what a server says it can do in its answer to EHLO or LHLO (RFC 5321 section
 * 4.1.1.1, and the RFC of each extension). Here: the typed set, from a reply and back. What is to
 * be done with an extension is told by whoever uses it.
 *
 * @module
 */
import * as Arr from "effect/Array"
import * as Equivalence_ from "effect/Equivalence"
import * as Option from "effect/Option"
import * as Extension from "./Extension.js"
import * as Read from "./internal/readExtension.js"
import * as Reply from "./Reply.js"
import * as ReplyCode from "./ReplyCode.js"

/**
 * - `greeting`: the first line of the answer: the server's domain and perhaps some text;
 * - `extensions`: in the order of the answer, each kind once, `Other` once for each keyword.
 */
export interface Capabilities {
  readonly greeting: string
  readonly extensions: ReadonlyArray<Extension.Extension>
}

/** Nothing is offered: what is known before EHLO, and after HELO. */
export const none: Capabilities = { greeting: "", extensions: [] }

/**
 * A set of extensions, in which what names the same extension is merged (see {@link fromReply}).
 */
export const make = (
  greeting: string,
  extensions: ReadonlyArray<Extension.Extension>
): Capabilities => ({ greeting, extensions: Read.mergeAll(extensions) })

/**
 * Reads the answer to EHLO. Total: what is not understood is kept as `Other`. Keywords are read in
 * any case, and `AUTH=LOGIN PLAIN`, from before RFC 2554, like `AUTH LOGIN PLAIN`. Parameters of
 * extensions that have none are dropped (RFC 6531 section 3.1 item 3 wants it so). An extension
 * that is listed twice is merged: lists are joined, of two sizes the smaller counts, of anything
 * else the first.
 */
export const fromReply = (reply: Reply.Reply): Capabilities =>
  make(reply.lines[0], Arr.getSomes(reply.lines.slice(1).map(Read.parse)))

/** The lines of an answer to EHLO, the greeting first. */
export const toLines = (capabilities: Capabilities): Arr.NonEmptyReadonlyArray<string> => [
  capabilities.greeting,
  ...capabilities.extensions.map(Extension.print)
]

/** The answer to EHLO: 250, without enhanced status (RFC 2034 section 4). */
export const toReply = (capabilities: Capabilities): Reply.Reply =>
  Reply.make({ code: ReplyCode.ok, text: toLines(capabilities) })

/** Whether an extension of that kind is offered. */
export const has = (capabilities: Capabilities, tag: Extension.Tag): boolean =>
  capabilities.extensions.some((extension) => extension._tag === tag)

/**
 * The extension of that kind, with what it says. Of `Other` there may be several: see {@link
 * other}.
 */
export const get = <T extends Extension.Tag>(
  capabilities: Capabilities,
  tag: T
): Option.Option<Extension.Tagged<T>> => Arr.findFirst(capabilities.extensions, Extension.is(tag))

/** The parameters of an extension this package has no name for; the keyword may be in any case. */
export const other = (
  capabilities: Capabilities,
  keyword: string
): Option.Option<ReadonlyArray<string>> =>
  Option.map(
    Arr.findFirst(
      capabilities.extensions,
      (extension): extension is Extension.Tagged<"Other"> =>
        extension._tag === "Other" && extension.keyword === keyword.toUpperCase()
    ),
    (extension) => extension.parameters
  )

/** The SASL mechanisms on offer, in the server's order. */
export const mechanisms = (capabilities: Capabilities): ReadonlyArray<string> =>
  Option.match(get(capabilities, "Auth"), {
    onNone: () => [],
    onSome: (auth) => auth.mechanisms
  })

/** Same greeting and same extensions in the same order. */
export const Equivalence: Equivalence_.Equivalence<Capabilities> = Equivalence_.struct({
  greeting: Equivalence_.string,
  extensions: Arr.getEquivalence(Extension.Equivalence)
})
