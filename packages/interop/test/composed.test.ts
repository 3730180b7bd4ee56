import * as Body from "@effect-smtp/client/Body"
import * as Security from "@effect-smtp/client/Security"
import * as Address from "@effect-smtp/message/Address"
import * as Attachment from "@effect-smtp/message/Attachment"
import * as Composed from "@effect-smtp/message/Composed"
import * as Dkim from "@effect-smtp/message/Dkim"
import type { Draft } from "@effect-smtp/message/Draft"
import * as Header from "@effect-smtp/message/Header"
import * as Message from "@effect-smtp/message/Message"
import * as Signer from "@effect-smtp/message/Signer"
import * as Domain from "@effect-smtp/wire/Domain"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, layer } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createHash, generateKeyPairSync } from "node:crypto"
import * as Machine from "../src/Machine.js"
import * as OurClient from "../src/OurClient.js"
import * as Postfix from "../src/Postfix.js"
import * as Program from "../src/Program.js"

const postfix = Layer.scoped(Postfix.Postfix, Postfix.make({ messageSize: 20_000_000 }))

/** Octets of every value, without a period that could hide one that is lost. */
const octets = (count: number, seed: number): Uint8Array => {
  const made = new Uint8Array(count)
  let state = seed
  for (let at = 0; at < count; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    made[at] = state >>> 24
  }
  return made
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

const person = (text: string) => Either.getOrThrow(Address.parsePerson(text))

const picture = octets(4_000, 1)
const large = octets(5_000_000, 2)

const subject =
  "Grüße aus Zürich: 世界 🌍, und eine Betreffzeile, die gefaltet werden muss – прощай"
const text = "Liebe Leute,\n\n.ein Punkt am Anfang, und ein längerer Satz dahinter.\n\n世界\n"
const html = `<p>Liebe Leute, <b>世界</b> <img src="cid:logo@client.example" alt="Лого"></p>\n`

const draft: Draft = {
  from: [person(`"Müller, Ålice" <alice@client.example>`)],
  to: [person("Боб Иванов <bob@mx.example>")],
  cc: [person(`"Doe, Carol (sales)" <carol@mx.example>`)],
  subject,
  text,
  html,
  attachments: [
    Attachment.fromBytes(picture, { fileName: "Лого.png", contentId: "logo@client.example" }),
    Attachment.fromBytes(large, { fileName: "Bericht für 2026 – 世界, der ganze Jahresband.bin" })
  ],
  headers: [{ name: "X-Anmerkung", value: "geprüft, größtenteils" }],
  date: DateTime.unsafeMakeZoned("2026-11-23T12:34:56Z", { timeZone: "+02:00" })
}

/** What there is to be agreed on of the message. */
const expected = {
  subject,
  from: [["Müller, Ålice", "alice@client.example"]],
  to: [["Боб Иванов", "bob@mx.example"]],
  cc: [["Doe, Carol (sales)", "carol@mx.example"]],
  note: "geprüft, größtenteils",
  date: Date.UTC(2026, 10, 23, 12, 34, 56),
  text,
  html,
  parts: [
    ["image/png", "Лого.png", "logo@client.example", "inline", sha256(picture)],
    [
      "application/octet-stream",
      "Bericht für 2026 – 世界, der ganze Jahresband.bin",
      null,
      "attachment",
      sha256(large)
    ]
  ]
}

/** Two keys of client.example, and what the DNS has of them. */
const keys = Effect.gen(function*() {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 })
  const ed25519 = generateKeyPairSync("ed25519")
  const spki = { format: "der", type: "spki" } as const
  const signer = (selector: string, key: typeof rsa.privateKey) =>
    Signer.make({
      domain: Either.getOrThrow(Domain.parse("client.example")),
      selector: Either.getOrThrow(Domain.parse(selector)),
      key: Redacted.make(key.export({ format: "pem", type: "pkcs8" }).toString())
    })
  const rsaKey = rsa.publicKey.export(spki).toString("base64")
  // RFC 8463 section 4: the 32 octets alone.
  const edKey = ed25519.publicKey.export(spki).subarray(-32).toString("base64")
  return {
    signers: [
      yield* signer("rsa", rsa.privateKey),
      yield* signer("ed", ed25519.privateKey)
    ] as const,
    records: {
      "rsa._domainkey.client.example.": `v=DKIM1; k=rsa; p=${rsaKey}`,
      "ed._domainkey.client.example.": `v=DKIM1; k=ed25519; p=${edKey}`
    }
  }
})

/** Debian's Python, which has dkimpy: its `email` package reads the file, and dkimpy each signature. */
const script = (file: string, records: Readonly<Record<string, string>>) => `
import dkim, email, email.policy, hashlib, json

records = ${JSON.stringify(records)}
raw = open(${JSON.stringify(file)}, "rb").read()
message = email.message_from_bytes(raw, policy=email.policy.default)

def people(field):
    return [[one.display_name, one.addr_spec] for one in message[field].addresses]

def sound(text, index):
    answer = lambda name, timeout=5: records[name.decode()].encode()
    try:
        return dkim.DKIM(text).verify(idx=index, dnsfunc=answer)
    except dkim.ValidationError:
        return False

signatures = len(message.get_all("DKIM-Signature"))
spoiled = raw.replace(b"Liebe", b"Boese").replace(b"\\nSubject: ", b"\\nSubject: x")
sealed = raw.replace(b"\\nSubject: ", b"\\nSubject: another\\nSubject: ")

print(json.dumps({
    "read": {
        "subject": message["subject"],
        "from": people("from"),
        "to": people("to"),
        "cc": people("cc"),
        "note": message["x-anmerkung"],
        "date": int(message["date"].datetime.timestamp() * 1000),
        "text": message.get_body(("plain",)).get_content(),
        "html": message.get_body(("html",)).get_content(),
        "parts": [
            [
                part.get_content_type(),
                part.get_filename(),
                part["content-id"] and part["content-id"].strip("<> "),
                part.get_content_disposition(),
                hashlib.sha256(part.get_content()).hexdigest(),
            ]
            for part in message.walk()
            if part.get_content_maintype() not in ("multipart", "text")
        ],
    },
    "defects": [str(defect) for part in message.walk() for defect in part.defects],
    "messageId": message["message-id"],
    "signatures": [sound(raw, index) for index in range(signatures)],
    "spoiled": [sound(spoiled, index) for index in range(signatures)],
    "sealed": [sound(sealed, index) for index in range(signatures)],
}))
`

/** What Python's `email` finds of a file. */
const reading = (file: string) => `
import email, email.policy, json

message = email.message_from_bytes(open(${
  JSON.stringify(file)
}, "rb").read(), policy=email.policy.default)

print(json.dumps({
    "fields": [[name, message[name]] for name in ("Subject", "From", "To", "X-Note")],
    "text": message.get_body(("plain",)).get_content(),
    "calendar": [
        [part.get_content(), part.get_param("method")]
        for part in message.walk() if part.get_content_type() == "text/calendar"
    ],
    "files": [part.get_filename() for part in message.iter_attachments()],
    "forwarded": [
        part.get_content()["Subject"]
        for part in message.walk() if part.get_content_maintype() == "message"
    ],
    "defects": [str(defect) for part in message.walk() for defect in part.defects],
}))
`

const persons = (header: Header.Header, name: string) =>
  Address.persons(Header.addresses(header, name)).map((one) => [
    Option.getOrElse(one.name, () => ""),
    Address.print(Address.person(one.mailbox))
  ])

/** The same, as we read it. */
const ours = ({ attachments, header, html, text }: Message.Message) => ({
  subject: Option.getOrNull(Header.subject(header)),
  from: persons(header, "From"),
  to: persons(header, "To"),
  cc: persons(header, "Cc"),
  note: Option.getOrNull(Header.text(header, "X-Anmerkung")),
  date: Option.getOrNull(Option.map(Header.date(header), DateTime.toEpochMillis)),
  text: Option.getOrNull(text),
  html: Option.getOrNull(html),
  parts: attachments.map(({ bytes, contentId, disposition, fileName, type }) => [
    type,
    Option.getOrNull(fileName),
    Option.getOrNull(contentId),
    Option.getOrNull(disposition),
    sha256(bytes)
  ])
})

layer(Layer.provideMerge(postfix, Machine.layer), {
  excludeTestServices: true,
  timeout: "20 seconds"
})("A composed message", (it) => {
  describe("signed, sent through Postfix and stored by it", () => {
    it.scoped("is what Python reads, and what we read; dkimpy finds both signatures good", () =>
      Effect.gen(function*() {
        const postfix = yield* Postfix.Postfix
        const files = yield* FileSystem.FileSystem
        const { records, signers } = yield* keys
        const { body, envelope, messageId } = yield* Composed.fromDraft(draft)
        const signed = yield* Dkim.sign(body, signers)

        const client = yield* OurClient.connect(
          postfix.smtp,
          Security.StartTls({ tls: OurClient.tls(postfix.certificate) })
        )
        const outcome = yield* client.deliver(envelope, signed)
        expect(OurClient.summary(outcome)).toEqual({
          accepted: ["bob@mx.example", "carol@mx.example"],
          rejected: [],
          code: 250
        })
        const stored = Buffer.from(yield* postfix.arrived("bob"), "latin1")
        expect(Buffer.from(yield* postfix.delivered("carol"), "latin1").length).toBeGreaterThan(
          large.length
        )

        const file = `${yield* Machine.folder}/message`
        yield* files.writeFile(file, stored)
        const ran = yield* Program.run({
          program: "/usr/bin/python3",
          args: ["-"],
          input: script(file, records),
          environment: { PYTHONIOENCODING: "utf-8" }
        })
        expect(ran).toMatchObject({ code: 0, stderr: "" })
        expect(JSON.parse(ran.stdout)).toEqual({
          read: expected,
          defects: [],
          messageId: `<${messageId}>`,
          signatures: [true, true],
          spoiled: [false, false],
          sealed: [false, false]
        })
        expect(ours(yield* Message.decode(stored))).toEqual(expected)
      }))
  })

  describe("in ASCII and in UTF-8", () => {
    const calendar = "BEGIN:VCALENDAR\nSUMMARY:Grüße\nEND:VCALENDAR\n"
    const withCrLf = (text: string) => text.replace(/\n/g, "\r\n")

    for (const charset of ["Ascii", "Utf8"] as const) {
      it.scoped(`I5, I11: is what Python reads in ${charset}: names, fields, file names, parts`, () =>
        Effect.gen(function*() {
          const files = yield* FileSystem.FileSystem
          const names = [
            `${"Übersicht über 漢字 ".repeat(12)}.pdf`,
            `a "quoted"; name=it's 100% \\ plain.txt`,
            `${"x".repeat(200)}.bin`
          ]
          const inner = yield* Composed.fromDraft({
            from: [person("Zoë <zoe@client.example>")],
            to: [person("bob@mx.example")],
            subject: "innen: 世界"
          })
          const { body } = yield* Composed.fromDraft({
            from: [person(`"Müller, \\"Å\\"" <alice@client.example>`)],
            to: [Address.group("Gruppe: ä", [person("Боб <bob@mx.example>")])],
            subject: `${subject} =?utf-8?q?no_word?=`,
            headers: [{ name: "X-Note", value: "größtenteils, 100 % 🌍" }],
            text,
            calendar: {
              method: "REQUEST",
              text: "BEGIN:VCALENDAR\nSUMMARY:Grüße\nEND:VCALENDAR\n"
            },
            attachments: [
              ...names.map((fileName) => Attachment.fromBytes(picture, { fileName })),
              Attachment.fromMessage(inner.body, { fileName: "weiter – 転送.eml" })
            ],
            charset
          })
          const file = `${yield* Machine.folder}/message`
          yield* files.writeFile(file, yield* Body.collect(body))
          const ran = yield* Program.run({
            program: "/usr/bin/python3",
            args: ["-"],
            input: reading(file),
            environment: { PYTHONIOENCODING: "utf-8" }
          })
          expect(ran).toMatchObject({ code: 0, stderr: "" })
          expect(JSON.parse(ran.stdout)).toEqual({
            fields: [
              ["Subject", `${subject} =?utf-8?q?no_word?=`],
              ["From", `"Müller, \\"Å\\"" <alice@client.example>`],
              ["To", `"Gruppe: ä": Боб <bob@mx.example>;`],
              ["X-Note", "größtenteils, 100 % 🌍"]
            ],
            text: withCrLf(text),
            calendar: [[withCrLf(calendar), "REQUEST"]],
            files: [...names, "weiter – 転送.eml"],
            forwarded: ["innen: 世界"],
            defects: []
          })
        }))
    }
  })
})
