/** Findings in the making: each rule once, however often it is broken. */
import type { Finding, Place, Rule, Severity } from "../Finding.js"

/** Takes what was found, and gives it back in order. */
export interface Findings {
  readonly add: (rule: Rule, severity: Severity, at: Place, times?: number) => void
  readonly list: () => ReadonlyArray<Finding>
}

/** Nothing yet. */
export const make = (): Findings => {
  const found = new Map<string, Finding>()
  return {
    add: (rule, severity, at, times = 1) => {
      const key = "name" in rule ? `${rule._tag} ${rule.name}` : rule._tag
      const before = found.get(key)
      found.set(
        key,
        before === undefined
          ? { rule, severity, at, times }
          : { ...before, rule: worse(before.rule, rule), times: before.times + times }
      )
    },
    list: () => Array.from(found.values()).sort((one, other) => one.at.offset - other.at.offset)
  }
}

/** The longest line stands for all of them. */
const worse = (one: Rule, other: Rule): Rule =>
  one._tag === "LineTooLong" && other._tag === "LineTooLong" && other.octets > one.octets ||
    one._tag === "LineWide" && other._tag === "LineWide" && other.characters > one.characters
    ? other
    : one
