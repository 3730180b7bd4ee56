/** When two commands ask for the same thing. */
import * as Arr from "effect/Array"
import * as Equivalence from "effect/Equivalence"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import * as Redacted from "effect/Redacted"
import type { Attribute, Command } from "../Command.js"
import * as Domain from "../Domain.js"
import * as ForwardPath from "../ForwardPath.js"
import type { Parameter } from "../Parameter.js"
import * as ReversePath from "../ReversePath.js"

const folded: Equivalence.Equivalence<string> = Equivalence.mapInput(
  Equivalence.string,
  (text: string) => text.toUpperCase()
)

const text = Option.getEquivalence(Equivalence.string)

const byKeyword = Order.mapInput(
  Order.string,
  (parameter: Parameter) => parameter.keyword.toUpperCase()
)

const parameters: Equivalence.Equivalence<ReadonlyArray<Parameter>> = Equivalence.mapInput(
  Arr.getEquivalence(Equivalence.struct({ keyword: folded, value: text })),
  (list: ReadonlyArray<Parameter>) => Arr.sort(list, byKeyword)
)

const attributes: Equivalence.Equivalence<ReadonlyArray<Attribute>> = Arr.getEquivalence(
  Equivalence.struct({ name: folded, value: Equivalence.string })
)

const response = Option.getEquivalence(
  Redacted.getEquivalence((a: Uint8Array, b: Uint8Array) =>
    a.length === b.length && a.every((octet, at) => octet === b[at])
  )
)

/** See `Command.Equivalence`. */
export const equivalence: Equivalence.Equivalence<Command> = (a, b) => {
  switch (a._tag) {
    case "Helo":
    case "Ehlo":
    case "Lhlo":
      return a._tag === b._tag && Domain.Equivalence(a.domain, b.domain)
    case "Mail":
      return a._tag === b._tag && ReversePath.Equivalence(a.from, b.from) &&
        parameters(a.parameters, b.parameters)
    case "Rcpt":
      return a._tag === b._tag && ForwardPath.Equivalence(a.to, b.to) &&
        parameters(a.parameters, b.parameters)
    case "Bdat":
      return a._tag === b._tag && a.size === b.size && a.last === b.last
    case "Vrfy":
    case "Expn":
      return a._tag === b._tag && a.argument === b.argument && a.smtpUtf8 === b.smtpUtf8
    case "Help":
      return a._tag === b._tag && text(a.topic, b.topic)
    case "Noop":
      return a._tag === b._tag && text(a.argument, b.argument)
    case "Auth":
      return a._tag === b._tag && folded(a.mechanism, b.mechanism) &&
        response(a.initialResponse, b.initialResponse)
    case "Etrn":
      return a._tag === b._tag && a.argument === b.argument
    case "Xclient":
    case "Xforward":
      return a._tag === b._tag && attributes(a.attributes, b.attributes)
    case "Extension":
      return a._tag === b._tag && folded(a.verb, b.verb) && a.argument === b.argument
    case "Data":
    case "Rset":
    case "Quit":
    case "StartTls":
      return a._tag === b._tag
  }
}
