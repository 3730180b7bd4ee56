/**
 * ProbePage: what a probe has found, for people: a word at the start of each line, and what it is about
 * behind it. What comes from the server is shown with its control characters spelled out.
 *
 * ```
 * server       192.0.2.1:25
 * greeting     220 mx.example ESMTP
 * hello        mx.example: PIPELINING, SIZE 10240000, STARTTLS
 * tls          TLSv1.3, TLS_AES_256_GCM_SHA384, for mx.example
 * certificate  CN=mx.example, until Feb  1 00:00:00 2027 GMT
 * ```
 *
 * @module
 */
import type { Outcome, Verdict } from "@effect-smtp/client/Outcome"
import type { Fault, Line, Report, Step } from "@effect-smtp/client/ProbeReport"
import * as ProbeReport from "@effect-smtp/client/ProbeReport"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type * as Tls from "@effect-smtp/flow/Tls"
import * as Transcript from "@effect-smtp/flow/Transcript"
import type { Capabilities } from "@effect-smtp/wire/Capabilities"
import * as Extension from "@effect-smtp/wire/Extension"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Option from "effect/Option"

/** A word, and what it is about. */
type Row = readonly [word: string, text: string]

/** All lines. */
export const print = (report: Report): ReadonlyArray<string> => {
  const rows: ReadonlyArray<Row> = [
    ...ofServer(report),
    ...ofOpening(report),
    ...Option.match(report.login, {
      onNone: () => [],
      onSome: ({ mechanism, reply }): ReadonlyArray<Row> => [
        ["login", `${mechanism}: ${Reply.summary(reply)}`]
      ]
    }),
    ...ofReply("mail", report.mail),
    ...report.recipients.map(ofVerdict("recipient")),
    ...ofReply("data", report.data),
    ...Option.match(report.outcome, { onNone: () => [], onSome: ofOutcome }),
    ...(report.steps.length === 0 ? [] : [["times", report.steps.map(time).join(", ")] as const]),
    ...report.faults.flatMap(ofFault)
  ]
  return rows.map(([word, text]) => `${word.padEnd(13)}${Transcript.printable(text)}`)
}

/** A line of the conversation: milliseconds since the start, and since the line before it. */
export const line = (line: Line, before: number): string =>
  `${String(line.at).padStart(6)} ${`+${line.at - before}`.padStart(6)}  ${Transcript.print(line)}`

const ofServer = ({ endpoint, peer }: Report): ReadonlyArray<Row> => [
  [
    "server",
    [
      Endpoint.print(endpoint),
      ...Option.match(peer, {
        onNone: () => [],
        onSome: ({ remote }) =>
          Endpoint.print(remote) === Endpoint.print(endpoint) ? [] : [Endpoint.print(remote)]
      })
    ].join(" is ")
  ]
]

/** In the order in which it was found: TLS stands between the offers, unless it came before both. */
const ofOpening = (report: Report): ReadonlyArray<Row> => {
  const tls = Option.match(ProbeReport.tls(report), { onNone: () => [], onSome: ofTls })
  const greeting = ofReply("greeting", report.greeting)
  const [first, ...later] = report.hellos.map(ofHello)
  const isFirst = report.steps[1]?.stage === "Tls"
  const hello = first === undefined ? [] : [first]
  return isFirst
    ? [...tls, ...greeting, ...hello, ...later]
    : [...greeting, ...hello, ...tls, ...later]
}

const ofReply = (word: string, reply: Option.Option<Reply.Reply>): ReadonlyArray<Row> =>
  Option.toArray(reply).map((said) => [word, Reply.summary(said)])

const ofHello = ({ extensions, greeting }: Capabilities): Row => [
  "hello",
  `${greeting}: ${
    extensions.length === 0 ? "no extensions" : extensions.map(Extension.print).join(", ")
  }`
]

/** OpenSSL puts each part of a name on a line of its own. */
const name = (text: string): string => text.replaceAll("\n", ", ")

const ofCertificate = (certificate: Tls.Certificate, index: number): ReadonlyArray<Row> => [
  [
    index === 0 ? "certificate" : "issuer",
    `${name(certificate.subject)}, until ${certificate.validTo}`
  ],
  ...(certificate.subjectAltName === "" ? [] : [["", certificate.subjectAltName] as const]),
  ["", `from ${name(certificate.issuer)}`],
  ["", `SHA-256 ${certificate.fingerprint}`]
]

const ofTls = ({ cipher, peerChain, serverName, version }: Tls.Info): ReadonlyArray<Row> => [
  [
    "tls",
    [version, cipher, ...Option.toArray(serverName).map((asked) => `for ${asked}`)].join(", ")
  ],
  ...peerChain.flatMap(ofCertificate)
]

const ofVerdict = (word: string) => ({ recipient, reply }: Verdict): Row => [
  word,
  `${ForwardPath.print(recipient)} ${Reply.summary(reply)}`
]

const ofOutcome = ({ accepted, rejected, reply }: Outcome): ReadonlyArray<Row> => [
  ...(Option.isSome(reply) && rejected.length === 0
    ? []
    : [...accepted, ...rejected].map(ofVerdict("verdict"))),
  ...ofReply("verdict", reply)
]

const time = ({ stage, took }: Step): string => `${stage.toLowerCase()} ${took} ms`

const problems: Readonly<Record<Tls.ProblemReason, string>> = {
  Expired: "expired",
  NotYetValid: "not valid yet",
  WrongName: "wrong name",
  SelfSigned: "self-signed",
  UnknownIssuer: "unknown issuer",
  Other: "not to be trusted"
}

const ofFault = (fault: Fault): ReadonlyArray<Row> => {
  const row = (text: string): Row => ["fault", `${fault.stage}: ${text}`]
  switch (fault._tag) {
    case "Failed":
      return [["fault", fault.error.message]]
    case "Untrusted":
      return fault.problems.map(({ detail, reason }) =>
        row(`the certificate: ${problems[reason]}: ${detail}`)
      )
    case "Rejected":
      return fault.verdicts.map(({ recipient, reply }) =>
        row(`${ForwardPath.print(recipient)} refused: ${Reply.summary(reply)}`)
      )
  }
}
