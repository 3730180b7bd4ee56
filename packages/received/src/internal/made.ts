import * as Option from "effect/Option"
import type { Clause, Keyword, Loose } from "../Clause.js"
import { keywordOf } from "../Clause.js"
import type { Facts } from "../Facts.js"
import type * as Host from "../Host.js"
import * as Protocol from "../Protocol.js"
import type { Received } from "../Received.js"
import type * as TlsFacts from "../TlsFacts.js"
import * as Address from "./address.js"
import * as Lexer from "./lexer.js"

/**
 * What a field can be made of; all of it may be missing. `for` is written as given, and RFC 5321 wants no
 * more than one there. `notes` are comments behind `by`.
 */
export type Parts = Partial<Omit<Facts, "rest" | "user">>

/** The text as one word; what is none, or is a keyword, is quoted. */
const word = (given: string): string => {
  const text = Lexer.unfold(given)
  const [token, ...more] = Lexer.lex(text)
  const isWord = token?.kind === "Word" && token.text === text && more.length === 0
  return isWord && keywordOf(text) === undefined ? text : Lexer.quote(text)
}

/** Several words, for what is written so. */
const words = (text: string): ReadonlyArray<string> =>
  text.split(" ").filter((_) => _ !== "").map(word)

const hostComment = ({ address, reverse }: Host.Host): ReadonlyArray<string> => {
  const parts = [...Option.toArray(reverse), ...Option.toArray(address).map(Address.print)]
  return parts.length === 0 ? [] : [Lexer.escape(parts.join(" "))]
}

const tlsComment = ({ bits, cipher, version }: TlsFacts.TlsFacts): string => {
  const parts = [
    ...Option.toArray(version).map((text) => `version=${text}`),
    ...Option.toArray(cipher).map((text) => `cipher=${text}`),
    ...Option.toArray(bits).map((number) => `bits=${number}`)
  ]
  return Lexer.escape(parts.length === 0 ? "TLS" : parts.join(" "))
}

const clauseOf = <A>(
  keyword: Keyword,
  given: Option.Option<A> | undefined,
  loose: (value: A) => Loose
): ReadonlyArray<Clause> =>
  given === undefined || Option.isNone(given) ? [] : [{ keyword, ...loose(given.value) }]

const host = (value: Host.Host): Loose => ({
  words: Option.toArray(value.name).map(word),
  comments: hostComment(value)
})

const some = <A>(given: Option.Option<A> | undefined): ReadonlyArray<A> =>
  given === undefined ? [] : Option.toArray(given)

/** Comments that belong to the whole, behind the last of these clauses, or in front where there is none. */
const behind = (
  clauses: ReadonlyArray<Clause>,
  comments: ReadonlyArray<string>
): ReadonlyArray<Clause> =>
  clauses.map((clause, at) =>
    at === clauses.length - 1 ? { ...clause, comments: [...clause.comments, ...comments] } : clause
  )

/** See `Received.make`. */
export const make = (parts: Parts): Received => {
  const notes = (parts.notes ?? []).map(Lexer.escape)
  const facts = [
    ...some(parts.tls).map(tlsComment),
    ...some(parts.sender).map((sender) => Lexer.escape(`envelope-from <${sender}>`))
  ]
  const parties = behind([
    ...clauseOf("from", parts.from, host),
    ...clauseOf("by", parts.by, host)
  ], notes)
  const links = [
    ...clauseOf("via", parts.via, (via) => ({ words: words(via), comments: [] })),
    ...clauseOf("with", parts.with, (protocol) => ({
      words: words(Protocol.print(protocol)),
      comments: []
    }))
  ]
  const front = behind([...parties, ...links], facts)
  const recipients = parts.for ?? []
  return {
    opening: {
      words: [],
      comments: [...(parties.length === 0 ? notes : []), ...(front.length === 0 ? facts : [])]
    },
    clauses: [
      ...front,
      ...clauseOf("id", parts.id, (id) => ({ words: [word(id)], comments: [] })),
      ...(recipients.length === 0 ? [] : [{
        keyword: "for" as const,
        words: recipients.map((recipient) => word(`<${recipient}>`)),
        comments: []
      }])
    ],
    date: parts.date ?? Option.none(),
    closing: []
  }
}
