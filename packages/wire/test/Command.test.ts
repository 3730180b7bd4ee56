import { describe, expect, it } from "@effect/vitest"
import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as AddressMode from "../src/AddressMode.js"
import * as Command from "../src/Command.js"
import type * as CommandError from "../src/CommandError.js"
import * as Domain from "../src/Domain.js"
import * as ForwardPath from "../src/ForwardPath.js"
import * as Mailbox from "../src/Mailbox.js"
import * as Parameter from "../src/Parameter.js"
import * as ReversePath from "../src/ReversePath.js"
import * as Verb from "../src/Verb.js"
import * as arbitrary from "./arbitraries/command.js"
import { bytes, chunkings, decodeAll } from "./decoding.js"

const make = Command.Command
const lenient = { mode: AddressMode.lenient }
const utf8 = { mode: AddressMode.withUtf8(AddressMode.strict) }

const read = (line: string, options?: Command.ParseOptions): Command.Command =>
  Either.getOrThrow(Command.parse(line, options))

/** The error as `VERB Reason`, with the offset where there is one. */
const shown = (error: CommandError.CommandError): string => {
  const { reason } = error
  const offset = reason._tag === "Address"
    ? ` ${reason.error.offset}`
    : "offset" in reason
    ? ` ${reason.offset}`
    : ""
  return `${Option.getOrElse(error.verb, () => "-")} ${reason._tag}${offset}`
}

const refused = (line: string, options?: Command.ParseOptions): string | undefined =>
  Option.getOrUndefined(Option.map(Either.getLeft(Command.parse(line, options)), shown))

const wire = (command: Command.Command, options?: Command.EncodeOptions): string =>
  Either.match(Command.encode(command, options), {
    onLeft: (error) => `!${shown(error)}`,
    onRight: (octets) => new TextDecoder().decode(octets)
  })

/** Decodes under every chunking, which must not matter; errors by name, commands printed. */
const decoded = (input: string | Uint8Array, options?: Command.DecoderOptions) => {
  const octets = typeof input === "string" ? bytes(input) : input
  const [whole, ...others] = chunkings(octets).map((chunks) => {
    const { error, held, values } = decodeAll(Command.decoder(options), chunks)
    return {
      values: values.map(Either.match({
        onLeft: (error) => `!${shown(error)}`,
        onRight: Command.print
      })),
      error: error?._tag,
      held: error === undefined ? held : 0
    }
  })
  for (const other of others) expect(other).toEqual(whole)
  return whole
}

const example = Either.getOrThrow(Domain.parse("example.com"))
const alice = Either.getOrThrow(Mailbox.parse("alice@example.com"))

describe("Command", () => {
  describe("parse", () => {
    it("R1, R17: reads every command", () => {
      const from = ReversePath.fromMailbox(alice)
      const to = ForwardPath.fromMailbox(alice)
      const none = Option.none()
      const table: ReadonlyArray<readonly [string, Command.Command]> = [
        ["HELO example.com", make.Helo({ domain: example })],
        ["EHLO example.com", make.Ehlo({ domain: example })],
        ["LHLO example.com", make.Lhlo({ domain: example })],
        ["MAIL FROM:<alice@example.com>", make.Mail({ from, parameters: [] })],
        [
          "MAIL FROM:<> SIZE=10 BODY=8BITMIME",
          make.Mail({
            from: ReversePath.nullSender,
            parameters: [
              { keyword: "SIZE", value: Option.some("10") },
              { keyword: "BODY", value: Option.some("8BITMIME") }
            ]
          })
        ],
        ["RCPT TO:<alice@example.com>", make.Rcpt({ to, parameters: [] })],
        ["RCPT TO:<Postmaster>", make.Rcpt({ to: ForwardPath.postmaster, parameters: [] })],
        ["DATA", make.Data()],
        ["BDAT 86", make.Bdat({ size: 86, last: false })],
        ["BDAT 0 LAST", make.Bdat({ size: 0, last: true })],
        ["RSET", make.Rset()],
        ["VRFY Crispin", make.Vrfy({ argument: "Crispin", smtpUtf8: false })],
        ["VRFY a b SMTPUTF8", make.Vrfy({ argument: "a b", smtpUtf8: true })],
        ["EXPN Example-People", make.Expn({ argument: "Example-People", smtpUtf8: false })],
        ["HELP", make.Help({ topic: none })],
        ["HELP MAIL", make.Help({ topic: Option.some("MAIL") })],
        ["NOOP", make.Noop({ argument: none })],
        ["NOOP hello there", make.Noop({ argument: Option.some("hello there") })],
        ["QUIT", make.Quit()],
        ["STARTTLS", make.StartTls()],
        ["AUTH LOGIN", make.Auth({ mechanism: "LOGIN", initialResponse: none })],
        ["ETRN @example.com", make.Etrn({ argument: "@example.com" })],
        [
          "XCLIENT NAME=spike.example ADDR=192.0.2.42 LOGIN=a+20b",
          make.Xclient({
            attributes: [
              { name: "NAME", value: "spike.example" },
              { name: "ADDR", value: "192.0.2.42" },
              { name: "LOGIN", value: "a b" }
            ]
          })
        ],
        [
          "XFORWARD NAME=[UNAVAILABLE]",
          make.Xforward({ attributes: [{ name: "NAME", value: "[UNAVAILABLE]" }] })
        ]
      ]
      for (const [line, command] of table) {
        expect(read(line)).toEqual(command)
        expect(Command.print(command)).toBe(line)
        expect(wire(command)).toBe(`${line}\r\n`)
      }
      const seen = new Set(table.map(([, command]) => Verb.fromCommand(command)))
      expect(Verb.all.filter((verb) => verb !== "AUTH" && !seen.has(verb))).toEqual([])
    })

    it("R2, R14: reads the extension verbs this reader was told of, and no other reader", () => {
      const options = { verbs: ["xFoo"] }
      expect(read("xfoo a  b", options)).toEqual(make.Extension({ verb: "XFOO", argument: "a  b" }))
      expect(read("XFOO", options)).toEqual(make.Extension({ verb: "XFOO", argument: "" }))
      expect(refused("XFOO a")).toBe("- UnknownVerb")
    })

    it("R4: reads a domain or a literal after HELO and EHLO, and a bare address where told to", () => {
      const address = Either.getOrThrow(Domain.ipv4("192.0.2.1"))
      const v6 = Either.getOrThrow(Domain.ipv6("2001:db8::1"))
      expect(read("EHLO [192.0.2.1]")).toEqual(make.Ehlo({ domain: address }))
      expect(read("HELO [IPv6:2001:db8::1]")).toEqual(make.Helo({ domain: v6 }))
      expect(read("HELO 192.0.2.1", lenient)).toEqual(make.Helo({ domain: address }))
      expect(read("EHLO 2001:db8::1", lenient)).toEqual(make.Ehlo({ domain: v6 }))
      expect(refused("EHLO 2001:db8::1")).toMatch("EHLO Address")
      expect(Command.print(read("EHLO my_pc", lenient))).toBe("EHLO my_pc")
      expect(refused("EHLO my_pc")).toBe("EHLO Address 7")
    })

    it("wants a domain after HELO, EHLO and LHLO", () => {
      for (const verb of ["HELO", "EHLO", "LHLO"]) {
        expect(refused(verb)).toMatch(`${verb} Address`)
        expect(refused(`${verb} a b`)).toMatch(`${verb} Address`)
        expect(refused(`${verb} -a`)).toMatch(`${verb} Address`)
      }
      expect(refused("EHLO bücher.example", utf8)).toMatch("EHLO Address")
    })

    it("R6: is a function of the line, and of nothing else", () => {
      expect(Command.parse("NOOP x")).toEqual(Command.parse("NOOP x"))
      expect(refused("")).toBe("- UnknownVerb")
    })

    it("R7, R9: verbs, FROM:, TO: and other keywords are read in any case", () => {
      expect(read("mail from:<alice@example.com> size=10")).toEqual(
        read("MAIL FROM:<alice@example.com> SIZE=10")
      )
      expect(read("rCpT tO:<postMASTER>")).toEqual(read("RCPT TO:<Postmaster>"))
      expect(read("bdat 5 last")).toEqual(read("BDAT 5 LAST"))
      expect(read("vrfy x smtputf8")).toEqual(read("VRFY x SMTPUTF8"))
      expect(read("auth plain =")).toMatchObject({ mechanism: "PLAIN" })
      expect(read("starttls")).toEqual(make.StartTls())
    })

    it("does not take other letters for the letters of a verb", () => {
      expect(refused("QUıT")).toBe("- UnknownVerb")
      expect(refused("ſTARTTLS")).toBe("- UnknownVerb")
      expect(refused("BDAT 5 LAſT", utf8)).toBe("BDAT Syntax 5")
    })

    it("R10: a bad path is an error like any other, and says where", () => {
      expect(refused("RCPT TO:<alice@>")).toBe("RCPT Address 15")
      expect(refused("MAIL FROM:<alice@>")).toBe("MAIL Address 17")
      expect(refused("RCPT TO:alice")).toMatch("RCPT Address")
      expect(refused("RCPT FROM:<alice@example.com>")).toBe("RCPT Syntax 5")
      expect(refused("RCPT")).toBe("RCPT Syntax 4")
      expect(refused("MAIL FROM:<alice@example.com>SIZE=1")).toBe("MAIL Syntax 29")
      expect(refused("MAIL FROM:<alice@example.com> =1")).toBe("MAIL Address 30")
    })

    it("R11: HELO, EHLO and LHLO are three commands", () => {
      expect(["HELO", "EHLO", "LHLO"].map((verb) => read(`${verb} a`)._tag)).toEqual([
        "Helo",
        "Ehlo",
        "Lhlo"
      ])
      expect(wire(make.Helo({ domain: example }))).toBe("HELO example.com\r\n")
    })

    it("R13: commands without arguments refuse one, but not white space at the end", () => {
      for (const verb of ["DATA", "RSET", "QUIT", "STARTTLS"]) {
        expect(refused(`${verb} foo`)).toBe(`${verb} Syntax ${verb.length + 1}`)
        expect(refused(`${verb} \t `)).toBeUndefined()
      }
      expect(read("NOOP ")).toEqual(make.Noop({ argument: Option.none() }))
      expect(read("EHLO example.com \t")).toEqual(make.Ehlo({ domain: example }))
    })

    it("R15: a dot is no command", () => {
      expect(refused(".")).toBe("- UnknownVerb")
    })

    it("reads the initial response of AUTH", () => {
      const response = (line: string) => {
        const command = read(line)
        return command._tag === "Auth"
          ? Option.map(command.initialResponse, (secret) => [...Redacted.value(secret)])
          : undefined
      }
      expect(response("AUTH PLAIN AGEAYg==")).toEqual(Option.some([0, 0x61, 0, 0x62]))
      expect(response("AUTH EXTERNAL =")).toEqual(Option.some([]))
      expect(response("AUTH LOGIN")).toEqual(Option.none())
      for (const bad of ["A", "AGEAYg=", "AGEAYh==", "AGEA\u00e9g==", "AGEAYg== x", "===="]) {
        expect(refused(`AUTH PLAIN ${bad}`, utf8)).toBe("AUTH Syntax 11")
      }
      expect(refused("AUTH PLAIN  AGEAYg==")).toBe("AUTH Syntax 11")
      expect(refused("AUTH")).toBe("AUTH Syntax 4")
      expect(refused("AUTH PL/AIN")).toBe("AUTH Syntax 5")
      expect(refused(`AUTH ${"X".repeat(21)}`)).toBe("AUTH Syntax 5")
    })

    it("wants a whole size after BDAT", () => {
      for (const bad of ["", "-1", "1.5", "x", "1 LATER", "1 LAST x", "1e3", "9".repeat(16)]) {
        expect(refused(`BDAT ${bad}`)).toMatch("BDAT Syntax")
      }
      expect(read(`BDAT ${"9".repeat(15)}`)).toEqual(make.Bdat({ size: 1e15 - 1, last: false }))
    })

    it("wants NAME=value after XCLIENT and XFORWARD", () => {
      for (const bad of ["", "NAME", "=x", "NAME=a  ADDR=b", "N\u00e4ME=a"]) {
        expect(refused(`XCLIENT ${bad}`, utf8)).toMatch("XCLIENT Syntax")
      }
      expect(refused("XFORWARD NAME=a ADDR=+0d")).toBe("XFORWARD Address 21")
      expect(refused("XFORWARD NAME=a+0D+0A")).toMatch("XFORWARD Address")
    })

    it("wants an argument after VRFY, EXPN and ETRN", () => {
      expect(refused("VRFY")).toBe("VRFY Syntax 4")
      expect(refused("EXPN ")).toBe("EXPN Syntax 4")
      expect(refused("ETRN")).toBe("ETRN Syntax 4")
      expect(read("VRFY SMTPUTF8")).toEqual(make.Vrfy({ argument: "SMTPUTF8", smtpUtf8: false }))
    })

    it("overlooks spaces only where told to", () => {
      expect(refused("MAIL  FROM:<alice@example.com>")).toBe("MAIL Syntax 5")
      expect(refused("MAIL FROM: <alice@example.com>")).toMatch("MAIL Address")
      expect(read("MAIL  FROM: <alice@example.com>  SIZE=1", lenient)).toEqual(
        read("MAIL FROM:<alice@example.com> SIZE=1")
      )
    })

    it("N9: what looks like the end of a path within a quoted local part is not", () => {
      const command = read("RCPT TO:<\"a> ORCPT=x@evil.example\"@example.com> NOTIFY=NEVER")
      expect(command).toEqual(make.Rcpt({
        to: ForwardPath.fromMailbox(
          Either.getOrThrow(Mailbox.parse("\"a> ORCPT=x@evil.example\"@example.com"))
        ),
        parameters: [{ keyword: "NOTIFY", value: Option.some("NEVER") }]
      }))
      expect(refused("RCPT TO:<a@b x@example.com>")).toMatch("RCPT Address")
    })

    it("refuses every control character in every position", () => {
      const lines = ["NOOP abc", "VRFY abc", "HELP abc", "MAIL FROM:<a@b.example>", "XFOO abc"]
      for (const line of lines) {
        for (const code of [...Array(0x20).keys(), 0x7f, 0x80, 0x9f]) {
          for (let at = 0; at <= line.length; at++) {
            const text = line.slice(0, at) + String.fromCharCode(code) + line.slice(at)
            if (code === 0x09 && at === line.length) continue
            expect(refused(text, { ...utf8, verbs: ["XFOO"] })).toMatch(
              at <= 4 ? /^- UnknownVerb$|Forbidden 4$/ : new RegExp(`Forbidden ${at}$`)
            )
          }
        }
      }
    })

    it("takes UTF-8 only where the mode and the command allow it", () => {
      expect(refused("MAIL FROM:<é@example.com> SMTPUTF8")).toMatch("MAIL Address")
      expect(refused("MAIL FROM:<é@example.com>", utf8)).toBe("MAIL EightBit 11")
      expect(refused("MAIL FROM:<é@example.com> SMTPUTF8", utf8)).toBeUndefined()
      expect(refused("RCPT TO:<é@example.com>", utf8)).toBeUndefined()
      expect(refused("VRFY é")).toBe("VRFY EightBit 5")
      expect(refused("VRFY é SMTPUTF8")).toBe("VRFY EightBit 5")
      expect(refused("VRFY é", utf8)).toBe("VRFY EightBit 5")
      expect(refused("VRFY é SMTPUTF8", utf8)).toBeUndefined()
      expect(refused("NOOP é", utf8)).toBe("NOOP EightBit 5")
    })

    it("N21: keeps no text of the peer in an error's message", () => {
      for (const line of ["NOOP \x1b[31m", "EVIL\x1b x", "RCPT TO:<\x07@b>", "BDAT evil"]) {
        const error = Option.getOrThrow(Either.getLeft(Command.parse(line)))
        expect(error.message).not.toMatch(/evil|[\u0000-\u001f]/i)
        expect(error.message).toMatch("expected")
      }
    })
  })

  describe("encode", () => {
    it("R5: is the line and CR LF", () => {
      expect(wire(make.Quit())).toBe("QUIT\r\n")
    })

    it("N7, N8, R18: no control character leaves, whatever the value was made of", () => {
      const bad = ["\r\nRCPT TO:<evil@example.com>", "\n", "\r", "\0", "\x7f", "\t", "\x85"]
      for (const text of bad) {
        const domain: Domain.Domain = { ...example, ...{ labels: ["a", `b${text}`] as const } }
        const value = Option.some(`1${text}`)
        const parameters = [{ keyword: "SIZE", value }]
        const commands = [
          make.Ehlo({ domain }),
          make.Mail({ from: ReversePath.nullSender, parameters }),
          make.Mail({ from: ReversePath.fromMailbox({ ...alice, domain }), parameters: [] }),
          make.Rcpt({ to: ForwardPath.fromMailbox({ ...alice, domain }), parameters: [] }),
          make.Rcpt({ to: ForwardPath.postmaster, parameters: [{ keyword: text, value }] }),
          make.Vrfy({ argument: `a${text}b`, smtpUtf8: true }),
          make.Expn({ argument: `a${text}b`, smtpUtf8: false }),
          make.Noop({ argument: Option.some(`a${text}b`) }),
          make.Help({ topic: Option.some(`a${text}b`) }),
          make.Etrn({ argument: `a${text}b` }),
          make.Auth({ mechanism: `PLAIN${text}`, initialResponse: Option.none() }),
          make.Xclient({ attributes: [{ name: `A${text}`, value: "x" }] }),
          make.Extension({ verb: `XFOO${text}`, argument: "" }),
          make.Extension({ verb: "XFOO", argument: `a${text}b` })
        ]
        for (const command of commands) expect(wire(command)).toMatch(/^!.* Forbidden \d+$/)
      }
    })

    it("R18, N9: no value leaves that would say something else as a line", () => {
      const spaced: Domain.Domain = { ...example, ...{ labels: ["a> ORCPT=x", "b"] as const } }
      const none = Option.none()
      const commands = [
        make.Ehlo({ domain: spaced }),
        make.Rcpt({
          to: ForwardPath.fromMailbox({ ...alice, domain: spaced }),
          parameters: []
        }),
        make.Mail({
          from: ReversePath.nullSender,
          parameters: [{ keyword: "SIZE", value: Option.some("1 BODY=8BITMIME") }]
        }),
        make.Mail({
          from: ReversePath.nullSender,
          parameters: [{ keyword: "SIZE", value: none }, { keyword: "SIZE", value: none }]
        }),
        make.Mail({
          from: ReversePath.nullSender,
          parameters: [{ keyword: "SIZE", value: none }, { keyword: "size", value: none }]
        }),
        make.Mail({
          from: ReversePath.nullSender,
          parameters: [{ keyword: "SIZE", value: Option.some("1=2") }]
        }),
        make.Mail({
          from: ReversePath.nullSender,
          parameters: [{ keyword: "-SIZE", value: none }]
        }),
        make.Bdat({ size: -1, last: false }),
        make.Bdat({ size: 1.5, last: false }),
        make.Bdat({ size: NaN, last: false }),
        make.Vrfy({ argument: "", smtpUtf8: false }),
        make.Vrfy({ argument: "a SMTPUTF8", smtpUtf8: false }),
        make.Noop({ argument: Option.some("") }),
        make.Noop({ argument: Option.some("a ") }),
        make.Help({ topic: Option.some(" a") }),
        make.Auth({ mechanism: "PLAIN x", initialResponse: none }),
        make.Auth({ mechanism: "", initialResponse: none }),
        make.Xclient({ attributes: [] }),
        make.Xclient({ attributes: [{ name: "A=B C", value: "x" }] }),
        make.Extension({ verb: "", argument: "" }),
        make.Extension({ verb: "QUIT", argument: "" }),
        make.Extension({ verb: "XFOO a", argument: "b" })
      ]
      for (const command of commands) expect(wire(command)).toMatch(/^!.* Syntax 0$/)
    })

    it("N12: parts leave that are as long as they may be, and none that is longer", () => {
      const rcpt = (local: number, ...labels: readonly [number, ...Array<number>]) =>
        wire(make.Rcpt({
          to: ForwardPath.fromMailbox({
            local: "l".repeat(local),
            domain: { _tag: "Name", labels: Arr.map(labels, (length) => "d".repeat(length)) }
          }),
          parameters: []
        }))
      expect(rcpt(64, 63)).toHaveLength(64 + 63 + "RCPT TO:<@>\r\n".length)
      expect(rcpt(65, 63)).toBe("!RCPT Syntax 0")
      expect(rcpt(64, 64)).toBe("!RCPT Syntax 0")
      expect(rcpt(1, 63, 63, 63, 60)).toHaveLength(254 + "RCPT TO:<>\r\n".length)
      expect(rcpt(1, 63, 63, 63, 61)).toBe("!RCPT Syntax 0")
      const label = "d".repeat(63)
      const ehlo = (last: string) =>
        wire(make.Ehlo({ domain: { _tag: "Name", labels: [label, label, label, last] } }))
      expect(ehlo(label)).toHaveLength("EHLO \r\n".length + 255)
      expect(ehlo(`${label}d`)).toBe("!EHLO Syntax 0")
      expect(ehlo(`${label.slice(1)}.d`)).toBe("!EHLO Syntax 0")
      const mail = (count: number, keyword: number, value: number) =>
        wire(make.Mail({
          from: ReversePath.nullSender,
          parameters: Array.from({ length: count }, (_, at) => ({
            keyword: "K".repeat(keyword - 2) + String(at + 10),
            value: Option.some("v".repeat(value))
          }))
        }))
      expect(mail(32, 3, 1)).toHaveLength("MAIL FROM:<>\r\n".length + 32 * " K10=v".length)
      expect(mail(33, 3, 1)).toBe("!MAIL Syntax 0")
      expect(mail(1, 64, 1024)).toHaveLength("MAIL FROM:<> =\r\n".length + 64 + 1024)
      expect(mail(1, 65, 1)).toBe("!MAIL Syntax 0")
      expect(mail(1, 3, 1025)).toBe("!MAIL Syntax 0")
      expect(mail(1, 3, 0)).toBe("!MAIL Syntax 0")
      expect(wire(make.Bdat({ size: 1e15 - 1, last: true }))).toBe("BDAT 999999999999999 LAST\r\n")
      expect(wire(make.Bdat({ size: 1e15, last: true }))).toBe("!BDAT Syntax 0")
      expect(mail(2, 64, 1000)).toBe("!MAIL TooLong")
    })

    it("N7: beyond ASCII only where SMTPUTF8 was asked for", () => {
      const from = ReversePath.fromMailbox({ ...alice, local: "é" })
      const to = ForwardPath.fromMailbox({ ...alice, local: "é" })
      const smtpUtf8 = Either.getOrThrow(Parameter.make({ keyword: "SMTPUTF8" }))
      expect(wire(make.Mail({ from, parameters: [] }))).toBe("!MAIL EightBit 11")
      expect(wire(make.Mail({ from, parameters: [] }), { utf8: true })).toBe("!MAIL EightBit 11")
      expect(wire(make.Mail({ from, parameters: [smtpUtf8] }))).toBe(
        "MAIL FROM:<é@example.com> SMTPUTF8\r\n"
      )
      expect(wire(make.Rcpt({ to, parameters: [] }))).toBe("!RCPT EightBit 9")
      expect(wire(make.Rcpt({ to, parameters: [] }), { utf8: true })).toBe(
        "RCPT TO:<é@example.com>\r\n"
      )
      expect(wire(make.Vrfy({ argument: "é", smtpUtf8: false }))).toBe("!VRFY EightBit 5")
      expect(wire(make.Vrfy({ argument: "é", smtpUtf8: true }))).toBe("VRFY é SMTPUTF8\r\n")
      expect(wire(make.Noop({ argument: Option.some("é") }), { utf8: true })).toBe(
        "!NOOP EightBit 5"
      )
    })

    it("N12: no line over the bounds leaves", () => {
      const noop = (length: number) => make.Noop({ argument: Option.some("x".repeat(length)) })
      expect(wire(noop(2048 - 7))).toHaveLength(2048)
      expect(wire(noop(2048 - 6))).toBe("!NOOP TooLong")
      const auth = (length: number) =>
        make.Auth({
          mechanism: "PLAIN",
          initialResponse: Option.some(Redacted.make(new Uint8Array(length)))
        })
      expect(wire(auth(9000))).toHaveLength(12_013)
      expect(wire(auth(9300))).toBe("!AUTH TooLong")
    })

    it("writes the initial response, which print does not show", () => {
      const auth = make.Auth({
        mechanism: "PLAIN",
        initialResponse: Option.some(Redacted.make(bytes("\0user\0secret")))
      })
      expect(wire(auth)).toBe("AUTH PLAIN AHVzZXIAc2VjcmV0\r\n")
      expect(Command.print(auth)).toBe("AUTH PLAIN <redacted>")
      expect(JSON.stringify(auth)).not.toMatch("AHVzZXIAc2VjcmV0")
      const empty = make.Auth({
        mechanism: "EXTERNAL",
        initialResponse: Option.some(Redacted.make(new Uint8Array(0)))
      })
      expect(wire(empty)).toBe("AUTH EXTERNAL =\r\n")
    })
  })

  describe("decoder", () => {
    it("R12, R13: reads pipelined commands one by one, each its own line and no more", () => {
      expect(decoded("NOOP\r\nHELP\r\nDATA foo\r\nRSET \r\nVRFY\r\nQUIT\r\n")?.values).toEqual([
        "NOOP",
        "HELP",
        "!DATA Syntax 5",
        "RSET",
        "!VRFY Syntax 4",
        "QUIT"
      ])
    })

    it("R3: a line that is no command is used up, and its text is kept nowhere", () => {
      expect(decoded("AGEAYg==\r\n*\r\n\r\nNOOP\r\n")?.values).toEqual([
        "!- UnknownVerb",
        "!- UnknownVerb",
        "!- UnknownVerb",
        "NOOP"
      ])
    })

    it("R8, R16: one setting says what ends a line, for finding it and for reading it", () => {
      expect(decoded("NOOP\nQUIT\r\n")?.values).toEqual(["!- BareLineFeed", "QUIT"])
      expect(decoded("NOOP\nQUIT\r\n", { lineEnd: "relaxed" })?.values).toEqual(["NOOP", "QUIT"])
    })

    it("reports lines that are no UTF-8, and goes on", () => {
      const input = Uint8Array.of(...bytes("VRFY "), 0xff, ...bytes("\r\nNOOP\r\n"))
      expect(decoded(input)?.values).toEqual(["!- NotUtf8", "NOOP"])
    })

    it("N12: bounds a line, an AUTH line by its own bound, and what is dropped", () => {
      const limits = { line: 20, auth: 40, discard: 60 }
      expect(decoded(`NOOP ${"x".repeat(13)}\r\nNOOP ${"x".repeat(14)}\r\nQUIT\r\n`, { limits }))
        .toMatchObject({ values: [`NOOP ${"x".repeat(13)}`, "!- TooLong", "QUIT"] })
      const auth = `auth PLAIN ${"AAAA".repeat(6)}`
      expect(decoded(`${auth}\r\n${auth}AAAA\r\nQUIT\r\n`, { limits })).toMatchObject({
        values: ["AUTH PLAIN <redacted>", "!- TooLong", "QUIT"]
      })
      expect(decoded(`${"x".repeat(58)}\r\nQUIT\r\n`, { limits })?.values).toEqual([
        "!- TooLong",
        "QUIT"
      ])
      expect(decoded(`QUIT\r\n${"x".repeat(59)}\r\n`, { limits })).toMatchObject({
        values: ["QUIT"],
        error: "LineOverflow"
      })
    })

    it("S8: holds nothing between commands", () => {
      expect(Command.decoder().held).toBe(0)
      expect(decoded("NOOP\r\n")?.held).toBe(0)
      expect(decoded("NOOP\r\nQU")?.held).toBe(2)
    })

    it("S7: gives the same for every chunking of the same bytes", () => {
      const input = FastCheck.array(
        FastCheck.constantFrom(
          ...["NOOP", "QUIT", "AUTH ", "MAIL FROM:<a@b.c>", " ", "\r\n", "\n", "\r", "é", "AAAA"]
        ),
        { maxLength: 12 }
      ).map((parts) => parts.join(""))
      const limits = { line: 20, auth: 24, discard: 40 }
      FastCheck.assert(FastCheck.property(input, (text) => {
        decoded(text, { limits })
      }))
    })
  })

  describe("Equivalence", () => {
    it("R5: parameters may be in any order, keywords in any case", () => {
      const a = read("MAIL FROM:<alice@example.com> SIZE=1 BODY=7BIT")
      const b = read("MAIL FROM:<alice@EXAMPLE.com> body=7BIT SIZE=1")
      expect(Command.Equivalence(a, b)).toBe(true)
      expect(Command.Equivalence(a, read("MAIL FROM:<alice@example.com> SIZE=1"))).toBe(false)
      expect(Command.Equivalence(a, read("MAIL FROM:<Alice@example.com> SIZE=1 BODY=7BIT"))).toBe(
        false
      )
      expect(Command.Equivalence(read("HELO a"), read("EHLO a"))).toBe(false)
      expect(Command.Equivalence(read("AUTH X AAAA"), read("AUTH x AAAA"))).toBe(true)
      expect(Command.Equivalence(read("AUTH X AAAA"), read("AUTH X AAAB"))).toBe(false)
    })
  })

  describe("laws", () => {
    const verbs = arbitrary.verbs

    const roundTrips = (mode: AddressMode.AddressMode) => (command: Command.Command) => {
      expect(Command.parse(Command.print(command), { mode, verbs })).toEqual(Either.right(command))
    }

    it("parse(print(x)) = x in the mode that made it", () => {
      FastCheck.assert(FastCheck.property(arbitrary.strict, roundTrips(AddressMode.strict)), {
        numRuns: 500
      })
      FastCheck.assert(FastCheck.property(arbitrary.lenient, roundTrips(AddressMode.lenient)))
      FastCheck.assert(
        FastCheck.property(arbitrary.utf8, roundTrips(AddressMode.withUtf8(AddressMode.strict)))
      )
    })

    it("S2: what encode writes is decoded as the same command, secrets included", () => {
      const command = FastCheck.oneof(
        arbitrary.strict,
        arbitrary.lenient,
        arbitrary.utf8,
        arbitrary.auth
      )
      const decoders = [AddressMode.strict, AddressMode.lenient].map((mode) =>
        Command.decoder({ mode: AddressMode.withUtf8(mode), verbs })
      )
      FastCheck.assert(
        FastCheck.property(command, (value) => {
          const octets = Command.encode(value, { utf8: true })
          FastCheck.pre(Either.isRight(octets) || octets.left.reason._tag !== "TooLong")
          const input = Either.getOrThrow(octets)
          const read = decoders.flatMap((decoder) => {
            const step = Either.getOrThrow(decoder.step(input))
            return step._tag === "Done" && step.consumed === input.length
              ? Either.match(step.value, { onLeft: () => [], onRight: (command) => [command] })
              : []
          })
          expect(read.some((command) => Command.Equivalence(command, value))).toBe(true)
        }),
        { numRuns: 500 }
      )
    })

    it("R18, N9: whatever a value was made of, what leaves reads as this very command", () => {
      FastCheck.assert(
        FastCheck.property(arbitrary.forged, (command) => {
          const left = Command.encode(command, { utf8: true })
          if (Either.isLeft(left)) return
          const line = new TextDecoder().decode(left.right.subarray(0, -2))
          const read = [AddressMode.strict, AddressMode.lenient].map((mode) =>
            Command.parse(line, {
              mode: AddressMode.withUtf8(mode),
              verbs: command._tag === "Extension" ? [command.verb] : []
            })
          )
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
          expect(line).toBe(Command.print(command))
          expect(
            read.some((each) => Either.isRight(each) && Command.Equivalence(each.right, command))
          ).toBe(true)
        }),
        { numRuns: 2000 }
      )
    })

    it("N21: print never shows a secret or a control character", () => {
      FastCheck.assert(FastCheck.property(arbitrary.auth, arbitrary.strict, (auth, command) => {
        expect(Command.print(auth)).toMatch(/^AUTH [A-Z0-9_-]{1,20}( <redacted>)?$/)
        expect(Command.print(command)).not.toMatch(/[\u0000-\u001f\u007f]/)
      }))
    })
  })
})
