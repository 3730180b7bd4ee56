/**
 * Maildir: the mailboxes that other people's servers store messages in, one file each.
 *
 * @module
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Message from "./Message.js"
import * as Port from "./Port.js"

/** No message has come to the mailbox, a folder. */
export class NoMail extends Data.TaggedError("NoMail")<{ readonly mailbox: string }> {
  override get message(): string {
    return `there is no mail in ${this.mailbox}`
  }
}

/**
 * Waits for a message in the mailbox, and takes it out: as Latin-1 text, LF at the end of each line,
 * from its first header field that is not one of `added`, those that the server puts on top.
 */
export const take = (
  mailbox: string,
  added: ReadonlyArray<string>
): Effect.Effect<string, NoMail | PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const place = `${mailbox}/new`
    const [name] = yield* files.readDirectory(place)
    if (name === undefined) return yield* new NoMail({ mailbox })
    const bytes = yield* files.readFile(`${place}/${name}`)
    yield* files.remove(`${place}/${name}`)
    return Message.without(added, Buffer.from(bytes).toString("latin1"))
  }).pipe(Effect.retry(Port.soon))
