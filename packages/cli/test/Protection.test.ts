import * as Protection from "@effect-smtp/cli/Protection"
import * as Credentials from "@effect-smtp/client/Credentials"
import * as Security from "@effect-smtp/client/Security"
import * as Tls from "@effect-smtp/flow/Tls"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

type Row = readonly [
  given: {
    readonly port?: number
    readonly tls?: Protection.Mode
    readonly login?: true
    readonly requireTls?: true
  },
  port: number,
  mode: Protection.Mode
]

const flags = {
  host: "mx.example",
  ca: Option.none<string>(),
  insecure: false,
  credentials: Option.none<Credentials.Credentials>(),
  identity: Option.none<Tls.Identity>(),
  requireTls: false
}
const password = (mechanism?: Credentials.PasswordMechanism) =>
  Option.some(Credentials.fromPassword({
    username: "alice",
    password: Redacted.make("open sesame"),
    ...(mechanism === undefined ? {} : { mechanism })
  }))
const alice = password()
const identity = { certificate: "cert", key: Redacted.make("key") }
const pem = Option.some("pem")

describe("Protection", () => {
  describe("defaults", () => {
    const rows: ReadonlyArray<Row> = [
      [{}, 25, "opportunistic"],
      [{ port: 2525 }, 2525, "opportunistic"],
      [{ port: 465 }, 465, "implicit"],
      [{ port: 587 }, 587, "starttls"],
      [{ login: true }, 587, "starttls"],
      [{ login: true, port: 2525 }, 2525, "starttls"],
      [{ login: true, port: 465 }, 465, "implicit"],
      [{ login: true, tls: "implicit" }, 465, "implicit"],
      [{ requireTls: true }, 25, "starttls"],
      [{ requireTls: true, port: 465 }, 465, "implicit"],
      [{ tls: "implicit" }, 465, "implicit"],
      [{ tls: "starttls" }, 25, "starttls"],
      [{ tls: "none" }, 25, "none"],
      [{ tls: "none", port: 465 }, 465, "none"]
    ]
    it.each(rows)("fills in %j as port %i with %s", (given, port, mode) => {
      expect(Protection.defaults({
        port: Option.fromNullable(given.port),
        tls: Option.fromNullable(given.tls),
        login: given.login ?? false,
        requireTls: given.requireTls ?? false
      })).toEqual({ port, mode })
    })
  })

  describe("security", () => {
    const of = (given: Partial<Parameters<typeof Protection.security>[0]>) =>
      Protection.security({ ...flags, mode: "starttls", ...given })

    it("checks the certificate for the host, by the system's list or the one given", () => {
      expect(Either.getOrThrow(of({ mode: "implicit" }))).toMatchObject({
        _tag: "Implicit",
        tls: { serverName: "mx.example", verify: "full" }
      })
      expect(Either.getOrThrow(of({ ca: pem }))).toMatchObject({
        _tag: "StartTls",
        tls: { verify: "full", ca: ["pem"] }
      })
    })

    it("checks none when told so, or where clear text would do as well", () => {
      const verify = (given: Parameters<typeof of>[0]) => {
        const security = Either.getOrThrow(of(given))
        return security._tag === "ClearText" ? security._tag : security.tls.verify
      }
      expect(verify({ insecure: true })).toBe("none")
      expect(verify({ mode: "opportunistic" })).toBe("none")
      expect(verify({ mode: "opportunistic", ca: pem })).toBe("full")
      expect(verify({ mode: "opportunistic", credentials: alice })).toBe("full")
      expect(verify({ mode: "opportunistic", credentials: alice, insecure: true })).toBe("none")
    })

    it("shows a client certificate wherever there is TLS, and nowhere else", () => {
      for (const mode of ["implicit", "starttls", "opportunistic"] as const) {
        expect(Either.getOrThrow(of({ mode, identity: Option.some(identity) }))).toMatchObject({
          tls: { identity }
        })
      }
      expect(Either.isLeft(of({ mode: "none", identity: Option.some(identity) }))).toBe(true)
    })

    it("lets a mechanism that keeps the secret do its work in clear text", () => {
      for (const name of ["CRAM-MD5", "SCRAM-SHA-256"] as const) {
        expect(Either.getOrThrow(of({ mode: "none", credentials: password(name) }))).toMatchObject({
          credentials: "Refused"
        })
      }
      expect(Either.isLeft(of({ mode: "none", credentials: password("LOGIN") }))).toBe(true)
    })

    it("exposes a password only when told twice", () => {
      expect(Either.getOrThrow(of({ mode: "none" }))).toMatchObject({ credentials: "Refused" })
      expect(Either.getOrThrow(of({ mode: "none", credentials: alice, insecure: true })))
        .toMatchObject({
          credentials: "ExposedToEveryone"
        })
      expect(Either.isLeft(of({ mode: "none", credentials: alice }))).toBe(true)
    })

    it("takes no way around TLS, and no bad certificate, for --require-tls", () => {
      expect(Either.isRight(of({ requireTls: true }))).toBe(true)
      expect(Either.isLeft(of({ requireTls: true, insecure: true }))).toBe(true)
      for (const mode of ["none", "opportunistic"] as const) {
        expect(Either.isLeft(of({ requireTls: true, mode }))).toBe(true)
      }
    })

    it("refuses what contradicts itself", () => {
      expect(Either.isLeft(of({ ca: pem, insecure: true }))).toBe(true)
      expect(Either.isLeft(of({ ca: pem, mode: "none" }))).toBe(true)
    })
  })

  describe("forProbe", () => {
    const probe = (given: Partial<Parameters<typeof Protection.forProbe>[0]>) =>
      Protection.forProbe({
        host: "mx.example",
        serverName: Option.none(),
        version: Option.none(),
        ciphers: Option.none(),
        mode: "opportunistic",
        ca: Option.none(),
        identity: Option.none(),
        exposed: false,
        ...given
      })

    it("checks every certificate, for the host or the name that is given", () => {
      for (
        const [mode, tag] of [
          ["implicit", "Implicit"],
          ["starttls", "StartTls"],
          ["opportunistic", "Opportunistic"]
        ] as const
      ) {
        expect(Either.getOrThrow(probe({ mode }))).toEqual({
          _tag: tag,
          tls: Tls.client({ serverName: "mx.example" })
        })
        expect(
          Either.getOrThrow(probe({ mode, ca: pem, serverName: Option.some("other.example") }))
        )
          .toMatchObject({ tls: { serverName: "other.example", ca: [Option.getOrThrow(pem)] } })
      }
    })

    it("B7: speaks one version and some cipher suites only, when told so", () => {
      expect(Either.getOrThrow(probe({
        version: Option.some("TLSv1.2"),
        ciphers: Option.some("DEFAULT")
      }))).toMatchObject({
        tls: { minVersion: "TLSv1.2", maxVersion: "TLSv1.2", ciphers: "DEFAULT" }
      })
    })

    it("is in clear text, and exposes a password when told so", () => {
      expect(Either.getOrThrow(probe({ mode: "none" }))).toEqual(
        Security.ClearText({ credentials: "Refused" })
      )
      expect(Either.getOrThrow(probe({ mode: "none", exposed: true }))).toEqual(
        Security.ClearText({ credentials: "ExposedToEveryone" })
      )
      expect(Either.isLeft(probe({ mode: "none", ca: pem }))).toBe(true)
      expect(Either.isLeft(probe({ mode: "none", version: Option.some("TLSv1.3") }))).toBe(true)
      expect(Either.isLeft(probe({ mode: "none", ciphers: Option.some("DEFAULT") }))).toBe(true)
    })
  })
})
