import * as Mechanism from "@effect-smtp/sasl/Mechanism"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Authenticator from "../Authenticator.js"
import type { ClientInfo } from "../ClientInfo.js"
import { goodCertificate } from "./mechanisms.js"

type Credentials = Mechanism.Credentials

/** Who that is and whom it acts as, if the credentials are good and it may. */
export const identify = (
  authenticator: Authenticator.Shape,
  credentials: Credentials,
  client: ClientInfo
): Effect.Effect<Option.Option<Authenticator.Identity>, unknown> =>
  Effect.flatMap(
    authenticate(authenticator, credentials, client),
    Option.match({
      onNone: () => Effect.succeedNone,
      onSome: (authenticated) => {
        const actsAs = Option.getOrElse(authzid(credentials), () => authenticated)
        const identity: Authenticator.Identity = { authenticated, actsAs }
        return Effect.map(
          authenticator.authorize(identity, client),
          (may) => may ? Option.some(identity) : Option.none()
        )
      }
    })
  )

const authzid = (credentials: Credentials): Option.Option<string> =>
  credentials._tag === "Anonymous" ? Option.none() : credentials.authzid

/** Who the credentials prove the client to be. What the authenticator cannot tell, they do not prove. */
const authenticate = (
  { anonymous, certificate, checkPassword, tokens }: Authenticator.Shape,
  credentials: Credentials,
  client: ClientInfo
): Effect.Effect<Option.Option<string>, unknown> =>
  Mechanism.Credentials.$match(credentials, {
    Proved: ({ authcid }) => Effect.succeedSome(authcid),
    Password: ({ authcid, password }) =>
      checkPassword === undefined ? Effect.succeedNone : Effect.map(
        checkPassword(authcid, password, client),
        (right) => right ? Option.some(authcid) : Option.none()
      ),
    Token: ({ token }) => tokens === undefined ? Effect.succeedNone : tokens.verify(token, client),
    External: () =>
      certificate === undefined ? Effect.succeedNone : Option.match(goodCertificate(client), {
        onNone: () => Effect.succeedNone,
        onSome: (shown) => certificate(shown, client)
      }),
    Anonymous: ({ trace }) =>
      anonymous === undefined ? Effect.succeedNone : anonymous(trace, client)
  })
