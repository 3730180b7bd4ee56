import * as Command from "@effect-smtp/wire/Command"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as Strictness from "../src/Strictness.js"
import { bytes, goodbye, greeted, open, readAll, say, shout, talk } from "./talk.js"

describe("Strictness", () => {
  describe("forbidden", () => {
    for (const method of Strictness.httpMethods) {
      it.effect(`N12: ${method} is another protocol's: refused, and nothing behind it is read`, () =>
        Effect.gen(function*() {
          const { heard, mails } = yield* shout(
            {},
            `${method} / HTTP/1.1\r\nHost: mx.example\r\n\r\nHELO a.example\r\nMAIL FROM:<>\r\n` +
              "RCPT TO:<b@mx.example>\r\nDATA\r\nforged\r\n.\r\n"
          )
          expect(heard).toEqual(["220 mx.example ESMTP", "421 4.7.0 This is no place for that"])
          expect(mails).toEqual([])
        }))
    }

    it.effect("in any case, and bare, and in the middle of a session", () =>
      Effect.gen(function*() {
        for (const line of ["get", "Post /\u00e9 HTTP/1.0", "PUT"]) {
          const { heard } = yield* shout({}, `HELO a.example\r\nNOOP\r\n${line}\r\nNOOP\r\n`)
          expect(heard.slice(3)).toEqual(["421 4.7.0 This is no place for that"])
        }
      }))

    it.effect("none, if the server says so: unknown commands like others", () =>
      talk(
        { strictness: { forbidden: [] } },
        `${greeted}
        C: GET / HTTP/1.1
        S: 500 5.5.1 Command not recognized
        ${goodbye}`
      ))

    it("are no commands of SMTP", () => {
      for (const method of Strictness.httpMethods) {
        expect(Either.isLeft(Command.parse(method))).toBe(true)
      }
    })
  })

  describe("disabled", () => {
    it.effect("commands are not implemented, and not offered", () =>
      Effect.gen(function*() {
        const { heard } = yield* shout(
          { strictness: { disabled: ["Helo", "Help", "Vrfy"] } },
          "HELO a.example\r\nEHLO a.example\r\nHELP\r\nVRFY bob\r\nNOOP\r\n"
        )
        const refusal = "502 5.5.1 Command not implemented"
        expect(heard[1]).toBe(refusal)
        expect(heard.filter((line) => line.includes("HELP"))).toEqual([])
        expect(heard.slice(-3)).toEqual([refusal, refusal, "250 2.0.0 OK"])
      }))
  })

  describe("early talkers", () => {
    const refused = "554 5.5.1 The client spoke before it was greeted\r\n"

    it.scoped("are refused, if the server says so, as soon as they talk", () =>
      Effect.gen(function*() {
        const session = yield* open({
          strictness: { earlyTalkers: "refused", greetingDelay: "5 seconds" }
        })
        yield* TestClock.adjust("4 seconds")
        yield* session.client.write(bytes("EHLO a.example\r\n"))
        expect(yield* readAll(session.client)).toBe(refused)
        yield* Fiber.join(session.run)
      }))

    it.scoped("who waits is greeted after the delay, and all it says is heard", () =>
      Effect.gen(function*() {
        const session = yield* open({
          strictness: { earlyTalkers: "refused", greetingDelay: "5 seconds" }
        })
        const saying = yield* Effect.fork(say(session, `${greeted}${goodbye}`))
        yield* TestClock.adjust("4999 millis")
        expect(session.writes).toEqual([])
        yield* TestClock.adjust("1 millis")
        yield* Fiber.join(saying)
      }))

    it.scoped("without a delay, those are found out whose words are there already", () =>
      Effect.gen(function*() {
        const early = yield* open({ strictness: { earlyTalkers: "refused" } })
        yield* early.client.write(bytes("EHLO a.example\r\n"))
        expect(yield* readAll(early.client)).toBe(refused)
        const late = yield* open({ strictness: { earlyTalkers: "refused" } })
        yield* say(late, `${greeted}${goodbye}`)
      }))

    it.scoped("else they are heard, after the delay", () =>
      Effect.gen(function*() {
        const session = yield* open({ strictness: { greetingDelay: "5 seconds" } })
        yield* session.client.write(bytes("NOOP\r\n"))
        expect(yield* Fiber.poll(session.run)).toEqual(Option.none())
        yield* TestClock.adjust("5 seconds")
        yield* say(session, "S: 220 mx.example ESMTP\nS: 250 2.0.0 OK")
      }))

    it.scoped("one who leaves meanwhile is no talker", () =>
      Effect.gen(function*() {
        const session = yield* open({
          strictness: { earlyTalkers: "refused", greetingDelay: "5 seconds" }
        })
        yield* session.client.end
        expect(yield* readAll(session.client)).toBe("220 mx.example ESMTP\r\n")
        yield* Fiber.join(session.run)
      }))
  })
})
