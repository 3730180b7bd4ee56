import * as FastCheck from "effect/FastCheck"

/** Words of every grammar that is spoken on the wire. */
const words: ReadonlyArray<string> = [
  ..."HELO EHLO LHLO MAIL RCPT DATA BDAT RSET VRFY EXPN HELP NOOP QUIT STARTTLS AUTH ETRN".split(
    " "
  ),
  ..."XCLIENT XFORWARD XVERB FROM: TO: LAST PLAIN postmaster UNAVAILABLE".split(" "),
  ..."SIZE= BODY=8BITMIME SMTPUTF8 RET=FULL ENVID= AUTH=<> BY=120;R HOLDFOR= HOLDUNTIL=".split(" "),
  ..."MT-PRIORITY= REQUIRETLS NOTIFY= NEVER ORCPT=rfc822; ORCPT=utf-8; RRVS= PRDR".split(" "),
  ..."2030-01-31T23:59:59Z +2B +0D+0A \\x{2B} \\x{D800} 1 999999999999999999999".split(" "),
  ..."PIPELINING SIZE AUTH= LIMITS RCPTMAX= DELIVERBY FUTURERELEASE CHUNKING".split(" "),
  ..."250- 250 354 421 334 599 2.1.5 5.999.999 4.7.1 99 2500".split(" "),
  ..."a@b.example <@a,@b:c@d> \"q\\\"q\"@x [127.0.0.1] [IPv6:::1] [tag:value] <> < > @ é ü@ü".split(
    " "
  ),
  ..."dXNlcg== = * ==== xn--a .".split(" ")
]

const piece: FastCheck.Arbitrary<Uint8Array> = FastCheck.oneof(
  {
    weight: 4,
    arbitrary: FastCheck.constantFrom(...words).map((word) => new TextEncoder().encode(word))
  },
  {
    weight: 4,
    arbitrary: FastCheck.constantFrom(" ", "\r\n", "\n", "\r", "\r\n.\r\n", ".", "\0").map((text) =>
      new TextEncoder().encode(text)
    )
  },
  { weight: 1, arbitrary: FastCheck.uint8Array({ maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: FastCheck.tuple(FastCheck.nat(255), FastCheck.nat(120)).map(([octet, length]) =>
      new Uint8Array(length).fill(octet)
    )
  }
)

/** Octets in which pieces of every grammar swim. */
export const soup: FastCheck.Arbitrary<Uint8Array> = FastCheck.array(piece, { maxLength: 24 }).map(
  (pieces) => Uint8Array.from(pieces.flatMap((octets) => [...octets]))
)
