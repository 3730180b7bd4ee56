import * as FastCheck from "effect/FastCheck"

/** Text of these characters. */
export const of = (
  characters: string,
  length: { readonly minLength: number; readonly maxLength: number }
): FastCheck.Arbitrary<string> =>
  FastCheck.array(FastCheck.constantFrom(...characters), length).map((units) => units.join(""))

const range = (from: number, to: number): string =>
  String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, index) => from + index))

export const letDig = range(0x30, 0x39) + range(0x41, 0x5a) + range(0x61, 0x7a)
export const visible = range(0x21, 0x7e)
export const printable = range(0x20, 0x7e)
export const atext = `${letDig}!#$%&'*+-/=?^_\`{|}~`

/** Every C0 control and DEL. */
export const controls: ReadonlyArray<string> = [...range(0x00, 0x1f), "\x7f"]

/** C1 controls and what nobody sees, each refused in addresses. */
export const invisible: ReadonlyArray<string> = [
  ..."\u0080\u0085\u009f\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2066\u2069\ufeff",
  "\ud800",
  "\udc00",
  "\u{e0041}"
]

/** Every way to put one text into another. */
export const insertions = (text: string, inserted: string): ReadonlyArray<string> =>
  Array.from(
    { length: text.length + 1 },
    (_, at) => text.slice(0, at) + inserted + text.slice(at)
  )
