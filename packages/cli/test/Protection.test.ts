import * as Protection from "@effect-smtp/cli/Protection"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"

type Row = readonly [
  given: { readonly port?: number; readonly tls?: Protection.Mode; readonly user?: string },
  port: number,
  mode: Protection.Mode
]

const flags = {
  host: "mx.example",
  ca: Option.none<string>(),
  insecure: false,
  user: Option.none<string>()
}
const alice = Option.some("alice")
const pem = Option.some("pem")

describe("Protection", () => {
  describe("defaults", () => {
    const rows: ReadonlyArray<Row> = [
      [{}, 25, "opportunistic"],
      [{ port: 2525 }, 2525, "opportunistic"],
      [{ port: 465 }, 465, "implicit"],
      [{ port: 587 }, 587, "starttls"],
      [{ user: "alice" }, 587, "starttls"],
      [{ user: "alice", port: 2525 }, 2525, "starttls"],
      [{ user: "alice", port: 465 }, 465, "implicit"],
      [{ user: "alice", tls: "implicit" }, 465, "implicit"],
      [{ tls: "implicit" }, 465, "implicit"],
      [{ tls: "starttls" }, 25, "starttls"],
      [{ tls: "none" }, 25, "none"],
      [{ tls: "none", port: 465 }, 465, "none"]
    ]
    it.each(rows)("fills in %j as port %i with %s", (given, port, mode) => {
      expect(Protection.defaults({
        port: Option.fromNullable(given.port),
        tls: Option.fromNullable(given.tls),
        user: Option.fromNullable(given.user)
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
      expect(verify({ mode: "opportunistic", user: alice })).toBe("full")
      expect(verify({ mode: "opportunistic", user: alice, insecure: true })).toBe("none")
    })

    it("exposes a password only when told twice", () => {
      expect(Either.getOrThrow(of({ mode: "none" }))).toMatchObject({ credentials: "Refused" })
      expect(Either.getOrThrow(of({ mode: "none", user: alice, insecure: true }))).toMatchObject({
        credentials: "ExposedToEveryone"
      })
      expect(Either.isLeft(of({ mode: "none", user: alice }))).toBe(true)
    })

    it("refuses what contradicts itself", () => {
      expect(Either.isLeft(of({ ca: pem, insecure: true }))).toBe(true)
      expect(Either.isLeft(of({ ca: pem, mode: "none" }))).toBe(true)
    })
  })
})
