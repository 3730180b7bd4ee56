import type * as Dialer from "@effect-smtp/flow/Dialer"
import type { Flow } from "@effect-smtp/flow/Flow"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { endpoint } from "./harness.js"

/**
 * What a server does about the next thing it hears: answers it, says something else instead, hangs
 * up before or after it has done what was asked, or waits for something else first.
 */
export type Mood =
  | { readonly _tag: "Answer" }
  | { readonly _tag: "Say"; readonly text: string }
  | { readonly _tag: "Vanish" }
  | { readonly _tag: "AnswerAndVanish" }
  | { readonly _tag: "Wait"; readonly until: Effect.Effect<void> }

export const answer: Mood = { _tag: "Answer" }
export const vanish: Mood = { _tag: "Vanish" }
export const answerAndVanish: Mood = { _tag: "AnswerAndVanish" }
export const say = (text: string): Mood => ({ _tag: "Say", text })
export const wait = (until: Effect.Effect<void>): Mood => ({ _tag: "Wait", until })

/** What is heard: a connection, a command by its first word, or a message by its whole text. */
export interface Heard {
  readonly connection: number
  readonly what: string
}

/** What a post office has seen so far. */
export interface Seen {
  readonly heard: Array<Heard>
  readonly stored: Array<string>
  connections: number
  open: number
  most: number
}

const bytes = (text: string) => new TextEncoder().encode(text)

/** A server that keeps the messages it gets, as whimsical as its mood. */
export const make = (
  mood: (heard: Heard) => Mood = () => answer,
  extensions: ReadonlyArray<string> = []
) =>
  Effect.gen(function*() {
    const network = yield* MemoryNetwork.make()
    const bound = yield* network.listen(endpoint)
    const seen: Seen = { heard: [], stored: [], connections: 0, open: 0, most: 0 }

    const converse = (flow: Flow, connection: number) =>
      Effect.gen(function*() {
        let unread = ""
        let invited = false
        const next = (end: string) =>
          Effect.gen(function*() {
            while (!unread.includes(end)) {
              const more = yield* flow.read
              if (Option.isNone(more)) return undefined
              unread += new TextDecoder().decode(more.value)
            }
            const at = unread.indexOf(end) + end.length
            const text = unread.slice(0, at)
            unread = unread.slice(at)
            return text
          })
        /** Whether the conversation goes on. */
        const react = (what: string, reply: string, act: () => void = () => undefined) =>
          Effect.gen(function*() {
            seen.heard.push({ connection, what })
            const now = mood({ connection, what })
            if (now._tag === "Vanish") return false
            if (now._tag === "Wait") yield* now.until
            if (now._tag !== "Say") act()
            if (now._tag === "AnswerAndVanish") return false
            yield* flow.write(bytes(now._tag === "Say" ? `${now.text}\r\n` : reply))
            return now._tag !== "Say" || !now.text.startsWith("421")
          })
        if (!(yield* react("connect", "220 mx.example\r\n"))) return
        while (true) {
          const line = yield* next("\r\n")
          if (line === undefined) return
          const verb = line.trim().split(" ")[0]
          const hello = ["mx.example", ...extensions].map((text, at) =>
            `250${at === extensions.length ? " " : "-"}${text}\r\n`
          ).join("")
          const replies: { readonly [verb: string]: string } = {
            EHLO: hello,
            DATA: "354 go ahead\r\n",
            QUIT: "221 bye\r\n"
          }
          const act = () => {
            invited = verb === "DATA"
          }
          if (!(yield* react(verb, replies[verb] ?? "250 ok\r\n", act))) return
          if (verb === "QUIT") return
          if (invited) {
            invited = false
            const message = yield* next("\r\n.\r\n")
            if (message === undefined) return
            const text = message.slice(0, -5)
            if (!(yield* react(text, "250 queued\r\n", () => seen.stored.push(text)))) return
          }
        }
      })

    const serve = Effect.gen(function*() {
      const scope = yield* Scope.make()
      const flow = yield* Scope.extend(bound.accept, scope)
      yield* converse(flow, seen.connections++).pipe(
        Effect.ignore,
        Effect.ensuring(Scope.close(scope, Exit.void)),
        Effect.forkScoped
      )
    })
    yield* Effect.forkScoped(Effect.forever(serve))

    /** A connection counts until the client hangs up, whatever the server has done. */
    const counted = Effect.acquireRelease(
      Effect.sync(() => {
        seen.open++
        seen.most = Math.max(seen.most, seen.open)
      }),
      () => Effect.sync(() => seen.open--)
    )
    const dialer: Dialer.Shape = {
      dial: (to) => Effect.zipRight(counted, network.dial(to))
    }
    return { dialer, seen }
  })

/** The commands heard on a connection, in order. */
export const commands = (seen: Seen, connection: number): ReadonlyArray<string> =>
  seen.heard.filter((heard) => heard.connection === connection).map(({ what }) => what)
