/**
 * NameServer: a little DNS server for tests of what looks up mail exchangers (RFC 1035): it knows the MX
 * records and the addresses of a few names, and fails as real ones do.
 *
 * It answers over whatever UDP socket it is given, Node's for example:
 * `NameServer.serve(Dgram.createSocket("udp4"), zone)`.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"

/**
 * The records of a name. The exchange of a null MX (RFC 7505) is the empty name, as the root of the DNS
 * has it; addresses are IPv4 (`a`) and IPv6 (`aaaa`, all eight groups written out).
 */
export interface Records {
  readonly mx?: ReadonlyArray<{ readonly preference: number; readonly exchange: string }>
  readonly a?: ReadonlyArray<string>
  readonly aaaa?: ReadonlyArray<string>
}

/**
 * What is known of each name, in lower case: its records; `ServerFailure` and `Refused`, answers that say
 * nothing of the name; `Silence`, no answer at all. A name that is not there does not exist (NXDOMAIN).
 */
export interface Zone {
  readonly [name: string]: Records | "ServerFailure" | "Refused" | "Silence"
}

const types = { a: 1, mx: 15, aaaa: 28 } as const

/** Response codes (RFC 1035 section 4.1.1). */
const codes = { NoError: 0, ServerFailure: 2, NoSuchName: 3, Refused: 5 } as const

const number16 = (value: number): ReadonlyArray<number> => [value >> 8 & 255, value & 255]

const encodeName = (name: string): ReadonlyArray<number> => [
  ...name.split(".").filter((label) => label !== "").flatMap((label) => [
    label.length,
    ...new TextEncoder().encode(label)
  ]),
  0
]

const ipv4 = (address: string): ReadonlyArray<number> => address.split(".").map(Number)

const ipv6 = (address: string): ReadonlyArray<number> =>
  address.split(":").flatMap((group) => number16(Number.parseInt(group, 16)))

/** The name, type and end of the one question behind the header. */
interface Question {
  readonly name: string
  readonly type: number
  readonly end: number
}

const readQuestion = (query: Uint8Array): Option.Option<Question> => {
  const labels: Array<string> = []
  let at = 12
  while (query[at] !== undefined && query[at] !== 0) {
    labels.push(new TextDecoder().decode(query.subarray(at + 1, at + 1 + query[at])))
    at += 1 + query[at]
  }
  const end = at + 5
  return query.length < end ? Option.none() : Option.some({
    name: labels.join(".").toLowerCase(),
    type: query[at + 1] << 8 | query[at + 2],
    end
  })
}

/** The data of the records of that type. */
const data = (type: number, { a = [], aaaa = [], mx = [] }: Records) => {
  switch (type) {
    case types.a:
      return a.map(ipv4)
    case types.aaaa:
      return aaaa.map(ipv6)
    case types.mx:
      return mx.map(({ exchange, preference }) => [
        ...number16(preference),
        ...encodeName(exchange)
      ])
    default:
      return []
  }
}

/** The answer to a query; none where it is silent, or the query is none. */
export const answer = (zone: Zone, query: Uint8Array): Option.Option<Uint8Array> =>
  Option.flatMap(readQuestion(query), ({ end, name, type }) => {
    const known = Object.hasOwn(zone, name) ? zone[name] : undefined
    if (known === "Silence") return Option.none()
    const code = known === undefined
      ? codes.NoSuchName
      : typeof known === "string"
      ? codes[known]
      : codes.NoError
    const records = typeof known === "object" ? data(type, known) : []
    return Option.some(Uint8Array.from([
      ...query.subarray(0, 2),
      // A response, and so is recursion: wanted as the query has it, and to be had.
      ...[0x80 | query[2] & 1, 0x80 | code],
      ...[0, 1, ...number16(records.length), 0, 0, 0, 0],
      ...query.subarray(12, end),
      ...records.flatMap((bytes) => [
        // The name of the question, class IN, one minute.
        ...[0xc0, 12, ...number16(type), 0, 1, 0, 0, 0, 60],
        ...number16(bytes.length),
        ...bytes
      ])
    ]))
  })

/** What is used of a UDP socket. */
export interface Socket {
  readonly on: (
    event: "message",
    listener: (
      bytes: Uint8Array,
      from: { readonly address: string; readonly port: number }
    ) => void
  ) => unknown
  readonly bind: (port: number, address: string, done: () => void) => unknown
  readonly send: (bytes: Uint8Array, port: number, address: string) => void
  readonly address: () => { readonly port: number }
  readonly close: () => unknown
}

/** A server that is running: its port on 127.0.0.1, and the names it was asked for, in order. */
export interface Served {
  readonly port: number
  readonly asked: ReadonlyArray<string>
}

/** Answers over the socket on a free port of 127.0.0.1, until the scope closes. */
export const serve = (socket: Socket, zone: Zone): Effect.Effect<Served, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<Served>((resume) => {
      const asked: Array<string> = []
      socket.on("message", (query, { address, port }) => {
        Option.map(readQuestion(query), ({ name }) => asked.push(name))
        Option.map(answer(zone, query), (bytes) => socket.send(bytes, port, address))
      })
      socket.bind(
        0,
        "127.0.0.1",
        () => resume(Effect.sync(() => ({ port: socket.address().port, asked })))
      )
    }),
    () => Effect.sync(() => socket.close())
  )
