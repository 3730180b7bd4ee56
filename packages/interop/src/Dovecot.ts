/**
 * Dovecot: a whole Dovecot on the loopback, with configuration and mailboxes of its own in a folder that
 * goes with it. It passes submissions on to another server, takes mail by LMTP, and checks passwords for
 * who asks at its socket. Its programs must be installed, and want to be started by root.
 *
 * @module
 */
import type { Dialer } from "@effect-smtp/flow/Dialer"
import type { Listener } from "@effect-smtp/flow/Listener"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import type { CommandExecutor } from "@effect/platform/CommandExecutor"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Machine from "./Machine.js"
import * as Maildir from "./Maildir.js"
import * as Message from "./Message.js"
import * as Port from "./Port.js"
import * as Program from "./Program.js"

/** Octets of the longest message that it takes for submission. */
export const messageSize = 200_000

/**
 * The user that it knows, by every one of {@link mechanisms}. It is an address, because Dovecot names it
 * in the `AUTH=` parameter of MAIL as it is, and RFC 4954 section 5 wants a mailbox there.
 */
export const user = { name: "alice@mx.example", password: "open sesame=1" }

/** What it offers under TLS. */
export const mechanisms = ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"] as const

/** The header fields that it puts on top of a submission. */
export const added: ReadonlyArray<string> = ["Received"]

/**
 * Who takes what is submitted: the port of a server on the loopback with STARTTLS, and the user whom it
 * knows.
 */
export interface Relay {
  readonly port: number
  readonly user: { readonly name: string; readonly password: string }
}

/**
 * - `submission`: its port for submission, which offers STARTTLS; `submissions`: the one with TLS from
 *   the first byte;
 * - `lmtp`: its port for LMTP, for the mailboxes `alice`, `bob` and `carol` of `mx.example`;
 * - `socket`: the path where it checks passwords for other servers;
 * - `certificate`: of `mx.example`, PEM;
 * - `delivered`: waits for a message in that mailbox, and takes it out: as Latin-1 text, LF at the end of
 *   each line, without the header fields that Dovecot has put on top;
 * - `arrived`: the same, with those fields.
 */
export interface Dovecot {
  readonly submission: number
  readonly submissions: number
  readonly lmtp: number
  readonly socket: string
  readonly certificate: string
  readonly delivered: (mailbox: string) => Effect.Effect<string, unknown>
  readonly arrived: (mailbox: string) => Effect.Effect<string, unknown>
}

/** The user that owns the mailboxes: Debian's `nobody`. */
const nobody = 65_534

const users = Message.unix(
  `${user.name}:{PLAIN}${user.password}::::::`,
  "bob@mx.example:{PLAIN}bob::::::",
  "carol@mx.example:{PLAIN}carol::::::"
)

const configuration = (
  folder: string,
  ports: Pick<Dovecot, "lmtp" | "submission" | "submissions">,
  relay: Relay
): string =>
  Message.unix(
    "protocols = submission lmtp",
    "listen = 127.0.0.1",
    "hostname = dovecot.example",
    `base_dir = ${folder}/run`,
    `state_dir = ${folder}/state`,
    `log_path = ${folder}/log`,
    `ssl_cert = <${folder}/certificate.pem`,
    `ssl_key = <${folder}/key.pem`,
    `auth_mechanisms = ${mechanisms.join(" ").toLowerCase()}`,
    "auth_failure_delay = 0",
    `passdb {\n driver = passwd-file\n args = ${folder}/users\n}`,
    "userdb {",
    "  driver = passwd-file",
    `  args = ${folder}/users`,
    `  default_fields = uid=${nobody} gid=${nobody} home=${folder}/mail/%n`,
    "}",
    `mail_location = maildir:${folder}/mail/%n`,
    `submission_max_mail_size = ${messageSize} B`,
    "submission_relay_host = 127.0.0.1",
    `submission_relay_port = ${relay.port}`,
    `submission_relay_user = ${relay.user.name}`,
    `submission_relay_password = ${relay.user.password}`,
    "submission_relay_ssl = starttls",
    "submission_relay_ssl_verify = no",
    "service submission-login {",
    `  inet_listener submission {\n port = ${ports.submission}\n}`,
    `  inet_listener submissions {\n port = ${ports.submissions}\n ssl = yes\n}`,
    "}",
    `service lmtp {\n inet_listener lmtp {\n port = ${ports.lmtp}\n}\n}`,
    // Nobody waits for having mistaken a password before.
    "service anvil {\n unix_listener anvil-auth-penalty {\n mode = 0\n}\n}",
    `service auth {\n unix_listener ${folder}/auth {\n mode = 0666\n}\n}`
  )

/** Starts it, and stops it with all its processes when the scope closes. */
export const make = (
  relay: Relay
): Effect.Effect<
  Dovecot,
  unknown,
  CommandExecutor | Dialer | FileSystem.FileSystem | Listener | Scope.Scope
> =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const folder = yield* Machine.folder
    const [submission = 0, submissions = 0, lmtp = 0] = yield* Port.free(3)
    const ports = { submission, submissions, lmtp }
    const { identity } = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
    yield* files.writeFileString(`${folder}/configuration`, configuration(folder, ports, relay))
    yield* files.writeFileString(`${folder}/users`, users)
    yield* files.writeFileString(`${folder}/certificate.pem`, identity.certificate)
    yield* files.writeFileString(`${folder}/key.pem`, Redacted.value(identity.key), { mode: 0o600 })
    yield* files.makeDirectory(`${folder}/mail`)
    yield* files.chown(`${folder}/mail`, nobody, nobody)

    yield* Program.start({ program: "dovecot", args: ["-F", "-c", `${folder}/configuration`] })
    yield* Port.ready(submission)

    const take = (fields: ReadonlyArray<string>) => (mailbox: string) =>
      Effect.provideService(
        Maildir.take(`${folder}/mail/${mailbox}`, fields),
        FileSystem.FileSystem,
        files
      )

    return {
      ...ports,
      socket: `${folder}/auth`,
      certificate: identity.certificate,
      delivered: take(["Return-Path", "Delivered-To", "Received"]),
      arrived: take([])
    }
  })
