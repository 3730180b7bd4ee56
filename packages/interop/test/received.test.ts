import * as Security from "@effect-smtp/client/Security"
import * as Facts from "@effect-smtp/received/Facts"
import * as Protocol from "@effect-smtp/received/Protocol"
import * as Received from "@effect-smtp/received/Received"
import { describe, expect, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Dovecot from "../src/Dovecot.js"
import * as Exim from "../src/Exim.js"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as OurClient from "../src/OurClient.js"
import * as Postfix from "../src/Postfix.js"

/** A Postfix that relays to an Exim, over TLS, and one that relays to a Dovecot, by LMTP. */
interface Servers {
  readonly exim: Exim.Shape
  readonly toExim: Postfix.Shape
  readonly dovecot: Dovecot.Dovecot
  readonly toDovecot: Postfix.Shape
}
const Servers = Context.GenericTag<Servers>("@effect-smtp/interop/test/Servers")

const servers = Effect.gen(function*() {
  const exim = yield* Exim.make
  const dovecot = yield* Dovecot.make({ port: exim.smtp, user: Exim.user })
  const settings = { smtp_tls_security_level: "encrypt" }
  return {
    exim,
    dovecot,
    toExim: yield* Postfix.make({
      routes: { "mx.example": { protocol: "smtp", port: exim.smtp, settings } }
    }),
    toDovecot: yield* Postfix.make({
      routes: { "mx.example": { protocol: "lmtp", port: dovecot.lmtp } }
    })
  }
})

/** The fields of a message that are folded over the lines behind them, the topmost first. */
const receivedOf = (message: string): ReadonlyArray<string> => {
  const [header] = message.split("\n\n", 1)
  return header.split(/\n(?![ \t])/).filter((field) => field.startsWith("Received:"))
}

/** The facts of each hop, the last first; all of each field was understood, and nothing lost. */
const hops = (message: string): ReadonlyArray<Facts.Facts> =>
  receivedOf(message).map((field) => {
    const received = Either.getOrThrow(Received.parse(field))
    expect(Either.getOrThrow(Received.parse(Received.print(received)))).toEqual(received)
    const words = (text: string) =>
      text.replace(/^Received:/, "").split(/[\s;]+/).filter((_) => _ !== "")
    expect(words(Received.print(received))).toEqual(words(field))
    const facts = Facts.fromReceived(received)
    expect([field, facts.rest]).toEqual([field, []])
    return facts
  })

const said = ({ by, date, for: recipients, from, id, tls, with: protocol }: Facts.Facts) => ({
  from: Option.getOrUndefined(Option.flatMap(from, ({ name }) => name)),
  address: Option.getOrUndefined(Option.flatMap(from, ({ address }) => address)),
  by: Option.getOrUndefined(Option.flatMap(by, ({ name }) => name)),
  with: Option.getOrUndefined(Option.map(protocol, Protocol.print)),
  isSecure: Option.isSome(tls),
  for: recipients,
  isNamed: Option.isSome(id),
  isDated: Option.isSome(date)
})

const submit = (port: number, security: Security.Security) =>
  Effect.gen(function*() {
    const client = yield* OurClient.connect(port, security)
    yield* OurClient.deliver(client, { to: ["bob@mx.example"], message: Message.plain })
  })

const whole = { isNamed: true, isDated: true, for: ["bob@mx.example"] }

layer(Layer.provideMerge(Layer.scoped(Servers, servers), Machine.layer), {
  excludeTestServices: true,
  timeout: "30 seconds"
})("Received fields", (it) => {
  describe("of a message that was relayed", () => {
    it.scoped("are read whole: Postfix to Exim, over TLS", () =>
      Effect.gen(function*() {
        const { exim, toExim } = yield* Servers
        yield* submit(
          toExim.smtp,
          Security.StartTls({ tls: OurClient.tls(toExim.certificate) })
        )
        expect(hops(yield* exim.arrived("bob")).map(said)).toEqual([
          {
            ...whole,
            from: "postfix.example",
            address: "127.0.0.1",
            by: "exim.example",
            with: "ESMTPS",
            isSecure: true
          },
          {
            ...whole,
            from: "client.example",
            address: "127.0.0.1",
            by: "postfix.example",
            with: "ESMTPS",
            isSecure: true
          }
        ])
      }))

    it.scoped("are read whole: Postfix to Dovecot, by LMTP", () =>
      Effect.gen(function*() {
        const { dovecot, toDovecot } = yield* Servers
        yield* submit(toDovecot.smtp, OurClient.clear)
        expect(hops(yield* dovecot.arrived("bob")).map(said)).toEqual([
          {
            ...whole,
            from: "postfix.example",
            address: "127.0.0.1",
            by: "dovecot.example",
            with: "LMTP",
            isSecure: false
          },
          {
            ...whole,
            from: "client.example",
            address: "127.0.0.1",
            by: "postfix.example",
            with: "ESMTP",
            isSecure: false
          }
        ])
      }))
  })
})
