/**
 * HttpConnect: connections through a proxy that takes HTTP's CONNECT (RFC 9110 section 9.3.6), for
 * networks that let nothing out by itself. TLS, if any, is between the two ends: the proxy sees none of
 * what is said, but may cut it.
 *
 * @module
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Closing from "./Closing.js"
import * as Dialer from "./Dialer.js"
import * as Endpoint from "./Endpoint.js"
import type { Flow } from "./Flow.js"
import { FlowError } from "./FlowError.js"
import * as Unread from "./Unread.js"

/**
 * - `proxy`: where it is;
 * - `credentials`: for its `Basic` authentication (RFC 7617), which anybody on the way to the proxy can
 *   read; none by default;
 * - `timeout`: for connecting to the proxy and its answer, together. Default 30 seconds.
 */
export interface Options {
  readonly proxy: Endpoint.Endpoint
  readonly credentials?: { readonly username: string; readonly password: Redacted.Redacted }
  readonly timeout?: Duration.DurationInput
}

/** How long an answer may be, in octets, up to its empty line. */
export const limit = 16_384

/**
 * A dialer that reaches the proxy through another. An endpoint that the proxy does not connect to is
 * `Refused`, one that it cannot be asked for `Unsupported`, and an answer that is none `Other`.
 */
export const make = (through: Dialer.Shape, options: Options): Dialer.Shape => {
  const patience = Duration.decode(options.timeout ?? "30 seconds")
  const late = () =>
    failure("Timeout", `no connection within ${Duration.format(patience)}: ${name(options)}`)
  return {
    dial: (endpoint) =>
      Closing.allOrNothing(
        Effect.timeoutFail(open(through, options, endpoint), {
          duration: patience,
          onTimeout: late
        })
      )
  }
}

/** All connections of a program go through the proxy. */
export const layer = (options: Options): Layer.Layer<Dialer.Dialer, never, Dialer.Dialer> =>
  Layer.effect(Dialer.Dialer, Effect.map(Dialer.Dialer, (through) => make(through, options)))

const name = ({ proxy }: Options): string => `the proxy ${Endpoint.print(proxy)}`

const failure = (reason: FlowError["reason"], detail: string) =>
  new FlowError({ reason, during: "dial", detail })

/** Nothing that could end the line of the request stands in a host. */
const hostname = /^[A-Za-z0-9._:-]{1,255}$/

const open = (
  through: Dialer.Shape,
  options: Options,
  endpoint: Endpoint.Endpoint
): Effect.Effect<Flow, FlowError, Scope.Scope> =>
  Effect.gen(function*() {
    if (endpoint._tag === "Unix" || !hostname.test(endpoint.host)) {
      return yield* failure("Unsupported", `${name(options)} takes only names and addresses`)
    }
    const flow = yield* through.dial(options.proxy)
    yield* flow.write(new TextEncoder().encode(request(endpoint, options)))
    const { head, rest } = yield* answer(flow, options)
    const status = /^HTTP\/1\.[01] ([0-9]{3})(?: |$)/.exec(head)?.[1]
    if (status === undefined) {
      return yield* failure("Other", `${name(options)} does not answer as one`)
    }
    if (!status.startsWith("2")) {
      return yield* failure(
        "Refused",
        `${name(options)} does not connect to ${Endpoint.print(endpoint)}: status ${status}`
      )
    }
    return reaching(Unread.make(flow, rest), endpoint)
  })

const request = (endpoint: Endpoint.Endpoint, { credentials }: Options): string => {
  const target = Endpoint.print(endpoint)
  const login = credentials === undefined ? [] : [
    `Proxy-Authorization: Basic ${
      Encoding.encodeBase64(`${credentials.username}:${Redacted.value(credentials.password)}`)
    }`
  ]
  return [`CONNECT ${target} HTTP/1.1`, `Host: ${target}`, ...login, "", ""].join("\r\n")
}

/** The first line of the answer, and what was read behind its empty line. */
const answer = (
  flow: Flow,
  options: Options,
  before: Uint8Array = new Uint8Array(0)
): Effect.Effect<{ readonly head: string; readonly rest: Uint8Array }, FlowError> =>
  Effect.flatMap(flow.read, (more) => {
    if (Option.isNone(more)) {
      return Effect.fail(failure("Other", `${name(options)} has closed the connection`))
    }
    const bytes = new Uint8Array(before.length + more.value.length)
    bytes.set(before)
    bytes.set(more.value, before.length)
    const text = new TextDecoder("latin1").decode(bytes)
    const end = text.indexOf("\r\n\r\n")
    if (end !== -1 && end <= limit) {
      return Effect.succeed({ head: text.split("\r\n", 1)[0], rest: bytes.subarray(end + 4) })
    }
    return bytes.length > limit
      ? Effect.fail(failure("Other", `${name(options)} answers with more than ${limit} octets`))
      : answer(flow, options, bytes)
  })

/** Whom one talks to is behind the proxy. */
const reaching = (flow: Flow, remote: Endpoint.Endpoint): Flow => ({
  read: flow.read,
  write: flow.write,
  upgrade: (tls, received) =>
    Effect.map(flow.upgrade(tls, received), (secure) => reaching(secure, remote)),
  peer: { ...flow.peer, remote }
})
