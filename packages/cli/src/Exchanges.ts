/**
 * Exchanges: `smtp send --mx`, which needs no server of one's own: the DNS tells who takes mail for each
 * recipient.
 *
 * @module
 */
import type * as DirectDelivery from "@effect-smtp/client/DirectDelivery"
import type { Envelope } from "@effect-smtp/client/Envelope"
import * as MailExchange from "@effect-smtp/client/MailExchange"
import type { Resolver } from "@effect-smtp/client/Resolver"
import { NoDomain } from "@effect-smtp/client/RouteError"
import type { Dialer } from "@effect-smtp/flow/Dialer"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeResolver from "@effect-smtp/node/NodeResolver"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Options from "@effect/cli/Options"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { WrongUse } from "./CliError.js"
import * as Flag from "./internal/flag.js"
import * as Protection from "./Protection.js"
import * as Target from "./Target.js"

/** Reads `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`, and gives the form that a resolver knows. */
export const parseServer = (text: string): Either.Either<string, string> => {
  const read = Either.filterOrLeft(
    Target.parseHost(text),
    ({ name }) => Either.isRight(Domain.parseAddress(name)),
    () => ""
  )
  return Either.mapBoth(read, {
    onLeft: () => `--dns-server wants ADDRESS or ADDRESS:PORT, and got ${text}`,
    onRight: ({ name, port }) => {
      const address = name.includes(":") ? `[${name}]` : name
      return Option.match(port, { onNone: () => name, onSome: (port) => `${address}:${port}` })
    }
  })
}

/** The flags. */
export const options = {
  mx: Options.boolean("mx").pipe(
    Options.withDescription(
      "Deliver straight to the servers that the MX records of each recipient's domain name."
    )
  ),
  dnsServer: Flag.checked(
    Options.repeated(Options.text("dns-server")),
    (texts) => Either.all(texts.map(parseServer))
  ).pipe(
    Options.withPseudoName("address[:port]"),
    Options.withDescription(
      "With --mx: who is asked for them, and for addresses. Repeat it for more. Default: the system's."
    )
  )
}

/** What the flags say. */
export interface Flags extends Target.Flags {
  readonly mx: boolean
  readonly dnsServer: ReadonlyArray<string>
}

/** What is said of one server can be said of all of them. */
const general: ReadonlyArray<string> = ["--port", "--tls", "--ca", "--insecure"]

/** `WrongUse` for what goes with one server of one's own, or the other way round. */
export const check = (flags: Flags): Effect.Effect<void, WrongUse> => {
  const wrong = (reason: string) => new WrongUse({ reason })
  if (!flags.mx) {
    return flags.dnsServer.length > 0 ? wrong("--dns-server goes with --mx") : Effect.void
  }
  if (Target.isNamed(flags)) {
    return wrong("--mx finds the servers by itself; --host and --socket name another")
  }
  const [other] = Target.dependent(flags).filter((name) => !general.includes(name))
  if (other !== undefined) return wrong(`${other} is for a server of one's own, not for --mx`)
  return Option.contains(flags.tls, "implicit")
    ? wrong("--tls implicit is for submission; the servers of --mx begin in clear text")
    : Effect.void
}

/** How to talk to whichever server it is. Every one is asked for TLS, unless told otherwise. */
export const read = (flags: Flags) =>
  Effect.gen(function*() {
    const ca = yield* Protection.authorities(flags)
    const security = yield* Protection.forAny({
      mode: Option.getOrElse(flags.tls, () => "opportunistic" as const),
      ca,
      insecure: flags.insecure,
      credentials: Option.none(),
      identity: Option.none(),
      requireTls: false
    })
    const direct: DirectDelivery.Options = {
      security: (host) => security(Domain.printBare(host)),
      ...Option.match(flags.port, { onNone: () => ({}), onSome: (port) => ({ port }) }),
      ...Option.match(flags.hello, { onNone: () => ({}), onSome: (name) => ({ name }) })
    }
    return direct
  })

/** The effect, for which the DNS is asked as the flags say, for addresses, too, if they name a server. */
export const within = ({ dnsServer }: Flags) =>
<A, E>(
  effect: Effect.Effect<A, E, Dialer | Resolver>
): Effect.Effect<A, E, Dialer> => {
  if (dnsServer.length === 0) return Effect.provide(effect, NodeResolver.layer())
  const options = { servers: dnsServer }
  return Effect.provide(
    effect,
    Layer.merge(
      NodeResolver.layer(options),
      NodeDialer.layer({ resolve: NodeResolver.addresses(options) })
    )
  )
}

/** A domain, the hosts that would be tried in this order, and why there are none. */
export interface Found {
  readonly domain: string
  readonly hosts: ReadonlyArray<{ readonly host: string; readonly preference: number }>
  readonly reason: string | null
}

/** The line. */
export const print = ({ domain, hosts, reason }: Found): string =>
  `at ${domain}: ${
    reason ?? hosts.map(({ host, preference }) => `${host} (${preference})`).join(", ")
  }`

/** Looks up who would be tried, domain by domain. */
export const find = (
  envelope: Envelope
): Effect.Effect<ReadonlyArray<Found>, never, Resolver> => {
  const mailboxes = envelope.to.map(({ path }) => ForwardPath.toMailbox(path))
  const domains = Arr.dedupeWith(
    Arr.map(mailboxes, Option.map(({ domain }) => domain)),
    Option.getEquivalence(Domain.Equivalence)
  )
  const hosts = (domain: Option.Option<Domain.Domain>) =>
    Effect.gen(function*() {
      return Option.isNone(domain)
        ? yield* new NoDomain()
        : yield* MailExchange.find(domain.value)
    })
  return Effect.forEach(domains, (domain) => {
    const name = Option.match(domain, { onNone: () => "postmaster", onSome: Domain.print })
    return Effect.match(hosts(domain), {
      onFailure: ({ message }): Found => ({ domain: name, hosts: [], reason: message }),
      onSuccess: (found): Found => ({
        domain: name,
        hosts: found.map(({ host, preference }) => ({ host: Domain.print(host), preference })),
        reason: null
      })
    })
  }, { concurrency: 10 })
}
