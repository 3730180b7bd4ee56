/**
 * Letter: what `smtp send` sends: a message that is written already or is composed of flags, signed or
 * not, and its envelope.
 *
 * @module
 */
import type { Body } from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as MessageId from "@effect-smtp/message/MessageId"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import * as Options from "@effect/cli/Options"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { WrongUse } from "./CliError.js"
import * as Compose from "./Compose.js"
import * as ComposeFlags from "./ComposeFlags.js"
import * as Message from "./Message.js"
import * as Settings from "./Settings.js"
import * as Signing from "./Signing.js"
import * as Wishes from "./Wishes.js"

/** The flags. */
export const options = {
  compose: ComposeFlags.options,
  signing: Signing.options,
  wishes: Wishes.options,
  from: Options.text("from").pipe(
    Options.optional,
    Options.withDescription(
      "The sender's address; '' is the null sender. Of a composed message: its author, perhaps with a " +
        "name. Default: SMTP_SENDER."
    )
  ),
  to: Options.text("to").pipe(
    Options.repeated,
    Options.withDescription("A recipient's address. Repeat it for more of them.")
  )
}

/** What the flags say; `message` is the file of one that is written already. */
export interface Flags {
  readonly compose: ComposeFlags.Flags
  readonly signing: Signing.Flags
  readonly wishes: Wishes.Flags
  readonly from: Option.Option<string>
  readonly to: ReadonlyArray<string>
  readonly message: Option.Option<string>
}

/** `messageId`: that of a composed message. */
export interface Letter {
  readonly envelope: Envelope.Envelope
  readonly body: Body
  readonly messageId: Option.Option<string>
}

const senderOf = (flags: Flags): Effect.Effect<string, WrongUse> =>
  Effect.flatMap(
    Settings.orVariable(flags.from, "SMTP_SENDER"),
    Option.match({
      onNone: () => new WrongUse({ reason: "there is no sender: say --from, or set SMTP_SENDER" }),
      onSome: (sender) => Effect.succeed(sender)
    })
  )

/** One that is written already. */
const written = (flags: Flags, from: string, keep: Keep) =>
  Effect.gen(function*() {
    const { message, to } = flags
    const envelope = yield* Effect.mapError(
      Arr.isNonEmptyReadonlyArray(to)
        ? Envelope.parse({ from, to })
        : Either.left(new Error("there is no --to")),
      (error) => new WrongUse({ reason: `a bad address: ${error.message}` })
    )
    const author = Option.map(ReversePath.toMailbox(envelope.from), ({ domain }) => domain)
    const wanted = yield* Wishes.ask(envelope, flags.wishes)
    const signer = yield* Signing.signer(flags.signing, author)
    const file = Option.getOrElse(message, () => "-")
    const body =
      yield* (keep === "InMemory" ? Message.fromFileAtOnce(file) : Message.fromFile(file))
    return {
      envelope: wanted,
      body: yield* Signing.sign(body, signer, Message.nameOf(file)),
      messageId: Option.none<string>()
    }
  })

/** One that is composed of flags. */
const composed = (flags: Flags, from: string) =>
  Effect.gen(function*() {
    if (Option.isSome(flags.message)) {
      return yield* new WrongUse({
        reason: `${flags.message.value} is written already: nothing can be composed with it`
      })
    }
    const made = yield* Compose.fromFlags({ ...flags.compose, from, to: flags.to })
    const signer = yield* Signing.signer(flags.signing, Option.some(made.author.mailbox.domain))
    return {
      envelope: yield* Wishes.ask(made.envelope, flags.wishes),
      body: yield* Signing.sign(made.body, signer, "what was composed"),
      messageId: Option.some(MessageId.print(made.messageId))
    }
  })

/** Whether a file may be read each time it is sent, or is to be held. */
export type Keep = "OnDisk" | "InMemory"

/** The message and its envelope. */
export const read = (flags: Flags, keep: Keep) =>
  Effect.gen(function*() {
    const from = yield* senderOf(flags)
    const letter: Letter = ComposeFlags.isComposing(flags.compose)
      ? yield* composed(flags, from)
      : yield* written(flags, from, keep)
    return letter
  })
