/**
 * What the text of a reply may hold, and how it is cut into lines and freed of its status codes.
 */
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as EnhancedStatus from "../EnhancedStatus.js"
import * as Text from "./text.js"

export type Lines = Arr.NonEmptyReadonlyArray<string>

// C0 but for the tab, DEL, C1, and halves of surrogate pairs, which have no UTF-8.
const unsafe = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\ud800-\udfff]/u
const everyUnsafe = new RegExp(unsafe, "gu")

/** The text with `?` for every control character but the tab. */
export const sanitize = (text: string): string =>
  unsafe.test(text) ? text.replace(everyUnsafe, "?") : text

/** Any text as safe lines; a line break at the very end opens no line. */
export const toLines = (text: string): Lines => {
  const [first, ...others] = text.split(/\r\n|\r|\n/)
  if (others.length > 0 && others[others.length - 1] === "") others.pop()
  return [sanitize(first ?? ""), ...others.map(sanitize)]
}

/**
 * The line as lines of at most `room` octets, cut at the last space that allows it, which is
 * dropped.
 */
export const wrap = (line: string, room: number): Lines => {
  if (line.length * 3 <= room || Text.octets(line) <= room) return [line]
  const lines: Array<string> = []
  let start = 0
  let at = 0
  let used = 0
  let space = -1
  for (const character of line) {
    if (character === " ") space = at
    at += character.length
    used += Text.octets(character)
    if (used > room) {
      const end = space > start ? space : at - character.length
      lines.push(line.slice(start, end))
      start = end === space ? end + 1 : end
      used = Text.octets(line.slice(start, at))
    }
  }
  return start === line.length && Arr.isNonEmptyArray(lines)
    ? lines
    : Arr.append(lines, line.slice(start))
}

const dot = 0x2e
const zero = 0x30

/** The status at the start of a text, if it goes with the code; what follows it. */
const leading = (
  code: number,
  text: string
): Option.Option<{ readonly status: EnhancedStatus.EnhancedStatus; readonly rest: string }> => {
  // Many texts have none, and to be told why not costs more than all the rest.
  if (text.charCodeAt(1) !== dot || text.charCodeAt(0) - zero !== Math.trunc(code / 100)) {
    return Option.none()
  }
  const found = EnhancedStatus.parsePrefix(text)
  if (Either.isLeft(found)) return Option.none()
  const { end, status } = found.right
  return end === text.length || text[end] === " "
    ? Option.some({ status, rest: text.slice(end + 1) })
    : Option.none()
}

/** Takes the status of the first line off every line that has it (RFC 2034 wants it on all). */
export const takeStatus = (
  code: number,
  lines: Lines
): { readonly enhanced: Option.Option<EnhancedStatus.EnhancedStatus>; readonly lines: Lines } => {
  const first = leading(code, lines[0])
  if (Option.isNone(first)) return { enhanced: Option.none(), lines }
  const { rest, status } = first.value
  const others = lines.slice(1).map((line) =>
    Option.match(leading(code, line), {
      onNone: () => line,
      onSome: (found) => EnhancedStatus.Equivalence(found.status, status) ? found.rest : line
    })
  )
  return { enhanced: Option.some(status), lines: [rest, ...others] }
}
