import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import { FlowError } from "@effect-smtp/flow/FlowError"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import type * as Tls from "@effect-smtp/flow/Tls"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import type { ScriptError } from "@effect-smtp/testing/ScriptedPeer"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as DirectDelivery from "../src/DirectDelivery.js"
import type { Outcome } from "../src/Outcome.js"
import * as Resolver from "../src/Resolver.js"
import { clear, script } from "./harness.js"

/**
 * Who is there.
 *
 * - `domains`: the hosts of each domain, the best first;
 * - `hosts`: what is said at each host on port 25, in one session each;
 * - `down`: hosts where nothing listens;
 * - `dubious`: hosts whose certificate nobody vouches for.
 */
export interface World {
  readonly domains?: { readonly [domain: string]: ReadonlyArray<string> }
  readonly hosts?: { readonly [host: string]: ReadonlyArray<string> }
  readonly down?: ReadonlyArray<string>
  readonly dubious?: ReadonlyArray<string>
  readonly tls?: Tls.ServerOptions
}

const records = (hosts: ReadonlyArray<string>) =>
  hosts.map((exchange, at) => ({ preference: 10 * at, exchange }))

/** A connection whose certificate stands no check. */
const checked = (flow: Flow): Flow => ({
  ...flow,
  upgrade: (options, received) =>
    options._tag === "Client" && options.verify === "none"
      ? flow.upgrade(options, received)
      : new FlowError({ reason: "Certificate", during: "upgrade", detail: "self-signed" })
})

/** Runs the program in that world, and tells which hosts were dialed. */
export const among = <A, E>(
  { domains = {}, down = [], dubious = [], hosts = {}, tls }: World,
  program: Effect.Effect<A, E, Dialer.Dialer | Resolver.Resolver>
) =>
  Effect.gen(function*() {
    const network = yield* MemoryNetwork.make({ upgrade: NodeTls.wrap })
    const dialed: Array<string> = []
    const dial: Dialer.Shape["dial"] = (to) =>
      Effect.suspend(() => {
        const host = to._tag === "Tcp" ? to.host : ""
        dialed.push(host)
        return down.includes(host)
          ? new FlowError({ reason: "Refused", during: "dial", detail: `${host} is down` })
          : Effect.map(network.dial(to), (flow) => dubious.includes(host) ? checked(flow) : flow)
      })
    type Served = Effect.Effect<
      A,
      E | ScriptError | FlowError,
      Dialer.Dialer | Resolver.Resolver | Listener.Listener
    >
    const value = yield* Object.entries(hosts).reduce<Served>(
      (inner, [host, sessions]) =>
        ScriptedPeer.against({
          endpoint: Endpoint.Tcp({ host, port: 25 }),
          scripts: sessions.map((session) => script(session, tls))
        }, () => inner),
      program
    ).pipe(
      Effect.provideService(Dialer.Dialer, { dial }),
      Effect.provideService(Listener.Listener, network),
      Effect.provide(Resolver.layerMemory(
        Object.fromEntries(Object.entries(domains).map(([name, all]) => [name, records(all)]))
      ))
    )
    return { value, dialed }
  })

const name = clear.name === undefined ? {} : { name: clear.name }

/** Direct delivery as `client.example`. */
export const direct = <A, E>(
  use: (direct: DirectDelivery.Shape) => Effect.Effect<A, E>,
  options: DirectDelivery.Options = {}
) => Effect.flatMap(DirectDelivery.make({ ...name, ...options }), use)

/** An outcome as the addresses in each of its lists, with what was said or went wrong. */
export const told = ({ accepted, failed, rejected }: Outcome) => {
  const address = (path: ForwardPath.ForwardPath) => ForwardPath.print(path).slice(1, -1)
  return {
    accepted: accepted.map((_) => `${address(_.recipient)} ${Reply.summary(_.reply)}`),
    rejected: rejected.map((_) => `${address(_.recipient)} ${Reply.summary(_.reply)}`),
    failed: failed.map((_) => [
      address(_.recipient),
      _.error._tag === "Unroutable" ? _.error.cause._tag : _.error._tag,
      _.fate,
      _.error.retry
    ])
  }
}

/** A host that opens a session, and offers nothing. */
export const opened = `
  S: 220 mx.example
  C: EHLO client.example
  S: 250 mx.example`

export const quit = `
  C: QUIT
  S: 221 bye`

/** From alice to these, each with the reply; a message for those accepted, with its own. */
export const mail = (recipients: ReadonlyArray<readonly [string, string]>, verdict?: string) => `
  C: MAIL FROM:<alice@client.example>
  S: 250 ok
  ${recipients.map(([to, reply]) => `C: RCPT TO:<${to}>\n  S: ${reply}`).join("\n  ")}
  ${
  verdict === undefined ? "C: RSET\n  S: 250 ok" : `C: DATA
  S: 354 go ahead
  C: Subject: hi
  C:
  C: hello
  C: .
  S: ${verdict}`
}`

/** A host that takes the message for these. */
export const takes = (...recipients: ReadonlyArray<string>) =>
  `${opened}${mail(recipients.map((to) => [to, "250 ok"]), "250 2.0.0 taken")}${quit}`
