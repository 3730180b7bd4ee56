import * as Dkim from "@effect-smtp/message/Dkim"
import * as Mailer from "@effect-smtp/message/Mailer"
import * as Signer from "@effect-smtp/message/Signer"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The mailer at hand, with a signature of shop.example on every message. */
export const layer = Layer.unwrapEffect(Effect.gen(function*() {
  const signer = yield* Signer.make({
    domain: yield* Domain.parse("shop.example"),
    selector: yield* Domain.parse("mail2026"),
    key: yield* Config.redacted("DKIM_KEY")
  })
  return Mailer.layerBefore((composed) =>
    Effect.map(Dkim.sign(composed.body, [signer]), (body) => ({ ...composed, body }))
  )
}))
