import { describe, expect, it } from "@effect/vitest"
import * as External from "../src/External.js"
import { serve, talk } from "./talk.js"

describe("External", () => {
  it("M19: says nothing, or whom to act as", () => {
    expect(talk(External.client({}), [])).toMatchObject({ right: { said: [""], success: true } })
    expect(talk(External.client({ authzid: "bob" }), [])).toMatchObject({
      right: { said: ["bob"], success: true }
    })
  })

  it("has no answer to a challenge", () => {
    expect(talk(External.client({}), [""])).toMatchObject({
      left: { mechanism: "EXTERNAL", reason: "Challenge" }
    })
  })

  it("N15: refuses names that are empty, or hold NUL or controls", () => {
    for (const authzid of ["", "b\0ob", "b\nob"]) {
      expect(External.client({ authzid })).toMatchObject({ left: { reason: "Credentials" } })
    }
  })

  describe("server", () => {
    it("reads whom to act as, or nothing", () => {
      const of = (message: string, initial = true) => serve(External.server, [message], { initial })
      expect(of("")).toMatchObject({
        right: {
          asked: [],
          at: { credentials: { _tag: "External", authzid: { _tag: "None" } } }
        }
      })
      expect(of("bob", false)).toMatchObject({
        right: { asked: [""], at: { credentials: { authzid: { value: "bob" } } } }
      })
    })

    it("N15: refuses names with NUL or controls, that are too long or no UTF-8", () => {
      for (const message of ["b\0ob", "b\nob", "b".repeat(1025), Uint8Array.of(0xff)]) {
        expect(serve(External.server, [message])).toMatchObject({ left: { reason: "Response" } })
      }
    })
  })
})
