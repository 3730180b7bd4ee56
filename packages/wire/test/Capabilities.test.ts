import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Capabilities from "../src/Capabilities.js"
import * as EnhancedStatus from "../src/EnhancedStatus.js"
import * as Extension from "../src/Extension.js"
import * as Reply from "../src/Reply.js"
import { extension } from "./arbitraries/extension.js"

const read = (...lines: ReadonlyArray<string>): Capabilities.Capabilities =>
  Capabilities.fromReply(Reply.make({ code: 250, text: ["mx.example at your service", ...lines] }))

const one = (line: string): Extension.Extension | undefined => read(line).extensions[0]

describe("Capabilities", () => {
  describe("fromReply", () => {
    it("reads what a large server answers", () => {
      const capabilities = read(
        "PIPELINING",
        "SIZE 157286400",
        "ETRN",
        "STARTTLS",
        "AUTH PLAIN LOGIN",
        "ENHANCEDSTATUSCODES",
        "8BITMIME",
        "DSN",
        "SMTPUTF8",
        "CHUNKING"
      )
      expect(capabilities.greeting).toBe("mx.example at your service")
      expect(capabilities.extensions.map(Extension.keyword)).toEqual([
        "PIPELINING",
        "SIZE",
        "ETRN",
        "STARTTLS",
        "AUTH",
        "ENHANCEDSTATUSCODES",
        "8BITMIME",
        "DSN",
        "SMTPUTF8",
        "CHUNKING"
      ])
      expect(Capabilities.get(capabilities, "Size")).toEqual(
        Option.some(Extension.Size({ limit: Option.some(157286400) }))
      )
      expect(Capabilities.mechanisms(capabilities)).toEqual(["PLAIN", "LOGIN"])
    })

    it("reads keywords and mechanisms in any case", () => {
      expect(one("StartTls")).toEqual(Extension.StartTls())
      expect(one("auth plain")).toEqual(Extension.Auth({ mechanisms: ["PLAIN"] }))
    })

    it("reads the old AUTH= and joins it with the new", () => {
      expect(one("AUTH=LOGIN PLAIN")).toEqual(Extension.Auth({ mechanisms: ["LOGIN", "PLAIN"] }))
      expect(read("AUTH PLAIN LOGIN", "AUTH=LOGIN NTLM").extensions).toEqual([
        Extension.Auth({ mechanisms: ["PLAIN", "LOGIN", "NTLM"] })
      ])
      expect(one("AUTH=")).toEqual(Extension.Auth({ mechanisms: [] }))
    })

    it("takes a size of nothing, of 0, and past what a number counts, as no limit", () => {
      const none = Extension.Size({ limit: Option.none() })
      expect(["SIZE", "SIZE 0", "SIZE 99999999999999999999"].map(one)).toEqual([none, none, none])
    })

    it("reads the parameters of the rest", () => {
      expect(one("DELIVERBY 240")).toEqual(Extension.DeliverBy({ minimum: Option.some(240) }))
      expect(one("FUTURERELEASE 86400 2030-01-01T00:00:00Z")).toEqual(
        Extension.FutureRelease({ interval: 86400, dateTime: "2030-01-01T00:00:00Z" })
      )
      expect(one("MT-PRIORITY MIXER")).toEqual(
        Extension.MtPriority({ profile: Option.some("MIXER") })
      )
      expect(one("LIMITS rcptmax=20 MAILMAX=5 FOO=1 RCPTMAX=7 RCPTDOMAINMAX=0")).toEqual(
        Extension.Limits({
          rcptMax: Option.some(20),
          mailMax: Option.some(5),
          rcptDomainMax: Option.none(),
          others: ["FOO=1", "RCPTMAX=7", "RCPTDOMAINMAX=0"]
        })
      )
      expect(one("BURL imap imap://imap.example")).toEqual(
        Extension.Burl({ parameters: ["imap", "imap://imap.example"] })
      )
      expect(one("NO-SOLICITING a.example:ADV,b.example:X")).toEqual(
        Extension.NoSoliciting({ keywords: ["a.example:ADV", "b.example:X"] })
      )
      expect(one("XCLIENT NAME ADDR PROTO")).toEqual(
        Extension.Xclient({ attributes: ["NAME", "ADDR", "PROTO"] })
      )
      expect(one("ATRN example.org")).toEqual(Extension.Atrn({ domains: ["example.org"] }))
    })

    it("keeps what it does not know, and what does not follow its grammar, as Other", () => {
      expect(one("xfoo a B=c")).toEqual(
        Extension.Other({ keyword: "XFOO", parameters: ["a", "B=c"] })
      )
      expect(one("SIZE lots")).toEqual(Extension.Other({ keyword: "SIZE", parameters: ["lots"] }))
      expect(one("SIZE 1 2")).toEqual(Extension.Other({ keyword: "SIZE", parameters: ["1", "2"] }))
      expect(one("DELIVERBY -1")?._tag).toBe("Other")
      expect(one("FUTURERELEASE 86400")?._tag).toBe("Other")
      expect(one("FUTURERELEASE 86400 tomorrow")?._tag).toBe("Other")
      expect(one("MT-PRIORITY a b")?._tag).toBe("Other")
      expect(Capabilities.other(read("xfoo a"), "xFoo")).toEqual(Option.some(["a"]))
      expect(Capabilities.other(read("xfoo a"), "xbar")).toEqual(Option.none())
    })

    it("drops parameters where there are none to read", () => {
      expect(one("SMTPUTF8 draft")).toEqual(Extension.SmtpUtf8())
    })

    it("merges what is listed twice: joined lists, the smaller size, else the first", () => {
      expect(
        read(
          "SIZE 20",
          "DSN",
          "SIZE 10",
          "dsn",
          "XFOO a",
          "XFOO b",
          "SIZE",
          "DELIVERBY 5",
          "DELIVERBY 6"
        )
          .extensions
      ).toEqual([
        Extension.Size({ limit: Option.some(10) }),
        Extension.Dsn(),
        Extension.Other({ keyword: "XFOO", parameters: ["a", "b"] }),
        Extension.DeliverBy({ minimum: Option.some(5) })
      ])
    })

    it("passes over empty lines and white space", () => {
      expect(read("", "  DSN\t ", "SIZE  5").extensions).toEqual([
        Extension.Dsn(),
        Extension.Size({ limit: Option.some(5) })
      ])
    })

    it("reads an answer that carries enhanced status codes against the rule", () => {
      const reply = Reply.make({
        code: 250,
        enhanced: EnhancedStatus.make(2, 0, 0),
        text: "mx.example\nDSN"
      })
      expect(Capabilities.has(Capabilities.fromReply(reply), "Dsn")).toBe(true)
    })
  })

  describe("lookups", () => {
    it("has, get", () => {
      const capabilities = read("PIPELINING", "DELIVERBY 7")
      expect(Capabilities.has(capabilities, "Pipelining")).toBe(true)
      expect(Capabilities.has(capabilities, "StartTls")).toBe(false)
      expect(
        Option.flatMap(Capabilities.get(capabilities, "DeliverBy"), ({ minimum }) => minimum)
      ).toEqual(Option.some(7))
      expect(Capabilities.get(capabilities, "Auth")).toEqual(Option.none())
      expect(Capabilities.mechanisms(capabilities)).toEqual([])
    })

    it("none has nothing", () => {
      expect(Capabilities.none.extensions).toEqual([])
      expect(Capabilities.has(Capabilities.none, "StartTls")).toBe(false)
    })
  })

  describe("toReply", () => {
    it("prints the greeting and a line for each, without enhanced status", () => {
      const capabilities = Capabilities.make("mx.example", [
        Extension.Pipelining(),
        Extension.Size({ limit: Option.some(1000) })
      ])
      expect(Reply.print(Capabilities.toReply(capabilities))).toBe(
        "250-mx.example\r\n250-PIPELINING\r\n250 SIZE 1000\r\n"
      )
      expect(Reply.print(Capabilities.toReply(Capabilities.none))).toBe("250 \r\n")
    })
  })

  describe("laws", () => {
    const capabilities = FastCheck.tuple(
      FastCheck.constantFrom("mx.example", "[192.0.2.1] hello there"),
      FastCheck.array(extension, { maxLength: 12 })
    ).map(([greeting, extensions]) => Capabilities.make(greeting, extensions))

    it("fromReply(toReply(x)) = x", () => {
      FastCheck.assert(FastCheck.property(capabilities, (value) => {
        const back = Capabilities.fromReply(Capabilities.toReply(value))
        expect(back).toEqual(value)
        expect(Capabilities.Equivalence(back, value)).toBe(true)
      }))
    })

    it("is total, and what it read prints as it reads", () => {
      const lines = FastCheck.array(FastCheck.oneof(
        FastCheck.string({ maxLength: 30 }),
        FastCheck.tuple(
          FastCheck.constantFrom(...Object.values(Extension.keywords), "AUTH="),
          FastCheck.string({ maxLength: 20 })
        ).map(([keyword, rest]) => `${keyword} ${rest}`)
      ))
      FastCheck.assert(FastCheck.property(lines, (texts) => {
        const value = read(...texts)
        expect(Capabilities.fromReply(Capabilities.toReply(value))).toEqual(value)
      }))
    })
  })
})
