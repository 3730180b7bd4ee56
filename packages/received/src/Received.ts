/**
 * Received: the header field that every host puts in front of a message it takes (RFC 5321 section 4.4,
 * RFC 5322 section 3.6.7), as its clauses and its date. Nothing that was written gets lost, whether it
 * follows the grammar or not; what it means is told by `Facts`.
 *
 * @module
 */
import * as DateTime from "@effect-smtp/wire/DateTime"
import * as Either from "effect/Either"
import type * as Equ from "effect/Equivalence"
import * as Option from "effect/Option"
import * as Ord from "effect/Order"
import type { Clause, Loose } from "./Clause.js"
import * as Clauses from "./internal/clauses.js"
import * as Layout from "./internal/layout.js"
import * as Lexer from "./internal/lexer.js"
import * as Made from "./internal/made.js"
import * as Stamp from "./internal/stamp.js"
import { ReceivedError } from "./ReceivedError.js"

/**
 * - `opening`: what stands in front of the first clause: `(qmail 4711 invoked by uid 89)`;
 * - `clauses`: in their order; a keyword may come twice;
 * - `date`: none where there is no date, or none that can be read; its text is then in the last clause;
 * - `closing`: the comments behind the date, names of zones first: `(PST)`.
 *
 * No text in it holds a line end or another control. Values that {@link parse}, {@link make} and
 * {@link stamp} have made are printed so that they read as the same again; one written by hand is
 * checked by nobody.
 */
export interface Received {
  readonly opening: Loose
  readonly clauses: ReadonlyArray<Clause>
  readonly date: Option.Option<DateTime.DateTime>
  readonly closing: ReadonlyArray<string>
}

/** `field`: how long a text may be that is read, in UTF-16 units. */
export const limits = { field: 1024 * 1024 } as const

const name = /^received[ \t]*:/i

/**
 * Reads a field, folded or not, with its name or without. Anything that has a clause or a date in it is
 * one; a comment or quoted string without an end is words. The time it takes is linear.
 */
export const parse = (text: string): Either.Either<Received, ReceivedError> => {
  if (text.length > limits.field) {
    const expected = `a field of at most ${limits.field} characters`
    return Either.left(new ReceivedError({ reason: "TooLong", expected }))
  }
  const received = Clauses.read(Lexer.unfold(text.replace(name, "")))
  return received.clauses.length === 0 && Option.isNone(received.date)
    ? Either.left(new ReceivedError({ reason: "Nothing", expected: "a clause or a date" }))
    : Either.right(received)
}

type Unit = ReadonlyArray<string>

/** A word stays in one piece; a comment may be folded where it has a space. */
const word = (text: string): Unit => [text]
const comment = (text: string): Unit => `(${text})`.split(" ")

const units = ({ comments, words }: Loose): ReadonlyArray<Unit> => [
  ...words.map(word),
  ...comments.map(comment)
]

const heading = "Received:"

/** The semicolon stands right behind the last piece. */
const ended = (clause: ReadonlyArray<Unit>): ReadonlyArray<Unit> => {
  const last = clause[clause.length - 1] ?? []
  const piece = `${last[last.length - 1] ?? ""};`
  return [...clause.slice(0, -1), [...last.slice(0, -1), piece]]
}

/**
 * The field's body, without its name and the line end, folded at 78 columns behind the name. Lines are
 * longer only where a single word is.
 */
export const print = ({ clauses, closing, date, opening }: Received): string => {
  const printed = [
    units(opening),
    ...clauses.map((clause) => [word(clause.keyword), ...units(clause)])
  ].filter((clause) => clause.length > 0)
  const dated = Option.match(date, {
    onNone: () => printed,
    onSome: (date) => [
      ...printed.slice(0, -1),
      ended(printed[printed.length - 1] ?? []),
      [DateTime.print(date).split(" "), ...closing.map(comment)]
    ]
  })
  return Layout.fold(dated, heading.length + 1)
}

const utf8 = new TextEncoder()

/** The field with its name and CR LF, to be put in front of a message. */
export const encode = (received: Received): Uint8Array =>
  utf8.encode(`${heading} ${print(received)}\r\n`)

/** What a field can be made of; see {@link make}. */
export type Parts = Made.Parts

/**
 * The field that says this, in the form of RFC 5321. Whatever the texts hold, they stay where they are
 * put: what is no word becomes a quoted string, brackets in comments are escaped, and controls become
 * U+FFFD.
 */
export const make: (parts: Parts) => Received = Made.make

/** What {@link stamp} wants to know of the client: `ClientInfo` of the server is such a value. */
export type Client = Stamp.Client

/** What {@link stamp} wants to know of the transaction: `Envelope` of the server is such a value. */
export type Envelope = Stamp.Envelope

/** What {@link stamp} cannot know from a session. */
export type StampOptions = Stamp.Options

/**
 * The field for a message that comes in (RFC 5321 section 4.4):
 *
 * ```
 * Received: from client.example ([192.0.2.1])
 *         by mx.example with ESMTPS (version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384)
 *         id 4FqK1z for <bob@mx.example>; Fri, 20 Nov 2026 10:00:00 +0000
 * ```
 *
 * The protocol is named by RFC 3848 and RFC 6531. `for` is there when there is one recipient, so that
 * nobody learns of the others (section 7.2); who has logged in is not there. Without SMTPUTF8 all of
 * it is ASCII.
 */
export const stamp: (client: Client, envelope: Envelope, options: StampOptions) => Received =
  Stamp.stamp

const printed = Ord.mapInput(Ord.string, print)

/** By date, those without one first, and then by what they say. */
export const Order: Ord.Order<Received> = Ord.combine(
  Ord.mapInput(Option.getOrder(DateTime.Order), ({ date }: Received) => date),
  printed
)

/** Whether both say the same in the same words; folding does not matter, nor whether there is an id. */
export const Equivalence: Equ.Equivalence<Received> = (self, that) => Order(self, that) === 0
