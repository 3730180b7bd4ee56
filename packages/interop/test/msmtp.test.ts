import { describe, expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Message from "../src/Message.js"
import * as OurServer from "../src/OurServer.js"
import * as Program from "../src/Program.js"
import { refused, served } from "./live.js"

/** Sends `Message.dots` with msmtp, which takes everything it must know from its arguments. */
const msmtp = (port: number, args: ReadonlyArray<string>, ...to: ReadonlyArray<string>) =>
  Program.run({
    program: "msmtp",
    args: [
      ...["--host=127.0.0.1", `--port=${port}`, "--domain=client.example", "--timeout=10"],
      ...["--from=alice@client.example", ...args, "--", ...to]
    ],
    input: Message.dots.replaceAll("\r\n", "\n")
  })

const secure = ({ certificate }: OurServer.OurServer, mechanism: string, password: string) => [
  ...["--tls=on", `--tls-trust-file=${certificate.file}`, `--auth=${mechanism}`],
  ...[`--user=${OurServer.user.name}`, `--passwordeval=echo ${password}`]
]

/** sysexits(3). */
const dataError = 65
const unavailable = 69
const noPermission = 77

const bob = "bob@mx.example"

served("msmtp", (live) => {
  describe("and our server", () => {
    live("meet in clear text", (server) =>
      Effect.gen(function*() {
        const ran = yield* msmtp(server.exchange, [], bob, "carol@mx.example")
        expect(ran).toEqual({ code: 0, stdout: "", stderr: "" })
        expect(yield* server.kept).toMatchObject([
          { to: [bob, "carol@mx.example"], message: Message.dots }
        ])
      }))

    for (const mechanism of ["plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256"]) {
      live(
        `meet over STARTTLS and AUTH ${mechanism.toUpperCase()}`,
        (server) =>
          Effect.gen(function*() {
            const args = secure(server, mechanism, OurServer.user.password)
            const ran = yield* msmtp(server.submission, args, bob)
            expect(ran).toEqual({ code: 0, stdout: "", stderr: "" })
            expect(yield* server.kept).toMatchObject([
              { message: Message.dots, user: Option.some("alice"), tls: Option.some("TLSv1.3") }
            ])
          })
      )

      live(
        `meet over implicit TLS and AUTH ${mechanism.toUpperCase()}`,
        (server) =>
          Effect.gen(function*() {
            const args = [
              ...secure(server, mechanism, OurServer.user.password),
              "--tls-starttls=off"
            ]
            const ran = yield* msmtp(server.submissions, args, bob)
            expect(ran).toEqual({ code: 0, stdout: "", stderr: "" })
            expect(yield* server.kept).toMatchObject([{ user: Option.some("alice") }])
          })
      )
    }

    live("meet by LMTP, on a port", (server) =>
      Effect.gen(function*() {
        const ran = yield* msmtp(server.lmtp, ["--protocol=lmtp"], bob, "carol@mx.example")
        expect(ran).toEqual({ code: 0, stdout: "", stderr: "" })
        expect(yield* server.kept).toMatchObject([
          { protocol: "LMTP", to: [bob, "carol@mx.example"], message: Message.dots }
        ])
      }))

    live("meet by LMTP, on a socket", (server) =>
      Effect.gen(function*() {
        const args = ["--protocol=lmtp", `--socket=${server.socket}`]
        const ran = yield* msmtp(server.lmtp, args, bob, "carol@mx.example")
        expect(ran).toEqual({ code: 0, stdout: "", stderr: "" })
        expect(yield* server.kept).toMatchObject([
          { protocol: "LMTP", to: [bob, "carol@mx.example"], message: Message.dots }
        ])
      }))

    refused(
      "have a verdict for each recipient by LMTP, on a socket",
      (server) =>
        Effect.gen(function*() {
          const args = ["--protocol=lmtp", `--socket=${server.socket}`]
          const ran = yield* msmtp(server.lmtp, args, bob, "full@mx.example", "carol@mx.example")
          expect(ran.code).toBe(unavailable)
          expect(ran.stderr).toContain("full@mx.example")
          expect(ran.stderr).toContain("554 5.6.0 Not this")
          expect(ran.stderr).not.toContain(bob)
          expect(yield* server.kept).toMatchObject([
            { protocol: "LMTP", to: [bob, "carol@mx.example"], message: Message.dots }
          ])
        })
    )

    refused("agree on who says no", (server) =>
      Effect.gen(function*() {
        const refused = yield* msmtp(server.exchange, [], "nobody@mx.example")
        expect(refused.code).toBe(dataError)
        expect(refused.stderr).toContain("550 5.1.1 No such mailbox")
        const late = yield* msmtp(server.exchange, [], "full@mx.example")
        expect(late.code).toBe(unavailable)
        expect(late.stderr).toContain("554 5.6.0 Not this")
        expect(yield* server.kept).toEqual([])
      }))

    live(
      "part over a recipient elsewhere, and a wrong password",
      (server) =>
        Effect.gen(function*() {
          const refused = yield* msmtp(server.exchange, [], "x@elsewhere.example")
          expect(refused.code).toBe(dataError)
          expect(refused.stderr).toContain("550 5.7.1 Relaying is not allowed")
          const guess = yield* msmtp(server.submission, secure(server, "plain", "wrong"), bob)
          expect(guess.code).toBe(noPermission)
          expect(guess.stderr).toContain("535 5.7.8")
          expect(yield* server.kept).toEqual([])
        })
    )
  })
})
