/**
 * OurServer: the process `smtp serve` on the loopback, run from source, for other people's clients. What it
 * has accepted is read from its spool.
 *
 * @module
 */
import * as Announcement from "@effect-smtp/cli/Announcement"
import * as Spool from "@effect-smtp/cli/Spool"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import type { CommandExecutor } from "@effect/platform/CommandExecutor"
import * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Arr from "effect/Array"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Machine from "./Machine.js"
import * as Program from "./Program.js"

/** Who may log in. */
export interface User {
  readonly name: string
  readonly password: string
}

/** A user that every client can name. */
export const user: User = { name: "alice", password: "open sesame=1" }

/** A user for clients that know more than ASCII. */
export const foreigner: User = { name: "jürgen", password: "страна 🌍" }

/** Octets of the longest message it takes. */
export const messageSize = 4 * 1024 * 1024

/** The domains that it takes mail for, unless its flags say more; all other recipients get 550 5.7.1. */
export const domains: ReadonlyArray<string> = ["mx.example"]

/**
 * A message that the server accepted, as Latin-1 text, under which name, and what it was told before: the
 * addresses, SMTPUTF8, BODY; the client's endpoint; who logged in, and under which version of TLS. Of the
 * recipients, those for whom it was accepted.
 */
export interface Kept {
  readonly name: string
  readonly session: string
  readonly client: string
  readonly protocol: "SMTP" | "ESMTP" | "LMTP"
  readonly from: string
  readonly to: ReadonlyArray<string>
  readonly message: string
  readonly smtpUtf8: boolean
  readonly body: Option.Option<string>
  readonly user: Option.Option<string>
  readonly tls: Option.Option<string>
}

/**
 * - `exchange`, `submission`, `submissions`: its ports, by what they are for (25, 587, 465). Only
 *   `submission` wants a login;
 * - `lmtp`, `socket`: the port and the path where it speaks LMTP;
 * - `certificate`: for `mx.example`, `localhost` and 127.0.0.1, and the file that holds it;
 * - `kept`: all it accepted since it was last asked, the oldest first.
 */
export interface OurServer {
  readonly exchange: number
  readonly submission: number
  readonly submissions: number
  readonly lmtp: number
  readonly socket: string
  readonly certificate: Certificate
  readonly kept: Effect.Effect<ReadonlyArray<Kept>, unknown>
}

/** A certificate, PEM, and the file that holds it. */
export interface Certificate {
  readonly pem: string
  readonly file: string
}

/** The server has said something else than where it listens. */
export class NotServing extends Data.TaggedError("NotServing")<{
  readonly said: ReadonlyArray<string>
}> {
  override get message(): string {
    return `smtp serve did not start: ${this.said.join("\n")}`
  }
}

/**
 * - `user`: the one who may log in; `usersFile`: those of the file instead;
 * - `onMessage`: the command that gets the messages, so that none is kept;
 * - `flags`: more of `smtp serve`'s.
 */
export interface Options {
  readonly user?: User
  readonly usersFile?: string
  readonly onMessage?: string
  readonly flags?: ReadonlyArray<string>
}

/** Starts the process, which ends with the scope. */
export const make = (
  options: Options = {}
): Effect.Effect<
  OurServer,
  unknown,
  CommandExecutor | FileSystem.FileSystem | Path.Path | Scope.Scope
> =>
  Effect.gen(function*() {
    const folder = yield* Machine.folder
    const { identity } = yield* NodeCertificate.selfSigned({
      names: ["mx.example", "localhost", "127.0.0.1"]
    })
    const certificate = `${folder}/certificate.pem`
    const files = yield* FileSystem.FileSystem
    yield* files.writeFileString(certificate, identity.certificate)
    yield* files.writeFileString(`${folder}/key.pem`, Redacted.value(identity.key))
    const spool = `${folder}/spool`
    yield* files.makeDirectory(spool)
    const storage = options.onMessage === undefined
      ? ["--spool", spool]
      : ["--on-message", options.onMessage]
    const socket = `${folder}/lmtp`
    const login = options.usersFile === undefined
      ? ["--user", (options.user ?? user).name]
      : ["--users-file", options.usersFile]
    const facts = yield* started({
      args: [
        ...["serve", "--log", "json", "--hostname", "mx.example", "--port", "0", "--tls-port", "0"],
        ...["--submission-port", "0", "--lmtp-port", "0", "--lmtp-socket", socket],
        ...["--cert", certificate, "--key", `${folder}/key.pem`, "--max-size", `${messageSize}`],
        ...domains.flatMap((domain) => ["--accept-domain", domain]),
        ...[...storage, ...login, ...(options.flags ?? [])]
      ],
      environment: options.usersFile === undefined
        ? { SMTP_PASSWORD: (options.user ?? user).password }
        : {}
    })
    const port = (service: Announcement.Service) =>
      facts.flatMap((fact) =>
        fact.fact === "listening" && fact.service === service ? fact.port ?? [] : []
      )[0]
    const context = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    return {
      exchange: port("STARTTLS"),
      submission: port("submission"),
      submissions: port("TLS"),
      lmtp: port("LMTP"),
      socket,
      certificate: { pem: identity.certificate, file: certificate },
      kept: Effect.provide(taken(spool), context)
    }
  })

const main = new URL("../../cli/src/main.ts", import.meta.url).pathname

/** Arguments for Node to run the command `smtp` from source. */
const fromSource = ["--import", "tsx", "--conditions=@effect-smtp/source", main]

/** Runs the command `smtp` to its end. */
export const smtp = (
  options: Omit<Program.Options, "program">
): ReturnType<typeof Program.run> =>
  Program.run({ ...options, program: process.execPath, args: [...fromSource, ...options.args] })

const readFact = Schema.decodeUnknownOption(Schema.parseJson(Announcement.Json))

/** What becomes of messages is the last of the facts. */
const isLast = ({ fact }: typeof Announcement.Json.Type): boolean =>
  fact === "storing" || fact === "giving"

/** Starts the command, and waits until it has said the last of what there is to know of a server. */
const started = (options: Omit<Program.Options, "program">) =>
  Effect.gen(function*() {
    const lines = yield* Queue.sliding<string>(100)
    yield* Program.start(
      { ...options, program: process.execPath, args: [...fromSource, ...options.args] },
      (line) => Queue.offer(lines, line)
    )
    const heard = yield* Stream.fromQueue(lines).pipe(
      Stream.interruptAfter("45 seconds"),
      Stream.takeUntil((line) =>
        line.startsWith("smtp: ") || Option.exists(readFact(line), isLast)
      ),
      Stream.runCollect
    )
    const said = [...heard]
    const facts = Arr.filterMap(said, (line) => readFact(line))
    return facts.some(isLast) ? facts : yield* new NotServing({ said })
  })

const decode = Schema.decode(Schema.parseJson(Spool.Stored))

/** The messages in the spool, which are there no more. */
const taken = (spool: string) =>
  Effect.flatMap(Spool.list(spool), Effect.forEach((name) => take(spool, name)))

const take = (spool: string, name: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const files = yield* Spool.files(spool, name)
    const message = Buffer.from(yield* fs.readFile(files.message)).toString("latin1")
    const stored = yield* Effect.flatMap(fs.readFileString(files.envelope), decode)
    yield* fs.remove(files.message)
    yield* fs.remove(files.envelope)
    return keptOf(name, message, stored)
  })

const bodyType = "BODY="

const keptOf = (
  name: string,
  message: string,
  { client, from, parameters, to }: Spool.Stored
): Kept => ({
  name,
  session: client.session,
  client: client.remote,
  protocol: client.protocol,
  from,
  to,
  message,
  smtpUtf8: parameters.includes("SMTPUTF8"),
  body: Option.map(
    Option.fromNullable(parameters.find((parameter) => parameter.startsWith(bodyType))),
    (parameter) => parameter.slice(bodyType.length)
  ),
  user: Option.fromNullable(client.user),
  tls: Option.fromNullable(client.tls)
})
