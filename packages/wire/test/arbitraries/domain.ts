import * as Arr from "effect/Array"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as AddressMode from "../../src/AddressMode.js"
import * as Domain from "../../src/Domain.js"
import * as Text from "./text.js"

const lenientUtf8 = AddressMode.withUtf8(AddressMode.lenient)

/** A label of RFC 5321: letters, digits and inner dashes. */
export const label: FastCheck.Arbitrary<string> = FastCheck.tuple(
  Text.of(Text.letDig, { minLength: 1, maxLength: 3 }),
  Text.of(`${Text.letDig}-`, { minLength: 0, maxLength: 12 }),
  Text.of(Text.letDig, { minLength: 1, maxLength: 3 })
).map((parts) => parts.join(""))

/** A label with an underscore, which only the lenient mode takes. */
export const underscoreLabel: FastCheck.Arbitrary<string> = label.map((text) => `_${text}_`)

/** A U-label. */
export const uLabel: FastCheck.Arbitrary<string> = FastCheck.constantFrom(
  "bücher",
  "straße",
  "例え",
  "почта",
  "मेल",
  "παράδειγμα",
  "tiếng-việt"
)

const nameOf = (
  labels: FastCheck.Arbitrary<string>,
  mode: AddressMode.AddressMode
): FastCheck.Arbitrary<Domain.Domain> =>
  FastCheck.tuple(labels, FastCheck.array(labels, { maxLength: 4 })).map(([first, others]) =>
    Either.getOrThrow(Domain.name(Arr.prepend(others, first), mode))
  )

/** A name of ASCII labels. */
export const name: FastCheck.Arbitrary<Domain.Domain> = nameOf(label, AddressMode.strict)

export const ipv4: FastCheck.Arbitrary<Domain.Domain> = FastCheck.ipV4().map((text) =>
  Either.getOrThrow(Domain.ipv4(text))
)

export const ipv6: FastCheck.Arbitrary<Domain.Domain> = FastCheck.ipV6().map((text) =>
  Either.getOrThrow(Domain.ipv6(text))
)

const content = Array.from(Text.visible).filter((c) => !"[\\]".includes(c)).join("")

export const general: FastCheck.Arbitrary<Domain.Domain> = FastCheck.tuple(
  label,
  Text.of(content, { minLength: 1, maxLength: 30 })
).map(([tag, text]) => Either.getOrThrow(Domain.general(`x${tag}`, text)))

/** What the strict mode knows. */
export const domain: FastCheck.Arbitrary<Domain.Domain> = FastCheck.oneof(name, ipv4, ipv6, general)

/** What the lenient mode knows besides. */
export const lenientDomain: FastCheck.Arbitrary<Domain.Domain> = FastCheck.oneof(
  domain,
  nameOf(FastCheck.oneof(label, underscoreLabel), AddressMode.lenient)
)

/** What any mode with UTF-8 knows besides. */
export const utf8Domain: FastCheck.Arbitrary<Domain.Domain> = FastCheck.oneof(
  domain,
  nameOf(FastCheck.oneof(label, uLabel), AddressMode.withUtf8(AddressMode.strict))
)

/** Domains of every mode, from so few labels that many are alike. */
export const similarDomain: FastCheck.Arbitrary<Domain.Domain> = FastCheck.oneof(
  nameOf(
    FastCheck.constantFrom("a", "A", "b", "bücher", "BÜCHER", "xn--bcher-kva", "_"),
    lenientUtf8
  ),
  FastCheck.constantFrom("1.2.3.4", "1.2.3.10", "::1", "::0001", "::2").map((text) =>
    Either.getOrThrow(Domain.parseAddress(text))
  ),
  FastCheck.constantFrom("x", "X", "y").map((tag) => Either.getOrThrow(Domain.general(tag, "c")))
)
