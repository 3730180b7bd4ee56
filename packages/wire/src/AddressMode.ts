/**
 * How forgiving an address parser is. Strict is the default everywhere.
 *
 * @module
 */

/**
 * - `leniency`: `"strict"` is the grammar of RFC 5321 and nothing else. `"lenient"` also takes what is
 *   common in the wild and cannot be misread: spaces before a path (`FROM: <a@b>`), a path without
 *   angle brackets, underscores and one trailing dot in domain names (the dot is not kept), and
 *   several spaces between parameters.
 * - `utf8`: whether characters beyond ASCII may appear, that is, whether SMTPUTF8 was agreed on
 *   (RFC 6531 section 3.3).
 *
 * A value made in one mode, printed and read again in that mode, is the same value.
 */
export interface AddressMode {
  readonly leniency: "strict" | "lenient"
  readonly utf8: boolean
}

/** RFC 5321 to the letter, ASCII only. */
export const strict: AddressMode = { leniency: "strict", utf8: false }

/** What is common in the wild, ASCII only. */
export const lenient: AddressMode = { leniency: "lenient", utf8: false }

/** The same leniency, with characters beyond ASCII allowed. */
export const withUtf8 = (mode: AddressMode): AddressMode => ({ ...mode, utf8: true })
