import * as Endpoint from "@effect-smtp/flow/Endpoint"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Trust from "../src/Trust.js"

const tcp = (host: string) => Endpoint.Tcp({ host, port: 1 })

describe("Trust", () => {
  describe("peers", () => {
    it("are addresses, blocks, and Unix sockets", () => {
      const peers = Either.getOrThrow(Trust.peers(["10.0.0.0/8", "::1", "unix"]))
      expect(Trust.includes(peers, tcp("10.9.8.7"))).toBe(true)
      expect(Trust.includes(peers, tcp("::ffff:10.9.8.7"))).toBe(true)
      expect(Trust.includes(peers, tcp("::1"))).toBe(true)
      expect(Trust.includes(peers, tcp("192.0.2.1"))).toBe(false)
      expect(Trust.includes(peers, tcp("mx.example"))).toBe(false)
      expect(Trust.includes(peers, Endpoint.Unix({ path: "" }))).toBe(true)
      expect(Trust.isAnybody(peers)).toBe(true)
    })

    it("are nobody by default", () => {
      expect(Either.getOrThrow(Trust.peers([]))).toEqual(Trust.nobody)
      expect(Trust.isAnybody(Trust.nobody)).toBe(false)
      expect(Trust.includes(Trust.nobody, tcp("127.0.0.1"))).toBe(false)
      expect(Trust.includes(Trust.nobody, Endpoint.Unix({ path: "/run/mta" }))).toBe(false)
    })

    it("are not guessed", () => {
      expect(Either.isLeft(Trust.peers(["localhost"]))).toBe(true)
      expect(Either.isLeft(Trust.peers(["10.0.0.0/8", ""]))).toBe(true)
    })
  })
})
