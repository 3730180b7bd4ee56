import * as Domain from "@effect-smtp/wire/Domain"
import type * as Mailbox from "@effect-smtp/wire/Mailbox"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Address from "../src/Address.js"

/** Any text whatever, without lone surrogates. */
export const anyText = FastCheck.oneof(
  FastCheck.string({ unit: "binary" }),
  FastCheck.string({ unit: "grapheme" }),
  FastCheck.string(),
  FastCheck.array(FastCheck.constantFrom(..." \"\\.,;:<>@()=?_é漢🦜\t\r\n\0a"))
    .map((chars) => chars.join(""))
)

const unsafe = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Text that one line of a header can hold. */
export const lineText = anyText.map((text) => text.replace(unsafe, ""))

/** Text with something in it that no line of a header may hold. */
export const unsafeText = FastCheck.tuple(
  FastCheck.string(),
  FastCheck.constantFrom(
    "\r\n",
    "\n",
    "\r",
    "\0",
    "\x7f",
    "\x85",
    "\u2028",
    "\r\nBcc: x@y.example\r\n"
  ),
  FastCheck.string()
).map((parts) => parts.join(""))

const domain = FastCheck.constantFrom(
  "example.org",
  "mx.example",
  "[192.0.2.1]",
  "[IPv6:2001:db8::1]",
  "[x-tag:content]"
).map((text) => Either.getOrThrow(Domain.parse(text)))

/** A local part with anything in it that ASCII has. */
const local = FastCheck.oneof(
  FastCheck.constantFrom("alice", "bob.smith", "a+b", "postmaster"),
  FastCheck.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 20 })
)

export const mailbox: FastCheck.Arbitrary<Mailbox.Mailbox> = FastCheck.record({ local, domain })

export const person = FastCheck.tuple(
  mailbox,
  FastCheck.oneof(FastCheck.constant(""), anyText, FastCheck.string({ maxLength: 300 }))
).map(([mailbox, name]) => Address.person(mailbox, name))

export const address: FastCheck.Arbitrary<Address.Address> = FastCheck.oneof(
  person,
  FastCheck.tuple(anyText, FastCheck.array(person, { maxLength: 4 }))
    .map(([name, members]) => Address.group(name, members))
)
