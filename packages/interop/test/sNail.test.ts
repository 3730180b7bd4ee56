import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as OurServer from "../src/OurServer.js"
import * as Program from "../src/Program.js"
import * as RefusingServer from "../src/RefusingServer.js"
import { refused, served } from "./live.js"

/** What s-nail composes its message of. */
interface Mail {
  readonly text: string
  readonly attach?: string
  readonly to?: ReadonlyArray<string>
}

/** Has s-nail, which reads no configuration, compose and send a mail under strict TLS. */
const send = (
  { certificate }: Pick<OurServer.OurServer, "certificate">,
  settings: ReadonlyArray<string>,
  { attach, text, to = ["bob@mx.example"] }: Mail
) =>
  Program.run({
    program: "s-nail",
    args: [
      ...["-:/", "-s", "Grüße", ...attach === undefined ? [] : ["-a", attach]],
      ...[
        "v15-compat=y",
        "from=Alice <alice@client.example>",
        "hostname=client.example",
        "ttycharset=utf-8",
        "mime-encoding=8bit",
        "sendwait",
        "nosave",
        `tls-ca-file=${certificate.file}`,
        "tls-ca-no-defaults",
        "tls-verify=strict",
        ...settings
      ].flatMap((setting) => ["-S", setting]),
      ...to
    ],
    input: text,
    environment: { LC_ALL: "C.UTF-8", HOME: "/nonexistent" }
  })

const text = Message.unix(".", "..", ".leading", "Grüße, 世界 🌍", "", "end")

/** The user as part of a URL. */
const login = (mechanism: string, password = OurServer.user.password) => [
  `smtp-auth=${mechanism}`,
  `user=${OurServer.user.name}`,
  `password=${password}`
]

const latin1 = (unix: string): string =>
  Buffer.from(unix.replaceAll("\n", "\r\n")).toString("latin1")

const body = (message: string): string => message.slice(message.indexOf("\r\n\r\n") + 4)

const startTls = ["smtp-use-starttls"]

served("s-nail", (live) => {
  describe("and our server", () => {
    live("meet in clear text", (server) =>
      Effect.gen(function*() {
        const ran = yield* send(
          server,
          [`mta=smtp://localhost:${server.exchange}`, "smtp-auth=none"],
          { text, to: ["bob@mx.example", "carol@mx.example"] }
        )
        expect(ran).toEqual({ code: 0, stdout: "", stderr: "" })
        const [kept] = yield* server.kept
        expect(kept).toMatchObject({
          from: "alice@client.example",
          to: ["bob@mx.example", "carol@mx.example"],
          tls: Option.none()
        })
        expect(body(kept?.message ?? "")).toBe(latin1(text))
      }))

    for (const mechanism of ["plain", "login", "cram-md5"]) {
      live(
        `meet over STARTTLS and AUTH ${mechanism.toUpperCase()}`,
        (server) =>
          Effect.gen(function*() {
            const ran = yield* send(
              server,
              [`mta=smtp://localhost:${server.submission}`, ...startTls, ...login(mechanism)],
              { text }
            )
            expect(ran).toEqual({ code: 0, stdout: "", stderr: "" })
            const [kept] = yield* server.kept
            expect(kept).toMatchObject({ user: Option.some("alice"), tls: Option.some("TLSv1.3") })
            expect(body(kept?.message ?? "")).toBe(latin1(text))
          })
      )

      live(
        `meet over implicit TLS and AUTH ${mechanism.toUpperCase()}`,
        (server) =>
          Effect.gen(function*() {
            const ran = yield* send(
              server,
              [`mta=smtps://localhost:${server.submissions}`, ...login(mechanism)],
              { text }
            )
            expect(ran).toEqual({ code: 0, stdout: "", stderr: "" })
            const [kept] = yield* server.kept
            expect(kept).toMatchObject({ user: Option.some("alice"), tls: Option.some("TLSv1.3") })
            expect(body(kept?.message ?? "")).toBe(latin1(text))
          })
      )
    }

    live("carry a file of any octets, a megabyte of them", (server) =>
      Effect.gen(function*() {
        const file = `${yield* Machine.folder}/octets.bin`
        const octets = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => index % 251))
        yield* Effect.flatMap(FileSystem.FileSystem, (files) => files.writeFile(file, octets))
        const ran = yield* send(
          server,
          [`mta=smtp://localhost:${server.exchange}`, ...startTls, "smtp-auth=none"],
          { text, attach: file }
        )
        expect(ran).toEqual({ code: 0, stdout: "", stderr: "" })
        const [kept] = yield* server.kept
        const message = kept?.message ?? ""
        expect(message).toContain(`\r\n\r\n${latin1(text)}\r\n--`)
        const [, encoded = ""] = /base64\r\n[^]*?\r\n\r\n([^-]*)\r\n--/.exec(message) ?? []
        expect(Buffer.from(encoded, "base64").equals(octets)).toBe(true)
      }))

    refused("agree on who says no", (server) =>
      Effect.gen(function*() {
        const exchange = [`mta=smtp://localhost:${server.exchange}`, "smtp-auth=none"]
        for (
          const [reply, settings, to] of [
            ["550 5.7.1 Not you", [...exchange, "from=refused@client.example"], "bob"],
            ["550 5.1.1 No such mailbox", exchange, "nobody"],
            ["554 5.6.0 Not this", exchange, "full"]
          ] as const
        ) {
          const ran = yield* send(server, settings, { text, to: [`${to}@mx.example`] })
          expect(ran.code).not.toBe(0)
          expect(ran.stderr).toContain(reply)
        }
        expect(yield* server.kept).toEqual([])
      }))

    live("part over a wrong password", (server) =>
      Effect.gen(function*() {
        const ran = yield* send(
          server,
          [
            `mta=smtp://localhost:${server.submission}`,
            ...startTls,
            ...login("plain", "wrong")
          ],
          { text }
        )
        expect(ran.code).not.toBe(0)
        expect(ran.stderr).toContain("535 5.7.8")
        expect(yield* server.kept).toEqual([])
      }))

    live("do not take one server for another", (server) =>
      Effect.gen(function*() {
        const other = yield* RefusingServer.make()
        const ran = yield* send(
          { ...server, certificate: other.certificate },
          [`mta=smtp://localhost:${server.exchange}`, ...startTls, "smtp-auth=none"],
          { text }
        )
        expect(ran.code).not.toBe(0)
        expect(yield* server.kept).toEqual([])
      }))
  })
})
