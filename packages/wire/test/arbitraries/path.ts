import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as AddressMode from "../../src/AddressMode.js"
import type { Domain } from "../../src/Domain.js"
import * as ForwardPath from "../../src/ForwardPath.js"
import * as Mailbox from "../../src/Mailbox.js"
import * as ReversePath from "../../src/ReversePath.js"
import * as DomainArbitrary from "./domain.js"
import * as Text from "./text.js"

const rights = <A, E>(
  arbitrary: FastCheck.Arbitrary<Either.Either<A, E>>
): FastCheck.Arbitrary<A> => arbitrary.filter(Either.isRight).map((either) => either.right)

/** A local part of atoms. */
export const dotString: FastCheck.Arbitrary<string> = FastCheck.array(
  Text.of(Text.atext, { minLength: 1, maxLength: 8 }),
  { minLength: 1, maxLength: 4 }
).map((atoms) => atoms.join("."))

/** Any local part: most need quotes. */
export const local: FastCheck.Arbitrary<string> = FastCheck.oneof(
  dotString,
  Text.of(Text.printable, { minLength: 0, maxLength: 30 }),
  FastCheck.constantFrom("", ".", "a..b", "a@b", "\"", "\\", "a b", "x> SIZE=1", "postmaster")
)

const utf8Local = FastCheck.oneof(
  local,
  FastCheck.constantFrom("jörg", "用户", "ñ ñ", "почта.иван", "😀", "می\u200cخواهم")
)

const mailboxOf = (
  locals: FastCheck.Arbitrary<string>,
  domains: FastCheck.Arbitrary<Domain>,
  mode: AddressMode.AddressMode
): FastCheck.Arbitrary<Mailbox.Mailbox> =>
  rights(
    FastCheck.record({ local: locals, domain: domains }).map((parts) => Mailbox.make(parts, mode))
  )

const utf8 = AddressMode.withUtf8(AddressMode.strict)

/** What the strict mode knows. */
export const mailbox = mailboxOf(local, DomainArbitrary.domain, AddressMode.strict)

/** What the lenient mode knows besides. */
export const lenientMailbox = mailboxOf(
  local,
  DomainArbitrary.lenientDomain,
  AddressMode.lenient
)

/** What any mode with UTF-8 knows besides. */
export const utf8Mailbox = mailboxOf(utf8Local, DomainArbitrary.utf8Domain, utf8)

const similarLocal = FastCheck.constantFrom("a", "A", "a b", "postmaster", "POSTMASTER")

/** Mailboxes of which many are alike. */
export const similarMailbox = mailboxOf(
  similarLocal,
  DomainArbitrary.similarDomain,
  AddressMode.withUtf8(AddressMode.lenient)
)

const routed = (
  mailboxes: FastCheck.Arbitrary<Mailbox.Mailbox>,
  domains: FastCheck.Arbitrary<Domain>
) => FastCheck.record({ route: FastCheck.array(domains, { maxLength: 2 }), mailbox: mailboxes })

const reverseOf = (
  mailboxes: FastCheck.Arbitrary<Mailbox.Mailbox>,
  domains: FastCheck.Arbitrary<Domain>,
  mode: AddressMode.AddressMode
): FastCheck.Arbitrary<ReversePath.ReversePath> =>
  FastCheck.oneof(
    { weight: 1, arbitrary: FastCheck.constant(ReversePath.nullSender) },
    {
      weight: 5,
      arbitrary: rights(
        routed(mailboxes, domains).map((path) => ReversePath.make(path, mode))
      )
    }
  )

const forwardOf = (
  mailboxes: FastCheck.Arbitrary<Mailbox.Mailbox>,
  domains: FastCheck.Arbitrary<Domain>,
  mode: AddressMode.AddressMode
): FastCheck.Arbitrary<ForwardPath.ForwardPath> =>
  FastCheck.oneof(
    { weight: 1, arbitrary: FastCheck.constant(ForwardPath.postmaster) },
    {
      weight: 5,
      arbitrary: rights(
        routed(mailboxes, domains).map((path) => ForwardPath.make(path, mode))
      )
    }
  )

export const reversePath = reverseOf(mailbox, DomainArbitrary.domain, AddressMode.strict)
export const lenientReversePath = reverseOf(
  lenientMailbox,
  DomainArbitrary.lenientDomain,
  AddressMode.lenient
)
export const utf8ReversePath = reverseOf(utf8Mailbox, DomainArbitrary.utf8Domain, utf8)
export const similarReversePath = reverseOf(
  similarMailbox,
  DomainArbitrary.similarDomain,
  AddressMode.withUtf8(AddressMode.lenient)
)

export const forwardPath = forwardOf(mailbox, DomainArbitrary.domain, AddressMode.strict)
export const lenientForwardPath = forwardOf(
  lenientMailbox,
  DomainArbitrary.lenientDomain,
  AddressMode.lenient
)
export const utf8ForwardPath = forwardOf(utf8Mailbox, DomainArbitrary.utf8Domain, utf8)
export const similarForwardPath = forwardOf(
  similarMailbox,
  DomainArbitrary.similarDomain,
  AddressMode.withUtf8(AddressMode.lenient)
)
