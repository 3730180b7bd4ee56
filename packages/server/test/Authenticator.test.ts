import * as Endpoint from "@effect-smtp/flow/Endpoint"
import { Nonce } from "@effect-smtp/protocol/Nonce"
import * as ScramKeys from "@effect-smtp/sasl/ScramKeys"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Authenticator from "../src/Authenticator.js"
import type { ClientInfo } from "../src/ClientInfo.js"
import * as Policy from "../src/Policy.js"
import * as Told from "../src/Told.js"
import * as Trust from "../src/Trust.js"
import * as Verdict from "../src/Verdict.js"
import type { Setup } from "./talk.js"
import { bytes, goodbye, greeted, open, readAll, say, shout, talk, text } from "./talk.js"

const passwords = new Map([
  ["alice", Redacted.make("sesame")],
  ["bob", Redacted.make("sesame")],
  ["zoë", Redacted.make("pässwörd")],
  ["nobody", Redacted.make("")]
])
const exposed: Policy.Policy = { ...Policy.clearText, clearTextPasswords: "ExposedToEveryone" }

/** Users and nothing else, and no waiting. */
const authenticator: Authenticator.Shape = {
  ...Effect.runSync(Authenticator.fromPasswords(passwords)),
  failureDelay: 0
}
const setup: Setup = { policy: exposed, authenticator }

const scram: Authenticator.Scram = Option.getOrThrow(
  Effect.runSync(authenticator.scram ?? Effect.succeedNone)
)

const base64 = (text: string) => Encoding.encodeBase64(text)
const plain = (authzid: string, authcid: string, password: string) =>
  base64(`${authzid}\0${authcid}\0${password}`)

const alice = plain("", "alice", "sesame")
const success = "235 2.7.0 Authentication successful"
const wrong = "535 5.7.8 Authentication credentials invalid"
const undecodable = "501 5.5.2 Cannot decode the response"
const unavailable = "454 4.7.0 Authentication is not available now"
const quiet = Logger.withMinimumLogLevel(LogLevel.None)

describe("Authenticator", () => {
  describe("AUTH (RFC 4954)", () => {
    const exchanges: ReadonlyArray<readonly [string, string, string]> = [
      ["X5: PLAIN with an initial response", `C: AUTH PLAIN ${alice}`, success],
      ["X5: PLAIN in two lines", `C: AUTH PLAIN\nS: 334 \nC: ${alice}`, success],
      ["in lower case", `C: auth plain ${alice}`, success],
      ["UTF-8", `C: AUTH PLAIN ${plain("", "zoë", "pässwörd")}`, success],
      [
        "LOGIN",
        `C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: ${base64("alice")}
        S: 334 UGFzc3dvcmQ6\nC: ${base64("sesame")}`,
        success
      ],
      [
        "LOGIN with the name as initial response",
        `C: AUTH LOGIN ${base64("alice")}\nS: 334 UGFzc3dvcmQ6\nC: ${base64("sesame")}`,
        success
      ],
      ["a wrong password", `C: AUTH PLAIN ${plain("", "alice", "Sesame")}`, wrong],
      ["a longer password", `C: AUTH PLAIN ${plain("", "alice", "sesamesesame")}`, wrong],
      ["no such user", `C: AUTH PLAIN ${plain("", "carol", "sesame")}`, wrong],
      [
        "LOGIN with a wrong password",
        `C: AUTH LOGIN ${base64("alice")}\nS: 334 UGFzc3dvcmQ6\nC: ${base64("no")}`,
        wrong
      ],
      ["N15: acting as oneself", `C: AUTH PLAIN ${plain("alice", "alice", "sesame")}`, success],
      ["N15: acting as another", `C: AUTH PLAIN ${plain("bob", "alice", "sesame")}`, wrong],
      ["N15: a NUL too few", `C: AUTH PLAIN ${base64("alice\0sesame")}`, undecodable],
      ["N15: a NUL too many", `C: AUTH PLAIN ${base64("\0alice\0sesame\0")}`, undecodable],
      ["N15: a control in a name", `C: AUTH PLAIN ${plain("", "al\nice", "x")}`, undecodable],
      ["an empty password", `C: AUTH PLAIN ${plain("", "nobody", "")}`, undecodable],
      ["an empty initial response", "C: AUTH PLAIN =", undecodable],
      ["an empty response", "C: AUTH PLAIN\nS: 334 \nC:", undecodable],
      [
        "no base64 as initial response",
        "C: AUTH PLAIN !!!!",
        "501 5.5.4 Syntax: expected base64 or ="
      ],
      ["no base64 as response", "C: AUTH PLAIN\nS: 334 \nC: !!!!", undecodable],
      ["giving up", "C: AUTH PLAIN\nS: 334 \nC: *", "501 5.7.0 Authentication cancelled"],
      [
        "giving up half-way",
        `C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: ${base64("alice")}\nS: 334 UGFzc3dvcmQ6\nC: *`,
        "501 5.7.0 Authentication cancelled"
      ],
      [
        "an unknown mechanism",
        "C: AUTH GSSAPI",
        "504 5.5.4 Unrecognized authentication mechanism"
      ]
    ]

    for (const [what, said, reply] of exchanges) {
      it.effect(`${what}: ${reply.slice(0, 9)}, and the session goes on`, () =>
        talk(setup, `${greeted}\n${said}\nS: ${reply}\n${goodbye}`))
    }

    it.effect("twice is once too often", () =>
      talk(
        setup,
        `${greeted}
        C: AUTH PLAIN ${alice}
        S: ${success}
        C: AUTH PLAIN ${alice}
        S: 503 5.5.1 Already authenticated
        ${goodbye}`
      ))

    it.effect("not during a transaction", () =>
      talk(
        setup,
        `${greeted}
        C: MAIL FROM:<a@client.example>
        S: 250 2.1.0 Sender OK
        C: AUTH PLAIN ${alice}
        S: 503 5.5.1 AUTH is not allowed during a transaction
        ${goodbye}`
      ))

    it.effect("not in the clear, where that exposes the password", () =>
      talk(
        { ...setup, policy: Policy.clearText },
        `${greeted}
        C: AUTH PLAIN ${alice}
        S: 538 5.7.11 Encryption required for this mechanism
        ${goodbye}`
      ))

    it.effect("before mail, where that is asked for", () =>
      Effect.gen(function*() {
        const seen: Array<unknown> = []
        yield* talk(
          {
            ...setup,
            policy: { ...exposed, authentication: "Required" },
            handler: {
              mail: ({ identity }) => {
                seen.push(Option.getOrUndefined(identity))
                return Effect.succeed(Verdict.senderOk)
              }
            }
          },
          `${greeted}
          C: MAIL FROM:<a@client.example>
          S: 530 5.7.0 Authentication required
          C: AUTH PLAIN ${alice}
          S: ${success}
          C: MAIL FROM:<a@client.example>
          S: 250 2.1.0 Sender OK
          ${goodbye}`
        )
        expect(seen).toEqual([{ authenticated: "alice", actsAs: "alice" }])
      }))

    it.effect("N12: a line is as long as the limit, and no longer", () =>
      Effect.gen(function*() {
        const limits = { saslLine: 12_288 }
        const longest = "A".repeat(12_284)
        const { heard } = yield* shout(
          { ...setup, limits },
          `HELO c.example\r\nAUTH PLAIN\r\n${longest}\r\nAUTH PLAIN\r\n${longest}AAA\r\nNOOP\r\n`
        )
        expect(heard.slice(2)).toEqual([
          "334 ",
          undecodable,
          "334 ",
          "500 5.5.6 Authentication exchange line is too long",
          "250 2.0.0 OK"
        ])
      }))
  })

  describe("guessing", () => {
    it.scoped("X5, N15: every failed attempt has the same reply, and there are not many", () =>
      Effect.gen(function*() {
        const session = yield* open(setup)
        yield* say(
          session,
          `${greeted}
          C: AUTH PLAIN ${plain("", "alice", "a")}
          S: ${wrong}
          C: AUTH PLAIN ${plain("", "carol", "a")}
          S: ${wrong}
          C: AUTH PLAIN\nS: 334 \nC: *
          S: 501 5.7.0 Authentication cancelled
          C: AUTH PLAIN ${alice}x
          S: 501 5.5.4 Syntax: expected base64 or =
          C: AUTH PLAIN ${plain("", "alice", "b")}
          S: 421 4.7.0 Too many failed attempts`
        )
        expect(yield* readAll(session.client)).toBe("")
      }))
  })

  describe("an authenticator that cannot say", () => {
    for (
      const [what, answer] of [
        ["fails", Effect.fail("the directory is down")],
        ["dies", Effect.die("on purpose")],
        ["interrupts itself", Effect.interrupt]
      ] as const
    ) {
      it.effect(`${what}: the client may be right, and is asked to come again`, () =>
        quiet(talk(
          {
            policy: exposed,
            authenticator: Authenticator.make({
              ...authenticator,
              checkPassword: () => answer,
              findPassword: () => answer,
              scram: Effect.succeedSome({ ...scram, findKeys: () => answer }),
              tokens: { verify: () => answer }
            }),
            limits: { authAttempts: 0 }
          },
          `${greeted}
          C: AUTH PLAIN ${alice}
          S: ${unavailable}
          C: AUTH SCRAM-SHA-256 ${base64("n,,n=alice,r=sixteen-letters!")}
          S: ${unavailable}
          C: AUTH XOAUTH2 ${base64("user=alice\x01auth=Bearer x\x01\x01")}
          S: ${unavailable}
          ${goodbye}`
        )))

      it.effect(`${what} when asked who may act as whom`, () =>
        quiet(talk(
          {
            policy: exposed,
            authenticator: Authenticator.make({ ...authenticator, authorize: () => answer })
          },
          `${greeted}
          C: AUTH PLAIN ${alice}
          S: ${unavailable}
          ${goodbye}`
        )))
    }
  })

  describe("the delay", () => {
    const delayed: Setup = {
      ...setup,
      authenticator: Authenticator.make({ ...authenticator, failureDelay: "1 second" })
    }

    /** Milliseconds from the line to its reply, and the reply, the clock going by a hundred each time. */
    const timed = (using: Setup, line: string) =>
      Effect.scoped(Effect.gen(function*() {
        const session = yield* open(using)
        yield* say(session, greeted)
        yield* session.client.write(bytes(`${line}\r\n`))
        const reply = yield* Effect.fork(session.client.read)
        let millis = 0
        while (reply.unsafePoll() === null) {
          yield* TestClock.adjust("100 millis")
          millis += 100
        }
        return [
          millis,
          text(Option.getOrThrow(yield* Fiber.join(reply))).trimEnd()
        ] as const
      }))

    for (
      const [what, said] of [
        ["a wrong password", plain("", "alice", "x")],
        ["an unknown user", plain("", "carol", "x")],
        ["acting as another", plain("bob", "alice", "sesame")]
      ] as const
    ) {
      it.effect(`N15: is the same for ${what}`, () =>
        Effect.gen(function*() {
          expect(yield* timed(delayed, `AUTH PLAIN ${said}`)).toEqual([1000, wrong])
        }))
    }

    it.effect("N15: is for what cannot be read, too, which is an attempt", () =>
      Effect.gen(function*() {
        expect(yield* timed(delayed, "AUTH PLAIN =")).toEqual([1000, undecodable])
      }))

    for (const seconds of [0.3, 5]) {
      it.effect(`N15: hides that finding out took ${seconds} seconds, unless that is longer`, () =>
        Effect.gen(function*() {
          const slow = Authenticator.make({
            ...authenticator,
            failureDelay: "1 second",
            checkPassword: () => Effect.delay(Effect.succeed(false), `${seconds} seconds`)
          })
          expect(yield* timed({ ...setup, authenticator: slow }, `AUTH PLAIN ${alice}`))
            .toEqual([Math.max(1000, seconds * 1000), wrong])
        }))
    }

    it.effect("is not for who is right, and the clock stands still", () =>
      talk(delayed, `${greeted}\nC: AUTH PLAIN ${alice}\nS: ${success}\n${goodbye}`))
  })

  describe("what is offered", () => {
    const offers = (setup: Setup) =>
      Effect.map(
        shout(setup, "EHLO client.example\r\n"),
        ({ heard }) => heard.flatMap((line) => line.startsWith("250-AUTH ") ? [line.slice(9)] : [])
      )
    const nobody = () => Effect.succeedNone
    const table: ReadonlyArray<readonly [string, Authenticator.Abilities, string | null]> = [
      ["nothing", {}, null],
      ["passwords to check", { checkPassword: () => Effect.succeed(true) }, "PLAIN LOGIN"],
      ["passwords to know", { findPassword: nobody }, "CRAM-MD5"],
      ["SCRAM keys", { scram: Effect.succeedSome(scram) }, "SCRAM-SHA-256 SCRAM-SHA-1"],
      [
        "SCRAM keys of one kind",
        { scram: Effect.succeedSome<Authenticator.Scram>({ ...scram, hashes: ["SHA-1"] }) },
        "SCRAM-SHA-1"
      ],
      ["no SCRAM keys at the moment", { scram: Effect.succeedNone }, null],
      ["tokens", { tokens: { verify: nobody } }, "OAUTHBEARER XOAUTH2"],
      ["a guest book", { anonymous: nobody }, "ANONYMOUS"],
      ["certificates, and no TLS", { certificate: nobody }, null],
      [
        "users",
        authenticator,
        "SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN"
      ]
    ]
    for (const [what, abilities, offered] of table) {
      it.effect(`follows from ${what}: ${offered}`, () =>
        Effect.gen(function*() {
          const made = Authenticator.make(abilities)
          expect(yield* offers({ policy: exposed, authenticator: made }))
            .toEqual(offered === null ? [] : [offered])
        }))
    }

    it.effect("follows from the SCRAM keys that there are at the time", () =>
      Effect.gen(function*() {
        let asked = 0
        const changing = Authenticator.make({
          scram: Effect.sync(() => ++asked === 2 ? Option.some(scram) : Option.none())
        })
        const ehlo = "EHLO client.example\r\n"
        const { heard } = yield* shout(
          { policy: exposed, authenticator: changing },
          `${ehlo}${ehlo}AUTH SCRAM-SHA-256\r\n`
        )
        expect(heard.filter((line) => /AUTH|^5/.test(line))).toEqual([
          "250-AUTH SCRAM-SHA-256 SCRAM-SHA-1",
          "504 5.5.4 Unrecognized authentication mechanism"
        ])
      }))

    it.effect("is no SCRAM where the keys cannot be told", () =>
      quiet(Effect.gen(function*() {
        const broken = Authenticator.make({
          checkPassword: () => Effect.succeed(true),
          scram: Effect.fail("the directory is down")
        })
        expect(yield* offers({ policy: exposed, authenticator: broken })).toEqual(["PLAIN LOGIN"])
      })))

    it.effect("is nothing in the clear, unless the policy says so by name", () =>
      Effect.gen(function*() {
        const policy = Policy.clearText
        expect(yield* offers({ ...setup, policy })).toEqual([])
        expect(yield* offers({ ...setup, policy: { ...policy, clearTextPasswords: "Hashed" } }))
          .toEqual(["SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5"])
      }))

    it.effect("is what is obeyed", () =>
      Effect.zipRight(
        talk(
          { ...setup, policy: { ...Policy.clearText, clearTextPasswords: "Hashed" } },
          `${greeted}
          C: AUTH LOGIN
          S: 538 5.7.11 Encryption required for this mechanism
          C: AUTH SCRAM-SHA-1-PLUS
          S: 504 5.5.4 Unrecognized authentication mechanism
          C: AUTH EXTERNAL =
          S: 504 5.5.4 Unrecognized authentication mechanism
          C: AUTH SCRAM-SHA-1 *
          S: 501 5.5.4 Syntax: expected base64 or =
          ${goodbye}`
        ),
        talk(
          { ...setup, policy: Policy.clearText },
          `${greeted}
          C: AUTH SCRAM-SHA-256
          S: 538 5.7.11 Encryption required for this mechanism
          ${goodbye}`
        )
      ))
  })

  describe("whom to act as", () => {
    const seen: Array<unknown> = []
    const assistant: Setup = {
      policy: exposed,
      authenticator: Authenticator.make({
        ...authenticator,
        authorize: (identity, { session }) => {
          seen.push(identity)
          return Effect.succeed(session !== "" && identity.actsAs !== "root")
        }
      })
    }

    it.effect("N15: is the authenticator's decision, made about everybody", () =>
      Effect.gen(function*() {
        yield* talk(
          assistant,
          `${greeted}
          C: AUTH PLAIN ${plain("root", "alice", "sesame")}
          S: ${wrong}
          C: AUTH PLAIN ${plain("bob", "alice", "wrong")}
          S: ${wrong}
          C: AUTH PLAIN ${plain("bob", "alice", "sesame")}
          S: ${success}
          ${goodbye}`
        )
        yield* talk(assistant, `${greeted}\nC: AUTH PLAIN ${alice}\nS: ${success}\n${goodbye}`)
        expect(seen).toEqual([
          { authenticated: "alice", actsAs: "root" },
          { authenticated: "alice", actsAs: "bob" },
          { authenticated: "alice", actsAs: "alice" }
        ])
      }))
  })

  describe("lines that are none, in every mechanism", () => {
    const everything: Setup = {
      policy: exposed,
      limits: { saslLine: 100, authAttempts: 100 },
      authenticator: Authenticator.make({
        ...authenticator,
        tokens: { verify: () => Effect.succeedNone },
        anonymous: () => Effect.succeedNone
      })
    }
    const opening = base64("n,,n=alice,r=sixteen-letters!")
    const halfWay: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
      ["PLAIN", []],
      ["LOGIN", []],
      ["LOGIN", [base64("alice")]],
      ["CRAM-MD5", []],
      ["SCRAM-SHA-1", []],
      ["SCRAM-SHA-1", [opening]],
      ["SCRAM-SHA-256", []],
      ["SCRAM-SHA-256", [opening]],
      ["OAUTHBEARER", []],
      ["XOAUTH2", []],
      ["ANONYMOUS", []]
    ]
    for (const [mechanism, lines] of halfWay) {
      it.effect(`${mechanism} after ${lines.length} responses`, () =>
        Effect.gen(function*() {
          const start = [`AUTH ${mechanism}`, ...lines]
          const cases = [
            ["*", "501 5.7.0 Authentication cancelled"],
            ["!!!!", undecodable],
            ["AAA", undecodable],
            [`${"A".repeat(96)}AAAA`, "500 5.5.6 Authentication exchange line is too long"]
          ]
          const { heard } = yield* shout(
            everything,
            [
              "HELO client.example",
              ...cases.flatMap(([line]) => [...start, line]),
              ...(lines.length === 0 ? [`AUTH ${mechanism} !`] : []),
              "NOOP",
              ""
            ].join("\r\n")
          )
          const challenges = start.map(() => "334")
          expect(heard.slice(2).map((line) => line.startsWith("334 ") ? "334" : line)).toEqual([
            ...cases.flatMap(([, reply]) => [...challenges, reply]),
            ...(lines.length === 0 ? ["501 5.5.4 Syntax: expected base64 or ="] : []),
            "250 2.0.0 OK"
          ])
        }))
    }

    it.effect("an empty initial response is one, for those that know it", () =>
      talk(
        everything,
        `${greeted}
        ${
          ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "OAUTHBEARER", "XOAUTH2"]
            .map((mechanism) => `C: AUTH ${mechanism} =\nS: ${undecodable}`).join("\n")
        }
        C: AUTH ANONYMOUS =
        S: ${wrong}
        ${goodbye}`
      ))
  })

  describe("the log of failed attempts", () => {
    /** What is logged of a session: the words, and the fields but for the session's name. */
    const logged = (session: Effect.Effect<unknown, unknown>) =>
      Effect.gen(function*() {
        const lines: Array<unknown> = []
        const logger = Logger.make(({ annotations, message }) => {
          const { session, ...fields } = Object.fromEntries(annotations)
          expect(session).toMatch(/^[0-9a-f]{12}$/)
          lines.push([message, fields])
        })
        yield* Effect.provide(session, Logger.replace(Logger.defaultLogger, logger))
        return lines
      })

    const failure = (fields: Readonly<Record<string, unknown>>) => [["login failed"], {
      reply: wrong,
      attempts: 3,
      ...fields
    }]

    it.effect("says who, from where, how, and how often, and no password", () =>
      Effect.gen(function*() {
        const lines = yield* logged(talk(
          setup,
          `${greeted}
          C: AUTH PLAIN ${plain("bob", "alice", "not sesame")}
          S: ${wrong}
          C: AUTH LOGIN ${base64("carol")}
          S: 334 UGFzc3dvcmQ6
          C: ${base64("secret")}
          S: ${wrong}
          C: AUTH PLAIN !!!!
          S: 501 5.5.4 Syntax: expected base64 or =
          C: AUTH PLAIN
          S: 334 
          C: ${base64("secret")}
          S: ${undecodable}
          C: AUTH PLAIN ${plain("", "alice", "secret")}
          S: 421 4.7.0 Too many failed attempts`
        ))
        const peer = "127.0.0.1:1"
        expect(lines).toEqual([
          failure({ peer, mechanism: "PLAIN", user: "alice", attempt: 1 }),
          failure({ peer, mechanism: "LOGIN", user: "carol", attempt: 2 }),
          failure({ peer, mechanism: "PLAIN", reply: undecodable, attempt: 3 }),
          failure({ peer, mechanism: "PLAIN", user: "alice", attempt: 4 })
        ])
        expect(JSON.stringify(lines)).not.toMatch(/secret|sesame/)
      }))

    it.effect("N21: shows names that are long or forged so that a line stays one", () =>
      Effect.gen(function*() {
        const name = `al\u202eice${"x".repeat(200)}`
        const lines = yield* logged(talk(
          {
            ...setup,
            authenticator: Authenticator.make({
              failureDelay: 0,
              tokens: { verify: () => Effect.succeedNone }
            })
          },
          `${greeted}
          C: AUTH OAUTHBEARER ${base64(`n,a=${name},\u0001auth=Bearer t0k3n\u0001\u0001`)}
          S: 334 ${base64(`{"status":"invalid_token"}`)}
          C: AQ==
          S: ${wrong}
          ${goodbye}`
        ))
        expect(lines).toMatchObject([
          failure({ mechanism: "OAUTHBEARER", user: `al\ufffdice${"x".repeat(58)}…` })
        ])
        expect(JSON.stringify(lines)).not.toContain("t0k3n")
      }))

    it.effect("knows who began CRAM-MD5 and SCRAM, and tells of who gave up", () =>
      Effect.gen(function*() {
        const salt = Encoding.encodeBase64(ScramKeys.salt(scram.decoys, "SHA-256", "alice"))
        const lines = yield* logged(talk(
          setup,
          `${greeted}
          C: AUTH CRAM-MD5
          S: 334 ${base64("<4FqK1z.0@mx.example>")}
          C: ${base64("alice d0d3f8b8a9d3a9ae3e55ec5a7ba0a9ab")}
          S: ${wrong}
          C: AUTH SCRAM-SHA-256 ${base64("n,,n=alice,r=sixteen-letters!")}
          S: 334 ${base64(`r=sixteen-letters!4FqK1z,s=${salt},i=4096`)}
          C: *
          S: 501 5.7.0 Authentication cancelled
          ${goodbye}`
        )).pipe(Effect.provideService(Nonce, Effect.succeed("4FqK1z")))
        expect(lines).toMatchObject([
          failure({ mechanism: "CRAM-MD5", user: "alice" }),
          failure({
            mechanism: "SCRAM-SHA-256",
            user: "alice",
            reply: "501 5.7.0 Authentication cancelled"
          })
        ])
      }))

    it.effect("tells of who is turned away by the handler", () =>
      Effect.gen(function*() {
        const lines = yield* logged(talk(
          { ...setup, handler: { authenticate: () => Effect.succeed(Verdict.badCredentials) } },
          `${greeted}\nC: AUTH PLAIN ${alice}\nS: ${wrong}\n${goodbye}`
        ))
        expect(lines).toMatchObject([failure({ mechanism: "PLAIN", user: "alice", attempt: 1 })])
      }))

    it.effect("has the client's address, though a trusted proxy speaks for it", () =>
      Effect.gen(function*() {
        const proxies = Either.getOrThrow(Trust.peers(["127.0.0.0/8"]))
        const lines = yield* logged(shout(
          { ...setup, trust: { xclient: proxies } },
          [
            "EHLO proxy.example",
            "XCLIENT ADDR=192.0.2.7 PORT=2525",
            "EHLO proxy.example",
            `AUTH PLAIN ${plain("", "alice", "secret")}`,
            "QUIT",
            ""
          ].join("\r\n")
        ))
        expect(lines).toMatchObject([failure({ peer: "192.0.2.7:2525", user: "alice" })])
      }))
  })

  describe("AUTH of MAIL (RFC 4954 section 5)", () => {
    it.effect("may name who submitted the message, with or without a domain", () =>
      Effect.gen(function*() {
        const named: Array<unknown> = []
        const using: Setup = {
          ...setup,
          handler: {
            mail: (_client, { parameters }) => {
              named.push(Option.getOrNull(parameters.auth))
              return Effect.succeed(Verdict.senderOk)
            }
          }
        }
        const mail = (auth: string) =>
          `C: MAIL FROM:<a@client.example> AUTH=${auth}
          S: 250 2.1.0 Sender OK
          C: RSET
          S: 250 2.0.0 OK`
        yield* talk(
          using,
          `${greeted}\n${["<>", "a+2Bb@c.example", "alice"].map(mail).join("\n")}\n${goodbye}`
        )
        expect(named).toMatchObject([
          { _tag: "Nobody" },
          { _tag: "Mailbox", mailbox: { local: "a+b" } },
          { _tag: "Name", name: "alice" }
        ])
      }))
  })

  describe("tokens (RFC 7628)", () => {
    const tokens: Setup = {
      policy: exposed,
      authenticator: Authenticator.make({
        failureDelay: 0,
        tokens: {
          verify: (token) =>
            Effect.succeed(
              Redacted.value(token) === "alices" ? Option.some("alice") : Option.none()
            ),
          scope: "mail"
        }
      })
    }
    const oauth = (user: string, token: string) =>
      `AUTH OAUTHBEARER ${base64(`n,a=${user},\x01auth=Bearer ${token}\x01\x01`)}`
    const xoauth2 = (user: string, token: string) =>
      `AUTH XOAUTH2 ${base64(`user=${user}\x01auth=Bearer ${token}\x01\x01`)}`
    const invalid = `334 ${base64(`{"status":"invalid_token","scope":"mail"}`)}`
    const unauthorized = `334 ${base64(`{"status":"401","scope":"mail"}`)}`

    for (
      const [what, said] of [
        ["OAUTHBEARER", `C: ${oauth("alice", "alices")}\nS: ${success}`],
        ["XOAUTH2", `C: ${xoauth2("alice", "alices")}\nS: ${success}`],
        [
          "OAUTHBEARER without a name",
          `C: AUTH OAUTHBEARER ${base64("n,,\x01auth=Bearer alices\x01\x01")}\nS: ${success}`
        ],
        [
          "OAUTHBEARER and a bad token",
          `C: ${oauth("alice", "bobs")}\nS: ${invalid}\nC: AQ==\nS: ${wrong}`
        ],
        [
          "XOAUTH2 and a bad token",
          `C: ${xoauth2("alice", "bobs")}\nS: ${unauthorized}\nC:\nS: ${wrong}`
        ],
        [
          "N15: another's token",
          `C: ${oauth("bob", "alices")}\nS: ${invalid}\nC: AQ==\nS: ${wrong}`
        ],
        [
          "a client that gives up on hearing the reason",
          `C: ${oauth("alice", "bobs")}\nS: ${invalid}\nC: *\nS: ${wrong}`
        ],
        [
          "a client that says more on hearing the reason",
          `C: ${oauth("alice", "bobs")}\nS: ${invalid}\nC: ${base64("n,,")}\nS: ${wrong}`
        ],
        [
          "no token at all",
          `C: AUTH OAUTHBEARER ${base64("n,a=alice,\x01\x01")}\nS: ${undecodable}`
        ]
      ] as const
    ) {
      it.effect(what, () => talk(tokens, `${greeted}\n${said}\n${goodbye}`))
    }
  })

  describe("CRAM-MD5 (RFC 2195)", () => {
    it.effect("asks what it has never asked, in the form of a msg-id", () =>
      talk(
        setup,
        `${greeted}
        C: AUTH CRAM-MD5
        S: 334 ${base64("<4FqK1z.60000@mx.example>")}
        C: ${base64("alice d0d3f8b8a9d3a9ae3e55ec5a7ba0a9ab")}
        S: ${wrong}
        C: AUTH CRAM-MD5 ${base64("alice")}
        S: ${undecodable}
        ${goodbye}`
      ).pipe(
        Effect.provideService(Nonce, Effect.succeed("4FqK1z")),
        (talking) => Effect.zipRight(TestClock.adjust("1 minute"), talking)
      ))
  })

  describe("ANONYMOUS (RFC 4505)", () => {
    const guests: Setup = {
      policy: exposed,
      authenticator: Authenticator.make({
        failureDelay: 0,
        anonymous: (trace) =>
          Effect.succeed(Option.contains(trace, "spam") ? Option.none() : Option.some("guest"))
      })
    }
    for (
      const [what, said, reply] of [
        ["a trace", `C: AUTH ANONYMOUS ${base64("sirhc")}`, success],
        ["no trace", "C: AUTH ANONYMOUS =", success],
        ["a trace in a second line", `C: AUTH ANONYMOUS\nS: 334 \nC: ${base64("x")}`, success],
        ["an unwelcome trace", `C: AUTH ANONYMOUS ${base64("spam")}`, wrong],
        ["a control in a trace", `C: AUTH ANONYMOUS ${base64("a\nb")}`, undecodable]
      ] as const
    ) {
      it.effect(`${what}: ${reply.slice(0, 9)}`, () =>
        talk(guests, `${greeted}\n${said}\nS: ${reply}\n${goodbye}`))
    }
  })

  describe("fromPasswords", () => {
    const { checkPassword, findPassword } = authenticator
    const local = Endpoint.Unix({ path: "" })
    const client: ClientInfo = {
      session: "",
      peer: { local, remote: local, tls: Option.none() },
      name: Option.none(),
      protocol: "ESMTP",
      identity: Option.none(),
      told: Told.nothing
    }
    const judge = (authcid: string, password: string) =>
      checkPassword?.(authcid, Redacted.make(password), client) ?? Effect.die("it cannot")

    it.effect("knows its users", () =>
      Effect.gen(function*() {
        expect(yield* judge("alice", "sesame")).toBe(true)
        expect(yield* judge("zoë", "pässwörd")).toBe(true)
      }))

    it.effect("compares what is prepared (RFC 4616 section 2)", () =>
      Effect.gen(function*() {
        expect(yield* judge("zoe\u0308", "pa\u0308sswo\u0308rd")).toBe(true)
        expect(yield* judge("al\u00adice", "ses\u00adame")).toBe(true)
      }))

    it.effect("N15: compares passwords whole", () =>
      Effect.gen(function*() {
        for (
          const password of ["", "s", "sesam", "sesamf", "tesame", "sesame ", "sesame\0", "SESAME"]
        ) {
          expect(yield* judge("alice", password)).toBe(false)
          expect(yield* judge("carol", password)).toBe(false)
          expect(yield* judge("carol", `${password}?`)).toBe(false)
        }
        expect(yield* judge("nobody", "")).toBe(false)
        expect(yield* judge("__proto__", "")).toBe(false)
      }))

    it.effect("has no user with an empty password", () =>
      Effect.gen(function*() {
        expect(yield* findPassword?.("nobody", client) ?? Effect.die("it cannot"))
          .toEqual(Option.none())
        expect(yield* scram.findKeys("nobody", "SHA-1", client)).toEqual(Option.none())
      }))

    it.effect("N15: gives its users the salts that they would have if they were none", () =>
      Effect.gen(function*() {
        for (const hash of ["SHA-1", "SHA-256"] as const) {
          const keys = Option.getOrThrow(yield* scram.findKeys("alice", hash, client))
          const decoy = ScramKeys.decoy(scram.decoys, hash, "alice")
          expect(keys.salt).toEqual(decoy.salt)
          expect(keys.iterations).toBe(decoy.iterations)
          expect(Redacted.value(keys.storedKey)).not.toEqual(Redacted.value(decoy.storedKey))
          expect(yield* scram.findKeys("carol", hash, client)).toEqual(Option.none())
        }
      }))

    it.effect("N19: shows no password when printed", () =>
      Effect.gen(function*() {
        const made = yield* Authenticator.fromPasswords(passwords)
        expect(JSON.stringify(made)).not.toContain("sesame")
      }))
  })

  describe("layers", () => {
    it.effect("are the same as a service", () =>
      Effect.gen(function*() {
        const passwordService = yield* Effect.provide(
          Authenticator.Authenticator,
          Authenticator.layerPasswords(passwords)
        )
        expect(Object.keys(passwordService)).toEqual(Object.keys(authenticator))
        const guests = yield* Effect.provide(
          Authenticator.Authenticator,
          Authenticator.layer({ anonymous: () => Effect.succeedNone })
        )
        expect(Object.keys(guests)).toEqual(["authorize", "failureDelay", "anonymous"])
        expect(guests.failureDelay).toBe("1 second")
      }))
  })
})
