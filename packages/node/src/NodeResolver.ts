/**
 * NodeResolver: asks the DNS with Node's own resolver (c-ares): for the mail exchangers of a domain, as
 * the `Resolver` of the client, and for the addresses of a host, as a `NodeDialer` wants them.
 *
 * Names are asked for as they are: no search list, no `/etc/hosts`. An interrupted question is withdrawn.
 *
 * @module
 */
import * as Resolver from "@effect-smtp/client/Resolver"
import { NoAnswer, NoSuchDomain } from "@effect-smtp/client/RouteError"
import { FlowError } from "@effect-smtp/flow/FlowError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Dns from "node:dns"
import type * as HappyEyeballs from "./HappyEyeballs.js"
import * as NodeError from "./internal/NodeError.js"
import type * as NodeDialer from "./NodeDialer.js"

/**
 * - `servers`: who is asked, in this order: addresses, perhaps with a port (`192.0.2.1`,
 *   `192.0.2.1:5353`, `[2001:db8::1]:5353`). Default: the system's, as in `/etc/resolv.conf`. With one
 *   that is no address there is never an answer.
 * - `timeout`: how long an answer may take at first; each server that is tried again may take longer.
 *   Default 5 seconds.
 * - `tries`: how often each server is asked. Default 4.
 */
export interface Options {
  readonly servers?: ReadonlyArray<string>
  readonly timeout?: Duration.DurationInput
  readonly tries?: number
}

type Done<A> = (error: NodeJS.ErrnoException | null, found: A) => void

/** One question. It has a channel of its own, since nothing less can be withdrawn. */
const ask = <A>(
  { servers, timeout = "5 seconds", tries = 4 }: Options,
  question: (resolver: Dns.Resolver, done: Done<A>) => void
): Effect.Effect<A, unknown> =>
  Effect.async((resume) => {
    try {
      const resolver = new Dns.Resolver({
        timeout: Math.max(1, Math.round(Duration.toMillis(timeout))),
        tries: Math.max(1, Math.trunc(tries))
      })
      if (servers !== undefined) resolver.setServers(servers)
      question(resolver, (error, found) =>
        resume(error === null ? Effect.succeed(found) : Effect.fail(error)))
      return Effect.sync(() =>
        resolver.cancel()
      )
    } catch (cause) {
      return resume(Effect.fail(cause))
    }
  })

const hasAny = (cause: unknown, codes: ReadonlyArray<string>): boolean =>
  codes.some((code) => NodeError.hasCode(cause, code))

/** There is no such name, or there can be none. */
const missing = ["ENOTFOUND", "EBADNAME"]

/** The name is there, without such records. */
const empty = ["ENODATA"]

const detailOf = (cause: unknown): string => NodeError.toFlowError(cause, "dial").detail

const none: ReadonlyArray<never> = []

/** A resolver that asks these servers. */
export const make = (options: Options = {}): Resolver.Shape =>
  Resolver.make((domain) =>
    ask<Array<Dns.MxRecord>>(options, (resolver, done) => resolver.resolveMx(domain, done)).pipe(
      Effect.map((found) =>
        found.map(({ exchange, priority }) => ({ exchange, preference: priority }))
      ),
      Effect.catchAll((cause) =>
        hasAny(cause, empty)
          ? Effect.succeed(none)
          : Effect.fail(
            hasAny(cause, missing)
              ? new NoSuchDomain({ domain })
              : new NoAnswer({ domain, detail: detailOf(cause), cause })
          )
      )
    )
  )

/** The resolver of this machine. */
export const layer = (options: Options = {}): Layer.Layer<Resolver.Resolver> =>
  Layer.succeed(Resolver.Resolver, make(options))

/**
 * The addresses of a host, of both families, for the `resolve` of `NodeDialer.Options`: `NotFound` if it
 * has none for certain. One family is enough where there is no answer about the other.
 */
export const addresses = (options: Options = {}): NonNullable<NodeDialer.Options["resolve"]> => {
  const family = (
    host: string,
    family: HappyEyeballs.Family
  ): Effect.Effect<ReadonlyArray<HappyEyeballs.Address>, FlowError> =>
    ask<Array<string>>(
      options,
      (resolver, done) =>
        family === "ipv6" ? resolver.resolve6(host, done) : resolver.resolve4(host, done)
    ).pipe(
      Effect.map((found) => found.map((address) => ({ address, family }))),
      Effect.catchAll((cause) =>
        hasAny(cause, [...empty, ...missing])
          ? Effect.succeed(none)
          : new FlowError({
            reason: NodeError.hasCode(cause, "ETIMEOUT") ? "Timeout" : "Unreachable",
            during: "dial",
            detail: detailOf(cause),
            cause
          })
      )
    )
  return Effect.fn("NodeResolver.addresses")(function*(host: string) {
    const both = yield* Effect.forEach(
      ["ipv6", "ipv4"] as const,
      (one) => Effect.either(family(host, one)),
      { concurrency: 2 }
    )
    const found = both.flatMap(Either.getOrElse(() => none))
    if (found.length > 0) return found
    yield* Either.all(both)
    return yield* new FlowError({
      reason: "NotFound",
      during: "dial",
      detail: `${host} has no address`
    })
  })
}
