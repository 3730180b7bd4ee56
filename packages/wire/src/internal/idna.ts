/**
 * Labels of internationalised domain names (RFC 5890), through the platform's `URL`.
 */
import * as Option from "effect/Option"

/** Nothing that `URL` gives a meaning to: no percent sign, dot, slash, colon or at sign. */
const plain = /^[-0-9A-Z_a-z\u{80}-\u{10ffff}]+$/u

/** Keeps a label of digits from being read as an IPv4 address. */
const suffix = ".invalid"

/**
 * The A-label of a label with characters beyond ASCII; none when it is not one label of a domain
 * name: not allowed by IDNA, an ideographic full stop inside, or nothing but a disguise of an ASCII
 * label (full-width letters).
 */
export const toALabel = (label: string): Option.Option<string> => {
  const url = `http://${label}${suffix}/`
  if (!plain.test(label) || label.slice(2, 4) === "--" || !URL.canParse(url)) return Option.none()
  const { hostname } = new URL(url)
  const aLabel = hostname.slice(0, -suffix.length)
  return aLabel.startsWith("xn--") && !aLabel.includes(".") && aLabel.length <= 63
    ? Option.some(aLabel)
    : Option.none()
}
