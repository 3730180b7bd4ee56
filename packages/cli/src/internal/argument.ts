import * as Args from "@effect/cli/Args"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"

/** Some text. What begins with a dash, and is not the dash of standard input, is a flag that nobody knows. */
export const text = (name: string): Args.Args<string> =>
  Args.mapEffect(
    Args.text({ name }),
    (value) =>
      value.startsWith("-") && value !== "-"
        ? Effect.fail(HelpDoc.p(`Received unknown argument: '${value}'`))
        : Effect.succeed(value)
  )

/** The same, checked; the error says what was expected. */
export const checked = <A>(
  name: string,
  check: (text: string) => Either.Either<A, string>
): Args.Args<A> =>
  Args.mapEffect(text(name), (value) => Effect.mapError(check(value), (wrong) => HelpDoc.p(wrong)))
