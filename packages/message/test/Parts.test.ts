import * as Body from "@effect-smtp/client/Body"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Attachment from "../src/Attachment.js"
import * as Composed from "../src/Composed.js"
import * as Header from "../src/Header.js"
import * as Message from "../src/Message.js"
import * as Parts from "../src/Parts.js"
import { draft, written } from "./composing.js"
import * as Reference from "./partsReference.js"

const bytes = (text: string) => new TextEncoder().encode(text)
const latin1 = (octets: Uint8Array) => Buffer.from(octets).toString("latin1")

/** A part and its body, if it has one. */
interface Told {
  readonly part: Parts.Part
  readonly body: string
}

/** The parts in the order of their headers; each begins and ends as it should. */
const told = (events: Iterable<Parts.Event>): ReadonlyArray<Told> => {
  const found: Array<{ part: Parts.Part; body: string }> = []
  const open: Array<Parts.Part> = []
  for (const event of events) {
    const { part } = event
    if (event._tag === "Begin") {
      expect(part.path.slice(0, -1)).toEqual(open.at(-1)?.path ?? [])
      open.push(part)
      found.push({ part, body: "" })
    } else if (event._tag === "End") {
      expect(open.pop()).toBe(part)
    } else {
      expect([part.kind, open.at(-1)]).toEqual(["Leaf", part])
      expect(event.bytes.length).toBeGreaterThan(0)
      const last = found.at(-1)
      if (last !== undefined) last.body += latin1(event.bytes)
    }
  }
  expect(open).toEqual([])
  return found
}

const decode = (text: string, options?: Parts.Options) =>
  told(Either.getOrThrow(Parts.decode(bytes(text), options)))

/** What there is to say of the parts, in short. */
const inShort = (parts: ReadonlyArray<Told>) =>
  parts.map(({ body, part: { kind, path, type } }) =>
    [path.join("."), kind === "Leaf" ? type : kind, body].join(" ").trim()
  )

const lines = (...all: ReadonlyArray<string>) => all.join("\r\n")

const mixed = (...all: ReadonlyArray<string>) =>
  lines("Content-Type: multipart/mixed; boundary=b", "", ...all)

const cut = (octets: Uint8Array, sizes: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const pieces: Array<Uint8Array> = []
  let at = 0
  for (const size of sizes) {
    pieces.push(octets.subarray(at, at + size))
    at += size
  }
  return [...pieces, octets.subarray(at)]
}

/** The same, cut there, or octet by octet. */
const inPieces = (
  octets: Uint8Array,
  sizes: ReadonlyArray<number> = Array.from(octets, () => 1),
  options?: Parts.Options
) => Stream.runCollect(Parts.fromStream(Stream.fromIterable(cut(octets, sizes)), options))

describe("Parts", () => {
  describe("events", () => {
    it("I3: are a tree: each part begins, is told in pieces, and ends", () => {
      const parts = decode(mixed(
        ...["preamble", "--b", "", "one", "--b", "Content-Type: multipart/alternative; boundary=c"],
        ...["", "--c", "", "two", "", "--c", "Content-Type: text/html", "", "<p>", "--c--"],
        ...["epilogue of it", "--b", "Content-Type: image/png", "", "three", "--b--", "epilogue"]
      ))
      expect(inShort(parts)).toEqual([
        "Multipart",
        "1 text/plain one",
        "2 Multipart",
        "2.1 text/plain two\r\n",
        "2.2 text/html <p>",
        "3 image/png three"
      ].map((line) => line.trim()))
    })

    it("I3: tell what each part is called, and how it came (RFC 2045, 2183, 2231)", () => {
      const [, { body, part }] = decode(mixed(
        "--b",
        "Content-Type: Text/CSV (a table); CharSet=\"utf-8\"; name*=utf-8''%C3%A9",
        "Content-Transfer-Encoding: (so) BASE64",
        "Content-Disposition: Attachment; filename*0*=utf-8''%C3%A4; filename*1=\".csv\"",
        "Content-ID: <a@b>",
        "Subject: =?utf-8?q?=C3=A9?=",
        "",
        "Y",
        "WI=",
        "YWI=",
        "--b--"
      ))
      expect(part).toMatchObject({
        path: [1],
        type: "text/csv",
        encoding: "Base64",
        disposition: Option.some("attachment"),
        fileName: Option.some("ä.csv"),
        contentId: Option.some("a@b")
      })
      expect([...part.parameters]).toEqual([["charset", "utf-8"], ["name", "é"]])
      expect(Header.subject(part.header)).toEqual(Option.some("é"))
      expect(body).toBe("abab")
    })

    it("I3: are of one leaf where the message has no parts, or none can be found", () => {
      expect(inShort(decode(""))).toEqual(["text/plain"])
      expect(inShort(decode("A: b"))).toEqual(["text/plain"])
      expect(inShort(decode("\r\n--b\r\n"))).toEqual(["text/plain --b\r\n".trim()])
      expect(decode("\r\n--b\r\n")[0].body).toBe("--b\r\n")
      expect(inShort(decode("Content-Type: multipart/mixed\r\n\r\n--b"))).toEqual([
        "multipart/mixed --b"
      ])
      expect(inShort(decode(mixed("nothing")))).toEqual(["Multipart"])
    })
  })

  describe("boundaries", () => {
    it("I3: end lines, which end in LF as well, and may have white space behind them", () => {
      const message =
        "Content-Type: multipart/mixed; boundary=b\n\n--b \t\n\none\n--b\n\ntwo\n--b-- \n"
      expect(inShort(decode(message))).toEqual([
        "Multipart",
        "1 text/plain one",
        "2 text/plain two"
      ])
    })

    it("I3: may begin like others, be as long as they like, and are found to the octet", () => {
      const parts = decode(mixed(
        ...["--b", "", "--bb", "--b-", "--b--x", " --b", "--", "--b x", "--b"],
        ...["Content-Type: multipart/mixed; boundary=bb", "", "--bb", "", "two", "--b--"]
      ))
      expect(inShort(parts)).toEqual([
        "Multipart",
        "1 text/plain --bb\r\n--b-\r\n--b--x\r\n --b\r\n--\r\n--b x",
        "2 Multipart",
        "2.1 text/plain two"
      ])
      const long = "x".repeat(500)
      const message = lines(
        ...[`Content-Type: multipart/mixed; boundary="${long}"`, "", `--${long}`, "", "one"],
        ...[`--${long}y`, `--${long}--`]
      )
      expect(inShort(decode(message))[1]).toBe(`1 text/plain one\r\n--${long}y`)
      const wide = (spaces: number) => decode(mixed(`--b${" ".repeat(spaces)}`, "", "x")).length
      expect([wide(998), wide(100_000)]).toEqual([2, 1])
    })

    it("I3: of a multipart around end those in it, whatever they still wait for", () => {
      const inner = ["Content-Type: multipart/mixed; boundary=c", "", "--c", "", "one"]
      expect(inShort(decode(mixed("--b", ...inner, "--b", "", "two", "--c", "--b--", "--c"))))
        .toEqual(["Multipart", "1 Multipart", "1.1 text/plain one", "2 text/plain two\r\n--c"])
      expect(inShort(decode(mixed("--b", "Content-Type: multipart/a; boundary=c", "--b", "", "x"))))
        .toEqual(["Multipart", "1 Multipart", "2 text/plain x"])
    })

    it("I3: need not be there: the end of the message ends every part, with all of its body", () => {
      expect(decode(mixed("--b", "", "one\r\n"))[1].body).toBe("one\r\n")
      expect(inShort(decode(mixed("--b")))).toEqual(["Multipart", "1 text/plain"])
      expect(inShort(decode(mixed("--b", "A: b")))).toEqual(["Multipart", "1 text/plain"])
      expect(decode(mixed("--b", "", "one\r"))[1].body).toBe("one\r")
    })
  })

  describe("messages in the message", () => {
    const message = mixed(
      ...["--b", "Content-Type: message/rfc822", "", "Subject: inner"],
      ...["Content-Type: multipart/digest; boundary=c", "", "--c", "", "Subject: deep", "", "deep"],
      ...["--c--", "--b", "Content-Type: message/global", "Content-Transfer-Encoding: base64", ""],
      ...["QTogYgoKYw==", "--b", "Content-Type: message/rfc822", "", "--b--"]
    )

    it("I3: are bodies as they are", () => {
      const parts = decode(message)
      expect(inShort(parts).map((line) => line.split("\r\n")[0])).toEqual([
        "Multipart",
        "1 message/rfc822 Subject: inner",
        "2 message/global A: b\n\nc",
        "3 message/rfc822"
      ])
      expect(inShort(decode(parts[1].body))).toEqual([
        "Multipart",
        "1 message/rfc822 Subject: deep\r\n\r\ndeep"
      ])
    })

    it("I3: or are entered, on request", () => {
      const parts = decode(message, { messages: "Entered" })
      expect(inShort(parts)).toEqual([
        "Multipart",
        "1 Message",
        "1.1 Multipart",
        "1.1.1 Message",
        "1.1.1.1 text/plain deep",
        "2 message/global A: b\n\nc",
        "3 Message",
        "3.1 text/plain"
      ])
      expect(Header.subject(parts[2].part.header)).toEqual(Option.some("inner"))
      expect(Header.subject(parts[4].part.header)).toEqual(Option.some("deep"))
    })
  })

  describe("bodies", () => {
    const body = (encoding: string, text: string, options?: Parts.Options) =>
      decode(`Content-Transfer-Encoding: ${encoding}\r\n\r\n${text}`, options)[0].body

    it("I3: are out of base64, with padding anywhere, and without what does not belong to it", () => {
      expect(body("base64", "YWJj\r\nZGU=")).toBe("abcde")
      expect(body("base64", "Y!W-J\0j ZA==ZWY=\r\nZw")).toBe("abcdefg")
      expect(body("Base64", "YWJjZ")).toBe("abc")
      expect(body("base64", "====")).toBe("")
    })

    it("I3: are out of quoted-printable, without the white space that was added to lines", () => {
      const cases = {
        "a=3D=e9\r\nb": "a=\xe9\r\nb",
        "a=\r\nb=\nc=": "abc",
        "a= \t\r\nb": "ab",
        "a \t\r\nb \nc\t": "a\r\nb\nc",
        "a \tb": "a \tb",
        "a=zz=4\r\n=": "a=zz=4\r\n",
        "=4=41==41": "=4A=A",
        "=\rx \r=\r\r\n \r x": "=\rx \r=\r\r\n \r x",
        "a\r": "a\r",
        "a=4": "a=4"
      }
      for (const [text, said] of Object.entries(cases)) {
        expect([text, body("quoted-printable", text)]).toEqual([text, said])
      }
      const wide = " ".repeat(998)
      expect(body("quoted-printable", `a${wide}\r\n`)).toBe("a\r\n")
      expect(body("quoted-printable", `a${wide}${wide}b\r\n`)).toBe(`a${wide}${wide}b\r\n`)
    })

    it("I3: are as they came otherwise, and all of them on request", () => {
      const text = "a=41\0\xff\r\n\n\r"
      for (const encoding of ["7bit", "8bit", "binary", "x-own", ""]) {
        expect(body(encoding, text)).toBe(latin1(bytes(text)))
      }
      expect(body("base64", "YWJj\r\n", { content: "Raw" })).toBe("YWJj\r\n")
      expect(body("quoted-printable", "=41 \n", { content: "Raw" })).toBe("=41 \n")
    })
  })

  describe("limits", () => {
    const fault = (text: string, options: Parts.Options) =>
      Effect.gen(function*() {
        const whole = yield* Effect.flip(Parts.decode(bytes(text), options))
        const cut = yield* Effect.flip(inPieces(bytes(text), undefined, options))
        expect(cut).toEqual(whole)
        return [whole.reason, whole.limit]
      })

    it.effect("I3: bound headers, levels and parts", () =>
      Effect.gen(function*() {
        const headerOctets = 100
        expect(yield* fault(`A: ${"b".repeat(100)}`, { limits: { headerOctets } }))
          .toEqual(["HeaderTooLong", headerOctets])
        expect(
          yield* fault(mixed("--b", "A: b", "", "--b", "C: ".repeat(20)), {
            limits: { headerOctets }
          })
        ).toEqual(["HeaderTooLong", headerOctets])
        const many = mixed("--b\r\n\r\n".repeat(5))
        expect(yield* fault(many, { limits: { parts: 4 } })).toEqual(["TooManyParts", 4])
        expect(decode(many, { limits: { parts: 5 } })).toHaveLength(6)
        const messages = "Content-Type: message/rfc822\r\n\r\n".repeat(10)
        expect(yield* fault(messages, { messages: "Entered", limits: { depth: 9 } }))
          .toEqual(["TooDeep", 9])
        expect(decode(messages, { messages: "Entered", limits: { depth: 10 } })).toHaveLength(11)
      }))

    it.effect("I3: let through what was within them", () =>
      Effect.gen(function*() {
        const events: Array<Parts.Event> = []
        const stream = Parts.fromStream(
          Stream.make(bytes(mixed("--b", "", "one", "--b", "", "two"))),
          { limits: { parts: 1 } }
        )
        const error = yield* Effect.flip(
          Stream.runForEach(stream, (event) => Effect.sync(() => events.push(event)))
        )
        expect(error).toMatchObject({ _tag: "ReadError", reason: "TooManyParts" })
        expect(events.map(({ _tag, part }) => [_tag, part.path.join(".")])).toEqual([
          ["Begin", ""],
          ["Begin", "1"],
          ["Piece", "1"],
          ["End", "1"]
        ])
      }))

    it.effect(
      "I3: leave memory flat, whatever the size of the message and of its lines",
      () =>
        Effect.gen(function*() {
          const mebi = 1024 * 1024
          setFlagsFromString("--expose-gc")
          const collect: () => void = runInNewContext("gc")
          /** What is in use, and no garbage. */
          const held = () => {
            collect()
            const { arrayBuffers, heapUsed } = process.memoryUsage()
            return heapUsed + arrayBuffers
          }
          const most = MutableRef.make(0)
          const chunks = (line: string, count: number) => {
            const block = Math.ceil(65_536 / line.length)
            return Stream.map(Stream.range(1, count, 1), (index) => {
              if (index % 128 === 0) most.current = Math.max(most.current, held())
              return new Uint8Array(Buffer.alloc(block * line.length, line))
            })
          }
          const part = (encoding: string, line: string, count: number) =>
            Stream.concat(
              Stream.make(bytes(`\r\n--b\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`)),
              chunks(line, count)
            )
          const message = [
            Stream.make(bytes(mixed(""))),
            part("base64", `${"QUJD".repeat(19)}\r\n`, 1600),
            part("base64", "QUJD", 400),
            part("quoted-printable", "=41 b=\r\n", 400),
            part("quoted-printable", " ", 200),
            part("7bit", "--b", 200),
            part("7bit", "--b\t", 200),
            part("binary", "\r", 200),
            Stream.make(bytes("\r\n--b--\r\n"))
          ].reduce((all, next) => Stream.concat(all, next))
          yield* Stream.runDrain(Parts.fromStream(Stream.make(bytes("x"))))
          const before = held()
          const size = yield* Stream.runFold(
            Parts.fromStream(message),
            0,
            (sum, event) => event._tag === "Piece" ? sum + event.bytes.length : sum
          )
          expect(size).toBeGreaterThan(128 * mebi)
          expect(most.current).toBeGreaterThan(before / 2)
          expect(most.current - before).toBeLessThan(32 * mebi)
        }),
      60_000
    )

    it("N11: leave no room for slow messages", () => {
      const size = 4_000_000
      const slow = ["--b", "--b\n", "\n", "\r", "\r\n", " ", "=", "=4", "= ", "--", "-", "--b--\n"]
      for (const piece of slow) {
        for (const encoding of ["7bit", "base64", "quoted-printable"]) {
          const start = `\r\n--b\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
          const hostile = piece.repeat(size / piece.length)
          Parts.decode(bytes(mixed(start + hostile)))
        }
      }
    }, 30_000)
  })

  describe("any chunking", () => {
    const type = "Content-Type: "
    const text = FastCheck.tuple(
      FastCheck.constantFrom(
        ...["", "", "", "text", "--", "--a", "--a", "--a--", "--b", "--b", "--b--", "--ab"],
        ...["--a \t", "--a x", "-", " ", "=", "a=", "=41=", "YWI=", "YQ", "\r", "x\r"],
        "A: b"
      ),
      FastCheck.constantFrom("\r\n", "\r\n", "\n", "")
    )
    const field = FastCheck.tuple(
      FastCheck.constantFrom(
        ...[`${type}multipart/mixed; boundary=a`, `${type}multipart/digest; boundary=b`],
        ...[`${type}message/rfc822`, `${type}text/html; charset=utf-8`, `${type}multipart/mixed`],
        ...["Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable"],
        "Content-Disposition: attachment; filename=\"=?utf-8?q?=C3=A9?=\""
      ),
      FastCheck.constantFrom("\r\n", "\n")
    )
    const soup = FastCheck.array(FastCheck.oneof(text, text, field), { maxLength: 40 })
      .map((all) => all.flat().join("").replace(/\n[ \t\r]+(?=\S)/g, "\n"))
    const message = FastCheck.tuple(
      FastCheck.constantFrom("", `${type}multipart/mixed; boundary=a\r\n\r\n`),
      soup
    ).map((pair) => pair.join(""))
    const options = FastCheck.record({
      content: FastCheck.constantFrom("Decoded" as const, "Raw" as const),
      messages: FastCheck.constantFrom("Whole" as const, "Entered" as const)
    })
    const sizes = FastCheck.array(FastCheck.nat(20), { maxLength: 60 })

    it.effect("I3: gives the same, octet by octet, too", () =>
      Effect.forEach(
        FastCheck.sample(FastCheck.tuple(message, sizes, options), 400),
        ([text, sizes, options]) =>
          Effect.gen(function*() {
            const octets = bytes(text)
            const whole = decode(text, options)
            expect([text, told(yield* inPieces(octets, sizes, options))]).toEqual([text, whole])
            expect([text, told(yield* inPieces(octets, undefined, options))])
              .toEqual([text, whole])
          })
      ))

    it("I3: gives what looking at all lines at once gives", () => {
      FastCheck.assert(
        FastCheck.property(message, (text) => {
          const found = decode(text, { content: "Raw" })
            .map(({ body, part: { kind, path, type } }) => ({ path, kind, type, body }))
          expect(found).toEqual(Reference.parts(text))
        }),
        { numRuns: 2000 }
      )
    })

    it.effect("I3: gives what Message gives", () =>
      Effect.forEach(FastCheck.sample(message, 300), (text) =>
        Effect.gen(function*() {
          const whole = yield* Message.decode(bytes(text))
          const events = yield* inPieces(bytes(text))
          const octets = told(events).flatMap(({ body, part: { fileName, kind, type } }) =>
            kind === "Leaf" && (type.startsWith("message/") || type === "multipart/mixed")
              ? [{ type, fileName, body }]
              : []
          )
          const attached = whole.attachments.flatMap(({ bytes, fileName, type }) =>
            type.startsWith("text/") ? [] : [{ type, fileName, body: latin1(bytes) }]
          )
          expect([text, attached]).toEqual([text, octets])
          expect(Option.map(Chunk.head(events), ({ part }) => part.header))
            .toEqual(Option.some(whole.header))
        })))

    it.effect("I3: gives what was composed", () =>
      Effect.gen(function*() {
        const octets = Uint8Array.from({ length: 3000 }, (_, at) => at * 7919 >> 3)
        const whole = bytes(
          yield* written({
            text: "é\n.\n--x\n",
            html: "<p>é</p>",
            attachments: [
              Attachment.fromBytes(octets, { fileName: "é.bin" }),
              Attachment.fromMessage(Body.fromString("Subject: in\r\n\r\nthe text\r\n"))
            ]
          })
        )
        const parts = told(yield* inPieces(whole, undefined, { messages: "Entered" }))
        expect(parts.map(({ part: { fileName, path, type } }) => [
          path.join("."),
          type,
          Option.getOrNull(fileName)
        ])).toEqual([
          ["", "multipart/mixed", null],
          ["1", "multipart/alternative", null],
          ["1.1", "text/plain", null],
          ["1.2", "text/html", null],
          ["2", "application/octet-stream", "é.bin"],
          ["3", "message/rfc822", null],
          ["3.1", "text/plain", null]
        ])
        expect(parts[2].body).toBe(latin1(bytes("é\r\n.\r\n--x\r\n")))
        expect(parts[4].body).toBe(latin1(octets))
        expect(parts[6].body).toBe("the text\r\n")
      }))
  })

  describe("forEach", () => {
    const message = Stream.fromIterable(cut(
      bytes(mixed("--b", "", "one", "--b", "", "two", "--b", "", "three", "--b--")),
      Array.from({ length: 200 }, () => 3)
    ))
    const textOf = <E>(body: Stream.Stream<Uint8Array, E>) =>
      Stream.mkString(Stream.decodeText(body))

    it.effect("I3: gives each leaf and its body, of which not all has to be read", () =>
      Effect.gen(function*() {
        const seen: Array<string> = []
        yield* Parts.forEach(message, (part, body) =>
          part.path[0] === 2
            ? Effect.sync(() => seen.push("passed over"))
            : Effect.map(
              textOf(part.path[0] === 1 ? Stream.take(body, 1) : body),
              (text) => seen.push(text)
            ))
        expect(seen[0].length).toBeLessThan(3)
        expect(seen.slice(1)).toEqual(["passed over", "three"])
      }))

    it.effect("I3: gives each body once, and not any longer than that", () =>
      Effect.gen(function*() {
        const bodies: Array<Stream.Stream<Uint8Array, unknown>> = []
        const texts: Array<string> = []
        yield* Parts.forEach(message, (_, body) =>
          Effect.gen(function*() {
            bodies.push(body)
            for (const each of bodies) texts.push(yield* Effect.orDie(textOf(each)))
            texts.push(yield* textOf(body))
          }))
        expect(texts.filter((text) => text !== "")).toEqual(["one", "two", "three"])
        expect(texts).toHaveLength(9)
      }))

    it.effect("I3: fails as the message does, whatever is done about that, and as the caller does", () =>
      Effect.gen(function*() {
        const broken = Stream.concat(
          Stream.make(bytes(mixed("--b", "", "one"))),
          Stream.fail("gone")
        )
        const forgiving = Parts.forEach(broken, (_, body) => Effect.ignore(textOf(body)))
        expect(yield* Effect.flip(forgiving)).toBe("gone")
        expect(yield* Effect.flip(Parts.forEach(broken, () => Effect.void))).toBe("gone")
        expect(yield* Effect.flip(Parts.forEach(message, () => Effect.fail("no room"))))
          .toBe("no room")
        const limits = { parts: 1 }
        expect(yield* Effect.flip(Parts.forEach(message, () => Effect.void, { limits })))
          .toMatchObject({ reason: "TooManyParts" })
      }))

    it.effect("I3: lets go of the message once it is over, or nobody goes on", () =>
      Effect.gen(function*() {
        const closed: Array<string> = []
        const held = Stream.ensuring(message, Effect.sync(() => closed.push("closed")))
        yield* Parts.forEach(held, () => Effect.void)
        yield* Effect.flip(Parts.forEach(held, () => Effect.fail("enough")))
        expect(closed).toEqual(["closed", "closed"])
      }))

    it.effect("I3: reads a message of streams while it is composed", () =>
      Effect.gen(function*() {
        const chunk = new Uint8Array(100_000).map((_, at) => at)
        const attachments = [
          Attachment.fromStream(Stream.repeatEffect(Effect.succeed(chunk)).pipe(Stream.take(50)))
        ]
        const { body } = yield* Composed.fromDraft(draft({ text: "x", attachments }))
        if (body._tag !== "Streamed") throw new Error("expected a stream")
        const sizes: Array<number> = []
        yield* Parts.forEach(body.stream, (_, body) =>
          Effect.map(
            Stream.runFold(body, 0, (sum, { length }) => sum + length),
            (size) => sizes.push(size)
          ))
        expect(sizes).toEqual([1, 50 * chunk.length])
      }))
  })
})
