/**
 * Postfix: a whole Postfix on the loopback, with configuration, queue and mailboxes of its own in a
 * folder that goes with it. Its programs must be installed, and want to be started by root.
 *
 * @module
 */
import type { Dialer } from "@effect-smtp/flow/Dialer"
import type { Listener } from "@effect-smtp/flow/Listener"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import type { CommandExecutor } from "@effect/platform/CommandExecutor"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Machine from "./Machine.js"
import * as Maildir from "./Maildir.js"
import * as Message from "./Message.js"
import * as Port from "./Port.js"
import * as Program from "./Program.js"

/** Octets of the longest message it takes, unless it is told otherwise. */
export const messageSize = 200_000

/**
 * - `smtp`: its port, which offers STARTTLS; `smtps`: the one with TLS from the first byte;
 * - `certificate`: of `mx.example`, PEM;
 * - `delivered`: waits for a message in that mailbox (`bob`, `carol` or `utf8`), and takes it out: as
 *   Latin-1 text, LF at the end of each line, without the header fields that Postfix has put on top;
 * - `arrived`: the same, with those fields;
 * - `queued`: the messages in its queue, as `postqueue -j` tells them, a JSON text each;
 * - `flush`: has it try again at once to deliver what is in its queue.
 */
export interface Shape {
  readonly smtp: number
  readonly smtps: number
  readonly certificate: string
  readonly delivered: (mailbox: string) => Effect.Effect<string, unknown>
  readonly arrived: (mailbox: string) => Effect.Effect<string, unknown>
  readonly queued: Effect.Effect<ReadonlyArray<string>, unknown, CommandExecutor>
  readonly flush: Effect.Effect<void, unknown, CommandExecutor>
}

/** A Postfix that is running. */
export class Postfix extends Context.Tag("@effect-smtp/interop/Postfix")<Postfix, Shape>() {}

/** The header fields that it puts on top of a message in a mailbox. */
export const added: ReadonlyArray<string> = [
  "Return-Path",
  "X-Original-To",
  "Delivered-To",
  "Received"
]

/** The user that owns the mailboxes: Debian's `nobody`. */
const nobody = 65_534

/**
 * What makes it a server for submission.
 *
 * - `socket`: where a Dovecot checks the passwords of its users, under TLS only;
 * - `relay`: the port of the server on the loopback that takes what they send to other domains.
 */
export interface Submission {
  readonly socket: string
  readonly relay: number
}

/** How it delivers to a server on the loopback; `settings` are those of main.cf that are this way's own. */
export interface Route {
  readonly protocol: "smtp" | "lmtp"
  readonly port: number
  readonly settings?: Readonly<Record<string, string>>
}

/**
 * Its users, and the routes to domains that it relays for; there are none of either by default. A route
 * to `mx.example` comes before its own mailboxes. `messageSize`: octets of the longest message it takes.
 */
export interface Options {
  readonly submission?: Submission
  readonly routes?: Readonly<Record<string, Route>>
  readonly messageSize?: number
}

const nextHop = ({ port, protocol }: Route): string =>
  protocol === "smtp" ? `[127.0.0.1]:${port}` : `inet:127.0.0.1:${port}`

/** An inline map may not be empty. */
const transports = (routes: Readonly<Record<string, Route>>): string => {
  const all = Object.entries(routes)
    .map(([domain, route]) => `{ ${domain} = ${domain}:${nextHop(route)} }`)
  return all.length === 0 ? "" : `inline:{ ${all.join(", ")} }`
}

const main = (
  folder: string,
  { messageSize: most = messageSize, routes = {}, submission }: Options
): string =>
  Message.unix(
    "compatibility_level = 3.6",
    `queue_directory = ${folder}/queue`,
    `data_directory = ${folder}/data`,
    "daemon_directory = /usr/lib/postfix/sbin",
    "command_directory = /usr/sbin",
    `maillog_file = ${folder}/log`,
    `maillog_file_prefixes = ${folder}`,
    "myhostname = postfix.example",
    "mydestination =",
    "alias_maps =",
    "inet_interfaces = 127.0.0.1",
    "inet_protocols = ipv4",
    "smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination",
    "local_header_rewrite_clients =",
    "smtputf8_enable = yes",
    `message_size_limit = ${most}`,
    "smtpd_authorized_xclient_hosts = 127.0.0.1",
    "virtual_mailbox_domains = mx.example",
    "virtual_mailbox_maps = inline:{" +
      " { bob@mx.example = bob/ }, { carol@mx.example = carol/ }, { 用户@mx.example = utf8/ } }",
    `virtual_mailbox_base = ${folder}/mail`,
    `virtual_uid_maps = static:${nobody}`,
    `virtual_gid_maps = static:${nobody}`,
    "smtpd_tls_security_level = may",
    "smtpd_tls_received_header = yes",
    `smtpd_tls_cert_file = ${folder}/certificate.pem`,
    `smtpd_tls_key_file = ${folder}/key.pem`,
    `relay_domains = ${Object.keys(routes).join(" ")}`,
    `transport_maps = ${transports(routes)}`,
    "smtp_dns_support_level = disabled",
    ...(submission === undefined ? [] : [
      "smtpd_sasl_auth_enable = yes",
      "smtpd_sasl_type = dovecot",
      `smtpd_sasl_path = ${submission.socket}`,
      "smtpd_tls_auth_only = yes",
      `relayhost = [127.0.0.1]:${submission.relay}`,
      "smtp_tls_security_level = may"
    ])
  )

/** Service, type, private, unprivileged, chroot, wakeup, maximum of processes, program. */
const master = (smtp: number, smtps: number, routes: Options["routes"] = {}): string =>
  Message.unix(
    `127.0.0.1:${smtp} inet n - n - - smtpd`,
    `127.0.0.1:${smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes`,
    "cleanup unix n - n - 0 cleanup",
    "qmgr unix n - n 300 1 qmgr",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
    "rewrite unix - - n - - trivial-rewrite",
    "bounce unix - - n - 0 bounce",
    "defer unix - - n - 0 bounce",
    "trace unix - - n - 0 bounce",
    "error unix - - n - - error",
    "retry unix - - n - - error",
    "smtp unix - - n - - smtp",
    "virtual unix - n n - - virtual",
    "anvil unix - - n - 1 anvil",
    "proxymap unix - - n - - proxymap",
    "showq unix n - n - - showq",
    "postlog unix-dgram n - n - 1 postlogd",
    ...Object.entries(routes).map(([domain, { protocol, settings = {} }]) =>
      [
        `${domain} unix - - n - - ${protocol}`,
        ...Object.entries(settings).map(([name, value]) => `-o { ${name} = ${value} }`)
      ].join(" ")
    )
  )

/** Starts it, and stops it with all its processes when the scope closes. */
export const make = (
  options: Options = {}
): Effect.Effect<
  Shape,
  unknown,
  CommandExecutor | Dialer | FileSystem.FileSystem | Listener | Scope.Scope
> =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const folder = yield* Machine.folder
    const [smtp, smtps] = yield* Port.free(2)
    const { identity } = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
    yield* files.writeFileString(`${folder}/main.cf`, main(folder, options))
    yield* files.writeFileString(`${folder}/master.cf`, master(smtp, smtps, options.routes))
    yield* files.writeFileString(`${folder}/certificate.pem`, identity.certificate)
    yield* files.writeFileString(`${folder}/key.pem`, Redacted.value(identity.key), { mode: 0o600 })
    for (const name of ["queue", "mail"]) yield* files.makeDirectory(`${folder}/${name}`)
    yield* files.chown(`${folder}/mail`, nobody, nobody)

    // Makes the queue's folders, with the owners they must have.
    yield* Program.run({ program: "postfix", args: ["-c", folder, "check"] })
    yield* Program.start({
      program: "/usr/lib/postfix/sbin/master",
      args: ["-c", folder, "-d"]
    })
    yield* Port.ready(smtp)

    const take = (fields: ReadonlyArray<string>) => (mailbox: string) =>
      Effect.provideService(
        Maildir.take(`${folder}/mail/${mailbox}`, fields),
        FileSystem.FileSystem,
        files
      )

    const postqueue = (...args: ReadonlyArray<string>) =>
      Program.run({ program: "postqueue", args: ["-c", folder, ...args] })
    const queued = Effect.map(
      postqueue("-j"),
      ({ stdout }) => stdout.split("\n").filter((line) => line !== "")
    )
    const flush = postqueue("-f")

    return {
      smtp,
      smtps,
      certificate: identity.certificate,
      delivered: take(added),
      arrived: take([]),
      queued,
      flush
    }
  })

/** A Postfix for as long as the layer lives. */
export const layer = Layer.scoped(Postfix, make())
