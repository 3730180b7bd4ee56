import type { DateTime } from "@effect-smtp/wire/DateTime"
import type { Domain } from "@effect-smtp/wire/Domain"
import * as Domains from "@effect-smtp/wire/Domain"
import type { ForwardPath } from "@effect-smtp/wire/ForwardPath"
import * as ForwardPaths from "@effect-smtp/wire/ForwardPath"
import * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Protocol from "../Protocol.js"
import type { Received } from "../Received.js"
import * as TlsFacts from "../TlsFacts.js"
import * as Address from "./address.js"
import * as Made from "./made.js"

/** The other end of a connection. */
type Remote =
  | { readonly _tag: "Tcp"; readonly host: string }
  | { readonly _tag: "Unix" }

/** See `Received.Client`. */
export interface Client {
  readonly peer: {
    readonly remote: Remote
    readonly tls: Option.Option<{ readonly version: string; readonly cipher: string }>
  }
  readonly name: Option.Option<Domain>
  readonly protocol: "SMTP" | "ESMTP" | "LMTP"
  readonly identity: Option.Option<unknown>
}

/** See `Received.Envelope`. */
export interface Envelope {
  readonly parameters: { readonly smtpUtf8: boolean }
  readonly recipients: ReadonlyArray<{ readonly path: ForwardPath }>
}

/**
 * - `by`: the name of the server;
 * - `date`: the time, in the zone that it is to be written in;
 * - `id`: what the server calls the message. Default: there is no `id`;
 * - `reverse`: the name of the client's address in the DNS, if it was looked up and leads back.
 */
export interface Options {
  readonly by: Domain
  readonly date: DateTime
  readonly id?: string
  readonly reverse?: Domain
}

/** SMTP has neither letters nor SMTPUTF8, whatever it runs over. */
const protocolOf = ({ identity, peer, protocol }: Client, utf8: boolean): Protocol.Protocol => {
  if (protocol === "SMTP") return Protocol.known("SMTP")
  const family = !utf8 ? protocol : protocol === "LMTP" ? "UTF8LMTP" : "UTF8SMTP"
  return Protocol.known(family, {
    secure: Option.isSome(peer.tls),
    authenticated: Option.isSome(identity)
  })
}

/** The address, or the name that a network without addresses has for the client. */
const remoteHost = (remote: Remote): Either.Either<string, Option.Option<string>> =>
  remote._tag === "Unix"
    ? Either.left(Option.none())
    : Either.fromOption(Address.readBare(remote.host), () => Option.some(remote.host))

/** See `Received.stamp`. */
export const stamp = (client: Client, envelope: Envelope, options: Options): Received => {
  const { smtpUtf8 } = envelope.parameters
  const plain = (text: string): string => smtpUtf8 ? text : text.replace(/[^ -~]/gu, "?")
  const printName = (domain: Domain): string =>
    plain(
      Domains.print(smtpUtf8 ? domain : Either.getOrElse(Domains.toAscii(domain), () => domain))
    )
  const remote = remoteHost(client.peer.remote)
  const address = Either.getRight(remote)
  const [recipient, ...others] = envelope.recipients
  return Made.make({
    from: Option.some({
      name: Option.some(Option.match(client.name, {
        onSome: printName,
        onNone: () => Option.match(address, { onSome: Address.print, onNone: () => "unknown" })
      })),
      reverse: Option.orElse(
        Option.map(Option.fromNullable(options.reverse), printName),
        () => Option.map(Option.flatten(Either.getLeft(remote)), plain)
      ),
      address
    }),
    by: Option.some({
      name: Option.some(printName(options.by)),
      reverse: Option.none(),
      address: Option.none()
    }),
    with: Option.some(protocolOf(client, smtpUtf8)),
    tls: Option.map(client.peer.tls, ({ cipher, version }) => ({
      ...TlsFacts.some,
      version: Option.some(plain(version)),
      cipher: Option.some(plain(cipher))
    })),
    id: Option.map(Option.fromNullable(options.id), plain),
    for: recipient === undefined || others.length > 0 ? [] : [
      plain(Option.match(ForwardPaths.toMailbox(recipient.path), {
        onNone: () => "Postmaster",
        onSome: Mailbox.print
      }))
    ],
    date: Option.some(options.date)
  })
}
