import * as Mechanism from "@effect-smtp/sasl/Mechanism"
import * as Plain from "@effect-smtp/sasl/Plain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Authenticator from "../src/Authenticator.js"
import * as Policy from "../src/Policy.js"
import * as Verdict from "../src/Verdict.js"
import type { Setup } from "./talk.js"
import { goodbye, greeted, open, readAll, say, shout, talk } from "./talk.js"

const passwords = new Map([
  ["alice", Redacted.make("sesame")],
  ["bob", Redacted.make("sesame")],
  ["zoë", Redacted.make("pässwörd")],
  ["nobody", Redacted.make("")]
])
const exposed: Policy.Policy = { ...Policy.clearText, clearTextPasswords: "ExposedToEveryone" }
const setup: Setup = { policy: exposed, authenticator: Authenticator.fromPasswords(passwords) }

const base64 = (text: string) => Encoding.encodeBase64(text)
const plain = (authzid: string, authcid: string, password: string) =>
  base64(`${authzid}\0${authcid}\0${password}`)

const alice = plain("", "alice", "sesame")
const success = "235 2.7.0 Authentication successful"
const wrong = "535 5.7.8 Authentication credentials invalid"
const undecodable = "501 5.5.2 Cannot decode the response"
const quiet = Logger.withMinimumLogLevel(LogLevel.None)

describe("Authenticator", () => {
  describe("AUTH (RFC 4954)", () => {
    const exchanges: ReadonlyArray<readonly [string, string, string]> = [
      ["PLAIN with an initial response", `C: AUTH PLAIN ${alice}`, success],
      ["PLAIN in two lines", `C: AUTH PLAIN\nS: 334 \nC: ${alice}`, success],
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
        "C: AUTH CRAM-MD5",
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

    it.effect("a line is as long as the limit, and no longer", () =>
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
    it.scoped("N15: every failed attempt has the same reply, and there are not many", () =>
      Effect.gen(function*() {
        const session = yield* open({ ...setup, limits: { authAttempts: 3 } })
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
      const [what, verify] of [
        ["fails", Effect.fail("the directory is down")],
        ["dies", Effect.die("on purpose")],
        ["interrupts itself", Effect.interrupt]
      ] as const
    ) {
      it.effect(`${what}: the client may be right, and is asked to come again`, () =>
        quiet(talk(
          {
            policy: exposed,
            authenticator: { mechanisms: [Plain.server], verify: () => verify },
            limits: { authAttempts: 0 }
          },
          `${greeted}
          C: AUTH PLAIN ${alice}
          S: 454 4.7.0 Authentication is not available now
          C: AUTH LOGIN
          S: 504 5.5.4 Unrecognized authentication mechanism
          ${goodbye}`
        )))
    }
  })

  describe("fromPasswords", () => {
    const { verify } = Authenticator.fromPasswords(passwords)
    const client = {
      session: "",
      peer: {
        local: { _tag: "Unix", path: "" },
        remote: { _tag: "Unix", path: "" },
        tls: Option.none()
      },
      name: Option.none(),
      protocol: "ESMTP",
      identity: Option.none()
    } as const
    const judge = (authcid: string, password: string, authzid?: string) =>
      Effect.either(
        verify(
          Mechanism.Credentials.Password({
            authcid,
            authzid: Option.fromNullable(authzid),
            password: Redacted.make(password)
          }),
          client
        )
      )

    it.effect("knows its users", () =>
      Effect.gen(function*() {
        expect(yield* judge("alice", "sesame"))
          .toMatchObject({ right: { authenticated: "alice", actsAs: "alice" } })
        expect(yield* judge("nobody", "")).toMatchObject({ right: { actsAs: "nobody" } })
      }))

    it.effect("N15: compares passwords whole", () =>
      Effect.gen(function*() {
        const no = { left: { _tag: "BadCredentials", message: "bad credentials" } }
        for (
          const password of ["", "s", "sesam", "sesamf", "tesame", "sesame ", "sesame\0", "SESAME"]
        ) {
          expect(yield* judge("alice", password)).toMatchObject(no)
          expect(yield* judge("carol", password)).toMatchObject(no)
          expect(yield* judge("carol", `${password}?`)).toMatchObject(no)
        }
        expect(yield* judge("nobody", "x")).toMatchObject(no)
        expect(yield* judge("alice", "sesame", "bob")).toMatchObject(no)
        expect(yield* judge("__proto__", "")).toMatchObject(no)
      }))
  })

  describe("layerPasswords", () => {
    it.effect("is the same as a service", () =>
      Effect.gen(function*() {
        const { mechanisms } = yield* Authenticator.Authenticator
        expect(mechanisms.map(({ name }) => name)).toEqual(["PLAIN", "LOGIN"])
      }).pipe(Effect.provide(Authenticator.layerPasswords(passwords))))
  })
})
