import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Policy from "../src/Policy.js"
import type { Answered } from "../src/Stats.js"
import * as Verdict from "../src/Verdict.js"
import type { Setup } from "./talk.js"
import { bytes, open, readAll } from "./talk.js"

const twoRecipients =
  "MAIL FROM:<a@b.example>\r\nRCPT TO:<b@x.example>\r\nRCPT TO:<c@x.example>\r\n"

const each: Setup = {
  handler: {
    verdicts: "Each",
    message: (_client, _envelope, { collect }) =>
      Effect.as(collect(1000), Verdict.each([Verdict.ok, Verdict.mailboxFull]))
  }
}
const lmtp: Setup = { ...each, policy: Policy.lmtp }

/** What is answered to a message for two recipients, and what is told of it for the statistics. */
const answers = (setup: Setup, hello: string, said: string) =>
  Effect.scoped(Effect.gen(function*() {
    const reports: Array<Answered> = []
    const session = yield* open({
      ...setup,
      report: (message) => {
        reports.push(message)
      }
    })
    yield* session.client.write(bytes(`${hello} c.example\r\n${said}QUIT\r\n`))
    yield* session.client.end
    const heard = yield* readAll(session.client)
    yield* Fiber.join(session.run)
    const lines = heard.split("\r\n").slice(0, -1).filter((line) => !line.startsWith("221"))
    const ready = lines.map((line) => line.startsWith("250 2.1.5")).lastIndexOf(true)
    return {
      replies: lines.slice(ready + 1).map((line) => line.slice(0, 9)),
      reports: reports.map(({ octets, reply }) => [reply.code, octets])
    }
  }))

describe("answers to a message", () => {
  it.effect("are counted once each, by the one that speaks for all", () =>
    Effect.gen(function*() {
      expect(yield* answers(each, "EHLO", `${twoRecipients}BDAT 3 LAST\r\nA\r\n`))
        .toEqual({ replies: ["452 4.2.2"], reports: [[452, 3]] })
      const prdr = twoRecipients.replace(">\r\n", "> PRDR\r\n")
      expect(yield* answers(each, "EHLO", `${prdr}BDAT 3 LAST\r\nA\r\n`)).toEqual({
        replies: ["353 What ", "250 2.0.0", "452 4.2.2", "250 2.0.0"],
        reports: [[452, 3]]
      })
      expect(yield* answers(lmtp, "LHLO", `${twoRecipients}DATA\r\nA\r\n.\r\n`)).toEqual({
        replies: ["354 End w", "250 2.0.0", "452 4.2.2"],
        reports: [[452, 3]]
      })
    }))

  it.effect("come for each recipient behind the last chunk under LMTP (RFC 2033, RFC 3030)", () =>
    Effect.gen(function*() {
      expect(yield* answers(lmtp, "LHLO", `${twoRecipients}BDAT 3\r\nA\r\nBDAT 3 LAST\r\nB\r\n`))
        .toEqual({ replies: ["250 2.0.0", "250 2.0.0", "452 4.2.2"], reports: [[452, 6]] })
      expect(yield* answers(lmtp, "LHLO", `${twoRecipients}BDAT 3 LAST\r\nA\n\n`))
        .toMatchObject({ replies: ["550 5.6.0", "550 5.6.0"], reports: [[550, 0]] })
    }))

  it.effect("are one for a chunk before the last that is refused, under LMTP too", () =>
    Effect.gen(function*() {
      expect(yield* answers(lmtp, "LHLO", `${twoRecipients}BDAT 3\r\nA\n\nBDAT 3 LAST\r\nB\r\n`))
        .toEqual({ replies: ["550 5.6.0", "503 5.5.1"], reports: [[550, 0]] })
    }))

  it.effect("are 503, and not 554, to a chunk for nobody under LMTP (RFC 2033 section 4.2)", () =>
    Effect.gen(function*() {
      const nobody = "MAIL FROM:<a@b.example>\r\nBDAT 3 LAST\r\nA\r\n"
      const { replies } = yield* answers(lmtp, "LHLO", nobody)
      expect(replies.slice(-1)).toEqual(["503 5.5.1"])
    }))

  it.effect("X3: do not mind the length of lines where there are none (BINARYMIME)", () =>
    Effect.gen(function*() {
      const strict: Setup = { ...each, limits: { dataLine: 10 }, extensions: { binaryMime: true } }
      const chunk = `BDAT 20 LAST\r\n${"x".repeat(20)}`
      const text = yield* answers(strict, "EHLO", twoRecipients + chunk)
      expect(text.replies).toEqual(["550 5.6.0"])
      const binary = twoRecipients.replace(">\r\n", "> BODY=BINARYMIME\r\n")
      const octets = yield* answers(strict, "EHLO", binary + chunk)
      expect(octets).toEqual({ replies: ["452 4.2.2"], reports: [[452, 20]] })
    }))

  it.effect("X3: end the session where a browser speaks between two chunks", () =>
    Effect.gen(function*() {
      const { replies, reports } = yield* answers(
        each,
        "EHLO",
        `${twoRecipients}BDAT 3\r\nA\r\nGET / HTTP/1.1\r\n`
      )
      expect(replies).toEqual(["250 2.0.0", "421 4.7.0"])
      expect(reports).toEqual([])
    }))
})
