import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { platform, serve, smtp, workshop } from "./harness.js"

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

const header = [
  "From: alice@client.example",
  "Date: Mon, 23 Nov 2026 18:00:00 +0000",
  "Message-ID: <1@client.example>"
]

const message = (...content: ReadonlyArray<string>) => [...header, "", ...content, ""].join("\n")

const lint = (stdin: string, ...args: ReadonlyArray<string>) =>
  smtp(["lint", ...args, "-"], { stdin })

/** A server that offers these, and hears nothing but EHLO and QUIT. */
const offering = (offers: ReadonlyArray<string>, stdin: string, ...args: ReadonlyArray<string>) =>
  ScriptedPeer.against(
    {
      endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }),
      scripts: [[
        Script.send("220 mx.example"),
        Script.expect(/^EHLO /),
        Script.send(
          ["mx.example", ...offers].map((line, index) =>
            `250${index === offers.length ? " " : "-"}${line}`
          ).join("\r\n")
        ),
        Script.expect("QUIT"),
        Script.send("221 bye")
      ]]
    },
    (endpoint) => lint(stdin, "--host", Endpoint.print(endpoint), ...args)
  )

describe("LintCommand", () => {
  describe("a message by itself", () => {
    it.effect("has no findings, and the exit code is 0", () =>
      on(Effect.gen(function*() {
        expect(yield* lint(message("Hello"))).toEqual({ code: 0, out: [], err: [] })
      })))

    it.effect("exits 1 for an error, after a line for each finding", () =>
      on(Effect.gen(function*() {
        const { code, err, out } = yield* lint(message("Hello").replace(/Date.*\n/, ""))
        expect(out).toEqual([
          "error at line 3, octet 58: no Date field (FieldMissing, RFC 5322 section 3.6)"
        ])
        expect(err).toEqual([])
        expect(code).toBe(1)
      })))

    it.effect("exits 0 for warnings and advice", () =>
      on(Effect.gen(function*() {
        const { code, out } = yield* lint(message("é", "x".repeat(80)))
        expect(out.map((line) => line.split(":")[0])).toEqual([
          "advice at line 5, octet 97",
          "advice at line 6, octet 100"
        ])
        expect(code).toBe(0)
      })))

    it.scopedLive("is read from a file", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const file = `${directory}/message.eml`
        yield* fs.writeFileString(file, message("Hello"))
        expect((yield* smtp(["lint", file])).code).toBe(0)
        const { code, err } = yield* smtp(["lint", `${directory}/none.eml`])
        expect(code).toBe(1)
        expect(err.join()).toContain("none.eml as a message")
      })))

    it.effect("goes out as JSON", () =>
      on(Effect.gen(function*() {
        const { code, out } = yield* lint(message("\u0000"), "--json")
        expect(JSON.parse(out.join("\n"))).toEqual({
          server: null,
          findings: [{
            rule: "Nul",
            severity: "error",
            line: 5,
            offset: 97,
            times: 1,
            text: "an octet 0, which only BINARYMIME can carry",
            section: "RFC 5322 section 2.3"
          }]
        })
        expect(code).toBe(1)
      })))
  })

  describe("a message for a server", () => {
    it.scopedLive("is held against what it offers, and nothing is sent", () =>
      on(Effect.gen(function*() {
        const eightBit = message("é")
        expect((yield* offering(["8BITMIME", "SIZE 1000"], eightBit)).code).toBe(0)
        const { code, out } = yield* offering(["SIZE 10"], eightBit)
        expect(out).toEqual([
          "error at line 1, octet 0: 105 octets; the server takes 10 (TooBig, RFC 1870 section 6.1)",
          "error at line 5, octet 97: 8-bit content, and the server does not offer 8BITMIME " +
          "(NeedsEightBitMime, RFC 6152 section 2)"
        ])
        expect(code).toBe(1)
      })))

    it.scopedLive("names it in the JSON", () =>
      on(Effect.gen(function*() {
        const { out } = yield* offering(["SIZE 1000", "8BITMIME"], message("é"), "--json")
        expect(JSON.parse(out.join("\n"))).toMatchObject({
          server: { offers: ["SIZE 1000", "8BITMIME"] },
          findings: []
        })
      })))

    it.scopedLive("is asked over TLS, and after the login, as send would be", () =>
      on(Effect.gen(function*() {
        const { cert, key, password, spool } = yield* workshop
        const { tlsPort } = yield* serve([
          ...["--spool", spool, "--cert", cert, "--key", key, "--max-size", "50"],
          ...["--user", "alice", "--password-file", password]
        ])
        const login = ["--user", "alice", "--password-file", password, "--tls", "implicit"]
        const where = ["--host", `127.0.0.1:${tlsPort}`]
        const { code, out } = yield* lint(message("Hello"), ...where, "--ca", cert, ...login)
        expect(out.join()).toContain("the server takes 50")
        expect(code).toBe(1)
        const untrusted = yield* lint(message("Hello"), ...where, ...login)
        expect(untrusted.code).toBe(1)
        expect(untrusted.out).toEqual([])
      })))

    it.effect("is wrong use without a host", () =>
      on(Effect.gen(function*() {
        for (
          const [flag, ...value] of [
            ["--port", "25"],
            ["--tls", "none"],
            ["--insecure"],
            ["--hello", "client.example"],
            ["--config", "/dev/null"]
          ]
        ) {
          const { code, err } = yield* lint(message("Hello"), flag, ...value)
          expect(err).toEqual([`smtp: ${flag}: without a --host no server is asked`])
          expect(code).toBe(2)
        }
      })))

    it.live("exits 75 if it is not there", () =>
      on(Effect.gen(function*() {
        const { code } = yield* lint(message("Hello"), "--host", "127.0.0.1:1")
        expect(code).toBe(75)
      })))
  })
})
