import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Trace from "../src/Trace.js"
import * as TraceTable from "../src/TraceTable.js"

const table = (...fields: ReadonlyArray<string>) =>
  TraceTable.print(Trace.fromFields(fields.map((field) => `Received: ${field}`).reverse()))

describe("TraceTable", () => {
  it("V7: is a line for each hop, in columns", () => {
    expect(table(
      "from laptop ([192.0.2.7]) by smtp.client.example with ESMTPSA (version=TLSv1.3); Fri, 20 Nov 2026 10:00:00 +0000",
      "nonsense",
      "from smtp.client.example by mx.example.org ([192.0.2.2]) with SMTP; Fri, 20 Nov 2026 09:59:58 +0000"
    )).toEqual([
      "#   delay  from                  by                          with             date",
      "1          laptop [192.0.2.7]    smtp.client.example         ESMTPSA TLSv1.3  Fri, 20 Nov 2026 10:00:00 +0000",
      "2          ? Received: nonsense",
      "3  -2 s !  smtp.client.example   mx.example.org [192.0.2.2]  SMTP             Fri, 20 Nov 2026 09:59:58 +0000"
    ])
  })

  it("cuts what is too long, and counts the columns of wide characters", () => {
    const [, one, two, three] = table(
      `from ${"a".repeat(60)}.example by b.example`,
      `from ${"漢".repeat(30)}.example by b.example`,
      "from e\u0301.example by b.example"
    )
    expect(one).toContain(` ${"a".repeat(39)}… `)
    expect(two).toContain(` ${"漢".repeat(19)}… `)
    expect(three?.indexOf("b.example")).toBe((one?.indexOf("b.example") ?? 0) + 1)
  })

  it("has room for no more marks on a letter than anybody writes", () => {
    const [, line] = table(`from a${"\u0301".repeat(5_000)}.example by b.example`)
    expect(line?.length).toBeLessThan(500)
  })

  it.prop(
    "shows no control, whatever is in a field",
    [
      FastCheck.fullUnicodeString(),
      FastCheck.constantFrom("\u001b[31m", "\u009b2J", "\u202e", "\u0007")
    ],
    ([text, control]) => {
      const lines = table(
        `from ${control}${text} by ${control} with ${text}${control} id 1`,
        `${control}${text}`,
        `by a.example (${control}); ${text}`
      )
      expect(lines.length).toBe(4)
      for (const line of lines) {
        expect(line.replace(/[\u200c\u200d]/g, "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      }
    }
  )
})
