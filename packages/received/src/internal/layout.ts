/** The width of a line that is not to be crossed (RFC 5322 section 2.1.1), its line end not counted. */
const width = 78

/** Continuation lines begin with this, which takes so many columns. */
const indent = { text: "\t", columns: 8 } as const

/** Clauses of words and comments, which are made of pieces. */
export type Clauses = ReadonlyArray<ReadonlyArray<ReadonlyArray<string>>>

const columns = (text: string): number => Array.from(text).length

/**
 * Puts pieces on lines, a space or a fold between any two. A clause stays together where a line has room
 * for all of it, and so does a comment. A piece that is longer than a line is not cut, which would change
 * what it says.
 */
export const fold = (clauses: Clauses, column: number): string => {
  const text: Array<string> = []
  let at = column
  const put = (piece: string, length: number) => {
    if (text.length > 0) {
      const fits = at + 1 + length <= width
      text.push(fits ? " " : `\r\n${indent.text}`)
      at = fits ? at + 1 : indent.columns
    }
    text.push(piece)
    at += length
  }
  /** Whether a line has room for all of it; then it was put there. */
  const together = (all: string): boolean => {
    const length = columns(all)
    const room = text.length === 0 ? at + length <= width : indent.columns + length <= width
    if (room) put(all, length)
    return room
  }
  for (const clause of clauses) {
    if (together(clause.map((unit) => unit.join(" ")).join(" "))) continue
    for (const unit of clause) {
      if (together(unit.join(" "))) continue
      for (const piece of unit) put(piece, columns(piece))
    }
  }
  return text.join("")
}
