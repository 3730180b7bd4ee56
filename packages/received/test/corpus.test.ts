import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Facts from "../src/Facts.js"
import * as Received from "../src/Received.js"
import { corpus, entries } from "./corpus/all.js"
import * as Entry from "./corpus/entry.js"

const read = (text: string) => Either.getOrThrow(Received.parse(text))

describe("corpus", () => {
  for (const [mailer, all] of Object.entries(corpus)) {
    describe(mailer, () => {
      for (const entry of all) {
        it(entry.title, () => {
          const received = read(Entry.text(entry))
          expect(Entry.plain(Facts.fromReceived(received))).toEqual(entry.expect)
        })
      }
    })
  }

  it("has 200 shapes, and no two that differ in names and numbers only", () => {
    const shapes = entries.filter((entry) => !corpus.dates?.includes(entry)).map((entry) =>
      Entry.text(entry).replace(/\s+/g, " ").replace(/[a-z]+/gi, "a").replace(/[0-9]+/g, "0")
    )
    expect(entries.length).toBeGreaterThanOrEqual(200)
    expect(shapes.filter((shape, at) => shapes.indexOf(shape) !== at)).toEqual([])
  })

  it("reads as the same once it is printed", () => {
    for (const entry of entries) {
      const received = read(Entry.text(entry))
      const printed = Received.print(received)
      expect(read(printed)).toEqual(received)
      expect(Received.print(read(printed))).toBe(printed)
    }
  })

  it("V5: says the same with its name in front, and folded by other white space", () => {
    for (const entry of entries) {
      const text = Entry.text(entry)
      const received = read(text)
      for (const fold of [" ", "\r\n ", "\n\t", "\t \r\n  "]) {
        const again = text.replace(/\r\n[ \t]+/g, fold)
        expect(read(`Received: ${again}\r\n`)).toEqual(received)
      }
    }
  })
})
