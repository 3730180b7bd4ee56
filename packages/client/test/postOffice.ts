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

/**
 * What is heard: a connection, a command by its first word, or a message by its whole text; `line` is
 * all of the command, or that which announced the message.
 */
export interface Heard {
  readonly connection: number
  readonly what: string
  readonly line: string
}

/** A message that was accepted: its addresses as they stood between angle brackets. */
export interface Letter {
  readonly from: string
  readonly to: ReadonlyArray<string>
  readonly text: string
}

/** What a post office has seen so far. `stored` are the texts of its `letters`. */
export interface Seen {
  readonly heard: Array<Heard>
  readonly stored: Array<string>
  readonly letters: Array<Letter>
  connections: number
  open: number
  most: number
}

const bytes = (text: string) => new TextEncoder().encode(text)

const address = (line: string) => line.slice(line.indexOf("<") + 1, line.indexOf(">"))

/**
 * A server that keeps the messages it gets, as whimsical as its mood, and strict: it takes no command
 * out of turn, and leaves no transaction but by its message or RSET. It answers each command before it
 * reads the next.
 */
export const make = (
  mood: (heard: Heard) => Mood = () => answer,
  extensions: ReadonlyArray<string> = [],
  options: MemoryNetwork.Options = {}
) =>
  Effect.gen(function*() {
    const network = yield* MemoryNetwork.make(options)
    const bound = yield* network.listen(endpoint)
    const seen: Seen = { heard: [], stored: [], letters: [], connections: 0, open: 0, most: 0 }

    const converse = (flow: Flow, connection: number) =>
      Effect.gen(function*() {
        const unread = { text: "", from: Option.none<string>(), to: new Array<string>() }
        const readUntil = (length: () => number) =>
          Effect.gen(function*() {
            while (length() < 0) {
              const more = yield* flow.read
              if (Option.isNone(more)) return undefined
              unread.text += new TextDecoder().decode(more.value)
            }
            const text = unread.text.slice(0, length())
            unread.text = unread.text.slice(length())
            return text
          })
        const endOf = (end: string) => {
          const at = unread.text.indexOf(end)
          return at < 0 ? at : at + end.length
        }
        const readTo = (end: string) => readUntil(() => endOf(end))
        const readMessage = readUntil(() =>
          unread.text.startsWith(".\r\n") ? 3 : endOf("\r\n.\r\n")
        )
        const forget = () => {
          unread.from = Option.none()
          unread.to = []
        }
        /** Whether the conversation goes on. */
        const react = (
          what: string,
          line: string,
          reply: string,
          act: () => void = () => undefined
        ) =>
          Effect.gen(function*() {
            const heard = { connection, what, line }
            seen.heard.push(heard)
            const wish = mood(heard)
            const now = reply.startsWith("503") && wish._tag === "Say" ? answer : wish
            if (now._tag === "Vanish") return false
            if (now._tag === "Wait") yield* now.until
            const said = now._tag === "Say" ? `${now.text}\r\n` : reply
            if (/^[23]/.test(said)) act()
            if (now._tag === "AnswerAndVanish") return false
            yield* flow.write(bytes(said))
            return now._tag !== "Say" || !now.text.startsWith("421")
          })
        const keep = (text: string) => {
          const letter = { from: Option.getOrElse(unread.from, () => ""), to: unread.to, text }
          seen.letters.push(letter)
          seen.stored.push(text)
          forget()
        }
        const hello = ["mx.example", ...extensions].map((text, at) =>
          `250${at === extensions.length ? " " : "-"}${text}\r\n`
        ).join("")
        const misplaced = "503 5.5.1 not now\r\n"
        const ok = "250 ok\r\n"

        if (!(yield* react("connect", "", "220 mx.example\r\n"))) return
        while (true) {
          const read = yield* readTo("\r\n")
          if (read === undefined) return
          const line = read.trim()
          const verb = line.split(" ")[0]
          const isOpen = Option.isSome(unread.from)
          const isWanted = isOpen && unread.to.length > 0
          const invited = { now: false }
          /** The reply, where the command may be said, and what comes of a good one. */
          const verbs: { readonly [verb: string]: readonly [boolean, string, () => void] } = {
            EHLO: [true, hello, forget],
            RSET: [true, ok, forget],
            QUIT: [true, "221 bye\r\n", forget],
            MAIL: [!isOpen, ok, () => unread.from = Option.some(address(line))],
            RCPT: [isOpen, ok, () => unread.to.push(address(line))],
            DATA: [
              isOpen,
              isWanted ? "354 go ahead\r\n" : "554 nobody to send it to\r\n",
              () => invited.now = true
            ]
          }
          if (verb === "BDAT") {
            const size = Number(line.split(" ")[1])
            const chunk = yield* readUntil(() => unread.text.length < size ? -1 : size)
            if (chunk === undefined) return
            const text = chunk.replace(/\r\n$/, "")
            if (!(yield* react(text, line, isWanted ? ok : misplaced, () => keep(text)))) return
            continue
          }
          const [isInPlace, reply, act] = verbs[verb] ?? [true, ok, () => undefined]
          if (!(yield* react(verb, line, isInPlace ? reply : misplaced, act))) return
          if (verb === "QUIT") return
          if (invited.now) {
            const message = yield* readMessage
            if (message === undefined) return
            const text = message.slice(0, -5)
            const queued = isWanted ? "250 queued\r\n" : "554 for nobody\r\n"
            if (!(yield* react(text, line, queued, () => keep(text)))) return
            forget()
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
