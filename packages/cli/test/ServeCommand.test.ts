import * as Spool from "@effect-smtp/cli/Spool"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as ProxyCodec from "@effect-smtp/wire/ProxyCodec"
import * as ProxyHeader from "@effect-smtp/wire/ProxyHeader"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { everything, platform, serve, smtp, workshop } from "./harness.js"

const enter = [Script.expect(/^220 /), Script.send("EHLO client.example")]
const through = (last: string | RegExp) => Script.expect(last)
const mail = [
  Script.send("MAIL FROM:<a@client.example>"),
  Script.expect(/^250 /),
  Script.send("RCPT TO:<b@mx.example>"),
  Script.expect(/^250 /),
  Script.send("DATA"),
  Script.expect(/^354 /)
]
/** The replies to EHLO on the port in clear text. */
const hello = [
  ...["localhost", "PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING", "ENHANCEDSTATUSCODES"],
  ...["SIZE 33554432", "LIMITS RCPTMAX=1000 MAILMAX=25000", "STARTTLS"]
].map((line) => Script.expect(`250-${line}`))
const opened = [...enter, ...hello, through("250 HELP")]

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

describe("ServeCommand", () => {
  describe("flags", () => {
    const wrong: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
      [["--port", "70000"], "--port wants a number from 0 to 65535"],
      [["--port", "many"], "not a integer"],
      [["--tls-port=-1"], "--tls-port wants a number from 0 to 65535"],
      [["--max-size", "0"], "--max-size wants a number from 1"],
      [["--hostname", "not a name"], "--hostname wants a domain or an address literal"],
      [["--cert", "cert.pem"], "--cert and --key go together"],
      [["--key", "key.pem"], "--cert and --key go together"],
      [["--discard", "--spool", "x"], "--discard keeps nothing"],
      [["--discard", "--dsn"], "--dsn promises notifications"],
      [["--require-auth"], "--require-auth without --user"],
      [["--submission-port", "0"], "--submission-port wants a login"],
      [["--lmtp-port", "65536"], "--lmtp-port wants a number from 0 to 65535"],
      [["--lmtp-port", "25"], "--lmtp-port 25: that is SMTP's"],
      [["--lmtp-socket", ""], "--lmtp-socket wants a path of 1 to 103 octets"],
      [["--lmtp-socket", `/run/${"\u00e9".repeat(50)}`], "octets, and got one of 105"],
      [["--require-auth", "--users-file", "x", "--lmtp-port", "0"], "--require-auth with LMTP"],
      [["--require-auth", "--users-file", "x", "--lmtp-socket", "y"], "--require-auth with LMTP"],
      [["--proxy-from", "proxy.example"], "--proxy-from wants an IP address"],
      [["--proxy-from", "unix"], "--proxy-from wants an IP address"],
      [["--proxy-from", "::1", "--proxy-from", "10.0.0.0/33"], "a prefix of 0 to 32 bits"],
      [["--password-file", "x"], "there is no --user"],
      [["--user", "alice"], "--user wants a name, and a password"],
      [["--user", ""], "--user wants a name, and a password"],
      [["--users-file", "x", "--user", "alice"], "--user is one user"],
      [["--users-file", "x", "--password-file", "y"], "there is no --user"],
      [["--on-message", "true", "--discard"], "--on-message has the messages"],
      [["--on-message", "true", "--spool", "x"], "--on-message has the messages"],
      [["--on-message-timeout", "0"], "--on-message-timeout wants a number of seconds"],
      [["--on-message-timeout", "241"], "--on-message-timeout wants at most 240 seconds"],
      [["--max-recipients", "0"], "--max-recipients wants a number from 1"],
      [["--max-connections", "x"], "not a integer"],
      [["--session-time=-1"], "--session-time wants a number of seconds"],
      [["--accept-domain", "not a name"], "--accept-domain wants a domain"],
      [["--log", "xml"], "logfmt, json"],
      [["--relay"], "--relay"],
      [["somewhere"], "somewhere"]
    ]
    it.live.each(wrong)(
      "says what is wrong with %j, and exits 2",
      ([args, text]) =>
        on(Effect.gen(function*() {
          const { code, err, out } = yield* smtp(["serve", ...args])
          expect(code).toBe(2)
          expect(err.join(" ")).toContain(text)
          expect(out).toEqual([])
        }))
    )
  })

  it.scopedLive("says in words that the spool is a file", () =>
    on(Effect.gen(function*() {
      const { cert } = yield* workshop
      const { code, err } = yield* smtp(["serve", "--spool", cert])
      expect(err).toEqual([`smtp: cannot use ${cert} as a spool: it is no directory`])
      expect(code).toBe(1)
    })))

  describe("dsn", () => {
    const asking = [
      Script.send("MAIL FROM:<a@client.example> RET=HDRS ENVID=one+2Btwo"),
      Script.expect(/^250 /),
      Script.send("RCPT TO:<b@mx.example> NOTIFY=success,delay ORCPT=rfc822;b+2Bx@mx.example"),
      Script.expect(/^250 /),
      Script.send("RCPT TO:<c@mx.example>"),
      Script.expect(/^250 /),
      Script.send("RCPT TO:<d@mx.example> NOTIFY=NEVER"),
      Script.expect(/^250 /),
      Script.send("DATA"),
      Script.expect(/^354 /),
      Script.send("text", "."),
      Script.expect(/^250 /)
    ]
    const offering = [
      ...hello.slice(0, 4),
      through("250-CHUNKING"),
      through("250-DSN"),
      ...hello.slice(5),
      through("250 HELP")
    ]

    it.scopedLive("is not offered unless told so, since somebody has to send notifications", () =>
      on(Effect.gen(function*() {
        const { spool } = yield* workshop
        const { plain } = yield* serve(["--spool", spool])
        yield* ScriptedPeer.dial(plain, [
          ...opened,
          Script.send("MAIL FROM:<a@client.example> RET=HDRS"),
          Script.expect("555 5.5.4 Parameter RET is not supported")
        ])
      })))

    it.scopedLive("is kept with the message for whoever takes it", () =>
      on(Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { spool } = yield* workshop
        const { plain } = yield* serve(["--spool", spool, "--dsn"])
        yield* ScriptedPeer.dial(plain, [...enter, ...offering, ...asking])
        const [name] = yield* Spool.list(spool)
        const { envelope } = yield* Spool.files(spool, name)
        expect(JSON.parse(yield* fs.readFileString(envelope))).toMatchObject({
          parameters: ["RET=HDRS", "ENVID=one+2Btwo"],
          to: ["b@mx.example", "c@mx.example", "d@mx.example"],
          toParameters: [
            ["NOTIFY=SUCCESS,DELAY", "ORCPT=rfc822;b+2Bx@mx.example"],
            [],
            ["NOTIFY=NEVER"]
          ]
        })
      })))

    it.scopedLive("is given to the command, decoded", () =>
      on(Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { directory } = yield* workshop
        const names = ["RET", "ENVID", "NOTIFY", "ORCPT"]
        const { plain } = yield* serve([
          "--dsn",
          "--on-message",
          names.map((name) => `echo "${name}=$SMTP_${name}" >> ${directory}/told`).join("\n")
        ])
        yield* ScriptedPeer.dial(plain, [...enter, ...offering, ...asking])
        expect(yield* fs.readFileString(`${directory}/told`)).toBe([
          "RET=HDRS",
          "ENVID=one+two",
          ...["NOTIFY=SUCCESS,DELAY", "", "NEVER"],
          ...["ORCPT=rfc822;b+x@mx.example", "", "", ""]
        ].join("\n"))
      })))
  })

  describe("log", () => {
    it.scopedLive("json: what is told at the start is a JSON value in each line, too", () =>
      on(Effect.gen(function*() {
        const { out, port } = yield* serve(["--discard", "--log", "json"])
        expect(out.map((line) => JSON.parse(line))).toMatchObject([
          { fact: "listening", port: Number(port), service: "STARTTLS" },
          { fact: "listening", service: "TLS" },
          { fact: "certificate" },
          { fact: "dropping" }
        ])
      })))
  })

  describe("limits", () => {
    it.scopedLive("are those of the flags, and announced", () =>
      on(Effect.gen(function*() {
        const { plain } = yield* serve([
          ...["--discard", "--max-recipients", "1", "--max-messages", "2"],
          ...["--max-connections", "5", "--session-time", "0.2"]
        ])
        yield* ScriptedPeer.dial(plain, [
          ...enter,
          ...hello.slice(0, 7),
          through("250-LIMITS RCPTMAX=1 MAILMAX=2"),
          ...hello.slice(8),
          through("250 HELP"),
          Script.expect("421 4.7.0 The time for this session is over")
        ])
      })))
  })

  describe("trace", () => {
    const field = new RegExp(
      "^Received: from client\\.example \\(\\[127\\.0\\.0\\.1\\]\\) by mx\\.example with ESMTP\\r\\n" +
        "\\tid \\S+ for <b@mx\\.example>;\\s+\\w{3}, \\d\\d \\w{3} \\d{4} [\\d:]{8} [+-]\\d{4}\\r\\n" +
        "Received: by client\\.example\\r\\n\\r\\ntext\\r\\n$"
    )
    const sent = "Received: by client.example\r\n\r\ntext\r\n"

    const deliver = (...args: ReadonlyArray<string>) =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { spool } = yield* workshop
        const { plain } = yield* serve(["--spool", spool, "--hostname", "mx.example", ...args])
        yield* ScriptedPeer.dial(plain, [
          Script.expect(/^220 /),
          Script.send("EHLO client.example"),
          Script.expect("250-mx.example"),
          ...hello.slice(1),
          through("250 HELP"),
          ...mail,
          Script.send(...sent.split("\r\n").slice(0, -1), "."),
          Script.expect(/^250 /)
        ])
        const [name] = yield* Spool.list(spool)
        const { message } = yield* Spool.files(spool, name)
        return yield* fs.readFileString(message)
      })

    it.scopedLive("begins each message with a Received field, which smtp trace can read", () =>
      on(Effect.gen(function*() {
        const stored = yield* deliver("--trace")
        expect(stored).toMatch(field)
        const { code, out } = yield* smtp(["trace", "-"], { stdin: stored })
        expect([code, out.length]).toEqual([0, 4])
        expect(out[2]).toMatch(/client\.example \[127\.0\.0\.1\] +mx\.example +ESMTP/)
      })))

    it.scopedLive("stores what was sent, octet by octet, unless told so", () =>
      on(Effect.gen(function*() {
        expect(yield* deliver()).toBe(sent)
      })))
  })

  describe("certificate", () => {
    it.scopedLive("uses the files it is given, and prints their fingerprint", () =>
      on(Effect.gen(function*() {
        const { cert, fingerprint, key } = yield* workshop
        const { out, port } = yield* serve(["--discard", "--cert", cert, "--key", key])
        expect(out).toContain(`certificate SHA-256 ${fingerprint}`)
        const sent = yield* smtp([
          ...["send", "--host", "127.0.0.1", "--port", port, "--tls", "starttls", "--ca", cert],
          ...["--from", "", "--to", "b@mx.example"]
        ])
        expect(sent.code).toBe(0)
      })))

    it.scopedLive("shows a renewed one without a restart", () =>
      on(Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { cert, key } = yield* workshop
        const renewed = yield* workshop
        const { port } = yield* serve(["--discard", "--cert", cert, "--key", key])
        yield* fs.rename(renewed.key, key)
        yield* fs.rename(renewed.cert, cert)
        const sent = yield* smtp([
          ...["send", "--host", "127.0.0.1", "--port", port, "--tls", "starttls", "--ca", cert],
          ...["--from", "", "--to", "b@mx.example"]
        ])
        expect(sent).toMatchObject({ code: 0, err: [] })
      })))

    it.scopedLive("exits 1, in one line, when a file is missing, is none, or is another's", () =>
      on(Effect.gen(function*() {
        const one = yield* workshop
        const other = yield* workshop
        const cases = [
          ["/nowhere/cert.pem", one.key, "cannot use /nowhere/cert.pem as a certificate"],
          [one.password, one.key, `cannot use ${one.password} as a certificate`],
          [one.cert, one.password, `cannot use ${one.password} as a private key`],
          [one.cert, other.key, `it is not the key of ${one.cert}`]
        ]
        for (const [cert, key, text] of cases) {
          const { code, err } = yield* smtp(["serve", "--cert", cert, "--key", key])
          expect(code).toBe(1)
          expect(err).toHaveLength(1)
          expect(err[0]).toContain(text)
        }
      })))
  })

  describe("ports", () => {
    it.scopedLive("exits 1, in one line, when a port is taken", () =>
      on(Effect.gen(function*() {
        const { port } = yield* serve(["--discard"])
        const { code, err } = yield* smtp(["serve", "--discard", "--port", port, "--tls-port", "0"])
        expect(code).toBe(1)
        expect(err).toHaveLength(1)
        expect(err[0]).toContain("EADDRINUSE")
      })))

    it.scopedLive("wants STARTTLS, then AUTH, before MAIL on the submission port", () =>
      on(Effect.gen(function*() {
        const { cert, key, password, spool } = yield* workshop
        const { submission } = yield* serve([
          ...["--submission-port", "0", "--spool", spool, "--cert", cert, "--key", key],
          ...["--user", "alice", "--password-file", password]
        ])
        const endpoint = Option.getOrThrow(submission)
        yield* ScriptedPeer.dial(endpoint, [
          ...opened,
          Script.send("MAIL FROM:<a@client.example>"),
          Script.expect("530 5.7.0 Must issue a STARTTLS command first"),
          Script.send("QUIT"),
          Script.expect(/^221 /)
        ])
        const port = endpoint._tag === "Tcp" ? String(endpoint.port) : ""
        const args = [
          ...["send", "--host", "127.0.0.1", "--port", port, "--tls", "starttls", "--ca", cert],
          ...["--from", "a@client.example", "--to", "b@mx.example"]
        ]
        const anonymous = yield* smtp(args)
        expect(anonymous.code).toBe(1)
        expect(anonymous.out).toEqual(["refused b@mx.example 530 5.7.0 Authentication required"])
        const known = yield* smtp([...args, "--user", "alice", "--password-file", password])
        expect(known.code).toBe(0)
        const [name] = yield* Spool.list(spool)
        const { envelope } = yield* Spool.files(spool, name)
        const fs = yield* FileSystem.FileSystem
        expect(JSON.parse(yield* fs.readFileString(envelope)).client.user).toBe("alice")
      })))

    it.scopedLive("lets in the users of a file, as it is when they come", () =>
      on(Effect.gen(function*() {
        const { directory, password } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const users = `${directory}/users`
        yield* fs.writeFileString(users, "# nobody yet\n")
        const { out, tlsPort } = yield* serve(
          ["--discard", "--require-auth", "--users-file", users]
        )
        expect(out).toContain(`users in ${users}`)
        const send = smtp([
          ...["send", "--port", tlsPort, "--tls", "implicit", "--insecure", "--host", "127.0.0.1"],
          ...["--from", "", "--to", "b@mx.example", "--user", "alice", "--password-file", password]
        ])
        const stranger = yield* send
        expect(stranger.code).toBe(1)
        expect(stranger.err.join(" ")).toContain("535 5.7.8 Authentication credentials invalid")
        const { out: [line = ""] } = yield* smtp(
          ["hash-password", "alice"],
          { stdin: "open sesame\n" }
        )
        yield* fs.writeFileString(users, `${line}\n`)
        expect((yield* send).code).toBe(0)
      })))

    it.scopedLive("offers SCRAM while all users of the file have keys for it", () =>
      on(Effect.gen(function*() {
        const { directory, password } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const users = `${directory}/users`
        const stdin = "open sesame\n"
        const keys = yield* smtp(["hash-password", "--scram", "alice"], { stdin })
        yield* fs.writeFileString(users, keys.out.map((line) => `${line}\n`).join(""))
        const { tlsPort } = yield* serve(
          ["--discard", "--require-auth", "--users-file", users]
        )
        const send = (port: string, mechanism: string) =>
          smtp([
            ...["send", "--port", port, "--tls", "implicit", "--insecure", "--host", "127.0.0.1"],
            ...["--from", "", "--to", "b@mx.example", "--user", "alice", "--auth", mechanism],
            ...["--password-file", password]
          ])
        const mechanisms = [
          ...["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"],
          ...["PLAIN", "LOGIN"]
        ]
        for (const mechanism of mechanisms) {
          expect([mechanism, (yield* send(tlsPort, mechanism)).code]).toEqual([mechanism, 0])
        }
        yield* fs.writeFileString(password, "not sesame")
        for (const mechanism of ["SCRAM-SHA-256", "PLAIN"]) {
          const { err } = yield* send(tlsPort, mechanism)
          expect(err.join(" ")).toContain("535 5.7.8 Authentication credentials invalid")
        }
        yield* fs.writeFileString(password, "open sesame")
        const hashed = yield* smtp(["hash-password", "bob"], { stdin })
        yield* fs.writeFileString(users, [...keys.out, ...hashed.out, ""].join("\n"))
        const refused = yield* send(tlsPort, "SCRAM-SHA-256")
        expect(refused.code).toBe(1)
        expect(refused.err.join(" ")).toContain("SCRAM-SHA-256")
        expect((yield* send(tlsPort, "PLAIN")).code).toBe(0)
        yield* fs.writeFileString(users, [...keys.out, ""].join("\n"))
        expect((yield* send(tlsPort, "SCRAM-SHA-256")).code).toBe(0)
      })))

    it.scopedLive("exits 1, in one line, when the file of users is none", () =>
      on(Effect.gen(function*() {
        const { cert } = yield* workshop
        for (
          const [file, text] of [
            [cert, `cannot use ${cert} as a users file: line 1: expected a name and a colon`],
            ["/nowhere/users", "as a users file: expected a file that can be read (ENOENT)"]
          ] as const
        ) {
          const { code, err } = yield* smtp(["serve", "--discard", "--users-file", file])
          expect([code, err.length]).toEqual([1, 1])
          expect(err[0]).toContain(text)
        }
      })))

    it.scopedLive("takes mail from nobody but the user with --require-auth", () =>
      on(Effect.gen(function*() {
        const given = { variables: { SMTP_PASSWORD: "open sesame" } }
        const { port, tlsPort } = yield* serve(
          ["--discard", "--require-auth", "--user", "alice"],
          given
        )
        const to = ["--from", "", "--to", "b@mx.example", "--host", "127.0.0.1", "--insecure"]
        const refused = ["refused b@mx.example 530 5.7.0 Authentication required"]
        const one = yield* smtp(["send", "--port", port, ...to])
        expect([one.code, one.out]).toEqual([1, refused])
        const two = yield* smtp(["send", "--port", tlsPort, "--tls", "implicit", ...to])
        expect([two.code, two.out]).toEqual([1, refused])
        const three = yield* smtp(
          ["send", "--port", tlsPort, "--tls", "implicit", "--user", "alice", ...to],
          given
        )
        expect(three.code).toBe(0)
        expect(three.out).toEqual(["accepted b@mx.example 250 2.0.0 Dropped"])
      })))
  })

  describe("LMTP", () => {
    it.scopedLive("takes mail on a Unix socket, and on a port", () =>
      on(Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { directory, spool } = yield* workshop
        const socket = `${directory}/lmtp`
        const { out, stop } = yield* serve([
          ...["--spool", spool, "--lmtp-port", "0", "--lmtp-socket", socket]
        ])
        expect(out).toContain(`listening on unix:${socket} (LMTP)`)
        const port = /:(\d+) \(LMTP\)$/.exec(out[2] ?? "")?.[1] ?? ""
        const people = ["--from", "", "--to", "b@mx.example", "--to", "c@mx.example"]
        const places = [["--socket", socket], ["--port", port, "--host", "127.0.0.1"]]
        for (const place of places) {
          const sent = yield* smtp(["send", "--lmtp", ...place, ...people], {
            stdin: "Subject: x\n\ntext\n"
          })
          expect(sent).toMatchObject({ code: 0, err: [] })
          expect(sent.out).toEqual([
            expect.stringMatching(/^accepted b@mx\.example 250 2\.0\.0 Queued as /),
            expect.stringMatching(/^accepted c@mx\.example 250 2\.0\.0 Queued as /)
          ])
        }
        const names = yield* Spool.list(spool)
        expect(names).toHaveLength(2)
        for (const name of names) {
          const { envelope, message } = yield* Spool.files(spool, name)
          expect(yield* fs.readFileString(message)).toBe("Subject: x\r\n\r\ntext\r\n")
          expect(JSON.parse(yield* fs.readFileString(envelope))).toMatchObject({
            to: ["b@mx.example", "c@mx.example"],
            client: { protocol: "LMTP", tls: null }
          })
        }
        expect(yield* stop).toBe(0)
        expect(yield* fs.exists(socket)).toBe(false)
      })))

    it.scopedLive("exits 1, in one line, when the file of the socket is another's", () =>
      on(Effect.gen(function*() {
        const { cert } = yield* workshop
        const free = ["--port", "0", "--tls-port", "0"]
        const { code, err } = yield* smtp(["serve", "--discard", ...free, "--lmtp-socket", cert])
        expect([code, err.length]).toEqual([1, 1])
        expect(err[0]).toContain("EADDRINUSE")
      })))
  })

  describe("proxies", () => {
    const header = Either.getOrThrow(ProxyCodec.encode(
      ProxyHeader.Inet({
        transport: "Stream",
        source: { host: "192.0.2.7", port: 56324 },
        destination: { host: "198.51.100.2", port: 25 },
        tlvs: []
      })
    ))

    it.scopedLive("are believed who the client is, and have to say it", () =>
      on(Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { spool } = yield* workshop
        const { out, plain } = yield* serve([
          ...["--spool", spool, "--proxy-from", "2001:db8::/32", "--proxy-from", "127.0.0.0/8"]
        ])
        expect(out).toContain("PROXY headers from 2001:db8::/32")
        expect(out).toContain("PROXY headers from 127.0.0.0/8")
        yield* ScriptedPeer.dial(plain, [
          Script.sendBytes(header),
          ...opened,
          ...mail,
          Script.send("text", "."),
          Script.expect(/^250 2\.0\.0 Queued as /),
          Script.send("QUIT"),
          Script.expect(/^221 /)
        ])
        const [name] = yield* Spool.list(spool)
        const { envelope } = yield* Spool.files(spool, name)
        expect(JSON.parse(yield* fs.readFileString(envelope)).client.remote).toBe("192.0.2.7:56324")
        yield* ScriptedPeer.dial(plain, [Script.send("EHLO client.example"), Script.expectEnd])
      })))

    it.scopedLive("are none but those: another is a client, with or without a header", () =>
      on(Effect.gen(function*() {
        const { plain } = yield* serve(["--discard", "--proxy-from", "192.0.2.0/24"])
        yield* ScriptedPeer.dial(plain, [
          ...opened,
          Script.send("PROXY TCP4 192.0.2.7 198.51.100.2 56324 25"),
          Script.expect(/^500 /),
          Script.send("QUIT"),
          Script.expect(/^221 /)
        ])
      })))
  })

  describe("storage", () => {
    it.scopedLive("refuses a message over --max-size, and keeps nothing of it", () =>
      on(Effect.gen(function*() {
        const { spool } = yield* workshop
        const { plain, stop } = yield* serve(["--spool", spool, "--max-size", "10"])
        yield* ScriptedPeer.dial(plain, [
          ...enter,
          ...hello.slice(0, 6),
          Script.expect("250-SIZE 10"),
          ...hello.slice(7),
          through("250 HELP"),
          ...mail,
          Script.send("twelve bytes and more", "."),
          Script.expect("552 5.3.4 Message size exceeds the fixed limit"),
          Script.send("QUIT"),
          Script.expect(/^221 /)
        ])
        yield* stop
        expect(yield* everything(spool)).toEqual(["tmp"])
      })))

    it.scopedLive("keeps nothing of a client that vanishes in the middle", () =>
      on(Effect.gen(function*() {
        const { spool } = yield* workshop
        const { plain, stop } = yield* serve(["--spool", spool])
        const part = "x".repeat(998)
        const script = [...opened, ...mail, Script.send(...Array.from({ length: 100 }, () => part))]
        yield* ScriptedPeer.dial(plain, [...script, Script.reset])
        yield* ScriptedPeer.dial(plain, [...script, Script.close])
        expect(yield* stop).toBe(0)
        expect(yield* everything(spool)).toEqual(["tmp"])
      })))

    it.scopedLive("answers 451, and not 250, when the spool cannot be written", () =>
      on(Effect.gen(function*() {
        const { spool } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const { plain } = yield* serve(["--spool", spool])
        yield* fs.remove(spool, { recursive: true })
        yield* ScriptedPeer.dial(plain, [
          ...opened,
          ...mail,
          Script.send("text", "."),
          Script.expect("451 4.3.0 Local error in processing"),
          Script.send("QUIT"),
          Script.expect(/^221 /)
        ])
      })))

    it.scopedLive("exits 1, in one line, when the spool cannot be made", () =>
      on(Effect.gen(function*() {
        const { cert } = yield* workshop
        const { code, err } = yield* smtp(["serve", "--spool", `${cert}/spool`])
        expect(code).toBe(1)
        expect(err).toHaveLength(1)
        expect(err[0]).toContain(cert)
      })))
  })

  describe("stopping", () => {
    it.scopedLive("lets a transaction finish, sends the idle away with 421, and is 0", () =>
      on(Effect.gen(function*() {
        const { spool } = yield* workshop
        const { plain, stop } = yield* serve(["--spool", spool])
        const begun = yield* Deferred.make<void>()
        const idle = yield* Deferred.make<void>()
        const stopping = yield* Deferred.make<void>()
        const sender = yield* Effect.fork(ScriptedPeer.dial(plain, [
          ...opened,
          ...mail,
          Script.send("half"),
          Script.wait(
            "the stop",
            Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(stopping))
          ),
          Script.send("the other half", "."),
          Script.expect(/^250 2\.0\.0 Queued as /),
          Script.expect("421 4.3.2 Shutting down"),
          Script.expectEnd
        ]))
        const waiting = yield* Effect.fork(ScriptedPeer.dial(plain, [
          ...opened,
          Script.wait("being idle", Effect.asVoid(Deferred.succeed(idle, undefined))),
          Script.expect("421 4.3.2 Shutting down"),
          Script.expectEnd
        ]))
        yield* Deferred.await(begun)
        yield* Deferred.await(idle)
        const stopped = yield* Effect.fork(stop)
        yield* Fiber.join(waiting)
        const late = yield* Effect.flip(ScriptedPeer.dial(plain, opened))
        expect(late.message).toContain("ECONNREFUSED")
        yield* Deferred.succeed(stopping, undefined)
        yield* Fiber.join(sender)
        expect(yield* Fiber.join(stopped)).toBe(0)
        expect(yield* Spool.list(spool)).toHaveLength(1)
      })))
  })
})
