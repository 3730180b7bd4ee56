/**
 * MailExchange: the hosts that take mail for a domain, in the order in which they are to be tried
 * (RFC 5321 section 5.1).
 *
 * @module
 */
import * as Domain from "@effect-smtp/wire/Domain"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import * as Random from "effect/Random"
import * as Resolver from "./Resolver.js"
import type { NoAnswer, NoSuchDomain } from "./RouteError.js"
import { LoopsBack, NoUsableHost, TakesNoMail } from "./RouteError.js"

/** A host to be tried: a name in ASCII, or an address; the lowest preference is the best. */
export interface Host {
  readonly host: Domain.Domain
  readonly preference: number
}

/**
 * - `hosts`: how many hosts there may be; those behind are left out. Default 5, and never fewer than 1.
 * - `self`: the names, and literals of the addresses, that this host is known by as one that takes mail.
 *   Where one of them is found, it and all that are no better than it are left out: they would send the
 *   mail back. Names only are compared; which address a name has is not looked up. Nothing by default.
 */
export interface Options {
  readonly hosts?: number
  readonly self?: ReadonlyArray<Domain.Domain>
}

/**
 * Finds them. By its MX records, the best first, equal ones in a random order, each host once. A domain
 * without any is its own host (the implicit MX), and an address literal is what it says. A domain that
 * takes no mail, whose records name no host, or whose best host is this one, is an error.
 */
export const find = Effect.fn("MailExchange.find")(
  (domain: Domain.Domain, options: Options = {}) => search(domain, options)
)

const search = (
  domain: Domain.Domain,
  { hosts = 5, self = [] }: Options
): Effect.Effect<
  Arr.NonEmptyReadonlyArray<Host>,
  NoSuchDomain | NoAnswer | TakesNoMail | NoUsableHost | LoopsBack,
  Resolver.Resolver
> =>
  Effect.gen(function*() {
    const all = yield* Effect.forEach(
      yield* candidates(domain),
      (host) => Effect.map(Random.next, (chance) => ({ ...host, chance }))
    )
    const sorted = Arr.map(
      Arr.sort(all, inTurn),
      ({ host, preference }): Host => ({ host, preference })
    )
    const first = distinct(Math.max(1, Math.trunc(hosts)))
    const own = Arr.findFirst(sorted, ({ host }) => self.some((name) => same(name, host)))
    if (Option.isNone(own)) return first(sorted)
    const better = sorted.filter(({ preference }) => preference < own.value.preference)
    return Arr.isNonEmptyReadonlyArray(better) ? first(better) : yield* new LoopsBack({
      domain: Domain.print(domain),
      host: Domain.print(own.value.host)
    })
  })

const same = Domain.Equivalence

/** A host, and where among its equals it comes. */
interface Ranked extends Host {
  readonly chance: number
}

const inTurn = Order.combine(
  Order.mapInput(Order.number, ({ preference }: Ranked) => preference),
  Order.mapInput(Order.number, ({ chance }: Ranked) => chance)
)

/** The first of them, no host twice. */
const distinct =
  (most: number) => (all: Arr.NonEmptyReadonlyArray<Host>): Arr.NonEmptyReadonlyArray<Host> => {
    const found: Arr.NonEmptyArray<Host> = [all[0]]
    for (const next of all) {
      if (found.length === most) break
      if (!found.some(({ host }) => same(host, next.host))) found.push(next)
    }
    return found
  }

/** Every host there is for the domain, in no order. */
const candidates = (
  domain: Domain.Domain
): Effect.Effect<
  Arr.NonEmptyReadonlyArray<Host>,
  NoSuchDomain | NoAnswer | TakesNoMail | NoUsableHost,
  Resolver.Resolver
> =>
  Effect.gen(function*() {
    const unusable = (found: ReadonlyArray<string>) =>
      new NoUsableHost({ domain: Domain.print(domain), found })
    switch (domain._tag) {
      case "General":
        return yield* unusable([Domain.print(domain)])
      case "IPv4":
      case "IPv6":
        return alone(domain)
    }
    const name = yield* Resolver.queryName(domain)
    const records = yield* Effect.flatMap(
      Resolver.Resolver,
      ({ exchanges }) => exchanges(domain)
    )
    if (records.length === 0) {
      return yield* Option.match(Resolver.toHost(name), {
        onNone: () => unusable([name]),
        onSome: (host) => Effect.succeed(alone(host))
      })
    }
    if (records.every(Resolver.is("Nowhere"))) {
      return yield* new TakesNoMail({ domain: Domain.print(domain) })
    }
    const named = records.filter(Resolver.is("Host"))
    return Arr.isNonEmptyReadonlyArray(named) ? named : yield* unusable(records.map(text))
  })

const alone = (host: Domain.Domain): Arr.NonEmptyReadonlyArray<Host> => [{ host, preference: 0 }]

const text = Resolver.match({
  Host: ({ host }) => Domain.print(host),
  Nowhere: () => ".",
  Unusable: ({ name }) => name
})
