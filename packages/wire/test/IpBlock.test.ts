import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as IpBlock from "../src/IpBlock.js"

const block = (text: string) => Either.getOrThrow(IpBlock.parse(text))

describe("IpBlock", () => {
  describe("parse", () => {
    it.each([
      ["192.0.2.1", "192.0.2.1/32"],
      ["10.1.2.3/8", "10.0.0.0/8"],
      ["10.255.255.255/31", "10.255.255.254/31"],
      ["0.0.0.0/0", "0.0.0.0/0"],
      ["::1", "::1/128"],
      ["2001:DB8:FFFF::1/32", "2001:db8::/32"],
      ["2001:db8::8000/113", "2001:db8::8000/113"]
    ])("reads %s", (text, printed) => {
      expect(IpBlock.print(block(text))).toBe(printed)
      expect(block(printed)).toEqual(block(text))
    })

    it.each([
      "",
      "/8",
      "10.0.0.0/",
      "10.0.0.0/33",
      "10.0.0.0/08",
      "10.0.0.0/-1",
      "10.0.0.0/8/8",
      "10.0.0",
      "::1/129",
      "localhost",
      "fe80::1%eth0"
    ])("does not read %j", (text) => {
      expect(Either.isLeft(IpBlock.parse(text))).toBe(true)
    })
  })

  describe("around", () => {
    it.each([
      ["192.0.2.77", "192.0.2.0/24"],
      ["::ffff:192.0.2.77", "192.0.2.0/24"],
      ["::ffff:c000:24d", "192.0.2.0/24"],
      ["2001:DB8:1:2:3::4", "2001:db8:1:2::/64"]
    ])("%s is in %s", (host, printed) => {
      const found = IpBlock.around(host, { ipv4: 24, ipv6: 64 })
      expect(Option.map(found, IpBlock.print)).toEqual(Option.some(printed))
      expect(Option.exists(found, (block) => IpBlock.contains(block, host))).toBe(true)
    })

    it.each(["", "localhost", "fe80::1%eth0", "1.2.3"])("%j is in none", (host) => {
      expect(IpBlock.around(host, { ipv4: 32, ipv6: 64 })).toEqual(Option.none())
    })
  })

  describe("contains", () => {
    it.each([
      ["10.0.0.0/8", "10.255.0.1", true],
      ["10.0.0.0/8", "11.0.0.1", false],
      ["10.0.0.0/9", "10.128.0.0", false],
      ["10.0.0.0/9", "10.127.255.255", true],
      ["0.0.0.0/0", "203.0.113.9", true],
      ["0.0.0.0/0", "::1", false],
      ["::/0", "203.0.113.9", false],
      ["192.0.2.0/24", "::ffff:192.0.2.77", true],
      ["2001:db8::/32", "2001:db8:1::", true],
      ["2001:db8::/32", "2001:db9::", false],
      ["10.0.0.0/8", "localhost", false],
      ["10.0.0.0/8", "", false]
    ])("%s, %s: %s", (text, host, expected) => {
      expect(IpBlock.contains(block(text), host)).toBe(expected)
    })

    it("holds for the address it was made of, whatever the prefix", () => {
      FastCheck.assert(FastCheck.property(
        FastCheck.oneof(
          FastCheck.tuple(FastCheck.ipV4(), FastCheck.integer({ min: 0, max: 32 })),
          FastCheck.tuple(FastCheck.ipV6(), FastCheck.integer({ min: 97, max: 128 }))
        ),
        ([address, prefix]) => {
          // An IPv4 address written as IPv6 is looked up as what it is.
          FastCheck.pre(!IpBlock.contains(block("0.0.0.0/0"), address) || !address.includes(":"))
          expect(IpBlock.contains(block(`${address}/${prefix}`), address)).toBe(true)
        }
      ))
    })
  })
})
