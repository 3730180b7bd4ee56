/**
 * Extension: one line of a server's answer to EHLO or LHLO (RFC 5321 section 4.1.1.1, and the RFC
 * of each extension). Here: the value and its line; the set of them is `Capabilities`.
 *
 * @module
 */
import * as Data from "effect/Data"
import * as Equivalence_ from "effect/Equivalence"
import * as Option from "effect/Option"

/**
 * One extension a server offers. Names that the server may list (mechanisms, attributes) are
 * upper-case.
 *
 * - `Size`: the largest message in octets, none where there is no fixed limit (RFC 1870).
 * - `Auth`: SASL mechanisms (RFC 4954).
 * - `DeliverBy`: the least number of seconds that may be asked for (RFC 2852).
 * - `FutureRelease`: the longest hold in seconds, and the latest date-time (RFC 4865).
 * - `MtPriority`: the name of the priority profile (RFC 6710).
 * - `Limits`: recipients in one transaction, transactions in one session, domains in one
 *   transaction, and what other limits the server names (RFC 9422).
 * - `Atrn`: domains (RFC 2645). `Burl`: URL kinds and prefixes (RFC 4468). `NoSoliciting`:
 *   solicitation class keywords (RFC 3865). `Xclient`, `Xforward`: attribute names (Postfix).
 * - `Other`: anything else, and lines of the above that do not follow their grammar. The keyword is
 *   upper-case, the parameters are as sent.
 */
export type Extension = Data.TaggedEnum<{
  Pipelining: {}
  EightBitMime: {}
  Size: { readonly limit: Option.Option<number> }
  SmtpUtf8: {}
  Dsn: {}
  EnhancedStatusCodes: {}
  StartTls: {}
  Auth: { readonly mechanisms: ReadonlyArray<string> }
  Chunking: {}
  BinaryMime: {}
  RequireTls: {}
  DeliverBy: { readonly minimum: Option.Option<number> }
  FutureRelease: { readonly interval: number; readonly dateTime: string }
  MtPriority: { readonly profile: Option.Option<string> }
  Rrvs: {}
  Limits: {
    readonly rcptMax: Option.Option<number>
    readonly mailMax: Option.Option<number>
    readonly rcptDomainMax: Option.Option<number>
    readonly others: ReadonlyArray<string>
  }
  Vrfy: {}
  Expn: {}
  Help: {}
  Etrn: {}
  Atrn: { readonly domains: ReadonlyArray<string> }
  Burl: { readonly parameters: ReadonlyArray<string> }
  NoSoliciting: { readonly keywords: ReadonlyArray<string> }
  Xclient: { readonly attributes: ReadonlyArray<string> }
  Xforward: { readonly attributes: ReadonlyArray<string> }
  Prdr: {}
  Other: { readonly keyword: string; readonly parameters: ReadonlyArray<string> }
}>

/** The name of a kind of extension. */
export type Tag = Extension["_tag"]

/** The extension with that name. */
export type Tagged<T extends Tag> = Extract<Extension, { readonly _tag: T }>

/** Constructors and matchers of {@link Extension}. */
export const {
  Pipelining,
  EightBitMime,
  Size,
  SmtpUtf8,
  Dsn,
  EnhancedStatusCodes,
  StartTls,
  Auth,
  Chunking,
  BinaryMime,
  RequireTls,
  DeliverBy,
  FutureRelease,
  MtPriority,
  Rrvs,
  Limits,
  Vrfy,
  Expn,
  Help,
  Etrn,
  Atrn,
  Burl,
  NoSoliciting,
  Xclient,
  Xforward,
  Prdr,
  Other,
  $is: is,
  $match: match
} = Data.taggedEnum<Extension>()

/** The keyword of each kind; `Other` has its own. */
export const keywords = {
  Pipelining: "PIPELINING",
  EightBitMime: "8BITMIME",
  Size: "SIZE",
  SmtpUtf8: "SMTPUTF8",
  Dsn: "DSN",
  EnhancedStatusCodes: "ENHANCEDSTATUSCODES",
  StartTls: "STARTTLS",
  Auth: "AUTH",
  Chunking: "CHUNKING",
  BinaryMime: "BINARYMIME",
  RequireTls: "REQUIRETLS",
  DeliverBy: "DELIVERBY",
  FutureRelease: "FUTURERELEASE",
  MtPriority: "MT-PRIORITY",
  Rrvs: "RRVS",
  Limits: "LIMITS",
  Vrfy: "VRFY",
  Expn: "EXPN",
  Help: "HELP",
  Etrn: "ETRN",
  Atrn: "ATRN",
  Burl: "BURL",
  NoSoliciting: "NO-SOLICITING",
  Xclient: "XCLIENT",
  Xforward: "XFORWARD",
  Prdr: "PRDR"
} as const satisfies Record<Exclude<Tag, "Other">, string>

/** The keyword of an extension, in upper case. */
export const keyword = (extension: Extension): string =>
  extension._tag === "Other" ? extension.keyword : keywords[extension._tag]

/** The line: keyword and parameters. */
export const print = (extension: Extension): string =>
  [keyword(extension), ...parameters(extension)].join(" ")

/** The parameters of an extension, as its line has them. */
export const parameters = (extension: Extension): ReadonlyArray<string> => {
  switch (extension._tag) {
    case "Size":
      return Option.toArray(extension.limit).map(String)
    case "Auth":
      return extension.mechanisms
    case "DeliverBy":
      return Option.toArray(extension.minimum).map(String)
    case "FutureRelease":
      return [String(extension.interval), extension.dateTime]
    case "MtPriority":
      return Option.toArray(extension.profile)
    case "Limits":
      return [
        ...Option.toArray(extension.rcptMax).map((limit) => `RCPTMAX=${limit}`),
        ...Option.toArray(extension.mailMax).map((limit) => `MAILMAX=${limit}`),
        ...Option.toArray(extension.rcptDomainMax).map((limit) => `RCPTDOMAINMAX=${limit}`),
        ...extension.others
      ]
    case "Atrn":
      return extension.domains
    case "Burl":
    case "Other":
      return extension.parameters
    case "NoSoliciting":
      return extension.keywords.length === 0 ? [] : [extension.keywords.join(",")]
    case "Xclient":
    case "Xforward":
      return extension.attributes
    default:
      return []
  }
}

/** Same keyword and same parameters. */
export const Equivalence: Equivalence_.Equivalence<Extension> = Equivalence_.mapInput(
  Equivalence_.string,
  print
)
