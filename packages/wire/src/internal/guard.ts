/** What no command line may hold, checked on the way in and on the way out. */
import type { Command } from "../Command.js"
import * as CommandError from "../CommandError.js"

const control = /[\u0000-\u001f\u007f-\u009f]/
const beyondAscii = /[^\u0000-\u007f]/

/**
 * The first thing wrong with the characters of a line: controls never, the rest only with `utf8`.
 */
export const check = (line: string, utf8: boolean): CommandError.Reason | undefined => {
  const at = line.search(control)
  if (at !== -1) return CommandError.Forbidden({ code: line.charCodeAt(at), offset: at })
  const eightBit = utf8 ? -1 : line.search(beyondAscii)
  return eightBit === -1 ? undefined : CommandError.EightBit({ offset: eightBit })
}

/**
 * Whether a command may hold UTF-8: it asks for it itself, or stands in a transaction (`utf8`) that
 * does.
 */
export const asksForUtf8 = (command: Command, utf8: boolean): boolean => {
  switch (command._tag) {
    case "Mail":
      return command.parameters.some(({ keyword }) => keyword === "SMTPUTF8")
    case "Vrfy":
    case "Expn":
      return command.smtpUtf8
    case "Rcpt":
    case "Extension":
      return utf8
    default:
      return false
  }
}
