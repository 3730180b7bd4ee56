import * as Limits from "@effect-smtp/protocol/Limits"
import * as Verdict from "@effect-smtp/server/Verdict"
import * as Inbox from "@effect-smtp/testing/Inbox"
import * as Refusal from "@effect-smtp/testing/Refusal"
import * as Script from "@effect-smtp/testing/Script"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Body from "../src/Body.js"
import { around, converse, play, using } from "./harness.js"
import {
  chunking,
  deliver,
  job,
  jobs,
  letter,
  letters,
  moods,
  pipelining,
  session,
  summary
} from "./mailbag.js"
import * as PostOffice from "./postOffice.js"

/** What a client says of a message in chunks; the replies are on the way. */
const chunked = (name: string) => `
  C: MAIL FROM:<${name}@client.example>
  C: RCPT TO:<${name}1@mx.example>
  C: BDAT 8 LAST
  C: from ${name}`

/** The same up to its invitation. */
const invited = (name: string) => `
  C: MAIL FROM:<${name}@client.example>
  C: RCPT TO:<${name}1@mx.example>
  C: DATA`

const content = (name: string) => `
  C: from ${name}
  C: .`

const go = `
  S: 250 2.1.0 OK
  S: 250 2.1.5 OK
  S: 354 Go ahead`

const taken = `
  S: 250 2.1.0 OK
  S: 250 2.1.5 OK
  S: 250 2.0.0 Taken`

const accepted = "1 accepted, 0 rejected"

const all = (...names: ReadonlyArray<string>) =>
  using(({ deliverAll }) => Effect.map(deliverAll(jobs(...names)), (_) => _.map(summary)))

const no = PostOffice.say("550 5.7.1 no")

describe("Window", () => {
  describe("what leaves together", () => {
    it.effect("with CHUNKING and PIPELINING: whole transactions, with RSET between them", () =>
      Effect.gen(function*() {
        const { value, writes } = yield* converse(
          around(
            `${chunked("a")}
             C: RSET
             ${chunked("b")}
             C: RSET
             ${chunked("c")}
             ${taken}
             S: 250 2.0.0 Reset
             ${taken}
             S: 250 2.0.0 Reset
             ${taken}`,
            chunking
          ),
          all("a", "b", "c")
        )
        expect(value).toEqual([accepted, accepted, accepted])
        expect(writes.length).toBe(3)
      }))

    it.effect("without CHUNKING: the content of a message and the envelope of the next", () =>
      Effect.gen(function*() {
        const { value, writes } = yield* converse(
          around(
            `${invited("a")}
             ${go}
             ${content("a")}
             ${invited("b")}
             S: 250 2.0.0 Taken
             ${go}
             ${content("b")}
             ${invited("c")}
             S: 250 2.0.0 Taken
             ${go}
             ${content("c")}
             S: 250 2.0.0 Taken`,
            pipelining
          ),
          all("a", "b", "c")
        )
        expect(value).toEqual([accepted, accepted, accepted])
        expect(writes.length).toBe(6)
        expect(writes[2]).toMatch(/^from a\r\n\.\r\nMAIL .*\r\nRCPT .*\r\nDATA\r\n$/)
        expect(writes[4]).toBe("from c\r\n.\r\n")
      }))

    it.effect("without PIPELINING: nothing but one line, or one message", () =>
      Effect.gen(function*() {
        const one = (name: string) => `
          C: MAIL FROM:<${name}@client.example>
          S: 250 2.1.0 OK
          C: RCPT TO:<${name}1@mx.example>
          S: 250 2.1.5 OK
          C: DATA
          S: 354 Go ahead
          ${content(name)}
          S: 250 2.0.0 Taken`
        const { value, writes } = yield* converse(
          around(`${one("a")}\n${one("b")}`),
          all("a", "b")
        )
        expect(value).toEqual([accepted, accepted])
        expect(writes.length).toBe(10)
      }))

    for (const extensions of [pipelining, chunking]) {
      it.scoped(`grouping: "Commands": one message after another, by ${extensions.at(-1)}`, () =>
        Effect.gen(function*() {
          const { seen, told, writes } = yield* deliver(jobs("a", "b"), {
            extensions,
            client: { grouping: "Commands" }
          })
          expect(told).toEqual([accepted, accepted])
          expect(seen.letters).toEqual(letters("a", "b"))
          expect(writes.filter((write) => /^(from a|BDAT)[^]*MAIL/m.test(write))).toEqual([])
          expect(writes.join("")).not.toContain("RSET")
        }))
    }

    it.scoped("is bounded: 100 messages, or a million octets, are unanswered at most", () =>
      Effect.gen(function*() {
        const unanswered = (bodies: number, octets: number) =>
          Effect.gen(function*() {
            const { client, writes } = yield* session({
              mood: ({ what }) =>
                what === "MAIL" ? PostOffice.wait(Effect.never) : PostOffice.answer,
              network: { capacity: 8 * 1024 * 1024 }
            })
            const body = Body.fromString("x".repeat(octets - 2))
            const many = Array.from(
              { length: bodies },
              (_, index) => ({ ...job(`${index}-`), body })
            )
            yield* Effect.fork(client.deliverAll(many))
            yield* Effect.repeatN(Effect.yieldNow(), 100)
            return writes.join("").split("MAIL FROM").length - 1
          })
        expect(yield* unanswered(150, 10)).toBe(100)
        expect(yield* unanswered(20, 300 * 1024)).toBe(3)
      }))

    it.scoped("a message of more than a million octets is not sent for nothing", () =>
      Effect.gen(function*() {
        const large = Body.fromString("large\r\n".repeat(200_000))
        const { seen, told, writes } = yield* deliver(
          [
            job("a"),
            { ...job("b"), body: large },
            job("c"),
            { ...job("d"), body: large },
            job("e")
          ],
          { mood: moods({ "RCPT TO:<b1@mx.example>": no }) }
        )
        expect(told).toEqual([accepted, "0 accepted, 1 rejected", accepted, accepted, accepted])
        expect(seen.letters.map(({ from }) => from[0])).toEqual(["a", "c", "d", "e"])
        expect(writes.join("").match(/BDAT \d+ LAST/g)).toEqual(
          ["BDAT 8 LAST", "BDAT 8 LAST", "BDAT 1400000 LAST", "BDAT 8 LAST"]
        )
      }))

    it.scoped("chunks and DATA take turns where the server has both", () =>
      Effect.gen(function*() {
        const binary = (name: string) => ({
          ...job(name),
          body: Body.fromBytes(new TextEncoder().encode(`from ${name}\r\n`), { binary: true })
        })
        const { seen, told } = yield* deliver(
          [job("a"), binary("b"), job("c"), binary("d"), binary("e")],
          {
            extensions: [...chunking, "BINARYMIME", "8BITMIME"],
            client: { chunking: "ForBinaryOnly" },
            mood: moods({ "from d": no })
          }
        )
        expect(told).toEqual([
          accepted,
          accepted,
          accepted,
          "Refused Verdict 550 NotDelivered",
          accepted
        ])
        expect(seen.letters).toEqual(letters("a", "b", "c", "e"))
      }))
  })

  describe("a refusal", () => {
    for (const extensions of [pipelining, chunking]) {
      const isChunked = extensions === chunking
      const cases: ReadonlyArray<
        readonly [what: string, outcome: string, mood: { readonly [what: string]: PostOffice.Mood }]
      > = [
        ["MAIL", "Refused Mail 550 NotDelivered", { "MAIL FROM:<b@client.example>": no }],
        ["one recipient", "1 accepted, 1 rejected", { "RCPT TO:<b2@mx.example>": no }],
        ["each recipient", "0 accepted, 2 rejected", {
          "RCPT TO:<b1@mx.example>": no,
          "RCPT TO:<b2@mx.example>": no
        }],
        ["the message", "Refused Verdict 550 NotDelivered", { "from b": no }]
      ]
      for (const [what, outcome, mood] of cases) {
        for (const place of [0, 1, 2]) {
          it.scoped(`of ${what}, as number ${place}, by ${extensions.at(-1)}, is its own`, () =>
            Effect.gen(function*() {
              const around = [job("a"), job("c")]
              const { client, seen, told } = yield* deliver(
                [...around.slice(0, place), job("b", 2), ...around.slice(place)],
                { extensions, mood: moods(mood) }
              )
              expect(told).toEqual([
                ...[accepted, accepted].slice(0, place),
                outcome,
                ...[accepted, accepted].slice(place)
              ])
              const partly = what === "one recipient"
                ? [{ ...letter("b"), to: ["b1@mx.example"] }]
                : []
              expect(seen.letters).toEqual([
                ...letters("a", "c").slice(0, place),
                ...partly,
                ...letters("a", "c").slice(place)
              ])
              expect((yield* client.deliverAll(jobs("z"))).map(summary)).toEqual([accepted])
              expect(seen.letters.at(-1)).toEqual(letter("z"))
              expect(isChunked).toBe(seen.heard.every(({ what }) => what !== "DATA"))
            }))
        }
      }
    }

    it.scoped("of DATA: the transaction is left before the next", () =>
      Effect.gen(function*() {
        let data = 0
        const { seen, told } = yield* deliver(jobs("a", "b", "c"), {
          extensions: pipelining,
          mood: ({ what }) => what === "DATA" && data++ === 1 ? no : PostOffice.answer
        })
        expect(told).toEqual([accepted, "Refused Data 550 NotDelivered", accepted])
        expect(seen.letters).toEqual(letters("a", "c"))
      }))

    it.scoped("of DATA for the last: nothing is left open", () =>
      Effect.gen(function*() {
        const { seen, told } = yield* deliver(jobs("a"), {
          extensions: pipelining,
          mood: moods({ DATA: no })
        })
        expect(told).toEqual(["Refused Data 550 NotDelivered"])
        expect(PostOffice.commands(seen, 0).at(-1)).toBe("RSET")
      }))

    it.effect("of each recipient, and 354 all the same: an empty message, and the next behind it", () =>
      Effect.gen(function*() {
        const { value, writes } = yield* converse(
          around(
            `${invited("a")}
             S: 250 2.1.0 OK
             S: 550 5.1.1 Who?
             S: 354 Go ahead
             C: .
             ${invited("b")}
             S: 554 5.5.1 To nobody
             ${go}
             ${content("b")}
             S: 250 2.0.0 Taken`,
            pipelining
          ),
          all("a", "b")
        )
        expect(value).toEqual(["0 accepted, 1 rejected", accepted])
        expect(writes[2]).toMatch(/^\.\r\nMAIL /)
      }))

    it.scoped("in any mixture: each message fares as it would by itself, and none gets into another", () =>
      Effect.gen(function*() {
        const command = FastCheck.constantFrom("", "", "", "550 no", "451 later", "452 too many")
        const message = FastCheck.record({
          mail: command,
          rcpt: FastCheck.array(command, { minLength: 1, maxLength: 3 }),
          data: FastCheck.constantFrom("", "", "554 no", "354 all the same"),
          verdict: command
        })
        const window = FastCheck.tuple(
          FastCheck.array(message, { minLength: 1, maxLength: 6 }),
          FastCheck.constantFrom(pipelining, chunking)
        )
        for (const [messages, extensions] of FastCheck.sample(window, { numRuns: 60, seed: 1 })) {
          const name = (index: number) => "abcdef"[index]
          const says: { [line: string]: PostOffice.Mood } = {}
          const note = (line: string, text: string) => {
            if (text !== "") says[line] = PostOffice.say(text)
          }
          messages.forEach(({ mail, rcpt, verdict }, index) => {
            note(`MAIL FROM:<${name(index)}@client.example>`, mail)
            rcpt.forEach((text, at) => note(`RCPT TO:<${name(index)}${at + 1}@mx.example>`, text))
            note(`from ${name(index)}`, verdict)
          })
          const run = (grouping: "Commands" | "Messages") => {
            let sender = 0
            return Effect.scoped(deliver(
              messages.map(({ rcpt }, index) => job(name(index), rcpt.length)),
              {
                extensions,
                client: { grouping },
                mood: (heard) => {
                  if (heard.what === "MAIL") sender = "abcdef".indexOf(heard.line[11])
                  const text = heard.what === "DATA" ? messages[sender].data : ""
                  return text === "" ? moods(says)(heard) : PostOffice.say(text)
                }
              }
            ))
          }
          const alone = yield* run("Commands")
          const together = yield* run("Messages")
          const context = JSON.stringify([messages, extensions])
          expect([context, together.told]).toEqual([context, alone.told])
          expect([context, together.seen.letters]).toEqual([context, alone.seen.letters])
          for (const { from, text, to } of together.seen.letters) {
            expect(text).toBe(`from ${from[0]}`)
            expect(to.every((address) => address[0] === from[0])).toBe(true)
          }
          expect(together.results).toEqual(alone.results)
        }
      }))
  })

  describe("with a server of ours", () => {
    for (const grouping of ["Commands", "Messages"] as const) {
      for (const chunking of ["WhenOffered", "ForBinaryOnly"] as const) {
        it.effect(`stores each message for whom it is: ${grouping}, chunks ${chunking}`, () =>
          Effect.gen(function*() {
            const inbox = yield* Inbox.Inbox
            const names = Array.from({ length: 30 }, (_, index) => `n${index}-`)
            const results = yield* using(
              ({ deliverAll }) => deliverAll(names.map((name) => job(name, 3))),
              { grouping, chunking }
            ).pipe(Effect.scoped)
            const told = names.map((_, index) =>
              index % 4 === 1
                ? "Refused Mail 451 NotDelivered"
                : index % 4 === 2
                ? "2 accepted, 1 rejected"
                : index % 4 === 3
                ? "Refused Verdict 451 NotDelivered"
                : "3 accepted, 0 rejected"
            )
            expect(results.map(summary)).toEqual(told)
            const stored = yield* inbox.messages
            expect(stored.map(({ bytes, from, to }) => ({
              from,
              to,
              text: new TextDecoder().decode(bytes).trim()
            }))).toEqual(names.flatMap((name, index) => {
              const { from, text, to } = letter(name, 3)
              return index % 4 === 0
                ? [{ from, to, text }]
                : index % 4 === 2
                ? [{ from, to: to.slice(1), text }]
                : []
            }))
          }).pipe(Effect.provide(Inbox.layerMemory({
            network: { capacity: 100 },
            limits: Limits.make({ badCommands: 1000 }),
            refusals: [
              Refusal.Mail({ from: ofEach(1), verdict: Verdict.localError }),
              Refusal.Recipient({ from: ofEach(2), to: /-1@/, verdict: Verdict.localError }),
              Refusal.Message({ from: ofEach(3), verdict: Verdict.localError })
            ]
          }))))
      }
    }
  })

  describe("503 to a MAIL that came with the message before it", () => {
    /** A server that finds it too soon when commands came with the end of a message: so many times. */
    const impatient = (extensions: ReadonlyArray<string>, texts: ReadonlyArray<string>) => {
      const left = [...texts]
      return deliver(jobs("a", "b", "c", "d"), {
        extensions,
        mood: ({ line, what }) =>
          what === "MAIL" && line.includes("<b@") && left.length > 0
            ? PostOffice.say(left.shift() ?? "")
            : PostOffice.answer
      })
    }

    for (const extensions of [pipelining, chunking]) {
      it.scoped(`is told again, and nothing is grouped from then on, by ${extensions.at(-1)}`, () =>
        Effect.gen(function*() {
          const { client, seen, told, writes } = yield* impatient(extensions, [
            "503 5.5.1 too soon"
          ])
          expect(told).toEqual([accepted, accepted, accepted, accepted])
          expect(seen.letters.slice().sort((one, other) => one.from < other.from ? -1 : 1))
            .toEqual(letters("a", "b", "c", "d"))
          const before = writes.length
          expect((yield* client.deliverAll(jobs("y", "z"))).map(summary)).toEqual([
            accepted,
            accepted
          ])
          for (const write of writes.slice(before)) {
            expect(write).not.toMatch(/from y[^]*MAIL/)
          }
        }))

      it.scoped(`is Refused if it stays, by ${extensions.at(-1)}`, () =>
        Effect.gen(function*() {
          const { seen, told } = yield* impatient(extensions, ["503 5.5.1 no", "503 5.5.1 never"])
          expect(told).toEqual([accepted, "Refused Mail 503 NotDelivered", accepted, accepted])
          expect(seen.letters.map(({ from }) => from[0]).sort()).toEqual(["a", "c", "d"])
        }))
    }

    it.scoped("is Refused at once where nothing was in front of it", () =>
      Effect.gen(function*() {
        const { seen, told } = yield* deliver(jobs("a", "b"), {
          mood: moods({ "MAIL FROM:<a@client.example>": PostOffice.say("503 5.5.1 log in first") })
        })
        expect(told).toEqual(["Refused Mail 503 NotDelivered", accepted])
        expect(PostOffice.commands(seen, 0).filter((what) => what === "MAIL").length).toBe(2)
      }))

    it.effect("is not repeated where the message was taken all the same", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            `${chunked("a")}
             C: RSET
             ${chunked("b")}
             ${taken}
             S: 250 2.0.0 Reset
             S: 503 5.5.1 Too soon
             S: 250 2.1.5 OK
             S: 250 2.0.0 Taken
             C: RSET
             S: 250 2.0.0 Reset`,
            chunking
          ),
          all("a", "b")
        )
        expect(value).toEqual([accepted, "Refused Mail 503 NotDelivered"])
      }))

    it.effect("is none of the message's fault if the session ends before it is told again", () =>
      Effect.gen(function*() {
        const ends = (...end: ReadonlyArray<string>) =>
          play(
            [
              ...greeting(chunking),
              Script.skipBytes(lengthOf("a", "b", "c")),
              Script.send("250 ok", "250 ok", "250 ok", "250 reset", "503 too soon", "503", "503"),
              Script.send("250 reset", "503 too soon", ...end)
            ],
            all("a", "b", "c")
          )
        expect((yield* ends()).value).toEqual(
          [accepted, "PeerClosed Mail NotDelivered", "PeerClosed Mail NotDelivered"]
        )
        expect((yield* ends("503", "421 4.3.2 bye")).value).toEqual(
          [accepted, "Refused Mail 421 NotDelivered", "Refused Verdict 421 NotDelivered"]
        )
      }))
  })

  describe("N13: 421", () => {
    const gone = PostOffice.say("421 4.3.2 going down")
    for (const extensions of [pipelining, chunking]) {
      const cases: ReadonlyArray<readonly [string, string]> = [
        ["MAIL FROM:<b@client.example>", "Mail"],
        ["RCPT TO:<b1@mx.example>", "Recipient"],
        ["from b", "Verdict"]
      ]
      for (const [line, phase] of cases) {
        it.scoped(`to ${line}: what is not answered is not delivered, by ${extensions.at(-1)}`, () =>
          Effect.gen(function*() {
            const { client, seen, told } = yield* deliver(jobs("a", "b", "c"), {
              extensions,
              mood: moods({ [line]: gone })
            })
            expect(told).toEqual([
              accepted,
              `Refused ${phase} 421 NotDelivered`,
              "Refused Mail 421 NotDelivered"
            ])
            expect(seen.letters).toEqual(letters("a"))
            expect(yield* client.isAlive).toBe(false)
          }))
      }
    }

    it.scoped("to RSET, and to DATA", () =>
      Effect.gen(function*() {
        const reset = yield* deliver(jobs("a", "b"), { mood: moods({ RSET: gone }) })
        expect(reset.told).toEqual([accepted, "Refused Mail 421 NotDelivered"])
        const data = yield* deliver(jobs("a", "b"), {
          extensions: pipelining,
          mood: moods({ DATA: gone })
        })
        expect(data.told).toEqual([
          "Refused Data 421 NotDelivered",
          "Refused Mail 421 NotDelivered"
        ])
      }))

    it.scoped("to the RSET after the last: what was settled stays", () =>
      Effect.gen(function*() {
        const { client, told } = yield* deliver(jobs("a"), {
          mood: moods({ "from a": no, RSET: gone })
        })
        expect(told).toEqual(["Refused Verdict 550 NotDelivered"])
        expect(yield* client.isAlive).toBe(false)
      }))
  })

  describe("N13: a server that is out of step", () => {
    /** It says these lines to a window of two messages in chunks, and goes on if the client does. */
    const saying = (...lines: ReadonlyArray<string>) =>
      Effect.map(
        play(
          [...greeting(chunking), Script.skipBytes(lengthOf("a", "b")), Script.send(...lines)],
          using(({ deliverAll, noop }) =>
            Effect.all([
              Effect.map(deliverAll(jobs("a", "b")), (results) => results.map(summary)),
              Effect.isFailure(noop)
            ])
          )
        ),
        ({ value: [told, isDead] }) => {
          expect(isDead).toBe(true)
          return told
        }
      )
    const first = ["250 ok", "250 ok", "250 ok"]

    it.effect("3xx to a command: the session is over", () =>
      Effect.gen(function*() {
        expect(yield* saying("350 and?", "250 ok", "250 ok")).toEqual([
          "Refused Verdict 350 Unknown",
          "Abandoned Verdict Unknown"
        ])
      }))

    it.effect("3xx to a message: nobody knows", () =>
      Effect.gen(function*() {
        expect(yield* saying("250 ok", "250 ok", "354 go on")).toEqual([
          "Refused Verdict 354 Unknown",
          "Abandoned Verdict Unknown"
        ])
      }))

    it.effect("RSET refused: what came behind it may be anything", () =>
      Effect.gen(function*() {
        expect(yield* saying(...first, "502 what?", ...first)).toEqual([
          accepted,
          "Abandoned Verdict Unknown"
        ])
      }))

    it.effect("a reply that is none", () =>
      Effect.gen(function*() {
        expect(yield* saying(...first, "hello there")).toEqual([
          accepted,
          "Unintelligible Verdict Unknown"
        ])
      }))

    it.effect("more replies than questions: no other command pairs with them", () =>
      Effect.gen(function*() {
        expect(yield* saying(...first, "250 reset", ...first, "250 and one more")).toEqual([
          accepted,
          accepted
        ])
      }))

    it.effect("an answer before its question has left", () =>
      Effect.gen(function*() {
        const large = { ...job("b"), body: Body.fromString("large\r\n".repeat(50_000)) }
        const early = (octets: number, ...lines: ReadonlyArray<string>) =>
          Effect.map(
            play(
              [...greeting(chunking), Script.skipBytes(octets), Script.send(...lines)],
              using(({ deliverAll }) =>
                Effect.map(deliverAll([job("a"), large, job("c")]), (_) => _.map(summary))
              )
            ),
            ({ value }) => value
          )
        expect(yield* early(100, ...first, "250 reset", ...first)).toEqual(
          [accepted, "OutOfTurn Mail NotDelivered", "OutOfTurn Mail NotDelivered"]
        )
        expect(yield* early(300_000, ...first, "250 reset", ...first, "250 reset")).toEqual(
          [accepted, accepted, "OutOfTurn Mail NotDelivered"]
        )
      }))

    for (const extensions of [pipelining, chunking]) {
      it.effect(`that has had enough of a long body, and closes, by ${extensions.at(-1)}`, () =>
        Effect.gen(function*() {
          const large = { ...job("a"), body: Body.fromString("large\r\n".repeat(200_000)) }
          const { value } = yield* play(
            [
              ...greeting(extensions),
              Script.expect(/^MAIL/),
              Script.expect(/^RCPT/),
              ...(extensions === pipelining ? [Script.expect("DATA")] : []),
              Script.send("250 ok", "250 ok", ...(extensions === pipelining ? ["354 go"] : [])),
              Script.skipBytes(100_000),
              Script.send("552 5.3.4 too much")
            ],
            using(({ deliver, deliverAll, isAlive }) =>
              Effect.gen(function*() {
                const results = yield* deliverAll([large, job("b")])
                const then = yield* Effect.exit(deliver(job("z").envelope, job("z").body))
                return [...results.map(summary), summary(then), yield* isAlive]
              })
            )
          )
          expect(value).toEqual([
            "Refused Content 552 NotDelivered",
            "OutOfTurn Mail NotDelivered",
            "OutOfTurn Mail NotDelivered",
            false
          ])
        }))
    }
  })
})

/** The senders whose number leaves that rest when it is divided by four. */
function ofEach(rest: number): RegExp {
  return new RegExp(`^n(${Array.from({ length: 8 }, (_, index) => index * 4 + rest).join("|")})-@`)
}

function greeting(extensions: ReadonlyArray<string>): Script.Script {
  return [
    Script.send("220 mx.example ready"),
    Script.expect("EHLO client.example"),
    Script.send(
      ...["mx.example", ...extensions].map((line, index) =>
        `250${index === extensions.length ? " " : "-"}${line}`
      )
    )
  ]
}

/** Octets of a window of these messages in chunks. */
function lengthOf(...names: ReadonlyArray<string>): number {
  return names.length *
      chunked("a").trim().split("\n").reduce((octets, line) => octets + line.trim().length - 1, 0) +
    (names.length - 1) * 6
}
