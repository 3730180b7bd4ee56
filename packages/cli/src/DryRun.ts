/**
 * DryRun: what would be sent, without a connection: the message on standard output, its envelope on
 * standard error, so that the one can go on to another program.
 *
 * @module
 */
import * as Body from "@effect-smtp/client/Body"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as ReversePath from "@effect-smtp/wire/ReversePath"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { BadFile } from "./CliError.js"
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

/** What comes out as JSON. `size` is in octets, with CR LF line ends. */
export const Report = Schema.Struct({
  from: Schema.String,
  to: Schema.Array(Schema.String),
  size: Schema.NullOr(Schema.Number),
  needs: Schema.Array(Schema.String),
  message: Schema.String
})

const toJson = Schema.encodeSync(Schema.parseJson(Report, { space: 2 }))

/** Shows it, as lines or as one JSON value. */
export const show = (letter: Letter, form: "Lines" | "Json"): Effect.Effect<void, BadFile> =>
  Effect.gen(function*() {
    const { body, envelope } = letter
    const from = ReversePath.print(envelope.from)
    const to = envelope.to.map(({ path }) => ForwardPath.print(path))
    const { size } = Body.facts(body)
    if (form === "Json") {
      const text = Array.from(yield* Stream.runCollect(lines(letter))).join("\n")
      const report = { from, to, size: Option.getOrNull(size), needs: needs(letter) }
      return yield* Console.log(toJson({ ...report, message: text }))
    }
    const facts = [
      ...Option.toArray(Option.map(size, (octets) => `${octets} octets`)),
      ...needs(letter)
    ]
    yield* Console.error(
      [`from ${from}`, ...to.map((path) => `to ${path}`), facts.join(", ")].join("\n")
    )
    yield* Stream.runForEach(lines(letter), (line) => Console.log(line))
  })
