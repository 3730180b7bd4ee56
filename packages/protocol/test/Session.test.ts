import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Session from "../src/Session.js"

const verbs = [
  "Helo",
  "Ehlo",
  "Lhlo",
  "StartTls",
  "Auth",
  "Mail",
  "Rcpt",
  "Data",
  "Bdat",
  "Xclient",
  "Xforward",
  "Rset",
  "Noop",
  "Vrfy",
  "Expn",
  "Etrn",
  "Help",
  "Quit"
] as const satisfies ReadonlyArray<Session.Verb>

const states = [
  "Hello",
  "Mail",
  "Recipient",
  "RecipientOrData",
  "Closed"
] as const satisfies ReadonlyArray<Session.State>

/** The whole table again, as text: a row for each verb, a column for each state but the last. */
const table = `
  verb     Hello  Mail      Recipient       RecipientOrData
  Helo     Mail   Mail      Mail            Mail
  Ehlo     Mail   Mail      Mail            Mail
  Lhlo     Mail   Mail      Mail            Mail
  StartTls -      Hello     -               -
  Auth     -      Mail      -               -
  Mail     -      Recipient -               -
  Rcpt     -      -         RecipientOrData RecipientOrData
  Data     -      -         -               Mail
  Bdat     -      -         -               Mail
  Xclient  Hello  Hello     -               -
  Xforward Hello  Mail      -               -
  Rset     Hello  Mail      Mail            Mail
  Noop     Hello  Mail      Recipient       RecipientOrData
  Vrfy     Hello  Mail      Recipient       RecipientOrData
  Expn     Hello  Mail      Recipient       RecipientOrData
  Etrn     -      Mail      -               -
  Help     Hello  Mail      Recipient       RecipientOrData
  Quit     Closed Closed    Closed          Closed
`

const rows = table.trim().split("\n").slice(1).map((row) => row.trim().split(/ +/))

const walk = (
  start: Session.State,
  said: ReadonlyArray<Session.Verb>
): Option.Option<Session.State> =>
  said.reduce<Option.Option<Session.State>>(
    (state, verb) => Option.flatMap(state, (at) => Session.next(at, verb)),
    Option.some(start)
  )

describe("Session", () => {
  describe("next", () => {
    it("S11: has a row for each command, and no other", () => {
      expect(rows.map(([verb]) => verb)).toEqual(verbs)
    })

    for (const [index, state] of states.slice(0, -1).entries()) {
      it(`S11: knows each command in state ${state}`, () => {
        for (const [row, verb] of verbs.entries()) {
          const expected = rows[row][index + 1]
          expect([verb, Option.getOrElse(Session.next(state, verb), () => "-")])
            .toEqual([verb, expected])
        }
      })
    }

    it("lets nothing follow the end", () => {
      for (const verb of verbs) expect(Session.next("Closed", verb)).toEqual(Option.none())
    })
  })

  describe("initial", () => {
    it("waits for a greeting", () => {
      expect(Session.initial).toBe("Hello")
      expect(Session.expected[Session.initial]).toBe("EHLO or HELO")
    })
  })

  describe("walks", () => {
    it("X1, X18: carries several messages, one after the other", () => {
      const mail = ["Mail", "Rcpt", "Rcpt", "Data"] as const
      expect(walk("Hello", ["Ehlo", ...mail, ...mail])).toEqual(Option.some("Mail"))
    })

    it("N4: wants a greeting again after STARTTLS", () => {
      const after = walk("Hello", ["Ehlo", "StartTls"])
      expect(after).toEqual(Option.some("Hello"))
      expect(walk("Hello", ["Ehlo", "StartTls", "Mail"])).toEqual(Option.none())
      expect(walk("Hello", ["Ehlo", "StartTls", "Ehlo", "Auth", "Mail"]))
        .toEqual(Option.some("Recipient"))
    })

    it.prop(
      "RSET or a greeting leads out of any transaction",
      { said: FastCheck.array(FastCheck.constantFrom(...verbs)) },
      ({ said }) => {
        const at = walk("Hello", said)
        if (Option.isSome(at) && at.value !== "Closed") {
          expect(Session.next(at.value, "Ehlo")).toEqual(Option.some("Mail"))
          expect(Session.next(at.value, "Rset"))
            .toEqual(Option.some(at.value === "Hello" ? "Hello" : "Mail"))
        }
      }
    )

    it.prop(
      "DATA is only legal with a recipient since the last MAIL",
      { said: FastCheck.array(FastCheck.constantFrom(...verbs), { maxLength: 30 }) },
      ({ said }) => {
        let state: Session.State = Session.initial
        let recipients = 0
        for (const verb of said) {
          const next = Session.next(state, verb)
          if (Option.isNone(next)) continue
          if (verb === "Data" || verb === "Bdat") expect(recipients).toBeGreaterThan(0)
          if (["Mail", "Rset", "Helo", "Ehlo", "Lhlo", "Data", "Bdat"].includes(verb)) {
            recipients = 0
          }
          if (verb === "Rcpt") recipients++
          state = next.value
        }
      }
    )
  })
})
