import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Address from "../src/Address.js"
import * as Attachment from "../src/Attachment.js"
import * as Composed from "../src/Composed.js"
import type { Draft } from "../src/Draft.js"
import * as Header from "../src/Header.js"
import * as Message from "../src/Message.js"
import * as MessageId from "../src/MessageId.js"
import * as Arbitrary from "./arbitraries.js"
import { draft, headerOf, person, refused, textOf, written } from "./composing.js"

const id = (text: string) => Either.getOrThrow(MessageId.parse(text))
const bytes = (text: string) => new TextEncoder().encode(text)
const same = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0
const people = (...texts: ReadonlyArray<string>) => texts.map(person)

const envelopeOf = (parts: Partial<Draft>) =>
  Effect.map(Composed.fromDraft(draft(parts)), ({ envelope }) => ({
    from: ReversePath.print(envelope.from),
    to: envelope.to.map(({ path }) => ForwardPath.print(path))
  }))

const readAgain = (parts: Partial<Draft>) =>
  Composed.fromDraft(draft(parts)).pipe(
    Effect.flatMap(({ body }) => Body.collect(body)),
    Effect.flatMap((all) => Message.decode(all))
  )

describe("Composed", () => {
  describe("the header", () => {
    it.effect("has every field once, in order, with Date and Message-ID of the Clock and Random", () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(Date.UTC(2026, 10, 23, 9, 5, 7))
        const lines = yield* headerOf({
          from: [person("Alice <alice@client.example>"), person("al@client.example")],
          sender: person("Office <office@client.example>"),
          replyTo: people("reply@client.example"),
          to: [person("bob@mx.example"), Address.group("Team", people("T <t@mx.example>"))],
          cc: people("carol@mx.example"),
          bcc: people("secret@mx.example"),
          subject: "Hello",
          inReplyTo: [id("<2@x>")],
          references: [id("<1@x>"), id("<2@x>")],
          priority: "High",
          headers: [{ name: "X-Loop", value: "yes" }]
        })
        expect(lines.filter((line) => !line.startsWith("Message-ID: "))).toEqual([
          "Date: Mon, 23 Nov 2026 09:05:07 +0000",
          "From: Alice <alice@client.example>, al@client.example",
          "Sender: Office <office@client.example>",
          "Reply-To: reply@client.example",
          "To: bob@mx.example, Team: T <t@mx.example>;",
          "Cc: carol@mx.example",
          "Subject: Hello",
          "In-Reply-To: <2@x>",
          "References: <1@x> <2@x>",
          "X-Priority: 1 (Highest)",
          "Importance: High",
          "X-Loop: yes",
          "MIME-Version: 1.0",
          "Content-Type: text/plain; charset=utf-8"
        ])
        expect(lines.filter((line) => /^Message-ID: <[a-z0-9.]+@client\.example>$/.test(line)))
          .toHaveLength(1)
        expect(yield* headerOf({ priority: "Low" })).toContain("X-Priority: 5 (Lowest)")
      }))

    it.effect("takes the date and the identifier that are given", () =>
      Effect.gen(function*() {
        const date = DateTime.unsafeMakeZoned("2026-11-23T09:05:07Z", { timeZone: "+02:00" })
        const lines = yield* headerOf({ date, messageId: id("1@x.example") })
        expect(lines).toContain("Date: Mon, 23 Nov 2026 11:05:07 +0200")
        expect(lines).toContain("Message-ID: <1@x.example>")
        const inTokyo = DateTime.unsafeSetZoneNamed(date, "Asia/Tokyo")
        expect((yield* headerOf({ date: inTokyo }))[0]).toBe(
          "Date: Mon, 23 Nov 2026 18:05:07 +0900"
        )
        const inUtc = DateTime.unsafeMake("2026-11-03T09:05:07.999Z")
        expect((yield* headerOf({ date: inUtc }))[0]).toBe("Date: Tue, 03 Nov 2026 09:05:07 +0000")
        const composed = yield* Composed.fromDraft(draft({ messageId: id("1@x.example") }))
        expect(MessageId.print(composed.messageId)).toBe("<1@x.example>")
      }))

    it.effect("is the same to the last octet for the same Clock and Random, boundaries included", () =>
      Effect.gen(function*() {
        const compose = (seed: string) =>
          Effect.withRandom(
            written({
              html: "<p>é</p>",
              text: "é",
              attachments: [Attachment.fromBytes(bytes("a"))]
            }),
            Random.make(seed)
          )
        const [one, same, other] = yield* Effect.all([compose("1"), compose("1"), compose("2")])
        expect(same).toBe(one)
        expect(other).not.toBe(one)
        expect(other.length).toBe(one.length)
      }))

    it.effect("names the list, and how to leave it with one click (RFC 2369, 2919, 8058)", () =>
      Effect.gen(function*() {
        const list = {
          id: { name: "Neuigkeiten für alle", id: "news.client.example" },
          help: [new URL("mailto:help@client.example?subject=help")],
          post: "No" as const,
          archive: [new URL("https://client.example/archive")],
          unsubscribe: [
            new URL("https://client.example/leave?who=1"),
            new URL("mailto:leave@client.example")
          ],
          oneClick: true
        }
        const text = (yield* headerOf({ list })).join("\r\n").replace(/\r\n /g, " ")
        expect(text.split("\r\n").filter((line) => line.startsWith("List-"))).toEqual([
          "List-Id: =?UTF-8?Q?Neuigkeiten_f=C3=BCr_alle?= <news.client.example>",
          "List-Help: <mailto:help@client.example?subject=help>",
          "List-Post: NO",
          "List-Archive: <https://client.example/archive>",
          "List-Unsubscribe: <https://client.example/leave?who=1>, <mailto:leave@client.example>",
          "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
        ])
        const again = Header.mailingList((yield* readAgain({ list })).header)
        expect(again).toEqual({ ...list, subscribe: [], owner: [] })
        const lacking = { unsubscribe: [new URL("mailto:leave@client.example")], oneClick: true }
        expect(yield* refused({ list: lacking })).toMatchObject({ reason: "Missing" })
        const open = { help: [new URL("mailto:a>,<http://evil.example")] }
        expect(yield* refused({ list: open })).toMatchObject({
          field: "List-Help",
          reason: "Syntax"
        })
      }))

    it.effect("I4: is folded at 78 columns where it can be, and never longer than 998", () =>
      Effect.gen(function*() {
        const lines = yield* headerOf({
          subject: "word ".repeat(100).trim(),
          to: Array.from(
            { length: 40 },
            (_, n) => person(`Somebody ${n} <somebody${n}@mx.example>`)
          ),
          headers: [{ name: "X-Long", value: "x".repeat(2000) }]
        })
        expect(lines.every((line) => line.length <= 78)).toBe(true)
        expect(lines.every((line) => line.trim() !== "")).toBe(true)
      }))

    it.effect("refuses fields that are written from other parts, and names that are none", () =>
      Effect.gen(function*() {
        for (const name of ["Subject", "BCC", "content-type", "MIME-Version", "List-Unsubscribe"]) {
          expect(yield* refused({ headers: [{ name, value: "x" }] }))
            .toMatchObject({ _tag: "ComposeError", reason: "Reserved" })
        }
        for (const name of ["", "A B", "A:B", "Ä", "A".repeat(71)]) {
          expect(yield* refused({ headers: [{ name, value: "x" }] }))
            .toMatchObject({ field: "headers", reason: "Syntax" })
        }
      }))

    it.effect("wants a sender for several authors (RFC 5322 section 3.6.2)", () =>
      Effect.gen(function*() {
        const from = [person("a@x.test"), person("b@x.test")] as const
        expect(yield* refused({ from })).toMatchObject({ field: "Sender", reason: "Missing" })
      }))
  })

  describe("charset", () => {
    it.effect("I9: is ASCII throughout, so that every server takes it", () =>
      Effect.gen(function*() {
        const composed = yield* Composed.fromDraft(draft({
          from: [person("Jörg <jorg@bücher.example>")],
          subject: "Grüße 漢字",
          text: "Grüße",
          html: "<p>漢字</p>",
          attachments: [Attachment.fromBytes(bytes("é"), { fileName: "Grüße.txt" })]
        }))
        const text = yield* textOf(composed.body)
        expect(text).toMatch(/^[\r\n\t -~]*$/)
        expect(text).toContain("jorg@xn--bcher-kva.example")
        expect(Composed.needs(composed)).toMatchObject({ eightBitMime: false })
      }))

    it.effect("needs SMTPUTF8 for a domain beyond ASCII only as far as the envelope says", () =>
      Effect.gen(function*() {
        const composed = yield* Composed.fromDraft(draft({ to: people("bob@bücher.example") }))
        expect(composed.body.utf8Header).toBe(false)
        const ascii = yield* Envelope.toAscii(composed.envelope)
        expect(Composed.needs({ ...composed, envelope: ascii }).smtpUtf8).toBe(false)
      }))

    it.effect("I5: is UTF-8 in the header if an address needs it, or if asked for (RFC 6532)", () =>
      Effect.gen(function*() {
        const needing = draft({ to: people("Jörg <jörg@bücher.example>"), subject: "Grüße" })
        const composed = yield* Composed.fromDraft(needing)
        const text = yield* textOf(composed.body)
        expect(text).toContain("\r\nTo: \"Jörg\" <jörg@bücher.example>\r\n")
        expect(text).toContain("\r\nSubject: Grüße\r\n")
        expect(Composed.needs(composed)).toMatchObject({ eightBitMime: true, smtpUtf8: true })
        const asked = yield* Composed.fromDraft(draft({ subject: "Grüße", charset: "Utf8" }))
        expect(asked.body.utf8Header).toBe(true)
        expect(Composed.needs(asked)).toMatchObject({ eightBitMime: true, smtpUtf8: true })
      }))
  })

  describe("the envelope", () => {
    it.effect("names everybody once, and those of Bcc nowhere in the message", () =>
      Effect.gen(function*() {
        const parts = {
          to: [person("Bob <bob@mx.example>"), Address.group("T", people("t@mx.example"))],
          cc: people("bob@MX.example", "carol@bücher.example", "C <carol@xn--bcher-kva.example>"),
          bcc: people("Secret <secret@mx.example>", "Bob <bob@mx.example>")
        }
        expect(yield* envelopeOf(parts)).toEqual({
          from: "<alice@client.example>",
          to: [
            "<bob@mx.example>",
            "<t@mx.example>",
            "<carol@bücher.example>",
            "<secret@mx.example>"
          ]
        })
        expect((yield* written(parts)).toLowerCase()).not.toMatch(/secret|bcc/)
      }))

    it.effect("comes from the sender, or from whom it is said to", () =>
      Effect.gen(function*() {
        const sender = person("Office <office@client.example>")
        expect((yield* envelopeOf({ sender })).from).toBe("<office@client.example>")
        const envelope = {
          from: ReversePath.nullSender,
          to: [Envelope.recipient(ForwardPath.postmaster)] as const
        }
        expect(yield* envelopeOf({ sender, envelope })).toEqual({
          from: "<>",
          to: ["<Postmaster>"]
        })
        const asking = yield* Composed.fromDraft(
          draft({ envelope: { wishes: { requireTls: true } } })
        )
        expect(asking.envelope.wishes.requireTls).toBe(true)
      }))

    it.effect("has to name somebody", () =>
      Effect.gen(function*() {
        const nobody = { to: [Address.group("undisclosed-recipients", [])] }
        expect(yield* refused(nobody)).toMatchObject({ field: "To", reason: "Missing" })
        const bcc = people("bob@mx.example")
        expect((yield* envelopeOf({ ...nobody, bcc })).to).toEqual(["<bob@mx.example>"])
      }))

    it.effect("N9: goes where the header says, whatever is quoted in a local part", () =>
      Effect.gen(function*() {
        for (
          const local of [
            "a@evil.example x",
            "a> ORCPT=rfc822;x@evil.example",
            "x, <a@evil.example>"
          ]
        ) {
          const { domain } = person("a@good.example").mailbox
          const to = [Address.person({ local, domain })]
          expect((yield* envelopeOf({ to })).to).toEqual([`<"${local}"@good.example>`])
          const { header } = yield* readAgain({ to })
          expect(Header.addresses(header, "To")).toEqual(to)
        }
      }))
  })

  describe("injection", () => {
    const { domain } = person("a@x.example").mailbox

    /** Every place in a draft where text can be given, and the draft with that text there. */
    const places: Readonly<Record<string, (text: string) => Partial<Draft>>> = {
      subject: (text) => ({ subject: text }),
      "a name in From": (name) => ({ from: [Address.person({ local: "a", domain }, name)] }),
      "a name in Sender": (name) => ({ sender: Address.person({ local: "a", domain }, name) }),
      "a name in To": (name) => ({ to: [Address.person({ local: "a", domain }, name)] }),
      "a name in Cc": (name) => ({ cc: [Address.person({ local: "a", domain }, name)] }),
      "a name in Reply-To": (name) => ({
        replyTo: [Address.person({ local: "a", domain }, name)]
      }),
      "a name in Bcc": (name) => ({ bcc: [Address.person({ local: "a", domain }, name)] }),
      "a name in a group": (name) => ({
        to: [Address.group("g", [Address.person({ local: "a", domain }, name)])]
      }),
      "a local part": (local) => ({ cc: [Address.person({ local, domain })] }),
      "a domain": (label) => ({
        replyTo: [Address.person({ local: "a", domain: { _tag: "Name", labels: [label] } })]
      }),
      "a literal": (content) => ({
        to: [Address.person({ local: "a", domain: { _tag: "General", tag: "x", content } })]
      }),
      "a group": (name) => ({ cc: [Address.group(name, [])] }),
      "the name of a field": (name) => ({ headers: [{ name, value: "x" }] }),
      "the value of a field": (value) => ({ headers: [{ name: "X-Test", value }] }),
      "a file name": (fileName) => ({
        attachments: [Attachment.fromBytes(bytes(""), { fileName })]
      }),
      "a type": (text) => ({
        attachments: [Attachment.fromBytes(bytes(""), { type: `text/x; a="${text}"` })]
      }),
      "the type of a message": (type) => ({
        attachments: [{ ...Attachment.fromMessage(Body.fromString("A: b\r\n\r\n")), type }]
      }),
      "a content ID": (contentId) => ({
        attachments: [Attachment.fromBytes(bytes(""), { contentId })]
      }),
      "an alternative": (text) => ({ alternatives: [{ type: `text/${text}`, text: "" }] }),
      "the method of a calendar": (method) => ({ calendar: { method, text: "" } }),
      "the name of a list": (name) => ({ list: { id: { name, id: "x.example" } } }),
      "the identifier of a list": (text) => ({ list: { id: { id: text } } })
    }
    for (const [place, parts] of Object.entries(places)) {
      it.effect(`N10: is an error in ${place}`, () =>
        Effect.forEach(
          FastCheck.sample(Arbitrary.unsafeText, 50),
          (text) =>
            Effect.gen(function*() {
              for (const charset of ["Ascii", "Utf8"] as const) {
                expect((yield* refused({ ...parts(text), charset }))._tag).toBe("ComposeError")
              }
            })
        ))

      it.effect(`N10: is nothing that any text does in ${place}`, () =>
        Effect.gen(function*() {
          const shapeOf = (text: string, charset: Address.Charset) =>
            Effect.map(
              Effect.option(readAgain({ ...parts(text), charset })),
              Option.map(({ attachments, header }) => ({
                names: header.fields.map(({ name }) => name === text ? "" : name),
                malformed: header.malformed,
                parts: attachments.length
              }))
            )
          for (const charset of ["Ascii", "Utf8"] as const) {
            const usual = yield* shapeOf("x", charset)
            for (const text of FastCheck.sample(Arbitrary.anyText, 50)) {
              const shape = yield* shapeOf(text, charset)
              if (Option.isSome(shape) && Option.isSome(usual)) {
                expect([text, shape.value]).toEqual([text, usual.value])
              }
            }
          }
        }))
    }

    it.effect("N10: is an error in identifiers, and is no part of a URL", () =>
      Effect.gen(function*() {
        for (const text of ["a\r\nBcc: x@y", "a b", "a><b", "\0", "é", ""]) {
          expect(Either.isLeft(MessageId.parse(text))).toBe(true)
        }
        const list = { help: [new URL("https://x.example/\r\nBcc: x@y.example")] }
        expect((yield* written({ list })).toLowerCase()).not.toContain("\nbcc")
      }))

    it.effect("N17: no text is taken for a path or a URL, in no place", () =>
      Effect.forEach(
        ["/etc/passwd", "file:///etc/passwd", "data:text/plain,x", "https://x.example/"],
        (text) =>
          Effect.gen(function*() {
            const all = yield* readAgain({
              text,
              html: text,
              alternatives: [{ type: "text/markdown", text }],
              calendar: { method: "PUBLISH", text },
              attachments: [
                Attachment.fromBytes(bytes("content"), { fileName: text, type: "text/csv" })
              ]
            })
            expect(Option.getOrThrow(all.text)).toBe(text)
            expect(Option.getOrThrow(all.html)).toBe(text)
            const [markdown, calendar, attached] = all.attachments.map(({ bytes }) =>
              new TextDecoder().decode(bytes).trim()
            )
            expect([markdown, calendar, attached]).toEqual([text, text, "content"])
          })
      ))
  })

  describe("the body", () => {
    const big = new Uint8Array(1_500_000).map((_, at) => at * 7)

    it.effect("is in memory when it is small, and read again for each attempt when not", () =>
      Effect.gen(function*() {
        const opened: Array<number> = []
        const stream = Stream.suspend(() => {
          opened.push(opened.length)
          return Stream.make(big.subarray(0, 1000), big.subarray(1000))
        })
        expect((yield* Composed.fromDraft(draft({ text: "x" }))).body._tag).toBe("Bytes")
        const attachments = [Attachment.fromStream(stream, { fileName: "a.bin" })]
        const { body } = yield* Composed.fromDraft(draft({ attachments }))
        expect(body._tag).toBe("Streamed")
        expect(opened).toEqual([])
        const first = yield* Body.collect(body)
        expect(same(yield* Body.collect(body), first)).toBe(true)
        expect(opened).toEqual([0, 1])
        const again = yield* Message.decode(first)
        expect(again.attachments.map(({ bytes }) => same(bytes, big))).toEqual([true])
      }))

    it.effect("I14: tells its size where that can be known, and what it needs", () =>
      Effect.gen(function*() {
        const sizes = [0, 1, 2, 3, 56, 57, 58, 1_499_999]
        for (const size of sizes) {
          const content = big.subarray(0, size)
          const composed = yield* Composed.fromDraft(draft({
            text: "é",
            html: "<p>é</p>",
            attachments: [
              Attachment.fromStream(Stream.succeed(content), { size, contentId: "a" }),
              Attachment.fromBytes(content, { fileName: "é" })
            ]
          }))
          const { length } = yield* Body.collect(composed.body)
          expect(Composed.needs(composed)).toEqual({
            size: Option.some(length),
            eightBitMime: false,
            smtpUtf8: false
          })
        }
        const unknown = yield* Composed.fromDraft(
          draft({ attachments: [Attachment.fromStream(Stream.succeed(big))] })
        )
        expect(Composed.needs(unknown).size).toEqual(Option.none())
        const large = yield* Composed.fromDraft(draft({ text: "é x\n".repeat(400_000) }))
        expect(Composed.needs(large).size)
          .toEqual(Option.some((yield* Body.collect(large.body)).length))
      }))

    it.effect("fails where a stream fails, and lets go of every other", () =>
      Effect.gen(function*() {
        const released: Array<string> = []
        const held = (name: string, stream: Stream.Stream<Uint8Array, unknown>) =>
          Attachment.fromStream(
            Stream.ensuring(stream, Effect.sync(() => released.push(name))),
            { fileName: name }
          )
        const { body } = yield* Composed.fromDraft(draft({
          attachments: [
            held("a", Stream.succeed(big)),
            held("b", Stream.concat(Stream.succeed(big), Stream.fail(new Error("gone"))))
          ]
        }))
        expect(yield* Effect.flip(Body.collect(body))).toMatchObject({ message: "gone" })
        expect(released).toEqual(["a", "b"])
      }))

    it.live("ends its streams when nobody reads on", () =>
      Effect.gen(function*() {
        const ended = yield* Effect.makeLatch()
        const endless = Stream.ensuring(Stream.forever(Stream.succeed(big)), ended.open)
        const { body } = yield* Composed.fromDraft(
          draft({ attachments: [Attachment.fromStream(endless)] })
        )
        if (body._tag !== "Streamed") throw new Error("expected a stream")
        yield* Stream.runDrain(Stream.take(body.stream, 20))
        yield* ended.await
      }))

    it.effect("has CR LF line ends, whatever the text had, and lines of at most 78", () =>
      Effect.gen(function*() {
        const text = `a\nb\rc\r\nd${" long".repeat(100)}\n.\n..\nFrom x\n`
        const whole = yield* written({ text, html: `<p>${text}</p>` })
        expect(whole.replace(/\r\n/g, "")).not.toMatch(/[\r\n]/)
        expect(whole.endsWith("\r\n")).toBe(true)
        expect(whole.split("\r\n").every((line) => line.length <= 78)).toBe(true)
      }))

    it.effect("I10: has no boundary that stands in a part", () =>
      Effect.gen(function*() {
        const twice = (text: string) =>
          Effect.withRandom(
            written({ text, html: "x", messageId: id("a@b"), date: DateTime.unsafeMake(0) }),
            Random.fixed([1, ...Array<number>(15).fill(1), ...Array<number>(16).fill(2)])
          )
        const ones = "1".repeat(16)
        expect(yield* twice("x")).toContain(`boundary="=_-${ones}-Part_2"`)
        const whole = yield* twice(`--=_-${ones}-Part_2\n`)
        expect(whole).toContain(`boundary="=_-${"2".repeat(16)}-Part_2"`)
        const all = yield* Message.decode(bytes(whole))
        expect(Option.getOrThrow(all.text)).toBe(`--=_-${ones}-Part_2\n`)
      }))

    it.effect("I3: attaches messages as they are, and says if they need 8BITMIME", () =>
      Effect.gen(function*() {
        const inner = "Subject: in\r\n\r\nGrüße\r\n"
        const composed = yield* Composed.fromDraft(draft({
          text: "see below",
          attachments: [
            Attachment.fromMessage(Body.fromString(inner)),
            Attachment.fromMessage(Body.fromString("Subject: bare\n\nends\rhere")),
            Attachment.fromMessage(Body.fromBytes(bytes("Subject: é\r\n\r\nx\r\n"), {
              utf8Header: true
            })),
            Attachment.fromMessage((yield* Composed.fromDraft(draft({ subject: "composed" }))).body)
          ]
        }))
        expect(Composed.needs(composed)).toMatchObject({ eightBitMime: true, smtpUtf8: false })
        const whole = yield* Body.collect(composed.body)
        expect(Composed.needs(composed).size).toEqual(Option.some(whole.length))
        const messages = Message.messages(yield* Message.decode(whole))
        expect(messages.map(({ type }) => type)).toEqual([
          "message/rfc822",
          "message/rfc822",
          "message/global",
          "message/rfc822"
        ])
        const texts = messages.map(({ bytes }) => new TextDecoder().decode(bytes))
        expect(texts.slice(0, 2)).toEqual([
          inner,
          "Subject: bare\r\n\r\nends\r\nhere\r\n"
        ])
        expect(new TextDecoder().decode(whole)).toContain(`\r\n\r\n${inner}\r\n--`)
        const read = yield* Effect.forEach(messages, ({ bytes }) => Message.decode(bytes))
        expect(read.map(({ header }) => Option.getOrNull(Header.subject(header)))).toEqual([
          "in",
          "bare",
          "é",
          "composed"
        ])
        const ascii = { attachments: [Attachment.fromMessage(Body.fromString("A: b\r\n\r\n"))] }
        expect(Composed.needs(yield* Composed.fromDraft(draft(ascii))).eightBitMime).toBe(false)
      }))
  })

  describe("read again", () => {
    const texts = FastCheck.record({
      subject: Arbitrary.lineText,
      text: Arbitrary.anyText,
      html: Arbitrary.anyText,
      value: Arbitrary.lineText,
      fileName: Arbitrary.lineText.filter((name) => name !== ""),
      content: FastCheck.uint8Array({ maxLength: 300 }),
      from: Arbitrary.person.map(({ mailbox, name }) =>
        Address.person(
          mailbox,
          Option.getOrElse(name, () => "").replace(/[\p{Cc}\u2028\u2029]/gu, "")
        )
      ),
      streamed: FastCheck.boolean(),
      charset: FastCheck.constantFrom("Ascii" as const, "Utf8" as const)
    })

    /** What is left of a text: line ends are all the same. */
    const canonical = (text: string) => text.replace(/\r\n?/g, "\n")

    it.effect("I4: is what was written, whatever the subject, names, texts and file names are", () =>
      Effect.forEach(
        FastCheck.sample(texts, 200),
        ({ charset, content, fileName, from, html, streamed, subject, text, value }) =>
          Effect.gen(function*() {
            const options = { fileName, type: "application/x-test" }
            const again = yield* readAgain({
              from: [from],
              subject,
              text,
              html,
              charset,
              headers: [{ name: "X-Test", value }],
              attachments: [
                streamed
                  ? Attachment.fromStream(
                    Stream.fromIterable(content.map((_) => _)).pipe(
                      Stream.map((octet) => Uint8Array.of(octet))
                    ),
                    options
                  )
                  : Attachment.fromBytes(content, options)
              ]
            })
            expect(Header.problems(again.header)).toEqual([])
            expect(Header.subject(again.header)).toEqual(Option.some(subject))
            expect(Header.text(again.header, "X-Test")).toEqual(Option.some(value))
            expect(Header.addresses(again.header, "From")).toEqual([from])
            expect(canonical(Option.getOrElse(again.text, () => ""))).toBe(canonical(text))
            expect(canonical(Option.getOrElse(again.html, () => ""))).toBe(canonical(html))
            expect(again.attachments.map((_) => [_.fileName, _.bytes]))
              .toEqual([[Option.some(fileName), content]])
          })
      ))
  })
})
