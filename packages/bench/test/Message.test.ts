import { describe, expect, it } from "@effect/vitest"
import * as Message from "../src/Message.js"

describe("Message", () => {
  describe("make", () => {
    for (const octets of [1024, 1025, 1101, 1102, 100 * 1024]) {
      it(`has ${octets} octets that nobody on the way has to change`, () => {
        const bytes = Message.make(octets)
        const text = new TextDecoder().decode(bytes)
        expect(bytes.length).toBe(octets)
        expect(text.endsWith("\r\n")).toBe(true)
        expect(text.split("\r\n").join("")).not.toMatch(/[\r\n\u0080-\uffff]/)
        expect(text.split("\r\n").filter((line) => line.startsWith("."))).toEqual([])
      })
    }
  })

  describe("recipients", () => {
    it("are as many as asked for, and all different", () => {
      expect(Message.recipients(1)).toEqual(["bob@mx.example"])
      expect(new Set(Message.recipients(1000)).size).toBe(1000)
    })
  })
})
