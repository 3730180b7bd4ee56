/**
 * Announcement: what there is to know of a server that has started, for people and for programs.
 *
 * @module
 */
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as IpBlock from "@effect-smtp/wire/IpBlock"
import * as Data from "effect/Data"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Serve from "./Serve.js"
import { Storage, Users } from "./Serve.js"

/** What is spoken at an endpoint: SMTP with STARTTLS, SMTP over TLS, submission with STARTTLS, LMTP. */
export type Service = "STARTTLS" | "TLS" | "submission" | "LMTP"

/**
 * - `Listening`: at an endpoint, with the real port;
 * - `Certificate`: its fingerprint;
 * - `Proxies`: whose PROXY headers are believed;
 * - `User`, `UsersFile`: who may log in;
 * - `Storing`, `Giving`, `Dropping`: what becomes of messages.
 */
export type Fact = Data.TaggedEnum<{
  Listening: { readonly endpoint: Endpoint.Endpoint; readonly service: Service }
  Certificate: { readonly sha256: string }
  Proxies: { readonly block: IpBlock.IpBlock }
  User: { readonly name: string }
  UsersFile: { readonly file: string }
  Storing: { readonly directory: string }
  Giving: { readonly command: string }
  Dropping: {}
}>

const Fact = Data.taggedEnum<Fact>()

/** The facts in the order in which they are told: the endpoints first, what becomes of messages last. */
export const make = (
  { proxyFrom, storage, users }: Serve.Config,
  sha256: string,
  { lmtp, plain, submission, tls }: Serve.Running
): ReadonlyArray<Fact> => {
  const at = (service: Service) => (endpoint: Endpoint.Endpoint) =>
    Fact.Listening({ endpoint, service })
  return [
    at("STARTTLS")(plain),
    at("TLS")(tls),
    ...Option.toArray(submission).map(at("submission")),
    ...lmtp.map(at("LMTP")),
    Fact.Certificate({ sha256 }),
    ...proxyFrom.map((block) => Fact.Proxies({ block })),
    ...Users.$match(users, {
      Nobody: () => [],
      One: ({ login }) => [Fact.User({ name: login.user })],
      InFile: ({ file }) => [Fact.UsersFile({ file })]
    }),
    Storage.$match(storage, {
      Keep: ({ directory }): Fact => Fact.Storing({ directory }),
      Give: ({ command }) => Fact.Giving({ command }),
      Discard: () => Fact.Dropping()
    })
  ]
}

/** A line for people. */
export const print: (fact: Fact) => string = Fact.$match({
  Listening: ({ endpoint, service }) =>
    `listening on ${Endpoint.print(endpoint)} (${
      service === "submission" ? "submission: STARTTLS and AUTH" : service
    })`,
  Certificate: ({ sha256 }) => `certificate SHA-256 ${sha256}`,
  Proxies: ({ block }) => `PROXY headers from ${IpBlock.print(block)}`,
  User: ({ name }) => `user ${name}`,
  UsersFile: ({ file }) => `users in ${file}`,
  Storing: ({ directory }) => `storing messages in ${directory}`,
  Giving: ({ command }) => `giving messages to ${command}`,
  Dropping: () => "dropping all messages"
})

const named = <Name extends string, Fields extends Schema.Struct.Fields>(
  fact: Name,
  fields: Fields
) => Schema.Struct({ fact: Schema.Literal(fact), ...fields })

/** A fact as JSON: `fact` says which; `port` is null for a Unix socket. */
export const Json = Schema.Union(
  named("listening", {
    endpoint: Schema.String,
    port: Schema.NullOr(Schema.Number),
    service: Schema.Literal("STARTTLS", "TLS", "submission", "LMTP")
  }),
  named("certificate", { sha256: Schema.String }),
  named("proxies", { block: Schema.String }),
  named("user", { name: Schema.String }),
  named("users", { file: Schema.String }),
  named("storing", { directory: Schema.String }),
  named("giving", { command: Schema.String }),
  named("dropping", {})
)

const encode = Schema.encodeSync(Schema.parseJson(Json))

const toValue: (fact: Fact) => typeof Json.Type = Fact.$match({
  Listening: ({ endpoint, service }) => ({
    fact: "listening" as const,
    endpoint: Endpoint.print(endpoint),
    port: endpoint._tag === "Tcp" ? endpoint.port : null,
    service
  }),
  Certificate: ({ sha256 }) => ({ fact: "certificate" as const, sha256 }),
  Proxies: ({ block }) => ({ fact: "proxies" as const, block: IpBlock.print(block) }),
  User: ({ name }) => ({ fact: "user" as const, name }),
  UsersFile: ({ file }) => ({ fact: "users" as const, file }),
  Storing: ({ directory }) => ({ fact: "storing" as const, directory }),
  Giving: ({ command }) => ({ fact: "giving" as const, command }),
  Dropping: () => ({ fact: "dropping" as const })
})

/** One JSON value ({@link Json}), in one line. */
export const toJson = (fact: Fact): string => encode(toValue(fact))
