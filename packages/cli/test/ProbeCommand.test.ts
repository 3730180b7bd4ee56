import * as ExitCode from "@effect-smtp/cli/ExitCode"
import * as ProbeJson from "@effect-smtp/cli/ProbeJson"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { platform, serve, smtp, workshop } from "./harness.js"

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

const given = { variables: { SMTP_PASSWORD: "open sesame" } }

/** Runs the command against a server made of one script, on a real socket. */
const against = (script: Script.Script, ...args: ReadonlyArray<string>) =>
  ScriptedPeer.against(
    { endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }), scripts: [script] },
    (endpoint) =>
      smtp(
        [
          "probe",
          ...["--port", endpoint._tag === "Tcp" ? String(endpoint.port) : ""],
          ...["--hello", "client.example"],
          ...args,
          "127.0.0.1"
        ],
        given
      )
  )

const decode = Schema.decodeUnknown(Schema.parseJson(ProbeJson.Probed))

const opened = [
  Script.send("220 mx.example"),
  Script.expect("EHLO client.example"),
  Script.send("250-mx.example", "250 PIPELINING")
]
const quit = [Script.expect("QUIT"), Script.send("221 bye")]
const asked = (...lines: ReadonlyArray<readonly [command: string | RegExp, reply: string]>) =>
  lines.flatMap(([command, reply]) => [Script.expect(command), Script.send(reply)])

/** A certificate for 127.0.0.1 with these flaws, and the server that shows it. */
const showing = (options: Partial<NodeCertificate.Options>) =>
  Effect.map(
    NodeCertificate.selfSigned({ names: ["127.0.0.1"], ...options }),
    ({ identity }) => Tls.server({ identity })
  )

describe("ProbeCommand", () => {
  describe("with a server of our own", () => {
    it.scopedLive("shows what it finds, and exits 0", () =>
      on(Effect.gen(function*() {
        const { cert, key } = yield* workshop
        const { port } = yield* serve(["--discard", "--cert", cert, "--key", key])
        const { code, err, out } = yield* smtp(["probe", "127.0.0.1", "--port", port, "--ca", cert])
        expect(code).toBe(0)
        expect(err).toEqual([])
        expect(out[0]).toBe(`server       127.0.0.1:${port}`)
        expect(out).toContain("greeting     220 localhost ESMTP")
        expect(out.join("\n")).toMatch(/^hello .* STARTTLS.*\ntls +TLSv1\.3, TLS_AES[^]*\nhello /m)
        expect(out.join("\n")).toMatch(
          /^times +connect \d+ ms, greeting \d+ ms, hello \d+ ms, tls/m
        )
      })))

    it.scopedLive("B7: logs in and sends a test message, with everything shown and no secret", () =>
      on(Effect.gen(function*() {
        const { cert, key, password, spool } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const { port } = yield* serve([
          ...["--spool", spool, "--cert", cert, "--key", key, "--require-auth"],
          ...["--user", "alice", "--password-file", password]
        ])
        const { code, err, out } = yield* smtp([
          ...["probe", "127.0.0.1", "--port", port, "--ca", cert, "--transcript", "--json"],
          ...["--user", "alice", "--password-file", password, "--auth", "PLAIN", "--pipeline"],
          ...["--from", "a@client.example", "--to", "b@mx.example", "--quit-after", "verdict"]
        ])
        expect(code).toBe(0)
        const report = yield* decode(out.join("\n"))
        expect(report).toMatchObject({
          protocol: "SMTP",
          greeting: { code: 220 },
          tls: { version: "TLSv1.3", trusted: true, problems: [] },
          login: { mechanism: "PLAIN", reply: { code: 235, enhanced: "2.7.0" } },
          recipients: [{ recipient: "<b@mx.example>", reply: { code: 250 } }],
          outcome: { accepted: [{ recipient: "<b@mx.example>" }], rejected: [] },
          faults: [],
          exitCode: 0
        })
        expect(report.tls?.chain).toHaveLength(1)
        expect(report.hellos[1].mechanisms).toContain("SCRAM-SHA-256")
        expect(report.transcript.map(({ line }) => line)).toContain("AUTH PLAIN <redacted>")
        expect(err.join("\n")).toMatch(/^ +\d+ +\+\d+ {2}C: AUTH PLAIN <redacted>$/m)
        for (const text of [out.join("\n"), err.join("\n")]) {
          expect(text).not.toContain("sesame")
          expect(text).not.toContain(btoa("\0alice\0open sesame"))
        }
        const [message] = (yield* fs.readDirectory(spool)).filter((name) => name.endsWith(".eml"))
        const text = yield* fs.readFileString(`${spool}/${message}`)
        expect(text).toMatch(
          /^Date: [A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} \+0000\r\nFrom: <a@client\.example>\r\nTo: <b@mx\.example>\r\nMessage-ID: <[0-9a-f]{12}@smtp-probe\.invalid>\r\nSubject: /
        )
      })))

    it.scopedLive("B7: speaks LMTP on a socket", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const socket = `${directory}/lmtp`
        yield* serve(["--discard", "--lmtp-socket", socket])
        const { code, out } = yield* smtp([
          ...["probe", "--socket", socket, "--lmtp", "--tls", "none"],
          ...["--to", "b@mx.example", "--to", "c@mx.example", "--quit-after", "verdict"]
        ])
        expect(code).toBe(0)
        expect(out[0]).toBe(`server       unix:${socket}`)
        expect(out.filter((line) => /^verdict +<[bc]@mx\.example> 250 /.test(line))).toHaveLength(2)
      })))

    for (const version of ["1", "2"]) {
      it.scopedLive(`B7: speaks for another by a PROXY header of version ${version}`, () =>
        on(Effect.gen(function*() {
          const { spool } = yield* workshop
          const fs = yield* FileSystem.FileSystem
          const { port } = yield* serve(["--spool", spool, "--proxy-from", "127.0.0.1"])
          const { code } = yield* smtp([
            ...["probe", "127.0.0.1", "--port", port, "--tls", "none", "--proxy-version", version],
            ...["--proxy-source", "192.0.2.7:2525", "--proxy-destination", "192.0.2.1:25"],
            ...["--to", "b@mx.example", "--quit-after", "verdict"]
          ])
          expect(code).toBe(0)
          const [envelope] = (yield* fs.readDirectory(spool)).filter((name) =>
            name.endsWith(".json")
          )
          expect(JSON.parse(yield* fs.readFileString(`${spool}/${envelope}`))).toMatchObject({
            client: { remote: "192.0.2.7:2525" }
          })
        })))
    }
  })

  describe("certificates", () => {
    const untrusted = (tls: Tls.ServerOptions, ...args: ReadonlyArray<string>) =>
      against(
        [Script.startTls(tls), ...opened, ...quit],
        ...["--tls", "implicit", "--json", ...args]
      )

    it.scopedLive("are looked at, with all that is wrong, and the session goes on", () =>
      on(Effect.gen(function*() {
        const day = 86_400_000
        const cases = [
          [{}, [], ["SelfSigned"]],
          [{ notBefore: Date.now() - 60 * day, days: 30 }, [], ["SelfSigned", "Expired"]],
          [{ notBefore: Date.now() + day }, [], ["SelfSigned", "NotYetValid"]],
          [{}, ["--server-name", "mx.example"], ["SelfSigned", "WrongName"]]
        ] as const
        for (const [flaws, args, kinds] of cases) {
          const { code, out } = yield* untrusted(yield* showing(flaws), ...args)
          const report = yield* decode(out.join("\n"))
          expect(report.tls?.trusted).toBe(false)
          expect(report.faults.map(({ kind }) => kind)).toEqual(kinds)
          expect(report.hellos).toHaveLength(1)
          expect([code, report.exitCode]).toEqual([29, 29])
        }
      })))

    it.scopedLive("B7: come in the version and with the cipher suite that is asked for", () =>
      on(Effect.gen(function*() {
        const tls = yield* showing({})
        const wishes = [
          [["--tls-version", "TLSv1.2"], "TLSv1.2"],
          [["--tls-version", "TLSv1.3"], "TLSv1.3"],
          [["--tls-ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256"], "TLSv1.2"]
        ] as const
        for (const [args, version] of wishes) {
          const { out } = yield* untrusted(tls, ...args)
          expect((yield* decode(out.join("\n"))).tls?.version).toBe(version)
        }
        const { code, out } = yield* against(
          [Script.expectEnd],
          ...["--tls", "implicit", "--json", "--tls-ciphers", "ROT13"]
        )
        expect(code).toBe(29)
        expect((yield* decode(out.join("\n"))).faults[0]?.message).toContain("no cipher match")
      })))

    it.scopedLive("are good with those of --ca, for the name of --server-name", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const { identity } = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
        const ca = `${directory}/ca.pem`
        yield* fs.writeFileString(ca, identity.certificate)
        const { code, out } = yield* untrusted(
          Tls.server({ identity }),
          ...["--ca", ca, "--server-name", "mx.example"]
        )
        expect(code).toBe(0)
        expect((yield* decode(out.join("\n"))).tls).toMatchObject({
          serverName: "mx.example",
          trusted: true
        })
      })))

    it.scopedLive("B7: are shown to a server that wants the client's, too", () =>
      on(Effect.gen(function*() {
        const { cert, identity, key } = yield* workshop
        const ca = [identity.certificate]
        const strict = Tls.server({ identity, clientCertificate: "required", ca })
        const { code } = yield* untrusted(
          strict,
          ...["--ca", cert, "--client-cert", cert, "--client-key", key]
        )
        expect(code).toBe(0)
      })))

    it.scopedLive("T3: that are bad keep credentials back, unless --expose-credentials is given", () =>
      on(Effect.gen(function*() {
        const tls = yield* showing({})
        const offering = [
          Script.startTls(tls),
          ...opened.slice(0, 2),
          Script.send("250-mx.example", "250 AUTH PLAIN")
        ]
        const login = ["--tls", "implicit", "--user", "alice"]
        const { code, out } = yield* against([...offering, ...quit], ...login)
        expect(code).toBe(29)
        expect(out.join("\n")).toContain("fault        Auth: nobody was logged in: who would get")
        const exposed = yield* against(
          [
            ...offering,
            ...asked([`AUTH PLAIN ${btoa("\0alice\0open sesame")}`, "235 welcome"]),
            ...quit
          ],
          ...[...login, "--expose-credentials"]
        )
        expect(exposed.out).toContain("login        PLAIN: 235 welcome")
        expect(exposed.code).toBe(29)
      })))
  })

  describe("B7: exit codes", () => {
    const mail = ["--to", "b@mx.example", "--quit-after", "verdict"]
    const sender = ["MAIL FROM:<>", "250 ok"] as const
    const recipient = ["RCPT TO:<b@mx.example>", "250 ok"] as const
    const go = ["DATA", "354 go"] as const
    const cases: ReadonlyArray<
      readonly [code: number, what: string, script: Script.Script, args: ReadonlyArray<string>]
    > = [
      [21, "the greeting is a refusal", [Script.send("554 no"), ...quit], []],
      [21, "the greeting is none", [Script.close], []],
      [22, "EHLO is refused", [Script.send("220 hi"), ...asked([/^EHLO/, "421 no"])], []],
      [29, "STARTTLS is wanted and not offered", [...opened, ...quit], ["--tls", "starttls"]],
      [
        29,
        "the server speaks clear text where TLS is wanted",
        [Script.send("220 mx.example"), Script.skipBytes(1)],
        ["--tls", "implicit"]
      ],
      [33, "XCLIENT is not offered", [...opened, ...quit], ["--xclient", "ADDR=192.0.2.7"]],
      [
        33,
        "XCLIENT is refused",
        [
          ...opened.slice(0, 2),
          Script.send("250-mx.example", "250 XCLIENT ADDR"),
          ...asked(["XCLIENT ADDR=192.0.2.7", "550 no"]),
          ...quit
        ],
        ["--xclient", "addr=192.0.2.7"]
      ],
      [28, "AUTH is not offered", [...opened, ...quit], [
        ...["--user", "alice", "--tls", "none", "--expose-credentials"]
      ]],
      [
        28,
        "AUTH is refused",
        [
          ...opened.slice(0, 2),
          Script.send("250-mx.example", "250 AUTH PLAIN"),
          ...asked([/^AUTH PLAIN /, "535 no"]),
          ...quit
        ],
        ["--user", "alice", "--tls", "none", "--expose-credentials"]
      ],
      [28, "nobody is logged in in clear text", [...opened, ...quit], [
        ...["--user", "alice", "--tls", "none"]
      ]],
      [23, "MAIL is refused", [...opened, ...asked(["MAIL FROM:<>", "550 no"]), ...quit], mail],
      [
        24,
        "RCPT is refused",
        [...opened, ...asked(sender, ["RCPT TO:<b@mx.example>", "550 no"]), ...quit],
        mail
      ],
      [
        25,
        "DATA is refused",
        [...opened, ...asked(sender, recipient, ["DATA", "451 no"]), ...quit],
        mail
      ],
      [
        26,
        "the message is refused",
        [
          ...opened,
          ...asked(sender, recipient, go),
          Script.expectData(),
          Script.send("554 no"),
          ...quit
        ],
        mail
      ]
    ]
    for (const [expected, what, script, args] of cases) {
      it.scopedLive(`is ${expected} where ${what}`, () =>
        on(Effect.gen(function*() {
          const { code, err, out } = yield* against(script, ...args)
          expect(code).toBe(expected)
          expect(err).toEqual([])
          expect(out.filter((line) => line.startsWith("fault "))).toHaveLength(1)
        })))
    }

    it.scopedLive("is 20 where nobody listens", () =>
      on(Effect.gen(function*() {
        const { code, out } = yield* smtp(["probe", "--socket", "/nonexistent/socket"])
        expect(code).toBe(20)
        expect(out.join("\n")).toContain("fault        Connect: ")
      })))

    it.scopedLive("is 22 where the time is over in EHLO", () =>
      on(Effect.gen(function*() {
        const { code } = yield* against(
          [Script.send("220 mx.example"), Script.expect(/^EHLO/), Script.expectEnd],
          ...["--timeout", "0.3"]
        )
        expect(code).toBe(22)
      })))

    it("are in the help, all of them", () => {
      const told = ExitCode.stageMeanings.map((meaning) => Number(meaning.slice(0, 2)))
      expect(new Set(told)).toEqual(new Set(Object.values(ExitCode.stages)))
    })
  })

  describe("B7: stops", () => {
    const whole = [
      Script.send("220 mx.example"),
      Script.expect("EHLO client.example"),
      Script.send("250 mx.example"),
      Script.expect("MAIL FROM:<>"),
      Script.send("250 ok"),
      Script.expect("RCPT TO:<b@mx.example>"),
      Script.send("250 ok"),
      Script.expect("DATA"),
      Script.send("354 go"),
      Script.expectData(),
      Script.send("250 ok")
    ]
    const places: ReadonlyArray<readonly [stage: string, steps: number]> = [
      ["connect", 0],
      ["greeting", 1],
      ["hello", 3],
      ["tls", 3],
      ["xclient", 3],
      ["auth", 3],
      ["mail", 5],
      ["recipient", 7],
      ["data", 9],
      ["content", 10],
      ["verdict", 11]
    ]
    for (const [stage, steps] of places) {
      it.scopedLive(`without a word after ${stage}`, () =>
        on(Effect.gen(function*() {
          const { code } = yield* against(
            [...whole.slice(0, steps), Script.expectEnd],
            ...["--to", "b@mx.example", "--drop-after", stage]
          )
          expect(code).toBe(0)
        })))
    }
    for (const [stage, steps] of places.filter(([stage]) => !/connect|data|content/.test(stage))) {
      it.scopedLive(`by QUIT after ${stage}`, () =>
        on(Effect.gen(function*() {
          const { code } = yield* against(
            [...whole.slice(0, steps), ...quit, Script.expectEnd],
            ...["--to", "b@mx.example", "--quit-after", stage]
          )
          expect(code).toBe(0)
        })))
    }

    it.scopedLive("after the last that there is something for, unless told otherwise", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const file = `${directory}/message`
        yield* fs.writeFileString(file, "Subject: x\n\n.text\n")
        expect((yield* against([...whole.slice(0, 3), ...quit])).code).toBe(0)
        const to = ["--to", "b@mx.example"]
        expect((yield* against([...whole.slice(0, 7), ...quit], ...to)).code).toBe(0)
        const sent = [
          ...whole.slice(0, 9),
          Script.expectData("Subject: x\r\n\r\n.text\r\n"),
          Script.send("250 ok"),
          ...quit
        ]
        expect((yield* against(sent, ...to, "--message", file)).code).toBe(0)
      })))

    it.scopedLive("B7: does what is not on offer where --assume says that it is", () =>
      on(Effect.gen(function*() {
        const { code } = yield* against(
          [
            ...opened.slice(0, 2),
            Script.send("250 mx.example"),
            ...asked(
              ["XCLIENT ADDR=192.0.2.7", "220 mx.example"],
              ["EHLO client.example", "250 mx.example"],
              [`AUTH PLAIN ${btoa("\0alice\0open sesame")}`, "235 welcome"]
            ),
            ...quit
          ],
          ...["--tls", "none", "--user", "alice", "--expose-credentials"],
          ...["--xclient", "ADDR=192.0.2.7", "--assume", "XCLIENT ADDR", "--assume", "AUTH PLAIN"]
        )
        expect(code).toBe(0)
      })))

    it.scopedLive("B7: pipelines where it is asked to, and it is offered", () =>
      on(Effect.gen(function*() {
        const { code, out } = yield* against(
          [
            ...opened,
            Script.expect("MAIL FROM:<a@client.example>"),
            Script.expect("RCPT TO:<b@mx.example>"),
            Script.expect("RCPT TO:<c@mx.example>"),
            Script.send("250 ok", "250 ok", "550 5.1.1 nobody"),
            ...quit
          ],
          ...["--pipeline", "--from", "a@client.example", "--to", "b@mx.example"],
          ...["--to", "c@mx.example"]
        )
        expect(code).toBe(24)
        expect(out).toContain("fault        Recipient: <c@mx.example> refused: 550 5.1.1 nobody")
      })))
  })

  describe("the host", () => {
    it.live("may have a port, as that of send", () =>
      on(Effect.gen(function*() {
        for (const host of ["127.0.0.1:1", "[127.0.0.1]:1"]) {
          const { code, out } = yield* smtp(["probe", host])
          expect(out[0]).toBe("server       127.0.0.1:1")
          expect(code).toBe(20)
        }
      })))

    it.live("is wrong use with two ports, and where it is none", () =>
      on(Effect.gen(function*() {
        const wrong = [
          [["mx.example:1", "--port", "2"], "the host has a port"],
          [["mx.example:x"], "the host wants to be HOST or HOST:PORT, and is mx.example:x"],
          [[""], "the host wants to be HOST or HOST:PORT"]
        ] as const
        for (const [args, text] of wrong) {
          const { code, err, out } = yield* smtp(["probe", ...args])
          expect(err.join(" ")).toContain(text)
          expect([code, out]).toEqual([2, []])
        }
      })))
  })

  describe("wrong use", () => {
    it.effect.each([
      ["--quit-after", "mail", "--drop-after", "mail", "--to", "b@mx.example"],
      ["--quit-after", "mail"],
      ["--quit-after", "data", "--to", "b@mx.example"],
      ["--quit-after", "soon"],
      ["--message", "-"],
      ["--to", "nonsense"],
      ["--lmtp"],
      ["--port", "25", "--socket", "/x"],
      ["--tls", "none", "--server-name", "mx.example"],
      ["--tls", "none", "--tls-version", "TLSv1.3"],
      ["--tls-version", "TLSv1.1"],
      ["--assume", "PIPE LINE\nSIZE"],
      ["--proxy-source", "192.0.2.7:2525"],
      ["--proxy-source", "192.0.2.7", "--proxy-destination", "192.0.2.1:25"],
      ["--xclient", "ADDR"],
      ["--xclient", "A B=c"],
      ["--user", "alice"],
      ["--from", "a@client.example"],
      ["--pipeline"],
      ["--prdr"]
    ])("is 2 for %j", (args) =>
      on(Effect.gen(function*() {
        const { code, err, out } = yield* smtp(["probe", ...args, "127.0.0.1"])
        expect(code).toBe(2)
        expect(err.join("")).not.toBe("")
        expect(out).toEqual([])
      })))
  })
})
