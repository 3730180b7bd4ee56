import { describe, expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Message from "../src/Message.js"
import * as OurServer from "../src/OurServer.js"
import * as Program from "../src/Program.js"
import * as RefusingServer from "../src/RefusingServer.js"
import { refused, served } from "./live.js"

/** Runs curl, silent but for errors, and strict about the certificate if there is TLS. */
const run = (
  { certificate }: Pick<OurServer.OurServer, "certificate">,
  args: ReadonlyArray<string>,
  input = ""
) =>
  Program.run({
    program: "curl",
    args: [
      ...["--disable", "--silent", "--show-error", "--max-time", "10", "--noproxy", "*"],
      ...["--cacert", certificate.file, ...args]
    ],
    input,
    environment: { LC_ALL: "C.UTF-8" }
  })

/** The last part is the name that curl gives itself. */
const url = (port: number, scheme = "smtp") => `${scheme}://127.0.0.1:${port}/client.example`

const envelope = ["--mail-from", "alice@client.example", "--mail-rcpt", "bob@mx.example"]

/** Has curl read the message from its standard input. */
const upload = [...envelope, "--upload-file", "-"]

const login = (mechanism: string, password = OurServer.user.password) => [
  ...["--user", `${OurServer.user.name}:${password}`, "--login-options", `AUTH=${mechanism}`]
]

const fine = { code: 0, stdout: "", stderr: "" }

/** curl(1), "EXIT CODES". */
const sendError = 55
const peerFailedVerification = 60
const loginDenied = 67
const weirdReply = 8
const accessDenied = 9

served("curl", (live) => {
  describe("and our server", () => {
    for (
      const [what, message] of [
        ["a line", Message.plain],
        ["lines of dots", Message.dots],
        ["long lines", Message.long],
        ["octets above 127", Message.eightBit],
        ["three megabytes", Message.big(3_000_000)]
      ] as const
    ) {
      live(`carry ${what}, over STARTTLS`, (server) =>
        Effect.gen(function*() {
          const args = ["--url", url(server.exchange), "--ssl-reqd", ...upload]
          expect(yield* run(server, args, message)).toEqual(fine)
          const [kept, ...rest] = yield* server.kept
          expect(kept).toMatchObject({
            from: "alice@client.example",
            to: ["bob@mx.example"],
            tls: Option.some("TLSv1.3")
          })
          expect(kept?.message).toBe(Buffer.from(message).toString("latin1"))
          expect(rest).toEqual([])
        }))
    }

    live("agree on line ends that curl makes", (server) =>
      Effect.gen(function*() {
        const text = Message.dots.replaceAll("\r\n", "\n")
        const args = ["--url", url(server.exchange), "--crlf", ...upload]
        expect(yield* run(server, args, text)).toEqual(fine)
        expect(yield* server.kept).toMatchObject([
          { message: Message.dots, tls: Option.none() }
        ])
      }))

    for (const mechanism of ["PLAIN", "LOGIN", "CRAM-MD5"]) {
      live(`meet over STARTTLS and AUTH ${mechanism}`, (server) =>
        Effect.gen(function*() {
          const args = ["--url", url(server.submission), "--ssl-reqd", ...login(mechanism)]
          const ran = yield* run(server, [...args, ...upload], Message.dots)
          expect(ran).toEqual(fine)
          expect(yield* server.kept).toMatchObject([
            { message: Message.dots, user: Option.some("alice"), tls: Option.some("TLSv1.3") }
          ])
        }))

      live(
        `meet over implicit TLS and AUTH ${mechanism} with an initial response`,
        (server) =>
          Effect.gen(function*() {
            const args = ["--url", url(server.submissions, "smtps"), ...login(mechanism)]
            const ran = yield* run(server, [...args, "--sasl-ir", ...upload], Message.dots)
            expect(ran).toEqual(fine)
            expect(yield* server.kept).toMatchObject([
              { message: Message.dots, user: Option.some("alice") }
            ])
          })
      )
    }

    live("carry addresses and a message with SMTPUTF8", (server) =>
      Effect.gen(function*() {
        const args = [
          ...["--url", url(server.exchange), "--mail-from", "grün@client.example"],
          ...["--mail-rcpt", "用户@mx.example", "--upload-file", "-"]
        ]
        const ran = yield* run(server, args, Message.eightBit)
        expect(ran).toEqual(fine)
        expect(yield* server.kept).toMatchObject([{
          from: "grün@client.example",
          to: ["用户@mx.example"],
          smtpUtf8: true,
          message: Buffer.from(Message.eightBit).toString("latin1")
        }])
      }))

    live("carry what curl composes itself", (server) =>
      Effect.gen(function*() {
        const attached = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet))
        const args = [
          ...["--url", url(server.exchange), ...envelope, "--header", "Subject: parts"],
          ...["--form", "=.\r\n.a dot;type=text/plain"],
          ...["--form", "file=@-;type=application/octet-stream;encoder=base64"]
        ]
        const ran = yield* run(server, args, attached.toString("latin1"))
        expect(ran).toEqual(fine)
        const [kept] = yield* server.kept
        expect(kept?.message).toContain("Subject: parts\r\n")
        expect(kept?.message).toContain("\r\n\r\n.\r\n.a dot\r\n--")
        const [, base64 = ""] = /base64\r\n\r\n([^-]*)\r\n--/.exec(kept?.message ?? "") ?? []
        expect(Buffer.from(base64, "base64").toString("utf8")).toBe(attached.toString("latin1"))
      }))

    live("have several messages in one session", (server) =>
      Effect.gen(function*() {
        const one = ["--url", url(server.submission), "--ssl-reqd", ...login("PLAIN"), ...envelope]
        const form = (text: string) => ["--form", `=${text};type=text/plain`]
        const ran = yield* run(server, [
          ...[...one, ...form("first")],
          ...["--next", "--silent", "--cacert", server.certificate.file, ...one],
          ...form("second")
        ])
        expect(ran).toEqual(fine)
        const kept = yield* server.kept
        expect(kept.map(({ message }) => message.split("\r\n").at(-3))).toEqual(["first", "second"])
        expect(new Set(kept.map(({ session }) => session)).size).toBe(1)
      }))

    live("ask and answer without a message", (server) =>
      Effect.gen(function*() {
        const ask = (...args: ReadonlyArray<string>) =>
          run(server, ["--url", url(server.exchange), ...args])
        expect(yield* ask("--mail-rcpt", "bob@mx.example")).toMatchObject({
          code: 0,
          stdout: expect.stringMatching(/^252 2\.5\.2 /)
        })
        expect(yield* ask("--request", "NOOP")).toMatchObject({
          code: 0,
          stdout: expect.stringMatching(/^250 2\.0\.0 /)
        })
        expect(yield* ask("--request", "EXPN", "--mail-rcpt", "friends")).toMatchObject({
          code: weirdReply
        })
      }))

    refused("serve the other recipients", (server) =>
      Effect.gen(function*() {
        const args = [
          ...["--url", url(server.exchange), "--mail-from", "alice@client.example"],
          ...["nobody", "bob", "later", "carol"].flatMap((name) => [
            "--mail-rcpt",
            `${name}@mx.example`
          ]),
          ...["--upload-file", "-"]
        ]
        expect((yield* run(server, args, Message.dots)).code).toBe(sendError)
        expect(yield* server.kept).toEqual([])
        expect(yield* run(server, ["--mail-rcpt-allowfails", ...args], Message.dots)).toEqual(fine)
        expect(yield* server.kept).toMatchObject([
          { to: ["bob@mx.example", "carol@mx.example"], message: Message.dots }
        ])
      }))

    const cases: ReadonlyArray<
      readonly [
        phase: string,
        code: number,
        reply: string,
        from: string,
        to: string
      ]
    > = [
      ["MAIL", sendError, "550 5.7.1 Not you", "refused@client.example", "bob"],
      ["RCPT", sendError, "550 5.1.1 No such mailbox", "a@client.example", "nobody"],
      ["the message", weirdReply, "554 5.6.0 Not this", "a@client.example", "full"]
    ]
    for (const [phase, code, reply, from, to] of cases) {
      refused(`agree on who says no to ${phase}`, (server) =>
        Effect.gen(function*() {
          const args = [
            ...["--url", url(server.exchange), "--ssl-reqd", "--verbose", "--mail-from", from],
            ...["--mail-rcpt", `${to}@mx.example`, "--upload-file", "-"]
          ]
          const ran = yield* run(server, args, Message.plain)
          expect(ran.code).toBe(code)
          expect(ran.stderr).toContain(`< ${reply}`)
          expect(yield* server.kept).toEqual([])
        }))
    }

    live("agree on who says no to MAIL before AUTH", (server) =>
      Effect.gen(function*() {
        const args = ["--url", url(server.submission), "--ssl-reqd", "--verbose", ...upload]
        const ran = yield* run(server, args, Message.plain)
        expect(ran.code).toBe(sendError)
        expect(ran.stderr).toContain("< 530 5.7.0")
        expect(yield* server.kept).toEqual([])
      }))

    live("agree on who says no to RCPT in another domain", (server) =>
      Effect.gen(function*() {
        const args = [
          ...["--url", url(server.exchange), "--verbose", "--mail-from", "a@client.example"],
          ...["--mail-rcpt", "x@elsewhere.example", "--upload-file", "-"]
        ]
        const ran = yield* run(server, args, Message.plain)
        expect(ran.code).toBe(sendError)
        expect(ran.stderr).toContain("< 550 5.7.1 Relaying is not allowed")
        expect(yield* server.kept).toEqual([])
      }))

    live("part over a wrong password", (server) =>
      Effect.gen(function*() {
        const args = ["--url", url(server.submission), "--ssl-reqd", ...login("PLAIN", "wrong")]
        expect((yield* run(server, [...args, ...upload], Message.plain)).code).toBe(loginDenied)
        expect(yield* server.kept).toEqual([])
      }))

    live("do not take one server for another", (server) =>
      Effect.gen(function*() {
        const other = yield* RefusingServer.make()
        const args = ["--url", url(other.exchange), "--ssl-reqd", ...upload]
        const ran = yield* run(server, args, Message.plain)
        expect(ran.code).toBe(peerFailedVerification)
        expect(yield* other.kept).toEqual([])
      }))

    live("part where LMTP is spoken", (server) =>
      Effect.gen(function*() {
        const args = ["--url", url(server.lmtp), ...upload]
        expect((yield* run(server, args, Message.plain)).code).toBe(accessDenied)
        expect(yield* server.kept).toEqual([])
      }))
  })
})
