import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Inspectable from "effect/Inspectable"
import * as Redacted from "effect/Redacted"
import * as ConnectionUrl from "../src/ConnectionUrl.js"

const parsed = (text: string) => Either.getOrThrow(ConnectionUrl.parse(text))

const refused = (text: string) => {
  const { expected, offset, part } = Either.getOrThrow(Either.flip(ConnectionUrl.parse(text)))
  return [part, offset, expected]
}

describe("ConnectionUrl", () => {
  describe("parse", () => {
    const places: ReadonlyArray<readonly [string, string, number, string]> = [
      ["smtp://mx.example", "mx.example", 25, "Opportunistic"],
      ["smtp://mx.example/", "mx.example", 25, "Opportunistic"],
      ["SMTP://alice:sesame@mx.example", "mx.example", 587, "StartTls"],
      ["smtps://mx.example", "mx.example", 465, "Implicit"],
      ["smtps://alice:sesame@mx.example:10465/?", "mx.example", 10465, "Implicit"],
      ["smtp://mx.example:2525?tls=starttls", "mx.example", 2525, "StartTls"],
      ["smtp://a:b@mx.example?tls=opportunistic", "mx.example", 587, "Opportunistic"],
      ["smtp://a:b@mx.example?tls=none", "mx.example", 587, "ClearText"],
      ["smtp://127.0.0.1:1025", "127.0.0.1", 1025, "Opportunistic"],
      ["smtp://[2001:DB8::1]:26", "2001:db8::1", 26, "Opportunistic"],
      ["smtps://[::1]", "::1", 465, "Implicit"],
      ["smtp://b%C3%BCcher.example", "xn--bcher-kva.example", 25, "Opportunistic"],
      ["smtp://localhost", "localhost", 25, "Opportunistic"]
    ]
    for (const [text, host, port, security] of places) {
      it(`reads ${text}`, () => {
        const { endpoint, session } = parsed(text)
        expect(endpoint).toEqual({ _tag: "Tcp", host, port })
        expect(session.security._tag).toBe(security)
        if (session.security._tag !== "ClearText") {
          expect(session.security.tls.serverName).toBe(host)
        }
      })
    }

    it("never shows a password in clear text, whatever the URL says", () => {
      expect(parsed("smtp://a:b@mx.example?tls=none").session.security)
        .toEqual({ _tag: "ClearText", credentials: "Refused" })
    })

    it("T13: knows the names of both sides, and the one mechanism to use", () => {
      const { session } = parsed(
        "smtps://a:b@192.0.2.1?servername=mx.example&name=client.example&auth=plain"
      )
      expect(session).toMatchObject({
        security: { tls: { serverName: "mx.example" } },
        name: Either.getOrThrow(Domain.parse("client.example")),
        credentials: { _tag: "Password", mechanisms: ["PLAIN"] }
      })
    })

    it("decodes user and password, and keeps the password to itself", () => {
      const { session } = parsed("smtps://alice%40mx.example:s%3Ae%2Fs%23%C3%A4@mx.example")
      const { credentials } = session
      expect(credentials?._tag === "Password" && credentials.username).toBe("alice@mx.example")
      expect(credentials?._tag === "Password" && Redacted.value(credentials.password))
        .toBe("s:e/s#ä")
      expect(Inspectable.stringifyCircular(session)).not.toContain("s:e")
    })

    const wrong: ReadonlyArray<readonly [string, ConnectionUrl.Part, number]> = [
      ["", "scheme", 0],
      ["mx.example", "scheme", 0],
      ["http://mx.example", "scheme", 0],
      ["smtp:mx.example", "scheme", 0],
      ["smtp://mx.example\n", "text", 17],
      ["smtp://", "host", 7],
      ["smtp://-mx", "host", 7],
      ["smtp://[::1", "host", 7],
      ["smtp://[::g]", "host", 7],
      ["smtp://::1", "host", 7],
      ["smtp://mx.example:", "port", 18],
      ["smtp://mx.example:0", "port", 18],
      ["smtp://mx.example:65536", "port", 18],
      ["smtp://mx.example:1e3", "port", 18],
      ["smtp://alice@mx.example", "password", 12],
      ["smtp://alice:@mx.example", "password", 13],
      ["smtp://:sesame@mx.example", "user", 7],
      ["smtp://al%zz:sesame@mx.example", "user", 7],
      ["smtp://alice:%ff@mx.example", "password", 13],
      ["smtp://alice@home:sesame@mx.example", "password", 12],
      ["smtp://alice:s@same@mx.example", "host", 19],
      ["smtp://mx.example/inbox", "path", 18],
      ["smtp://mx.example#x", "path", 17],
      ["smtp://mx.example?tls=none#x", "query", 26],
      ["smtp://mx.example?pool=true", "query", 18],
      ["smtp://mx.example?tls", "query", 18],
      ["smtp://mx.example?tls=", "query", 18],
      ["smtp://mx.example?tls=none&", "query", 27],
      ["smtp://mx.example?tls=none&tls=none", "query", 27],
      ["smtp://mx.example?tls=maybe", "query", 18],
      ["smtps://mx.example?tls=none", "query", 19],
      ["smtp://mx.example?auth=PLAIN", "query", 18],
      ["smtp://a:b@mx.example?auth=ROT13", "query", 22],
      ["smtp://mx.example?name=not%20a%20name", "query", 18]
    ]
    for (const [text, part, offset] of wrong) {
      it(`refuses ${JSON.stringify(text)}`, () => {
        expect(refused(text).slice(0, 2)).toEqual([part, offset])
      })
    }

    it("says nothing of a password that it refuses", () => {
      const error = Either.getOrThrow(Either.flip(ConnectionUrl.parse("smtp://alice:s%same@x")))
      expect(error.message).toBe(
        "password of a connection URL at offset 13: expected UTF-8 in percent-encoding"
      )
    })

    it.prop("is total", [FastCheck.string()], ([text]) => {
      for (const whole of [text, `smtp://${text}`, `smtps://a:b@mx.example?${text}`]) {
        expect(Either.isEither(ConnectionUrl.parse(whole))).toBe(true)
      }
    })

    it.prop(
      "reads back any user and password",
      [
        FastCheck.fullUnicodeString({ minLength: 1 }),
        FastCheck.fullUnicodeString({ minLength: 1 })
      ],
      ([username, password]) => {
        const [user, secret] = [username, password].map(encodeURIComponent)
        const { credentials } = parsed(`smtps://${user}:${secret}@mx.example`).session
        expect(
          credentials?._tag === "Password" && [
            credentials.username,
            Redacted.value(credentials.password)
          ]
        ).toEqual([username, password])
      }
    )
  })

  describe("config", () => {
    const read = (name: string | undefined, variables: Record<string, string>) =>
      Effect.withConfigProvider(
        ConnectionUrl.config(name),
        ConfigProvider.fromMap(new Map(Object.entries(variables)))
      )

    it.effect("reads a variable", () =>
      Effect.gen(function*() {
        const usual = yield* read(undefined, { SMTP_URL: "smtp://mx.example" })
        expect(usual.endpoint).toMatchObject({ host: "mx.example", port: 25 })
        const other = yield* read("RELAY", { RELAY: "smtps://mx.example" })
        expect(other.endpoint).toMatchObject({ port: 465 })
      }))

    it.effect("tells what is wrong, without the text", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(read(undefined, { SMTP_URL: "smtp://alice:sesame@" }))
        expect(String(error)).toContain("host of a connection URL at offset 20")
        expect(String(error)).not.toContain("sesame")
        expect(String(yield* Effect.flip(read(undefined, {})))).toContain("SMTP_URL")
      }))
  })
})
