import * as Endpoint from "@effect-smtp/flow/Endpoint"
import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Networks from "../../src/internal/networks.js"

const of = (host: string) => Option.getOrNull(Networks.ofEndpoint(Endpoint.Tcp({ host, port: 1 })))

describe("networks", () => {
  const counted: ReadonlyArray<readonly [string, string]> = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:0DB8:0001:0002::", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["2001:db8::2:3:4:5:6", "2001:db8:0:2"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    ["64:ff9b::192.0.2.1", "64:ff9b:0:0"],
    ["::2", "0:0:0:0"]
  ]
  for (const [host, network] of counted) {
    it(`${host} counts as ${network}`, () => expect(of(host)).toBe(network))
  }

  it("this machine's own connections count as nobody's", () => {
    for (const host of ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"]) {
      expect(of(host)).toBeNull()
    }
    expect(Networks.ofEndpoint(Endpoint.Unix({ path: "/run/lmtp" }))).toEqual(Option.none())
  })
})
