import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Transcript from "../src/Transcript.js"
import * as TranscriptDiff from "../src/TranscriptDiff.js"

const read = (text: string) => Either.getOrThrow(Transcript.parse(text))
const diff = (expected: string, actual: string) => TranscriptDiff.make(read(expected), read(actual))

/** One side of a difference. */
const side = (diff: TranscriptDiff.TranscriptDiff, without: "Missing" | "Added") =>
  diff.flatMap((change) => change._tag === without ? [] : [change.entry])

/** Lines of a few texts, so that many are alike. */
const transcripts = FastCheck.array(
  FastCheck.tuple(
    FastCheck.constantFrom("client" as const, "server" as const),
    FastCheck.constantFrom("a", "b", "c")
  ).map(([from, text]) => Transcript.Entry.Line({ from, text }))
)

const session = `
  S: 220 mx.example ESMTP
  C: EHLO client.example
  S: 250-mx.example
  S: 250 SIZE 1000
  C: MAIL FROM:<a@client.example>
  S: 250 ok
  C: RCPT TO:<b@mx.example>
  S: 250 ok
  C: QUIT
  S: 221 bye
`

describe("TranscriptDiff", () => {
  describe("make", () => {
    it("finds nothing where all is alike, whatever the comments say", () => {
      const same = diff(session, `# another day\n${session}`)
      expect(TranscriptDiff.isSame(same)).toBe(true)
      expect(TranscriptDiff.print(same)).toBe("")
      expect(side(same, "Missing")).toEqual(read(session))
      expect(TranscriptDiff.make([], [])).toEqual([])
    })

    it("tells the sides apart, and where TLS begins", () => {
      expect(TranscriptDiff.isSame(diff("C: x", "S: x"))).toBe(false)
      expect(TranscriptDiff.isSame(diff("C: x\n<TLS>\nC: y", "C: x\nC: y"))).toBe(false)
    })

    it("N19: takes what was left out for whatever stands there", () => {
      expect(TranscriptDiff.isSame(diff("C: AUTH PLAIN <redacted>", "C: AUTH PLAIN AGEAYg==")))
        .toBe(true)
      expect(TranscriptDiff.isSame(diff("C: AUTH PLAIN <redacted>", "C: AUTH LOGIN AGEAYg==")))
        .toBe(false)
      expect(
        TranscriptDiff.print(diff("C: AUTH PLAIN <redacted>\nC: x", "C: AUTH PLAIN AGEA\nC: y"))
      )
        .not.toContain("AGEA")
    })

    it.prop("has both transcripts in it", [transcripts, transcripts], ([expected, actual]) => {
      const changes = TranscriptDiff.make(expected, actual)
      expect(side(changes, "Added")).toEqual(expected)
      expect(side(changes, "Missing")).toEqual(actual)
      expect(TranscriptDiff.isSame(TranscriptDiff.make(actual, actual))).toBe(true)
    })

    it.prop(
      "finds no more missing than were taken out",
      [transcripts, FastCheck.nat()],
      ([expected, at]) => {
        const gone = at % (expected.length + 1)
        const actual = expected.filter((_, index) => index !== gone)
        const changes = TranscriptDiff.make(expected, actual)
        const count = expected.length - actual.length
        expect(changes.filter(({ _tag }) => _tag === "Missing")).toHaveLength(count)
        expect(changes.filter(({ _tag }) => _tag === "Added")).toHaveLength(0)
      }
    )

    it("N11: does not look closer at what differs too much", () => {
      const lines = (text: string) =>
        Array.from({ length: 5000 }, () => Transcript.Entry.Line({ from: "client", text }))
      const changes = TranscriptDiff.make(
        [...read("C: x"), ...lines("one"), ...lines("two")],
        [...read("C: x"), ...lines("two"), ...lines("one")]
      )
      expect(changes).toHaveLength(20_001)
      expect(changes[0]._tag).toBe("Same")
    })
  })

  describe("print", () => {
    it("shows what differs, with a few lines around it", () => {
      const other = session.replace("EHLO", "HELO").replace("221 bye", "221 farewell\nC: more")
      expect(TranscriptDiff.print(diff(session, other))).toBe(`  S: 220 mx.example ESMTP
- C: EHLO client.example
+ C: HELO client.example
  S: 250-mx.example
  S: 250 SIZE 1000
  C: MAIL FROM:<a@client.example>
  ... 1 more alike
  C: RCPT TO:<b@mx.example>
  S: 250 ok
  C: QUIT
- S: 221 bye
+ S: 221 farewell
+ C: more
`)
    })

    it("counts lines that are alike and far away", () => {
      expect(TranscriptDiff.print(diff(session, session.replace("SIZE 1000", "SIZE 2000"))))
        .toBe(`  S: 220 mx.example ESMTP
  C: EHLO client.example
  S: 250-mx.example
- S: 250 SIZE 1000
+ S: 250 SIZE 2000
  C: MAIL FROM:<a@client.example>
  S: 250 ok
  C: RCPT TO:<b@mx.example>
  ... 3 more alike
`)
      expect(TranscriptDiff.print(diff(session, `${session}C: more`))).toMatch(
        /^ {2}\.\.\. 7 more alike\n {2}S: 250 ok\n/
      )
    })
  })
})
