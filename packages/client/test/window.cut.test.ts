import * as Fault from "@effect-smtp/testing/Fault"
import * as FaultyFlow from "@effect-smtp/testing/FaultyFlow"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { chunking, job, jobs, letter, letters, pipelining, session, summary } from "./mailbag.js"
import * as PostOffice from "./postOffice.js"

const window = [job("a"), job("b", 2), job("c")]
const names = ["a", "b", "c"]

/** Refuses somebody and something, and says of each message which it was. */
const mood = ({ line, what }: PostOffice.Heard): PostOffice.Mood =>
  line === "RCPT TO:<b1@mx.example>"
    ? PostOffice.say("550 no")
    : what === "from a"
    ? PostOffice.say("554 not a")
    : what.startsWith("from ")
    ? PostOffice.say(`250 took ${what.slice(5)}`)
    : PostOffice.answer

/** What the server has of it all, and what the client makes of that, with this fault on its side. */
const cut = (extensions: ReadonlyArray<string>, fault: Fault.Fault) =>
  Effect.gen(function*() {
    const read: Array<string> = []
    const { results, seen, writes } = yield* Effect.scoped(Effect.gen(function*() {
      const { client, seen, writes } = yield* session({
        extensions,
        mood,
        wrap: (dial) =>
          Effect.map(FaultyFlow.make(dial, [fault]), (flow) => ({
            ...flow,
            read: Effect.tap(flow.read, (bytes) =>
              Effect.sync(() => {
                if (bytes._tag === "Some") read.push(new TextDecoder().decode(bytes.value))
              }))
          }))
      })
      const results = yield* client.deliverAll(window)
      return { results, seen, writes }
    }))
    yield* Effect.repeatN(Effect.yieldNow(), 20)
    return { results, stored: seen.letters, heard: read.join(""), wrote: writes.join("") }
  })

/** What is not true of what the client was told. */
const untruths = (
  { heard, results, stored, wrote }: Effect.Effect.Success<ReturnType<typeof cut>>
): ReadonlyArray<string> => {
  const mixed = stored.filter(({ from, text, to }) =>
    text !== `from ${from[0]}` || to.some((address) => address[0] !== from[0])
  )
  const wrong = names.filter((name, index) => {
    const told = summary(results[index])
    const copies = stored.filter(({ text }) => text === `from ${name}`).length
    const isAnswered = heard.includes(`took ${name}\r\n`) || heard.includes(`not ${name}\r\n`)
    const hasLeft = wrote.includes(`from ${name}\r\n`)
    const isTrue = Exit.isSuccess(results[index])
      ? copies === 1 && isAnswered
      : told.endsWith("Unknown")
      ? copies <= 1 && hasLeft && !isAnswered
      : copies === 0 && (!hasLeft || isAnswered)
    return !isTrue
  })
  return [
    ...mixed.map(({ from }) => `${from} is mixed`),
    ...wrong.map((name) => `${name} is not true`)
  ]
}

describe("a window cut at every byte", () => {
  for (const extensions of [pipelining, chunking]) {
    const faults: ReadonlyArray<readonly [string, (after: number) => Fault.Fault]> = [
      ["of the answers, by a reset", (after) => Fault.Reset({ direction: "in", after })],
      ["of the answers, by their end", (after) => Fault.HalfClose({ after })],
      ["of what is written", (after) => Fault.Reset({ direction: "out", after })]
    ]
    for (const [where, fault] of faults) {
      it.effect(`N13: ${where}: each message is told of truthfully, by ${extensions.at(-1)}`, () =>
        Effect.gen(function*() {
          const undisturbed = yield* cut(extensions, fault(100_000))
          expect(undisturbed.results.map(summary)).toEqual([
            "Refused Verdict 554 NotDelivered",
            "1 accepted, 1 rejected",
            "1 accepted, 0 rejected"
          ])
          const isOut = where === "of what is written"
          const opening = isOut
            ? undisturbed.wrote.indexOf("MAIL") + 1
            : undisturbed.heard.indexOf("250 ok")
          const end = isOut ? undisturbed.wrote.length : undisturbed.heard.length
          const wrong: Array<string> = []
          let unknown = 0
          for (let after = opening; after < end; after++) {
            const seen = yield* cut(extensions, fault(after))
            wrong.push(...untruths(seen).map((untruth) => `after ${after} octets: ${untruth}`))
            unknown += seen.results.filter((result) => summary(result).endsWith("Unknown")).length
          }
          expect(wrong).toEqual([])
          expect(unknown).toBeGreaterThan(0)
        }))
    }
  }
})

describe("a window through a pipe that holds next to nothing", () => {
  for (const extensions of [pipelining, chunking]) {
    for (const [capacity, messages] of [[1, 5], [7, 50], [64, 50]]) {
      it.scoped(`of ${capacity} octets: ${messages} for 20 each, by ${extensions.at(-1)}`, () =>
        Effect.gen(function*() {
          const all = Array.from({ length: messages }, (_, index) => `${index}-`)
          const { client, seen } = yield* session({ extensions, network: { capacity } })
          const results = yield* client.deliverAll(all.map((name) => job(name, 20)))
          expect(results.every(Exit.isSuccess)).toBe(true)
          expect(seen.letters).toEqual(all.map((name) => letter(name, 20)))
        }))
    }

    it.scoped(`of 7 octets, by ${extensions.at(-1)}: more messages than a window has`, () =>
      Effect.gen(function*() {
        const all = Array.from({ length: 120 }, (_, index) => `${index}-`)
        const { client, seen } = yield* session({ extensions, network: { capacity: 7 } })
        const results = yield* client.deliverAll(jobs(...all))
        expect(results.every(Exit.isSuccess)).toBe(true)
        expect(seen.letters).toEqual(letters(...all))
      }))
  }
})
