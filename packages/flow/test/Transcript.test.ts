import * as Tap from "@effect-smtp/flow/Tap"
import * as Transcript from "@effect-smtp/flow/Transcript"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as FastCheck from "effect/FastCheck"

const encoder = new TextEncoder()

/** `C: ` and `S: ` lines as a client's tap sees them, in pieces of that size. */
const show = (script: ReadonlyArray<string>, size = Infinity) =>
  Effect.gen(function*() {
    const { entries, sink } = yield* Transcript.collect("client")
    for (const step of script) {
      if (step === "TLS") {
        yield* sink(Tap.Upgraded({ at: 0 }))
        continue
      }
      const direction = step.startsWith("C: ") ? "out" : "in"
      const bytes = encoder.encode(step.slice(3))
      for (let at = 0; at < bytes.length; at += size) {
        yield* sink(Tap.Bytes({ at: 0, direction, bytes: bytes.slice(at, at + size) }))
      }
    }
    yield* sink(Tap.Closed({ at: 0 }))
    return (yield* entries).map(Transcript.print)
  })

describe("Transcript", () => {
  describe("lines", () => {
    it.effect("shows a session, with the message as a count", () =>
      Effect.gen(function*() {
        const script = [
          "S: 220 mx.example\r\n",
          "C: EHLO me.example\r\n",
          "S: 250-mx.example\r\n250 PIPELINING\r\n",
          "C: MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n",
          "S: 250 ok\r\n250 ok\r\n354 go\r\n",
          "C: Subject: x\r\n\r\n..MAIL FROM:<not@a.command>\r\n\r.\r\n.\r\nQUIT\r\n",
          "S: 250 queued\r\n221 bye\r\n"
        ]
        const shown = [
          "S: 220 mx.example",
          "C: EHLO me.example",
          "S: 250-mx.example",
          "S: 250 PIPELINING",
          "C: MAIL FROM:<a@b.example>",
          "C: RCPT TO:<c@d.example>",
          "C: DATA",
          "S: 250 ok",
          "S: 250 ok",
          "S: 354 go",
          "C: <47 bytes of message>",
          "C: QUIT",
          "S: 250 queued",
          "S: 221 bye",
          "-- closed"
        ]
        expect(yield* show(script)).toEqual(shown)
        for (let size = 1; size < 12; size++) {
          expect(yield* show(script, size)).toEqual(shown)
        }
      }))

    it.effect("counts chunks, and what is unfinished at the end", () =>
      Effect.gen(function*() {
        const script = ["S: 220 x\r\n", "C: BDAT 4\r\nabcdBDAT 9 LAST\r\n123", "S: 250 ok\r\n"]
        for (let size = 1; size < 30; size++) {
          expect((yield* show(script, size)).filter((line) => !line.startsWith("S"))).toEqual([
            "C: BDAT 4",
            "C: <4 bytes of message>",
            "C: BDAT 9 LAST",
            "C: <3 bytes of message, unfinished>",
            "-- closed"
          ])
        }
      }))

    it.effect("begins anew under TLS", () =>
      Effect.gen(function*() {
        expect(
          yield* show([
            "S: 220 x\r\n",
            "C: STARTTLS\r\n",
            "S: 220 go\r\n",
            "TLS",
            "C: EHLO me\r\n",
            "S: 250 x\r\n"
          ])
        ).toEqual([
          "S: 220 x",
          "C: STARTTLS",
          "S: 220 go",
          "-- TLS",
          "C: EHLO me",
          "S: 250 x",
          "-- closed"
        ])
      }))

    it.effect("N21: lets no peer write a line of its own, nor one without end", () =>
      Effect.gen(function*() {
        const [control, long] = yield* show([
          "S: 220 a\u001b[2J\rC: QUIT\u2028x\r\n",
          `S: 250 ${"y".repeat(5000)}\r\n`
        ])
        expect(control).toBe("S: 220 a\\x1b[2J\\x0dC: QUIT\\x2028x")
        expect(long).toMatch(/^S: 250 y{1020}\.\.\. <39\d\d more bytes>$/)
      }))
  })

  describe("secrets", () => {
    const user = FastCheck.stringMatching(/^u[a-z]{3,9}$/)
    const password = FastCheck.stringMatching(/^pw[A-Za-z0-9]{6,20}$/)
    const sessions: ReadonlyArray<(user: string, password: string) => ReadonlyArray<string>> = [
      (u, p) => [`C: AUTH PLAIN ${Encoding.encodeBase64(`\0${u}\0${p}`)}\r\n`],
      (u, p) => [`C: auth\tplain  ${Encoding.encodeBase64(`\0${u}\0${p}`)}\n`],
      (
        u,
        p
      ) => ["C: AuTh pLaIn\r\n", "S: 334 \r\n", `C: ${Encoding.encodeBase64(`\0${u}\0${p}`)}\r\n`],
      (u, p) => [
        "C: AUTH LOGIN\r\n",
        "S: 334 VXNlcm5hbWU6\r\n",
        `C: ${Encoding.encodeBase64(u)}\r\n`,
        "S: 334 UGFzc3dvcmQ6\r\n",
        `C: ${Encoding.encodeBase64(p)}\r\n`
      ],
      (
        u,
        p
      ) => [
        `C: NOOP\r\nNOOP\r\nAUTH LOGIN ${Encoding.encodeBase64(u)}\r\n`,
        "S: 250 ok\r\n250 ok\r\n334 UGFzc3dvcmQ6\r\n",
        `C: ${Encoding.encodeBase64(p)}\r\n`
      ],
      (_, p) => [`C: AUTH X-UNHEARD-OF ${p}\r\n`],
      (_, p) => [`C: AUTH ${p}\r\n`],
      (_, p) => [`C: NOOP\rAUTH PLAIN ${p}\r\n`],
      (
        _,
        p
      ) => [
        "C: AUTH XOAUTH2\r\n",
        "S: 334 eyJzdGF0dXMiOiI0MDEifQ==\r\n",
        `C: ${p}\r\n`,
        "S: 334 again\r\n",
        `C: DATA ${p}\r\n`
      ],
      (_, p) => [`C: ${p}\r\n`]
    ]
    const endings = [
      () => "S: 235 2.7.0 ok\r\n",
      () => "S: 535 5.7.8 no\r\n",
      (u: string, p: string) => `S: 500 what is ${Encoding.encodeBase64(`\0${u}\0${p}`)} ${p}?\r\n`,
      () => "S: "
    ]

    it.effect.prop(
      "N19: no password, however it is sent and wherever it is cut, is ever shown",
      [
        user,
        password,
        FastCheck.constantFrom(...sessions),
        FastCheck.constantFrom(...endings),
        FastCheck.integer({ min: 1, max: 60 })
      ],
      ([name, secret, session, ending, size]) =>
        Effect.gen(function*() {
          const start = ["S: 220 x\r\n", "C: EHLO me\r\n", "S: 250 AUTH PLAIN LOGIN\r\n"]
          const sent = session(name, secret)
          const echoes = sent.some((line) => line.includes(secret))
          const script = [...start, ...sent, ending(name, echoes ? secret : ""), "C: NOOP\r\n"]
          const whole = (yield* show(script, size)).join("\n")
          const cutShort = (yield* show([...start, ...sent.map((line) => line.trimEnd())], size))
            .join("\n")
          for (const text of [whole, cutShort]) {
            expect(text).not.toContain(secret)
            expect(text).not.toContain(Encoding.encodeBase64(secret))
            expect(text).not.toContain(Encoding.encodeBase64(`\0${name}\0${secret}`))
          }
        }),
      { fastCheck: { numRuns: 300 } }
    )

    it.effect("N19: shows that there was an AUTH, its mechanism and its outcome", () =>
      Effect.gen(function*() {
        const script = [
          "S: 220 x\r\n",
          "C: AUTH PLAIN AGEAYg==\r\n",
          "S: 535 5.7.8 wrong\r\n",
          "C: AUTH LOGIN\r\n",
          "S: 334 VXNlcm5hbWU6\r\n",
          "C: *\r\n",
          "S: 501 cancelled\r\n",
          "C: RSET\r\n",
          "C: FETCH me\r\n"
        ]
        expect(yield* show(script)).toEqual([
          "S: 220 x",
          "C: AUTH PLAIN <redacted>",
          "S: 535 5.7.8 wrong",
          "C: AUTH LOGIN",
          "S: 334 VXNlcm5hbWU6",
          "C: *",
          "S: 501 cancelled",
          "C: RSET",
          "C: <unknown command, 8 bytes>",
          "-- closed"
        ])
      }))
  })
})
