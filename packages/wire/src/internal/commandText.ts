/** Commands as text, in one place for the wire and for transcripts. */
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { Attribute, Command } from "../Command.js"
import * as Domain from "../Domain.js"
import * as ForwardPath from "../ForwardPath.js"
import * as Parameter from "../Parameter.js"
import * as ReversePath from "../ReversePath.js"
import * as Verb from "../Verb.js"
import * as Xtext from "../Xtext.js"

/** The line without its end; `secret` says how an initial response is shown. */
export const line = (
  command: Command,
  secret: (response: Redacted.Redacted<Uint8Array>) => string
): string => words(Verb.fromCommand(command), argument(command, secret))

const words = (first: string, rest: string): string => rest === "" ? first : `${first} ${rest}`

const orEmpty: (text: Option.Option<string>) => string = Option.getOrElse(() => "")

const argument = (
  command: Command,
  secret: (response: Redacted.Redacted<Uint8Array>) => string
): string => {
  switch (command._tag) {
    case "Helo":
    case "Ehlo":
    case "Lhlo":
      return Domain.print(command.domain)
    case "Mail":
      return words(
        `FROM:${ReversePath.print(command.from)}`,
        Parameter.printList(command.parameters)
      )
    case "Rcpt":
      return words(`TO:${ForwardPath.print(command.to)}`, Parameter.printList(command.parameters))
    case "Bdat":
      return words(String(command.size), command.last ? "LAST" : "")
    case "Vrfy":
    case "Expn":
      return words(command.argument, command.smtpUtf8 ? "SMTPUTF8" : "")
    case "Help":
      return orEmpty(command.topic)
    case "Noop":
      return orEmpty(command.argument)
    case "Auth":
      return words(
        command.mechanism.toUpperCase(),
        orEmpty(Option.map(command.initialResponse, secret))
      )
    case "Etrn":
    case "Extension":
      return command.argument
    case "Xclient":
    case "Xforward":
      return command.attributes.map(attribute).join(" ")
    case "Data":
    case "Rset":
    case "Quit":
    case "StartTls":
      return ""
  }
}

const attribute = ({ name, value }: Attribute): string =>
  `${name.toUpperCase()}=${Xtext.encode(value)}`
