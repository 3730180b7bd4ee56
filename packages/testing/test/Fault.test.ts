import { describe, expect, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as Fault from "../src/Fault.js"

describe("Fault", () => {
  it("is printed in words", () => {
    const identity = { certificate: "PEM", key: Redacted.make("PEM of the key") }
    expect([
      Fault.Delay({ direction: "in", by: "2 seconds" }),
      Fault.Drip({ direction: "out", bytes: 3, every: 500 }),
      Fault.Bandwidth({ direction: "in", bytesPerSecond: 1200 }),
      Fault.Vanish({ direction: "out", after: 0 }),
      Fault.Reset({ direction: "in", after: 120 }),
      Fault.HalfClose({ after: 7 }),
      Fault.Garbage({ direction: "in", after: 4, bytes: Uint8Array.of(0, 65, 127) }),
      Fault.BadCertificate(),
      Fault.WrongIdentity({ identity })
    ].map(Fault.print)).toEqual([
      "delay by 2s in",
      "drip 3 bytes every 500ms out",
      "1200 bytes per second in",
      "vanish after 0 bytes out",
      "reset after 120 bytes in",
      "half-close after 7 bytes in",
      "garbage \"\\u0000A\\u007f\" after 4 bytes in",
      "bad certificate",
      "wrong identity"
    ])
  })
})
