import * as Credentials from "@effect-smtp/client/Credentials"
import * as Security from "@effect-smtp/client/Security"
import * as SmtpClient from "@effect-smtp/client/SmtpClient"
import * as Tokens from "@effect-smtp/client/Tokens"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type { SMTPServerOptions } from "smtp-server"
import * as Machine from "../src/Machine.js"
import * as Message from "../src/Message.js"
import * as NpmServer from "../src/NpmServer.js"
import * as OurClient from "../src/OurClient.js"
import * as Port from "../src/Port.js"

const { name, password } = NpmServer.user

/** Accepts the user's password by CRAM-MD5 alone, and the token `good` by XOAUTH2. */
const onAuth: SMTPServerOptions["onAuth"] = (auth, _session, done) =>
  auth.method === "XOAUTH2"
    ? auth.username === name && auth.accessToken === "good"
      ? done(null, { user: name })
      : done(null, { data: { status: "401", schemes: "bearer", scope: "mail" } })
    : done(null, auth.validatePassword(password) ? { user: name } : {})

/** A server that offers these, and a session with it over STARTTLS. */
const meet = (authMethods: Array<string>, credentials: Credentials.Credentials) =>
  Effect.gen(function*() {
    const server = yield* NpmServer.make({ authMethods, onAuth })
    const client = yield* SmtpClient.connect(Port.endpoint(server.port), {
      security: Security.StartTls({ tls: OurClient.tls(server.certificate) }),
      credentials
    })
    yield* OurClient.deliver(client, { to: ["bob@mx.example"], message: Message.plain })
    return server.kept
  }).pipe(Effect.provide(Machine.layer))

const byPassword = (secret: string) =>
  Credentials.fromPassword({ username: name, password: Redacted.make(secret) })

describe("smtp-server and our client", () => {
  it.scopedLive("M19: meet over CRAM-MD5", () =>
    Effect.gen(function*() {
      const kept = yield* meet(["CRAM-MD5"], byPassword(password))
      expect(kept).toMatchObject([{ secure: true, user: name }])
    }))

  it.scopedLive("M19: part over CRAM-MD5 and a wrong password", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(meet(["CRAM-MD5"], byPassword("wrong")))
      expect(error).toMatchObject({
        _tag: "AuthenticationFailed",
        mechanism: "CRAM-MD5",
        reply: { code: 535 }
      })
    }))

  it.scopedLive("M19: meet over XOAUTH2, when the token has been replaced", () =>
    Effect.gen(function*() {
      const fetched = yield* Ref.make(0)
      const tokens = yield* Tokens.make(Effect.map(
        Ref.updateAndGet(fetched, (n) => n + 1),
        (n) => ({ value: Redacted.make(n === 1 ? "expired" : "good") })
      ))
      const credentials = Credentials.fromTokens({ username: name, tokens })
      expect(yield* meet(["XOAUTH2"], credentials)).toMatchObject([{ secure: true, user: name }])
      expect(yield* Ref.get(fetched)).toBe(2)
    }))

  it.scopedLive("M19: part over XOAUTH2 with the server's reason", () =>
    Effect.gen(function*() {
      const tokens = Tokens.fromToken(Redacted.make("expired"))
      const credentials = Credentials.fromTokens({ username: name, tokens })
      const error = yield* Effect.flip(meet(["XOAUTH2"], credentials))
      expect(error).toMatchObject({
        _tag: "AuthenticationFailed",
        mechanism: "XOAUTH2",
        refusal: { _tag: "OAuth", status: "401" }
      })
    }))
})
