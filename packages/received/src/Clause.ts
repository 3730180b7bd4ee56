/**
 * Clause: a keyword of a `Received:` field and what stands behind it, as it was written (RFC 5321
 * section 4.4, RFC 5322 section 3.6.7). What it means is told by `Facts`.
 *
 * @module
 */

/**
 * The words that begin a clause: those of RFC 5321, `tls` of RFC 8314 section 4.3, and the
 * `envelope-from` that Haraka writes.
 */
export const keywords = ["from", "by", "via", "with", "id", "for", "tls", "envelope-from"] as const

/** One of {@link keywords}. */
export type Keyword = typeof keywords[number]

/**
 * Words and comments, each in their order; in print the comments are behind the words.
 *
 * - `words`: with their quotes and brackets. A word that would be read as something else (a keyword, a
 *   bracket or a quote by itself) is a quoted string.
 * - `comments`: without the brackets around them. Spaces are single ones.
 */
export interface Loose {
  readonly words: ReadonlyArray<string>
  readonly comments: ReadonlyArray<string>
}

/** A keyword, and what belongs to it. */
export interface Clause extends Loose {
  readonly keyword: Keyword
}

const byName: ReadonlyMap<string, Keyword> = new Map(keywords.map((keyword) => [keyword, keyword]))

/** The keyword that a word is, whatever its case. */
export const keywordOf = (word: string): Keyword | undefined => byName.get(word.toLowerCase())
