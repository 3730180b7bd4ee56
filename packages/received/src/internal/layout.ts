/** The width of a line that is not to be crossed (RFC 5322 section 2.1.1), its line end not counted. */
export const width = 78

/** Continuation lines begin with this, which takes so many columns. */
const indent = { text: "\t", columns: 8 } as const

const columns = (text: string): number => Array.from(text).length

/**
 * Puts pieces on lines, a space or a fold between any two: a group stays together where a line has room
 * for all of it. A piece that is longer than a line is not cut, which would change what it says.
 */
export const fold = (groups: ReadonlyArray<ReadonlyArray<string>>, column: number): string => {
  let text = ""
  let at = column
  const put = (piece: string, fits: boolean) => {
    const length = columns(piece)
    if (text === "") {
      text = piece
      at += length
    } else if (fits) {
      text += ` ${piece}`
      at += 1 + length
    } else {
      text += `\r\n${indent.text}${piece}`
      at = indent.columns + length
    }
  }
  for (const group of groups) {
    const length = columns(group.join(" "))
    const together = at + 1 + length <= width
    const alone = indent.columns + length <= width
    for (const [index, piece] of group.entries()) {
      put(piece, together || (alone && index > 0) || (!alone && at + 1 + columns(piece) <= width))
    }
  }
  return text
}
