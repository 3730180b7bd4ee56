import * as DateTime from "@effect-smtp/wire/DateTime"
import * as Domain from "@effect-smtp/wire/Domain"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import type * as Mailbox from "@effect-smtp/wire/Mailbox"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Facts from "../src/Facts.js"
import * as Host from "../src/Host.js"
import * as Protocol from "../src/Protocol.js"
import * as Received from "../src/Received.js"
import * as TlsFacts from "../src/TlsFacts.js"
import { entries } from "./corpus/all.js"
import * as Entry from "./corpus/entry.js"

const read = (text: string) => Either.getOrThrow(Received.parse(text))
const facts = (text: string) => Facts.fromReceived(read(text))
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const domain = (name: string) => Either.getOrThrow(Domain.parse(name))
const noon = DateTime.utc(Date.UTC(2026, 10, 20, 12))

/** Pieces of fields, and what is not supposed to be in one. */
const piece = FastCheck.oneof(
  FastCheck.constantFrom(
    ..."from by via with id for tls envelope-from FROM By".split(" "),
    ...["client.example", "[192.0.2.1]", "192.0.2.1", "unknown", "<a@b.example>", "<>", "\"a b\""],
    ..."( ) (( )) \\ \" ; , < > = : . @ [ ] \\( \\) \\\" \\\\".split(" "),
    ...["(x [192.0.2.1])", "(helo=x)", "(a (b) c)", "\r\n", "\r\n\t", "  ", "\t", "\n", "\r", "\0"],
    ...["using TLSv1.3 with cipher X", "envelope-from <a@b>", "AUTH: PLAIN", "account", "HELO"],
    ...["Fri, 20 Nov 2026 10:00:00 +0100", "; 20 Nov 26 10:00 EST", "2026-11-20T10:00:00Z"],
    ...["20", "Nov", "2026", "10:00:00", "+0100", "(CET)", "Fri,"],
    ...["\u202e", "\u009b", "\ud800", "\u2028", "ü", "漢", "😀", "\u200d"]
  ),
  FastCheck.string({ maxLength: 6 }),
  FastCheck.fullUnicodeString({ maxLength: 4 })
)

const anything = FastCheck.array(
  FastCheck.tuple(piece, FastCheck.constantFrom("", " ", " ")),
  { maxLength: 24 }
).map((all) => all.map((pair) => pair.join("")).join(""))

const label = FastCheck.constantFrom("client", "mx1", "a-b", "by", "x")
const name = FastCheck.array(label, { minLength: 1, maxLength: 3 })
  .map((labels) => [...labels, "example"].join("."))
const address = FastCheck.constantFrom("192.0.2.1", "2001:db8::1", "127.0.0.1")
const mailbox = FastCheck.constantFrom("a@b.example", "\"a b\"@c.example", "a.b+c@[192.0.2.1]")
const option = <A>(arbitrary: FastCheck.Arbitrary<A>) =>
  FastCheck.option(arbitrary).map((value) => Option.fromNullable(value))

const host = FastCheck.record({
  name: name.map(Option.some),
  reverse: option(name),
  address: option(address)
})

/** What a well-behaved mailer says. */
const said: FastCheck.Arbitrary<Required<Received.Parts>> = FastCheck.record({
  from: option(host),
  by: option(host),
  via: option(FastCheck.constantFrom("TCP", "Frontend Transport")),
  with: option(FastCheck.constantFrom("ESMTPSA", "LMTP", "Microsoft SMTP Server", "HTTP"))
    .map(Option.map(Protocol.fromText)),
  tls: option(FastCheck.record({
    version: option(FastCheck.constant("TLSv1.3")),
    cipher: FastCheck.constant(Option.some("TLS_AES_256_GCM_SHA384")),
    bits: option(FastCheck.constantFrom(128, 256))
  })),
  id: option(FastCheck.constantFrom("4FqK1z", "<1@mx.example>", "12/34-56", "by", "a b")),
  for: FastCheck.array(mailbox, { maxLength: 2 }),
  sender: option(FastCheck.constantFrom("", "a@b.example")),
  date: option(FastCheck.integer({ min: 0, max: 4e12 }).map((_) => DateTime.make(_, 90))),
  notes: FastCheck.constantFrom([], ["Postfix"])
}).filter(({ by, from, notes }) =>
  notes.length === 0 || Option.isSome(Option.orElse(from, () => by))
)

/** Texts that want to be somewhere else than where they are put. */
const evil = FastCheck.oneof(
  FastCheck.constantFrom(
    "x\r\nBcc: eve@example.org",
    "x\nX: y",
    "x) by evil.example (",
    "x; Fri, 20 Nov 2026 10:00:00 +0000",
    "\"; \"",
    "by",
    "(((",
    ")))",
    "\\",
    "a\\)b",
    "",
    " "
  ),
  anything
)

const evilParts: FastCheck.Arbitrary<Received.Parts> = FastCheck.record({
  from: option(FastCheck.record({
    name: option(evil),
    reverse: option(evil),
    address: option(evil)
  })),
  by: option(evil.map(Host.named)),
  via: option(evil),
  with: option(evil.map(Protocol.fromText)),
  tls: option(evil.map((cipher) => ({ ...TlsFacts.some, cipher: Option.some(cipher) }))),
  id: option(evil),
  for: FastCheck.array(evil, { maxLength: 2 }),
  sender: option(evil),
  date: FastCheck.constant(Option.some(noon)),
  notes: FastCheck.array(evil, { maxLength: 2 })
})

/** The lines of a field, as a reader of the header sees them. */
const lines = (received: Received.Received) => text(Received.encode(received)).split("\r\n")

describe("Received", () => {
  describe("parse", () => {
    it("V1: models names, addresses, link, protocol, id, recipients and date", () => {
      const all = facts(
        "from a.example (b.example [192.0.2.1]) by c.example ([192.0.2.2]) via TCP with ESMTP " +
          "id 1 for <d@e.example>; Fri, 20 Nov 2026 12:00:00 +0000"
      )
      expect(all).toEqual({
        from: Option.some({
          name: Option.some("a.example"),
          reverse: Option.some("b.example"),
          address: Option.some("192.0.2.1")
        }),
        by: Option.some({
          name: Option.some("c.example"),
          reverse: Option.none(),
          address: Option.some("192.0.2.2")
        }),
        via: Option.some("TCP"),
        with: Option.some(Protocol.known("ESMTP")),
        tls: Option.none(),
        id: Option.some("1"),
        for: ["d@e.example"],
        sender: Option.none(),
        user: Option.none(),
        date: Option.some(noon),
        notes: [],
        rest: []
      })
    })

    it("V4: reads one field, with its name or without", () => {
      const field = "from a.example by b.example; Fri, 20 Nov 2026 12:00:00 +0000"
      expect(read(`Received: ${field}\r\n`)).toEqual(read(field))
      expect(read(`received :${field}`)).toEqual(read(field))
    })

    it("V5: wants neither a semicolon nor brackets behind for", () => {
      const all = facts("by mx.example for a@b.example Fri, 20 Nov 2026 12:00:00 +0000")
      expect(all.for).toEqual(["a@b.example"])
      expect(all.date).toEqual(Option.some(noon))
    })

    it("V6: keeps the parts and their text for whoever wants other than the facts", () => {
      const received = read(
        "(x) from a.example\r\n\t(b) BY c.example; 20 Nov 2026 12:00 +0000 (UTC)"
      )
      expect(received).toEqual({
        opening: { words: [], comments: ["x"] },
        clauses: [
          { keyword: "from", words: ["a.example"], comments: ["b"] },
          { keyword: "by", words: ["c.example"], comments: [] }
        ],
        date: Option.some(noon),
        closing: ["UTC"]
      })
    })

    it("V10: says why a text is no such field", () => {
      for (const nothing of ["", "  ", "hello, world", "(a comment)", "; ;", "Received:"]) {
        expect(Either.flip(Received.parse(nothing)).pipe(Either.getOrThrow).reason).toBe("Nothing")
      }
      const long = Either.flip(Received.parse(`by a${" ".repeat(Received.limits.field)}`))
      expect(Either.getOrThrow(long)).toMatchObject({ reason: "TooLong" })
      expect(Either.getOrThrow(long).message).toContain(String(Received.limits.field))
    })

    it("V11: reads TLS, the sender, and several recipients", () => {
      const all = facts(
        "from a.example by b.example with ESMTPS (version=TLSv1.3 cipher=X bits=256) " +
          "(envelope-from <>) for <c@d.example> <e@f.example>; Fri, 20 Nov 2026 12:00:00 +0000"
      )
      expect(all.tls).toEqual(Option.some({
        version: Option.some("TLSv1.3"),
        cipher: Option.some("X"),
        bits: Option.some(256)
      }))
      expect(all.sender).toEqual(Option.some(""))
      expect(all.for).toEqual(["c@d.example", "e@f.example"])
    })

    it.prop("V10: loses no word of any field", [anything], ([field]) => {
      const received = Received.parse(`by x.example ${field}`)
      const kept = Either.match(received, { onLeft: () => "", onRight: Received.print })
        .toLowerCase()
      // Dates are written anew.
      const words = field.replace(/[0-9:+T]{2,}|Fri|Nov/g, " ").match(/[a-zA-Z0-9]{3,}/g) ?? []
      expect(words.filter((word) => !kept.includes(word.toLowerCase()))).toEqual([])
    })
  })

  describe("print", () => {
    it("V3: folds at 78 columns, with the name of the field or without", () => {
      const received = read(Entry.text(entries[3] ?? { title: "", lines: [], expect: {} }))
      expect(Received.print(received)).toBe([
        "from client.example (host.example.com [192.0.2.1])",
        "\t(using TLSv1.2 with cipher ECDHE-RSA-AES128-GCM-SHA256 (128/128 bits))",
        "\t(Client CN \"client.example\", Issuer \"Example CA (R3)\" (verified OK))",
        "\tby mx.example.org (Postfix) with ESMTPS id 9D2C81000BB;",
        "\tFri, 20 Nov 2026 10:00:00 -0500 (EST)"
      ].join("\r\n"))
      expect(text(Received.encode(received))).toBe(`Received: ${Received.print(received)}\r\n`)
    })

    it("V3: has a longer line only where a word is longer", () => {
      for (const entry of entries) {
        for (const line of lines(read(Entry.text(entry)))) {
          const columns = line.replace("\t", " ".repeat(8)).length
          expect([line, columns <= 78 || /^(?:Received: |\t)\S+$/.test(line)]).toEqual([line, true])
        }
      }
    })

    it.prop(
      "reads as the same, whatever was read before",
      [anything],
      ([field]) => {
        const received = Received.parse(field)
        if (Either.isRight(received)) {
          expect(read(Received.print(received.right))).toEqual(received.right)
        }
      },
      { fastCheck: { numRuns: 3000 } }
    )

    it.prop(
      "begins no line with anything but a tab, and holds no control",
      [anything],
      ([field]) => {
        const [first, ...more] = lines(read(`by x.example ${field}`))
        expect(first?.startsWith("Received: ")).toBe(true)
        expect(more.pop()).toBe("")
        for (const line of more) expect(line).toMatch(/^\t\S/)
        for (const line of [first, ...more]) expect(line?.slice(1)).not.toMatch(/\p{Cc}|\p{Cs}/u)
      }
    )
  })

  describe("make", () => {
    it("V2: builds a field from its parts", () => {
      const received = Received.make({
        from: Option.some({
          name: Option.some("client.example"),
          reverse: Option.some("host.example"),
          address: Option.some("2001:db8::1")
        }),
        by: Option.some(Host.named("mx.example")),
        via: Option.some("TCP"),
        with: Option.some(Protocol.known("ESMTP", { secure: true })),
        id: Option.some("<1@mx.example>"),
        for: ["bob@mx.example"],
        date: Option.some(DateTime.make(noon.millis, -480))
      })
      expect(Received.print(received)).toBe([
        "from client.example (host.example [IPv6:2001:db8::1]) by mx.example",
        "\tvia TCP with ESMTPS id <1@mx.example> for <bob@mx.example>;",
        "\tFri, 20 Nov 2026 04:00:00 -0800"
      ].join("\r\n"))
    })

    it.prop("V2: says what it was given", [said], ([parts]) => {
      const received = Received.make(parts)
      const hasClause = received.clauses.length > 0 || Option.isSome(received.date)
      expect(Facts.fromReceived(received)).toEqual({ ...parts, user: Option.none(), rest: [] })
      if (hasClause) expect(read(Received.print(received))).toEqual(received)
    })

    it.prop(
      "N10: lets nothing out of its place",
      [evilParts],
      ([parts]) => {
        const received = Received.make(parts)
        const again = read(Received.print(received))
        expect(again).toEqual(received)
        const [first, ...more] = lines(again)
        expect(first?.startsWith("Received: ")).toBe(true)
        for (const line of more.slice(0, -1)) expect(line.startsWith("\t")).toBe(true)
        expect(again.date).toEqual(Option.some(noon))
      },
      { fastCheck: { numRuns: 1000 } }
    )
  })

  describe("stamp", () => {
    const client: Received.Client = {
      peer: { remote: { _tag: "Tcp", host: "192.0.2.1" }, tls: Option.none() },
      name: Option.some(domain("client.example")),
      protocol: "ESMTP",
      identity: Option.none()
    }
    const to = (address: string) => ({ path: Either.getOrThrow(ForwardPath.parse(address)) })
    const envelope: Received.Envelope = {
      parameters: { smtpUtf8: false },
      recipients: [to("<bob@mx.example>")]
    }
    const options: Received.StampOptions = { by: domain("mx.example"), date: noon, id: "4FqK1z" }
    const tls = Option.some({ version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" })
    const stamped = (
      mine: Partial<Received.Client> = {},
      its: Partial<Received.Envelope> = {},
      more: Partial<Received.StampOptions> = {}
    ) => Received.stamp({ ...client, ...mine }, { ...envelope, ...its }, { ...options, ...more })

    it("says who brought the message, to whom, and when", () => {
      expect(Received.print(stamped())).toBe([
        "from client.example ([192.0.2.1]) by mx.example with ESMTP id 4FqK1z",
        "\tfor <bob@mx.example>; Fri, 20 Nov 2026 12:00:00 +0000"
      ].join("\r\n"))
      const secure = stamped(
        { peer: { ...client.peer, tls } },
        {},
        { reverse: domain("host.example") }
      )
      expect(Received.print(secure)).toBe([
        "from client.example (host.example [192.0.2.1]) by mx.example",
        "\twith ESMTPS (version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384) id 4FqK1z",
        "\tfor <bob@mx.example>; Fri, 20 Nov 2026 12:00:00 +0000"
      ].join("\r\n"))
    })

    it("V8: names the protocol by what the session is", () => {
      const names = ([["SMTP"], ["ESMTP"], ["LMTP"]] as const).flatMap(([protocol]) =>
        [false, true].flatMap((smtpUtf8) =>
          [Option.none(), tls].flatMap((secure) =>
            [Option.none(), Option.some("alice")].map((identity) => {
              const received = stamped(
                { protocol, identity, peer: { ...client.peer, tls: secure } },
                { parameters: { smtpUtf8 } }
              )
              return Option.match(Facts.fromReceived(received).with, {
                onNone: () => "",
                onSome: Protocol.print
              })
            })
          )
        )
      )
      expect(names.join(" ")).toBe([
        "SMTP SMTP SMTP SMTP SMTP SMTP SMTP SMTP",
        "ESMTP ESMTPA ESMTPS ESMTPSA UTF8SMTP UTF8SMTPA UTF8SMTPS UTF8SMTPSA",
        "LMTP LMTPA LMTPS LMTPSA UTF8LMTP UTF8LMTPA UTF8LMTPS UTF8LMTPSA"
      ].join(" "))
    })

    it("tells one recipient, and none of several", () => {
      const others = [to("<bob@mx.example>"), to("<carol@mx.example>")]
      expect(Facts.fromReceived(stamped({}, { recipients: others })).for).toEqual([])
      expect(Facts.fromReceived(stamped({}, { recipients: [to("<Postmaster>")] })).for)
        .toEqual(["Postmaster"])
    })

    it("makes do with what there is of a client", () => {
      const from = (mine: Partial<Received.Client>) =>
        Received.print(stamped(mine)).split(" by ")[0]
      const unix = { remote: { _tag: "Unix" }, tls: Option.none() } as const
      const tcp = (host: string) => ({ remote: { _tag: "Tcp", host }, tls: Option.none() } as const)
      expect(from({ peer: unix })).toBe("from client.example")
      expect(from({ peer: unix, name: Option.none() })).toBe("from unknown")
      expect(from({ name: Option.none() })).toBe("from [192.0.2.1] ([192.0.2.1])")
      expect(from({ peer: tcp("2001:db8::1") })).toBe("from client.example ([IPv6:2001:db8::1])")
      expect(from({ peer: tcp("::ffff:192.0.2.1") })).toBe("from client.example ([192.0.2.1])")
      expect(from({ peer: tcp("a.memory") })).toBe("from client.example (a.memory)")
    })

    it("is ASCII where SMTPUTF8 was not asked for", () => {
      const name = Option.some(Either.getOrThrow(Domain.name(["bücher", "example"], {
        leniency: "strict",
        utf8: true
      })))
      expect(Received.print(stamped({ name }))).toContain("from xn--bcher-kva.example")
      expect(Received.print(stamped({ name }, { parameters: { smtpUtf8: true } })))
        .toContain("from bücher.example")
      expect(Received.print(stamped({}, {}, { id: "naïve" }))).toContain("id na?ve")
    })

    it.prop(
      "N10: nothing that a client says gets out of its place",
      [FastCheck.array(evil, { minLength: 1, maxLength: 3 }), evil, FastCheck.boolean()],
      ([labels, local, smtpUtf8]) => {
        // Values that no parser makes.
        const [first = "", ...more] = labels
        const name = { _tag: "Name", labels: [first, ...more] } as const
        const mailbox: Mailbox.Mailbox = { local, domain: name }
        const received = stamped(
          { name: Option.some(name) },
          { recipients: [{ path: ForwardPath.fromMailbox(mailbox) }], parameters: { smtpUtf8 } }
        )
        expect(read(Received.print(received))).toEqual(received)
        expect(received.clauses.map(({ keyword }) => keyword))
          .toEqual(["from", "by", "with", "id", "for"])
        for (const line of lines(received).slice(1, -1)) expect(line.startsWith("\t")).toBe(true)
      }
    )
  })

  describe("equality", () => {
    it("V9: two fields that say the same are equal, with an id or without", () => {
      const field = "from a.example by b.example; Fri, 20 Nov 2026 12:00:00 +0000"
      expect(Received.Equivalence(read(field), read(field.replace(" by", "\r\n\tby")))).toBe(true)
      expect(Received.Equivalence(read(field), read(field.replace("b.ex", "c.ex")))).toBe(false)
      const [one, two] = ["1", "2"].map((id) => read(field.replace(";", ` id ${id};`)))
      expect(one && two && Received.Equivalence(one, two)).toBe(false)
    })

    it("V6: fields are in order by their dates", () => {
      const all = ["12:00:01", "12:00:00", "11:59:59"].map((time) =>
        read(`by b.example id ${time}; Fri, 20 Nov 2026 ${time} +0000`)
      )
      const undated = read("by b.example")
      const sorted = [...all, undated].sort(Received.Order)
      expect(sorted).toEqual([undated, ...all.reverse()])
    })
  })

  describe("a hostile field", () => {
    const whole = (unit: string, size = Received.limits.field - 100) =>
      unit.repeat(Math.floor(size / unit.length))

    /** The work of reading, printing and understanding it, as often as it takes to be measurable. */
    const millis = (field: string): number => {
      const start = performance.now()
      const received = read(`by x ${field}`)
      Facts.fromReceived(received)
      Received.print(received)
      return performance.now() - start
    }

    const units = [
      "(",
      ")",
      "()",
      "(a",
      "\"",
      "\\",
      "\"\\",
      "<",
      "<\"",
      ";",
      ",",
      ", ",
      "a ",
      "by ",
      "[",
      "a@",
      "=",
      "(\"",
      "(a) ",
      "1 Jan ",
      "\r\n ",
      "helo=",
      "HELO ",
      "-",
      "a.",
      "TLS:",
      " <a@b>,"
    ]

    it("N11: of 1 MB is read", () => {
      for (const unit of ["(", "\"\\", "a ", "by ", ";", "1 Jan "]) {
        expect(read(`by x ${whole(unit)}`).clauses.length).toBeGreaterThan(0)
      }
    })

    it("N11: of 1 MB may be as deep as it likes", () => {
      const half = Received.limits.field / 2 - 100
      const received = read(`by x ${whole("(", half)}${whole(")", half)}`)
      expect(received.clauses[0]?.comments.map(({ length }) => length)).toEqual([2 * half - 2])
      expect(Facts.fromReceived(received).notes.length).toBe(1)
    })

    it("N11: of 32 times the size takes about 32 times as long, not 1000 times", () => {
      // The best of some runs: whatever else the machine does only ever adds to one.
      const best = (field: string) => Math.min(...[0, 1, 2].map(() => millis(field)))
      for (const unit of units) {
        for (const wrap of [(inner: string) => inner, (inner: string) => `from (${inner}) by y`]) {
          const before = Math.max(best(wrap(whole(unit, 2_000))), 2)
          expect([unit, best(wrap(whole(unit, 64_000))) < before * 32 * 8]).toEqual([unit, true])
        }
      }
    })
  })
})
