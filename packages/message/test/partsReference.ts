/** The parts of a message, found the plain way: all lines at hand, a function that calls itself. */

export interface Found {
  readonly path: ReadonlyArray<number>
  readonly kind: "Leaf" | "Multipart"
  readonly type: string
  readonly body: string
}

const withoutEnd = (text: string): string => text.replace(/\r?\n$/, "")

/** Boundaries are of letters, and types have one parameter at most. */
export const parts = (message: string): ReadonlyArray<Found> => {
  const lines = message.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const found: Array<Found> = []
  let at = 0

  /** The boundary that the line is, of those, and whether it is the last one. */
  const delimiter = (boundaries: ReadonlyArray<string>) => {
    const [, boundary, last] = /^--([a-z]+)(--)?[ \t]*$/.exec(withoutEnd(lines[at])) ?? []
    const level = boundaries.lastIndexOf(boundary)
    return level < 0 ? undefined : { level, isLast: last !== undefined }
  }

  const until = (boundaries: ReadonlyArray<string>): string => {
    const start = at
    while (at < lines.length && delimiter(boundaries) === undefined) at++
    const text = lines.slice(start, at).join("")
    return at < lines.length ? withoutEnd(text) : text
  }

  const entity = (
    path: ReadonlyArray<number>,
    boundaries: ReadonlyArray<string>,
    usual: string
  ): void => {
    let header = ""
    while (at < lines.length && !delimiter(boundaries) && /[^\r\n]|\r[^\n]|\r$/.test(lines[at])) {
      header += lines[at++]
    }
    const isCut = at < lines.length && delimiter(boundaries) !== undefined
    if (!isCut) at++
    const [, type = usual, boundary] =
      /(?:^|\n)Content-Type: ([a-z0-9/]+)(?:; boundary=([a-z]+))?/.exec(header) ?? []
    if (boundary === undefined) {
      found.push({ path, kind: "Leaf", type, body: until(boundaries) })
      return
    }
    found.push({ path, kind: "Multipart", type, body: "" })
    if (isCut) return
    const inside = [...boundaries, boundary]
    const own = boundaries.length
    until(inside)
    for (let count = 1; at < lines.length && delimiter(inside)?.level === own; count++) {
      const { isLast } = delimiter(inside) ?? { isLast: true }
      at++
      if (isLast) {
        until(boundaries)
        return
      }
      entity(
        [...path, count],
        inside,
        type === "multipart/digest" ? "message/rfc822" : "text/plain"
      )
    }
  }

  entity([], [], "text/plain")
  return found
}
