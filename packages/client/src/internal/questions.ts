/** What was asked of a server and is not answered yet, in order. */
import type { Phase } from "@effect-smtp/protocol/Phase"
import * as Option from "effect/Option"
import * as Rec from "effect/Record"
import type { Transfer } from "./transfer.js"

/** What an answer is to; `Nothing` is a message of no bytes, that goes to nobody. */
export type Question = "Reset" | "Mail" | "Recipient" | "Data" | "Verdict" | "Nothing"

/** What is waited for, as a phase. */
export const phases = {
  Reset: "Reset",
  Mail: "Mail",
  Recipient: "Recipient",
  Data: "Data",
  Verdict: "Verdict",
  Nothing: "Data"
} as const satisfies Record<Question, Phase>

/** Said again for every answer, so made once. */
const content: Option.Option<Phase> = Option.some("Content")
const waits: Record<Question, Option.Option<Phase>> = Rec.map(phases, Option.some)

/** A question that was asked so often of a message. */
interface Asked {
  readonly question: Question
  readonly transfer: Transfer
  readonly times: number
}

/**
 * - `ask`: notes a question, or several of a kind;
 * - `next`: the one that the next answer is to;
 * - `answer`: it was answered;
 * - `isOpen`: whether any is not;
 * - `phase`: that of the next one. A message that has not left yet cannot be answered.
 */
export interface Questions {
  readonly ask: (question: Question, transfer: Transfer, times?: number) => void
  readonly next: () => Asked
  readonly answer: () => void
  readonly isOpen: () => boolean
  readonly phase: () => Option.Option<Phase>
}

/** Nothing was asked yet. */
export const make = (): Questions => {
  const asked: Array<Asked> = []
  /** Questions of a kind that are done with, and answers to those of the next kind. */
  const count = { done: 0, answers: 0 }
  return {
    ask: (question, transfer, times = 1) => {
      asked.push({ question, transfer, times })
    },
    next: () => asked[count.done],
    answer: () => {
      count.answers++
      if (count.answers === asked[count.done].times) {
        count.answers = 0
        count.done++
      }
    },
    isOpen: () => count.done < asked.length,
    phase: () => {
      if (count.done === asked.length) return Option.none()
      const { question, transfer } = asked[count.done]
      return question === "Verdict" && transfer.progress !== "Left" ? content : waits[question]
    }
  }
}
