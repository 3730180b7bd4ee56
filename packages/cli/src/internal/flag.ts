import * as AddressMode from "@effect-smtp/wire/AddressMode"
import * as Capabilities from "@effect-smtp/wire/Capabilities"
import * as Domain from "@effect-smtp/wire/Domain"
import type * as Extension from "@effect-smtp/wire/Extension"
import * as IpBlock from "@effect-smtp/wire/IpBlock"
import * as Reply from "@effect-smtp/wire/Reply"
import * as ReplyCode from "@effect-smtp/wire/ReplyCode"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Options from "@effect/cli/Options"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"

/** An option whose value is checked; the error says what was expected. */
export const checked = <A, B>(
  option: Options.Options<A>,
  check: (value: A) => Either.Either<B, string>
): Options.Options<B> =>
  Options.mapEffect(
    option,
    (value) =>
      Effect.mapError(check(value), (expected) => ValidationError.invalidValue(HelpDoc.p(expected)))
  )

const inRange = (name: string, least: number, most: number) => (value: number) =>
  value >= least && value <= most
    ? Either.right(value)
    : Either.left(`--${name} wants a number from ${least} to ${most}, and got ${value}`)

/** A TCP port. */
export const port = (name: string, least: 0 | 1): Options.Options<number> =>
  checked(Options.integer(name), inRange(name, least, 65_535))

/** A whole number from 1 on. */
export const positive = (name: string): Options.Options<number> =>
  checked(Options.integer(name), inRange(name, 1, Number.MAX_SAFE_INTEGER))

/** Seconds, more than none; fractions allowed. */
export const seconds = (name: string): Options.Options<number> =>
  checked(Options.float(name), (value) =>
    value > 0 && Number.isFinite(value)
      ? Either.right(value)
      : Either.left(`--${name} wants a number of seconds, and got ${value}`))

/** A file or directory, which whoever uses it will find to be there, or not. */
export const path = (name: string): Options.Options<string> =>
  Options.withPseudoName(Options.text(name), "path")

/** Octets of a Unix socket's path that every system has room for. */
const longestSocket = 103

/** The path of a Unix socket that is to be made. */
export const socket = (name: string): Options.Options<string> =>
  checked(path(name), (path) => {
    const { length } = new TextEncoder().encode(path)
    return length >= 1 && length <= longestSocket
      ? Either.right(path)
      : Either.left(
        `--${name} wants a path of 1 to ${longestSocket} octets, and got one of ${length}`
      )
  })

const readDomain = (name: string) => (text: string) =>
  Either.mapLeft(
    Domain.parse(text, AddressMode.strict),
    (error) => `--${name} wants a domain or an address literal: ${error.message}`
  )

/** A domain or an address literal. */
export const domain = (name: string): Options.Options<Domain.Domain> =>
  checked(Options.text(name), readDomain(name))

/** Any number of them. */
export const domains = (name: string): Options.Options<ReadonlyArray<Domain.Domain>> =>
  checked(Options.repeated(Options.text(name)), (texts) => Either.all(texts.map(readDomain(name))))

const readBlock = (name: string) => (text: string) =>
  Either.mapLeft(
    IpBlock.parse(text),
    ({ expected }) => `--${name} wants ${expected}, and got ${text}`
  )

/** Any number of IP addresses, or blocks of them. */
export const blocks = (name: string): Options.Options<ReadonlyArray<IpBlock.IpBlock>> =>
  checked(Options.repeated(Options.text(name)), (texts) => Either.all(texts.map(readBlock(name))))

const readExtension = (name: string) => (text: string) => {
  const reply = Reply.make({ code: ReplyCode.ok, text: ["", text] })
  const [extension, ...more] = Capabilities.fromReply(reply).extensions
  return extension === undefined || more.length > 0
    ? Either.left(
      `--${name} wants a line of an answer to EHLO, such as PIPELINING, and got ${text}`
    )
    : Either.right(extension)
}

/** Any number of extensions of SMTP, as an answer to EHLO has them. */
export const extensions = (name: string): Options.Options<ReadonlyArray<Extension.Extension>> =>
  checked(
    Options.repeated(Options.text(name)),
    (texts) => Either.all(texts.map(readExtension(name)))
  )

/** The same for both commands. */
export const passwordFile = path("password-file").pipe(
  Options.optional,
  Options.withDescription("The user's password, in a file. Default: the variable SMTP_PASSWORD.")
)
