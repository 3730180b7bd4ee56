import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Channel from "@effect-smtp/protocol/Channel"
import * as Timeouts from "@effect-smtp/protocol/Timeouts"
import * as Login from "@effect-smtp/sasl/Login"
import * as Mechanism from "@effect-smtp/sasl/Mechanism"
import * as Plain from "@effect-smtp/sasl/Plain"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Auth from "../src/Auth.js"
import * as Security from "../src/Security.js"
import { connect, converse, refused } from "./harness.js"

const password = Redacted.make("sesame")
const plain = Either.getOrThrow(Plain.client({ authcid: "alice", password }))
const login = Either.getOrThrow(Login.client({ username: "alice", password }))

const security = Security.ClearText({ credentials: "ExposedToEveryone" })

/** A session with these words about AUTH in it. */
const around = (words: string, offer = "AUTH PLAIN LOGIN") =>
  `S: 220 mx.example ready
   C: EHLO client.example
   S: 250-mx.example
   S: 250 ${offer}
   ${words}
   C: QUIT
   S: 221 bye`

const passes = (words: string, mechanism: Mechanism.ClientMechanism) =>
  converse(around(words), connect({ security, mechanisms: [mechanism] }))

const fails = (words: string, mechanism: Mechanism.ClientMechanism) =>
  Effect.map(
    converse(around(words), refused({ security, mechanisms: [mechanism] })),
    ({ value }) => value
  )

describe("Auth", () => {
  describe("PLAIN", () => {
    it.effect("M2: sends its initial response with the command", () =>
      passes("C: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==\nS: 235 2.7.0 welcome", plain))

    it.effect("M2: or behind the server's empty challenge", () =>
      passes(
        `C: AUTH PLAIN
         S: 334 
         C: AGFsaWNlAHNlc2FtZQ==
         S: 235 2.7.0 welcome`,
        Mechanism.withoutInitialResponse(plain)
      ))

    it.effect("Y5: which may be a 334 alone", () =>
      passes(
        `C: AUTH PLAIN
         S: 334
         C: AGFsaWNlAHNlc2FtZQ==
         S: 235 2.7.0 welcome`,
        Mechanism.withoutInitialResponse(plain)
      ))

    it.effect("M3: says whom to act as, where the caller does; a challenge never decides it", () =>
      passes(
        `C: AUTH PLAIN
         S: 334 ${btoa("mallory")}
         C: ${btoa("bob\0alice\0sesame")}
         S: 235 2.7.0 welcome`,
        Mechanism.withoutInitialResponse(
          Either.getOrThrow(Plain.client({ authzid: "bob", authcid: "alice", password }))
        )
      ))

    it.effect("M19: cancels where the server asks for more, and hears it out", () =>
      Effect.gen(function*() {
        const { value, writes } = yield* converse(
          around(
            `C: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==
             S: 334 bW9yZQ==
             C: *
             S: 501 5.7.0 cancelled`
          ),
          refused({ security, mechanisms: [plain] })
        )
        expect(value).toMatchObject({
          _tag: "AuthenticationFailed",
          mechanism: "PLAIN",
          retry: "Never"
        })
        expect(writes.slice(-2)).toEqual(["*\r\n", "QUIT\r\n"])
      }))
  })

  describe("LOGIN", () => {
    const challenges = ["Username:", "username", "USER NAME", "Username:\0", "User Name\0", ""]
    for (const challenge of challenges) {
      it.effect(`M10: answers ${JSON.stringify(challenge)} with the name`, () =>
        passes(
          `C: AUTH LOGIN
           S: 334 ${btoa(challenge)}
           C: YWxpY2U=
           S: 334 ${btoa("Password\0")}
           C: c2VzYW1l
           S: 235 2.7.0 welcome`,
          login
        ))
    }

    it.effect("Y5: answers a 334 without text", () =>
      passes(
        `C: AUTH LOGIN
         S: 334
         C: YWxpY2U=
         S: 334
         C: c2VzYW1l
         S: 235 welcome`,
        login
      ))

    it.effect("cancels where a challenge is no base64", () =>
      Effect.gen(function*() {
        const error = yield* fails(
          `C: AUTH LOGIN
           S: 334 Username:
           C: *
           S: 501 5.7.0 cancelled`,
          login
        )
        expect(error).toMatchObject({ _tag: "AuthenticationFailed", retry: "Never" })
        expect(error.message).toContain("base64")
      }))

    it.effect("cancels a third challenge, in place of saying the password twice", () =>
      Effect.gen(function*() {
        const error = yield* fails(
          `C: AUTH LOGIN
           S: 334 VXNlcm5hbWU6
           C: YWxpY2U=
           S: 334 UGFzc3dvcmQ6
           C: c2VzYW1l
           S: 334 UGFzc3dvcmQ6
           C: *
           S: 501 5.7.0 cancelled`,
          login
        )
        expect(error).toMatchObject({ _tag: "AuthenticationFailed", mechanism: "LOGIN" })
      }))

    it.effect("does not believe in a success before it is through", () =>
      Effect.gen(function*() {
        const error = yield* fails("C: AUTH LOGIN\nS: 235 2.7.0 welcome", login)
        expect(error).toMatchObject({ _tag: "AuthenticationFailed", retry: "Never" })
      }))
  })

  describe("a refusal", () => {
    for (
      const [reply, retry] of [
        ["535 5.7.8 wrong", "Never"],
        ["534 5.7.9 too weak", "Never"],
        ["504 5.5.4 not that one", "Never"],
        ["454 4.7.0 try again", "Later"],
        ["432 4.7.12 a new password is needed", "Later"]
      ] as const
    ) {
      it.effect(`${reply} is AuthenticationFailed: ${retry}`, () =>
        Effect.gen(function*() {
          const error = yield* fails(`C: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==\nS: ${reply}`, plain)
          expect(error).toMatchObject({
            _tag: "AuthenticationFailed",
            mechanism: "PLAIN",
            reason: reply,
            fate: "NotDelivered",
            retry
          })
        }))
    }

    it.effect("421 is the end of the session", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(
          `S: 220 mx.example ready
           C: EHLO client.example
           S: 250-mx.example
           S: 250 AUTH PLAIN
           C: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==
           S: 421 4.7.0 too many failures`,
          refused({ security, mechanisms: [plain] })
        )
        expect(value).toMatchObject({ _tag: "Refused", phase: "Auth", retry: "Later" })
      }))
  })

  describe("the choice", () => {
    it.effect("is the caller's first that is offered", () =>
      converse(
        around(
          `C: AUTH LOGIN
           S: 334 VXNlcm5hbWU6
           C: YWxpY2U=
           S: 334 UGFzc3dvcmQ6
           C: c2VzYW1l
           S: 235 2.7.0 welcome`
        ),
        connect({ security, mechanisms: [{ ...plain, name: "SCRAM-SHA-256" }, login, plain] })
      ))

    for (const offer of ["SIZE 1000", "AUTH CRAM-MD5 PLAINER"]) {
      it.effect(`M14: is none under ${offer}`, () =>
        Effect.gen(function*() {
          const { value } = yield* converse(
            around("", offer),
            refused({ security, mechanisms: [plain, login] })
          )
          expect(value).toMatchObject({
            _tag: "AuthenticationFailed",
            mechanism: "PLAIN, LOGIN",
            retry: "Never"
          })
        }))
    }
  })

  describe("in clear text", () => {
    it.effect("M16: secrets stay here unless they are to be exposed", () =>
      Effect.gen(function*() {
        const { value } = yield* converse(around(""), refused({ mechanisms: [plain] }))
        expect(value).toMatchObject({ _tag: "NotSecure", phase: "Auth", retry: "Elsewhere" })
      }))

    it.effect("a mechanism that shows no secret is fine", () =>
      converse(
        around("C: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==\nS: 235 welcome"),
        connect({ mechanisms: [{ ...plain, needsEncryption: false }] })
      ))
  })

  describe("what cannot be sent", () => {
    const line = (length: number): Mechanism.ClientMechanism => ({
      name: "PLAIN",
      needsEncryption: true,
      start: Mechanism.ClientStep.Conclude({
        bytes: Redacted.make(new Uint8Array(length)),
        next: () => Either.right(line(length).start)
      })
    })
    const bad: ReadonlyArray<readonly [string, Mechanism.ClientMechanism]> = [
      ["a name with a line end", { ...plain, name: "PLAIN\r\nRSET" }],
      ["a name with a space", { ...plain, name: "PLAIN ABCD" }],
      ["a response over the limit of a line", line(12_000)]
    ]
    for (const [what, mechanism] of bad) {
      it.scoped(`N7: ${what} is refused before anything is written`, () =>
        Effect.gen(function*() {
          const [near, far] = yield* MemoryNetwork.pair()
          const channel = yield* Channel.make(near, {
            phase: "Auth",
            timeouts: Timeouts.defaults
          })
          const error = yield* Effect.flip(Auth.exchange(channel, mechanism))
          expect(error).toMatchObject({ _tag: "Unsendable", phase: "Auth" })
          yield* channel.flush
          yield* near.write(new TextEncoder().encode("end"))
          const read = yield* Effect.flatten(far.read)
          expect(new TextDecoder().decode(read)).toBe("end")
        }))
    }

    it.effect("the secret is in no error", () =>
      Effect.gen(function*() {
        const error = yield* fails("C: AUTH PLAIN AGFsaWNlAHNlc2FtZQ==\nS: 535 no", plain)
        expect(JSON.stringify(error) + String(error)).not.toMatch(/sesame|AGFsaWNl/)
      }))
  })
})
