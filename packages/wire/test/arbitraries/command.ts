import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { Command } from "../../src/Command.js"
import type { Domain } from "../../src/Domain.js"
import type * as Parameter from "../../src/Parameter.js"
import * as domains from "./domain.js"
import * as parameters from "./parameter.js"
import * as paths from "./path.js"

/** Registered with every reader in the laws. */
export const verbs: ReadonlyArray<string> = ["XFOO", "X-BAR9"]

const option = <A>(arbitrary: FastCheck.Arbitrary<A>): FastCheck.Arbitrary<Option.Option<A>> =>
  FastCheck.option(arbitrary).map(Option.fromNullable)

/** Printable text without white space around it. */
const text = FastCheck.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)

/** As an argument of VRFY, it must not end in the parameter. */
const name = text.filter((value) => !value.toUpperCase().endsWith(" SMTPUTF8"))

const verify = FastCheck.record({ argument: name, smtpUtf8: FastCheck.boolean() })

const attributes = FastCheck.array(
  FastCheck.record({
    name: FastCheck.stringMatching(/^[A-Z][A-Z0-9_-]{0,9}$/),
    value: FastCheck.string({ unit: "grapheme-ascii", maxLength: 12 })
  }),
  { minLength: 1, maxLength: 4 }
).map((list) => ({ attributes: list }))

const common: ReadonlyArray<FastCheck.Arbitrary<Command>> = [
  FastCheck.constantFrom<Command>(
    Command.Data(),
    Command.Rset(),
    Command.Quit(),
    Command.StartTls()
  ),
  FastCheck.record({ size: FastCheck.nat(), last: FastCheck.boolean() }).map(Command.Bdat),
  verify.map(Command.Vrfy),
  verify.map(Command.Expn),
  option(text).map((topic) => Command.Help({ topic })),
  option(text).map((argument) => Command.Noop({ argument })),
  text.map((argument) => Command.Etrn({ argument })),
  attributes.map(Command.Xclient),
  attributes.map(Command.Xforward),
  FastCheck.record({
    verb: FastCheck.constantFrom(...verbs),
    argument: FastCheck.oneof(FastCheck.constant(""), text)
  }).map(Command.Extension)
]

/** Commands without a secret, in ASCII, as the strict mode reads them. */
export const strict: FastCheck.Arbitrary<Command> = FastCheck.oneof(
  domains.domain.map((domain) => Command.Helo({ domain })),
  domains.domain.map((domain) => Command.Ehlo({ domain })),
  domains.domain.map((domain) => Command.Lhlo({ domain })),
  FastCheck.record({ from: paths.reversePath, parameters: parameters.parameters }).map(
    Command.Mail
  ),
  FastCheck.record({ to: paths.forwardPath, parameters: parameters.parameters }).map(Command.Rcpt),
  ...common
)

/** Commands as the lenient mode reads them. */
export const lenient: FastCheck.Arbitrary<Command> = FastCheck.oneof(
  domains.lenientDomain.map((domain) => Command.Ehlo({ domain })),
  FastCheck.record({ from: paths.lenientReversePath, parameters: parameters.parameters }).map(
    Command.Mail
  ),
  FastCheck.record({ to: paths.lenientForwardPath, parameters: parameters.parameters }).map(
    Command.Rcpt
  ),
  ...common
)

const smtpUtf8: Parameter.Parameter = { keyword: "SMTPUTF8", value: Option.none() }

/** Commands of an SMTPUTF8 transaction. */
export const utf8: FastCheck.Arbitrary<Command> = FastCheck.oneof(
  FastCheck.record({ from: paths.utf8ReversePath, parameters: parameters.utf8Parameters }).map(
    ({ from, parameters }) =>
      Command.Mail({
        from,
        parameters: [...parameters.filter(({ keyword }) => keyword !== "SMTPUTF8"), smtpUtf8]
      })
  ),
  FastCheck.record({ to: paths.utf8ForwardPath, parameters: parameters.utf8Parameters }).map(
    Command.Rcpt
  ),
  FastCheck.constantFrom<Command>(
    Command.Vrfy({ argument: "用户", smtpUtf8: true }),
    Command.Expn({ argument: "名单", smtpUtf8: true })
  )
)

/** Text of any kind, much of which looks as if it were in order. */
const anything = FastCheck.oneof(
  { weight: 6, arbitrary: FastCheck.stringMatching(/^[A-Za-z0-9]{1,6}$/) },
  FastCheck.array(
    FastCheck.constantFrom(..."aZ0-._+@<>:,=\"\\[] \t\r\n\0\x7f\x85\u00e9\u4f8b", "SIZE", "xn--"),
    { maxLength: 5 }
  ).map((parts) => parts.join("")),
  FastCheck.integer({ min: 60, max: 66 }).map((length) => "a".repeat(length))
)

const forgedName = FastCheck.tuple(anything, FastCheck.array(anything, { maxLength: 4 })).map(
  ([first, others]): Domain => ({ _tag: "Name", labels: [first, ...others] })
)

const forgedPath = FastCheck.record({
  route: FastCheck.array(forgedName, { maxLength: 1 }),
  mailbox: FastCheck.record({ local: anything, domain: forgedName })
})

const forgedParameters = FastCheck.array(
  FastCheck.record({ keyword: anything, value: option(anything) }),
  { maxLength: 3 }
)

/** Commands made by hand, of parts that nobody has checked. */
export const forged: FastCheck.Arbitrary<Command> = FastCheck.oneof(
  forgedName.map((domain) => Command.Ehlo({ domain })),
  FastCheck.record({ path: forgedPath, parameters: forgedParameters }).map(
    ({ parameters, path }) => Command.Mail({ from: { _tag: "Path", ...path }, parameters })
  ),
  FastCheck.record({ path: forgedPath, parameters: forgedParameters }).map(
    ({ parameters, path }) => Command.Rcpt({ to: { _tag: "Path", ...path }, parameters })
  ),
  FastCheck.record({ size: FastCheck.double(), last: FastCheck.boolean() }).map(Command.Bdat),
  FastCheck.record({ argument: anything, smtpUtf8: FastCheck.boolean() }).map(Command.Vrfy),
  FastCheck.record({ verb: anything, argument: anything }).map(Command.Extension)
)

/** AUTH with and without an initial response. */
export const auth: FastCheck.Arbitrary<Command> = FastCheck.record({
  mechanism: FastCheck.stringMatching(/^[A-Z0-9_-]{1,20}$/),
  initialResponse: option(
    FastCheck.uint8Array({ maxLength: 40 }).map((bytes) => Redacted.make(bytes))
  )
}).map(Command.Auth)
