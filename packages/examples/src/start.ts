/**
 * `npm start`: a server with a folder of its own, real messages sent to it by the real client over
 * STARTTLS and AUTH, and what became of them: one that is kept in the repository, which is hard to carry,
 * and one that is composed here. Stays up until Ctrl-C; with `--once` it ends with exit code 0 if both
 * were stored byte for byte as they were sent, and 1 if not.
 *
 * @module
 */
import * as Certificate from "@effect-smtp/cli/Certificate"
import type { Login } from "@effect-smtp/cli/Password"
import * as Report from "@effect-smtp/cli/Report"
import * as Send from "@effect-smtp/cli/Send"
import * as Serve from "@effect-smtp/cli/Serve"
import * as Spool from "@effect-smtp/cli/Spool"
import * as Body from "@effect-smtp/client/Body"
import * as Credentials from "@effect-smtp/client/Credentials"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import * as Composed from "@effect-smtp/message/Composed"
import * as Header from "@effect-smtp/message/Header"
import * as Message from "@effect-smtp/message/Message"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as Domain from "@effect-smtp/wire/Domain"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { invitation } from "./invitation.js"

const host = "127.0.0.1"

/** Where things lie: the folder of this program, and the files that are kept in the repository. */
const locate = Effect.gen(function*() {
  const path = yield* Path.Path
  const here = yield* path.fromFileUrl(new URL(".", import.meta.url))
  const folder = path.resolve(here, "../../../.smtp-demo")
  return {
    message: path.resolve(here, "../messages/hello.eml"),
    picture: path.resolve(here, "../messages/envelope.png"),
    spool: path.join(folder, "spool"),
    certificate: path.join(folder, "certificate.pem"),
    password: path.join(folder, "password"),
    show: (file: string) => path.relative(path.resolve("."), file)
  }
})

/** The one user, with a password that no other program on this machine can guess. */
const login: Effect.Effect<Login> = Effect.sync(() => ({
  user: "demo",
  password: Redacted.make(crypto.randomUUID())
}))

/** The server, on the usual ports of `smtp serve` or, where one is taken, on free ones. */
const serve = (config: Omit<Serve.Config, "port" | "tlsPort">) =>
  Effect.catchTag(
    Serve.start({ ...config, port: 2525, tlsPort: 2465 }),
    "FlowError",
    (error) =>
      error.reason === "Refused"
        ? Serve.start({ ...config, port: 0, tlsPort: 0 })
        : Effect.fail(error)
  )

const equal = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at])

/** What a message is about, and what goes with it. */
const show = (message: Message.Message): string =>
  [
    `"${Option.getOrElse(Header.subject(message.header), () => "")}"`,
    ...Option.toArray(Option.as(message.text, "text")),
    ...Option.toArray(Option.as(message.html, "HTML")),
    ...message.attachments.map(({ fileName, type }) =>
      `${Option.getOrElse(fileName, () => "something")} (${type})`
    )
  ].join(", ")

/** Sends one message, and says whether it was stored as it was sent. */
const sendAndCompare = (
  place: Effect.Effect.Success<typeof locate>,
  message: Omit<Send.Config, "timeout" | "transcript">
) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const before = yield* Spool.list(place.spool)
    const outcome = yield* Send.run({
      ...message,
      timeout: Option.some("30 seconds"),
      transcript: Option.some((line: string) => Console.log(line))
    })
    yield* Console.log(["", ...Report.fromOutcome(outcome).map(Report.print)].join("\n"))

    const after = yield* Spool.list(place.spool)
    const stored = yield* Effect.forEach(
      after.filter((one) => !before.includes(one)),
      (one) => Spool.files(place.spool, one)
    )
    yield* Effect.forEach(
      stored,
      (files) =>
        Console.log(
          `stored ${place.show(files.message)}, and ${place.show(files.envelope)} beside it`
        )
    )
    const sent = yield* Body.collect(message.body)
    const [only] = stored
    const same = stored.length === 1 && equal(sent, yield* fs.readFile(only.message))
    yield* Console.log(
      same
        ? `${sent.length} bytes sent and stored, all the same: ${
          show(yield* Message.decode(sent))
        }\n`
        : "what was stored is NOT what was sent\n"
    )
    return same
  })

/** All of it, and whether the messages arrived as they were sent. */
const demonstrate = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const place = yield* locate
  const user = yield* login
  const name = yield* Domain.parseName("localhost")
  const { fingerprint, identity } = yield* Certificate.selfSigned([host])
  const { plain, tls } = yield* serve({
    name,
    host,
    submissionPort: Option.none(),
    lmtpPort: Option.none(),
    lmtpSocket: Option.none(),
    proxyFrom: [],
    identity,
    users: Serve.Users.One({ login: user }),
    requireAuth: false,
    storage: Serve.Storage.Keep({ directory: place.spool }),
    limits: {},
    acceptDomains: []
  })
  yield* fs.writeFileString(place.certificate, identity.certificate)
  yield* fs.writeFileString(place.password, Redacted.value(user.password), { mode: 0o600 })
  yield* Console.log(
    `listening on ${Endpoint.print(plain)} (STARTTLS) and ${Endpoint.print(tls)} (TLS)\n`
  )

  const credentials = Credentials.fromPassword({ username: user.user, password: user.password })
  const session = {
    security: Security.StartTls({
      tls: Tls.client({ serverName: host, ca: [identity.certificate] })
    }),
    credentials
  }
  const kept = {
    envelope: yield* Envelope.parse({ from: "jörg@example.org", to: ["søren@example.org"] }),
    body: Body.fromBytes(yield* fs.readFile(place.message), { utf8Header: true })
  }
  const draft = yield* invitation("Søren Æbleskov <soren@example.org>", {
    picture: place.picture,
    beside: place.message
  })
  const composed = yield* Composed.fromDraft(draft)
  const same = yield* Effect.forEach(
    [kept, composed],
    (message) => sendAndCompare(place, { ...message, endpoint: plain, session })
  )
  return { place, plain, tls, fingerprint, same: same.every((_) => _) }
})

const port = (endpoint: Endpoint.Endpoint) => endpoint._tag === "Tcp" ? endpoint.port : ""

const main = Effect.gen(function*() {
  const once = process.argv.includes("--once")
  const { fingerprint, place, plain, same, tls } = yield* demonstrate
  if (once) return same ? 0 : 1
  yield* Console.log(
    [
      "",
      "To send another from any mail program (Ctrl-C ends this):",
      `  server ${host}, port ${port(plain)} with STARTTLS or ${port(tls)} with TLS`,
      `  user demo, password in ${place.show(place.password)}; without them it works, too`,
      `  trust ${place.show(place.certificate)}, SHA-256 ${fingerprint}`
    ].join("\n")
  )
  return yield* Effect.never
}).pipe(Effect.scoped)

const platform = Layer.mergeAll(
  NodeContext.layer,
  NodeDialer.layer(),
  NodeListener.layer(),
  Logger.replace(Logger.defaultLogger, Logger.withConsoleError(Logger.logfmtLogger))
)

NodeRuntime.runMain(
  main.pipe(
    Effect.tap((code) =>
      Effect.sync(() => {
        process.exitCode = code
      })
    ),
    Effect.provide(platform)
  ),
  { disablePrettyLogger: true }
)
