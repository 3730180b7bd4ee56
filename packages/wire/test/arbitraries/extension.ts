import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Extension from "../../src/Extension.js"

const option = <A>(arbitrary: FastCheck.Arbitrary<A>): FastCheck.Arbitrary<Option.Option<A>> =>
  FastCheck.option(arbitrary).map(Option.fromNullable)

const word = FastCheck.stringMatching(/^[A-Z][A-Z0-9-]{0,9}$/)
const words = FastCheck.uniqueArray(word, { maxLength: 4 })
const limit = option(FastCheck.integer({ min: 1, max: 999_999 }))

const flag = FastCheck.constantFrom<Extension.Extension>(
  Extension.Pipelining(),
  Extension.EightBitMime(),
  Extension.SmtpUtf8(),
  Extension.Dsn(),
  Extension.EnhancedStatusCodes(),
  Extension.StartTls(),
  Extension.Chunking(),
  Extension.BinaryMime(),
  Extension.RequireTls(),
  Extension.Rrvs(),
  Extension.Vrfy(),
  Extension.Expn(),
  Extension.Help(),
  Extension.Etrn(),
  Extension.Prdr()
)

export const extension: FastCheck.Arbitrary<Extension.Extension> = FastCheck.oneof(
  { arbitrary: flag, weight: 5 },
  option(FastCheck.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })).map((limit) =>
    Extension.Size({ limit })
  ),
  words.map((mechanisms) => Extension.Auth({ mechanisms })),
  option(FastCheck.integer({ min: 0, max: 999_999_999 })).map((minimum) =>
    Extension.DeliverBy({ minimum })
  ),
  FastCheck.integer({ min: 0, max: 999_999_999 }).map((interval) =>
    Extension.FutureRelease({ interval, dateTime: "2030-01-31T23:59:59Z" })
  ),
  option(word).map((profile) => Extension.MtPriority({ profile })),
  FastCheck.record({
    rcptMax: limit,
    mailMax: limit,
    rcptDomainMax: limit,
    others: words
  }).map(Extension.Limits),
  words.map((domains) => Extension.Atrn({ domains })),
  words.map((parameters) => Extension.Burl({ parameters })),
  words.map((keywords) => Extension.NoSoliciting({ keywords })),
  words.map((attributes) => Extension.Xclient({ attributes })),
  words.map((attributes) => Extension.Xforward({ attributes })),
  FastCheck.tuple(word, words).map(([keyword, parameters]) =>
    Extension.Other({ keyword: `X${keyword}`, parameters })
  )
)
