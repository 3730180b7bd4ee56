/**
 * DryRun: what would be sent, without a connection to any mail server: the message on standard output, its envelope on
 * standard error, so that the one can go on to another program.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import * as Arr from "effect/Array"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { BadFile } from "./CliError.js"
import * as Exchanges from "./Exchanges.js"
import type { Letter } from "./Letter.js"

/** What a server has to offer. */
const needs = ({ body, envelope }: Letter): ReadonlyArray<string> => [
  ...(Body.facts(body).eightBit ? ["8BITMIME"] : []),
  ...(body.utf8Header || Envelope.needsUtf8(envelope) ? ["SMTPUTF8"] : [])
]

/** The lines of the message, whose ends do not show, nor octets that are not UTF-8. */
const lines = ({ body }: Letter): Stream.Stream<string, BadFile> =>
  (body._tag === "Bytes" ? Stream.make(body.bytes) : body.stream).pipe(
    Stream.mapError((cause) =>
      cause instanceof BadFile ? cause : new BadFile({
        what: "a message",
        file: "what was composed",
        reason: cause instanceof Error ? cause.message : String(cause)
      })
    ),
    Stream.decodeText(),
    Stream.splitLines
  )

const Found = Schema.Struct({
  domain: Schema.String,
  hosts: Schema.Array(Schema.Struct({ host: Schema.String, preference: Schema.Number })),
  reason: Schema.NullOr(Schema.String)
})

/**
 * What comes out as JSON. `size` is in octets, with CR LF line ends; `exchanges` are the hosts that would
 * be tried for each domain, where the message goes straight to those.
 */
export const Report = Schema.Struct({
  from: Schema.String,
  to: Schema.Array(Schema.String),
  size: Schema.NullOr(Schema.Number),
  needs: Schema.Array(Schema.String),
  exchanges: Schema.optionalWith(Schema.Array(Found), { exact: true }),
  message: Schema.String
})

const toJson = Schema.encodeSync(Schema.parseJson(Report, { space: 2 }))

/** Shows it, as lines or as one JSON value, and the hosts that would be tried, where they were looked up. */
export const show = (
  letter: Letter,
  form: "Lines" | "Json",
  exchanges: Option.Option<ReadonlyArray<Exchanges.Found>>
): Effect.Effect<void, BadFile> =>
  Effect.gen(function*() {
    const { body, envelope } = letter
    const from = ReversePath.print(envelope.from)
    const to = envelope.to.map(({ path }) => ForwardPath.print(path))
    const { size } = Body.facts(body)
    if (form === "Json") {
      const text = Array.from(yield* Stream.runCollect(lines(letter))).join("\n")
      const report = { from, to, size: Option.getOrNull(size), needs: needs(letter) }
      const found = Option.match(exchanges, {
        onNone: () => ({}),
        onSome: (exchanges) => ({ exchanges })
      })
      return yield* Console.log(toJson({ ...report, ...found, message: text }))
    }
    const facts = [
      ...Option.toArray(Option.map(size, (octets) => `${octets} octets`)),
      ...needs(letter)
    ]
    const found = Option.match(exchanges, {
      onNone: () => [],
      onSome: Arr.map(Exchanges.print)
    })
    yield* Console.error(
      [`from ${from}`, ...to.map((path) => `to ${path}`), ...found, facts.join(", ")].join("\n")
    )
    yield* Stream.runForEach(lines(letter), (line) => Console.log(line))
  })
