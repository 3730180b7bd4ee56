import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Refusal from "../src/Refusal.js"
import { bytes } from "./talk.js"

const parse = (value: unknown) => Refusal.parseOAuth(bytes(JSON.stringify(value)))

describe("Refusal", () => {
  describe("parseOAuth", () => {
    it("reads what RFC 7628 section 3.2.2 has", () => {
      expect(
        parse({ status: "invalid_token", scope: "mail", "openid-configuration": "https://x/" })
      ).toEqual(Either.right(Refusal.OAuth({
        status: "invalid_token",
        scope: Option.some("mail"),
        openidConfiguration: Option.some("https://x/")
      })))
    })

    it("takes a number for a status, and leaves out what is no plain text", () => {
      expect(parse({ status: 400, scope: ["mail"], "openid-configuration": "a\u001b[2J" })).toEqual(
        Either.right(
          Refusal.OAuth({
            status: "400",
            scope: Option.none(),
            openidConfiguration: Option.none()
          })
        )
      )
    })

    it("refuses what has no status", () => {
      for (const value of [{}, [], null, 401, "401", { status: {} }, { status: "a\nb" }]) {
        expect(parse(value)).toEqual(Either.left("an OAuth error with a status"))
      }
    })

    it.prop(
      "of any bytes is a value or an error, never a defect",
      [FastCheck.uint8Array()],
      ([json]) => {
        expect(Either.isEither(Refusal.parseOAuth(json))).toBe(true)
      }
    )
  })

  it.prop(
    "encodes what it reads",
    [
      FastCheck.stringMatching(/^[a-z_]{1,20}$/),
      FastCheck.option(FastCheck.stringMatching(/^[ -~]{1,40}$/)),
      FastCheck.option(FastCheck.webUrl())
    ],
    ([status, scope, url]) => {
      const error = {
        status,
        scope: Option.fromNullable(scope),
        openidConfiguration: Option.fromNullable(url)
      }
      expect(Refusal.parseOAuth(Refusal.encodeOAuth(error))).toEqual(
        Either.right(Refusal.OAuth(error))
      )
    }
  )

  it("knows when another token may do better", () => {
    const oauth = (status: string) => Either.getOrThrow(parse({ status }))
    expect(["invalid_token", "Invalid_Token", "401", "400"].map(oauth).every(Refusal.isBadToken))
      .toBe(true)
    expect(["insufficient_scope", "403", "500"].map(oauth).some(Refusal.isBadToken)).toBe(false)
    expect(Refusal.isBadToken(Refusal.Scram({ error: "401" }))).toBe(false)
  })

  it("prints", () => {
    expect(Refusal.print(Either.getOrThrow(parse({ status: "401" })))).toBe("401")
    expect(Refusal.print(Either.getOrThrow(parse({ status: "401", scope: "mail" }))))
      .toBe("401, scope mail")
    expect(Refusal.print(Refusal.Scram({ error: "unknown-user" }))).toBe("unknown-user")
  })
})
