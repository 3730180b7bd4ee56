/**
 * Facts: what a `Received:` field says, however the mailer that wrote it puts it. Whatever of its text is
 * not understood is in `notes` and `rest`.
 *
 * @module
 */
import type { DateTime } from "@effect-smtp/wire/DateTime"
import * as Arr from "effect/Array"
import * as Option from "effect/Option"
import type { Clause } from "./Clause.js"
import type * as Host from "./Host.js"
import * as Address from "./internal/address.js"
import * as Comment from "./internal/comment.js"
import * as Lexer from "./internal/lexer.js"
import * as Protocol from "./Protocol.js"
import type { Received } from "./Received.js"
import * as TlsFacts from "./TlsFacts.js"

/**
 * - `from`, `by`: who handed the message over, and who took it;
 * - `via`: the link; `with`: the protocol; `tls`: what is told of the TLS it went through;
 * - `id`: the name of the message at the host that took it, as written;
 * - `for`: the recipients that are told, without angle brackets (`Mailbox` of `wire` reads them);
 * - `sender`: the envelope's sender, without brackets: empty for the null sender;
 * - `user`: who had logged in;
 * - `notes`: comments, or what is left of them;
 * - `rest`: words that belong nowhere.
 */
export interface Facts {
  readonly from: Option.Option<Host.Host>
  readonly by: Option.Option<Host.Host>
  readonly via: Option.Option<string>
  readonly with: Option.Option<Protocol.Protocol>
  readonly tls: Option.Option<TlsFacts.TlsFacts>
  readonly id: Option.Option<string>
  readonly for: ReadonlyArray<string>
  readonly sender: Option.Option<string>
  readonly user: Option.Option<string>
  readonly date: Option.Option<DateTime>
  readonly notes: ReadonlyArray<string>
  readonly rest: ReadonlyArray<string>
}

/** What is said of a host, and words that say nothing of it. */
interface Party {
  readonly host: Option.Option<Host.Host>
  readonly rest: ReadonlyArray<string>
}

const readParty = (words: ReadonlyArray<string>, said: Comment.FoundHost): Party => {
  const [first, ...others] = words.flatMap(Address.parted).map(Lexer.unquote)
  const written = Option.map(Option.fromNullable(first), Address.withoutRoot)
  const address = Option.firstSomeOf([
    said.address,
    Arr.findFirst(others, Address.read),
    Option.flatMap(written, Address.read)
  ])
  const saysAddress = (word: string) =>
    Option.exists(Address.read(word), (read) => Option.contains(address, read))
  // With a HELO in the comment, what stands in front of it comes from the DNS, or is the address.
  const looked = Option.isSome(said.helo) ? Option.filter(written, Address.isName) : Option.none()
  const host = {
    name: Option.orElse(said.helo, () => written),
    reverse: Option.orElse(said.reverse, () => looked),
    address
  }
  const known = Option.isSome(host.name) || Option.isSome(host.reverse) || Option.isSome(address)
  return {
    host: known ? Option.some(host) : Option.none(),
    rest: others.filter((word) => !saysAddress(word))
  }
}

const isRecipient = (word: string): boolean => word.includes("@") || /^<[^>]*>$/.test(word)

/** Without brackets there may be several words; one alone may be a local name. */
const readRecipients = (words: ReadonlyArray<string>) => {
  const all = words.flatMap((word) => word.split(/,(?=<)|(?<=>),?(?=<)|,$/)).filter((_) => _ !== "")
  const [rest, given] = all.length === 1 ? [[], all] : Arr.partition(all, isRecipient)
  return { given: given.map(Comment.bare), rest }
}

/** IronPort: `ESMTP/TLS/ECDHE-RSA-AES256-GCM-SHA384`. */
const tlsInProtocol = (text: string): Option.Option<TlsFacts.TlsFacts> => {
  const [, tls, cipher] = text.split("/")
  return tls?.toUpperCase() === "TLS"
    ? Option.some({ ...TlsFacts.some, cipher: Option.fromNullable(cipher) })
    : Option.none()
}

const text = (words: ReadonlyArray<string>): Option.Option<string> =>
  words.length === 0 ? Option.none() : Option.some(words.map(Lexer.unquote).join(" "))

/** What one field says; see {@link Facts}. */
export const fromReceived = (received: Received): Facts => {
  const found: Comment.Found = { tls: Option.none(), sender: Option.none(), user: Option.none() }
  const notes: Array<string> = []
  const rest: Array<string> = []
  const recipients: Array<string> = []
  const hosts: { from: Option.Option<Host.Host>; by: Option.Option<Host.Host> } = {
    from: Option.none(),
    by: Option.none()
  }
  const texts: { [Key in "via" | "with" | "id"]: Option.Option<string> } = {
    via: Option.none(),
    with: Option.none(),
    id: Option.none()
  }

  const comments = (all: ReadonlyArray<string>, place: Comment.Place): Comment.FoundHost => {
    const host = { helo: Option.none(), reverse: Option.none(), address: Option.none() }
    for (const comment of all) notes.push(...Comment.read(comment, place, found, host))
    return host
  }
  const leave = (words: ReadonlyArray<string>) => {
    if (words.length > 0) rest.push(words.map(Lexer.unquote).join(" "))
  }
  const addTls = (facts: TlsFacts.TlsFacts) => {
    found.tls = Option.some(
      TlsFacts.orElse(facts, Option.getOrElse(found.tls, () => TlsFacts.some))
    )
  }

  const clause = ({ comments: all, keyword, words }: Clause): void => {
    switch (keyword) {
      case "from":
      case "by": {
        const again = Option.isSome(hosts[keyword])
        const said = comments(all, again ? "elsewhere" : keyword)
        if (again) return leave([keyword, ...words])
        const party = readParty(words, said)
        hosts[keyword] = party.host
        return leave(party.rest)
      }
      case "for": {
        const read = readRecipients(words)
        comments(all, "elsewhere")
        for (const recipient of read.given) recipients.push(recipient)
        return leave(read.rest)
      }
      case "tls":
        comments(all, "elsewhere")
        addTls({ ...TlsFacts.some, cipher: text(words.slice(0, 1)) })
        return leave(words.slice(1))
      case "envelope-from":
        comments(all, "elsewhere")
        if (Option.isSome(found.sender)) return leave([keyword, ...words])
        found.sender = Option.map(text(words.slice(0, 1)), Comment.bare)
        return leave(words.slice(1))
      default: {
        comments(all, "elsewhere")
        if (Option.isSome(texts[keyword])) return leave([keyword, ...words])
        texts[keyword] = text(keyword === "id" ? words.slice(0, 1) : words)
        if (keyword === "id") return leave(words.slice(1))
      }
    }
  }

  comments(received.opening.comments, "elsewhere")
  leave(received.opening.words)
  received.clauses.forEach(clause)
  comments(received.closing, "elsewhere")
  Option.map(Option.flatMap(texts.with, tlsInProtocol), addTls)
  return {
    ...hosts,
    via: texts.via,
    with: Option.map(texts.with, Protocol.fromText),
    tls: found.tls,
    id: texts.id,
    for: recipients,
    sender: found.sender,
    user: found.user,
    date: received.date,
    notes,
    rest
  }
}
