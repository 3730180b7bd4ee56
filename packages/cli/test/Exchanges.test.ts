import * as Exchanges from "@effect-smtp/cli/Exchanges"
import * as Spool from "@effect-smtp/cli/Spool"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as NameServer from "@effect-smtp/testing/NameServer"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Dgram from "node:dgram"
import { platform, serve, smtp, workshop } from "./harness.js"

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

/** On this machine 127.0.0.1 is where a test's servers are, and 127.0.0.9 where nothing listens. */
const zone: NameServer.Zone = {
  "one.example": { mx: [{ preference: 10, exchange: "up.example" }] },
  "two.example": {
    mx: [{ preference: 20, exchange: "up.example" }, { preference: 10, exchange: "down.example" }]
  },
  "down.example": { a: ["127.0.0.9"] },
  "up.example": { a: ["127.0.0.1"] },
  "null.example": { mx: [{ preference: 0, exchange: "" }] },
  "broken.example": "ServerFailure",
  "silent.example": "Silence"
}

const dns = Effect.map(
  Effect.suspend(() => NameServer.serve(Dgram.createSocket("udp4"), zone)),
  ({ port }) => `127.0.0.1:${port}`
)

/** Sends a message by the DNS of the zone. */
const send = (port: string, to: ReadonlyArray<string>, ...args: ReadonlyArray<string>) =>
  Effect.flatMap(dns, (server) =>
    smtp([
      ...["send", "--mx", "--dns-server", server, "--port", port, "--from", "a@client.example"],
      ...[...to.flatMap((one) => ["--to", one]), ...args]
    ], { stdin: "Subject: x\n\ntext\n", variables: { SMTP_URL: "smtp://elsewhere.example" } }))

const wrong = (...args: ReadonlyArray<string>) =>
  on(Effect.map(
    smtp(["send", "--from", "a@client.example", "--to", "b@one.example", ...args]),
    ({ code, err }) => `${code} ${err.join(" ")}`
  ))

describe("Exchanges", () => {
  describe("smtp send --mx", () => {
    it.scopedLive("F7, L2: delivers to the servers of each recipient, the second where the first is down", () =>
      on(Effect.gen(function*() {
        const { spool } = yield* workshop
        const { port } = yield* serve(["--spool", spool])
        const { code, err, out } = yield* send(port, ["b@one.example", "c@two.example"])
        const fs = yield* FileSystem.FileSystem
        const recipients: Array<unknown> = []
        for (const name of yield* Spool.list(spool)) {
          const { envelope, message } = yield* Spool.files(spool, name)
          recipients.push(...JSON.parse(yield* fs.readFileString(envelope)).to)
          expect(yield* fs.readFileString(message)).toBe("Subject: x\r\n\r\ntext\r\n")
        }
        expect(recipients.sort()).toEqual(["b@one.example", "c@two.example"])
        expect(out.map((line) => line.replace(/ 250 2.0.0 Queued as .*/, ""))).toEqual([
          "accepted b@one.example",
          "accepted c@two.example"
        ])
        expect(err).toEqual([])
        expect(code).toBe(0)
      })))

    it.scopedLive("F7: protects what it can, and insists on a good certificate if told so", () =>
      on(Effect.gen(function*() {
        const { port } = yield* serve(["--discard"])
        const plain = yield* send(port, ["b@one.example"], "--transcript")
        expect(plain.err).toContain("C: STARTTLS")
        expect(plain.code).toBe(0)
        const strict = yield* send(port, ["b@one.example"], "--tls", "starttls")
        expect(strict.out[0]).toContain("refused b@one.example Handshake: ")
        expect(strict.code).toBe(1)
        const clear = yield* send(port, ["b@one.example"], "--tls", "none", "--transcript")
        expect(clear.err).not.toContain("C: STARTTLS")
        expect(clear.code).toBe(0)
      })))

    it.scopedLive("F7, Z10: tells what became of each recipient, and ends as the worst of them", () =>
      on(Effect.gen(function*() {
        const { port } = yield* serve(["--discard"])
        const { code, out } = yield* send(port, [
          ...["b@one.example", "c@null.example", "d@none.example", "e@broken.example"],
          "postmaster"
        ])
        expect(out[0]).toContain("accepted b@one.example 250")
        expect(out.slice(1)).toEqual([
          "refused c@null.example Connect: no way there: 5.1.10 null.example: takes no mail (null MX)",
          "refused d@none.example Connect: no way there: 5.1.2 none.example: no such domain",
          expect.stringContaining("deferred e@broken.example Connect: no way there: 4.4.3 "),
          "refused postmaster Connect: no way there: 5.1.3 " +
          "a postmaster without a domain could be anybody's"
        ])
        expect(code).toBe(1)
        expect((yield* send(port, ["b@one.example", "e@broken.example"])).code).toBe(75)
      })))

    it.scopedLive("F7: says it as JSON, too", () =>
      on(Effect.gen(function*() {
        const { out } = yield* send("1", ["b@two.example", "c@null.example"], "--json")
        expect(JSON.parse(out.join("\n"))).toMatchObject({
          code: 1,
          recipients: [{ became: "deferred" }, { became: "refused" }]
        })
      })))

    it.scopedLive("F7: says whose message may have arrived all the same", () =>
      on(Effect.gen(function*() {
        const leaving = [
          Script.send("220 mx.example"),
          Script.expect(/^EHLO /),
          Script.send("250 mx.example"),
          Script.expect(/^MAIL /),
          Script.send("250 ok"),
          Script.expect(/^RCPT /),
          Script.send("250 ok"),
          Script.expect("DATA"),
          Script.send("354 go"),
          Script.expectData("Subject: x\r\n\r\ntext\r\n")
        ]
        const { code, err, out } = yield* ScriptedPeer.against(
          { endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }), scripts: [leaving] },
          (endpoint) =>
            send(endpoint._tag === "Tcp" ? String(endpoint.port) : "", ["b@one.example"])
        )
        expect(out[0]).toContain("unknown b@one.example Verdict: ")
        expect(err).toEqual([
          "smtp: whether the message was delivered is unknown; sent again, it may arrive twice"
        ])
        expect(code).toBe(75)
      })))

    it.scopedLive("F7: ends when the time for all of it is over", () =>
      on(Effect.gen(function*() {
        const { code, out } = yield* send("1", ["b@silent.example"], "--timeout", "0.2")
        expect(out).toEqual([
          "deferred b@silent.example Connect: no way there: " +
          "4.4.3 silent.example: the DNS has no answer now (not within 200ms)"
        ])
        expect(code).toBe(75)
      })))

    it.scopedLive("F7: does not send what requires TLS", () =>
      on(Effect.gen(function*() {
        const { code, out } = yield* send("1", ["b@one.example"], "--require-tls")
        expect(out[0]).toContain("refused b@one.example Connect: ")
        expect(code).toBe(1)
      })))
  })

  describe("with --dry-run", () => {
    const people = [
      "b@two.example",
      "c@TWO.example",
      "d@null.example",
      "e@[192.0.2.1]",
      "postmaster"
    ]

    it.scopedLive("F7: shows the hosts that would be tried", () =>
      on(Effect.gen(function*() {
        const { code, err, out } = yield* send("1", people, "--dry-run")
        expect(out).toEqual(["Subject: x", "", "text"])
        expect(err.slice(6)).toEqual([
          "at two.example: down.example (10), up.example (20)",
          "at null.example: 5.1.10 null.example: takes no mail (null MX)",
          "at [192.0.2.1]: [192.0.2.1] (0)",
          "at postmaster: 5.1.3 a postmaster without a domain could be anybody's",
          "20 octets"
        ])
        expect(code).toBe(0)
      })))

    it.scopedLive("F7: shows them as JSON", () =>
      on(Effect.gen(function*() {
        const { out } = yield* send("1", ["b@two.example", "d@null.example"], "--dry-run", "--json")
        expect(JSON.parse(out.join("\n"))).toMatchObject({
          exchanges: [
            {
              domain: "two.example",
              hosts: [{ host: "down.example", preference: 10 }, { host: "up.example" }],
              reason: null
            },
            { domain: "null.example", hosts: [], reason: expect.stringContaining("5.1.10") }
          ]
        })
      })))
  })

  describe("check", () => {
    const cases: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
      [["--dns-server", "192.0.2.1"], "--dns-server goes with --mx"],
      [["--mx", "--host", "mx.example"], "--mx finds the servers by itself"],
      [["--mx", "--socket", "/run/smtp"], "--mx finds the servers by itself"],
      [["--mx", "--lmtp"], "--lmtp is for a server of one's own"],
      [["--mx", "--user", "alice"], "--user is for a server of one's own"],
      [["--mx", "--client-cert", "x"], "--client-cert is for a server of one's own"],
      [["--mx", "--tls", "implicit"], "--tls implicit is for submission"],
      [["--mx", "--repeat", "2"], "--repeat measures one server"],
      [["--mx", "--insecure", "--ca", "/dev/null"], "--ca says whom to trust"],
      [["--mx", "--dns-server", "ns.example"], "--dns-server wants ADDRESS or ADDRESS:PORT"]
    ]
    it.live.each(cases)(
      "F7: finds wrong use: %j",
      ([args, part]) =>
        Effect.map(wrong(...args), (said) => {
          expect(said.startsWith("2 ")).toBe(true)
          expect(said).toContain(part)
        })
    )
  })

  describe("parseServer", () => {
    it("reads an address, and perhaps a port, as a resolver knows them", () => {
      expect(
        ["192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:5353"].map(
          (text) => Either.getOrThrow(Exchanges.parseServer(text))
        )
      ).toEqual([
        ...["192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "2001:db8::1", "[2001:db8::1]:5353"]
      ])
    })
  })
})
