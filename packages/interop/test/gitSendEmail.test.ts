import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as OurServer from "../src/OurServer.js"
import * as Program from "../src/Program.js"
import * as RefusingServer from "../src/RefusingServer.js"
import { served } from "./live.js"

/** git did not do what a test needs before it begins. */
class GitFailed extends Data.TaggedError("GitFailed")<Program.Ran> {}

/** Runs git as somebody who has no configuration. */
const run = (home: string, ...args: ReadonlyArray<string>) =>
  Program.run({
    program: "git",
    args: ["-c", "init.defaultBranch=main", ...args],
    environment: {
      HOME: home,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_AUTHOR_NAME: "Jürgen Groß",
      GIT_AUTHOR_EMAIL: "alice@client.example",
      GIT_COMMITTER_NAME: "Alice",
      GIT_COMMITTER_EMAIL: "alice@client.example"
    }
  })

const git = (home: string, ...args: ReadonlyArray<string>) =>
  Effect.flatMap(
    run(home, ...args),
    (ran) => ran.code === 0 ? Effect.succeed(ran.stdout) : new GitFailed(ran)
  )

/** Lines that mail programs get wrong. */
const content = Message.unix(
  ".",
  "..",
  ".leading",
  "From here on",
  "Grüße, 世界 🌍",
  "tab\tand trailing space ",
  "x".repeat(900),
  ""
)

/** Where a patch series was made, and its files in order. */
interface Series {
  readonly home: string
  readonly patches: ReadonlyArray<string>
}

/** A repository of three commits, the last two as patches. */
const series = Effect.gen(function*() {
  const files = yield* FileSystem.FileSystem
  const home = yield* Machine.folder
  const repository = `${home}/repository`
  yield* git(home, "init", "--quiet", repository)
  const commit = (name: string, text: string, message: string) =>
    Effect.gen(function*() {
      yield* files.writeFileString(`${repository}/${name}`, text)
      yield* git(home, "-C", repository, "add", "--all")
      yield* git(home, "-C", repository, "commit", "--quiet", "--message", message)
    })
  yield* commit("README", "A project.\n", "Begin")
  yield* commit("hard", content, "Füge schwierige Zeilen hinzu\n\n.\nFrom a body, too.")
  yield* commit("README", "A project.\n\n.\n", "Say more")
  const made = yield* git(home, "-C", repository, "format-patch", "-o", `${home}/patches`, "-2")
  return { home, patches: made.trim().split("\n") } satisfies Series
})

/** Sends the patches, under strict TLS. */
const send = (
  { home, patches }: Series,
  { certificate }: Pick<OurServer.OurServer, "certificate">,
  ...args: ReadonlyArray<string>
) =>
  run(
    home,
    "send-email",
    ...["--quiet", "--confirm=never", "--suppress-cc=all", "--smtp-server=127.0.0.1"],
    ...["--smtp-domain=client.example", "--from=Jürgen Groß <alice@client.example>"],
    ...["--to=bob@mx.example", `--smtp-ssl-cert-path=${certificate.file}`],
    ...args,
    ...patches
  )

const login = (password: string = OurServer.user.password) => [
  `--smtp-user=${OurServer.user.name}`,
  `--smtp-pass=${password}`
]

const body = (message: string): string => message.slice(message.indexOf("\n\n") + 2)

/** What the mails make of the repository's first commit, against what the author has. */
const applied = (
  { home }: Series,
  kept: ReadonlyArray<OurServer.Kept>
) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const clone = `${home}/clone`
    yield* git(home, "clone", "--quiet", `${home}/repository`, clone)
    yield* git(home, "-C", clone, "reset", "--quiet", "--hard", "HEAD~2")
    const mails = yield* Effect.forEach(kept, ({ message }, index) => {
      const mail = `${home}/${index}.eml`
      return Effect.as(files.writeFile(mail, Buffer.from(message, "latin1")), mail)
    })
    yield* git(home, "-C", clone, "am", "--quiet", ...mails)
    // The date becomes that of the sending.
    const format = "--format=%T %an %ae%n%B"
    return {
      theirs: yield* git(home, "-C", clone, "log", format),
      ours: yield* git(home, "-C", `${home}/repository`, "log", format)
    }
  })

served("git send-email", (live) => {
  describe("and our server", () => {
    live(
      "carry a series that can be applied, under STARTTLS, logged in",
      (server) =>
        Effect.gen(function*() {
          const patches = yield* series
          const ran = yield* send(
            patches,
            server,
            ...[`--smtp-server-port=${server.submission}`, "--smtp-encryption=tls", ...login()]
          )
          expect(ran).toMatchObject({ code: 0, stderr: "" })
          const kept = yield* server.kept
          expect(kept).toMatchObject(patches.patches.map(() => ({
            from: "alice@client.example",
            to: ["bob@mx.example"],
            user: Option.some("alice"),
            tls: Option.some("TLSv1.3")
          })))
          // git send-email changes header fields, and nothing else.
          const files = yield* FileSystem.FileSystem
          const bodies = yield* Effect.forEach(
            patches.patches,
            (patch) =>
              Effect.map(
                files.readFile(patch),
                (bytes) => body(Buffer.from(bytes).toString("latin1"))
              )
          )
          expect(kept.map(({ message }) => body(message.replaceAll("\r\n", "\n")))).toEqual(bodies)
          const { ours, theirs } = yield* applied(
            patches,
            kept.map((one) => ({
              ...one,
              message: one.message.replaceAll("\r\n", "\n")
            }))
          )
          expect(theirs).toBe(ours)
        })
    )

    for (const mechanism of ["PLAIN", "LOGIN", "CRAM-MD5"]) {
      live(`meet under implicit TLS and AUTH ${mechanism}`, (server) =>
        Effect.gen(function*() {
          const ran = yield* send(
            yield* series,
            server,
            ...[`--smtp-server-port=${server.submissions}`, "--smtp-encryption=ssl"],
            ...[`--smtp-auth=${mechanism}`, ...login()]
          )
          expect(ran).toMatchObject({ code: 0, stderr: "" })
          expect(yield* server.kept).toMatchObject([
            { user: Option.some("alice"), tls: Option.some("TLSv1.3") },
            { user: Option.some("alice") }
          ])
        }))
    }

    live("part over a wrong password", (server) =>
      Effect.gen(function*() {
        const ran = yield* send(
          yield* series,
          server,
          ...[`--smtp-server-port=${server.submission}`, "--smtp-encryption=tls"],
          ...["--smtp-auth=PLAIN", ...login("wrong")]
        )
        expect(ran.code).not.toBe(0)
        expect(yield* server.kept).toEqual([])
      }))

    live("agree on who says no", (server) =>
      Effect.gen(function*() {
        const ran = yield* send(
          yield* series,
          server,
          ...[`--smtp-server-port=${server.exchange}`, "--to=x@elsewhere.example"]
        )
        expect(ran.code).not.toBe(0)
        expect(ran.stderr).toContain("5.7.1 Relaying is not allowed")
        expect(yield* server.kept).toEqual([])
      }))

    live("do not take one server for another", (server) =>
      Effect.gen(function*() {
        const other = yield* RefusingServer.make()
        const ran = yield* send(
          yield* series,
          { ...server, certificate: other.certificate },
          ...[`--smtp-server-port=${server.exchange}`, "--smtp-encryption=tls"]
        )
        expect(ran.code).not.toBe(0)
        expect(ran.stderr).toContain("certificate verify failed")
        expect(yield* server.kept).toEqual([])
      }))
  })
})
