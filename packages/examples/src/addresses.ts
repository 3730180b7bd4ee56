import * as Command from "@effect-smtp/wire/Command"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

const mail = Either.gen(function*() {
  const from = yield* ReversePath.parse("<\"alice > smith\"@client.example>")
  const parameters = yield* MailParameters.make({ size: Option.some(1024) })
  const command = Command.Command.Mail({
    from,
    parameters: MailParameters.toParameters(parameters)
  })
  const line = yield* Command.encode(command) // the only way to the bytes of a command
  const again = yield* Command.parse(new TextDecoder().decode(line).trimEnd())
  return Command.Equivalence(command, again) // true: what is printed reads as what it was
})

Effect.runSync(Effect.log(mail))
