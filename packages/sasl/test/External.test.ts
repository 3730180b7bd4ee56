import { describe, expect, it } from "@effect/vitest"
import * as External from "../src/External.js"
import { talk } from "./talk.js"

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
})
