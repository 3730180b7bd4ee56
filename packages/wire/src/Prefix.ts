/**
 * A value read from within a text: where it starts, and where it ends. For grammars in which one
 * value follows another on a line, as `<path> SP parameters` does.
 *
 * @module
 */
import type { AddressMode } from "./AddressMode.js"

/** Where to start (UTF-16 units) and how forgiving to be. */
export interface From {
  readonly offset: number
  readonly mode: AddressMode
}

/** The value, and the offset of the first unit that does not belong to it. */
export interface Prefix<A> {
  readonly value: A
  readonly end: number
}
