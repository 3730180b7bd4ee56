/**
 * Strength: which mechanism to use where the server offers several.
 *
 * @module
 */

/**
 * The mechanisms of this package, the strongest first. A proof from outside comes before a password,
 * a mechanism that binds to the connection before one that does not, one in which the server proves
 * itself before one in which it does not, and one that keeps the secret before one that shows it.
 */
export const order = [
  "EXTERNAL",
  "SCRAM-SHA-256-PLUS",
  "SCRAM-SHA-1-PLUS",
  "SCRAM-SHA-256",
  "SCRAM-SHA-1",
  "OAUTHBEARER",
  "XOAUTH2",
  "CRAM-MD5",
  "PLAIN",
  "LOGIN",
  "ANONYMOUS"
] as const

/** The name of a mechanism of this package. */
export type Name = (typeof order)[number]

/** Those of the names that are on offer, the strongest first. */
export const choose = <N extends Name>(
  names: ReadonlyArray<N>,
  offered: ReadonlyArray<string>
): ReadonlyArray<N> =>
  names
    .filter((name) => offered.includes(name))
    .sort((one, other) => order.indexOf(one) - order.indexOf(other))
