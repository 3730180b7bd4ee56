import { describe, expect, it } from "@effect/vitest"
import * as Anonymous from "../src/Anonymous.js"
import { serve, talk } from "./talk.js"

describe("Anonymous", () => {
  it("M19: sends the trace of RFC 4505 section 4, or nothing", () => {
    expect(talk(Anonymous.client({ trace: "sirhc" }), [])).toMatchObject({
      right: { said: ["sirhc"], success: true }
    })
    expect(talk(Anonymous.client({}), [])).toMatchObject({ right: { said: [""], success: true } })
  })

  it("has no answer to a challenge", () => {
    expect(talk(Anonymous.client({}), ["who?"])).toMatchObject({
      left: { mechanism: "ANONYMOUS", reason: "Challenge" }
    })
  })

  it("takes traces of up to 255 characters, without controls", () => {
    expect(talk(Anonymous.client({ trace: "😀".repeat(255) }), [])).toMatchObject({
      right: { success: true }
    })
    for (const trace of ["", "x".repeat(256), "a\nb", "\ud800"]) {
      expect(Anonymous.client({ trace })).toMatchObject({ left: { reason: "Credentials" } })
    }
  })

  describe("server", () => {
    it("reads the trace of RFC 4505 section 4, or nothing", () => {
      expect(serve(Anonymous.server, ["sirhc"], { initial: false })).toMatchObject({
        right: {
          asked: [""],
          at: { credentials: { _tag: "Anonymous", trace: { value: "sirhc" } } }
        }
      })
      expect(serve(Anonymous.server, [""])).toMatchObject({
        right: { at: { credentials: { trace: { _tag: "None" } } } }
      })
    })

    it("takes traces of up to 255 characters, without controls", () => {
      expect(serve(Anonymous.server, ["é".repeat(255)])).toMatchObject({
        right: { at: { _tag: "Verify" } }
      })
      for (const trace of ["x".repeat(256), "a\nb", "a\0b", Uint8Array.of(0xff)]) {
        expect(serve(Anonymous.server, [trace])).toMatchObject({ left: { reason: "Response" } })
      }
    })
  })
})
