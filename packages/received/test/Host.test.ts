import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Host from "../src/Host.js"

const host = (name: string | null, reverse: string | null, address: string | null): Host.Host => ({
  name: Option.fromNullable(name),
  reverse: Option.fromNullable(reverse),
  address: Option.fromNullable(address)
})

describe("Host", () => {
  it("is called by the name in the DNS, or what it calls itself, or its address", () => {
    expect(Host.label(host("a", "b", "192.0.2.1"))).toEqual(Option.some("b"))
    expect(Host.label(host("a", null, "192.0.2.1"))).toEqual(Option.some("a"))
    expect(Host.label(host(null, null, "192.0.2.1"))).toEqual(Option.some("192.0.2.1"))
    expect(Host.label(Host.unknown)).toEqual(Option.none())
  })

  it("is local by its address, and by its name only where there is no address", () => {
    for (
      const local of [
        host("mx.example", null, "127.0.0.1"),
        host("mx.example", "a.example", "::1"),
        host("LocalHost", null, null),
        host("localhost.localdomain", null, null)
      ]
    ) {
      expect(Host.isLocal(local)).toBe(true)
    }
    for (
      const other of [
        host("localhost", null, "192.0.2.1"),
        host("localhost.example", null, null),
        host("localhost", "a.example", null),
        Host.unknown
      ]
    ) {
      expect(Host.isLocal(other)).toBe(false)
    }
  })
})
