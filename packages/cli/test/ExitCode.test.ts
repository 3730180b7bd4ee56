import * as CliError from "@effect-smtp/cli/CliError"
import * as ExitCode from "@effect-smtp/cli/ExitCode"
import type { Outcome } from "@effect-smtp/client/Outcome"
import * as RouteError from "@effect-smtp/client/RouteError"
import * as SmtpError from "@effect-smtp/client/SmtpError"
import * as FlowError from "@effect-smtp/flow/FlowError"
import * as ChannelError from "@effect-smtp/protocol/ChannelError"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as ValidationError from "@effect/cli/ValidationError"
import { SystemError } from "@effect/platform/Error"
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

const reply = (code: number) => Reply.make({ code, text: "so" })
const verdict = (code: number) => ({ recipient: ForwardPath.postmaster, reply: reply(code) })

const outcome = (accepted: ReadonlyArray<number>, rejected: ReadonlyArray<number>): Outcome => ({
  accepted: accepted.map(verdict),
  rejected: rejected.map(verdict),
  failed: [],
  reply: accepted.length > 0 ? Option.some(reply(250)) : Option.none()
})

const flowError = (reason: FlowError.Reason) =>
  new FlowError.FlowError({ reason, during: "dial", detail: "so" })

const transport = (reason: FlowError.Reason) =>
  new SmtpError.ConnectionFailed({
    cause: new ChannelError.TransportFailed({ phase: "Connect", cause: flowError(reason) })
  })

const failure = (reason: FlowError.Reason, fate: SmtpError.Fate) => ({
  recipient: ForwardPath.postmaster,
  error: transport(reason),
  fate
})

describe("ExitCode", () => {
  describe("fromOutcome", () => {
    const rows: ReadonlyArray<readonly [number, Outcome]> = [
      [0, outcome([250, 250], [])],
      [1, outcome([250], [550])],
      [1, outcome([], [550])],
      [1, outcome([], [550, 450])],
      [1, outcome([250], [450, 550])],
      [75, outcome([250], [450])],
      [75, outcome([], [450, 452])],
      [1, outcome([], [354])],
      [75, { ...outcome([250], [450]), failed: [failure("Reset", "NotDelivered")] }],
      [75, { ...outcome([250], []), failed: [failure("Reset", "Unknown")] }],
      [1, { ...outcome([250], []), failed: [failure("Certificate", "NotDelivered")] }]
    ]
    it.each(rows)("is %i for an outcome", (code, value) => {
      expect(ExitCode.fromOutcome(value)).toBe(code)
    })
  })

  describe("fromFailure", () => {
    const after = Duration.seconds(1)
    const rows: ReadonlyArray<readonly [number, string, ExitCode.Failure]> = [
      [2, "wrong use", new CliError.WrongUse({ reason: "so" })],
      [2, "a bad flag", ValidationError.invalidValue(HelpDoc.p("so"))],
      [1, "a bad file", new CliError.BadFile({ what: "so", file: "so", reason: "so" })],
      [75, "later for all", new CliError.Undelivered({ outcome: outcome([], [450]) })],
      [1, "never for some", new CliError.Undelivered({ outcome: outcome([250], [550]) })],
      [75, "later for some of many", new CliError.Incomplete({ messages: 1, retry: "Later" })],
      [1, "never for one of many", new CliError.Incomplete({ messages: 1, retry: "Never" })],
      [24, "a probe that is refused", new CliError.Faulty({ stage: "Recipient" })],
      [75, "late", new CliError.OutOfTime({ after, fate: "NotDelivered" })],
      [75, "late, perhaps", new CliError.OutOfTime({ after, fate: "Unknown" })],
      [75, "not now", new SmtpError.Refused({ phase: "Mail", reply: reply(451) })],
      [1, "not ever", new SmtpError.Refused({ phase: "Mail", reply: reply(550) })],
      [75, "nobody there", transport("Refused")],
      [75, "cut", transport("Reset")],
      [1, "a bad certificate", transport("Certificate")],
      [1, "no TLS", new SmtpError.NotSecure({ phase: "StartTls", reason: "so" })],
      [
        1,
        "no 8BITMIME",
        new SmtpError.Unsupported({ phase: "Mail", extension: "8BITMIME", reason: "so" })
      ],
      [
        1,
        "no such domain",
        new SmtpError.Unroutable({ cause: new RouteError.NoSuchDomain({ domain: "so" }) })
      ],
      [
        75,
        "no DNS",
        new SmtpError.Unroutable({ cause: new RouteError.NoAnswer({ domain: "so", detail: "so" }) })
      ],
      [1, "unreadable", new SmtpError.Unsendable({ phase: "Content", cause: "so" })],
      [1, "a port in use", flowError("Refused")],
      [
        1,
        "no spool",
        new SystemError({ reason: "PermissionDenied", module: "FileSystem", method: "so" })
      ]
    ]
    for (const retry of ["Later", "Never"] as const) {
      it(`follows the server on AUTH: ${retry}`, () => {
        const error = new SmtpError.AuthenticationFailed({
          mechanism: "PLAIN",
          reason: "so",
          retry
        })
        expect(ExitCode.fromFailure(error)).toBe(retry === "Later" ? 75 : 1)
      })
    }
    it.each(rows)("is %i for %s", (code, _, failure) => {
      expect(ExitCode.fromFailure(failure)).toBe(code)
    })
  })
})
