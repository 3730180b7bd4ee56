import * as Spool from "@effect-smtp/cli/Spool"
import type { ClientInfo } from "@effect-smtp/server/ClientInfo"
import type { Envelope } from "@effect-smtp/server/Envelope"
import * as Handler from "@effect-smtp/server/Handler"
import type { Incoming } from "@effect-smtp/server/Incoming"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Mood } from "./plan.js"
import { moods } from "./plan.js"

/** A message that is kept, by the name that its sender was told. */
export interface Stored {
  readonly name: string
  readonly from: string
  readonly to: ReadonlyArray<string>
  readonly bytes: Uint8Array
}

/** Keeps messages. `stored` is what there is; `litter` what should not be there in the end. */
export interface Store {
  readonly keep: Handler.Shape["message"]
  readonly stored: Effect.Effect<ReadonlyArray<Stored>>
  readonly litter: Effect.Effect<ReadonlyArray<string>>
}

const sender = ({ from }: Envelope): string =>
  Option.match(ReversePath.toMailbox(from), { onNone: () => "", onSome: Mailbox.print })

/** In memory. */
export const memory: Effect.Effect<Store> = Effect.sync(() => {
  const all: Array<Stored> = []
  return {
    keep: (_client, envelope, incoming) =>
      Effect.map(incoming.collect(Infinity), (bytes) => {
        const name = `${all.length}`
        const to = envelope.recipients.map(({ path }) =>
          Option.match(ForwardPath.toMailbox(path), {
            onNone: () => "Postmaster",
            onSome: Mailbox.print
          })
        )
        all.push({ name, from: sender(envelope), to, bytes })
        return Verdict.queued(name)
      }),
    stored: Effect.sync(() => all),
    litter: Effect.succeed([])
  }
})

const readStored = Schema.decodeUnknown(Schema.parseJson(Spool.Stored))

/** In files, as `smtp serve` keeps them. */
export const spool = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const list = (directory: string) =>
    Effect.provideService(Spool.list(directory), FileSystem.FileSystem, fs)
  const directory = yield* fs.makeTempDirectoryScoped({ prefix: "effect-smtp-soak-" })
  const { message } = yield* Spool.handler(directory)
  const store: Store = {
    keep: message,
    stored: Effect.gen(function*() {
      const names = yield* list(directory)
      return yield* Effect.forEach(names, (name) =>
        Effect.gen(function*() {
          const bytes = yield* fs.readFile(`${directory}/${name}.eml`)
          const text = yield* fs.readFileString(`${directory}/${name}.json`)
          const { from, to } = yield* readStored(text)
          return { name, from, to, bytes }
        }))
    }).pipe(Effect.orDie),
    litter: Effect.gen(function*() {
      const drafts = yield* fs.readDirectory(`${directory}/tmp`)
      const files = yield* fs.readDirectory(directory)
      const messages = yield* list(directory)
      const widows = files.filter((file) =>
        file !== "tmp" && !messages.some((name) => file.startsWith(name))
      )
      return [...drafts, ...widows]
    }).pipe(Effect.orDie)
  }
  return store
})

const moodOf = (envelope: Envelope): Mood =>
  moods.find((mood) => sender(envelope).includes(`.${mood}@`)) ?? "accept"

/** A handler in the mood that the sender's address asks for. */
export const handler = (store: Store, pause: number) => {
  const message = (
    client: ClientInfo,
    envelope: Envelope,
    incoming: Incoming
  ): Effect.Effect<Verdict.MessageVerdict, unknown> => {
    const keep = store.keep(client, envelope, incoming)
    switch (moodOf(envelope)) {
      case "accept":
        return keep
      case "refuse":
        return Effect.as(incoming.collect(Infinity), Verdict.denied("not today"))
      case "early":
        return Effect.succeed(Verdict.mailboxFull)
      case "die":
        return Effect.die("the handler died")
      case "hang":
        return Effect.never
      case "slow":
        return Effect.zipRight(Effect.sleep(pause), keep)
    }
  }
  return Handler.make({
    recipient: (_client, _envelope, { path }) => {
      const address = ForwardPath.print(path)
      return Effect.succeed(
        address.startsWith("<no")
          ? Verdict.noSuchMailbox
          : address.startsWith("<later")
          ? Verdict.mailboxBusy
          : Verdict.recipientOk
      )
    },
    message
  })
}
