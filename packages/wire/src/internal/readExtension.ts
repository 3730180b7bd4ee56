/** The lines of an answer to EHLO: what each extension's RFC says of its parameters. */
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import * as Extension from "../Extension.js"

/** How the parameters of a keyword are read; none where they do not follow its grammar. */
type Read = (parameters: ReadonlyArray<string>) => Option.Option<Extension.Extension>

/** Extensions without parameters; a parameter that comes all the same means nothing. */
const flag = (extension: Extension.Extension): Read => () => Option.some(extension)

const upper = (words: ReadonlyArray<string>): ReadonlyArray<string> =>
  Arr.dedupe(words.map((word) => word.toUpperCase()))

const number = (text: string, digits: number): Option.Option<number> =>
  /^[0-9]+$/.test(text) && text.length <= digits ? Option.some(Number(text)) : Option.none()

/** Of the sizes, 0 says "no fixed limit", and so does any that a number cannot count to. */
const readSize: Read = ([limit, ...more]) =>
  limit === undefined
    ? Option.some(Extension.Size({ limit: Option.none() }))
    : more.length > 0
    ? Option.none()
    : Option.map(number(limit, 20), (octets) =>
      Extension.Size({
        limit: octets > 0 && Number.isSafeInteger(octets) ? Option.some(octets) : Option.none()
      }))

const readDeliverBy: Read = ([minimum, ...more]) =>
  minimum === undefined
    ? Option.some(Extension.DeliverBy({ minimum: Option.none() }))
    : more.length > 0
    ? Option.none()
    : Option.map(number(minimum, 9), (seconds) =>
      Extension.DeliverBy({ minimum: Option.some(seconds) }))

const dateTimeSyntax =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$/

const readFutureRelease: Read = ([seconds, dateTime, ...more]) =>
  seconds === undefined || dateTime === undefined || more.length > 0 ||
    !dateTimeSyntax.test(dateTime)
    ? Option.none()
    : Option.map(number(seconds, 9), (interval) => Extension.FutureRelease({ interval, dateTime }))

const readMtPriority: Read = ([profile, ...more]) =>
  more.length > 0
    ? Option.none()
    : Option.some(Extension.MtPriority({ profile: Option.fromNullable(profile) }))

const limitSyntax = /^(RCPTMAX|MAILMAX|RCPTDOMAINMAX)=([1-9][0-9]{0,5})$/

const readLimits: Read = (parameters) => {
  const named = new Map<string, number>()
  const others: Array<string> = []
  for (const parameter of parameters) {
    const found = limitSyntax.exec(parameter.toUpperCase())
    if (found === null || named.has(found[1]!)) others.push(parameter)
    else named.set(found[1]!, Number(found[2]))
  }
  return Option.some(Extension.Limits({
    rcptMax: Option.fromNullable(named.get("RCPTMAX")),
    mailMax: Option.fromNullable(named.get("MAILMAX")),
    rcptDomainMax: Option.fromNullable(named.get("RCPTDOMAINMAX")),
    others
  }))
}

const readNoSoliciting: Read = (lists) =>
  Option.some(Extension.NoSoliciting({
    keywords: Arr.dedupe(lists.flatMap((list) => list.split(",")).filter((word) => word !== ""))
  }))

const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  [Extension.keywords.Pipelining, flag(Extension.Pipelining())],
  [Extension.keywords.EightBitMime, flag(Extension.EightBitMime())],
  [Extension.keywords.Size, readSize],
  [Extension.keywords.SmtpUtf8, flag(Extension.SmtpUtf8())],
  [Extension.keywords.Dsn, flag(Extension.Dsn())],
  [Extension.keywords.EnhancedStatusCodes, flag(Extension.EnhancedStatusCodes())],
  [Extension.keywords.StartTls, flag(Extension.StartTls())],
  [Extension.keywords.Auth, (words) => Option.some(Extension.Auth({ mechanisms: upper(words) }))],
  [Extension.keywords.Chunking, flag(Extension.Chunking())],
  [Extension.keywords.BinaryMime, flag(Extension.BinaryMime())],
  [Extension.keywords.RequireTls, flag(Extension.RequireTls())],
  [Extension.keywords.DeliverBy, readDeliverBy],
  [Extension.keywords.FutureRelease, readFutureRelease],
  [Extension.keywords.MtPriority, readMtPriority],
  [Extension.keywords.Rrvs, flag(Extension.Rrvs())],
  [Extension.keywords.Limits, readLimits],
  [Extension.keywords.Vrfy, flag(Extension.Vrfy())],
  [Extension.keywords.Expn, flag(Extension.Expn())],
  [Extension.keywords.Help, flag(Extension.Help())],
  [Extension.keywords.Etrn, flag(Extension.Etrn())],
  [Extension.keywords.Atrn, (domains) => Option.some(Extension.Atrn({ domains }))],
  [Extension.keywords.Burl, (parameters) => Option.some(Extension.Burl({ parameters }))],
  [Extension.keywords.NoSoliciting, readNoSoliciting],
  [
    Extension.keywords.Xclient,
    (words) => Option.some(Extension.Xclient({ attributes: upper(words) }))
  ],
  [
    Extension.keywords.Xforward,
    (words) => Option.some(Extension.Xforward({ attributes: upper(words) }))
  ],
  [Extension.keywords.Prdr, flag(Extension.Prdr())]
])

const oldAuth = /^AUTH=/i

/** One line; none for an empty one, which says nothing. */
export const parse = (line: string): Option.Option<Extension.Extension> => {
  const [keyword, ...parameters] = line
    .replace(oldAuth, "AUTH ")
    .split(/[ \t]/)
    .filter((word) => word !== "")
  return Option.map(
    Option.fromNullable(keyword),
    (name) => fromParameters(name.toUpperCase(), parameters)
  )
}

const fromParameters = (
  keyword: string,
  parameters: ReadonlyArray<string>
): Extension.Extension =>
  Option.getOrElse(
    Option.flatMap(Option.fromNullable(readers.get(keyword)), (read) => read(parameters)),
    () => Extension.Other({ keyword, parameters })
  )

/** Extensions whose parameters are a list to which another line may add. */
const lists: ReadonlySet<Extension.Tag> = new Set<Extension.Tag>([
  "Auth",
  "Atrn",
  "Burl",
  "NoSoliciting",
  "Xclient",
  "Xforward",
  "Other"
])

/** Two lines with the same keyword as one: see `Capabilities.fromReply`. */
const merge = (
  first: Extension.Extension,
  second: Extension.Extension
): Extension.Extension => {
  if (first._tag === "Size" && second._tag === "Size") {
    const limits = [...Option.toArray(first.limit), ...Option.toArray(second.limit)]
    return Extension.Size({
      limit: limits.length === 0 ? Option.none() : Option.some(Math.min(...limits))
    })
  }
  return lists.has(first._tag)
    ? fromParameters(
      Extension.keyword(first),
      Arr.union(Extension.parameters(first), Extension.parameters(second))
    )
    : first
}

/** Each keyword once, where it came first. */
export const mergeAll = (
  extensions: ReadonlyArray<Extension.Extension>
): ReadonlyArray<Extension.Extension> => {
  const merged = new Map<string, Extension.Extension>()
  for (const extension of extensions) {
    const keyword = Extension.keyword(extension)
    const before = merged.get(keyword)
    merged.set(keyword, before === undefined ? extension : merge(before, extension))
  }
  return [...merged.values()]
}
