/**
 * Protocol: what stands behind `with`, how a message came to a host: the names of RFC 5321 section
 * 4.4, RFC 3848 and RFC 6531 section 4.3, and any other that a mailer has made up.
 *
 * @module
 */
import * as Data from "effect/Data"
import type * as Equ from "effect/Equivalence"

/** The names without the letters behind them; the last two are those of SMTPUTF8 (RFC 6531). */
export const families = ["SMTP", "ESMTP", "LMTP", "UTF8SMTP", "UTF8LMTP"] as const

/** One of {@link families}. */
export type Family = typeof families[number]

/**
 * - `Known`: a protocol of the family; `secure` is the letter `S` (TLS), `authenticated` the letter
 *   `A`, in that order. SMTP with letters is not registered, and is written all the same.
 * - `Other`: any other text, perhaps of several words.
 */
export type Protocol = Data.TaggedEnum<{
  Known: { readonly family: Family; readonly secure: boolean; readonly authenticated: boolean }
  Other: { readonly name: string }
}>

const { $is, $match, Known, Other } = Data.taggedEnum<Protocol>()

/** Whether a protocol has that shape. */
export const is = $is

/** One function for each shape. */
export const match = $match

/** A protocol of the family, without letters unless told otherwise. */
export const known = (
  family: Family,
  letters: { readonly secure?: boolean; readonly authenticated?: boolean } = {}
): Protocol =>
  Known({
    family,
    secure: letters.secure ?? false,
    authenticated: letters.authenticated ?? false
  })

/** Upper case, as registered; what is not known as it was written. */
export const print: (protocol: Protocol) => string = $match({
  Known: ({ authenticated, family, secure }) =>
    `${family}${secure ? "S" : ""}${authenticated ? "A" : ""}`,
  Other: ({ name }) => name
})

const booleans = [false, true]

const registered: ReadonlyMap<string, Protocol> = new Map(
  families.flatMap((family) =>
    booleans.flatMap((secure) =>
      booleans.map((authenticated) => {
        const protocol = known(family, { secure, authenticated })
        return [print(protocol), protocol] as const
      })
    )
  )
)

/** Exim writes the E of what RFC 6531 has without it. */
const spelled = (name: string): string =>
  name.startsWith("UTF8ESMTP") ? `UTF8${name.slice("UTF8E".length)}` : name

/** Any text is some protocol; case does not matter for those known. */
export const fromText = (text: string): Protocol =>
  registered.get(spelled(text.toUpperCase())) ?? Other({ name: text })

/** Whether the name says that there was TLS. */
export const isSecure = (protocol: Protocol): boolean =>
  protocol._tag === "Known" && protocol.secure

/** Equal in all parts; other names without regard to case. */
export const Equivalence: Equ.Equivalence<Protocol> = (self, that) =>
  print(self).toUpperCase() === print(that).toUpperCase()
