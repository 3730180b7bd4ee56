import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import { Desk, support } from "@effect-smtp/examples/router"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Policy from "@effect-smtp/server/Policy"
import * as SmtpServer from "@effect-smtp/server/SmtpServer"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Reply from "@effect-smtp/wire/Reply"
import { describe, expect, it } from "@effect/vitest"
import type * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

const endpoint = Endpoint.Tcp({ host: "support.example", port: 25 })
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe("router", () => {
  it.scoped("the support desk gets what is for it, by ticket and by topic", () =>
    Effect.gen(function*() {
      const seen: Array<unknown> = []
      const desk = Layer.succeed(Desk, {
        has: (id) => Effect.succeed(id !== "404"),
        comment: (ids, mail) =>
          Effect.map(Stream.runFold(mail, "", (all, chunk) => all + text(chunk)), (all) => {
            seen.push([ids, all])
          }),
        open: (topics, mail) =>
          Effect.sync(() => {
            seen.push([topics, text(mail)])
            return "ticket-99"
          })
      })
      const name = yield* Domain.parse("support.example")
      const replies = yield* Effect.gen(function*() {
        yield* SmtpServer.serve({ name, places: [{ endpoint, policy: Policy.clearText }] })
        const client = yield* SmtpClient.connect(endpoint, {
          security: Security.ClearText({ credentials: "Refused" })
        })
        const send = (to: Arr.NonEmptyReadonlyArray<string>) =>
          Effect.gen(function*() {
            const envelope = yield* Envelope.parse({ from: "ann@client.example", to })
            const { accepted, rejected, reply } = yield* client.deliver(
              envelope,
              Body.fromString("Hello\n"),
              {}
            )
            return [...accepted, ...rejected].map((_) => Reply.summary(_.reply)).concat(
              reply._tag === "Some" ? Reply.summary(reply.value) : []
            )
          })
        return [
          yield* send([
            "ticket-1@support.example",
            "ticket-404@support.example",
            "ticket-2@support.example"
          ]),
          yield* send(["help+billing@support.example"]),
          yield* send(["help@support.example"])
        ]
      }).pipe(Effect.provide(Layer.merge(
        Layer.provide(support, desk),
        MemoryNetwork.layer()
      )))
      expect(seen).toEqual([
        [["1", "2"], "Hello\r\n"],
        [["billing"], "Hello\r\n"],
        [["general"], "Hello\r\n"]
      ])
      expect(replies).toEqual([
        [
          "250 2.1.5 Recipient OK",
          "250 2.1.5 Recipient OK",
          "550 5.1.1 No such mailbox",
          "250 2.0.0 OK"
        ],
        ["250 2.1.5 Recipient OK", "250 2.0.0 Queued as ticket-99"],
        ["250 2.1.5 Recipient OK", "250 2.0.0 Queued as ticket-99"]
      ])
    }))
})
