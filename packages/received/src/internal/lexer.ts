/**
 * The lexer of structured fields (RFC 5322 section 3.2): words, comments and semicolons. One pass finds
 * which brackets belong together and one cuts, so its time is linear whatever stands there, and no
 * nesting is too deep. Nothing is an error: a bracket or quote that has no partner is a character.
 */

/** `text` of a comment is what stands between its brackets. A word has its quotes. */
export interface Token {
  readonly kind: "Word" | "Comment" | "Semicolon"
  readonly text: string
}

/**
 * Controls, lone surrogates, and characters that nobody sees or that turn the text around; not the two
 * joiners, which Persian and Indic scripts need.
 */
const unsafe = /(?![\u200c\u200d])[\p{Cc}\p{Cs}\p{Cf}\p{Zl}\p{Zp}]/gu

/** What stands for a character that must not go anywhere. */
const replacement = "\ufffd"

/** The text without what is unsafe to show or to write. */
const safe = (text: string): string => text.replace(unsafe, replacement)

/** One line, with spaces for tabs and nothing unsafe in it. */
export const unfold = (text: string): string =>
  safe(
    text
      .replace(/(?:\r\n?|\n)(?=[ \t])/g, "")
      .replace(/[\t\r\n]/g, " ")
  )

/** A word that reads as this text, whatever is in it (RFC 5322 section 3.2.4). */
export const quote = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`

/** The content of a comment that reads as this text. */
export const escape = (text: string): string =>
  unfold(text).replace(/[()\\]/g, "\\$&").replace(/ +/g, " ").trim()

/**
 * The text that the content of a comment stands for. A backslash in front of anything else than what needs
 * one is itself: mailers write `TLS\Tls12` there.
 */
export const unescape = (text: string): string => text.replace(/\\([()\\"])/g, "$1")

/** The text of a word; one that is quoted as a whole is without its quotes. */
export const unquote = (word: string): string =>
  word.length >= 2 && word.startsWith("\"") && quoteEnd(word, 0) === word.length - 1
    ? word.slice(1, -1).replace(/\\(.)/gu, "$1")
    : word

/** Where the quoted string ends that starts there; -1 if it does not. */
const quoteEnd = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at]
    if (char === "\"") return at
    if (char === "\\") at++
  }
  return -1
}

/** For one text: the end of a quoted string. After one without an end there is no other. */
const quotes = (text: string) => {
  let over = false
  return (start: number): number => {
    const end = over ? -1 : quoteEnd(text, start)
    over = end < 0
    return end
  }
}

/** For each bracket that opens a comment, where that ends. */
const partners = (text: string): ReadonlyMap<number, number> => {
  const found = new Map<number, number>()
  const open: Array<number> = []
  const endOfQuote = quotes(text)
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === "(") open.push(at)
    else if (open.length > 0) {
      if (char === "\\") at++
      else if (char === ")") found.set(open.pop() ?? 0, at)
    } else if (char === "\"") {
      const end = endOfQuote(at)
      if (end >= 0) at = end
    }
  }
  return found
}

const content = (text: string): string =>
  text.replace(/\\(.)/gu, (pair, char) => char === " " ? " " : pair).replace(/ +/g, " ").trim()

/** Cuts a line (see {@link unfold}). A word in which a bracket or quote stands alone is quoted. */
export const lex = (text: string): ReadonlyArray<Token> => {
  const tokens: Array<Token> = []
  const comments = partners(text)
  const endOfQuote = quotes(text)
  let start = -1
  let odd = false
  const endWord = (end: number) => {
    if (start < 0) return
    const word = text.slice(start, end)
    tokens.push({ kind: "Word", text: odd ? quote(word) : word })
    start = -1
    odd = false
  }
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    const close = char === "(" ? comments.get(at) : undefined
    if (char === " ") endWord(at)
    else if (char === ";") {
      endWord(at)
      tokens.push({ kind: "Semicolon", text: ";" })
    } else if (close !== undefined) {
      endWord(at)
      tokens.push({ kind: "Comment", text: content(text.slice(at + 1, close)) })
      at = close
    } else {
      if (start < 0) start = at
      if (char === "\"") {
        const end = endOfQuote(at)
        if (end >= 0) at = end
        else odd = true
      } else if (char === "(" || char === ")") odd = true
    }
  }
  endWord(text.length)
  return tokens
}
