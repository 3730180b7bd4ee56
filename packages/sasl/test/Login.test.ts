import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Login from "../src/Login.js"
import * as Mechanism from "../src/Mechanism.js"
import { salted } from "./talk.js"

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const client = (username: string, password: string) =>
  Login.client({ username, password: Redacted.make(password) })

/** What the client says to each of these challenges, and where it stands at the end. */
const answers = (username: string, password: string, challenges: ReadonlyArray<Uint8Array>) =>
  Either.gen(function*() {
    const mechanism = yield* client(username, password)
    const said: Array<string> = []
    let step = mechanism.start
    for (const challenge of challenges) {
      step = salted(yield* step.next(challenge))
      if (step._tag !== "Await") said.push(text(Redacted.value(step.bytes)))
    }
    return { said, at: step._tag, success: Either.isRight(Mechanism.succeed(mechanism, step)) }
  })

const serve = (initial: Option.Option<string>, responses: ReadonlyArray<string>) =>
  Either.gen(function*() {
    let step = yield* Login.server.start(Option.map(initial, bytes))
    const asked: Array<string> = []
    for (const response of responses) {
      if (step._tag !== "Challenge") throw new Error("it asks for nothing more")
      asked.push(text(step.bytes))
      step = yield* step.next(bytes(response))
    }
    if (step._tag !== "Verify" || step.credentials._tag !== "Password") {
      throw new Error("it is not through")
    }
    const { authzid, authcid, password } = step.credentials
    return { asked, authzid, authcid, password: Redacted.value(password) }
  })

describe("Login", () => {
  describe("client", () => {
    it("plays the example of draft-murchison-sasl-login-00 section 2.3", () => {
      expect(answers("tim", "tanstaaftanstaaf", [bytes("User Name\0"), bytes("Password\0")]))
        .toEqual(Either.right({ said: ["tim", "tanstaaftanstaaf"], at: "Conclude", success: true }))
    })

    for (
      const [first, second] of [
        ["Username:", "Password:"],
        ["Username:\0", "Password:\0"],
        ["Username", "Password"],
        ["username:", "PASSWORD:"],
        ["User Name\0", "Password\0"],
        ["Login?", "Und das Kennwort, bitte"],
        ["", ""],
        ["Password:", "Username:"]
      ]
    ) {
      it(`M10: answers ${JSON.stringify([first, second])} with the name, then the password`, () => {
        expect(answers("tim", "secret", [bytes(first), bytes(second)])).toMatchObject({
          right: { said: ["tim", "secret"] }
        })
      })
    }

    it("M10: answers challenges of any bytes", () => {
      const challenge = FastCheck.uint8Array()
      FastCheck.assert(FastCheck.property(challenge, challenge, (first, second) => {
        expect(answers("tim", "secret", [first, second])).toMatchObject({
          right: { said: ["tim", "secret"] }
        })
      }))
    })

    it("M10: has no answer to a third challenge", () => {
      const challenges = ["Username:", "Password:", "Once more:"].map(bytes)
      expect(answers("tim", "secret", challenges)).toMatchObject({
        left: { mechanism: "LOGIN", reason: "Challenge" }
      })
    })

    it("M2: has no initial response", () => {
      const mechanism = Either.getOrThrow(client("tim", "secret"))
      expect(Mechanism.isClientFirst(mechanism)).toBe(false)
      expect(Mechanism.withoutInitialResponse(mechanism)).toBe(mechanism)
    })

    it("does not believe a success before the password was asked for", () => {
      for (const challenges of [[], [bytes("Username:")]]) {
        expect(answers("tim", "secret", challenges)).toMatchObject({ right: { success: false } })
      }
    })

    it("N15: refuses what cannot be sent, as the caller's fault", () => {
      const wrong = [
        ["", "secret"],
        ["tim", ""],
        ["t\rim", "secret"],
        ["t\x1bim", "secret"],
        ["tim", "sec\0ret"],
        ["tim", "sec\r\nret"],
        ["\ud800", "secret"],
        ["tim", "x".repeat(1025)]
      ]
      for (const [username, password] of wrong) {
        expect(client(username, password)).toMatchObject({
          left: { mechanism: "LOGIN", reason: "Credentials" }
        })
      }
    })

    it("N19: shows no secret when printed", () => {
      const mechanism = Either.getOrThrow(client("tim", "hunter2"))
      const step = Either.getOrThrow(mechanism.start.next(bytes("Username:")))
      const last = Either.getOrThrow(salted(step).next(bytes("Password:")))
      expect(JSON.stringify([mechanism, step, last])).not.toContain("hunter2")
    })
  })

  describe("server", () => {
    it("asks for the name and the password", () => {
      expect(serve(Option.none(), ["tim", "tanstaaftanstaaf"])).toEqual(Either.right({
        asked: ["Username:", "Password:"],
        authzid: Option.none(),
        authcid: "tim",
        password: "tanstaaftanstaaf"
      }))
    })

    it("takes an initial response as the name", () => {
      expect(serve(Option.some("tim"), ["secret"])).toMatchObject({
        right: { asked: ["Password:"], authcid: "tim", password: "secret" }
      })
    })

    it("N15: refuses names that are empty, too long, or hold controls", () => {
      for (const name of ["", "x".repeat(1025), "t\0im", "tim\0", "t\nim", "t\x7fim"]) {
        for (const got of [serve(Option.some(name), []), serve(Option.none(), [name])]) {
          expect(got).toMatchObject({ left: { mechanism: "LOGIN", reason: "Response" } })
        }
      }
    })

    it("N15: refuses passwords that are empty, too long, or hold NUL, CR or LF", () => {
      for (const password of ["", "x".repeat(1025), "sec\0ret", "sec\rret", "secret\n"]) {
        expect(serve(Option.none(), ["tim", password])).toMatchObject({
          left: { mechanism: "LOGIN", reason: "Response" }
        })
      }
    })

    it("refuses what is not UTF-8", () => {
      expect(Login.server.start(Option.some(Uint8Array.of(0xff)))).toMatchObject({
        left: { expected: "a user name in UTF-8" }
      })
    })
  })

  describe("both", () => {
    it.prop(
      "the server reads what the client sends",
      [
        FastCheck.string({ unit: "grapheme", minLength: 1, maxLength: 30 })
          .filter((text) => !/[\p{Cc}\u2028\u2029]/u.test(text)),
        FastCheck.string({ unit: "binary", minLength: 1, maxLength: 30 })
          .filter((text) => !/[\0\r\n]/.test(text))
      ],
      ([username, password]) => {
        const { said } = Either.getOrThrow(
          answers(username, password, [bytes("Username:"), bytes("Password:")])
        )
        expect(serve(Option.none(), said)).toMatchObject({
          right: { authcid: username, password }
        })
      }
    )
  })
})
