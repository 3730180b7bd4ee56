/**
 * The arguments of commands: how each is read from its line. Offsets count from the line's start.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AddressError } from "../AddressError.js"
import type { AddressMode } from "../AddressMode.js"
import type { Attribute } from "../Command.js"
import * as CommandError from "../CommandError.js"
import * as Domain from "../Domain.js"
import * as Parameter from "../Parameter.js"
import type { From, Prefix } from "../Prefix.js"
import * as Xtext from "../Xtext.js"
import * as Base64 from "./base64.js"

/** A line without white space at its end; `offset` is where its argument begins, or its length. */
export interface Input {
  readonly line: string
  readonly offset: number
  readonly mode: AddressMode
}

export type Read<A> = Either.Either<A, CommandError.Reason>

export const syntax = (
  expected: string,
  offset: number
): Either.Either<never, CommandError.Reason> =>
  Either.left(CommandError.Syntax({ expected, offset }))

const address = (error: AddressError, from: number): CommandError.Reason =>
  CommandError.Address({
    error: from === 0 ? error : new AddressError({ ...error, offset: error.offset + from })
  })

/**
 * The text without the spaces and tabs at its end (RFC 5321 section 4.1.1 asks to overlook them).
 */
export const trimEnd = (line: string): string => {
  let end = line.length
  while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t")) end--
  return end === line.length ? line : line.slice(0, end)
}

/** No argument at all. */
export const nothing = ({ line, offset }: Input): Read<void> =>
  offset === line.length ? Either.void : syntax("no argument", offset)

/** The argument as written, which may be empty. */
export const rest = ({ line, offset }: Input): string => line.slice(offset).replace(/^ +/, "")

export const optional = (input: Input): Option.Option<string> =>
  Option.liftPredicate(rest(input), (text) => text !== "")

export const required = (expected: string) => (input: Input): Read<{ readonly argument: string }> =>
  Option.match(optional(input), {
    onNone: () => syntax(expected, input.offset),
    onSome: (argument) => Either.right({ argument })
  })

/** The client's domain. Its name is ASCII whatever was agreed on (RFC 6531 section 3.7.1). */
export const domain = (
  { line, mode, offset }: Input
): Read<{ readonly domain: Domain.Domain }> => {
  const text = line.slice(offset)
  const ascii = { ...mode, utf8: false }
  const read = mode.leniency === "lenient"
    ? Either.orElse(Domain.parseAddress(text), () => Domain.parse(text, ascii))
    : Domain.parse(text, ascii)
  return Either.mapBoth(read, {
    onLeft: (error) => address(error, offset),
    onRight: (value) => ({ domain: value })
  })
}

/** `FROM:` or `TO:`, a path, and what parameters follow it. */
export const envelope = <P, A>(
  keyword: "FROM:" | "TO:",
  parsePath: (text: string, from: From) => Either.Either<Prefix<P>, AddressError>,
  make: (path: P, parameters: ReadonlyArray<Parameter.Parameter>) => A
) =>
({ line, mode, offset }: Input): Read<A> => {
  const start = offset + keyword.length
  if (line.slice(offset, start).toUpperCase() !== keyword) return syntax(keyword, offset)
  const path = parsePath(line, { offset: start, mode })
  if (Either.isLeft(path)) return Either.left(address(path.left, 0))
  const { end, value } = path.right
  if (end === line.length) return Either.right(make(value, []))
  if (line[end] !== " ") return syntax("a space or the end of the line", end)
  return Either.mapBoth(Parameter.parseListFrom(line, { offset: end + 1, mode }), {
    onLeft: (error) => address(error, 0),
    onRight: (parameters) => make(value, parameters)
  })
}

// Fifteen digits are more octets than any message has, and less than a number can count.
const chunk = /^([0-9]{1,15})(?: +(last))?$/i

/** The size of a chunk, and whether it is the last (RFC 3030 section 2). */
export const bdat = (input: Input): Read<{ readonly size: number; readonly last: boolean }> => {
  const found = chunk.exec(rest(input))
  return found === null
    ? syntax("a size of at most 15 digits, perhaps followed by LAST", input.offset)
    : Either.right({ size: Number(found[1]), last: found[2] !== undefined })
}

const asked = /^ smtputf8$/i

/** Some text, and whether SMTPUTF8 follows it (RFC 6531 section 3.7.4.2). */
export const verify = (
  input: Input
): Read<{ readonly argument: string; readonly smtpUtf8: boolean }> =>
  Either.map(required("a user or list name")(input), ({ argument }) => {
    const length = " SMTPUTF8".length
    return asked.test(argument.slice(-length))
      ? { argument: trimEnd(argument.slice(0, -length)), smtpUtf8: true }
      : { argument, smtpUtf8: false }
  })

const mechanismName = /^[A-Za-z0-9_-]{1,20}$/

/**
 * A SASL mechanism and perhaps an initial response, where `=` is the empty one (RFC 4954 section
 * 4).
 */
export const auth = (input: Input): Read<{
  readonly mechanism: string
  readonly initialResponse: Option.Option<Redacted.Redacted<Uint8Array>>
}> => {
  const { line, offset } = input
  const space = line.indexOf(" ", offset)
  const end = space === -1 ? line.length : space
  const mechanism = line.slice(offset, end)
  if (!mechanismName.test(mechanism)) return syntax("a SASL mechanism name", offset)
  if (space === -1) {
    return Either.right({ mechanism: mechanism.toUpperCase(), initialResponse: Option.none() })
  }
  const response = line.slice(space + 1)
  const bytes = response === "=" ? Option.some(new Uint8Array(0)) : Base64.decode(response)
  return Option.match(bytes, {
    onNone: () => syntax("base64 or =", space + 1),
    onSome: (value) =>
      Either.right({
        mechanism: mechanism.toUpperCase(),
        initialResponse: Option.some(Redacted.make(value))
      })
  })
}

const attributeName = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/

/** `NAME=xtext`, one or more, with one space between them. */
export const attributes = (
  input: Input
): Read<{ readonly attributes: ReadonlyArray<Attribute> }> => {
  const read: Array<Attribute> = []
  let offset = input.offset
  for (const word of rest(input).split(" ")) {
    const equals = word.indexOf("=")
    const name = word.slice(0, Math.max(equals, 0))
    if (!attributeName.test(name)) return syntax("NAME=value", offset)
    const value = Xtext.decode(word.slice(equals + 1))
    if (Either.isLeft(value)) return Either.left(address(value.left, offset + equals + 1))
    read.push({ name: name.toUpperCase(), value: value.right })
    offset += word.length + 1
  }
  return Either.right({ attributes: read })
}
