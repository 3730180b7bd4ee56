/**
 * OnBehalf: whom `smtp probe` speaks for: the flags of XCLIENT and of a PROXY header.
 *
 * @module
 */
import type { Attribute } from "@effect-smtp/wire/Command"
import * as Command from "@effect-smtp/wire/Command"
import * as ProxyCodec from "@effect-smtp/wire/ProxyCodec"
import * as ProxyHeader from "@effect-smtp/wire/ProxyHeader"
import * as Options from "@effect/cli/Options"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { WrongUse } from "./CliError.js"
import * as Flag from "./internal/flag.js"

const digits = /^[0-9]{1,5}$/

const readAddress =
  (name: string) => (text: string): Either.Either<ProxyHeader.Address, string> => {
    const colon = text.lastIndexOf(":")
    const host = text.slice(0, Math.max(colon, 0))
    const port = text.slice(colon + 1)
    const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host
    return bare !== "" && digits.test(port) && Number(port) <= 65_535
      ? Either.right({ host: bare, port: Number(port) })
      : Either.left(`--${name} wants ADDRESS:PORT, such as 192.0.2.7:2525, and got ${text}`)
  }

const address = (name: string) =>
  Flag.checked(Options.text(name), readAddress(name)).pipe(
    Options.withPseudoName("address:port"),
    Options.optional
  )

const readAttribute = (text: string): Either.Either<Attribute, string> => {
  const equals = text.indexOf("=")
  const attribute = { name: text.slice(0, equals).toUpperCase(), value: text.slice(equals + 1) }
  const isSendable = equals > 0 &&
    Either.isRight(Command.encode(Command.Command.Xclient({ attributes: [attribute] })))
  return isSendable
    ? Either.right(attribute)
    : Either.left(`--xclient wants NAME=value, such as ADDR=192.0.2.7, and got ${text}`)
}

/** The flags. */
export const options = {
  xclient: Flag.checked(
    Options.repeated(Options.text("xclient")),
    (texts) => Either.all(texts.map(readAttribute))
  ).pipe(
    Options.withPseudoName("name=value"),
    Options.withDescription(
      "Say by XCLIENT who the client is, such as ADDR=192.0.2.7. Repeat it for more of it."
    )
  ),
  proxySource: address("proxy-source").pipe(
    Options.withDescription("Begin with a PROXY header: the client that is spoken for.")
  ),
  proxyDestination: address("proxy-destination").pipe(
    Options.withDescription("In the PROXY header: the address that this client has connected to.")
  ),
  proxyVersion: Options.choiceWithValue("proxy-version", [["1", 1], ["2", 2]] as const).pipe(
    Options.optional,
    Options.withDescription("In which version the PROXY header is written. Default: 2.")
  )
}

/** What the flags of the PROXY header say. */
export interface Flags {
  readonly proxySource: Option.Option<ProxyHeader.Address>
  readonly proxyDestination: Option.Option<ProxyHeader.Address>
  readonly proxyVersion: Option.Option<1 | 2>
}

/** A header, and how it is written. */
export interface Proxy {
  readonly header: ProxyHeader.ProxyHeader
  readonly version: 1 | 2
}

/** The PROXY header, if there is to be one. `WrongUse` for half of one, and for one that cannot be said. */
export const proxy = (
  { proxyDestination, proxySource, proxyVersion }: Flags
): Either.Either<Option.Option<Proxy>, WrongUse> => {
  const ends = Option.all({ source: proxySource, destination: proxyDestination })
  if (Option.isNone(ends)) {
    return [proxySource, proxyDestination, proxyVersion].some((part) =>
        Option.isSome<unknown>(part)
      )
      ? Either.left(
        new WrongUse({ reason: "a PROXY header wants --proxy-source and --proxy-destination" })
      )
      : Either.right(Option.none())
  }
  const header = ProxyHeader.Inet({ transport: "Stream", ...ends.value, tlvs: [] })
  const version = Option.getOrElse(proxyVersion, () => 2 as const)
  return Either.mapBoth(ProxyCodec.encode(header, { version }), {
    onLeft: ({ expected }) =>
      new WrongUse({ reason: `--proxy-source and --proxy-destination: expected ${expected}` }),
    onRight: () => Option.some({ header, version })
  })
}
