import type * as Tls from "@effect-smtp/flow/Tls"
import * as AtOnce from "@effect-smtp/protocol/AtOnce"
import * as Anonymous from "@effect-smtp/sasl/Anonymous"
import * as ChannelBinding from "@effect-smtp/sasl/ChannelBinding"
import * as CramMd5 from "@effect-smtp/sasl/CramMd5"
import * as External from "@effect-smtp/sasl/External"
import * as Login from "@effect-smtp/sasl/Login"
import type { ServerMechanism } from "@effect-smtp/sasl/Mechanism"
import * as OAuthBearer from "@effect-smtp/sasl/OAuthBearer"
import * as Plain from "@effect-smtp/sasl/Plain"
import * as Scram from "@effect-smtp/sasl/Scram"
import * as Strength from "@effect-smtp/sasl/Strength"
import * as XOAuth2 from "@effect-smtp/sasl/XOAuth2"
import * as Arr from "effect/Array"
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import type * as Authenticator from "../Authenticator.js"
import type { ClientInfo } from "../ClientInfo.js"
import type { Policy } from "../Policy.js"
import type { Host } from "./state.js"
import { consult } from "./state.js"

/** What must not be foreseen in an exchange: SCRAM's nonce, and the words of CRAM-MD5. */
export interface Chance {
  readonly nonce: string
  readonly challenge: string
}

/** Makes a mechanism for one exchange. */
export type Offer = (chance: Chance) => ServerMechanism

/** A connection as it is, what may be said on it, and what there is of SCRAM at the moment. */
export interface Surroundings {
  readonly authenticator: Authenticator.Shape
  readonly scram: Option.Option<Authenticator.Scram>
  readonly policy: Policy
  readonly client: ClientInfo
}

/** What there is of the authenticator, if there is one: it is asked what it can do at the moment. */
export const surroundings = (
  host: Host,
  client: ClientInfo
): Effect.Effect<Option.Option<Surroundings>> => {
  if (Option.isNone(host.authenticator)) return Exit.succeed(Option.none())
  const authenticator = host.authenticator.value
  const { scram } = authenticator
  return AtOnce.map(
    scram === undefined
      ? Exit.succeed(Option.none())
      : AtOnce.map(consult(host, "an authenticator", scram), Option.flatten),
    (scram) => Option.some({ authenticator, scram, policy: host.policy, client })
  )
}

/** Nothing is exchanged with these: they tell the name of a mechanism. */
const nameless: Chance = { nonce: "", challenge: "" }

/** The name of the mechanism that is offered. */
export const name = (offer: Offer): string => offer(nameless).name

const strongestFirst = Order.mapInput(
  Order.number,
  (offer: Offer) => Strength.order.findIndex((known) => known === name(offer))
)

/**
 * What the authenticator can do on this connection, the strongest first; whether it may be done is
 * another question (`isAllowed`).
 */
export const possible = (
  { authenticator, client, scram }: Surroundings
): ReadonlyArray<Offer> => {
  const { anonymous, certificate, checkPassword, findPassword, tokens } = authenticator
  const offers: ReadonlyArray<Offer> = [
    ...(certificate === undefined || Option.isNone(goodCertificate(client))
      ? []
      : [() => External.server]),
    ...Option.match(scram, {
      onNone: () => [],
      onSome: (scram) => scramOffers(scram, bindings(client.peer.tls))
    }),
    ...(tokens === undefined
      ? []
      : [() => OAuthBearer.server(tokens), () => XOAuth2.server(tokens)]),
    ...(findPassword === undefined ? [] : [({ challenge }: Chance) => CramMd5.server(challenge)]),
    ...(checkPassword === undefined ? [] : [() => Plain.server, () => Login.server]),
    ...(anonymous === undefined ? [] : [() => Anonymous.server])
  ]
  return Arr.sort(offers, strongestFirst)
}

const scramOffers = (
  { decoys, hashes }: Authenticator.Scram,
  bindings: ReadonlyArray<ChannelBinding.Bound>
): ReadonlyArray<Offer> =>
  hashes.flatMap((hash) =>
    (bindings.length > 0 ? [true, false] : [false]).map((bound): Offer => ({ nonce }) =>
      Scram.server({ hash, bound, bindings, nonce, decoys })
    )
  )

const bindingTypes: ReadonlyArray<ChannelBinding.Type> = ["tls-exporter", "tls-server-end-point"]

const bindings = (tls: Option.Option<Tls.Info>): ReadonlyArray<ChannelBinding.Bound> =>
  Option.match(tls, {
    onNone: () => [],
    onSome: ({ channelBinding }) =>
      Arr.filterMap(
        bindingTypes,
        (type) => Option.map(channelBinding(type), (data) => ChannelBinding.Bound({ type, data }))
      )
  })

/** The certificate that the client has shown, if TLS found it good. */
export const goodCertificate = ({ peer: { tls } }: ClientInfo): Option.Option<Tls.Certificate> =>
  Option.flatMap(
    Option.filter(tls, ({ authorized }) => authorized),
    ({ peerCertificate }) => peerCertificate
  )

/** Whether the policy lets the mechanism be used on the connection as it is. */
export const isAllowed = ({ client, policy }: Surroundings) => (offer: Offer): boolean =>
  Option.isSome(client.peer.tls) ||
  policy.clearTextPasswords === "ExposedToEveryone" ||
  (policy.clearTextPasswords === "Hashed" && !offer(nameless).needsEncryption)

/** The mechanisms that this client may use on its connection as it is. */
export const offered = (surroundings: Surroundings): ReadonlyArray<Offer> =>
  possible(surroundings).filter(isAllowed(surroundings))
