import * as Dialer from "@effect-smtp/flow/Dialer"
import { describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ConnectionUrl from "../src/ConnectionUrl.js"
import * as SmtpClient from "../src/SmtpClient.js"
import { aliceToBob, hello } from "./harness.js"
import * as PostOffice from "./postOffice.js"

const program = Effect.flatMap(
  SmtpClient.SmtpClient,
  ({ deliver }) => deliver(aliceToBob, hello)
)

/** Delivers through a client that the variable SMTP_URL describes. */
const through = (url: string) =>
  Effect.gen(function*() {
    const { dialer, seen } = yield* PostOffice.make()
    const client = SmtpClient.layerConfig(ConnectionUrl.config())
    yield* Effect.provide(
      program,
      Layer.provide(client, Layer.succeed(Dialer.Dialer, dialer))
    ).pipe(Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["SMTP_URL", url]]))))
    return seen
  })

describe("SmtpClient.layerConfig", () => {
  it.scoped("opens the session that the configuration describes", () =>
    Effect.gen(function*() {
      const { heard, stored } = yield* through("smtp://mx.example?tls=none&name=client.example")
      expect(stored).toHaveLength(1)
      expect(heard.map(({ what }) => what)).toContain("EHLO")
    }))

  it.scoped("fails where there is no such configuration, before anything is dialed", () =>
    Effect.gen(function*() {
      expect(yield* Effect.flip(through("imap://mx.example"))).toMatchObject({ _op: "InvalidData" })
    }))
})
