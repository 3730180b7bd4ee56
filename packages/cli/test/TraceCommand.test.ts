import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { platform, smtp } from "./harness.js"

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

const message = [
  "Received: from relay.example (relay.example [192.0.2.2])",
  "\tby mx.example.org with ESMTPS id 2; Fri, 20 Nov 2026 12:00:10 +0100",
  "Received: from laptop ([192.0.2.1])",
  "\tby relay.example with ESMTPA id 1; Fri, 20 Nov 2026 11:00:05 +0000",
  "Subject: hello",
  "",
  "Words.",
  ""
].join("\r\n")

const table = [
  "#  delay  from                       by              with    date",
  "1         laptop [192.0.2.1]         relay.example   ESMTPA  Fri, 20 Nov 2026 11:00:05 +0000",
  "2    5 s  relay.example [192.0.2.2]  mx.example.org  ESMTPS  Fri, 20 Nov 2026 12:00:10 +0100"
]

const trace = (stdin: string, ...flags: ReadonlyArray<string>) =>
  smtp(["trace", ...flags, "-"], { stdin })

describe("TraceCommand", () => {
  it.scoped("V7: prints the hops of a file as a table, with delays", () =>
    on(Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const file = yield* fs.makeTempFileScoped({ suffix: ".eml" })
      yield* fs.writeFileString(file, message)
      expect(yield* smtp(["trace", file]))
        .toEqual({ code: 0, out: [...table, "2 hops, 5 s"], err: [] })
    })))

  it.effect("reads standard input", () =>
    on(Effect.gen(function*() {
      expect(yield* trace(message)).toEqual({ code: 0, out: [...table, "2 hops, 5 s"], err: [] })
    })))

  it.effect("remarks on clocks, hosts that come again, and what cannot be read", () =>
    on(Effect.gen(function*() {
      const { code, out } = yield* trace([
        "Received: from a.example by mx.example.org; Fri, 20 Nov 2026 10:00:00 +0000",
        "Received: nonsense",
        "Received: from mx.example.org by a.example; Fri, 20 Nov 2026 10:00:05 +0000",
        "Received: from b.example by MX.example.org; Fri, 20 Nov 2026 10:00:00 +0000",
        ""
      ].join("\r\n"))
      expect(code).toBe(0)
      expect(out.slice(-4)).toEqual([
        "4 hops, 0 s",
        "hop 4 is dated 5 s before the one that came before it: the clocks do not agree",
        "hop 3 cannot be read: expected a clause or a date",
        "mx.example.org took the message 2 times"
      ])
    })))

  it.effect("says so when there are too many hops, or the header has no end", () =>
    on(Effect.gen(function*() {
      const field = "Received: by mx.example.org\r\n"
      expect((yield* trace(field.repeat(100))).out.slice(-3)).toEqual([
        "100 hops",
        "mx.example.org took the message 100 times",
        "so many hops mean that the message was in a loop"
      ])
      const { code, out } = yield* trace(`${field}X: ${"x".repeat(1024 * 1024)}`)
      expect([code, ...out.slice(-2)])
        .toEqual([0, "1 hop", "only the first 1048576 octets of the header were read"])
    })))

  it.effect("V7: draws the graph for Graphviz, and for Mermaid", () =>
    on(Effect.gen(function*() {
      const dot = yield* trace(message, "--dot")
      expect([dot.code, dot.out[0], dot.out[dot.out.length - 1]]).toEqual([
        0,
        "digraph trace {",
        "}"
      ])
      expect(dot.out).toContain("  n1 -> n2 [label=\"ESMTPS\\n5 s\"];")
      const mermaid = yield* trace(message, "--mermaid")
      expect([mermaid.code, mermaid.out[0]]).toEqual([0, "flowchart LR"])
      expect(mermaid.out).toContain("  n1 -->|\"ESMTPS<br/>5 s\"| n2")
    })))

  it.effect("V10: prints all that the fields say as JSON, and those that say nothing", () =>
    on(Effect.gen(function*() {
      const { code, out } = yield* trace(`Received: nonsense\r\n${message}`, "--json")
      expect(code).toBe(0)
      const json = JSON.parse(out.join("\n"))
      expect(json).toMatchObject({
        duration: 5_000,
        skewed: [],
        revisited: {},
        loops: false,
        complete: true
      })
      expect(json.hops.map(({ id }: { readonly id: string }) => id)).toEqual(["1", "2", undefined])
      expect(json.hops[1]).toEqual({
        raw: message.split("\r\n").slice(0, 2).join("\r\n"),
        delay: 5_000,
        from: { name: "relay.example", reverse: "relay.example", address: "192.0.2.2" },
        by: { name: "mx.example.org", reverse: null, address: null },
        via: null,
        with: "ESMTPS",
        tls: null,
        id: "2",
        for: [],
        sender: null,
        user: null,
        date: "2026-11-20T12:00:10+01:00",
        notes: [],
        rest: []
      })
      expect(json.hops[2])
        .toEqual({ raw: "Received: nonsense", delay: null, error: "expected a clause or a date" })
    })))

  it.effect.each([[], ["--dot"], ["--mermaid"], ["--json"]])(
    "sends no control to the terminal: %j",
    (flags) =>
      on(Effect.gen(function*() {
        const evil = "\u001b[2J\u009b31m\u202e\u2028\u{e0001}\u0007\u007f"
        const { code, out } = yield* trace(
          `Received: from a${evil} by b${evil} (${evil}) with c${evil} id d\r\nReceived: ${evil}\r\n`,
          ...flags
        )
        expect(code).toBe(0)
        expect(out.join("")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        if (flags.includes("--json")) expect(JSON.parse(out.join("\n")).hops[0].raw).toContain(evil)
      }))
  )

  it.effect("is 1 without a Received field, or without a file, and says so", () =>
    on(Effect.gen(function*() {
      expect(yield* trace("Subject: hello\r\n\r\nReceived: by the.body\r\n")).toEqual({
        code: 1,
        out: [],
        err: [
          "smtp: cannot use standard input as a message: there is no Received field in its header"
        ]
      })
      for (
        const [file, why] of [["/nowhere/at/all.eml", "there is no such file"], [
          "/",
          "it is a directory"
        ]] as const
      ) {
        const { code, err, out } = yield* smtp(["trace", file])
        expect([code, out]).toEqual([1, []])
        expect(err.join("")).toContain(
          `smtp: cannot use ${file} as a message: ${why}`
        )
      }
    })))

  it.effect.each([[["--dot", "--json", "-"]], [[]], [["-", "more"]]])(
    "is 2 for %j",
    ([args]) =>
      on(Effect.gen(function*() {
        const { code, err } = yield* smtp(["trace", ...args])
        expect(code).toBe(2)
        expect(err.join("")).not.toBe("")
      }))
  )
})
