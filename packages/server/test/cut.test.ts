import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type { Flow } from "@effect-smtp/flow/Flow"
import * as Listener from "@effect-smtp/flow/Listener"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Limits from "@effect-smtp/protocol/Limits"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Authenticator from "../src/Authenticator.js"
import * as Handler from "../src/Handler.js"
import * as Policy from "../src/Policy.js"
import * as SmtpServer from "../src/SmtpServer.js"
import { bytes, inbox, mx, readAll } from "./talk.js"

const endpoint = Endpoint.Tcp({ host: "mx.example", port: 587 })

/** What a client says in a whole session, each piece once the one before was answered. */
const session = [
  "EHLO client.example\r\n",
  "AUTH LOGIN\r\n",
  "YWxpY2U=\r\n",
  "c2VzYW1l\r\n",
  "MAIL FROM:<a@client.example>\r\nRCPT TO:<b@mx.example>\r\nRCPT TO:<c@mx.example>\r\nDATA\r\n",
  "Subject: cut\r\n\r\n..dot\r\nlast\r\n.\r\n",
  "QUIT\r\n"
].join("")

const finalDot = session.indexOf("\r\n.\r\n") + "\r\n.\r\n".length

/** How many flows were accepted, and how many of their scopes were closed again. */
const counting = (network: Listener.Shape) => {
  const flows = { opened: 0, closed: 0 }
  const count = (flow: Flow) =>
    Effect.as(
      Effect.acquireRelease(
        Effect.sync(() => {
          flows.opened++
        }),
        () =>
          Effect.sync(() => {
            flows.closed++
          })
      ),
      flow
    )
  const listener: Listener.Shape = {
    listen: (at) =>
      Effect.map(network.listen(at), (bound) => ({
        ...bound,
        accept: Effect.flatMap(bound.accept, count)
      }))
  }
  return { flows, listener }
}

/** One server for all; each client says that much of the session, and vanishes. */
const cutAt = (lengths: ReadonlyArray<number>, how: "end" | "reset" | "close", capacity: number) =>
  Effect.scoped(Effect.gen(function*() {
    const network = yield* MemoryNetwork.make({ capacity })
    const { flows, listener } = counting(network)
    const { decisions, mails } = inbox()
    yield* SmtpServer.serve({
      name: mx,
      places: [{
        endpoint,
        policy: {
          ...Policy.clearText,
          authentication: "Required",
          clearTextPasswords: "ExposedToEveryone"
        }
      }],
      // With room for one, a conversation that hangs keeps the next client out.
      limits: Limits.make({ connections: 1 })
    }).pipe(
      Effect.provideService(Listener.Listener, listener),
      Effect.provideService(Handler.Handler, decisions),
      Effect.provide(
        Authenticator.layerPasswords(new Map([["alice", Redacted.make("sesame")]]))
      )
    )
    const stored: Array<number> = []
    for (const length of lengths) {
      const before = mails.length
      yield* Effect.scoped(Effect.gen(function*() {
        const client = yield* network.dial(endpoint)
        const hearing = yield* Effect.fork(readAll(client))
        yield* client.write(bytes(session.slice(0, length)))
        if (how === "end") {
          yield* client.end
          yield* Fiber.join(hearing)
        } else {
          yield* Effect.repeatN(Effect.yieldNow(), length % 40)
          if (how === "reset") yield* client.reset
        }
      }))
      yield* Effect.scoped(Effect.gen(function*() {
        const next = yield* network.dial(endpoint)
        yield* next.end
        expect(yield* readAll(next)).toBe("220 mx.example ESMTP\r\n")
      }))
      yield* Effect.yieldNow()
      expect(flows.opened - flows.closed).toBe(0)
      stored.push(mails.length - before)
    }
    for (const mail of mails) {
      expect(mail).toEqual({
        from: "<a@client.example>",
        to: ["<b@mx.example>", "<c@mx.example>"],
        body: "Subject: cut\r\n\r\n.dot\r\nlast\r\n"
      })
    }
    return stored
  }))

const everywhere = Array.from({ length: session.length + 1 }, (_, length) => length)

describe("a session cut at every byte", () => {
  it.effect("N13: by a client that stops: stored if, and only if, the final dot came", () =>
    Effect.gen(function*() {
      expect(yield* cutAt(everywhere, "end", 65_536))
        .toEqual(everywhere.map((length) => length >= finalDot ? 1 : 0))
    }))

  it.effect("N13: through a pipe of seven bytes, just the same", () =>
    Effect.gen(function*() {
      expect(yield* cutAt(everywhere, "end", 7))
        .toEqual(everywhere.map((length) => length >= finalDot ? 1 : 0))
    }))

  for (const how of ["reset", "close"] as const) {
    it.effect(`N13: by a client that is gone (${how}): never stored before the final dot`, () =>
      Effect.gen(function*() {
        const stored = yield* cutAt(everywhere, how, 65_536)
        expect(stored.slice(0, finalDot)).toEqual(everywhere.slice(0, finalDot).map(() => 0))
        expect(Math.max(...stored)).toBeLessThanOrEqual(1)
      }))
  }
})
