import * as Spool from "@effect-smtp/cli/Spool"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { platform, serve, smtp, workshop } from "./harness.js"

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

const people = ["--from", "a@client.example", "--to", "b@mx.example", "--to", "c@mx.example"]

/** Runs the command against a server made of one script, on a real socket. */
const against = (script: Script.Script, args: ReadonlyArray<string>) =>
  ScriptedPeer.against(
    { endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }), scripts: [script] },
    (endpoint) =>
      smtp([
        ...["send", "--host", "127.0.0.1"],
        ...["--port", endpoint._tag === "Tcp" ? String(endpoint.port) : "", ...args]
      ], { stdin: "Subject: x\n\ntext\n", variables: { SMTP_PASSWORD: "open sesame" } })
  )

const opened = [
  Script.send("220 mx.example"),
  Script.expect(/^EHLO /),
  Script.send("250 mx.example")
]
const quit = [Script.expect("QUIT"), Script.send("221 bye")]
const withReplies = (mail: string, one: string, two: string) => [
  ...opened,
  Script.expect("MAIL FROM:<a@client.example>"),
  Script.send(mail),
  Script.expect("RCPT TO:<b@mx.example>"),
  Script.send(one),
  Script.expect("RCPT TO:<c@mx.example>"),
  Script.send(two)
]
const text = [
  Script.expect("DATA"),
  Script.send("354 go"),
  Script.expectData("Subject: x\r\n\r\ntext\r\n")
]
const reset = [Script.expect("RSET"), Script.send("250 ok")]

describe("SendCommand", () => {
  describe("with a server of our own", () => {
    it.scopedLive("F1, F7: delivers over STARTTLS and AUTH with a transcript, exits 0, and hides the password", () =>
      on(Effect.gen(function*() {
        const { cert, directory, key, password, spool } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const { port } = yield* serve([
          ...["--spool", spool, "--cert", cert, "--key", key],
          ...["--user", "alice", "--password-file", password]
        ])
        const file = `${directory}/message.eml`
        yield* fs.writeFileString(file, "Subject: grüße\n\n.\n..two\r\nno end")
        const { code, err, out } = yield* smtp([
          ...["send", "--host", "127.0.0.1", "--port", port, "--ca", cert, "--transcript"],
          ...["--user", "alice", "--password-file", password, "--hello", "client.example"],
          ...[...people, file]
        ])
        const [name] = yield* Spool.list(spool)
        const { envelope, message } = yield* Spool.files(spool, name)
        expect(yield* fs.readFileString(message)).toBe(
          "Subject: grüße\r\n\r\n.\r\n..two\r\nno end\r\n"
        )
        expect(JSON.parse(yield* fs.readFileString(envelope))).toMatchObject({
          from: "a@client.example",
          to: ["b@mx.example", "c@mx.example"],
          size: 38,
          client: { name: "client.example", tls: "TLSv1.3", user: "alice" }
        })
        expect(out).toEqual([
          `accepted b@mx.example 250 2.0.0 Queued as ${name}`,
          `accepted c@mx.example 250 2.0.0 Queued as ${name}`
        ])
        expect(code).toBe(0)
        expect(err).toContain("C: STARTTLS")
        expect(err).toContain("C: AUTH SCRAM-SHA-256-PLUS <redacted>")
        expect(err.join("\n")).not.toContain("sesame")
        expect(err.join("\n")).not.toContain(btoa("\0alice\0open sesame"))
      })))

    it.scopedLive("delivers a message of many chunks byte for byte", () =>
      on(Effect.gen(function*() {
        const { directory, spool } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const { port } = yield* serve(["--spool", spool])
        const file = `${directory}/message.eml`
        const line = (n: number) =>
          String.fromCharCode(...Array.from({ length: n % 998 }, (_, i) => 32 + (i * n) % 95))
        const text = "Subject: grüße\r\n\r\n" +
          Array.from({ length: 4000 }, (_, n) => `${n % 3 === 0 ? "." : ""}${line(n)}\r\n`).join("")
        yield* fs.writeFileString(file, text)
        const { code } = yield* smtp([
          ...["send", "--host", "127.0.0.1", "--port", port, ...people, file]
        ])
        expect(code).toBe(0)
        const [name] = yield* Spool.list(spool)
        const { message } = yield* Spool.files(spool, name)
        expect((yield* fs.readFileString(message)) === text).toBe(true)
      })))

    it.scopedLive("logs in with the mechanism it is told, and hides that, too", () =>
      on(Effect.gen(function*() {
        const { password } = yield* workshop
        const { tlsPort } = yield* serve([
          ...["--discard", "--require-auth", "--user", "alice", "--password-file", password]
        ])
        const { code, err } = yield* smtp([
          ...["send", "--host", "127.0.0.1", "--port", tlsPort, "--tls", "implicit"],
          ...["--insecure", "--transcript", "--auth", "LOGIN"],
          ...["--user", "alice", "--password-file", password, ...people]
        ])
        expect(code).toBe(0)
        expect(err).toContain("C: AUTH LOGIN")
        expect(err.join("\n")).not.toContain(btoa("open sesame"))
        expect(err[0]).toContain("--insecure")
      })))

    it.scopedLive("exits 1 with a wrong password, and says that it is one", () =>
      on(Effect.gen(function*() {
        const { password } = yield* workshop
        const { tlsPort } = yield* serve([
          ...["--discard", "--user", "alice", "--password-file", password]
        ])
        const { code, err, out } = yield* smtp([
          ...["send", "--host", "127.0.0.1", "--port", tlsPort, "--tls", "implicit"],
          ...["--insecure", "--user", "alice", ...people]
        ], { variables: { SMTP_PASSWORD: "wrong" } })
        expect(code).toBe(1)
        expect(out[0]).toContain("refused b@mx.example Auth: SCRAM-SHA-256-PLUS: 535 5.7.8")
        expect(err.join("\n")).toContain("535 5.7.8")
      })))

    it.scopedLive("exits 1 when the server's certificate is not to be trusted", () =>
      on(Effect.gen(function*() {
        const { port, tlsPort } = yield* serve(["--discard"])
        for (
          const tls of [["--port", tlsPort, "--tls", "implicit"], [
            "--port",
            port,
            "--tls",
            "starttls"
          ]]
        ) {
          const { code, err } = yield* smtp(["send", "--host", "127.0.0.1", ...tls, ...people])
          expect(code).toBe(1)
          expect(err.join("\n")).toContain("self-signed certificate")
        }
      })))

    it.scopedLive("F1: trusts the certificates of a directory", () =>
      on(Effect.gen(function*() {
        const { cert, directory, identity, key } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const { tlsPort } = yield* serve(["--discard", "--cert", cert, "--key", key])
        const authorities = `${directory}/authorities`
        yield* fs.makeDirectory(`${authorities}/more`, { recursive: true })
        yield* fs.writeFileString(`${authorities}/README`, "nothing")
        const send = smtp([
          ...["send", "--host", `127.0.0.1:${tlsPort}`, "--tls", "implicit"],
          ...["--ca", authorities, ...people]
        ])
        const { code, err } = yield* send
        expect(err.join()).toContain("expected a file with some in it")
        expect(code).toBe(1)
        yield* fs.writeFileString(`${authorities}/ca.pem`, identity.certificate)
        yield* fs.writeFileString(`${authorities}/same.pem`, identity.certificate)
        expect((yield* send).code).toBe(0)
      })))

    it.scopedLive("accepts any certificate where clear text would do, unless there is a --ca", () =>
      on(Effect.gen(function*() {
        const other = yield* workshop
        const { port } = yield* serve(["--discard"])
        const args = ["send", "--host", "127.0.0.1", "--port", port, ...people]
        expect((yield* smtp(args)).code).toBe(0)
        expect((yield* smtp([...args, "--ca", other.cert])).code).toBe(1)
      })))
  })

  describe("a Unix socket", () => {
    const saved = [
      Script.send("220 mx.example LMTP"),
      Script.expect("LHLO [127.0.0.1]"),
      Script.send("250 mx.example"),
      ...withReplies("250 ok", "250 ok", "250 ok").slice(opened.length),
      ...text,
      Script.send("250 2.0.0 Saved", "452 4.2.2 Over quota"),
      ...quit
    ]

    it.scopedLive("is where LMTP goes", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const path = `${directory}/lmtp`
        const { code, out } = yield* ScriptedPeer.against(
          { endpoint: Endpoint.Unix({ path }), scripts: [saved] },
          () =>
            smtp(["send", "--lmtp", "--socket", path, ...people], {
              stdin: "Subject: x\n\ntext\n"
            })
        )
        expect(out).toEqual([
          "accepted b@mx.example 250 2.0.0 Saved",
          "deferred c@mx.example 452 4.2.2 Over quota"
        ])
        expect(code).toBe(75)
      })))

    it.scopedLive("can be protected, and --host names the certificate", () =>
      on(Effect.gen(function*() {
        const { cert, directory, identity } = yield* workshop
        const path = `${directory}/smtp`
        const { code } = yield* ScriptedPeer.against(
          {
            endpoint: Endpoint.Unix({ path }),
            scripts: [[
              Script.startTls(Tls.server({ identity })),
              ...withReplies("250 ok", "250 ok", "250 ok"),
              ...text,
              Script.send("250 ok"),
              ...quit
            ]]
          },
          () =>
            smtp([
              ...["send", "--socket", path, "--host", "127.0.0.1"],
              ...["--tls", "implicit", "--ca", cert, ...people]
            ], { stdin: "Subject: x\n\ntext\n" })
        )
        expect(code).toBe(0)
      })))

    it.scopedLive("that is not there is 75", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const { code, out } = yield* smtp(["send", "--socket", `${directory}/none`, ...people])
        expect(code).toBe(75)
        expect(out[0]).toContain("deferred b@mx.example Connect: ")
      })))
  })

  describe("LMTP", () => {
    it.live("tells what the server says of each recipient's copy", () =>
      on(Effect.gen(function*() {
        const { code, out } = yield* against([
          Script.send("220 mx.example LMTP"),
          Script.expect(/^LHLO /),
          Script.send("250 mx.example"),
          ...withReplies("250 ok", "250 ok", "250 ok").slice(opened.length),
          ...text,
          Script.send("250 2.0.0 Saved", "452 4.2.2 Over quota"),
          ...quit
        ], [...people, "--lmtp"])
        expect(out).toEqual([
          "accepted b@mx.example 250 2.0.0 Saved",
          "deferred c@mx.example 452 4.2.2 Over quota"
        ])
        expect(code).toBe(75)
      })))
  })

  describe("login", () => {
    const offering = (mechanisms: string) => [
      Script.send("220 mx.example"),
      Script.expect(/^EHLO /),
      Script.send("250-mx.example", `250 AUTH ${mechanisms}`)
    ]
    const rest = [
      Script.send("235 welcome"),
      ...withReplies("250 ok", "250 ok", "250 ok").slice(opened.length),
      ...text,
      Script.send("250 ok"),
      ...quit
    ]
    const clear = [...people, "--tls", "none", "--insecure"]

    it.live("F6: uses the strongest mechanism on offer", () =>
      on(Effect.gen(function*() {
        const { code } = yield* against([
          ...offering("PLAIN LOGIN CRAM-MD5"),
          Script.expect("AUTH CRAM-MD5"),
          Script.send(`334 ${btoa("<1@mx.example>")}`),
          Script.expect(/^YWxpY2Ug/),
          ...rest
        ], [...clear, "--user", "alice"])
        expect(code).toBe(0)
      })))

    it.scopedLive("shows a token from a file, and hides it from the transcript", () =>
      on(Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const file = yield* fs.makeTempFileScoped()
        yield* fs.writeFileString(file, "t0ken\n")
        const secret = btoa("user=alice\u0001auth=Bearer t0ken\u0001\u0001")
        const { code, err } = yield* against(
          [...offering("PLAIN XOAUTH2"), Script.expect(`AUTH XOAUTH2 ${secret}`), ...rest],
          [...clear, "--transcript", "--user", "alice", "--token-file", file]
        )
        expect(code).toBe(0)
        expect(err.join("\n")).not.toContain(secret)
      })))

    it.live("needs nothing but --auth to be nobody", () =>
      on(Effect.gen(function*() {
        const { code } = yield* against(
          [...offering("ANONYMOUS"), Script.expect("AUTH ANONYMOUS ="), ...rest],
          [...people, "--tls", "none", "--auth", "ANONYMOUS"]
        )
        expect(code).toBe(0)
      })))

    it.scopedLive("proves itself by a client certificate", () =>
      on(Effect.gen(function*() {
        const server = yield* workshop
        const client = yield* workshop
        const { code } = yield* against([
          Script.startTls(Tls.server({
            identity: server.identity,
            clientCertificate: "required",
            ca: [client.identity.certificate]
          })),
          ...offering("EXTERNAL"),
          Script.expect("AUTH EXTERNAL ="),
          ...rest
        ], [
          ...[...people, "--tls", "implicit", "--ca", server.cert, "--auth", "EXTERNAL"],
          ...["--client-cert", client.cert, "--client-key", client.key]
        ])
        expect(code).toBe(0)
      })))

    it.live("exits 1 when the mechanism is not on offer", () =>
      on(Effect.gen(function*() {
        const { code, err } = yield* against(
          [...offering("PLAIN"), ...quit],
          [...clear, "--user", "alice", "--auth", "SCRAM-SHA-256"]
        )
        expect(code).toBe(1)
        expect(err.join("\n")).toContain("the server offers PLAIN")
      })))
  })

  describe("the sender", () => {
    it.live("F4: may be of any domain, whatever the server is called", () =>
      on(Effect.gen(function*() {
        const { code } = yield* against([
          Script.send("220 mail.elsewhere.example"),
          ...opened.slice(1),
          Script.expect("MAIL FROM:<someone@unrelated.example>"),
          Script.send("250 ok"),
          Script.expect("RCPT TO:<b@mx.example>"),
          Script.send("250 ok"),
          ...text,
          Script.send("250 ok"),
          ...quit
        ], ["--from", "someone@unrelated.example", "--to", "b@mx.example"])
        expect(code).toBe(0)
      })))
  })

  describe("JSON", () => {
    it.live("tells what became of each recipient, and the exit code", () =>
      on(Effect.gen(function*() {
        const { code, out } = yield* against([
          ...withReplies("250 ok", "250 ok", "550 5.1.1 No such mailbox"),
          ...text,
          Script.send("250 2.0.0 Queued as 1"),
          ...quit
        ], [...people, "--json"])
        expect(JSON.parse(out.join("\n"))).toEqual({
          code: 1,
          messageId: null,
          recipients: [
            { address: "b@mx.example", became: "accepted", reason: "250 2.0.0 Queued as 1" },
            { address: "c@mx.example", became: "refused", reason: "550 5.1.1 No such mailbox" }
          ]
        })
        expect(code).toBe(1)
      })))

    it.live("tells of a failure, too, and how a composed message is called", () =>
      on(Effect.gen(function*() {
        const { code, err, out } = yield* against(
          [Script.send("421 4.3.2 not now"), Script.close],
          [...people, "--json", "--subject", "x"]
        )
        const report = JSON.parse(out.join("\n"))
        expect(report).toMatchObject({ code: 75, recipients: [{ became: "deferred" }, {}] })
        expect(report.messageId).toMatch(/^<.+@client\.example>$/)
        expect(err[0]).toContain("421 4.3.2 not now")
        expect(code).toBe(75)
      })))
  })

  describe("exit codes", () => {
    it.live("is 1 when one recipient is refused for good, and the others get the message", () =>
      on(Effect.gen(function*() {
        const { code, out } = yield* against([
          ...withReplies("250 ok", "250 ok", "550 5.1.1 No such mailbox"),
          ...text,
          Script.send("250 2.0.0 Queued as 1"),
          ...quit
        ], people)
        expect(out).toEqual([
          "accepted b@mx.example 250 2.0.0 Queued as 1",
          "refused c@mx.example 550 5.1.1 No such mailbox"
        ])
        expect(code).toBe(1)
      })))

    it.live("is 75 when the recipients that are refused may be accepted later", () =>
      on(Effect.gen(function*() {
        const { code, out } = yield* against([
          ...withReplies("250 ok", "450 4.2.1 Busy", "450 4.2.1 Busy"),
          ...reset,
          ...quit
        ], people)
        expect(out).toEqual([
          "deferred b@mx.example 450 4.2.1 Busy",
          "deferred c@mx.example 450 4.2.1 Busy"
        ])
        expect(code).toBe(75)
      })))

    it.live("is 1 when some may be accepted later, and some never", () =>
      on(Effect.gen(function*() {
        const { code } = yield* against([
          ...withReplies("250 ok", "450 4.2.1 Busy", "550 5.1.1 No such mailbox"),
          ...reset,
          ...quit
        ], people)
        expect(code).toBe(1)
      })))

    it.live("is 75 for a message that is refused for now, and 1 for one that is refused", () =>
      on(Effect.gen(function*() {
        const script = (reply: string) => [
          ...withReplies("250 ok", "250 ok", "250 ok"),
          ...text,
          Script.send(reply),
          ...quit
        ]
        const now = yield* against(script("452 4.3.1 Full"), people)
        expect([now.code, now.out[0]]).toEqual([75, "deferred b@mx.example 452 4.3.1 Full"])
        const ever = yield* against(script("554 5.6.0 Spam"), people)
        expect([ever.code, ever.out[1]]).toEqual([1, "refused c@mx.example 554 5.6.0 Spam"])
      })))

    it.live("is 75 when nobody listens, and when the server is leaving", () =>
      on(Effect.gen(function*() {
        const nobody = yield* smtp(["send", "--host", "127.0.0.1", "--port", "1", ...people])
        expect(nobody.code).toBe(75)
        expect(nobody.out[0]).toContain("deferred b@mx.example Connect: ")
        const leaving = yield* against([Script.send("421 4.3.2 Closing"), Script.close], people)
        expect(leaving.code).toBe(75)
        expect(leaving.out[0]).toBe("deferred b@mx.example 421 4.3.2 Closing")
      })))

    it.live("is 1 when the server offers no STARTTLS and it is insisted on", () =>
      on(Effect.gen(function*() {
        const { code, err } = yield* against([...opened, ...quit], [...people, "--tls", "starttls"])
        expect(code).toBe(1)
        expect(err.join("\n")).toContain("does not offer STARTTLS")
      })))

    it.live("is 75 when time runs out", () =>
      on(Effect.gen(function*() {
        const { code, err, out } = yield* against(
          [Script.expectEnd],
          [...people, "--timeout", "0.1"]
        )
        expect(code).toBe(75)
        expect(out[0]).toBe("deferred b@mx.example not done within 100ms")
        expect(err.join("\n")).toContain("nothing was delivered; trying later can help")
      })))

    it.live("is 1 when a file cannot be read", () =>
      on(Effect.gen(function*() {
        const to = ["send", "--host", "127.0.0.1", "--port", "1", ...people]
        const cases = [["/nowhere/message.eml"], ["--ca", "/nowhere/ca.pem"]]
        for (
          const args of [...cases, ["--user", "alice", "--password-file", "/nowhere/password"]]
        ) {
          const { code, err } = yield* smtp([...to, ...args])
          expect(code).toBe(1)
          expect(err).toHaveLength(1)
          expect(err[0]).toContain("/nowhere/")
        }
      })))

    const wrong: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
      [["--from", "a@b.example"], "--to"],
      [["--to", "a@b.example"], "--from"],
      [[...people, "--port", "0"], "--port wants a number from 1 to 65535"],
      [[...people, "--lmtp"], "--lmtp wants a --socket"],
      [[...people, "--lmtp", "--port", "25"], "--lmtp wants a --socket"],
      [[...people, "--socket", "/lmtp", "--port", "24"], "--socket and --port"],
      [[...people, "--tls", "maybe"], "implicit, starttls"],
      [[...people, "--timeout", "0"], "--timeout wants a number of seconds"],
      [[...people, "--hello", "not a name"], "--hello wants a domain"],
      [[...people, "--to", "not an address"], "bad address"],
      [["--from", "x\r\nDATA@z.example", "--to", "a@b.example"], "bad address"],
      [[...people, "--auth", "PLAIN"], "there is no --user"],
      [[...people, "--auth", "DIGEST-MD5"], "SCRAM-SHA-256"],
      [[...people, "--password-file", "x"], "there is no --user"],
      [[...people, "--token-file", "x"], "there is no --user"],
      [[...people, "--client-cert", "x"], "--client-key go together"],
      [[...people, "--user", "alice"], "--user wants a name, and a password"],
      [[...people, "--ca", "/dev/null", "--insecure"], "trust everybody"],
      [[...people, "--ca", "/dev/null", "--tls", "none"], "--tls none is without"],
      [[...people, "one.eml", "two.eml"], "two.eml"]
    ]
    it.live.each(wrong)("is 2 for wrong use: %j", ([args, part]) =>
      on(Effect.gen(function*() {
        const { code, err, out } = yield* smtp(["send", ...args])
        expect(code).toBe(2)
        expect(err.join(" ")).toContain(part)
        expect(out).toEqual([])
      })))
  })

  describe("variables", () => {
    const opening = [
      ...withReplies("250 ok", "250 ok", "250 ok"),
      ...text,
      Script.send("250 ok"),
      ...quit
    ]

    /** Without a host on the command line; the URL is made of the server's endpoint. */
    const without = (
      variables: (place: string) => Readonly<Record<string, string>>,
      args: ReadonlyArray<string>,
      script: Script.Script = opening
    ) =>
      ScriptedPeer.against(
        { endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }), scripts: [script] },
        (endpoint) =>
          smtp(["send", ...args], {
            stdin: "Subject: x\n\ntext\n",
            variables: variables(Endpoint.print(endpoint))
          })
      )

    const to = ["--to", "b@mx.example", "--to", "c@mx.example"]

    it.live("name the server and the sender", () =>
      on(Effect.gen(function*() {
        const { code, err } = yield* without(
          (place) => ({
            SMTP_URL: `smtp://${place}?tls=none&name=client.example`,
            SMTP_SENDER: "a@client.example"
          }),
          to
        )
        expect(err).toEqual([])
        expect(code).toBe(0)
      })))

    it.scopedLive("may come from a file", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const file = `${directory}/settings.json`
        const { code, err } = yield* ScriptedPeer.against(
          { endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }), scripts: [opening] },
          (endpoint) =>
            Effect.zipRight(
              fs.writeFileString(
                file,
                JSON.stringify({
                  SMTP_URL: `smtp://${Endpoint.print(endpoint)}?tls=none`,
                  SMTP_SENDER: "a@client.example"
                })
              ),
              smtp(["send", "--config", file, ...to], {
                stdin: "Subject: x\n\ntext\n",
                variables: { SMTP_URL: "smtp://192.0.2.1" }
              })
            )
        )
        expect(err).toEqual([])
        expect(code).toBe(0)
      })))

    it.live("give way to --host and --from", () =>
      on(Effect.gen(function*() {
        const { code } = yield* ScriptedPeer.against(
          { endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }), scripts: [opening] },
          (endpoint) =>
            smtp(
              ["send", "--host", Endpoint.print(endpoint), "--from", "a@client.example", ...to],
              {
                stdin: "Subject: x\n\ntext\n",
                variables: { SMTP_URL: "smtps://192.0.2.1", SMTP_SENDER: "z@client.example" }
              }
            )
        )
        expect(code).toBe(0)
      })))

    it.effect("are wrong use where they say it badly, or a flag says otherwise", () =>
      on(Effect.gen(function*() {
        const send = (args: ReadonlyArray<string>, url: string) =>
          smtp(["send", ...people, ...args], { variables: { SMTP_URL: url } })
        const insecure = yield* send(["--insecure"], "smtp://mx.example")
        expect(insecure.err).toEqual([
          "smtp: SMTP_URL says where to and how; --insecure goes with a --host"
        ])
        const bad = yield* send([], "http://alice:sesame@mx.example")
        expect(bad.err[0]).toContain("SMTP_URL: ")
        expect(bad.err[0]).not.toContain("sesame")
        expect((yield* send(["--lmtp"], "")).err[0]).toContain("--lmtp wants a --socket")
        const senderless = yield* smtp(["send", "--to", "b@mx.example"])
        expect(senderless.err[0]).toContain("say --from, or set SMTP_SENDER")
        expect([insecure.code, bad.code, senderless.code]).toEqual([2, 2, 2])
      })))
  })

  describe("clear text", () => {
    it.live("does not show a password to everybody unless it is told to", () =>
      on(Effect.gen(function*() {
        const args = [...people, "--tls", "none", "--user", "alice"]
        const refused = yield* smtp(["send", ...args], { variables: { SMTP_PASSWORD: "x" } })
        expect(refused.code).toBe(2)
        expect(refused.err[0]).toContain("would show the secret to everybody")
        const { code, err } = yield* against([
          Script.send("220 mx.example"),
          Script.expect(/^EHLO /),
          Script.send("250-mx.example", "250 AUTH PLAIN"),
          Script.expect(`AUTH PLAIN ${btoa("\0alice\0open sesame")}`),
          Script.send("235 welcome"),
          ...withReplies("250 ok", "250 ok", "250 ok").slice(3),
          ...text,
          Script.send("250 ok"),
          ...quit
        ], [...args, "--insecure", "--transcript"])
        expect(code).toBe(0)
        expect(err.join("\n")).not.toContain(btoa("\0alice\0open sesame"))
      })))

    it.scopedLive("does not log in on a connection that did not become secure", () =>
      on(Effect.gen(function*() {
        const { code, err } = yield* against([
          Script.send("220 mx.example"),
          Script.expect(/^EHLO /),
          Script.send("250-mx.example", "250 AUTH PLAIN"),
          ...quit
        ], [...people, "--tls", "opportunistic", "--user", "alice"])
        expect(code).toBe(1)
        expect(err.join("\n")).toContain("in the clear")
      })))

    it.scopedLive("checks the certificate before it shows a password, even opportunistically", () =>
      on(Effect.gen(function*() {
        const { identity } = yield* workshop
        const outcome = yield* Effect.either(against([
          Script.send("220 mx.example"),
          Script.expect(/^EHLO /),
          Script.send("250-mx.example", "250 STARTTLS"),
          Script.expect("STARTTLS"),
          Script.send("220 go"),
          Script.startTls(Tls.server({ identity })),
          Script.expectEnd
        ], [...people, "--tls", "opportunistic", "--user", "alice"]))
        expect(outcome).toMatchObject({ left: { _tag: "ScriptError", step: 5 } })
      })))
  })
})
