import type * as Tls from "@effect-smtp/flow/Tls"
import * as ChannelBinding from "@effect-smtp/sasl/ChannelBinding"
import * as CramMd5 from "@effect-smtp/sasl/CramMd5"
import * as Login from "@effect-smtp/sasl/Login"
import type { ClientMechanism } from "@effect-smtp/sasl/Mechanism"
import * as Plain from "@effect-smtp/sasl/Plain"
import { SaslError } from "@effect-smtp/sasl/SaslError"
import * as Scram from "@effect-smtp/sasl/Scram"
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Credentials, PasswordMechanism } from "../Credentials.js"

/** What a mechanism for passwords needs to know of the session. */
export interface Surroundings {
  readonly offered: ReadonlyArray<string>
  readonly binding: Option.Option<Bound>
  readonly nonce: string
}

type Bound = Extract<ChannelBinding.ChannelBinding, { readonly _tag: "Bound" }>
type Password = Extract<Credentials, { readonly _tag: "Password" }>
type Built = Either.Either<ClientMechanism, SaslError>

const isBound = (name: string): boolean => name.endsWith("-PLUS")

const bindings: ReadonlyArray<ChannelBinding.Type> = ["tls-exporter", "tls-server-end-point"]

/** What this connection can be bound to: the exporter before the certificate, which others share. */
export const binding = (tls: Option.Option<Tls.Info>): Option.Option<Bound> =>
  Option.flatMap(
    tls,
    ({ channelBinding }) =>
      Arr.findFirst(bindings, (type) =>
        Option.map(channelBinding(type), (data): Bound => ({ _tag: "Bound", type, data })))
  )

/** Whether the mechanism can be used on a connection that is bound so. */
export const fits = (name: string, bound: Option.Option<Bound>): boolean =>
  !isBound(name) || Option.isSome(bound)

/** The first of the mechanisms that can carry the credentials. */
export const fromPassword = (
  names: Arr.NonEmptyReadonlyArray<PasswordMechanism>,
  credentials: Password,
  surroundings: Surroundings
): Built => {
  const built = Arr.map(names, (name) => password(name, credentials, surroundings))
  return Option.getOrElse(Arr.findFirst(built, Either.isRight), () => built[0])
}

const password = (
  name: PasswordMechanism,
  { authzid, password, username }: Password,
  { binding, nonce, offered }: Surroundings
): Built => {
  const actAs = Option.isSome(authzid) ? { authzid: authzid.value } : {}
  /** For mechanisms that have no way to say whom to act as. */
  const asOneself = (built: Built): Built =>
    Option.isNone(authzid) ? built : Either.left(
      new SaslError({
        mechanism: name,
        reason: "Credentials",
        expected: "no authorization identity"
      })
    )
  switch (name) {
    case "PLAIN":
      return Plain.client({ authcid: username, password, ...actAs })
    case "LOGIN":
      return asOneself(Login.client({ username, password }))
    case "CRAM-MD5":
      return asOneself(CramMd5.client({ username, password }))
    default:
      return Scram.client({
        hash: name.startsWith("SCRAM-SHA-256") ? "SHA-256" : "SHA-1",
        username,
        password,
        nonce,
        binding: isBound(name)
          ? Option.getOrElse(binding, ChannelBinding.Unsupported)
          : unbound(offered, binding),
        ...actAs
      })
  }
}

/**
 * RFC 5802 section 6: a client that could bind says so to a server that does not offer it, since the
 * offer may have been tampered with. Where any is offered, the client has chosen not to.
 */
const unbound = (
  offered: ReadonlyArray<string>,
  bound: Option.Option<Bound>
): ChannelBinding.ChannelBinding =>
  Option.isSome(bound) && !offered.some(isBound)
    ? ChannelBinding.NotOffered()
    : ChannelBinding.Unsupported()
