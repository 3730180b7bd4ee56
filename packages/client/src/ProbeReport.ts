/**
 * ProbeReport: what a probe has found (see `Probe`), as far as it got.
 *
 * @module
 */
import type { Endpoint } from "@effect-smtp/flow/Endpoint"
import type { PeerInfo } from "@effect-smtp/flow/Flow"
import type * as Tls from "@effect-smtp/flow/Tls"
import type * as Transcript from "@effect-smtp/flow/Transcript"
import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import type { Reply } from "@effect-smtp/wire/Reply"
import * as Arr from "effect/Array"
import * as Data from "effect/Data"
import * as Option from "effect/Option"
import type { Protocol } from "./Hello.js"
import type { Outcome, Verdict } from "./Outcome.js"
import type { SmtpError } from "./SmtpError.js"

/**
 * How far a session may get, in order; under implicit TLS `Tls` comes before `Greeting`.
 *
 * - `Connect`: the transport, and a PROXY header if there is one to say;
 * - `Greeting`: the server's first reply;
 * - `Hello`: the answer to EHLO, HELO or LHLO, the first of them;
 * - `Tls`: the handshake, before anything is said under it;
 * - `Xclient`: the greeting under TLS, and XCLIENT with what follows it, if there is one to say;
 * - `Auth`, `Mail`, `Recipient`, `Data`: the answers to those commands;
 * - `Content`: the message and its final dot have been sent;
 * - `Verdict`: the answer to it.
 */
export const stages = [
  "Connect",
  "Greeting",
  "Hello",
  "Tls",
  "Xclient",
  "Auth",
  "Mail",
  "Recipient",
  "Data",
  "Content",
  "Verdict"
] as const

/** One of {@link stages}. */
export type Stage = typeof stages[number]

/** Whether the stage comes before that one, or is it. */
export const isWithin = (stage: Stage, last: Stage): boolean =>
  stages.indexOf(stage) <= stages.indexOf(last)

/** The stage that the phase of a session belongs to; none for what no probe does. */
export const stageOf = (phase: Phase): Option.Option<Stage> =>
  phase === "StartTls" || phase === "Handshake"
    ? Option.some("Tls")
    : Arr.findFirst(stages, (stage) => stage === phase)

/** Something that was done: when it began, in milliseconds since the probe did, and how long it took. */
export interface Step {
  readonly stage: Stage
  readonly at: number
  readonly took: number
}

/** A line of the conversation, secrets hidden, and when it was said, in milliseconds since the start. */
export interface Line extends Transcript.Entry {
  readonly at: number
}

/**
 * Something that is not as it should be:
 *
 * - `Failed`: the stage failed. But for a login that was not tried the session ended there;
 * - `Untrusted`: what is wrong with the certificate; the session went on;
 * - `Rejected`: recipients that were refused, by the answer to RCPT or to the message.
 */
export type Fault = Data.TaggedEnum<{
  Failed: { readonly stage: Stage; readonly error: SmtpError }
  Untrusted: { readonly stage: "Tls"; readonly problems: ReadonlyArray<Tls.Problem> }
  Rejected: {
    readonly stage: "Recipient" | "Verdict"
    readonly verdicts: ReadonlyArray<Verdict>
  }
}>

/** Constructors and matchers of {@link Fault}. */
export const Fault = Data.taggedEnum<Fault>()

/** A mechanism that was used, and what the server said in the end. */
export interface Login {
  readonly mechanism: string
  readonly reply: Reply
}

/**
 * What was found.
 *
 * - `peer`: both addresses and the TLS facts, as they were at last; none without a connection;
 * - `hellos`: what the server offers, as it said each time it was greeted;
 * - `login`: how the client logged in, if it did;
 * - `mail`, `recipients`, `data`: the answers to MAIL, RCPT and DATA;
 * - `outcome`: what became of the message, once there was an answer to it;
 * - `steps`, `lines`: what was done and said, in order;
 * - `faults`: in the order in which they were found.
 */
export interface Report {
  readonly endpoint: Endpoint
  readonly protocol: Protocol
  readonly peer: Option.Option<PeerInfo>
  readonly greeting: Option.Option<Reply>
  readonly hellos: ReadonlyArray<Capabilities.Capabilities>
  readonly login: Option.Option<Login>
  readonly mail: Option.Option<Reply>
  readonly recipients: ReadonlyArray<Verdict>
  readonly data: Option.Option<Reply>
  readonly outcome: Option.Option<Outcome>
  readonly steps: ReadonlyArray<Step>
  readonly lines: ReadonlyArray<Line>
  readonly faults: ReadonlyArray<Fault>
}

/** The TLS facts. */
export const tls = ({ peer }: Report): Option.Option<Tls.Info> =>
  Option.flatMap(peer, (found) => found.tls)

/** What the server offered last; nothing, before it has been greeted. */
export const capabilities = ({ hellos }: Pick<Report, "hellos">): Capabilities.Capabilities =>
  Option.getOrElse(Arr.last(hellos), () => Capabilities.none)

/** The first stage at which something is not as it should be. */
export const failedStage = ({ faults }: Report): Option.Option<Stage> =>
  Option.map(Arr.head(faults), ({ stage }) => stage)
