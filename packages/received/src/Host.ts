/**
 * Host: who handed a message over, or who took it.
 *
 * @module
 */
import * as Option from "effect/Option"

/**
 * - `name`: what the host calls itself. As `from`, this is what it said in EHLO: anybody can say
 *   anything there;
 * - `reverse`: the name that its address has in the DNS, as the writer of the field found it;
 * - `address`: its IP address, in the canonical form, without brackets.
 */
export interface Host {
  readonly name: Option.Option<string>
  readonly reverse: Option.Option<string>
  readonly address: Option.Option<string>
}

/** Nothing is known. */
export const unknown: Host = {
  name: Option.none(),
  reverse: Option.none(),
  address: Option.none()
}

/** A host of which only the name is known. */
export const named = (name: string): Host => ({ ...unknown, name: Option.some(name) })

/** What to call it: the name in the DNS, or else what it calls itself, or else its address. */
export const label = ({ address, name, reverse }: Host): Option.Option<string> =>
  Option.firstSomeOf([reverse, name, address])

/** An address that means the host itself (RFC 5735 section 3, RFC 4291 section 2.5.3). */
const isLoopback = (address: string): boolean => address === "::1" || address.startsWith("127.")

/** Whether nothing else is known of it than that it is the host which says so. */
export const isLocal = ({ address, name, reverse }: Host): boolean =>
  Option.match(address, {
    onSome: isLoopback,
    onNone: () =>
      Option.exists(Option.orElse(reverse, () => name), (text) =>
        /^localhost(?:\.localdomain)?$/i.test(text))
  })
