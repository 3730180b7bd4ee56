/**
 * What a structured field, of addresses or a date, is made of (RFC 5322 sections 3.2 and 4.1): one pass,
 * no recursion, comments and folding white space left out.
 *
 * - `Atom`, `Quoted`, `Literal`: a word, the inside of a quoted string, a domain literal in brackets;
 * - `Mark`: one of `<>,;:@.`;
 * - `Wrong`: what can stand in no such field; of something that is never closed, all that is left.
 *
 * `spaced`: whether white space or a comment comes before it. `comment`: the inside of the comment
 * after it, empty where there is none.
 */
export interface Token {
  readonly kind: "Atom" | "Quoted" | "Literal" | "Mark" | "Wrong"
  readonly text: string
  readonly offset: number
  readonly spaced: boolean
  comment: string
}

const marks = "<>,;:@."
const closes = "()\\\" \t\r\n"

const isWhite = (char: string): boolean =>
  char === " " || char === "\t" || char === "\r" || char === "\n"

/** Whether a character may be in an atom; dots are marks, everything beyond ASCII fits (RFC 6532). */
const isAtomic = (char: string): boolean =>
  char > " " && char !== "\x7f" && !marks.includes(char) && !closes.includes(char) &&
  char !== "[" && char !== "]"

/** What a delimited thing holds, and where the text goes on; `undefined` if it is never closed. */
type Delimited = { readonly content: string; readonly end: number } | undefined

/** A quoted string or a literal from its first delimiter on. Line ends in it are folding. */
const delimited = (text: string, from: number, close: string): Delimited => {
  let content = ""
  let piece = from + 1
  for (let at = piece; at < text.length; at++) {
    const char = text[at]
    if (char === close) return { content: content + text.slice(piece, at), end: at + 1 }
    const escapes = char === "\\" && close === "\""
    if (escapes || char === "\r" || char === "\n") {
      content += text.slice(piece, at)
      piece = at + 1
      if (escapes) at++
    }
  }
  return undefined
}

/** A comment with all comments in it, from its parenthesis on. */
const comment = (text: string, from: number): Delimited => {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const char = text[at]
    if (char === "\\") at++
    else if (char === "(") depth++
    else if (char === ")" && --depth === 0) {
      return {
        content: text.slice(from + 1, at).replace(/\\(.)/gs, "$1").replace(/[\r\n]/g, "").trim(),
        end: at + 1
      }
    }
  }
  return undefined
}

/** All tokens of a text. */
export const tokens = (text: string): ReadonlyArray<Token> => {
  const found: Array<Token> = []
  let spaced = false
  let at = 0
  const add = (kind: Token["kind"], content: string, end: number) => {
    found.push({ kind, text: content, offset: at, spaced, comment: "" })
    spaced = false
    at = end
  }
  const close = (kind: "Quoted" | "Literal", inside: Delimited) => {
    if (inside === undefined) add("Wrong", text.slice(at), text.length)
    else add(kind, kind === "Literal" ? `[${inside.content}]` : inside.content, inside.end)
  }
  while (at < text.length) {
    const char = text[at]
    if (isWhite(char)) {
      spaced = true
      at++
    } else if (char === "(") {
      const inside = comment(text, at)
      const last = found.at(-1)
      if (inside === undefined) add("Wrong", text.slice(at), text.length)
      else {
        if (last !== undefined) last.comment = inside.content
        spaced = true
        at = inside.end
      }
    } else if (char === "\"") close("Quoted", delimited(text, at, "\""))
    else if (char === "[") close("Literal", delimited(text, at, "]"))
    else if (marks.includes(char)) add("Mark", char, at + 1)
    else {
      let end = at
      while (end < text.length && isAtomic(text[end])) end++
      if (end > at) add("Atom", text.slice(at, end), end)
      else add("Wrong", char, at + 1)
    }
  }
  return found
}
