import type { NonEmptyReadonlyArray } from "effect/Array"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as MailParameters from "../../src/MailParameters.js"
import type { Parameter } from "../../src/Parameter.js"
import * as RcptParameters from "../../src/RcptParameters.js"
import * as PathArbitrary from "./path.js"
import * as Text from "./text.js"

const option = <A>(arbitrary: FastCheck.Arbitrary<A>): FastCheck.Arbitrary<Option.Option<A>> =>
  FastCheck.oneof(
    FastCheck.constant(Option.none()),
    arbitrary.map((value) => Option.some(value))
  )

const valueCharacters = Array.from(Text.visible).filter((c) => c !== "=").join("")

/** A parameter no extension knows. */
export const parameter: FastCheck.Arbitrary<Parameter> = FastCheck.record({
  keyword: Text.of(`${Text.letDig}-`, { minLength: 0, maxLength: 10 }).map((text) =>
    `X${text}`.toUpperCase()
  ),
  value: option(Text.of(valueCharacters, { minLength: 1, maxLength: 20 }))
})

const distinct = (arbitrary: FastCheck.Arbitrary<Parameter>) =>
  FastCheck.uniqueArray(arbitrary, { maxLength: 4, selector: ({ keyword }) => keyword })

/** Parameters of different keywords. */
export const parameters: FastCheck.Arbitrary<ReadonlyArray<Parameter>> = distinct(parameter)

/** The same, with values beyond ASCII. */
export const utf8Parameters: FastCheck.Arbitrary<ReadonlyArray<Parameter>> = distinct(
  FastCheck.oneof(
    parameter,
    parameter.map(({ keyword }) => ({ keyword, value: Option.some("ü→用户😀") }))
  )
)

/** A moment, with and without fraction and offset. */
export const dateTime: FastCheck.Arbitrary<string> = FastCheck.tuple(
  FastCheck.date({
    min: new Date("0001-01-01T00:00:00Z"),
    max: new Date("9999-12-31T00:00:00Z"),
    noInvalidDate: true
  }),
  FastCheck.constantFrom("Z", "z", "+02:00", "-11:30")
).map(([date, zone]) => date.toISOString().replace("Z", zone))

const by: FastCheck.Arbitrary<MailParameters.By> = FastCheck.oneof(
  FastCheck.record({
    seconds: FastCheck.integer({ min: -999_999_999, max: 999_999_999 }),
    mode: FastCheck.constant("N" as const),
    trace: FastCheck.boolean()
  }),
  FastCheck.record({
    seconds: FastCheck.integer({ min: 1, max: 999_999_999 }),
    mode: FastCheck.constant("R" as const),
    trace: FastCheck.boolean()
  })
)

const hold: FastCheck.Arbitrary<MailParameters.Hold> = FastCheck.oneof(
  FastCheck.integer({ min: 1, max: 999_999_999 }).map((seconds) => MailParameters.For({ seconds })),
  dateTime.map((text) => MailParameters.Until({ dateTime: text }))
)

/** Names have no `@`, or they might be mailboxes. */
const submitter: FastCheck.Arbitrary<MailParameters.Submitter> = FastCheck.oneof(
  FastCheck.constant(MailParameters.Submitter.Nobody()),
  PathArbitrary.utf8Mailbox.map((mailbox) => MailParameters.Submitter.Mailbox({ mailbox })),
  Text.of(Text.printable.replace("@", ""), { minLength: 1, maxLength: 33 })
    .filter((name) => name !== "<>")
    .map((name) => MailParameters.Submitter.Name({ name }))
)

export const mailParameters: FastCheck.Arbitrary<MailParameters.MailParameters> = FastCheck.record({
  size: option(FastCheck.maxSafeNat()),
  body: option(FastCheck.constantFrom<MailParameters.Body>(
    "7BIT",
    "8BITMIME",
    "BINARYMIME"
  )),
  smtpUtf8: FastCheck.boolean(),
  ret: option(FastCheck.constantFrom<MailParameters.Ret>("FULL", "HDRS")),
  envid: option(Text.of(Text.printable, { minLength: 1, maxLength: 33 })),
  auth: option(submitter),
  requireTls: FastCheck.boolean(),
  by: option(by),
  hold: option(hold),
  mtPriority: option(FastCheck.integer({ min: -9, max: 9 })),
  rest: parameters
})

const notify: FastCheck.Arbitrary<RcptParameters.Notify> = FastCheck.oneof(
  FastCheck.constant(RcptParameters.Never()),
  FastCheck.constantFrom<NonEmptyReadonlyArray<RcptParameters.Event>>(
    ["SUCCESS"],
    ["FAILURE"],
    ["DELAY"],
    ["SUCCESS", "FAILURE"],
    ["SUCCESS", "DELAY"],
    ["FAILURE", "DELAY"],
    ["SUCCESS", "FAILURE", "DELAY"]
  ).map((events) => RcptParameters.On({ events }))
)

const addressTypes = Array.from(Text.atext).filter((c) => c !== "=").join("")

const orcpt: FastCheck.Arbitrary<RcptParameters.OriginalRecipient> = FastCheck.oneof(
  FastCheck.record({
    addressType: Text.of(addressTypes, { minLength: 1, maxLength: 8 }),
    address: Text.of(Text.printable, { minLength: 1, maxLength: 40 })
  }),
  FastCheck.record({
    addressType: FastCheck.constantFrom("utf-8", "UTF-8"),
    address: FastCheck.array(
      FastCheck.constantFrom(...Array.from(`${Text.printable}üñ用户😀`)),
      { minLength: 1, maxLength: 40 }
    ).map((units) => units.join(""))
  })
)

export const rcptParameters: FastCheck.Arbitrary<RcptParameters.RcptParameters> = FastCheck.record({
  notify: option(notify),
  orcpt: option(orcpt),
  rrvs: option(FastCheck.record({
    since: dateTime,
    action: option(FastCheck.constantFrom<"C" | "R">("C", "R"))
  })),
  rest: parameters
})
