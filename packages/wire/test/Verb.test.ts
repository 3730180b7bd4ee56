import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { Command, parse } from "../src/Command.js"
import * as Verb from "../src/Verb.js"

describe("Verb", () => {
  describe("all", () => {
    it("R17: is what every reader knows, without being told", () => {
      expect(new Set(Verb.all).size).toBe(18)
      for (const verb of Verb.all) {
        const error = Either.getLeft(parse(verb))
        const reason = error._tag === "Some" ? error.value.reason._tag : "none"
        expect([verb, reason]).not.toEqual([verb, "UnknownVerb"])
      }
    })
  })

  describe("fromCommand", () => {
    it("is the verb, in upper case", () => {
      expect(Verb.fromCommand(Command.StartTls())).toBe("STARTTLS")
      expect(Verb.fromCommand(Command.Extension({ verb: "xfoo", argument: "" }))).toBe("XFOO")
    })
  })
})
