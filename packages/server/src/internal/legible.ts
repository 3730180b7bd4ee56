/** Characters that show nothing, or change how others are shown; line ends among them. */
const illegible = /[\p{C}\p{Zl}\p{Zp}]/gu

/** UTF-16 units of the longest. */
const longest = 64

/** What a client has said, fit to be a field of a log line: short, and nothing in it but what can be seen. */
export const legible = (text: string): string => {
  const start = text.slice(0, longest)
  return (start.length < text.length ? `${start}…` : start).replace(illegible, "\uFFFD")
}
