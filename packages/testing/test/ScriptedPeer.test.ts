import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Flow from "@effect-smtp/flow/Flow"
import type * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tls from "@effect-smtp/flow/Tls"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as Rechunk from "../src/Rechunk.js"
import * as Script from "../src/Script.js"
import * as ScriptedPeer from "../src/ScriptedPeer.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const endpoint = Endpoint.Tcp({ host: "mx.example", port: 25 })

const server: Script.Script = [
  Script.send("220 mx.example ready"),
  Script.expect("EHLO client.example"),
  Script.send("250-mx.example", "250 PIPELINING"),
  Script.expect(/^MAIL FROM:<[a-z]+@client\.example>$/),
  Script.expect("RCPT TO:<b@mx.example>"),
  Script.expect("DATA"),
  Script.send("250 ok", "250 ok", "354 go on"),
  Script.expectData("Subject: dots\r\n\r\n.\r\n..\r\nend\r\n"),
  Script.send("250 queued"),
  Script.expectBytes(bytes("QUIT\r\n")),
  Script.send("221 bye"),
  Script.close
]

const client: Script.Script = [
  Script.expect("220 mx.example ready"),
  Script.send("EHLO client.example"),
  Script.expect("250-mx.example"),
  Script.expect("250 PIPELINING"),
  Script.send("MAIL FROM:<a@client.example>", "RCPT TO:<b@mx.example>", "DATA"),
  Script.expect("250 ok"),
  Script.expect("250 ok"),
  Script.expect("354 go on"),
  Script.sendBytes(bytes("Subject: dots\r\n\r\n..\r\n...\r\nend\r\n.\r\n")),
  Script.expect("250 queued"),
  Script.send("QUIT"),
  Script.expect("221 bye"),
  Script.expectEnd
]

/** Plays two scripts against each other; either's error is the result. */
const play = (serverScript: Script.Script, clientScript: Script.Script) =>
  ScriptedPeer.against(
    { endpoint, scripts: [serverScript] },
    (endpoint) => ScriptedPeer.dial(endpoint, clientScript)
  )

const playOver = (
  network: Layer.Layer<Dialer.Dialer | Listener.Listener>,
  serverScript: Script.Script,
  clientScript: Script.Script
) => Effect.provide(play(serverScript, clientScript), network)

const memory = MemoryNetwork.layer()
const pretend = MemoryNetwork.layer({
  upgrade: (flow) => Effect.succeed({ ...flow, write: (_) => flow.write(_.map((b) => b ^ 1)) })
})
const tls = Tls.client({ serverName: "mx.example" })

describe("ScriptedPeer", () => {
  describe("two scripts", () => {
    it.effect("play the two sides of a conversation", () => playOver(memory, server, client))

    for (const n of [1, 2, 3, 7]) {
      it.effect(`play it with all bytes in pieces of ${n}`, () =>
        playOver(
          Layer.merge(Rechunk.dialer(n), Rechunk.listener(n)).pipe(Layer.provide(memory)),
          server,
          client
        ))
    }
  })

  describe("ScriptError", () => {
    const error = (serverScript: Script.Script, clientScript: Script.Script) =>
      Effect.flip(playOver(memory, serverScript, clientScript))

    it.effect("says what was expected, what came, and what was before", () =>
      Effect.gen(function*() {
        const said = yield* error(
          [Script.send("220 hi"), Script.expect("EHLO a"), Script.send("250 hi")],
          [Script.expect("220 hi"), Script.send("HELO a"), Script.expect("250 hi")]
        )
        expect(said).toMatchObject({ _tag: "ScriptError", step: 1, received: { _tag: "Text" } })
        expect(said.message).toBe([
          "at step 2 of 3:",
          "    send \"220 hi\"",
          "  - expect \"EHLO a\"",
          "  + received \"HELO a\""
        ].join("\n"))
      }))

    it.effect("skips so many bytes, and no more", () =>
      Effect.gen(function*() {
        const said = yield* error(
          [Script.skipBytes(4), Script.expect("QUIT")],
          [Script.sendBytes(bytes("\n\r\n!NOOP\r\n")), Script.expectEnd]
        )
        expect(said).toMatchObject({ step: 1, received: { text: "NOOP" } })
      }))

    it.effect("tells a bare LF from a line end", () =>
      Effect.gen(function*() {
        const said = yield* error(
          [Script.expect("QUIT")],
          [Script.sendBytes(bytes("QUIT\n")), Script.expectEnd]
        )
        expect(said.message).toContain("+ received bytes \"QUIT\\n\"")
      }))

    it.effect("gives up on a line that does not end", () =>
      Effect.gen(function*() {
        const said = yield* error(
          [Script.expect("QUIT")],
          [Script.sendBytes(new Uint8Array(65537)), Script.expectEnd]
        )
        expect(said).toMatchObject({ received: { _tag: "Bytes" } })
      }))

    it.effect("shows other bytes than expected", () =>
      Effect.gen(function*() {
        const said = yield* error(
          [Script.expectBytes(Uint8Array.of(1, 2))],
          [Script.sendBytes(Uint8Array.of(1, 3)), Script.expectEnd]
        )
        expect(said.message).toContain("+ received bytes \"\\u0001\\u0003\"")
      }))

    it.effect("shows another message than expected", () =>
      Effect.gen(function*() {
        const said = yield* error(
          [Script.expectData("one\r\n")],
          [Script.send("two", "."), Script.expectEnd]
        )
        expect(said.message).toContain("+ received \"two\\r\\n\"")
      }))

    it.effect("N2: does not take a bare line end in message data", () =>
      Effect.gen(function*() {
        const said = yield* error(
          [Script.expectData()],
          [Script.sendBytes(bytes("one\ntwo\r\n.\r\n")), Script.expectEnd]
        )
        expect(said.message).toContain("+ received message data with a bare LF at octet 3")
      }))

    it.effect("says that the peer left early, and with what unfinished", () =>
      Effect.gen(function*() {
        for (const step of [Script.expect("QUIT"), Script.expectBytes(bytes("QUIT\r\n"))]) {
          const said = yield* error([step], [Script.sendBytes(bytes("QU"))])
          expect(said.message).toContain("+ received the end after \"QU\"")
        }
        const said = yield* error([Script.expectData()], [Script.send("half")])
        expect(said.message).toContain("+ received the end after \"half\\r\\n\"")
      }))

    it.effect("says that there was more where the end was expected", () =>
      Effect.gen(function*() {
        const late = yield* error([Script.expectEnd], [Script.send("NOOP")])
        expect(late.message).toContain("+ received bytes \"NOOP\\r\\n\"")
        const unread = yield* error(
          [Script.expect("QUIT"), Script.expectEnd],
          [Script.send("QUIT", "NOOP")]
        )
        expect(unread.message).toContain("+ received bytes \"NOOP\\r\\n\"")
      }))

    it.effect("says that the connection failed", () =>
      Effect.gen(function*() {
        const said = yield* error([Script.expect("QUIT")], [Script.reset])
        expect(said).toMatchObject({
          received: { _tag: "Failed", error: { reason: "Reset", during: "read" } }
        })
      }))

    it.effect("says that nothing can follow a close", () =>
      Effect.gen(function*() {
        const said = yield* error([Script.close, Script.send("220 hi")], [Script.expectEnd])
        expect(said.message).toBe([
          "at step 2 of 2:",
          "    close",
          "  - send \"220 hi\"",
          "  + but nothing can follow the step before"
        ].join("\n"))
      }))
  })

  describe("endings", () => {
    it.effect("close sends what was written, reset cuts", () =>
      Effect.gen(function*() {
        yield* playOver(memory, [Script.send("221 bye"), Script.close], [
          Script.expect("221 bye"),
          Script.expectEnd
        ])
        const said = yield* Effect.flip(playOver(memory, [Script.reset], [Script.expectEnd]))
        expect(said).toMatchObject({ received: { error: { reason: "Reset" } } })
      }))

    it.scoped("run leaves the connection to its owner, and says how to end it", () =>
      Effect.gen(function*() {
        const [one, other] = yield* MemoryNetwork.pair()
        const run = (script: Script.Script) =>
          Effect.provideService(ScriptedPeer.run(script), Flow.Flow, one)
        expect(yield* run([])).toBe("close")
        expect(yield* run([Script.send("250 ok"), Script.close])).toBe("close")
        expect(yield* run([Script.reset])).toBe("reset")
        expect(Option.isSome(yield* other.read)).toBe(true)
        yield* other.write(bytes("QUIT\r\n"))
        yield* run([Script.expect("QUIT")])
      }))
  })

  describe("startTls", () => {
    it.effect("goes on over the upgraded flow", () =>
      playOver(
        pretend,
        [Script.expect("STARTTLS"), Script.send("220 go"), Script.startTls(tls), Script.send("x")],
        [
          Script.send("STARTTLS"),
          Script.expect("220 go"),
          Script.expectBytes(bytes("x\r\n").map((byte) => byte ^ 1))
        ]
      ))

    it.effect("N4, N5: fails when clear text was received that nobody read", () =>
      Effect.gen(function*() {
        const said = yield* Effect.flip(playOver(
          pretend,
          [Script.expect("STARTTLS"), Script.send("220 go"), Script.startTls(tls)],
          [Script.send("STARTTLS", "MAIL FROM:<evil@example.com>"), Script.expect("220 go")]
        ))
        expect(said.message).toContain("+ received bytes \"MAIL FROM:<evil@example.com>\\r\\n\"")
      }))

    it.effect("says why it failed", () =>
      Effect.gen(function*() {
        const said = yield* Effect.flip(
          playOver(memory, [Script.startTls(tls)], [Script.expectEnd])
        )
        expect(said.message).toContain("+ the connection failed: upgrade: unsupported")
      }))
  })

  describe("waiting", () => {
    it.effect("pauses by the clock", () =>
      Effect.gen(function*() {
        const playing = yield* Effect.fork(
          playOver(memory, [Script.pause("5 minutes"), Script.send("220 hi")], [
            Script.expect("220 hi")
          ])
        )
        yield* TestClock.adjust("299 seconds")
        expect(Option.isNone(yield* Fiber.poll(playing))).toBe(true)
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(playing)
      }))

    it.effect("waits for something else to happen", () =>
      Effect.gen(function*() {
        const ready = yield* Deferred.make<void>()
        yield* playOver(
          memory,
          [Script.wait("the client", Deferred.await(ready)), Script.send("220 hi")],
          [Script.wait("nothing", Deferred.succeed(ready, void 0)), Script.expect("220 hi")]
        )
      }))
  })

  describe("against", () => {
    const program = (endpoint: Endpoint.Endpoint) =>
      Effect.gen(function*() {
        const dialer = yield* Dialer.Dialer
        const flow = yield* dialer.dial(endpoint)
        const greeting = yield* flow.read
        yield* flow.write(bytes("QUIT\r\n"))
        return Option.map(greeting, (_) => new TextDecoder().decode(_))
      }).pipe(Effect.scoped)

    it.effect("gives the program's result", () =>
      Effect.gen(function*() {
        const script = [Script.send("220 hi"), Script.expect("QUIT"), Script.expectEnd]
        const result = yield* ScriptedPeer.against({ endpoint, scripts: [script] }, program)
        expect(result).toEqual(Option.some("220 hi\r\n"))
      }).pipe(Effect.provide(memory)))

    it.effect("tells the program the real port", () =>
      Effect.gen(function*() {
        const script = [Script.send("220 hi"), Script.expect("QUIT")]
        const any = Endpoint.Tcp({ host: "mx.example", port: 0 })
        yield* ScriptedPeer.against({ endpoint: any, scripts: [script] }, program)
      }).pipe(Effect.provide(memory)))

    it.effect("plays a script for each connection, at the same time", () =>
      Effect.gen(function*() {
        const second = yield* Deferred.make<void>()
        const quit = Script.expect("QUIT")
        yield* ScriptedPeer.against({
          endpoint,
          scripts: [
            [Script.wait("the second", Deferred.await(second)), Script.send("220 first"), quit],
            [Script.send("220 second"), quit, Script.wait("", Deferred.succeed(second, void 0))]
          ]
        }, (endpoint) =>
          Effect.gen(function*() {
            const first = yield* Effect.fork(program(endpoint))
            yield* Effect.yieldNow()
            expect(yield* program(endpoint)).toEqual(Option.some("220 second\r\n"))
            expect(yield* Fiber.join(first)).toEqual(Option.some("220 first\r\n"))
          }))
      }).pipe(Effect.provide(memory)))

    it.effect("fails when the script was not played to its end", () =>
      Effect.gen(function*() {
        const script = [Script.send("220 hi"), Script.expect("QUIT"), Script.expect("NOOP")]
        const error = yield* Effect.flip(
          ScriptedPeer.against({ endpoint, scripts: [script] }, program)
        )
        expect(error).toMatchObject({ step: 2, received: { _tag: "End" } })
      }).pipe(Effect.provide(memory)))

    it.effect("fails when the program never connected", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(
          ScriptedPeer.against({ endpoint, scripts: [[]] }, () => Effect.void)
        )
        expect(error).toMatchObject({ _tag: "FlowError", during: "accept", reason: "Closed" })
      }).pipe(Effect.provide(memory)))

    it.effect("blames the script's mismatch for what the program made of it", () =>
      Effect.gen(function*() {
        const script = [Script.send("220 hi"), Script.expect("NOOP")]
        const error = yield* Effect.flip(
          ScriptedPeer.against(
            { endpoint, scripts: [script] },
            (endpoint) => Effect.zipRight(program(endpoint), Effect.fail("the program"))
          )
        )
        expect(error).toMatchObject({ _tag: "ScriptError", received: { text: "QUIT" } })
      }).pipe(Effect.provide(memory)))

    it.effect("lets the program's failure through, even with its connection open", () =>
      Effect.gen(function*() {
        const script = [Script.send("220 hi"), Script.expect("QUIT")]
        const error = yield* Effect.flip(
          ScriptedPeer.against(
            { endpoint, scripts: [script] },
            (endpoint) =>
              Effect.gen(function*() {
                const dialer = yield* Dialer.Dialer
                const flow = yield* dialer.dial(endpoint)
                yield* flow.read
                return yield* Effect.fail("the program")
              })
          ).pipe(Effect.scoped)
        )
        expect(error).toBe("the program")
      }).pipe(Effect.provide(memory)))
  })
})
