import * as Rechunk from "@effect-smtp/testing/Rechunk"
import * as Script from "@effect-smtp/testing/Script"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Body from "../src/Body.js"
import * as Chunks from "../src/Chunks.js"
import type { Stage } from "./harness.js"
import {
  aliceToBob,
  around,
  converse,
  envelope,
  hello,
  helloLines,
  play,
  using
} from "./harness.js"

const bytes = (text: string) => new TextEncoder().encode(text)

const opening = (extensions: ReadonlyArray<string>, parameters = ""): Script.Script => [
  Script.send("220 mx.example ready"),
  Script.expect("EHLO client.example"),
  Script.send(
    "250-mx.example",
    ...extensions.map((line, i) => `250${i + 1 === extensions.length ? " " : "-"}${line}`)
  ),
  Script.expect(`MAIL FROM:<alice@client.example>${parameters}`),
  Script.send("250 ok"),
  Script.expect("RCPT TO:<bob@mx.example>"),
  Script.send("250 ok")
]

const closing: Script.Script = [
  Script.expect("QUIT"),
  Script.send("221 bye"),
  Script.expectEnd
]

const deliver = (body: Body.Body) => using(({ deliver }) => deliver(aliceToBob, body))

/** One chunk with these octets in it. */
const last = (wire: string): Script.Script => [
  Script.expect(`BDAT ${bytes(wire).length} LAST`),
  Script.expectBytes(bytes(wire)),
  Script.send("250 2.0.0 queued as 1")
]

const chunk = (wire: Uint8Array): Script.Script => [
  Script.expect(`BDAT ${wire.length}`),
  Script.expectBytes(wire)
]

const fragment = (octets: number, at = 0) =>
  Uint8Array.from({ length: octets }, (_, i) => (at + i) % 251)

/** How delivering fails, and that the session goes on. */
const failure = (body: Body.Body, steps: Script.Script, extensions: ReadonlyArray<string>) =>
  Effect.map(
    play(
      [
        ...opening(extensions, body.binary ? " BODY=BINARYMIME" : ""),
        ...steps,
        Script.expect("RSET"),
        Script.send("250 ok"),
        Script.expect("NOOP"),
        Script.send("250 ok"),
        ...closing
      ],
      using(({ deliver, noop }) => Effect.zipLeft(Effect.flip(deliver(aliceToBob, body)), noop))
    ),
    ({ value }) => value
  )

describe("Chunks", () => {
  describe("the octets of a text", () => {
    const table: ReadonlyArray<readonly [string, string, string]> = [
      ["no dot is doubled", ".a\r\n..\r\n.\r\n", ".a\r\n..\r\n.\r\n"],
      ["M12, N2: bare line ends become CR LF", "a\n.\rb\r\n", "a\r\n.\r\nb\r\n"],
      ["M13: the last line is ended", "a", "a\r\n"],
      ["M13: and so is half of its end", "a\r", "a\r\n"],
      ["an empty message is an empty chunk", "", ""]
    ]
    for (const [title, text, wire] of table) {
      it.effect(
        title,
        () =>
          play(
            [...opening(["CHUNKING"]), ...last(wire), ...closing],
            deliver(Body.fromString(text))
          )
      )
    }

    const tricky = ".\r\n.\n..\r.a\r\n\r\n."
    for (const [at, chunks] of Rechunk.splits(bytes(tricky)).entries()) {
      it.effect(`M6, M12: a stream cut at octet ${at} becomes one chunk`, () =>
        play(
          [
            ...opening(["CHUNKING"]),
            ...last(".\r\n.\r\n..\r\n.a\r\n\r\n.\r\n"),
            ...closing
          ],
          deliver(Body.fromStream(Stream.fromIterable(chunks), { eightBit: false }))
        ))
    }
  })

  describe("BINARYMIME", () => {
    const octets = Uint8Array.of(0, 10, 13, 46, 13, 10, 46, 13, 10, 200, 10)
    const offer = ["CHUNKING", "BINARYMIME", "SIZE"]

    for (
      const [what, body] of [
        ["bytes", Body.fromBytes(octets, { binary: true })],
        [
          "a stream",
          Body.fromStream(Stream.fromIterable(Rechunk.everyByte(octets)), {
            binary: true,
            size: octets.length
          })
        ]
      ] as const
    ) {
      it.effect(`N2: not an octet of ${what} is changed`, () =>
        play(
          [
            ...opening(offer, ` SIZE=${octets.length} BODY=BINARYMIME`),
            Script.expect(`BDAT ${octets.length} LAST`),
            Script.expectBytes(octets),
            Script.send("250 ok"),
            ...closing
          ],
          deliver(body)
        ))
    }

    for (const extensions of [["CHUNKING", "8BITMIME"], ["BINARYMIME", "8BITMIME"]]) {
      it.effect(`nothing is said to a server that offers ${extensions}`, () =>
        Effect.gen(function*() {
          const { value } = yield* converse(
            around("", extensions),
            using(({ deliver }) =>
              Effect.flip(deliver(aliceToBob, Body.fromBytes(octets, { binary: true })))
            )
          )
          expect(value).toMatchObject({ _tag: "Unsupported", retry: "Elsewhere" })
        }))
    }

    it.effect("goes in chunks whatever else does not", () =>
      play(
        [
          ...opening(["CHUNKING", "BINARYMIME"], " BODY=BINARYMIME"),
          Script.expect(`BDAT ${octets.length} LAST`),
          Script.expectBytes(octets),
          Script.send("250 ok"),
          ...closing
        ],
        using(
          ({ deliver }) => deliver(aliceToBob, Body.fromBytes(octets, { binary: true })),
          { chunking: "ForBinaryOnly" }
        )
      ))
  })

  it.effect("DATA is used where the caller prefers it", () =>
    converse(
      around(
        `C: MAIL FROM:<alice@client.example>
         S: 250 ok
         C: RCPT TO:<bob@mx.example>
         S: 250 ok
         C: DATA
         S: 354 go ahead
         ${helloLines}
         S: 250 ok`,
        ["CHUNKING"]
      ),
      using(({ deliver }) => deliver(aliceToBob, hello), { chunking: "ForBinaryOnly" })
    ))

  describe("a long message", () => {
    const { size } = Chunks
    const long = fragment(2 * size + 10)
    const three = [long.subarray(0, size), long.subarray(size, 2 * size), long.subarray(2 * size)]
    const offer = ["CHUNKING", "BINARYMIME"]
    const pipelining = [...offer, "PIPELINING"]
    const bodies = {
      "in memory": Body.fromBytes(long, { binary: true }),
      "from a stream": Body.fromStream(Stream.fromIterable(Rechunk.chunksOf(long, 4096)), {
        binary: true
      })
    }

    for (const [what, body] of Object.entries(bodies)) {
      for (const stage of [{}, { capacity: 1000 }] satisfies ReadonlyArray<Stage>) {
        it.effect(`${what} goes chunk by chunk (${JSON.stringify(stage)})`, () =>
          play(
            [
              ...opening(offer, " BODY=BINARYMIME"),
              ...chunk(three[0]!),
              Script.send("250 first"),
              ...chunk(three[1]!),
              Script.send("250 second"),
              Script.expect("BDAT 10 LAST"),
              Script.expectBytes(three[2]!),
              Script.send("250 ok"),
              ...closing
            ],
            deliver(body),
            stage
          ))
      }

      it.effect(`${what}: a refused chunk ends it, and RSET clears it`, () =>
        Effect.gen(function*() {
          const steps = [...chunk(three[0]!), Script.send("452 4.3.1 full")]
          expect(yield* failure(body, steps, offer)).toMatchObject({
            _tag: "Refused",
            phase: "Content",
            fate: "NotDelivered",
            retry: "Later"
          })
        }))
    }

    it.effect("from a stream does not wait under PIPELINING, but for the last chunk", () =>
      play(
        [
          ...opening(pipelining, " BODY=BINARYMIME"),
          ...chunk(three[0]!),
          ...chunk(three[1]!),
          Script.send("250 first", "250 second"),
          Script.expect("BDAT 10 LAST"),
          Script.expectBytes(three[2]!),
          Script.send("250 ok"),
          ...closing
        ],
        deliver(bodies["from a stream"])
      ))

    it.effect("from a stream: so does one with others behind it, which are heard out", () =>
      Effect.gen(function*() {
        const steps = [
          ...chunk(three[0]!),
          ...chunk(three[1]!),
          Script.send("552 5.3.4 too big", "503 5.5.1 no")
        ]
        expect(yield* failure(bodies["from a stream"], steps, pipelining)).toMatchObject({
          _tag: "Refused",
          phase: "Content",
          reply: { code: 552 }
        })
      }))

    it.effect("is not complete without its end: the fate is known if the connection is lost", () =>
      Effect.gen(function*() {
        const { value } = yield* play(
          [...opening(offer, " BODY=BINARYMIME"), ...chunk(three[0]!), Script.close],
          using(({ deliver }) => Effect.flip(deliver(aliceToBob, bodies["in memory"])))
        )
        expect(value).toMatchObject({
          _tag: "ConnectionFailed",
          phase: "Content",
          fate: "NotDelivered"
        })
      }))

    it.effect("N13: after the last chunk it is not", () =>
      Effect.gen(function*() {
        const { value } = yield* play(
          [
            ...opening(["CHUNKING"]),
            Script.expect("BDAT 22 LAST"),
            Script.expectBytes(bytes("Subject: hi\r\n\r\nhello\r\n")),
            Script.close
          ],
          using(({ deliver }) => Effect.flip(deliver(aliceToBob, hello)))
        )
        expect(value).toMatchObject({ _tag: "ConnectionFailed", fate: "Unknown" })
      }))

    it.effect("a stream that fails between two chunks delivers nothing, and the session goes on", () =>
      Effect.gen(function*() {
        const body = Body.fromStream(
          Stream.concat(Stream.make(three[0]!), Stream.fail("disk")),
          { binary: true }
        )
        const steps = [...chunk(three[0]!), Script.send("250 first")]
        expect(yield* failure(body, steps, offer)).toMatchObject({
          _tag: "Unsendable",
          cause: "disk",
          fate: "NotDelivered"
        })
      }))

    it.effect("an 8-bit octet in a stream that was said to have none delivers nothing", () =>
      Effect.gen(function*() {
        const body = Body.fromStream(Stream.make(bytes("h\u00e9")), { eightBit: false })
        expect(yield* failure(body, [], ["CHUNKING"])).toMatchObject({ _tag: "Unsendable" })
      }))
  })

  it.effect("the last chunk refused is a message refused, and RSET clears it", () =>
    Effect.gen(function*() {
      const steps = [
        Script.expect("BDAT 22 LAST"),
        Script.expectBytes(bytes("Subject: hi\r\n\r\nhello\r\n")),
        Script.send("554 5.7.1 spam")
      ]
      expect(yield* failure(hello, steps, ["CHUNKING"])).toMatchObject({
        _tag: "Refused",
        phase: "Verdict",
        fate: "NotDelivered",
        retry: "Never"
      })
    }))

  describe("with PIPELINING", () => {
    const offer = ["CHUNKING", "PIPELINING"]
    const two = envelope("alice@client.example", "bob@mx.example", "carol@mx.example")
    const flight = `
      C: MAIL FROM:<alice@client.example>
      C: RCPT TO:<bob@mx.example>
      C: RCPT TO:<carol@mx.example>
      C: BDAT 22 LAST
      C: Subject: hi
      C:
      C: hello`
    const deliverTwo = using(({ deliver }) => deliver(two, hello))
    const failTwo = using(({ deliver }) => Effect.flip(deliver(two, hello)))

    it.effect("M1: a short message is one write", () =>
      Effect.gen(function*() {
        const { value, writes } = yield* converse(
          around(`${flight}\nS: 250 ok\nS: 250 ok\nS: 550 no\nS: 250 queued as 1`, offer),
          deliverTwo
        )
        expect(writes.length).toBe(3)
        expect(value).toMatchObject({
          accepted: [{ reply: { code: 250 } }],
          rejected: [{ reply: { code: 550 } }],
          reply: { value: { lines: ["queued as 1"] } }
        })
      }))

    it.effect("MAIL refused, the rest is refused too, and RSET clears it", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            `${flight}
             S: 451 4.3.0 later
             S: 503 no
             S: 503 no
             S: 503 no
             C: RSET
             S: 250 ok`,
            offer
          ),
          failTwo
        )
        expect(value).toMatchObject({ _tag: "Refused", phase: "Mail", retry: "Later" })
      }))

    for (const answer of ["554 5.5.1 nobody", "250 for nobody"]) {
      it.effect(`nobody is left to receive it, whatever is said of the message: ${answer}`, () =>
        Effect.gen(function*() {
          const { value } = yield* converse(
            around(
              `${flight}
               S: 250 ok
               S: 550 no
               S: 450 no
               S: ${answer}
               C: RSET
               S: 250 ok`,
              offer
            ),
            deliverTwo
          )
          expect(value).toMatchObject({ accepted: [], rejected: [{}, {}], failed: [] })
        }))
    }

    it.effect("the message refused is not delivered", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          around(
            `${flight}
             S: 250 ok
             S: 250 ok
             S: 250 ok
             S: 554 5.7.1 spam
             C: RSET
             S: 250 ok`,
            offer
          ),
          failTwo
        )
        expect(value).toMatchObject({ _tag: "Refused", phase: "Verdict", fate: "NotDelivered" })
      }))

    const cuts: ReadonlyArray<readonly [replies: ReadonlyArray<string>, fate: string]> = [
      [[], "Unknown"],
      [["250 ok"], "Unknown"],
      [["250 ok", "250 ok", "550 no"], "Unknown"],
      [["250 ok", "250 ok"], "Unknown"]
    ]
    for (const [replies, fate] of cuts) {
      it.effect(`N13: lost after ${JSON.stringify(replies)}, its fate is ${fate}`, () =>
        Effect.gen(function*() {
          const { value } = yield* play(
            [
              Script.send("220 ready"),
              Script.expect("EHLO client.example"),
              Script.send("250-mx.example", "250-CHUNKING", "250 PIPELINING"),
              Script.expect(/^MAIL/),
              Script.expect(/^RCPT/),
              Script.expect(/^RCPT/),
              Script.expect("BDAT 22 LAST"),
              Script.expectBytes(bytes("Subject: hi\r\n\r\nhello\r\n")),
              ...(replies.length === 0 ? [] : [Script.send(...replies)]),
              Script.close
            ],
            failTwo
          )
          expect(value).toMatchObject({ _tag: "ConnectionFailed", fate })
        }))
    }
  })
})
