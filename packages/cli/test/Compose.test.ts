import * as Spool from "@effect-smtp/cli/Spool"
import * as Address from "@effect-smtp/message/Address"
import * as Header from "@effect-smtp/message/Header"
import * as Mail from "@effect-smtp/message/Message"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { platform, serve, smtp, workshop } from "./harness.js"

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

const people = ["--from", "Zoë Ä <zoe@client.example>", "--to", "b@mx.example"]

const compose = (args: ReadonlyArray<string>, stdin = "") =>
  smtp(["send", "--dry-run", ...people, ...args], { stdin })

/** The message that would be sent, and the lines about its envelope. */
const composed = (args: ReadonlyArray<string>, stdin = "") =>
  Effect.gen(function*() {
    const { code, err, out } = yield* compose(args, stdin)
    expect([code, code === 0 ? [] : err]).toEqual([0, []])
    const mail = yield* Mail.decode(new TextEncoder().encode(`${out.join("\n")}\n`))
    return { mail, envelope: err, lines: out }
  })

const printed = (list: ReadonlyArray<Address.Address>) => Address.printAll(list, "Utf8")

const field = ({ header }: Mail.Message, name: string) =>
  header.fields.filter((field) => field.name === name).map(({ value }) => value)

/** Why it is not composed. */
const refused = (...args: ReadonlyArray<string>) =>
  Effect.map(compose(args), ({ code, err }) => [code, err[0]])

describe("Compose", () => {
  describe("a message of flags", () => {
    it.effect("F1: has a subject in any script, a text, and a name for its author", () =>
      on(Effect.gen(function*() {
        const { envelope, mail } = yield* composed(["--subject", "Grüße", "--text", "Hallo é\n"])
        expect(Header.subject(mail.header)).toEqual(Option.some("Grüße"))
        expect(mail.text).toEqual(Option.some("Hallo é\n"))
        expect(printed(Header.addresses(mail.header, "From"))).toBe(
          "\"Zoë Ä\" <zoe@client.example>"
        )
        expect(envelope.slice(0, 2)).toEqual(["from <zoe@client.example>", "to <b@mx.example>"])
        expect(envelope[2]).toMatch(/^[0-9]+ octets$/)
      })))

    it.effect("F1: takes its text from standard input unless it is said", () =>
      on(Effect.gen(function*() {
        const { mail } = yield* composed(["--subject", "x"], "from the pipe\n")
        expect(mail.text).toEqual(Option.some("from the pipe\n"))
        const html = yield* composed(["--html", "<p>x</p>", "--text-file", "-"], "piped")
        expect(html.mail.text).toEqual(Option.some("piped"))
        const alone = yield* composed(["--html", "<p>x</p>"], "not this\n")
        expect(alone.mail.text).toEqual(Option.none())
      })))

    it.effect("F1: has the date in the zone that is asked for", () =>
      on(Effect.gen(function*() {
        const date = (...args: ReadonlyArray<string>) =>
          Effect.map(composed(["--text", "x", ...args]), ({ mail }) => field(mail, "Date"))
        const said = ["--date", "2030-01-31T08:00:00+02:00"]
        expect(yield* date(...said)).toEqual(["Thu, 31 Jan 2030 08:00:00 +0200"])
        expect(yield* date(...said, "--zone", "America/New_York"))
          .toEqual(["Thu, 31 Jan 2030 01:00:00 -0500"])
        expect(yield* date("--zone", "+05:30")).toEqual(["Thu, 01 Jan 1970 05:30:00 +0530"])
      })))

    it.effect("F1: is in quoted-printable, or in the encoding that is asked for", () =>
      on(Effect.gen(function*() {
        const body = (...args: ReadonlyArray<string>) =>
          Effect.map(composed(["--text", "é = \n", ...args]), ({ envelope, lines }) => [
            lines.find((line) => line.startsWith("Content-Transfer-Encoding: "))?.slice(27),
            ...lines.slice(lines.indexOf("") + 1).filter((line) => line !== ""),
            envelope.at(-1)?.includes("8BITMIME")
          ])
        expect(yield* body()).toEqual(["quoted-printable", "=C3=A9 =3D=20", false])
        expect(yield* body("--encoding", "base64")).toEqual(["base64", "w6kgPSANCg==", false])
        expect(yield* body("--encoding", "8bit")).toEqual(["8bit", "é = ", true])
        expect(yield* refused("--text", "é", "--encoding", "7bit"))
          .toEqual([2, "smtp: writing: encoding: expected ASCII (Unfit)"])
        expect((yield* refused("--text", "é", "--encoding", "binary"))[0]).toBe(2)
      })))

    it.effect("F1: has the parameters of its type that are asked for, the charset, too", () =>
      on(Effect.gen(function*() {
        const type = (...args: ReadonlyArray<string>) =>
          Effect.map(
            composed(["--text", "é", ...args]),
            ({ lines }) => lines.find((line) => line.startsWith("Content-Type: "))?.slice(14)
          )
        const param = "--content-type-param"
        expect(yield* type()).toBe("text/plain; charset=utf-8")
        expect(yield* type(param, "format=flowed", param, "delsp = yes"))
          .toBe("text/plain; format=flowed; delsp=yes; charset=utf-8")
        expect(yield* type(param, "charset=ISO-8859-1")).toBe("text/plain; charset=iso-8859-1")
        const { mail } = yield* composed(["--text", "é\n", param, "charset=iso-8859-1"])
        expect(mail.text).toEqual(Option.some("é\n"))
        for (const wrong of ["flowed", "=flowed", "a b=c", "charset=us-ascii", "charset=klingon"]) {
          expect((yield* refused("--text", "é", param, wrong))[0]).toBe(2)
        }
      })))

    it.scoped("F1: has files in the encoding that is before their name", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const file = `${directory}/a.csv`
        yield* fs.writeFileString(file, "a;b\n")
        const attached = (spec: string) =>
          Effect.map(composed(["--text", "see", "--attach", spec]), ({ lines, mail }) => [
            lines.filter((line) => line.startsWith("Content-Transfer-Encoding: ")).at(-1)?.slice(
              27
            ),
            ...mail.attachments.map(({ bytes, type }) => [type, new TextDecoder().decode(bytes)])
          ])
        expect(yield* attached(file)).toEqual(["base64", ["text/csv", "a;b\n"]])
        expect(yield* attached(`8bit:${file}`)).toEqual(["8bit", ["text/csv", "a;b\n"]])
        expect(yield* attached(`quoted-printable:${file}:application/x-a`))
          .toEqual(["quoted-printable", ["application/x-a", "a;b\n"]])
        expect((yield* refused("--text", "x", "--attach", `gzip:${file}`))[0]).toBe(1)

        yield* fs.writeFileString(file, "é")
        const { code, err } = yield* compose(["--text", "x", "--attach", `7bit:${file}`])
        expect([code, err.at(-1)]).toEqual([
          1,
          "smtp: cannot use what was composed as a message: attachments: encoding: expected ASCII (Unfit)"
        ])
      })))

    it.scoped("F1, F2: has files with it, whose type their name tells, or the flag", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const bytes = Uint8Array.from({ length: 256 }, (_, at) => at)
        yield* fs.writeFile(`${directory}/ä b.png`, bytes)
        yield* fs.makeDirectory(`${directory}/odd:text`)
        yield* fs.writeFileString(`${directory}/odd:text/plain`, "with a colon in its name")
        const { mail } = yield* composed([
          ...["--text", "see", "--attach", `${directory}/ä b.png`],
          ...["--attach", `${directory}/ä b.png:application/x-thing; a=b`],
          ...["--attach", `${directory}/odd:text/plain`]
        ])
        expect(mail.attachments.map(({ disposition, fileName, type }) => [
          type,
          Option.getOrNull(fileName),
          Option.getOrNull(disposition)
        ])).toEqual([
          ["image/png", "ä b.png", "attachment"],
          ["application/x-thing", "ä b.png", "attachment"],
          ["application/octet-stream", "plain", "attachment"]
        ])
        expect(Array.from(mail.attachments[0].bytes)).toEqual(Array.from(bytes))
        expect(new TextDecoder().decode(mail.attachments[2].bytes)).toBe("with a colon in its name")
      })))
  })

  it.effect("F1: has a flag for all that facteur has one for", () =>
    on(Effect.gen(function*() {
      const { out } = yield* smtp(["send", "--help"])
      const help = out.join("\n").replace(/\x1b\[[0-9;]*m/g, "")
      const flags = {
        "date (RFC 3339)": "--date",
        "its zone": "--zone",
        "author": "--from",
        "sender": "--sender",
        "recipients": "--to",
        "subject": "--subject",
        "user": "--user",
        "password, or else it is asked for": "--password-file",
        "host": "--host",
        "port": "--port",
        "STARTTLS": "--tls",
        "CA file or directory": "--ca",
        "encoding of the body": "--encoding",
        "parameters of the content type": "--content-type-param",
        "attachments": "--attach",
        "body from a file or standard input": "--text-file",
        "log": "--transcript"
      }
      for (const [what, flag] of Object.entries(flags)) {
        expect([what, new RegExp(`${flag}\\b`).test(help)]).toEqual([what, true])
      }
    })))

  describe("what belongs to the HTML", () => {
    it.scoped("F2: is inline, and named by its file name", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        yield* fs.writeFileString(`${directory}/logo.png`, "PNG")
        yield* fs.writeFileString(`${directory}/page.html`, "<img src=\"cid:logo.png\">")
        const { mail } = yield* composed([
          ...["--text", "see", "--html-file", `${directory}/page.html`],
          ...["--inline", `${directory}/logo.png`]
        ])
        expect(mail.html).toEqual(Option.some("<img src=\"cid:logo.png\">"))
        expect(mail.attachments.map(({ contentId, disposition, type }) => [
          type,
          Option.getOrNull(contentId),
          Option.getOrNull(disposition)
        ])).toEqual([["image/png", "logo.png", "inline"]])
      })))
  })

  describe("people", () => {
    it.effect("F5: may be copied, hidden, answered elsewhere, and sent for", () =>
      on(Effect.gen(function*() {
        const { envelope, lines, mail } = yield* composed([
          ...["--text", "x", "--cc", "Carol <c@mx.example>, d@mx.example"],
          ...["--bcc", "eve@mx.example", "--reply-to", "list@client.example"],
          ...["--sender", "office@client.example", "--header", "X-Mood:  fröhlich "]
        ])
        const { header } = mail
        expect(envelope.slice(0, -1)).toEqual([
          "from <office@client.example>",
          ...["b", "c", "d", "eve"].map((name) => `to <${name}@mx.example>`)
        ])
        expect(lines.join("\n")).not.toContain("eve")
        expect(printed(Header.addresses(header, "Cc"))).toBe("Carol <c@mx.example>, d@mx.example")
        expect(field(mail, "Reply-To")).toEqual(["list@client.example"])
        expect(field(mail, "Sender")).toEqual(["office@client.example"])
        expect(field(mail, "MIME-Version")).toEqual(["1.0"])
        expect(field(mail, "Message-ID")[0]).toMatch(/^<.+@client\.example>$/)
        expect(field(mail, "X-Mood")).toHaveLength(1)
      })))
  })

  describe("what cannot be composed", () => {
    it.effect("F3: exits 2 with an error text", () =>
      on(Effect.gen(function*() {
        const text = ["--text", "x"]
        expect(yield* refused(...text, "--text-file", "y"))
          .toEqual([2, "smtp: --text and --text-file: one of them is enough"])
        expect(yield* refused("--html", "x", "--html-file", "y"))
          .toEqual([2, "smtp: --html and --html-file: one of them is enough"])
        expect(yield* refused("--text-file", "-", "--html-file", "-"))
          .toEqual([2, "smtp: --text-file and --html-file cannot both be -"])
        expect(yield* refused(...text, "--inline", "logo.png"))
          .toEqual([2, "smtp: --inline is for what the HTML shows, and there is none"])
        expect(yield* refused(...text, "hello.eml"))
          .toEqual([2, "smtp: hello.eml is written already: nothing can be composed with it"])
        expect((yield* refused(...text, "--cc", "not an address"))[1]).toContain("smtp: --cc: ")
        expect((yield* refused(...text, "--header", "From: eve@mx.example"))[0]).toBe(2)
        expect((yield* refused(...text, "--header", "no colon"))[0]).toBe(2)
        expect((yield* refused(...text, "--date", "tomorrow"))[0]).toBe(2)
        expect((yield* refused(...text, "--zone", "Mars/Olympus"))[0]).toBe(2)
      })))

    it.effect("N10: nor a header with more lines than its own", () =>
      on(Effect.gen(function*() {
        for (
          const args of [
            ["--subject", "x\r\nBcc: eve@mx.example"],
            ["--header", "X-A: b\nBcc: eve@mx.example"],
            ["--header", "X\nBcc: eve@mx.example"],
            ["--cc", "\"x\r\nBcc: eve\" <c@mx.example>\r\nBcc: eve@mx.example"]
          ]
        ) {
          const { code, out } = yield* compose(["--text", "x", ...args])
          expect([code, out]).toEqual([2, []])
        }
      })))

    it.scoped("exits 1 for a file that is not there, or is not UTF-8", () =>
      on(Effect.gen(function*() {
        const { directory } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        yield* fs.writeFile(`${directory}/latin1`, Uint8Array.of(0x68, 0xe9))
        expect((yield* refused("--text", "x", "--attach", `${directory}/none`))[1])
          .toContain("none as an attachment")
        expect(yield* refused("--text-file", `${directory}/latin1`))
          .toEqual([1, `smtp: cannot use ${directory}/latin1 as text: expected UTF-8`])
      })))
  })

  describe("a composed message", () => {
    it.scopedLive("F6: arrives over TLS that was checked, and with a login that is not PLAIN", () =>
      on(Effect.gen(function*() {
        const { cert, directory, key, password, spool } = yield* workshop
        const fs = yield* FileSystem.FileSystem
        const file = `${directory}/long.bin`
        const bytes = Uint8Array.from({ length: 2_000_000 }, (_, at) => (at * 7919) >> 3)
        yield* fs.writeFile(file, bytes)
        const { port } = yield* serve([
          ...["--spool", spool, "--cert", cert, "--key", key],
          ...["--user", "alice", "--password-file", password]
        ])
        const args = [
          ...["send", "--host", `127.0.0.1:${port}`, "--user", "alice"],
          ...["--password-file", password, ...people, "--transcript"],
          ...["--subject", "Grüße", "--text", "long", "--attach", file]
        ]
        expect((yield* smtp(args)).code).toBe(1)
        expect(yield* Spool.list(spool)).toEqual([])
        const { code, err } = yield* smtp([...args, "--ca", cert])
        expect(code).toBe(0)
        expect(err).toContain("C: AUTH SCRAM-SHA-256-PLUS <redacted>")
        const [name] = yield* Spool.list(spool)
        const { message } = yield* Spool.files(spool, name)
        const mail = yield* Mail.decode(yield* fs.readFile(message))
        expect(Buffer.compare(mail.attachments[0].bytes, bytes)).toBe(0)
      })))
  })
})
