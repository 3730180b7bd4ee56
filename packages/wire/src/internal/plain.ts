/**
 * Plain: whether a command is made of parts so ordinary that its line cannot be read as anything but
 * that command. Values are plain data and may be made by hand, so every character is looked at; but
 * a part whose grammar is a list of characters needs no more than that. Whatever is not plain
 * (quotes, literals, routes, text beyond ASCII, free text) may still be in order: what it reads as
 * has to be tried.
 */
import * as Option from "effect/Option"
import type { Command } from "../Command.js"
import * as Domain from "../Domain.js"
import type { ForwardPath } from "../ForwardPath.js"
import * as Mailbox from "../Mailbox.js"
import * as Parameter from "../Parameter.js"
import type { ReversePath } from "../ReversePath.js"
import * as Chars from "./characters.js"

/** Whether the line of the command, as it is printed, is read as this very command and no other. */
export const isPlain = (command: Command): boolean => {
  switch (command._tag) {
    case "Data":
    case "Rset":
    case "Quit":
    case "StartTls":
      return true
    case "Bdat":
      return Number.isInteger(command.size) && command.size >= 0 && command.size < 1e15
    case "Helo":
    case "Ehlo":
    case "Lhlo":
      return nameLength(command.domain) <= Domain.limits.domain
    case "Mail":
      return isPath(command.from) && areParameters(command.parameters)
    case "Rcpt":
      return isPath(command.to) && areParameters(command.parameters)
    default:
      return false
  }
}

const dash = 0x2d

/** A mailbox within its limit always fits into a path. */
const isPath = (path: ReversePath | ForwardPath): boolean =>
  path._tag !== "Path" || (path.route.length === 0 && isMailbox(path.mailbox))

const isMailbox = ({ domain, local }: Mailbox.Mailbox): boolean =>
  local.length <= Mailbox.limits.local && Chars.isDotString(local) && Chars.isAscii(local) &&
  local.length + "@".length + nameLength(domain) <= Mailbox.limits.mailbox

/** How long a name of plain labels is; endless where it is none. */
const nameLength = (domain: Domain.Domain): number => {
  if (domain._tag !== "Name" || domain.labels.length === 0) return Infinity
  let length = -1
  for (const label of domain.labels) {
    if (!isLabel(label)) return Infinity
    length += 1 + label.length
  }
  return length
}

const isLabel = (label: string): boolean => {
  const last = label.length - 1
  if (!Chars.isLetDig(label.charCodeAt(0)) || !Chars.isLetDig(label.charCodeAt(last))) return false
  for (let at = 1; at < last; at++) {
    const code = label.charCodeAt(at)
    if (!Chars.isLetDig(code) && code !== dash) return false
  }
  return label.length <= Domain.limits.label
}

/** None twice, and no more than a reader takes. */
const areParameters = (parameters: ReadonlyArray<Parameter.Parameter>): boolean => {
  for (let at = 0; at < parameters.length; at++) {
    const parameter = parameters[at]
    if (parameter === undefined || !isParameter(parameter)) return false
    for (let other = 0; other < at; other++) {
      if (parameters[other]?.keyword === parameter.keyword) return false
    }
  }
  return parameters.length <= Parameter.limits.count
}

const isParameter = ({ keyword, value }: Parameter.Parameter): boolean =>
  isKeyword(keyword) && (Option.isNone(value) || isValue(value.value))

/** In upper case, so that two that differ are two. */
const isKeyword = (keyword: string): boolean => {
  for (let at = 0; at < keyword.length; at++) {
    const code = keyword.charCodeAt(at)
    const fits = code === dash ? at > 0 : Chars.isLetDig(code) && code < 0x61
    if (!fits) return false
  }
  return keyword.length > 0 && keyword.length <= Parameter.limits.keyword
}

const equals = 0x3d

const isValue = (value: string): boolean => {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at)
    if (!Chars.isVisible(code) || code === equals) return false
  }
  return value.length > 0 && value.length <= Parameter.limits.value
}
