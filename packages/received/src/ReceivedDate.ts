/**
 * ReceivedDate: when a host says that it got the message, in whatever form it does. The value, and how it is
 * printed, is `DateTime` of `wire`.
 *
 * @module
 */
import type { DateTime } from "@effect-smtp/wire/DateTime"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Lexer from "./internal/lexer.js"
import * as Moment from "./internal/moment.js"
import { ReceivedDateError } from "./ReceivedError.js"

/**
 * A date-time of RFC 5322, with obsolete years and zones, comments and folding; of RFC 3339; or as
 * asctime(3) and date(1) write it. All of the text. The day of the week is not checked.
 */
export const parse = (text: string): Either.Either<DateTime, ReceivedDateError> => {
  const tokens = Lexer.lex(Lexer.unfold(text))
  const words = tokens.filter(({ kind }) => kind !== "Comment").map(({ text }) => text)
  return Option.match(
    Option.filter(Moment.read(words), ({ count }) => count === words.length),
    {
      onNone: () => Either.left(new ReceivedDateError({ expected: "a date and time" })),
      onSome: ({ date }) => Either.right(date)
    }
  )
}
