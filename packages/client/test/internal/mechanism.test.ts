import type * as Tls from "@effect-smtp/flow/Tls"
import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Mechanism from "../../src/internal/mechanism.js"

const info = (bindings: ReadonlyArray<Tls.ChannelBindingType>): Tls.Info => ({
  version: "TLSv1.2",
  cipher: "TLS_AES_128_GCM_SHA256",
  serverName: Option.none(),
  peerCertificate: Option.none(),
  peerChain: [],
  authorized: true,
  problems: [],
  channelBinding: (type) =>
    bindings.includes(type)
      ? Option.some(Uint8Array.of(type === "tls-exporter" ? 1 : 2))
      : Option.none()
})

describe("mechanism", () => {
  it("M19: a connection is bound by its exporter, else by its certificate, else not at all", () => {
    const binding = (...types: ReadonlyArray<Tls.ChannelBindingType>) =>
      Mechanism.binding(Option.some(info(types)))
    expect(binding("tls-server-end-point", "tls-exporter")).toEqual(
      Option.some({ _tag: "Bound", type: "tls-exporter", data: Uint8Array.of(1) })
    )
    expect(binding("tls-server-end-point")).toEqual(
      Option.some({ _tag: "Bound", type: "tls-server-end-point", data: Uint8Array.of(2) })
    )
    expect(binding()).toEqual(Option.none())
    expect(Mechanism.binding(Option.none())).toEqual(Option.none())
  })
})
