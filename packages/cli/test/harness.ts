import * as Certificate from "@effect-smtp/cli/Certificate"
import { Keyboard } from "@effect-smtp/cli/Keyboard"
import { Stdin } from "@effect-smtp/cli/Message"
import { Screen } from "@effect-smtp/cli/Progress"
import * as Smtp from "@effect-smtp/cli/Smtp"
import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as Handler from "@effect-smtp/server/Handler"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as Domain from "@effect-smtp/wire/Domain"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import * as ConfigProvider from "effect/ConfigProvider"
import type * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"

/** Everything the command stands on, without its log. */
export const platform = Layer.mergeAll(
  NodeContext.layer,
  NodeDialer.layer(),
  NodeListener.layer(),
  Layer.succeed(Stdin, Stream.empty),
  Layer.succeed(Screen, Option.none()),
  Layer.succeed(Keyboard, Option.none()),
  Logger.remove(Logger.defaultLogger)
)

/** How a command ended, and the lines it printed. */
export interface Ended {
  readonly code: number
  readonly out: ReadonlyArray<string>
  readonly err: ReadonlyArray<string>
}

/** Hears what is printed. */
const listening = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  heard: (to: "out" | "err", text: string) => void
): Effect.Effect<A, E, R> =>
  Effect.consoleWith((console) => {
    const take = (to: "out" | "err") => (...args: ReadonlyArray<unknown>) =>
      Effect.sync(() => heard(to, args.join(" ")))
    const mine: Console.Console = { ...console, log: take("out"), error: take("err") }
    return Effect.withConsole(effect, mine)
  })

const environment = (variables: Readonly<Record<string, string>>) =>
  ConfigProvider.fromMap(new Map(Object.entries(variables)))

/** What a run of the command may be given besides its arguments. */
export interface Given {
  readonly stdin?: string
  readonly variables?: Readonly<Record<string, string>>
}

/** Runs `smtp` with these arguments to its end. */
export const smtp = (args: ReadonlyArray<string>, given: Given = {}) =>
  Effect.suspend(() => {
    const out: Array<string> = []
    const err: Array<string> = []
    return listening(
      Smtp.run(["node", "smtp", ...args], Effect.void),
      (to, text) => (to === "out" ? out : err).push(...text.split("\n"))
    ).pipe(
      Effect.withConfigProvider(environment(given.variables ?? {})),
      Effect.provideService(Stdin, Stream.make(new TextEncoder().encode(given.stdin ?? ""))),
      Effect.map((code): Ended => ({ code, out, err }))
    )
  })

/** A server that was started by the command. */
export interface Server {
  readonly plain: Endpoint.Endpoint
  readonly port: string
  readonly tlsPort: string
  readonly submission: Option.Option<Endpoint.Endpoint>
  readonly out: ReadonlyArray<string>
  /** Stops it as a signal would, and tells its exit code. */
  readonly stop: Effect.Effect<number>
}

const portIn = (line: string | undefined): string => /:(\d+)[ ,]/.exec(line ?? "")?.[1] ?? ""

const local = (port: string) => Endpoint.Tcp({ host: "127.0.0.1", port: Number(port) })

/** Runs `smtp serve` on free ports in the caller's scope, once it listens. */
export const serve = (args: ReadonlyArray<string>, given: Given = {}) =>
  Effect.gen(function*() {
    const ready = yield* Deferred.make<void, string>()
    const code = yield* Ref.make(130)
    const out: Array<string> = []
    const running = yield* listening(
      Smtp.run(
        ["node", "smtp", "serve", "--port", "0", "--tls-port", "0", ...args],
        Ref.set(code, 0)
      ),
      (to, text) => {
        if (to === "out") out.push(text)
        const settled = to === "err"
          ? Deferred.fail(ready, text)
          : Deferred.succeed(ready, undefined)
        if (to === "err" || /\b(storing|giving|dropping)\b/.test(text)) Effect.runSync(settled)
      }
    ).pipe(
      Effect.withConfigProvider(environment(given.variables ?? {})),
      Effect.forkScoped
    )
    yield* Deferred.await(ready)
    const port = portIn(out[0])
    const server: Server = {
      plain: local(port),
      port,
      tlsPort: portIn(out[1]),
      submission: Option.map(
        Option.fromNullable(out.find((line) => line.includes("submission"))),
        (line) => local(portIn(line))
      ),
      out,
      stop: Effect.zipRight(Fiber.interrupt(running), Ref.get(code))
    }
    return server
  })

/** A small message for a server with that handler, by the test's clock, until the client has heard that. */
export const mailing = (handler: Handler.Shape, reply: string | RegExp) =>
  Effect.gen(function*() {
    const network = yield* MemoryNetwork.make()
    const endpoint = Endpoint.Tcp({ host: "mx.example", port: 25 })
    yield* SmtpServer.serve({
      name: Either.getOrThrow(Domain.parse("mx.example")),
      places: [{ endpoint, policy: Policy.clearText }]
    }).pipe(
      Effect.provideService(Listener.Listener, network),
      Effect.provideService(Handler.Handler, handler)
    )
    const said = (line: string, code: RegExp) => [Script.send(line), Script.expect(code)]
    return yield* ScriptedPeer.dial(endpoint, [
      Script.expect(/^220 /),
      ...said("HELO client.example", /^250 /),
      ...said("MAIL FROM:<>", /^250 /),
      ...said("RCPT TO:<b@mx.example>", /^250 /),
      ...said("DATA", /^354 /),
      Script.send("Subject: x", "", "text", "."),
      Script.expect(reply)
    ]).pipe(
      Effect.provideService(Dialer.Dialer, network),
      Effect.forkScoped
    )
  })

/** A directory that is removed afterwards, with a certificate for 127.0.0.1 and its key in it. */
export const workshop = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const directory = yield* fs.makeTempDirectoryScoped({ prefix: "smtp-cli-" })
  const { fingerprint, identity } = yield* Certificate.selfSigned([])
  const cert = `${directory}/cert.pem`
  const key = `${directory}/key.pem`
  const password = `${directory}/password`
  yield* fs.writeFileString(cert, identity.certificate)
  yield* fs.writeFileString(key, Redacted.value(identity.key))
  yield* fs.writeFileString(password, "open sesame\n")
  return { directory, spool: `${directory}/spool`, cert, key, password, fingerprint, identity }
})

/** The names of everything in a spool, drafts included. */
export const everything = (spool: string) =>
  Effect.flatMap(
    FileSystem.FileSystem,
    (fs) => Effect.map(fs.readDirectory(spool, { recursive: true }), (names) => names.sort())
  )
