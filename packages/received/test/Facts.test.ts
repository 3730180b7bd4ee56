import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Facts from "../src/Facts.js"
import * as Received from "../src/Received.js"
import { entries } from "./corpus/all.js"
import * as Entry from "./corpus/entry.js"

const read = (text: string) =>
  Entry.plain(Facts.fromReceived(Either.getOrThrow(Received.parse(text))))

describe("Facts", () => {
  it("V10: tells what was not understood", () => {
    expect(read("word (note) from a.example (b c) d by e.example id 1 2 via f (g) id 3")).toEqual({
      from: { name: "a.example" },
      by: { name: "e.example" },
      via: "f",
      id: "1",
      notes: ["note", "b c", "g"],
      rest: ["word", "d", "2", "id 3"]
    })
  })

  it("V10: tells what is left of a comment that was understood in part", () => {
    expect(read("from a (b.example [192.0.2.1] port=25 (c)) with ESMTPS (TLSv1.3:X:256:NO)"))
      .toEqual({
        from: { name: "a", reverse: "b.example", address: "192.0.2.1" },
        with: "ESMTPS",
        tls: { version: "TLSv1.3", cipher: "X", bits: 256 },
        notes: ["port=25 (c)", "TLSv1.3:X:256:NO"]
      })
  })

  it("takes nothing about a host from where it is not said of one", () => {
    expect(read("from a.example by b.example with SMTP (helo=c [192.0.2.1]) id 1 (d.example)"))
      .toEqual({
        from: { name: "a.example" },
        by: { name: "b.example" },
        with: "SMTP",
        id: "1",
        notes: ["helo=c [192.0.2.1]", "d.example"]
      })
  })

  it("goes by the first that is said, and keeps the second", () => {
    expect(read(
      "from a (b.example [192.0.2.1]) ([192.0.2.2] helo=c helo=d) by e.example " +
        "(envelope-from <f@g.example>) (envelope-from <h@i.example>)"
    )).toEqual({
      from: { name: "c", reverse: "b.example", address: "192.0.2.1" },
      by: { name: "e.example" },
      sender: "f@g.example",
      notes: ["[192.0.2.2] helo=d", "envelope-from <h@i.example>"]
    })
  })

  it("V10: keeps an address that is not the one which the comment tells", () => {
    expect(read("from a.example 192.0.2.1 192.0.2.2 ([192.0.2.2]) by b.example")).toEqual({
      from: { name: "a.example", address: "192.0.2.2" },
      by: { name: "b.example" },
      rest: ["192.0.2.1"]
    })
  })

  it("N11: finds recipients among other words, in a field as long as there is", () => {
    const times = Math.floor((Received.limits.field - 20) / 6)
    expect(read(`by a.example for ${"<b@c> ".repeat(times)}`).for).toHaveLength(times)
    const mixed = read(`by a.example for ${"b@c x ".repeat(times)}`)
    expect([mixed.for?.length, mixed.rest]).toEqual([times, ["x ".repeat(times).trim()]])
  })

  it.prop(
    "V10: finds every clause of a field in whatever order it has them",
    [FastCheck.shuffledSubarray([
      "from a.example ([192.0.2.1])",
      "by b.example (Postfix)",
      "via TCP",
      "with ESMTPS (TLS1.3)",
      "id 4FqK1z",
      "for <c@d.example>"
    ], { minLength: 6 })],
    ([clauses]) => {
      expect(read(clauses.join(" "))).toEqual({
        from: { name: "a.example", address: "192.0.2.1" },
        by: { name: "b.example" },
        via: "TCP",
        with: "ESMTPS",
        tls: { version: "TLS1.3" },
        id: "4FqK1z",
        for: ["c@d.example"],
        notes: ["Postfix"]
      })
    }
  )

  it("are the same of a field that was made of them, as far as a field says them at all", () => {
    for (const entry of entries) {
      const facts = Facts.fromReceived(Either.getOrThrow(Received.parse(Entry.text(entry))))
      const again = Facts.fromReceived(Received.make({ ...facts, notes: [] }))
      const { bits, cipher, version } = entry.expect.tls ?? {}
      expect({ ...Entry.plain(again), user: entry.expect.user }).toMatchObject({
        by: entry.expect.by,
        id: entry.expect.id,
        for: entry.expect.for,
        sender: entry.expect.sender,
        date: entry.expect.date,
        ...(bits ?? cipher ?? version ? { tls: entry.expect.tls } : {})
      })
    }
  })
})
