/**
 * ProbeJson: what a probe has found, as one JSON value, for programs.
 *
 * @module
 */
import type { Verdict as ClientVerdict } from "@effect-smtp/client/Outcome"
import type { Fault as ClientFault, Report } from "@effect-smtp/client/ProbeReport"
import * as ProbeReport from "@effect-smtp/client/ProbeReport"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type * as FlowTls from "@effect-smtp/flow/Tls"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as EnhancedStatus from "@effect-smtp/wire/EnhancedStatus"
import * as Extension from "@effect-smtp/wire/Extension"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import type * as WireReply from "@effect-smtp/wire/Reply"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as ExitCode from "./ExitCode.js"

/** A reply: its code, enhanced status, and lines of text. */
export const Reply = Schema.Struct({
  code: Schema.Number,
  enhanced: Schema.NullOr(Schema.String),
  lines: Schema.Array(Schema.String)
})

/** A recipient (a path, with its brackets), and what the server said of it. */
export const Verdict = Schema.Struct({ recipient: Schema.String, reply: Reply })

/** A certificate, names and dates as OpenSSL writes them. */
export const Certificate = Schema.Struct({
  subject: Schema.String,
  issuer: Schema.String,
  names: Schema.String,
  validFrom: Schema.String,
  validTo: Schema.String,
  sha256: Schema.String
})

/** The TLS facts; the chain begins with the server's own certificate. */
export const Tls = Schema.Struct({
  version: Schema.String,
  cipher: Schema.String,
  serverName: Schema.NullOr(Schema.String),
  trusted: Schema.Boolean,
  problems: Schema.Array(Schema.Struct({
    reason: Schema.Literal(
      "Expired",
      "NotYetValid",
      "WrongName",
      "SelfSigned",
      "UnknownIssuer",
      "Other"
    ),
    detail: Schema.String
  })),
  chain: Schema.Array(Certificate)
})

const Stage = Schema.Literal(...ProbeReport.stages)

/** What is not as it should be: where, what kind of thing (a tag), and in words. */
export const Fault = Schema.Struct({
  stage: Stage,
  kind: Schema.String,
  message: Schema.String
})

/**
 * The whole report. Times are in milliseconds since the start.
 *
 * - `hellos`: what was offered each time the server was greeted, the lines of its answer in `extensions`;
 * - `outcome`: what became of the message, and the one answer to it, if there was one.
 */
export const Probed = Schema.Struct({
  endpoint: Schema.String,
  protocol: Schema.Literal("SMTP", "LMTP"),
  local: Schema.NullOr(Schema.String),
  remote: Schema.NullOr(Schema.String),
  greeting: Schema.NullOr(Reply),
  hellos: Schema.Array(Schema.Struct({
    greeting: Schema.String,
    extensions: Schema.Array(Schema.String),
    mechanisms: Schema.Array(Schema.String)
  })),
  tls: Schema.NullOr(Tls),
  login: Schema.NullOr(Schema.Struct({ mechanism: Schema.String, reply: Reply })),
  mail: Schema.NullOr(Reply),
  recipients: Schema.Array(Verdict),
  data: Schema.NullOr(Reply),
  outcome: Schema.NullOr(Schema.Struct({
    accepted: Schema.Array(Verdict),
    rejected: Schema.Array(Verdict),
    reply: Schema.NullOr(Reply)
  })),
  steps: Schema.Array(Schema.Struct({ stage: Stage, at: Schema.Number, took: Schema.Number })),
  transcript: Schema.Array(Schema.Struct({
    at: Schema.Number,
    from: Schema.Literal("client", "server", "note"),
    line: Schema.String
  })),
  faults: Schema.Array(Fault),
  exitCode: Schema.Number
})

/** The value of {@link Probed}. */
export type Probed = typeof Probed.Type

const encode = Schema.encode(Schema.parseJson(Probed, { space: 2 }))

/** The text. */
export const print = (report: Report): Effect.Effect<string> =>
  Effect.orDie(encode(describe(report)))

/** The report as a value that can be written. */
export const describe = (report: Report): Probed => {
  const { data, endpoint, greeting, hellos, lines, login, mail, outcome, peer, protocol } = report
  return {
    endpoint: Endpoint.print(endpoint),
    protocol: protocol === "Lmtp" ? "LMTP" : "SMTP",
    local: orNull(peer, ({ local }) => Endpoint.print(local)),
    remote: orNull(peer, ({ remote }) => Endpoint.print(remote)),
    greeting: orNull(greeting, reply),
    hellos: hellos.map((offered) => ({
      greeting: offered.greeting,
      extensions: offered.extensions.map(Extension.print),
      mechanisms: Capabilities.mechanisms(offered)
    })),
    tls: orNull(ProbeReport.tls(report), tls),
    login: orNull(login, (made) => ({ mechanism: made.mechanism, reply: reply(made.reply) })),
    mail: orNull(mail, reply),
    recipients: report.recipients.map(verdict),
    data: orNull(data, reply),
    outcome: orNull(outcome, (decided) => ({
      accepted: decided.accepted.map(verdict),
      rejected: decided.rejected.map(verdict),
      reply: orNull(decided.reply, reply)
    })),
    steps: report.steps,
    transcript: lines,
    faults: report.faults.flatMap(fault),
    exitCode: ExitCode.fromReport(report)
  }
}

const orNull = <A, B>(option: Option.Option<A>, write: (value: A) => B): B | null =>
  Option.getOrNull(Option.map(option, write))

const reply = ({ code, enhanced, lines }: WireReply.Reply): typeof Reply.Type => ({
  code,
  enhanced: orNull(enhanced, EnhancedStatus.print),
  lines
})

const verdict = (said: ClientVerdict): typeof Verdict.Type => ({
  recipient: ForwardPath.print(said.recipient),
  reply: reply(said.reply)
})

const certificate = (shown: FlowTls.Certificate): typeof Certificate.Type => ({
  subject: shown.subject,
  issuer: shown.issuer,
  names: shown.subjectAltName,
  validFrom: shown.validFrom,
  validTo: shown.validTo,
  sha256: shown.fingerprint
})

const tls = (info: FlowTls.Info): typeof Tls.Type => ({
  version: info.version,
  cipher: info.cipher,
  serverName: Option.getOrNull(info.serverName),
  trusted: info.authorized,
  problems: info.problems,
  chain: info.peerChain.map(certificate)
})

const fault = (found: ClientFault): ReadonlyArray<typeof Fault.Type> => {
  const { stage } = found
  switch (found._tag) {
    case "Failed":
      return [{ stage, kind: found.error._tag, message: found.error.message }]
    case "Untrusted":
      return found.problems.map(({ detail, reason }) => ({ stage, kind: reason, message: detail }))
    case "Rejected":
      return found.verdicts.map((said) => ({
        stage,
        kind: "Rejected",
        message: `${ForwardPath.print(said.recipient)} ${said.reply.code}`
      }))
  }
}
