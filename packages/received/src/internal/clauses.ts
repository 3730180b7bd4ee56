import type { DateTime } from "@effect-smtp/wire/DateTime"
import * as Option from "effect/Option"
import type { Clause, Keyword, Loose } from "../Clause.js"
import { keywordOf } from "../Clause.js"
import type { Token } from "./lexer.js"
import * as Lexer from "./lexer.js"
import * as Moment from "./moment.js"

/** The tokens in front of the date, the date, and all that is said behind it, as comments. */
interface Cut {
  readonly before: ReadonlyArray<Token>
  readonly date: Option.Option<DateTime>
  readonly closing: ReadonlyArray<string>
}

const textOf = ({ text }: Token): string => text

/** The date that the tokens begin with, and the comments that the rest of them become. */
const readDate = (tokens: ReadonlyArray<Token>): Option.Option<Pick<Cut, "date" | "closing">> => {
  const words = tokens.filter(({ kind }) => kind !== "Comment").map(textOf)
  return Option.map(Moment.read(words), ({ count, date, names }) => {
    const rest = words.slice(count).join(" ")
    const comments = tokens.filter(({ kind }) => kind === "Comment").map(textOf)
    return {
      date: Option.some(date),
      closing: [...names, ...(rest === "" ? [] : [Lexer.escape(rest)]), ...comments]
    }
  })
}

/** Where the date begins that nobody put a semicolon before: the longest that ends with the tokens. */
const findDate = (tokens: ReadonlyArray<Token>): Option.Option<Cut> => {
  const places: Array<number> = []
  for (let at = tokens.length - 1; at >= 0 && places.length < Moment.limits.words; at--) {
    if (tokens[at]?.kind === "Semicolon") break
    if (tokens[at]?.kind === "Word") places.push(at)
  }
  for (const place of places.reverse()) {
    const words = tokens.slice(place).filter(({ kind }) => kind === "Word").map(textOf)
    const whole = Option.filter(Moment.read(words), ({ count }) => count === words.length)
    if (Option.isSome(whole)) {
      const before = tokens.slice(0, place)
      return Option.map(readDate(tokens.slice(place)), (found) => ({ ...found, before }))
    }
  }
  return Option.none()
}

/** The date is behind the last semicolon, or at the end; semicolons that nothing follows say nothing. */
const cut = (all: ReadonlyArray<Token>): Cut => {
  let length = all.length
  while (length > 0 && all[length - 1]?.kind === "Semicolon") length--
  const tokens = all.slice(0, length)
  const semicolon = tokens.map(({ kind }) => kind).lastIndexOf("Semicolon")
  const behind = semicolon < 0 ? Option.none() : readDate(tokens.slice(semicolon + 1))
  return Option.match(behind, {
    onSome: (found) => ({ ...found, before: tokens.slice(0, semicolon) }),
    onNone: () =>
      Option.getOrElse(findDate(tokens), () => ({
        before: tokens,
        date: Option.none(),
        closing: []
      }))
  })
}

interface Draft {
  readonly keyword: Keyword | undefined
  readonly words: Array<string>
  readonly comments: Array<string>
}

const isParty = ({ keyword }: Draft): boolean => keyword === "from" || keyword === "by"

/**
 * Whether a keyword is meant as such. Directly behind `from` or `by`, and with no name behind it, it is
 * the name: hosts may call themselves `by`. And some mailers say that they took a message `by mx.example
 * over TLS`.
 */
const begins = (keyword: Keyword, last: Draft, next: Token | undefined): boolean =>
  !isParty(last) ||
  (keyword !== "tls" &&
    (last.words.length > 0 || last.comments.length > 0 ||
      (next?.kind === "Word" && keywordOf(next.text) === undefined)))

/** What stands in front of the first keyword, and the clauses. */
const clausesOf = (
  tokens: ReadonlyArray<Token>
): { readonly opening: Loose; readonly clauses: ReadonlyArray<Clause> } => {
  const opening: Draft = { keyword: undefined, words: [], comments: [] }
  const clauses: Array<Clause> = []
  let last: Draft = opening
  for (const [at, { kind, text }] of tokens.entries()) {
    const keyword = kind === "Word" ? keywordOf(text) : undefined
    if (keyword !== undefined && begins(keyword, last, tokens[at + 1])) {
      const clause = { keyword, words: [], comments: [] }
      clauses.push(clause)
      last = clause
    } else if (kind === "Comment") last.comments.push(text)
    else last.words.push(keyword === undefined ? text : Lexer.quote(text))
  }
  return { opening: { words: opening.words, comments: opening.comments }, clauses }
}

/** A line (see the lexer's `unfold`), as the parts of the field. */
export const read = (line: string) => {
  const { before, closing, date } = cut(Lexer.lex(line))
  return { ...clausesOf(before), date, closing }
}
