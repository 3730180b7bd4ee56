/**
 * RouteError: why nobody can be found who takes mail for a recipient (RFC 5321 section 5.1). Nothing has
 * been sent then. Each says whether trying again can help, and has the enhanced status that a report to
 * the sender would show (RFC 3463, RFC 7505).
 *
 * @module
 */
import * as EnhancedStatus from "@effect-smtp/wire/EnhancedStatus"
import * as Data from "effect/Data"

const said = (status: EnhancedStatus.EnhancedStatus, text: string): string =>
  `${EnhancedStatus.print(status)} ${text}`

/** The DNS has no such domain. Nobody gets mail there until somebody makes it. */
export class NoSuchDomain extends Data.TaggedError("NoSuchDomain")<{
  readonly domain: string
}> {
  readonly retry = "Never"
  get status(): EnhancedStatus.EnhancedStatus {
    return EnhancedStatus.make(5, 1, 2)
  }
  override get message(): string {
    return said(this.status, `${this.domain}: no such domain`)
  }
}

/**
 * The DNS does not answer, or says that it cannot now. `detail` is what the platform said; `cause` its
 * error, for logs.
 */
export class NoAnswer extends Data.TaggedError("NoAnswer")<{
  readonly domain: string
  readonly detail: string
  readonly cause?: unknown
}> {
  readonly retry = "Later"
  get status(): EnhancedStatus.EnhancedStatus {
    return EnhancedStatus.make(4, 4, 3)
  }
  override get message(): string {
    return said(this.status, `${this.domain}: the DNS has no answer now (${this.detail})`)
  }
}

/** The domain says that it takes no mail at all: a null MX (RFC 7505 section 3). */
export class TakesNoMail extends Data.TaggedError("TakesNoMail")<{
  readonly domain: string
}> {
  readonly retry = "Never"
  get status(): EnhancedStatus.EnhancedStatus {
    return EnhancedStatus.make(5, 1, 10)
  }
  override get message(): string {
    return said(this.status, `${this.domain}: takes no mail (null MX)`)
  }
}

/** What names the hosts is no name of a host: MX records with something else in them, an unknown literal. */
export class NoUsableHost extends Data.TaggedError("NoUsableHost")<{
  readonly domain: string
  readonly found: ReadonlyArray<string>
}> {
  readonly retry = "Never"
  get status(): EnhancedStatus.EnhancedStatus {
    return EnhancedStatus.make(5, 4, 4)
  }
  override get message(): string {
    return said(
      this.status,
      `${this.domain}: expected the name of a host, and found ${this.found.join(", ")}`
    )
  }
}

/** A host has no address, as the DNS says for certain; another one may have. */
export class NoAddress extends Data.TaggedError("NoAddress")<{
  readonly host: string
}> {
  readonly retry = "Elsewhere"
  get status(): EnhancedStatus.EnhancedStatus {
    return EnhancedStatus.make(5, 4, 4)
  }
  override get message(): string {
    return said(this.status, `${this.host}: the host has no address`)
  }
}

/** The best host for the domain is the one that asks: it would send the mail to itself. */
export class LoopsBack extends Data.TaggedError("LoopsBack")<{
  readonly domain: string
  readonly host: string
}> {
  readonly retry = "Never"
  get status(): EnhancedStatus.EnhancedStatus {
    return EnhancedStatus.make(5, 4, 6)
  }
  override get message(): string {
    return said(this.status, `${this.domain}: its mail would loop back to this host (${this.host})`)
  }
}

/** The recipient is `<Postmaster>`, whoever the server is (RFC 5321 section 4.5.1): there is no domain to ask for. */
export class NoDomain extends Data.TaggedError("NoDomain")<{}> {
  readonly retry = "Never"
  get status(): EnhancedStatus.EnhancedStatus {
    return EnhancedStatus.make(5, 1, 3)
  }
  override get message(): string {
    return said(this.status, "a postmaster without a domain could be anybody's")
  }
}

/** Every reason. */
export type RouteError =
  | NoSuchDomain
  | NoAnswer
  | TakesNoMail
  | NoUsableHost
  | NoAddress
  | LoopsBack
  | NoDomain
