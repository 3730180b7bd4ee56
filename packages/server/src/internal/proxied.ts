import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { Flow, PeerInfo } from "@effect-smtp/flow/Flow"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import * as Unread from "@effect-smtp/flow/Unread"
import type { Phase } from "@effect-smtp/protocol/Phase"
import type { Decoder } from "@effect-smtp/wire/Decoder"
import * as ProxyCodec from "@effect-smtp/wire/ProxyCodec"
import type { ProxyHeader } from "@effect-smtp/wire/ProxyHeader"
import { ProxyHeaderError } from "@effect-smtp/wire/ProxyHeaderError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import type { Conversation } from "../Conversation.js"
import * as Told from "../Told.js"
import * as Trust from "../Trust.js"

type Converse = (flow: Flow, told: Told.Told) => Effect.Effect<Conversation>

/**
 * The conversation on a connection that may be a proxy's: it begins behind the PROXY header, with whom
 * that speaks for. Without a word where there is no header, and should be one.
 */
export const make = (
  flow: Flow,
  trust: Trust.Trust,
  patience: Duration.DurationInput,
  converse: Converse
): Effect.Effect<Conversation> => {
  if (Option.isNone(trust.proxy)) return converse(flow, Told.nothing)
  const { from, others } = trust.proxy.value
  const by = flow.peer.remote
  if (Trust.includes(from, by)) return behind(flow, patience, converse)
  return others === "Welcome" ? converse(flow, Told.nothing) : Effect.succeed({
    run: refuse("this peer is no proxy", by),
    isIdle: Effect.succeed(true),
    phase: Effect.succeed("Connect"),
    annotations: {}
  })
}

const refuse = (reason: string, peer: Endpoint.Endpoint) =>
  Effect.logInfo("refused a connection").pipe(
    Effect.annotateLogs({ reason, peer: Endpoint.print(peer) })
  )

const behind = (
  flow: Flow,
  patience: Duration.DurationInput,
  converse: Converse
): Effect.Effect<Conversation> =>
  Effect.map(Ref.make(Option.none<Conversation>()), (begun) => {
    const by = flow.peer.remote
    const talk = Effect.gen(function*() {
      const { header, rest } = yield* read(flow, ProxyCodec.decoder()).pipe(
        Effect.timeoutFail({ duration: patience, onTimeout: () => late })
      )
      const conversation = yield* converse(
        Unread.make(presented(flow, addresses(flow.peer, header)), rest),
        { ...Told.nothing, proxy: Option.some({ by, header }) }
      )
      yield* Ref.set(begun, Option.some(conversation))
      return conversation
    })
    return {
      run: Effect.matchEffect(Effect.interruptible(talk), {
        onFailure: (error) => refuse(error.message, by),
        onSuccess: ({ annotations, run }) => Effect.annotateLogs(run, annotations)
      }),
      annotations: {},
      isIdle: Effect.flatMap(
        Ref.get(begun),
        Option.match({ onNone: () => Effect.succeed(true), onSome: ({ isIdle }) => isIdle })
      ),
      phase: Effect.flatMap(
        Ref.get(begun),
        Option.match({
          onNone: (): Effect.Effect<Phase> => Effect.succeed("Connect"),
          onSome: ({ phase }) => phase
        })
      )
    }
  })

const expected = (what: string) => new ProxyHeaderError({ expected: what, offset: 0 })
const late = expected("a header in time")
const none = expected("a whole header")

/** The header, and what was read behind it. */
const read = (
  flow: Flow,
  decoder: Decoder<ProxyHeader, ProxyHeaderError>
): Effect.Effect<
  { readonly header: ProxyHeader; readonly rest: Uint8Array },
  FlowError | ProxyHeaderError
> =>
  Effect.flatMap(flow.read, (bytes) => {
    if (Option.isNone(bytes)) return Effect.fail(none)
    const step = decoder.step(bytes.value)
    if (Either.isLeft(step)) return Effect.fail(step.left)
    return step.right._tag === "More"
      ? read(flow, step.right.next)
      : Effect.succeed({
        header: step.right.value,
        rest: bytes.value.subarray(step.right.consumed)
      })
  })

type Addresses = Pick<PeerInfo, "local" | "remote">

const addresses = (peer: Addresses, header: ProxyHeader): Addresses => {
  switch (header._tag) {
    case "Inet":
      return { remote: Endpoint.Tcp(header.source), local: Endpoint.Tcp(header.destination) }
    case "Unix":
      return {
        remote: Endpoint.Unix({ path: header.source }),
        local: Endpoint.Unix({ path: header.destination })
      }
    case "Local":
    case "Unknown":
      return { local: peer.local, remote: peer.remote }
  }
}

/** The same flow between other addresses, also once it is secure. */
const presented = (flow: Flow, ends: Addresses): Flow => ({
  read: flow.read,
  write: flow.write,
  upgrade: (tls, received) =>
    Effect.map(flow.upgrade(tls, received), (secure) => presented(secure, ends)),
  peer: { ...ends, tls: flow.peer.tls }
})
