import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as OurServer from "../src/OurServer.js"
import * as Program from "../src/Program.js"

const { user } = OurServer

/** As `OurServer.foreigner`, but SASLprep has no emoji. */
const foreigner = { ...OurServer.foreigner, password: "страна" }

/** The lines of a users file for these users. */
const lines = (...args: ReadonlyArray<string>) => ({ name, password }: OurServer.User) =>
  Effect.map(
    OurServer.smtp({ args: ["hash-password", ...args, name], input: password }),
    ({ code, stdout }) => {
      expect(code).toBe(0)
      return stdout
    }
  )

const withUsers = (...users: ReadonlyArray<ReturnType<ReturnType<typeof lines>>>) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const usersFile = `${yield* Machine.folder}/users`
    yield* files.writeFileString(
      usersFile,
      (yield* Effect.all(users, { concurrency: "unbounded" })).join("")
    )
    return yield* OurServer.make({ usersFile })
  })

/** Sends with msmtp, logged in by that mechanism. */
const send = (
  { certificate, submission }: OurServer.OurServer,
  mechanism: string,
  { name, password }: OurServer.User
) =>
  Program.run({
    program: "msmtp",
    args: [
      ...["--host=127.0.0.1", `--port=${submission}`, "--domain=client.example", "--timeout=10"],
      ...["--tls=on", `--tls-trust-file=${certificate.file}`, `--auth=${mechanism}`],
      ...[`--user=${name}`, `--passwordeval=echo '${password}'`, "--from=alice@client.example"],
      "bob@mx.example"
    ],
    input: Message.dots.replaceAll("\r\n", "\n"),
    environment: { LC_ALL: "C.UTF-8" }
  })

/** Milliseconds: it takes a second or two to start the command, and it is started often. */
const patience = 60_000

const fine = { code: 0, stdout: "", stderr: "" }

describe("smtp serve", () => {
  describe("and its file of users", () => {
    it.scopedLive(
      "know who has SCRAM keys by SCRAM, and by the password",
      () =>
        Effect.gen(function*() {
          const server = yield* withUsers(lines("--scram")(user), lines("--scram")(foreigner))
          for (const mechanism of ["scram-sha-1", "scram-sha-256", "plain", "login"]) {
            for (const one of [user, foreigner]) {
              expect(yield* send(server, mechanism, one)).toEqual(fine)
              expect(yield* server.kept).toMatchObject([
                { message: Message.dots, user: Option.some(one.name) }
              ])
            }
          }
          const wrong = yield* Effect.forEach(
            ["scram-sha-1", "scram-sha-256", "plain", "login"],
            (mechanism) => send(server, mechanism, { ...user, password: "wrong" }),
            { concurrency: "unbounded" }
          )
          for (const { stderr } of wrong) expect(stderr).toContain("535 5.7.8")
          expect(yield* server.kept).toEqual([])
        }).pipe(Effect.provide(Machine.layer)),
      patience
    )

    it.scopedLive(
      "know who has a hash by the password, and offer nothing else",
      () =>
        Effect.gen(function*() {
          const server = yield* withUsers(lines("--scram")(user), lines()(foreigner))
          for (const mechanism of ["plain", "login"]) {
            for (const one of [user, foreigner]) {
              expect(yield* send(server, mechanism, one)).toEqual(fine)
            }
          }
          expect(yield* server.kept).toHaveLength(4)
          const scram = yield* send(server, "scram-sha-256", user)
          expect(scram.stderr).toContain("does not support authentication method SCRAM-SHA-256")
        }).pipe(Effect.provide(Machine.layer)),
      patience
    )
  })

  describe("and a command for each message", () => {
    it.scopedLive("give curl the command's decision", () =>
      Effect.gen(function*() {
        const files = yield* FileSystem.FileSystem
        const folder = yield* Machine.folder
        const server = yield* OurServer.make({
          onMessage: `
            case "$SMTP_TO" in full@*) exit 65;; busy@*) exit 75;; esac
            cat >'${folder}/message' && printf '%s' "$SMTP_FROM $SMTP_TO $SMTP_TLS" >'${folder}/facts'`
        })
        const curl = (to: string) =>
          Program.run({
            program: "curl",
            args: [
              ...["--disable", "--silent", "--show-error", "--verbose", "--max-time", "10"],
              ...["--noproxy", "*", "--cacert", server.certificate.file, "--ssl-reqd"],
              ...["--url", `smtp://127.0.0.1:${server.exchange}/client.example`],
              ...["--mail-from", "alice@client.example", "--mail-rcpt", to, "--upload-file", "-"]
            ],
            input: Message.eightBit
          })
        const [bob, full, busy] = yield* Effect.forEach(
          ["bob@mx.example", "full@mx.example", "busy@mx.example"],
          curl
        )
        expect(bob?.code).toBe(0)
        expect(bob?.stderr).toContain("< 250 2.0.0 Delivered")
        expect(yield* files.readFileString(`${folder}/message`)).toBe(Message.eightBit)
        expect(yield* files.readFileString(`${folder}/facts`))
          .toBe("alice@client.example bob@mx.example TLSv1.3")
        expect(full?.code).not.toBe(0)
        expect(full?.stderr).toContain("< 554 5.6.0 Data format error")
        expect(busy?.code).not.toBe(0)
        expect(busy?.stderr).toContain("< 451 4.3.0")
      }).pipe(Effect.provide(Machine.layer)), patience)
  })
})
