import * as EnhancedStatus from "@effect-smtp/wire/EnhancedStatus"
import { describe, expect, it } from "@effect/vitest"
import * as Errors from "../src/RouteError.js"

const domain = "mx.example"

const table: ReadonlyArray<readonly [Errors.RouteError, string, string]> = [
  [new Errors.NoSuchDomain({ domain }), "5.1.2 mx.example: no such domain", "Never"],
  [
    new Errors.NoAnswer({ domain, detail: "SERVFAIL" }),
    "4.4.3 mx.example: the DNS has no answer now (SERVFAIL)",
    "Later"
  ],
  [new Errors.TakesNoMail({ domain }), "5.1.10 mx.example: takes no mail (null MX)", "Never"],
  [
    new Errors.NoUsableHost({ domain, found: ["192.0.2.1", "."] }),
    "5.4.4 mx.example: expected the name of a host, and found 192.0.2.1, .",
    "Never"
  ],
  [
    new Errors.NoAddress({ host: "one.example" }),
    "5.4.4 one.example: the host has no address",
    "Elsewhere"
  ],
  [
    new Errors.LoopsBack({ domain, host: "one.example" }),
    "5.4.6 mx.example: its mail would loop back to this host (one.example)",
    "Never"
  ],
  [new Errors.NoDomain(), "5.1.3 a postmaster without a domain could be anybody's", "Never"]
]

describe("RouteError", () => {
  for (const [error, text, retry] of table) {
    it(`${error._tag} says what is wrong, under which status, and what may help`, () => {
      expect(error.message).toBe(text)
      expect(error.message.startsWith(`${EnhancedStatus.print(error.status)} `)).toBe(true)
      expect(error.retry).toBe(retry)
    })
  }
})
