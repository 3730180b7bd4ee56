import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Command from "@effect/platform/Command"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"

const file = new URL("../src/cluster.ts", import.meta.url).pathname

const send = (port: number) =>
  ScriptedPeer.dial(Endpoint.Tcp({ host: "127.0.0.1", port }), [
    Script.expect(/^220 /),
    Script.send("HELO client.example"),
    Script.expect(/^250 /),
    Script.send("MAIL FROM:<>"),
    Script.expect(/^250 /),
    Script.send("RCPT TO:<bob@mx.example>"),
    Script.expect(/^250 /),
    Script.send("DATA"),
    Script.expect(/^354 /),
    Script.send("Hello", "."),
    Script.expect(/^250 /),
    Script.send("QUIT"),
    Script.expect(/^221 /)
  ])

it.scopedLive(
  "several processes take the mail of one port, and stop in order",
  () =>
    Effect.gen(function*() {
      const primary = yield* Command.make(
        process.execPath,
        ...["--import", "tsx", "--conditions=@effect-smtp/source", file]
      ).pipe(Command.env({ WORKERS: "2", PORT: "0" }), Command.start)
      const lines = yield* Queue.unbounded<string>()
      yield* primary.stdout.pipe(
        Stream.decodeText(),
        Stream.splitLines,
        Stream.runForEach((line) => Queue.offer(lines, line)),
        Effect.forkScoped
      )
      const listening = [yield* Queue.take(lines), yield* Queue.take(lines)]
      const [port, ...others] = new Set(listening.map((line) => /:(\d+)$/.exec(line)?.[1]))
      expect(others).toEqual([])
      const pids = new Set<string>()
      for (let i = 0; i < 4; i++) {
        yield* send(Number(port))
        pids.add((yield* Queue.take(lines)).replace(" has a message", ""))
      }
      expect(listening.map((line) => line.split(" ")[0]).sort()).toEqual([...pids].sort())
      yield* Effect.ignore(primary.kill("SIGTERM"))
      expect(yield* primary.isRunning).toBe(false)
    }).pipe(Effect.provide(Layer.merge(NodeContext.layer, NodeDialer.layer()))),
  30_000
)
