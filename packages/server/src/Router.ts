/**
 * Router: a handler made of routes, each for recipients of its own, as an HTTP router has routes for
 * paths.
 *
 * ```ts
 * const router = pipe(
 *   Router.empty,
 *   Router.recipient("ticket-:id@support.example", {
 *     message: ({ message, to }) => comment(to.map(({ captures }) => captures.id), message)
 *   }),
 *   Router.postmaster({ message: ({ message }) => forward(message) })
 * )
 * const handler = Handler.layer(Router.toDecisions(router))
 * ```
 *
 * A recipient belongs to the first route that matches, else to the fallback. Without one, it is refused:
 * 550 5.1.1 at a domain that a route is for, 550 5.7.1 at any other.
 *
 * A message has one verdict under SMTP. If a route took it and another did not, it would be delivered
 * twice when the client tries again, or lost to the one, so a transaction has recipients of one route only:
 * the others are told to come in one of their own (452 4.5.3), as clients do (RFC 5321 section 4.5.3.1.10).
 * Where each recipient has a verdict (LMTP, and PRDR, which a router offers), a transaction may have
 * recipients of many routes. They read the message at the same time, and the slowest of them sets the pace.
 * One that fails or hangs has 451 4.3.0 for its own recipients, and not for those of the others.
 *
 * @module
 */
import * as ForwardPath from "@effect-smtp/wire/ForwardPath"
import * as Arr from "effect/Array"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Envelope } from "./Envelope.js"
import type * as Handler from "./Handler.js"
import type { Entry, Matcher } from "./internal/entry.js"
import * as Entries from "./internal/entry.js"
import * as Shares from "./internal/shares.js"
import type * as RecipientPattern from "./RecipientPattern.js"
import * as RecipientPatterns from "./RecipientPattern.js"
import type { Route } from "./Route.js"
import * as Verdict from "./Verdict.js"

/** Routes in order, and what is for everybody else. */
export interface Router<E, R> {
  readonly routes: ReadonlyArray<Entry<E, R>>
  readonly fallback: Option.Option<Entry<E, R>>
}

/** A router with one route more. */
export type Extend<E, R> = <E1, R1>(self: Router<E1, R1>) => Router<E | E1, R | R1>

/** No routes. */
export const empty: Router<never, never> = { routes: [], fallback: Option.none() }

const add = <Captures, E, R>(
  matcher: Matcher<Captures>,
  route: Route<Captures, E, R>
): Extend<E, R> =>
(self) => ({ ...self, routes: [...self.routes, Entries.make(matcher, route)] })

const fromPattern = <Captures>(
  { match, serves }: RecipientPattern.RecipientPattern<Captures>
): Matcher<Captures> => ({
  match: (path) => Option.flatMap(ForwardPath.toMailbox(path), match),
  serves
})

/** Recipients that look like that: a mailbox, or a {@link RecipientPattern} with names in it. */
export const recipient = <const Pattern extends RecipientPattern.Text, E, R>(
  pattern: Pattern,
  route: Route<RecipientPattern.Captures<Pattern>, E, R>
): Extend<E, R> => add(fromPattern(RecipientPatterns.make(pattern)), route)

/**
 * One mailbox and its sub-addresses (RFC 5233): `jones@mx.example`, and `jones+news@mx.example`, where the
 * `tag` is `news`. An empty tag is none.
 */
export const subAddress = <E, R>(
  mailbox: RecipientPattern.Text,
  route: Route<{ readonly tag: Option.Option<string> }, E, R>
): Extend<E, R> => {
  const at = mailbox.indexOf("@")
  const [local, domain] = [mailbox.slice(0, at), mailbox.slice(at + 1)]
  const whole = RecipientPatterns.make(`${local}@${domain}`)
  const empty = RecipientPatterns.make(`${local}+@${domain}`)
  const tagged = RecipientPatterns.make(`${local}+:tag@${domain}`)
  return add(
    fromPattern({
      match: (given) =>
        Option.map(tagged.match(given), ({ tag }) => ({ tag: Option.some(tag) })).pipe(
          Option.orElse(() =>
            Option.as(
              Option.orElse(whole.match(given), () => empty.match(given)),
              { tag: Option.none<string>() }
            )
          )
        ),
      serves: whole.serves
    }),
    route
  )
}

/** Everybody at a domain, as in `"lists.example"` or `":list.lists.example"`. */
export const domain = <const Name extends string, E, R>(
  name: Name,
  route: Route<RecipientPattern.Captures<`:local@${Name}`>, E, R>
): Extend<E, R> => add(fromPattern(RecipientPatterns.make(`:local@${name}`)), route)

/**
 * The postmaster (RFC 5321 section 4.5.1): the bare word, and the mailbox at every domain that a route is
 * for. Every server that takes mail should have one.
 */
export const postmaster = <E, R>(route: Route<{}, E, R>): Extend<E, R> => (self) => {
  const serves = () => false
  const match = (path: ForwardPath.ForwardPath) =>
    ForwardPath.isPostmaster(path) ? Option.some({}) : Option.none()
  const one: Entry<E, R> = {
    ...Entries.make({ match, serves }, route),
    takes: (path, isServed) => ForwardPath.isPostmaster(path) && isServed(path)
  }
  return { ...self, routes: [...self.routes, one] }
}

/**
 * Every recipient that no route is for, at whatever domain: for a server that nobody else can reach, or
 * whose guards refuse to carry mail for strangers.
 */
export const fallback = <E, R>(route: Route<{}, E, R>): Extend<E, R> => (self) => ({
  ...self,
  fallback: Option.some(Entries.make({ match: () => Option.some({}), serves: () => false }, route))
})

/** Whether a route is for other recipients at the same domain; the bare postmaster is at all of them. */
const isServed = <E, R>(router: Router<E, R>) =>
  ForwardPath.match({
    Postmaster: () => true,
    Path: ({ mailbox }) => router.routes.some(({ serves }) => serves(mailbox.domain))
  })

const find = <E, R>(
  router: Router<E, R>,
  path: ForwardPath.ForwardPath
): Option.Option<Entry<E, R>> =>
  Option.orElse(
    Arr.findFirst(router.routes, ({ takes }) => takes(path, isServed(router))),
    () => router.fallback
  )

/**
 * `patience`: how long one route may keep the others of the same message waiting, when it does not read or
 * does not decide; less than the `Handler` phase of the server's `Timeouts`. Default 3 minutes.
 */
export interface Options {
  readonly patience?: Duration.DurationInput
}

/** What is done about recipients and messages; for the other phases, see `Handler.combine`. */
export const toDecisions = <E, R>(
  router: Router<E, R>,
  { patience = "3 minutes" }: Options = {}
): Handler.Decisions<E, R> => ({
  verdicts: "Each",
  recipient: (client, envelope, recipient) =>
    Option.match(find(router, recipient.path), {
      onNone: () =>
        Effect.succeed(
          isServed(router)(recipient.path) ? Verdict.noSuchMailbox : Verdict.relayDenied
        ),
      onSome: (route) =>
        Effect.map(
          route.recipient(client, envelope, recipient),
          (verdict) =>
            Verdict.is("Accept")(verdict) && !fits(router, envelope, route)
              ? Verdict.tooManyRecipients
              : verdict
        )
    }),
  message: (client, envelope, message) =>
    Shares.deliver(
      { find: (path) => find(router, path), patience },
      client,
      envelope,
      message
    )
})

/** Whether one verdict will do for that route and those of the recipients so far. */
const fits = <E, R>(router: Router<E, R>, envelope: Envelope, route: Entry<E, R>): boolean =>
  envelope.verdicts === "Each" ||
  envelope.recipients.slice(0, 1).every(({ path }) => Option.contains(find(router, path), route))
