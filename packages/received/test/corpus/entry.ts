import * as DateTime from "@effect-smtp/wire/DateTime"
import * as Option from "effect/Option"
import type * as Facts from "../../src/Facts.js"
import type * as Host from "../../src/Host.js"
import * as Protocol from "../../src/Protocol.js"

/** A host; what is not there is not known. */
export interface PlainHost {
  readonly name?: string | undefined
  readonly reverse?: string | undefined
  readonly address?: string | undefined
}

/** The facts, without what is not there: `with` is a protocol that is known, `other` one that is not. */
export interface Plain {
  readonly from?: PlainHost | undefined
  readonly by?: PlainHost | undefined
  readonly via?: string | undefined
  readonly with?: string | undefined
  readonly other?: string | undefined
  readonly tls?: {
    readonly version?: string | undefined
    readonly cipher?: string | undefined
    readonly bits?: number | undefined
  } | undefined
  readonly id?: string | undefined
  readonly for?: ReadonlyArray<string> | undefined
  readonly sender?: string | undefined
  readonly user?: string | undefined
  readonly date?: string | undefined
  readonly notes?: ReadonlyArray<string> | undefined
  readonly rest?: ReadonlyArray<string> | undefined
}

/** A field's body as some mailer writes it, line by line, and all that is to be found in it. */
export interface Entry {
  readonly title: string
  readonly lines: ReadonlyArray<string>
  readonly expect: Plain
}

/** As it stands in a message. */
export const text = ({ lines }: Entry): string => lines.join("\r\n")

const plainHost = ({ address, name, reverse }: Host.Host): PlainHost => ({
  name: Option.getOrUndefined(name),
  reverse: Option.getOrUndefined(reverse),
  address: Option.getOrUndefined(address)
})

const some = <A>(all: ReadonlyArray<A>): ReadonlyArray<A> | undefined =>
  all.length === 0 ? undefined : all

/** The facts in the form of the corpus. */
export const plain = (facts: Facts.Facts): Plain => {
  const protocol = Option.getOrUndefined(facts.with)
  const name = protocol && Protocol.print(protocol)
  return {
    from: Option.getOrUndefined(Option.map(facts.from, plainHost)),
    by: Option.getOrUndefined(Option.map(facts.by, plainHost)),
    via: Option.getOrUndefined(facts.via),
    ...(protocol?._tag === "Known" ? { with: name } : { other: name }),
    tls: Option.getOrUndefined(Option.map(facts.tls, ({ bits, cipher, version }) => ({
      version: Option.getOrUndefined(version),
      cipher: Option.getOrUndefined(cipher),
      bits: Option.getOrUndefined(bits)
    }))),
    id: Option.getOrUndefined(facts.id),
    for: some(facts.for),
    sender: Option.getOrUndefined(facts.sender),
    user: Option.getOrUndefined(facts.user),
    date: Option.getOrUndefined(Option.map(facts.date, DateTime.printIso)),
    notes: some(facts.notes),
    rest: some(facts.rest)
  }
}
