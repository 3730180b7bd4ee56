/**
 * Resolver: asks the DNS who takes mail for a domain. A platform layer decides how; the addresses of a
 * host are found by the `Dialer`, which is told its name.
 *
 * @module
 */
import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { NoAnswer } from "./RouteError.js"
import { NoSuchDomain } from "./RouteError.js"

/**
 * What an MX record says (RFC 1035 section 3.3.9); the lowest `preference` is the best.
 *
 * - `Host`: the name of a host, in ASCII.
 * - `Nowhere`: the root of the DNS. Where it is all there is, no mail is taken (RFC 7505).
 * - `Unusable`: anything else, an IP address for example.
 */
export type Exchange = Data.TaggedEnum<{
  Host: { readonly preference: number; readonly host: Domain.Domain }
  Nowhere: { readonly preference: number }
  Unusable: { readonly preference: number; readonly name: string }
}>

const { $is, $match, Host, Nowhere, Unusable } = Data.taggedEnum<Exchange>()

/** Whether an exchange has that shape. */
export const is = $is

/** One function for each shape. */
export const match = $match

/** An MX record as text. The exchange may end in a dot, or be nothing but that, or empty, for the root. */
export interface MxRecord {
  readonly preference: number
  readonly exchange: string
}

/**
 * - `exchanges`: the MX records of a domain name, in no order; none where the domain exists without any.
 *   A name beyond ASCII is asked for by its A-labels (RFC 5890).
 */
export interface Shape {
  readonly exchanges: (
    domain: Domain.Domain
  ) => Effect.Effect<ReadonlyArray<Exchange>, NoSuchDomain | NoAnswer>
}

/** The service that asks. */
export class Resolver extends Context.Tag("@effect-smtp/client/Resolver")<Resolver, Shape>() {}

/**
 * The host of that name, as it is in the DNS. Text that reads as an IP address is none: an address is
 * not what a record may hold, and would not be looked up.
 */
export const toHost = (name: string): Option.Option<Domain.Domain> =>
  Either.isRight(Domain.parseAddress(name))
    ? Option.none()
    : Either.getRight(Domain.parseName(name, AddressMode.lenient))

/** What the record says. */
export const fromRecord = ({ exchange, preference }: MxRecord): Exchange =>
  exchange === "" || exchange === "."
    ? Nowhere({ preference })
    : Option.match(toHost(exchange), {
      onNone: () => Unusable({ preference, name: exchange }),
      onSome: (host) => Host({ preference, host })
    })

/** The name that the DNS is asked for; one that cannot be in the DNS does not exist. */
export const queryName = (domain: Domain.Domain): Either.Either<string, NoSuchDomain> =>
  Either.mapBoth(Domain.toAscii(domain), {
    onLeft: () => new NoSuchDomain({ domain: Domain.print(domain) }),
    onRight: Domain.printBare
  })

/** A resolver from a function that gets the name in ASCII, and gives the records as text. */
export const make = (
  lookup: (name: string) => Effect.Effect<ReadonlyArray<MxRecord>, NoSuchDomain | NoAnswer>
): Shape => ({
  exchanges: Effect.fn("Resolver.exchanges")((domain: Domain.Domain) =>
    Effect.map(
      Effect.flatMap(queryName(domain), lookup),
      (records) => records.map(fromRecord)
    )
  )
})

/**
 * A resolver that knows these domains and no others, by their names in ASCII, in any case: for tests.
 * One without records has an empty list.
 */
export const layerMemory = (
  domains: { readonly [name: string]: ReadonlyArray<MxRecord> }
): Layer.Layer<Resolver> => {
  const known = new Map(
    Object.entries(domains).map(([name, records]) => [name.toLowerCase(), records])
  )
  return Layer.succeed(
    Resolver,
    make((domain) => {
      const records = known.get(domain.toLowerCase())
      return records === undefined ? new NoSuchDomain({ domain }) : Effect.succeed(records)
    })
  )
}
