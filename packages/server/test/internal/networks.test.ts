import * as Endpoint from "@effect-smtp/flow/Endpoint"
import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Networks from "../../src/internal/networks.js"

const of = (host: string) => Option.getOrNull(Networks.ofEndpoint(Endpoint.Tcp({ host, port: 1 })))

describe("networks", () => {
  const counted: ReadonlyArray<readonly [string, string]> = [
    ["192.0.2.1", "192.0.2.1/32"],
    ["::ffff:192.0.2.1", "192.0.2.1/32"],
    ["::FFFF:192.0.2.1", "192.0.2.1/32"],
    // As a PROXY header has it, and XCLIENT.
    ["::ffff:c000:201", "192.0.2.1/32"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8::/64"],
    ["2001:db8::2:3:4:5:6", "2001:db8:0:2::/64"],
    ["fe80::1%eth0", "fe80::/64"],
    ["64:ff9b::192.0.2.1", "64:ff9b::/64"],
    ["::2", "::/64"],
    ["mx.EXAMPLE", "mx.example"]
  ]
  for (const [host, network] of counted) {
    it(`${host} counts as ${network}`, () => expect(of(host)).toBe(network))
  }

  it("this machine's own connections count as nobody's", () => {
    for (const host of ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1"]) {
      expect(of(host)).toBeNull()
    }
    expect(Networks.ofEndpoint(Endpoint.Unix({ path: "/run/lmtp" }))).toEqual(Option.none())
  })
})
