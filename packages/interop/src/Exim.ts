/**
 * Exim: a whole Exim on the loopback, with configuration, queue and mailboxes of its own in a folder that
 * goes with it. It is the one that `setup.sh` unpacks, and wants to be started by root.
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

/** Octets of the longest message it takes. */
export const messageSize = 200_000

/** The user that it knows, by PLAIN and CRAM-MD5 under TLS. */
export const user = { name: "alice", password: "sesame" }

/**
 * - `smtp`: its port, which offers STARTTLS; `smtps`: the one with TLS from the first byte;
 * - `certificate`: of `mx.example`, PEM;
 * - `delivered`: waits for a message in that mailbox (`bob`, `carol`, `用户`; `relayed` for every other
 *   domain, which is for users only), and takes it out: as Latin-1 text, LF at the end of each line,
 *   without the header fields that Exim has put on top;
 * - `arrived`: the same, with those fields.
 */
export interface Shape {
  readonly smtp: number
  readonly smtps: number
  readonly certificate: string
  readonly delivered: (mailbox: string) => Effect.Effect<string, unknown>
  readonly arrived: (mailbox: string) => Effect.Effect<string, unknown>
}

/** An Exim that is running. */
export class Exim extends Context.Tag("@effect-smtp/interop/Exim")<Exim, Shape>() {}

const program = "/opt/effect-smtp-interop/exim4-daemon-light/usr/sbin/exim4"

/** The user that it becomes, and that owns the mailboxes. */
const owner = "Debian-exim"

const added = ["Return-path", "Received"]

const configuration = (folder: string, smtp: number, smtps: number): string =>
  Message.unix(
    `exim_path = ${program}`,
    "keep_environment =",
    "primary_hostname = exim.example",
    `spool_directory = ${folder}/spool`,
    `log_file_path = ${folder}/log-%slog`,
    `pid_file_path = ${folder}/spool/pid`,
    // It is not setuid, as it would have to be to deliver as somebody else.
    "deliver_drop_privilege = true",
    "local_interfaces = 127.0.0.1",
    `daemon_smtp_ports = ${smtp} : ${smtps}`,
    `tls_on_connect_ports = ${smtps}`,
    `tls_certificate = ${folder}/certificate.pem`,
    `tls_privatekey = ${folder}/key.pem`,
    "tls_advertise_hosts = *",
    "auth_advertise_hosts = ${if def:tls_in_cipher {*}}",
    "dsn_advertise_hosts = *",
    "chunking_advertise_hosts = *",
    "smtputf8_advertise_hosts = *",
    `message_size_limit = ${messageSize}`,
    // As it is, what follows the tenth message of a connection waits for the next queue runner.
    "smtp_accept_queue_per_connection = 0",
    // Nothing is looked up.
    "host_lookup =",
    "helo_lookup_domains =",
    "rfc1413_query_timeout = 0s",
    "acl_smtp_rcpt = recipient",
    "begin acl",
    "recipient:",
    "  require verify = recipient",
    "  accept domains = mx.example",
    "  accept authenticated = *",
    "  deny message = relay not permitted",
    "begin routers",
    "mailboxes:",
    "  driver = accept",
    "  domains = mx.example",
    "  local_parts = bob : carol : 用户",
    `  address_data = ${folder}/mail/$local_part_data`,
    "  transport = maildir",
    "relayed:",
    "  driver = accept",
    "  domains = ! mx.example",
    `  address_data = ${folder}/mail/relayed`,
    "  transport = maildir",
    "begin transports",
    "maildir:",
    "  driver = appendfile",
    "  maildir_format",
    "  directory = $address_data",
    "begin authenticators",
    "plain:",
    "  driver = plaintext",
    "  public_name = PLAIN",
    `  server_condition = \${if and {{eq{$auth2}{${user.name}}}{eq{$auth3}{${user.password}}}}}`,
    "  server_set_id = $auth2",
    "cram:",
    "  driver = cram_md5",
    "  public_name = CRAM-MD5",
    `  server_secret = \${if eq{$auth1}{${user.name}}{${user.password}}fail}`,
    "  server_set_id = $auth1"
  )

/** Starts it, and stops it with all its processes when the scope closes. */
export const make: Effect.Effect<
  Shape,
  unknown,
  CommandExecutor | Dialer | FileSystem.FileSystem | Listener | Scope.Scope
> = Effect.gen(function*() {
  const files = yield* FileSystem.FileSystem
  const folder = yield* Machine.folder
  const [smtp = 0, smtps = 0] = yield* Port.free(2)
  const { identity } = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
  yield* files.writeFileString(`${folder}/configuration`, configuration(folder, smtp, smtps))
  yield* files.writeFileString(`${folder}/certificate.pem`, identity.certificate)
  yield* files.writeFileString(`${folder}/key.pem`, Redacted.value(identity.key), { mode: 0o600 })
  for (const name of ["spool", "mail"]) yield* files.makeDirectory(`${folder}/${name}`)
  yield* Program.run({ program: "chown", args: ["--recursive", `${owner}:`, folder] })
  // Exim reads no configuration that others may write.
  yield* files.chown(`${folder}/configuration`, 0, 0)

  yield* Program.start({ program, args: ["-C", `${folder}/configuration`, "-bdf"] })
  yield* Port.ready(smtp)

  const take = (fields: ReadonlyArray<string>) => (mailbox: string) =>
    Effect.provideService(
      Maildir.take(`${folder}/mail/${mailbox}`, fields),
      FileSystem.FileSystem,
      files
    )

  return {
    smtp,
    smtps,
    certificate: identity.certificate,
    delivered: take(added),
    arrived: take([])
  }
})

/** An Exim for as long as the layer lives. */
export const layer = Layer.scoped(Exim, make)
