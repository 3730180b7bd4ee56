import * as Body from "@effect-smtp/client/Body"
import * as Domain from "@effect-smtp/wire/Domain"
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as MutableRef from "effect/MutableRef"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { dkimVerify } from "mailauth/lib/dkim/verify.js"
import * as Crypto from "node:crypto"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Dkim from "../src/Dkim.js"
import type { Unsignable } from "../src/DkimError.js"
import * as Signer from "../src/Signer.js"
import * as Reference from "./dkimReference.js"

const name = (text: string) => Either.getOrThrow(Domain.parse(text))

const pem = (key: Crypto.KeyObject) =>
  Redacted.make(key.export({ format: "pem", type: "pkcs8" }).toString())

const rsa = Crypto.generateKeyPairSync("rsa", { modulusLength: 2048 })

/** The Ed25519 key of RFC 8463 appendix A, as PKCS #8. */
const rfcPrivate = Crypto.createPrivateKey({
  key: Buffer.concat([
    Buffer.from("302e020100300506032b657004220420", "hex"),
    Buffer.from("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", "base64")
  ]),
  format: "der",
  type: "pkcs8"
})

const spki = (base64: string) =>
  Crypto.createPublicKey({ key: Buffer.from(base64, "base64"), format: "der", type: "spki" })

const rfcEd25519 = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
const rfcRsa = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR" +
  "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC" +
  "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3" +
  "Ip3G+2kryOTIKT+l/K4w3QIDAQAB"

const keys = {
  rsa: rsa.publicKey,
  brisbane: spki(
    Buffer.concat([
      Buffer.from("302a300506032b6570032100", "hex"),
      Buffer.from(rfcEd25519, "base64")
    ])
      .toString("base64")
  ),
  test: spki(rfcRsa)
}

const settings = (more: Partial<Signer.Settings> = {}): Signer.Settings => ({
  domain: name("football.example.com"),
  selector: name("rsa"),
  key: pem(rsa.privateKey),
  ...more
})

const ed25519 = (more: Partial<Signer.Settings> = {}) =>
  settings({ selector: name("brisbane"), key: pem(rfcPrivate), ...more })

/** The message of RFC 8463 appendix A.3. */
const dinner = [
  "From: Joe SixPack <joe@football.example.com>",
  "To: Suzie Q <suzie@shopping.example.net>",
  "Subject: Is dinner ready?",
  "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)",
  "Message-ID: <20030712040037.46341.5F8J@football.example.com>",
  "",
  "Hi.",
  "",
  "We lost the game.  Are you hungry yet?",
  "",
  "Joe.",
  ""
].join("\r\n")

const rfcSigned = [
  "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;",
  " d=football.example.com; i=@football.example.com;",
  " q=dns/txt; s=brisbane; t=1528637909; h=from : to :",
  " subject : date : message-id : from : subject : date;",
  " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;",
  " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus",
  " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==",
  "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;",
  " d=football.example.com; i=@football.example.com;",
  " q=dns/txt; s=test; t=1528637909; h=from : to : subject :",
  " date : message-id : from : subject : date;",
  " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;",
  " b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3",
  " DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz",
  " dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=",
  dinner
].join("\r\n")

const utf8 = (text: string) => new TextEncoder().encode(text)

const gather = <E>(stream: Stream.Stream<Uint8Array, E>) =>
  Effect.map(
    Stream.runCollect(stream),
    (chunks): Uint8Array => Buffer.concat(Array.from(chunks))
  )

const bytesOf = (body: Body.Body) =>
  body._tag === "Bytes" ? Effect.succeed(body.bytes) : gather(body.stream)

/** The octets of the body after signing. */
const signed = (body: Body.Body, ...all: readonly [Signer.Settings, ...Array<Signer.Settings>]) =>
  Effect.gen(function*() {
    const [first, ...rest] = yield* Effect.all([
      Signer.make(all[0]),
      ...all.slice(1).map(Signer.make)
    ])
    return yield* bytesOf(yield* Dkim.sign(body, [first, ...rest]))
  })

const holds = (message: Uint8Array) => {
  const verdicts = Reference.verify(message, keys)
  return verdicts.length > 0 && verdicts.every(({ body, header }) => body && header)
}

const tagsOf = (message: Uint8Array): Record<string, string> =>
  Object.fromEntries(Reference.verify(message, keys)[0].tags)

describe("the verifier of these tests", () => {
  it("believes the signatures of RFC 8463, and no others", () => {
    expect(Reference.verify(utf8(rfcSigned), keys)).toHaveLength(2)
    expect(holds(utf8(rfcSigned))).toBe(true)
    expect(holds(utf8(rfcSigned.replace("hungry", "angry")))).toBe(false)
    expect(holds(utf8(rfcSigned.replace("dinner", "supper")))).toBe(false)
  })
})

describe("Dkim", () => {
  describe("sign", () => {
    it.effect("X7: signs with RSA and Ed25519 at once, each good without the other", () =>
      Effect.gen(function*() {
        const message = yield* signed(Body.fromString(dinner), settings(), ed25519())
        const verdicts = Reference.verify(message, keys)
        expect(verdicts.map(({ tags }) => tags.get("a"))).toEqual(["rsa-sha256", "ed25519-sha256"])
        expect(holds(message)).toBe(true)
        expect(verdicts[0].tags.get("bh")).toBe("2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=")
      }))

    it.effect("is believed by mailauth, which asks the DNS for the key", () =>
      Effect.gen(function*() {
        const message = yield* signed(Body.fromString(dinner), ed25519())
        const asked: Array<string> = []
        const { results } = yield* Effect.promise(() =>
          dkimVerify(Buffer.from(message), {
            resolver: (record: string) => {
              asked.push(record)
              return Promise.resolve([[`v=DKIM1; k=ed25519; p=${rfcEd25519}`]])
            }
          })
        )
        expect(asked).toEqual(["brisbane._domainkey.football.example.com"])
        expect(results.map(({ status }) => status.result)).toEqual(["pass"])
        expect(results[0].status.aligned).toBe("football.example.com")
      }))

    it.effect("leaves the message as it is, behind the signature", () =>
      Effect.gen(function*() {
        const message = Buffer.from(yield* signed(Body.fromString(dinner), settings())).toString()
        expect(message.startsWith("DKIM-Signature: v=1; ")).toBe(true)
        expect(message.endsWith(`\r\n${dinner}`)).toBe(true)
        const own = message.slice(0, -dinner.length)
        expect(own.split("\r\n").every((line) => line.length <= 78)).toBe(true)
      }))

    it.effect("Z6: signs with the canonicalization, selector and fields that were chosen", () =>
      Effect.gen(function*() {
        for (const header of ["relaxed", "simple"] as const) {
          for (const body of ["relaxed", "simple"] as const) {
            const message = yield* signed(
              Body.fromString(dinner),
              ed25519({ header, body, fields: ["Subject"], sealed: [] })
            )
            expect(holds(message)).toBe(true)
            expect(tagsOf(message)).toMatchObject({
              c: `${header}/${body}`,
              d: "football.example.com",
              s: "brisbane",
              h: "Subject: From: from"
            })
          }
        }
      }))

    it.effect("signs what leaves: CR LF for every line end, and one in the end", () =>
      Effect.gen(function*() {
        for (const text of ["From: a@b.example\n\none\rtwo\n.\nend", "From: a@b.example\r"]) {
          for (const body of ["relaxed", "simple"] as const) {
            const message = yield* signed(
              Body.fromString(text),
              ed25519({ body, header: "simple" })
            )
            expect(holds(message)).toBe(true)
            expect(/[^\r]\n|\r[^\n]|[^\n]$/.test(Buffer.from(message).toString())).toBe(false)
          }
        }
      }))

    it.effect("keeps what is known of the header", () =>
      Effect.gen(function*() {
        const signer = yield* Signer.make(settings())
        for (const utf8Header of [true, false]) {
          const bytes = yield* Dkim.sign(Body.fromBytes(utf8(dinner), { utf8Header }), [signer])
          const stream = Body.fromStream(Stream.make(utf8(dinner)), { utf8Header })
          expect(bytes.utf8Header).toBe(utf8Header)
          expect((yield* Dkim.sign(stream, [signer])).utf8Header).toBe(utf8Header)
        }
      }))

    it.effect("never names a length", () =>
      Effect.map(signed(Body.fromString(dinner), settings()), (message) => {
        expect(Object.keys(tagsOf(message)).sort())
          .toEqual(["a", "b", "bh", "c", "d", "h", "q", "s", "t", "v"])
      }))
  })

  describe("sealed fields", () => {
    it.effect("cannot be added, nor doubled", () =>
      Effect.gen(function*() {
        const message = Buffer.from(yield* signed(Body.fromString(dinner), settings())).toString()
        expect(holds(utf8(message))).toBe(true)
        for (
          const field of ["From: eve@evil.example", "Subject: Pay now", "Cc: all@evil.example"]
        ) {
          expect(holds(utf8(`${field}\r\n${message}`))).toBe(false)
          expect(holds(utf8(message.replace("\r\n\r\n", `\r\n${field}\r\n\r\n`)))).toBe(false)
        }
        expect(holds(utf8(`Received: from a.example\r\n${message}`))).toBe(true)
      }))

    it.effect("always have From among them", () =>
      Effect.gen(function*() {
        const message = yield* signed(Body.fromString(dinner), settings({ fields: [], sealed: [] }))
        expect(tagsOf(message).h).toBe("From: from")
        expect(holds(message)).toBe(true)
        expect(holds(Buffer.concat([utf8("From: e@evil.example\r\n"), message]))).toBe(false)
      }))
  })

  describe("time", () => {
    const at = (seconds: number) => DateTime.unsafeMake(seconds * 1000)

    it.effect("is the Clock's, and the expiry counts from it", () =>
      Effect.gen(function*() {
        yield* TestClock.setTime(1_528_637_909_700)
        const message = yield* signed(Body.fromString(dinner), settings({ expiry: "7 days" }))
        expect(tagsOf(message)).toMatchObject({ t: "1528637909", x: "1529242709" })
        expect(holds(message)).toBe(true)
      }))

    it.effect("is the caller's, if there is one", () =>
      Effect.gen(function*() {
        const signer = yield* Signer.make(ed25519())
        const body = yield* Dkim.sign(Body.fromString(dinner), [signer], {
          time: at(1_528_637_909)
        })
        expect(tagsOf(yield* bytesOf(body)).t).toBe("1528637909")
      }))

    it.effect("is never none", () =>
      Effect.map(signed(Body.fromString(dinner), settings()), (message) => {
        expect(tagsOf(message).t).toBe("1")
      }))
  })

  describe("a stream", () => {
    const bytes = utf8(dinner.replaceAll("\r\n", "\n"))

    it.effect("is run once to be signed and once for each attempt, which are all alike", () =>
      Effect.gen(function*() {
        const runs = MutableRef.make(0)
        const stream = Stream.suspend(() => {
          MutableRef.increment(runs)
          return Stream.make(bytes.subarray(0, 30), bytes.subarray(30))
        })
        const signer = yield* Signer.make(settings())
        const body = yield* Dkim.sign(Body.fromStream(stream), [signer])
        expect(runs.current).toBe(1)
        const first = yield* bytesOf(body)
        yield* TestClock.adjust("1 day")
        const second = yield* bytesOf(body)
        expect(runs.current).toBe(3)
        expect(holds(first)).toBe(true)
        expect(Buffer.compare(first, second)).toBe(0)
      }))

    it.effect("I14: has a size then, and it is known whether it needs 8BITMIME", () =>
      Effect.gen(function*() {
        const signer = yield* Signer.make(settings())
        for (const [text, eightBit] of [[dinner, false], [`${dinner}é\n`, true]] as const) {
          const body = yield* Dkim.sign(Body.fromStream(Stream.make(utf8(text))), [signer])
          const { size, ...facts } = Body.facts(body)
          expect(size).toEqual(Body.facts(Body.fromBytes(yield* bytesOf(body))).size)
          expect(facts.eightBit).toBe(eightBit)
        }
      }))

    it.effect("I12: may be cut anywhere", () =>
      Effect.gen(function*() {
        const signer = yield* Signer.make(ed25519({ header: "simple" }))
        const text = utf8(
          "From: a@b.example\r\nSubject:  é\r\n\tà\r\n\r\n a \t b \r\n\n\r\r\n.\r\n \r\n\r\n"
        )
        const whole = yield* bytesOf(yield* Dkim.sign(Body.fromBytes(text), [signer]))
        expect(holds(whole)).toBe(true)
        for (const size of [1, 2, 3, 7]) {
          const pieces = Array.from(
            { length: Math.ceil(text.length / size) },
            (_, index) => text.subarray(index * size, (index + 1) * size)
          )
          const body = yield* Dkim.sign(Body.fromStream(Stream.fromIterable(pieces)), [signer])
          expect(Buffer.compare(yield* bytesOf(body), whole)).toBe(0)
        }
      }))

    it.live("leaves memory flat, one long line apart", () =>
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
        const line = utf8(`${"x y".repeat(25)}\r\n`)
        const signer = yield* Signer.make(settings())
        yield* Dkim.sign(Body.fromString(dinner), [signer])
        const before = held()
        const most = MutableRef.make(0)
        const block = (index: number) => {
          if (index % 1024 === 0) most.current = Math.max(most.current, held())
          return new Uint8Array(Buffer.alloc(64 * line.length, line))
        }
        const head = Stream.make(utf8("From: a@b.example\r\n\r\n"))
        const stream = Stream.concat(
          head,
          Stream.map(Stream.range(1, Math.ceil(64 * mebi / (64 * line.length)), 1), block)
        )
        const body = yield* Dkim.sign(Body.fromStream(stream), [signer])
        expect(body._tag === "Streamed" && body.size).toMatchObject({ _tag: "Some" })
        expect(most.current).toBeGreaterThan(before / 2)
        expect(most.current - before).toBeLessThan(16 * mebi)
      }))

    it.live("takes a line of 16 MiB and a million empty lines in linear time", () =>
      Effect.gen(function*() {
        const signer = yield* Signer.make(ed25519())
        const piece = new Uint8Array(16 * 1024).fill(0x78)
        const empty = utf8("\r\n".repeat(1000))
        const stream = Stream.make(utf8("From: a@b.example\r\n\r\n")).pipe(
          Stream.concat(Stream.map(Stream.range(1, 1024, 1), () => piece)),
          Stream.concat(Stream.map(Stream.range(1, 1000, 1), () => empty))
        )
        const began = performance.now()
        yield* Dkim.sign(Body.fromStream(stream), [signer])
        expect(performance.now() - began).toBeLessThan(5000)
      }))
  })

  describe("a message that cannot be signed", () => {
    const refused = (body: Body.Body): Effect.Effect<Unsignable["reason"] | "Signed", unknown> =>
      Effect.flatMap(Signer.make(ed25519()), (signer) =>
        Dkim.sign(body, [signer]).pipe(
          Effect.as("Signed" as const),
          Effect.catchTag("Unsignable", ({ reason }) => Effect.succeed(reason))
        ))

    it.effect("X20: is a typed error, and never passed on unsigned", () =>
      Effect.gen(function*() {
        expect(yield* refused(Body.fromString("Subject: none\r\n\r\nFrom: me\r\n"))).toBe("NoFrom")
        expect(yield* refused(Body.fromString(`From: b@b.example\r\n${dinner}`))).toBe(
          "SeveralFrom"
        )
        expect(yield* refused(Body.fromString(""))).toBe("NoFrom")
        expect(yield* refused(Body.fromBytes(utf8(dinner), { binary: true }))).toBe("Binary")
        expect(yield* refused(Body.fromStream(Stream.fail("no disk")))).toBe("Unreadable")
        expect(yield* refused(Body.fromString(`X: ${"x".repeat(1024 * 1024)}\r\n${dinner}`)))
          .toBe("HeaderTooLong")
        expect(yield* refused(Body.fromString(dinner))).toBe("Signed")
      }))

    it.effect("I13: is none with a header line that is no field", () =>
      Effect.gen(function*() {
        const message = yield* signed(
          Body.fromString(
            `From eve Fri Jul 11\r\n${dinner.replace("Date", "what is this?\r\nDate")}`
          ),
          ed25519()
        )
        expect(holds(message)).toBe(true)
      }))
  })

  describe("any message", () => {
    const line = FastCheck.string({ unit: "grapheme", maxLength: 30 }).map((text) =>
      text.replace(/[\r\n]/g, " ")
    )
    const field = FastCheck.tuple(
      FastCheck.constantFrom("Subject", "SUBJECT ", "To", "X-Other", "cc", "List-Id"),
      FastCheck.array(line, { minLength: 1, maxLength: 3 })
    ).map(([key, lines]) => `${key}:${lines.join("\r\n ")}`)
    const white = FastCheck.constantFrom(" ", "\t", "\r\n", "\n", "\r", ".", "x", "\u00a0", "\v")
    const content = FastCheck.oneof(
      FastCheck.array(line).map((lines) => lines.join("\r\n")),
      FastCheck.array(white, { maxLength: 30 }).map((pieces) => pieces.join(""))
    )
    const form = FastCheck.constantFrom("relaxed" as const, "simple" as const)

    it.effect.prop(
      "verifies: N10, with any character in any field",
      [FastCheck.array(field, { maxLength: 6 }), content, form, form],
      ([fields, text, header, body]) =>
        Effect.gen(function*() {
          const lines = ["From: a@b.example", ...fields, "", text]
          const message = yield* signed(
            Body.fromString(lines.join("\r\n")),
            ed25519({ header, body })
          )
          expect(holds(message)).toBe(true)
        }),
      { fastCheck: { numRuns: 300 } }
    )
  })
})
