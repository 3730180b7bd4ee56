import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import * as Endpoints from "@effect-smtp/flow/Endpoint"
import * as AtOnce from "@effect-smtp/protocol/AtOnce"
import type { Attribute, Command } from "@effect-smtp/wire/Command"
import * as Extension from "@effect-smtp/wire/Extension"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Identity } from "../Authenticator.js"
import type { ClientInfo } from "../ClientInfo.js"
import type { Attributes } from "../Told.js"
import * as Trust from "../Trust.js"
import * as Attribute_ from "./attributes.js"
import * as Replies from "./replies.js"
import type { Answer, Host, State } from "./state.js"
import { answer, close, decide, mistake } from "./state.js"

type Tagged<T extends Command["_tag"]> = Extract<Command, { readonly _tag: T }>

/** Who speaks, whoever it speaks for. */
const speaker = ({ peer, told }: ClientInfo): Endpoint =>
  Option.match(told.xclient, { onNone: () => peer.remote, onSome: ({ by }) => by })

const may = (peers: Trust.Peers, client: ClientInfo): boolean =>
  Trust.includes(peers, speaker(client))

/** The lines of EHLO. */
export const offered = (
  { trust }: Host,
  { client }: State
): ReadonlyArray<Extension.Extension> => [
  ...(may(trust.xclient, client)
    ? [Extension.Xclient({ attributes: Object.keys(Attribute_.xclient) })]
    : []),
  ...(may(trust.xforward, client)
    ? [Extension.Xforward({ attributes: Object.keys(Attribute_.xforward) })]
    : [])
]

/** Why that peer may not say so, if it may not. */
const refusal = (peers: Trust.Peers, client: ClientInfo) =>
  may(peers, client)
    ? Option.none()
    : Option.some(Trust.isAnybody(peers) ? Replies.notTrusted : Replies.notImplemented)

const noAttributes: Attributes = new Map()

const wrong = (name: string) => Replies.badParameter(`Bad attribute ${name}`)

/**
 * XCLIENT (Postfix's XCLIENT_README): the session begins again with another client, whose connection is
 * judged like any other. What one XCLIENT said the next one adds to.
 */
export const xclient = (host: Host, state: State, { attributes }: Tagged<"Xclient">): Answer => {
  const refused = refusal(host.trust.xclient, state.client)
  if (Option.isSome(refused)) return mistake(host, refused.value, state)
  const before = Option.match(state.client.told.xclient, {
    onNone: () => noAttributes,
    onSome: (said) => said.attributes
  })
  const said = Attribute_.read(Attribute_.xclient, before, attributes)
  if (Either.isLeft(said)) return mistake(host, wrong(said.left), state)
  const client = introduced(state.client, attributes, said.right)
  return AtOnce.flatMap(
    decide(host, host.handler.connect(client)),
    (verdict) =>
      verdict._tag === "Accept"
        ? answer(host.greeting, { ...state, client, transaction: Option.none() })
        : close(verdict.reply)
  )
}

/** Who the client is by what was said now; `attributes` is all that was ever said. */
const introduced = (
  client: ClientInfo,
  said: ReadonlyArray<Attribute>,
  attributes: Attributes
): ClientInfo => {
  const { peer, told } = client
  const end = (was: Endpoint, host: string, port: string): Endpoint =>
    said.some(({ name }) => name === host || name === port)
      ? Option.match(Option.fromNullable(attributes.get(host)), {
        onNone: () => Endpoints.Unix({ path: "" }),
        onSome: (address) =>
          Endpoints.Tcp({ host: address, port: Number(attributes.get(port) ?? "0") })
      })
      : was
  return {
    ...client,
    peer: {
      ...peer,
      remote: end(peer.remote, "ADDR", "PORT"),
      local: end(peer.local, "DESTADDR", "DESTPORT")
    },
    name: Option.none(),
    protocol: "SMTP",
    identity: Option.map(
      Option.fromNullable(attributes.get("LOGIN")),
      (login): Identity => ({ authenticated: login, actsAs: login })
    ),
    told: {
      ...told,
      xclient: Option.some({ by: speaker(client), attributes }),
      xforward: Option.none()
    }
  }
}

/** XFORWARD (Postfix's XFORWARD_README): where the next message comes from. */
export const xforward = (host: Host, state: State, { attributes }: Tagged<"Xforward">): Answer => {
  const { client } = state
  const refused = refusal(host.trust.xforward, client)
  if (Option.isSome(refused)) return mistake(host, refused.value, state)
  const before = Option.getOrElse(client.told.xforward, () => noAttributes)
  const said = Attribute_.read(Attribute_.xforward, before, attributes)
  return Either.match(said, {
    onLeft: (name) => mistake(host, wrong(name), state),
    onRight: (all) =>
      answer(Replies.ok, {
        ...state,
        client: { ...client, told: { ...client.told, xforward: Option.some(all) } }
      })
  })
}

/** The state after a command: with a transaction ends what XFORWARD has said. */
export const forget = (before: State, after: State): State =>
  Option.isSome(before.transaction) && Option.isNone(after.transaction) &&
    Option.isSome(after.client.told.xforward)
    ? {
      ...after,
      client: { ...after.client, told: { ...after.client.told, xforward: Option.none() } }
    }
    : after
