import { invite } from "@effect-smtp/examples/invitation"
import * as Header from "@effect-smtp/message/Header"
import * as Mailer from "@effect-smtp/message/Mailer"
import * as Message from "@effect-smtp/message/Message"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

const file = (name: string) => new URL(`../messages/${name}`, import.meta.url).pathname
const files = { picture: file("envelope.png"), beside: file("hello.eml") }

it.effect("invites everybody, with the picture and the file", () =>
  Effect.gen(function*() {
    const outcome = yield* invite("Søren <soren@example.net>, bob@example.com", files)
    expect(outcome.accepted).toHaveLength(2)

    const { messages } = yield* Mailer.SentMail
    const [sent] = yield* messages
    const { attachments, header, html } = yield* Message.decode(sent.bytes)
    expect(Header.subject(header)).toEqual(Option.some("Grüße aus 東京, und komm vorbei 📮"))
    expect(Option.getOrThrow(html)).toContain("cid:picture")
    expect(attachments.map(({ type }) => type)).toEqual(["image/png", "message/global"])
  }).pipe(Effect.provide(Layer.mergeAll(Mailer.layerMemory, NodeContext.layer))))
