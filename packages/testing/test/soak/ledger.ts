import * as Outcome from "@effect-smtp/client/Outcome"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as Option from "effect/Option"
import type { Letter } from "./plan.js"
import type { Told } from "./senders.js"
import type { Stored } from "./store.js"

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((octet, at) => octet === b[at])

const addresses = (verdicts: ReadonlyArray<Outcome.Verdict>): ReadonlyArray<string> =>
  verdicts.map(({ recipient }) =>
    Option.match(ForwardPath.toMailbox(recipient), { onNone: () => "", onSome: Mailbox.print })
  )

/** How often the letter may be stored, by what its sender was told: from, to. */
const copies = (told: Told | undefined): readonly [number, number] => {
  if (told === undefined) return [0, 1]
  switch (told._tag) {
    case "Outcome":
      return told.outcome.accepted.length > 0 ? [1, 1] : [0, 0]
    case "Fate":
      return told.fate === "Unknown" ? [0, 1] : [0, 0]
    case "Defect":
      return [0, 0]
  }
}

/** What is wrong between what the sender of a letter was told and what is stored of it. */
export const audit = (
  letter: Letter,
  told: Told | undefined,
  stored: ReadonlyArray<Stored>
): ReadonlyArray<string> => {
  const found = stored.filter(({ from }) => from === letter.from)
  const [least, most] = copies(told)
  const wrong: Array<string> = []
  const complain = (what: string) => wrong.push(`${letter.from}: ${what}`)
  if (told?._tag === "Defect") complain(told.cause)
  if (found.length < least || found.length > most) {
    const said = told === undefined
      ? "nothing"
      : told._tag === "Fate"
      ? told.fate
      : `${told._tag}`
    complain(`told ${said}, stored ${found.length} times`)
  }
  for (const { bytes, name, to } of found) {
    if (!same(bytes, letter.bytes)) complain(`stored as ${name}, but not whole`)
    if (told?._tag !== "Outcome") continue
    const accepted = addresses(told.outcome.accepted)
    if (to.join(" ") !== accepted.join(" ")) {
      complain(`accepted for ${accepted.join(" ")}, stored for ${to.join(" ")}`)
    }
    if (!Outcome.queueIds(told.outcome).includes(name)) {
      complain(`stored as ${name}, told otherwise`)
    }
  }
  return wrong
}
