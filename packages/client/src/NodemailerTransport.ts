/**
 * NodemailerTransport: a transport for nodemailer's `createTransport`, so that a program written for it
 * sends through a `SmtpPool` or a `SmtpClient`, and changes by one line. Nothing of nodemailer is
 * imported: its types are described here as far as they matter.
 *
 * @module
 */
import * as Reply from "@effect-smtp/wire/Reply"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type * as Delivery from "./Delivery.js"
import * as Envelope from "./Envelope.js"
import * as Abortable from "./internal/abortable.js"
import * as Dsn from "./internal/dsn.js"
import * as MailContent from "./internal/mailContent.js"
import type { Carrier } from "./Mailing.js"
import {
  address,
  fromRefusals,
  fromSmtpError,
  fromVerdict,
  NodemailerError
} from "./NodemailerError.js"
import type { Outcome } from "./Outcome.js"
import * as QueueId from "./QueueId.js"
import type { SmtpError } from "./SmtpError.js"

/** An envelope as nodemailer has it: addresses without brackets, `false` for the null sender. */
export interface Addresses {
  readonly from: string | false
  readonly to: ReadonlyArray<string>
}

/**
 * What the caller of `sendMail` says of notifications (RFC 3461), under the names that nodemailer has
 * for it:
 *
 * - `return`, or `ret`: `HDRS` or `HEADERS`, `FULL` or `BODY`;
 * - `id`, or `envid`: the sender's name for the mail, as plain text;
 * - `notify`: `NEVER`, or some of `SUCCESS`, `FAILURE` and `DELAY`, as a list or between commas;
 * - `recipient`, or `orcpt`: whom the mail was first meant for, perhaps behind a type and a semicolon.
 */
export interface Notifications {
  readonly return?: string | null | undefined
  readonly ret?: string | null | undefined
  readonly id?: string | null | undefined
  readonly envid?: string | null | undefined
  readonly notify?: string | ReadonlyArray<string> | null | undefined
  readonly recipient?: string | null | undefined
  readonly orcpt?: string | null | undefined
}

/** What the caller of `sendMail` may take the mail back with: an `AbortSignal`. */
export interface Signal {
  readonly aborted: boolean
  readonly addEventListener: (type: "abort", listener: () => void) => void
  readonly removeEventListener: (type: "abort", listener: () => void) => void
}

/** A stream of Node's. */
export interface Readable extends AsyncIterable<Uint8Array | string> {
  readonly destroy?: () => unknown
}

/** A composed mail, as nodemailer hands it to a transport. */
export interface Mail {
  readonly data: {
    readonly dsn?: Notifications | null | undefined
    readonly signal?: Signal | null | undefined
  }
  readonly message: {
    readonly getEnvelope: () => Addresses
    readonly messageId: () => string
    readonly createReadStream: () => Readable
  }
}

/**
 * What the caller of `sendMail` is told. `response` is the server's answer to the message, and
 * `serverMessageId` the name that it gives to it there, in a wording that is known (`QueueId`).
 */
export interface Info {
  readonly envelope: Addresses
  readonly messageId: string
  readonly accepted: ReadonlyArray<string>
  readonly rejected: ReadonlyArray<string>
  readonly rejectedErrors: ReadonlyArray<NodemailerError>
  readonly response: string
  readonly serverMessageId?: string
}

/**
 * What nodemailer expects of a transport.
 *
 * - `send`: one mail. It fails only if no recipient got it. A `signal` interrupts it, and it is `EABORT`
 *   then, with what became of the mail;
 * - `verify`: asks the server for a NOOP: in the client's session, or in one that is opened for it. Its
 *   answer is a promise, unless there is a callback to tell;
 * - `close`: no mail is taken from then on. Sessions belong to whoever opened them;
 * - `isIdle`: whether no mail is on its way.
 */
export interface Transport {
  readonly name: string
  readonly version: string
  readonly supportsAbortSignal: true
  readonly send: (mail: Mail, callback: (error: Error | null, info?: Info) => void) => void
  readonly verify: (
    callback?: (error: Error | null, success?: true) => void
  ) => Promise<true> | undefined
  readonly close: () => void
  readonly isIdle: () => boolean
}

/** What a transport sends through: a `SmtpPool` or a `SmtpClient`. */
export interface Through extends Carrier {
  readonly noop: Effect.Effect<unknown, SmtpError>
}

/**
 * A transport over a client or a pool. When the scope closes, what is on its way is interrupted.
 *
 * A mail is composed when its turn comes: up to 128 KiB of it before the server is asked for anything,
 * the rest while it is sent. nodemailer can write a mail only once. So a longer one is not sent again,
 * whatever the pool's `retry` says, once the server has asked for it; its recipients have to fit into
 * one transaction (RFC 9422); and its size is not declared.
 *
 * Notifications are asked for where the server offers DSN; as with nodemailer's own transport the mail
 * goes without them elsewhere.
 */
export const make = (through: Through): Effect.Effect<Transport, never, Scope.Scope> =>
  Effect.map(FiberSet.makeRuntime<never, Info | true, NodemailerError>(), (run) => {
    const open = MutableRef.make(true)
    const running = MutableRef.make(0)
    const carry = <A extends Info | true>(
      program: Effect.Effect<A, NodemailerError>,
      callback: (error: Error | null, value?: A) => void
    ): void => {
      run(open.current ? program : Effect.fail(closed)).addObserver((exit) => {
        if (Exit.isSuccess(exit)) callback(null, exit.value)
        else callback(toError(exit.cause))
      })
    }
    const verified = Effect.as(Effect.mapError(through.noop, fromSmtpError), true as const)
    return {
      name: "effect-smtp",
      version: "0.1.0",
      supportsAbortSignal: true,
      send: (mail, callback) => {
        MutableRef.increment(running)
        carry(send(through, mail), (error, info) => {
          MutableRef.decrement(running)
          callback(error, info)
        })
      },
      verify: (callback) => {
        if (callback !== undefined) {
          carry(verified, callback)
          return undefined
        }
        return new Promise((resolve, reject) =>
          carry(verified, (error) => error === null ? resolve(true) : reject(error))
        )
      },
      close: () => {
        open.current = false
      },
      isIdle: () => running.current === 0
    }
  })

const closed = new NodemailerError({
  text: "The transport is closed",
  code: "ECONNECTION",
  command: "API"
})

/** What is no failure is an interruption or a defect; the callback is told of it, too. */
const toError = (cause: Cause.Cause<NodemailerError>): NodemailerError =>
  Option.getOrElse(
    Cause.failureOption(cause),
    () =>
      new NodemailerError({
        text: Cause.pretty(cause),
        code: "ECONNECTION",
        command: "API",
        cause: Cause.squash(cause)
      })
  )

const send = (
  carrier: Carrier,
  { data, message }: Mail
): Effect.Effect<Info, NodemailerError> =>
  Effect.gen(function*() {
    const addresses = message.getEnvelope()
    const envelope = yield* toEnvelope(addresses)
    const asking = yield* Effect.mapError(Dsn.ask(envelope, data.dsn ?? {}), wrong)
    const outcome = yield* Abortable.make(data.signal, (onInterrupt) =>
      MailContent.open(() =>
        message.createReadStream()
      ).pipe(
        Effect.flatMap((content) => {
          const deliver = (envelope: Envelope.Envelope) =>
            deliverContent(carrier, envelope, content, { onInterrupt })
          return Effect.catchIf(
            deliver(asking),
            (error) => lacks(error, "DSN"),
            () => deliver(envelope)
          ).pipe(Effect.mapError(fromSmtpError))
        }),
        Effect.scoped
      ))
    return yield* toInfo(outcome, addresses, message.messageId())
  })

const deliverContent = (
  carrier: Carrier,
  envelope: Envelope.Envelope,
  { body, sevenBit }: MailContent.Content,
  options: Delivery.Options
): Effect.Effect<Outcome, SmtpError> =>
  Effect.catchIf(
    carrier.deliver(envelope, body, options),
    (error) => lacks(error, "8BITMIME"),
    (error) =>
      Option.match(sevenBit, {
        onNone: () => Effect.fail(error),
        onSome: (body) => carrier.deliver(envelope, body, options)
      })
  )

/** Nothing was sent then. */
const lacks = (error: SmtpError, extension: string): boolean =>
  error._tag === "Unsupported" && error.extension === extension

const wrong = (cause: Error) =>
  new NodemailerError({ text: cause.message, code: "EENVELOPE", command: "API", cause })

const toEnvelope = (
  { from, to }: Addresses
): Effect.Effect<Envelope.Envelope, NodemailerError> =>
  Arr.isNonEmptyReadonlyArray(to)
    ? Effect.mapError(
      Envelope.parse({ from: from === false ? "" : from, to }),
      wrong
    )
    : Effect.fail(wrong(new Error("No recipients defined")))

const toInfo = (
  outcome: Outcome,
  envelope: Addresses,
  messageId: string
): Effect.Effect<Info, NodemailerError> => {
  const rejectedErrors = [
    ...outcome.rejected.map(fromVerdict),
    ...outcome.failed.map(({ error, recipient }) =>
      new NodemailerError({ ...fromSmtpError(error), recipient: address(recipient) })
    )
  ]
  const [last] = outcome.accepted.slice(-1)
  if (last === undefined && Arr.isNonEmptyReadonlyArray(rejectedErrors)) {
    return Effect.fail(fromRefusals(rejectedErrors))
  }
  const reply = Option.orElse(outcome.reply, () => Option.fromNullable(last?.reply))
  return Effect.succeed({
    envelope,
    messageId,
    accepted: outcome.accepted.map(({ recipient }) => address(recipient)),
    rejected: rejectedErrors.flatMap(({ recipient }) => recipient ?? []),
    rejectedErrors,
    response: Option.match(reply, { onNone: () => "", onSome: Reply.summary }),
    ...Option.match(Option.flatMap(reply, QueueId.fromReply), {
      onNone: () => ({}),
      onSome: (serverMessageId) => ({ serverMessageId })
    })
  })
}
