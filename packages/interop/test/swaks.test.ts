import * as Verdict from "@effect-smtp/server/Verdict"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as OurServer from "../src/OurServer.js"
import * as Program from "../src/Program.js"
import * as RefusingServer from "../src/RefusingServer.js"
import { refused, served } from "./live.js"

const input = Message.dots.replaceAll("\r\n", "\n").trimEnd()

/**
 * Runs swaks with the message on its standard input, but for the last line's end, which swaks adds
 * always. Later arguments win over these.
 */
const swaks = (port: number, ...args: ReadonlyArray<string>) =>
  Program.run({
    program: "swaks",
    args: [
      ...["--server", `127.0.0.1:${port}`, "--helo", "client.example", "--timeout", "10"],
      ...["--from", "alice@client.example", "--to", "bob@mx.example", "--data", "-"],
      ...args
    ],
    input
  })

/** The same on a Unix socket, by LMTP. */
const onSocket = (socket: string, to: string) =>
  Program.run({
    program: "swaks",
    args: [
      ...["--socket", socket, "--protocol", "LMTP", "--helo", "client.example"],
      ...["--from", "alice@client.example", "--to", to, "--data", "-"]
    ],
    input
  })

const secret = [
  "--auth-user",
  OurServer.user.name,
  "--auth-password",
  OurServer.user.password
]

/** swaks checks the certificate's chain here; its name is left to other tests. */
const tls = ({ certificate }: Pick<OurServer.OurServer, "certificate">) => [
  "--tls-verify",
  "--tls-ca-path",
  certificate.file
]

served("swaks", (live) => {
  describe("and our server", () => {
    live("meet in clear text", (server) =>
      Effect.gen(function*() {
        const { code } = yield* swaks(server.exchange)
        expect(code).toBe(0)
        expect(yield* server.kept).toMatchObject([
          { to: ["bob@mx.example"], message: Message.dots, tls: Option.none() }
        ])
      }))

    for (const mechanism of ["PLAIN", "LOGIN", "CRAM-MD5"]) {
      live(`meet over STARTTLS and AUTH ${mechanism}`, (server) =>
        Effect.gen(function*() {
          const { code } = yield* swaks(
            server.submission,
            ...["--tls", ...tls(server), "--auth", mechanism, ...secret]
          )
          expect(code).toBe(0)
          expect(yield* server.kept).toMatchObject([
            { message: Message.dots, user: Option.some("alice"), tls: Option.some("TLSv1.3") }
          ])
        }))

      live(`meet over implicit TLS and AUTH ${mechanism}`, (server) =>
        Effect.gen(function*() {
          const { code } = yield* swaks(
            server.submissions,
            ...["--tls-on-connect", ...tls(server), "--auth", mechanism, ...secret]
          )
          expect(code).toBe(0)
          expect(yield* server.kept).toMatchObject([{ user: Option.some("alice") }])
        }))
    }

    live("pipeline", (server) =>
      Effect.gen(function*() {
        const ran = yield* swaks(
          server.exchange,
          ...["--pipeline", "--to", "bob@mx.example,x@elsewhere.example,carol@mx.example"]
        )
        expect(ran.code).toBe(0)
        // The group goes out before the first of its replies comes in.
        expect(ran.stdout).toMatch(/ -> DATA\n<- {2}250 2\.1\.0 [^\n]*\n<- {2}250 2\.1\.5 /)
        expect(ran.stdout).toContain("<** 550 5.7.1 Relaying is not allowed\n")
        expect(yield* server.kept).toMatchObject([
          { to: ["bob@mx.example", "carol@mx.example"], message: Message.dots }
        ])
      }))

    live("pipeline under TLS", (server) =>
      Effect.gen(function*() {
        const { code } = yield* swaks(server.exchange, "--pipeline", "--tls", ...tls(server))
        expect(code).toBe(0)
        expect(yield* server.kept).toMatchObject([{ message: Message.dots }])
      }))

    live("meet without extensions, by HELO", (server) =>
      Effect.gen(function*() {
        const ran = yield* swaks(server.exchange, "--protocol", "SMTP")
        expect(ran.code).toBe(0)
        expect(ran.stdout).toContain(" -> HELO client.example\n<-  250 mx.example\n")
        expect(yield* server.kept).toMatchObject([
          { protocol: "SMTP", to: ["bob@mx.example"], message: Message.dots }
        ])
      }))

    for (const pipelining of [[], ["--pipeline"]]) {
      live(
        ["meet by LMTP, on a port", ...pipelining].join(" "),
        (server) =>
          Effect.gen(function*() {
            const ran = yield* swaks(
              server.lmtp,
              ...[
                "--protocol",
                "LMTP",
                "--to",
                "bob@mx.example,x@elsewhere.example,carol@mx.example"
              ],
              ...pipelining
            )
            expect(ran.code).toBe(0)
            expect(yield* server.kept).toMatchObject([{
              protocol: "LMTP",
              to: ["bob@mx.example", "carol@mx.example"],
              message: Message.dots
            }])
          })
      )
    }

    live("meet by LMTP, on a socket", (server) =>
      Effect.gen(function*() {
        const { code } = yield* onSocket(server.socket, "bob@mx.example,carol@mx.example")
        expect(code).toBe(0)
        expect(yield* server.kept).toMatchObject([{
          protocol: "LMTP",
          to: ["bob@mx.example", "carol@mx.example"],
          message: Message.dots
        }])
      }))

    refused(
      "have a verdict for each recipient by LMTP, on a socket",
      (server) =>
        Effect.gen(function*() {
          const ran = yield* onSocket(
            server.socket,
            "bob@mx.example,full@mx.example,carol@mx.example"
          )
          expect(ran.code).toBe(0)
          // RFC 2033 section 4.2: in the order of the recipients.
          expect(ran.stdout).toMatch(
            /<- {2}250 2\.0\.0 [^\n]*\n<\*\* 554 5\.6\.0 Not this\n<- {2}250 2\.0\.0 [^\n]*\n -> QUIT/
          )
          expect(yield* server.kept).toMatchObject([
            { to: ["bob@mx.example", "carol@mx.example"], message: Message.dots }
          ])
        })
    )

    it.scopedLive("have a verdict for each recipient by PRDR", () =>
      Effect.gen(function*() {
        const server = yield* RefusingServer.make({ verdicts: "Each" })
        const ran = yield* swaks(
          server.exchange,
          ...["--prdr", "--to", "bob@mx.example,full@mx.example,carol@mx.example"]
        )
        expect(ran.stdout).toMatch(
          /<- {2}353 [^\n]*\n<- {2}250 [^\n]*\n<\*\* 554 5\.6\.0 Not this\n<- {2}250 [^\n]*\n<- {2}250 /
        )
        expect(yield* server.kept).toMatchObject([
          { to: ["bob@mx.example", "carol@mx.example"], message: Message.dots }
        ])
      }).pipe(Effect.provide(Machine.layer)))

    refused("agree by XCLIENT on who the client is", (server) =>
      Effect.gen(function*() {
        const claim = ["--xclient", "ADDR=192.0.2.7 PORT=2525 NAME=relay.example"]
        expect((yield* swaks(server.xclient, ...claim)).code).toBe(0)
        expect(yield* server.kept).toMatchObject([
          { client: "192.0.2.7:2525", message: Message.dots }
        ])
        // Nobody else's word is taken.
        expect((yield* swaks(server.exchange, ...claim)).code).not.toBe(0)
        expect(yield* server.kept).toEqual([])
      }))

    for (const version of ["1", "2"]) {
      it.scopedLive(
        `agree by a PROXY header on who the client is (version ${version})`,
        () =>
          Effect.gen(function*() {
            const server = yield* OurServer.make({ flags: ["--proxy-from", "127.0.0.1"] })
            const claim = [
              ...[
                "--proxy-version",
                version,
                "--proxy-family",
                version === "1" ? "TCP4" : "AF_INET"
              ],
              ...["--proxy-source", "192.0.2.7", "--proxy-source-port", "2525"],
              ...["--proxy-dest", "192.0.2.1", "--proxy-dest-port", "25"],
              ...version === "1" ? [] : ["--proxy-protocol", "STREAM", "--proxy-command", "PROXY"]
            ]
            const ran = yield* swaks(server.exchange, "--tls", ...tls(server), ...claim)
            expect(ran.code).toBe(0)
            expect(yield* server.kept).toMatchObject([
              { client: "192.0.2.7:2525", tls: Option.some("TLSv1.3"), message: Message.dots }
            ])
          }).pipe(Effect.provide(Machine.layer))
      )
    }

    live("part in the middle of anything, and nothing is kept", (server) =>
      Effect.gen(function*() {
        const ways = [
          ...["BANNER", "HELO", "MAIL", "RCPT"].map((after) => ["--quit-after", after]),
          ...["BANNER", "MAIL", "DATA"].map((after) => ["--drop-after", after]),
          ["--drop-after-send", "DATA"],
          ["--pipeline", "--drop-after-send", "DATA"]
        ]
        for (const way of ways) {
          const { code } = yield* swaks(server.exchange, ...way)
          expect([way, code]).toEqual([way, 0])
        }
        expect(yield* server.kept).toEqual([])
      }))
  })

  describe("is refused, and says in its exit code where", () => {
    /** swaks(1), "EXIT CODES". */
    type Case = readonly [phase: string, code: number, reply: string, args: ReadonlyArray<string>]
    const byName: ReadonlyArray<Case> = [
      ["EHLO", 22, "550 5.7.1", ["--helo", "refused.example"]],
      ["MAIL", 23, "550 5.7.1", ["--from", "refused@client.example"]],
      ["every RCPT", 24, "550 5.1.1", ["--to", "nobody@mx.example"]],
      ["the message", 26, "554 5.6.0", ["--to", "full@mx.example"]]
    ]
    for (const [phase, code, reply, args] of byName) {
      refused(phase, (server) =>
        Effect.gen(function*() {
          const ran = yield* swaks(server.exchange, ...args)
          expect(ran.code).toBe(code)
          expect(ran.stdout).toContain(reply)
          expect(yield* server.kept).toEqual([])
        }))
    }

    const byFlags: ReadonlyArray<readonly ["exchange" | "submission", ...Case]> = [
      [
        "exchange",
        "RCPT in another domain",
        24,
        "550 5.7.1 Relaying is not allowed",
        ["--to", "x@elsewhere.example"]
      ],
      ["submission", "MAIL before STARTTLS", 23, "530 5.7.0", []],
      ["submission", "MAIL before AUTH", 23, "530 5.7.0", ["--tls"]],
      [
        "submission",
        "AUTH",
        28,
        "535 5.7.8",
        ["--tls", "--auth", "PLAIN", "--auth-user", "alice", "--auth-password", "wrong"]
      ]
    ]
    for (const [place, phase, code, reply, args] of byFlags) {
      live(phase, (server) =>
        Effect.gen(function*() {
          const ran = yield* swaks(server[place], ...args)
          expect(ran.code).toBe(code)
          expect(ran.stdout).toContain(reply)
          expect(yield* server.kept).toEqual([])
        }))
    }

    it.scopedLive("the connection", () =>
      Effect.gen(function*() {
        const server = yield* RefusingServer.make({
          connect: () =>
            Effect.succeed(Verdict.reject(554, { subject: 7, detail: 1, text: "Not you" }))
        })
        const ran = yield* swaks(server.exchange)
        expect(ran.code).toBe(21)
        expect(ran.stdout).toContain("<** 554 5.7.1 Not you")
      }).pipe(Effect.provide(Machine.layer)))

    live("the certificate, which it refuses itself", (server) =>
      Effect.gen(function*() {
        const other = yield* RefusingServer.make()
        const { code } = yield* swaks(server.exchange, "--tls", ...tls(other))
        expect(code).toBe(29)
        expect(yield* server.kept).toEqual([])
      }))

    live("AUTH in clear text, which it is not offered", (server) =>
      Effect.gen(function*() {
        const ran = yield* swaks(server.submission, "--auth", "PLAIN", ...secret)
        expect(ran.code).toBe(28)
        expect(ran.stdout).toContain("250-STARTTLS")
        expect(ran.stdout).not.toContain("AUTH")
      }))
  })
})
