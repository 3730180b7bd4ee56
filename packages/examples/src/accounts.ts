import * as NodePasswordFile from "@effect-smtp/node/NodePasswordFile"
import * as Authenticator from "@effect-smtp/server/Authenticator"
import * as StoredKeys from "@effect-smtp/server/StoredKeys"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"

/** Asks an identity provider whose token that is, if it is good. */
type Provider = (token: Redacted.Redacted<string>) => Effect.Effect<Option.Option<string>, Error>

/** Users of a file, and whoever has a token. Alice may send as the whole team. */
export const accounts = (whose: Provider) =>
  Layer.effect(
    Authenticator.Authenticator,
    Effect.map(NodePasswordFile.make("users", StoredKeys), (users) =>
      Authenticator.make({
        ...StoredKeys.abilities(users),
        checkPassword: users.checkPassword,
        tokens: { verify: whose, scope: "mail" },
        authorize: ({ actsAs, authenticated }) =>
          Effect.succeed(
            actsAs === authenticated || (authenticated === "alice" && actsAs === "team")
          )
      }))
  )
