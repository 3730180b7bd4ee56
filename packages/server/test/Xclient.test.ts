import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { ClientInfo } from "../src/ClientInfo.js"
import * as Policy from "../src/Policy.js"
import * as Trust from "../src/Trust.js"
import * as Verdict from "../src/Verdict.js"
import type { Setup } from "./talk.js"
import { shout, talk } from "./talk.js"

const loopback = Either.getOrThrow(Trust.peers(["127.0.0.0/8"]))
const elsewhere = Either.getOrThrow(Trust.peers(["192.0.2.0/24"]))

/** Keeps what the handler sees at MAIL, and at connecting. */
const watching = (seen: Array<ClientInfo>, connected: Array<ClientInfo> = []): Setup => ({
  trust: { xclient: loopback, xforward: loopback },
  handler: {
    connect: (client) =>
      Effect.sync(() => {
        connected.push(client)
        return client.peer.remote._tag === "Tcp" && client.peer.remote.host === "203.0.113.66"
          ? Verdict.reject(554, { subject: 7, detail: 1, text: "Not you" })
          : Verdict.ok
      }),
    mail: (client) =>
      Effect.sync(() => {
        seen.push(client)
        return Verdict.senderOk
      })
  }
})

const lines = (setup: Setup, ...said: ReadonlyArray<string>) =>
  Effect.map(
    shout(setup, said.map((line) => `${line}\r\n`).join("")),
    ({ heard }) => heard.slice(1).map((line) => line.slice(0, 9))
  )

const hello = `
  S: 220 mx.example ESMTP
  C: EHLO proxy.example
  S: 250-mx.example
  S: 250-PIPELINING
  S: 250-8BITMIME
  S: 250-SMTPUTF8
  S: 250-CHUNKING
  S: 250-ENHANCEDSTATUSCODES
  S: 250-SIZE 33554432
  S: 250-LIMITS RCPTMAX=1000 MAILMAX=25000
  S: 250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT
  S: 250-XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE
  S: 250 HELP
`

describe("XCLIENT (Postfix's XCLIENT_README)", () => {
  it.effect("makes the client another one, and the session begins again", () =>
    Effect.gen(function*() {
      const seen: Array<ClientInfo> = []
      const connected: Array<ClientInfo> = []
      yield* talk(
        watching(seen, connected),
        `${hello}
        C: XCLIENT NAME=spike.example ADDR=192.0.2.7 PORT=2525 HELO=me.example PROTO=ESMTP
        S: 220 mx.example ESMTP
        C: MAIL FROM:<a@b.example>
        S: 503 5.5.1 Bad sequence of commands: expected EHLO or HELO
        ${hello.trim().split("\n").slice(1).join("\n")}
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Sender OK
        C: QUIT
        S: 221 2.0.0 Goodbye`
      )
      const [{ peer, told }] = seen
      expect(peer.remote).toEqual(Endpoint.Tcp({ host: "192.0.2.7", port: 2525 }))
      const { attributes, by } = Option.getOrThrow(told.xclient)
      expect(Endpoint.print(by)).toContain("127.0.0.1")
      expect([...attributes]).toEqual([
        ["NAME", "spike.example"],
        ["ADDR", "192.0.2.7"],
        ["PORT", "2525"],
        ["HELO", "me.example"],
        ["PROTO", "ESMTP"]
      ])
      expect(connected.map(({ peer }) => Endpoint.print(peer.remote).split(":")[0]))
        .toEqual(["127.0.0.1", "192.0.2.7"])
    }))

  it.effect("adds to what it said before, and takes it back", () =>
    Effect.gen(function*() {
      const seen: Array<ClientInfo> = []
      yield* lines(
        watching(seen),
        "XCLIENT ADDR=IPV6:2001:DB8::1 LOGIN=alice DESTADDR=198.51.100.1 DESTPORT=587",
        "XCLIENT NAME=spike.example",
        "HELO c.example",
        "MAIL FROM:<a@b.example>",
        "RSET",
        "XCLIENT LOGIN=[UNAVAILABLE] ADDR=[tempunavail]",
        "HELO c.example",
        "MAIL FROM:<a@b.example>"
      )
      const [first, second] = seen
      expect(first.peer).toMatchObject({
        remote: Endpoint.Tcp({ host: "2001:db8::1", port: 0 }),
        local: Endpoint.Tcp({ host: "198.51.100.1", port: 587 })
      })
      expect(first.identity)
        .toEqual(Option.some({ authenticated: "alice", actsAs: "alice" }))
      expect(second.identity).toEqual(Option.none())
      expect(second.peer.remote).toEqual(Endpoint.Unix({ path: "" }))
      expect([...Option.getOrThrow(second.told.xclient).attributes.keys()])
        .toEqual(["DESTADDR", "DESTPORT", "NAME"])
    }))

  it.effect("the new client is judged as one that connects", () =>
    Effect.gen(function*() {
      const { heard } = yield* shout(
        watching([]),
        "EHLO c.example\r\nXCLIENT ADDR=203.0.113.66\r\nNOOP\r\n"
      )
      expect(heard.at(-1)).toBe("554 5.7.1 Not you")
    }))

  it.effect("S11: not in a transaction; LOGIN counts where AUTH is required", () =>
    Effect.gen(function*() {
      const policy: Policy.Policy = { ...Policy.clearText, authentication: "Required" }
      expect(
        yield* lines(
          { ...watching([]), policy },
          "HELO c.example",
          "MAIL FROM:<a@b.example>",
          "XCLIENT LOGIN=alice",
          "HELO c.example",
          "MAIL FROM:<a@b.example>",
          "XCLIENT LOGIN=bob"
        )
      ).toEqual(["250 mx.ex", "530 5.7.0", "220 mx.ex", "250 mx.ex", "250 2.1.0", "503 5.5.1"])
    }))

  it.effect("N21: what cannot be is 501, and changes nothing", () =>
    Effect.gen(function*() {
      const seen: Array<ClientInfo> = []
      const bad = [
        "ADDR=192.0.2.256",
        "ADDR=mx.example",
        "ADDR=IPV6:192.0.2.1.1",
        "PORT=65536",
        "PORT=-1",
        "PROTO=HTTP",
        "NAME=a+20b",
        "NAME=a+0D+0Ab",
        `NAME=${"a".repeat(256)}`,
        "LOGIN=",
        "COLOUR=blue",
        "constructor=x",
        "NAME=a NAME=b",
        "ADDR=192.0.2.9 PORT=x"
      ]
      const replies = yield* lines(
        { ...watching(seen), limits: { badCommands: 100 } },
        ...bad.map((attribute) => `XCLIENT ${attribute}`),
        "HELO c.example",
        "MAIL FROM:<a@b.example>"
      )
      expect(replies.slice(0, -2)).toEqual(bad.map(() => "501 5.5.4"))
      expect(seen[0].told.xclient).toEqual(Option.none())
      expect(Endpoint.print(seen[0].peer.remote)).toContain("127.0.0.1")
    }))

  it.effect("N20: strangers are refused, and not offered it", () =>
    Effect.gen(function*() {
      for (const command of ["XCLIENT ADDR=192.0.2.7", "XFORWARD ADDR=192.0.2.7"]) {
        expect(yield* lines({}, command)).toEqual(["502 5.5.1"])
        expect(yield* lines({ trust: { xclient: elsewhere, xforward: elsewhere } }, command))
          .toEqual(["550 5.7.0"])
      }
      const { heard } = yield* shout(
        { trust: { xclient: elsewhere, xforward: elsewhere } },
        "EHLO c.example\r\n"
      )
      expect(heard.join("\n")).not.toMatch(/XCLIENT|XFORWARD/)
      // Who may speak for others does not lose that by doing so, and gains nothing by it.
      const spoken = yield* shout(
        { trust: { xclient: loopback, xforward: elsewhere } },
        "XCLIENT ADDR=192.0.2.7\r\nEHLO c.example\r\nXFORWARD NAME=x\r\nXCLIENT PORT=1\r\n"
      )
      expect(spoken.heard.join("\n")).toMatch(/XCLIENT/)
      expect(spoken.heard.slice(-2).map((line) => line.slice(0, 9)))
        .toEqual(["550 5.7.0", "220 mx.ex"])
    }))

  it.scopedLive("N4: STARTTLS forgets what was said in the clear", () =>
    Effect.gen(function*() {
      const { identity } = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
      const seen: Array<ClientInfo> = []
      yield* talk(
        {
          ...watching(seen),
          policy: Policy.exchange(Tls.server({ identity })),
          network: { upgrade: NodeTls.wrap },
          tls: Tls.client({ serverName: "mx.example", ca: [identity.certificate] })
        },
        `
        S: 220 mx.example ESMTP
        C: XCLIENT ADDR=192.0.2.7 LOGIN=alice
        S: 220 mx.example ESMTP
        C: HELO c.example
        S: 250 mx.example
        C: XFORWARD NAME=x
        S: 250 2.0.0 OK
        C: STARTTLS
        S: 220 2.0.0 Ready to start TLS
        <TLS negotiation>
        C: HELO c.example
        S: 250 mx.example
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 Sender OK
        C: QUIT
        S: 221 2.0.0 Goodbye`
      )
      expect(seen[0]).toMatchObject({
        identity: Option.none(),
        told: { xclient: Option.none(), xforward: Option.none() }
      })
      expect(Endpoint.print(seen[0].peer.remote)).toContain("127.0.0.1")
    }))
})

describe("XFORWARD (Postfix's XFORWARD_README)", () => {
  it.effect("tells where the next message comes from, until its transaction ends", () =>
    Effect.gen(function*() {
      const seen: Array<ClientInfo> = []
      expect(
        yield* lines(
          watching(seen),
          "HELO c.example",
          "XFORWARD NAME=spike.example ADDR=192.0.2.7 PROTO=ESMTP SOURCE=remote",
          "XFORWARD IDENT=4FqK PROTO=[UNAVAILABLE]",
          "MAIL FROM:<a@b.example>",
          "XFORWARD NAME=late",
          "RCPT TO:<c@mx.example>",
          "BDAT 0 LAST",
          "MAIL FROM:<a@b.example>",
          "RSET",
          "XFORWARD ADDR=[UNAVAILABLE]",
          "MAIL FROM:<a@b.example>"
        )
      ).toEqual([
        "250 mx.ex",
        "250 2.0.0",
        "250 2.0.0",
        "250 2.1.0",
        "503 5.5.1",
        "250 2.1.5",
        "250 2.0.0",
        "250 2.1.0",
        "250 2.0.0",
        "250 2.0.0",
        "250 2.1.0"
      ])
      expect(seen.map(({ told }) => Option.map(told.xforward, (all) => [...all]))).toEqual([
        Option.some([
          ["NAME", "spike.example"],
          ["ADDR", "192.0.2.7"],
          ["SOURCE", "REMOTE"],
          ["IDENT", "4FqK"]
        ]),
        Option.none(),
        Option.some([])
      ])
      expect(seen.map(({ peer }) => Endpoint.print(peer.remote).includes("127.0.0.1")))
        .toEqual([true, true, true])
    }))

  it.effect("N14, N21: values that do not belong into a log are 501", () =>
    Effect.gen(function*() {
      const bad = ["NAME=a+20b", "HELO=a+0Ab", "NAME=+C3+BC", "SOURCE=MOON", "LOGIN=x", "PORT=x"]
      expect(
        yield* lines(watching([]), "HELO c.example", ...bad.map((value) => `XFORWARD ${value}`))
      ).toEqual(["250 mx.ex", ...bad.map(() => "501 5.5.4")])
    }))
})
