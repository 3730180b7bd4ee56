import type { Keys } from "@effect-smtp/cli/Keyboard"
import type * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"

/** A key by its name, and what it sends. */
export const key = (name: string, input?: string): Terminal.UserInput => ({
  input: Option.fromNullable(input),
  key: { name, ctrl: false, meta: false, shift: false }
})

/** A key while Control is held down. */
export const control = (name: string): Terminal.UserInput => ({
  input: Option.some(String.fromCharCode(name.charCodeAt(0) - 96)),
  key: { name, ctrl: true, meta: false, shift: false }
})

/** Somebody who types this each time, and then leaves. */
export const typing = (...keys: ReadonlyArray<string | Terminal.UserInput>): Keys =>
  Effect.gen(function*() {
    const mailbox = yield* Mailbox.make<Terminal.UserInput>()
    yield* mailbox.offerAll(
      keys.flatMap((pressed) =>
        typeof pressed === "string" ? Array.from(pressed, (char) => key("", char)) : [pressed]
      )
    )
    yield* mailbox.end
    return mailbox
  })
