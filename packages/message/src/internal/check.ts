import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as Either from "effect/Either"
import type { Address } from "../Address.js"
import * as Addresses from "../Address.js"
import { ComposeError } from "../ComposeError.js"
import type { Reason } from "../ComposeError.js"
import * as Words from "./words.js"

/** What was checked, or why it cannot be. */
export type Checked<A> = Either.Either<A, ComposeError>

export const fail = (field: string, reason: Reason, expected: string): Checked<never> =>
  Either.left(new ComposeError({ field, reason, expected }))

/** Text for one line. */
export const line = (field: string, text: string): Checked<string> =>
  Words.isSafe(text)
    ? Either.right(text)
    : fail(field, "Unsafe", "text without line ends and other controls")

/** Text of a certain form, which has no controls in any case. */
export const form = (
  field: string,
  text: string,
  { expected, pattern }: { readonly pattern: RegExp; readonly expected: string }
): Checked<string> =>
  Either.flatMap(
    line(field, text),
    (safe) => pattern.test(safe) ? Either.right(safe) : fail(field, "Syntax", expected)
  )

const mode = AddressMode.withUtf8(AddressMode.lenient)

/** Addresses, which anybody may have made by hand: names for one line, mailboxes as the grammar has them. */
export const addresses = <A extends Address>(
  field: string,
  list: ReadonlyArray<A>
): Checked<ReadonlyArray<A>> => {
  for (const address of list) {
    const names = address._tag === "Group" ? [address.name] : []
    for (const { mailbox, name } of Addresses.persons([address])) {
      if (name._tag === "Some") names.push(name.value)
      const checked = Mailbox.make(mailbox, mode)
      if (Either.isLeft(checked)) {
        const { expected, reason } = checked.left
        return fail(field, reason === "Unsafe" ? "Unsafe" : "Syntax", expected)
      }
    }
    for (const name of names) {
      const checked = line(field, name)
      if (Either.isLeft(checked)) return Either.left(checked.left)
    }
  }
  return Either.right(list)
}
