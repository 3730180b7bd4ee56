import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Channel from "@effect-smtp/protocol/Channel"
import * as Limits from "@effect-smtp/protocol/Limits"
import * as Session from "@effect-smtp/protocol/Session"
import * as Timeouts from "@effect-smtp/protocol/Timeouts"
import * as Command from "@effect-smtp/wire/Command"
import * as Domain from "@effect-smtp/wire/Domain"
import * as Reply from "@effect-smtp/wire/Reply"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Extensions from "../../src/Extensions.js"
import * as Handler from "../../src/Handler.js"
import { respond } from "../../src/internal/respond.js"
import type { Host } from "../../src/internal/state.js"
import { begin, order } from "../../src/internal/state.js"
import * as Trace from "../../src/internal/trace.js"
import * as Policy from "../../src/Policy.js"
import * as Strictness from "../../src/Strictness.js"
import * as Told from "../../src/Told.js"
import * as Trust from "../../src/Trust.js"
import * as Verdict from "../../src/Verdict.js"

const lines = {
  Helo: "HELO client.example",
  Ehlo: "EHLO client.example",
  Mail: "MAIL FROM:<alice@client.example>",
  Rcpt: "RCPT TO:<bob@mx.example>",
  Data: "DATA",
  Rset: "RSET",
  Noop: "NOOP",
  Vrfy: "VRFY bob",
  Help: "HELP",
  Quit: "QUIT"
} as const satisfies { readonly [V in Session.Verb]?: string }

type Verb = keyof typeof lines
const verbs: ReadonlyArray<Verb> = [
  "Helo",
  "Ehlo",
  "Mail",
  "Rcpt",
  "Data",
  "Rset",
  "Noop",
  "Vrfy",
  "Help",
  "Quit"
]

const handler = Handler.make({
  recipient: () => Effect.succeed(Verdict.recipientOk),
  message: () => Effect.succeed(Verdict.ok)
})

/** What the server makes of the commands: each with the state before, the reply, and the state after. */
const walk = (said: ReadonlyArray<Verb>) =>
  Effect.gen(function*() {
    const [near, far] = yield* MemoryNetwork.pair()
    const channel = yield* Channel.make(near, {
      phase: "Command",
      timeouts: Timeouts.defaults
    })
    const host: Host = {
      channel,
      handler,
      authenticator: Option.none(),
      policy: Policy.clearText,
      name: yield* Domain.parse("mx.example"),
      limits: Limits.defaults,
      lineEndings: "strict",
      strictness: Strictness.defaults,
      report: () => {},
      now: () => 0,
      trace: yield* Trace.make,
      extensions: Extensions.defaults,
      trust: Trust.none,
      greeting: Reply.make({ code: 220, text: "mx.example ESMTP" }),
      commands: Command.decoder()
    }
    let state = begin({ session: "0", peer: near.peer, told: Told.nothing })
    const steps: Array<readonly [Session.State, Verb, number, Session.State]> = []
    for (const verb of said) {
      const before = order(state)
      if (before === "RecipientOrData" && verb === "Data") {
        yield* far.write(new TextEncoder().encode(".\r\n"))
      }
      const { after, replies: [reply] } = yield* respond(
        host,
        state,
        yield* Command.parse(lines[verb])
      )
      steps.push([
        before,
        verb,
        reply.code,
        Option.match(after, {
          onNone: () => "Closed" as const,
          onSome: order
        })
      ])
      if (Option.isNone(after)) break
      state = after.value
    }
    return steps
  })

describe("order", () => {
  it("S11: a session goes where the table of legal commands says, and nowhere else", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(
        FastCheck.array(FastCheck.constantFrom(...verbs), { maxLength: 9 }),
        async (said) => {
          const steps = await Effect.runPromise(Effect.scoped(walk(said)))
          for (const [before, verb, code, after] of steps) {
            const next = Session.next(before, verb)
            expect([before, verb, after, code < 300]).toEqual([
              before,
              verb,
              Option.getOrElse(next, () => before),
              Option.isSome(next)
            ])
          }
        }
      ),
      { numRuns: 200 }
    ))
})
