/**
 * OpenSmtpd: a whole OpenSMTPD on the loopback, in clear text, with configuration, queue and mailboxes of
 * its own in a folder that goes with it. It is the one that `setup.sh` unpacks, and wants to be started
 * by root. Its paths are fixed: they are its own in a mount namespace of its own.
 *
 * @module
 */
import type { Dialer } from "@effect-smtp/flow/Dialer"
import type { Listener } from "@effect-smtp/flow/Listener"
import type { CommandExecutor } from "@effect/platform/CommandExecutor"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Machine from "./Machine.js"
import * as Maildir from "./Maildir.js"
import * as Message from "./Message.js"
import * as Port from "./Port.js"
import * as Program from "./Program.js"

/** Octets of the longest message it takes. */
export const messageSize = 200_000

/**
 * - `smtp`: its port;
 * - `delivered`: waits for a message in that mailbox (`bob` or `carol`), and takes it out: as Latin-1
 *   text, LF at the end of each line, without the header fields that OpenSMTPD has put on top.
 */
export interface Shape {
  readonly smtp: number
  readonly delivered: (mailbox: string) => Effect.Effect<string, unknown>
}

/** An OpenSMTPD that is running. */
export class OpenSmtpd extends Context.Tag("@effect-smtp/interop/OpenSmtpd")<OpenSmtpd, Shape>() {}

const unpacked = "/opt/effect-smtp-interop/opensmtpd/usr"

const added = ["Return-Path", "Delivered-To", "Received"]

/** The user that owns the mailboxes: Debian's `nobody`. */
const nobody = 65_534

const configuration = (folder: string, smtp: number): string => {
  const owner = `"${nobody}:${nobody}:${folder}/mail"`
  return Message.unix(
    `smtp max-message-size "${messageSize}"`,
    `table users { bob = ${owner}, carol = ${owner} }`,
    `listen on 127.0.0.1 port ${smtp} hostname opensmtpd.example`,
    `action "store" maildir "${folder}/mail/%{rcpt.user}" userbase <users>`,
    `match from any for domain "mx.example" action "store"`
  )
}

/** Puts the folder's parts in the places that OpenSMTPD knows, for itself alone, and starts it. */
const start = (folder: string): string =>
  Message.unix(
    "set -e",
    `mount --bind ${folder}/spool /var/spool`,
    `mount --bind ${folder}/lib /var/lib`,
    `mount --bind ${folder}/run /run`,
    `mount --bind ${unpacked}/libexec /usr/libexec`,
    `exec ${unpacked}/sbin/smtpd -d -f ${folder}/configuration`
  )

/** Starts it, and stops it with all its processes when the scope closes. */
export const make: Effect.Effect<
  Shape,
  unknown,
  CommandExecutor | Dialer | FileSystem.FileSystem | Listener | Scope.Scope
> = Effect.gen(function*() {
  const files = yield* FileSystem.FileSystem
  const folder = yield* Machine.folder
  const [smtp = 0] = yield* Port.free(1)
  yield* files.writeFileString(`${folder}/configuration`, configuration(folder, smtp), {
    mode: 0o600
  })
  for (const name of ["spool/smtpd", "lib/opensmtpd/empty", "run", "mail"]) {
    yield* files.makeDirectory(`${folder}/${name}`, { recursive: true })
  }
  yield* files.chmod(`${folder}/spool/smtpd`, 0o711)
  yield* files.chown(`${folder}/mail`, nobody, nobody)

  yield* Program.start({
    program: "unshare",
    args: ["--mount", "sh", "-c", start(folder)]
  })
  yield* Port.ready(smtp)

  const delivered = (mailbox: string) =>
    Effect.provideService(
      Maildir.take(`${folder}/mail/${mailbox}`, added),
      FileSystem.FileSystem,
      files
    )

  return { smtp, delivered }
})

/** An OpenSMTPD for as long as the layer lives. */
export const layer = Layer.scoped(OpenSmtpd, make)
