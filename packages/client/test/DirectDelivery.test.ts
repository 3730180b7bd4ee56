import * as Dialer from "@effect-smtp/flow/Dialer"
import * as Tls from "@effect-smtp/flow/Tls"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Body from "../src/Body.js"
import type * as Delivery from "../src/Delivery.js"
import * as DirectDelivery from "../src/DirectDelivery.js"
import * as Envelope from "../src/Envelope.js"
import * as Outcome from "../src/Outcome.js"
import * as Resolver from "../src/Resolver.js"
import { NoAnswer } from "../src/RouteError.js"
import * as Security from "../src/Security.js"
import * as Sendmail from "../src/Sendmail.js"
import type { Fate } from "../src/SmtpError.js"
import type { World } from "./exchanges.js"
import { among, direct, mail, opened, quit, takes, told } from "./exchanges.js"
import * as Harness from "./harness.js"
import { aliceToBob, envelope, hello } from "./harness.js"
import * as PostOffice from "./postOffice.js"

/** What becomes of a message for bob, or another. */
const deliver = (
  world: World,
  to: Envelope.Envelope = aliceToBob,
  { body = hello, how = {}, ...options }: DirectDelivery.Options & {
    readonly body?: Body.Body
    readonly how?: Delivery.Options
  } = {}
) =>
  Effect.map(
    among(world, direct(({ deliver }) => deliver(to, body, how), options)),
    ({ dialed, value }) => ({ dialed, outcome: value, ...told(value) })
  )

const bob = "bob@mx.example"
const two = { "mx.example": ["one.example", "two.example"] }
const toThree = envelope("alice@client.example", "a@mx.example", "b@mx.example", "c@mx.example")

describe("DirectDelivery", () => {
  describe("the hosts of a domain", () => {
    it.effect("F7, L2: are found by its MX records, and the best gets the message", () =>
      Effect.gen(function*() {
        const { accepted, dialed, outcome } = yield* deliver({
          domains: two,
          hosts: { "one.example": [takes(bob)] }
        })
        expect(accepted).toEqual([`${bob} 250 2.0.0 taken`])
        expect(Outcome.isComplete(outcome)).toBe(true)
        expect(dialed).toEqual(["one.example"])
      }))

    it.effect("F7: are the domain itself where it has no MX records", () =>
      Effect.gen(function*() {
        const { accepted, dialed } = yield* deliver({
          domains: { "mx.example": [] },
          hosts: { "mx.example": [takes(bob)] }
        })
        expect(accepted).toHaveLength(1)
        expect(dialed).toEqual(["mx.example"])
      }))

    it.effect("F7: are what an address literal says", () =>
      Effect.gen(function*() {
        const { accepted, dialed } = yield* deliver(
          { hosts: { "2001:db8::1": [takes("bob@[IPv6:2001:db8::1]")] } },
          envelope("alice@client.example", "bob@[IPv6:2001:db8::1]")
        )
        expect(accepted).toHaveLength(1)
        expect(dialed).toEqual(["2001:db8::1"])
      }))

    const first: ReadonlyArray<readonly [string, string]> = [
      ["turns everybody away (554)", `S: 554 5.3.2 not here${quit}`],
      ["turns everybody away for now (421)", "S: 421 4.3.2 closing"],
      ["hangs up before it says anything", ""],
      [
        "refuses EHLO and HELO",
        `S: 220 mx.example
         C: EHLO client.example
         S: 550 go away
         C: HELO client.example
         S: 550 go away
         ${quit}`
      ],
      [
        "cannot do TLS though it offers it",
        `S: 220 mx.example
         C: EHLO client.example
         S: 250-mx.example
         S: 250 STARTTLS
         C: STARTTLS
         S: 220 go ahead`
      ],
      [
        "puts the sender off",
        `${opened}
         C: MAIL FROM:<alice@client.example>
         S: 451 4.3.0 not now
         ${quit}`
      ],
      ["puts the recipient off", `${opened}${mail([[bob, "450 4.2.0 greylisted"]])}${quit}`],
      ["puts the message off", `${opened}${mail([[bob, "250 ok"]], "452 4.3.1 full")}${quit}`],
      [
        "hangs up before it could have the message",
        `${opened}
         C: MAIL FROM:<alice@client.example>`
      ]
    ]
    for (const [does, session] of first) {
      it.effect(`F7: are tried in turn where the first ${does}`, () =>
        Effect.gen(function*() {
          const { accepted, dialed, failed, rejected } = yield* deliver({
            domains: two,
            hosts: { "one.example": [session], "two.example": [takes(bob)] }
          })
          expect(accepted).toEqual([`${bob} 250 2.0.0 taken`])
          expect([rejected, failed]).toEqual([[], []])
          expect(dialed).toEqual(["one.example", "two.example"])
        }))
    }

    it.effect("F7: are tried in turn where the first is down, or has no address", () =>
      Effect.gen(function*() {
        const { accepted, dialed } = yield* deliver({
          domains: { "mx.example": ["one.example", "two.example", "three.example"] },
          down: ["one.example"],
          hosts: { "three.example": [takes(bob)] }
        })
        expect(accepted).toHaveLength(1)
        expect(dialed).toEqual(["one.example", "two.example", "three.example"])
      }))

    it.effect("F7: are tried in turn where the first lacks what the message needs", () =>
      Effect.gen(function*() {
        const { accepted } = yield* deliver(
          {
            domains: two,
            hosts: {
              "one.example": [`${opened}${quit}`],
              "two.example": [`
                S: 220 mx.example
                C: EHLO client.example
                S: 250-mx.example
                S: 250 DSN
                C: MAIL FROM:<alice@client.example> RET=HDRS
                S: 250 ok
                C: RCPT TO:<bob@mx.example>
                S: 250 ok
                C: DATA
                S: 354 go ahead
                ${Harness.helloLines}
                S: 250 2.0.0 taken
                ${quit}`]
            }
          },
          Envelope.withWishes(aliceToBob, { ret: Option.some("HDRS") })
        )
        expect(accepted).toHaveLength(1)
      }))

    it.effect("get a message that is read anew for each", () =>
      Effect.gen(function*() {
        let runs = 0
        const bytes = new TextEncoder().encode("Subject: hi\r\n\r\nhello\r\n")
        const { accepted } = yield* deliver(
          {
            domains: two,
            hosts: {
              "one.example": [`${opened}${mail([[bob, "250 ok"]], "451 not now")}${quit}`],
              "two.example": [takes(bob)]
            }
          },
          aliceToBob,
          {
            body: Body.fromStream(
              Stream.suspend(() => {
                runs++
                return Stream.make(bytes)
              }),
              { eightBit: false }
            )
          }
        )
        expect(accepted).toHaveLength(1)
        expect(runs).toBe(2)
      }))
  })

  describe("TLS", () => {
    const asked = `
      S: 220 mx.example
      C: EHLO client.example
      S: 250-mx.example
      S: 250 STARTTLS
      C: STARTTLS
      S: 220 go ahead`
    const upgraded = `${asked}
      <TLS negotiation>`

    it.effect("F7: is taken where it is offered, whoever's the certificate", () =>
      Effect.gen(function*() {
        const { server } = yield* Harness.tls
        const { accepted } = yield* deliver({
          domains: two,
          dubious: ["one.example"],
          tls: server,
          hosts: { "one.example": [`${upgraded}${takes(bob).replace(/^\s*S: 220 .*$/m, "")}`] }
        })
        expect(accepted).toHaveLength(1)
      }))

    it.effect("F7: with a bad certificate is left for the next host, if the caller wants a good one", () =>
      Effect.gen(function*() {
        const world = { domains: two, dubious: ["one.example", "two.example"] }
        const strict: DirectDelivery.Options = {
          security: (host) =>
            host._tag === "Name"
              ? Sendmail.security({ host: host.labels.join("."), tls: { verify: "full" } })
              : Security.ClearText({ credentials: "Refused" })
        }
        const { accepted } = yield* deliver(
          { ...world, hosts: { "one.example": [asked], "two.example": [takes(bob)] } },
          aliceToBob,
          strict
        )
        expect(accepted).toHaveLength(1)

        const { failed } = yield* deliver(
          { ...world, hosts: { "one.example": [asked], "two.example": [asked] } },
          aliceToBob,
          strict
        )
        expect(failed).toEqual([[bob, "ConnectionFailed", "NotDelivered", "Elsewhere"]])
      }))

    it.effect("F7: nothing is sent in clear text if the caller insists on it", () =>
      Effect.gen(function*() {
        const { failed } = yield* deliver(
          {
            domains: two,
            hosts: { "one.example": [`${opened}${quit}`], "two.example": [`${opened}${quit}`] }
          },
          aliceToBob,
          { security: () => Security.StartTls({ tls: Tls.client({ serverName: "mx.example" }) }) }
        )
        expect(failed).toEqual([[bob, "NotSecure", "NotDelivered", "Elsewhere"]])
      }))
  })

  describe("what was decided", () => {
    it.effect("F7: stands: nobody else is asked about who was accepted, or refused for good", () =>
      Effect.gen(function*() {
        const { accepted, failed, rejected } = yield* deliver(
          {
            domains: two,
            hosts: {
              "one.example": [
                `${opened}${
                  mail([
                    ["a@mx.example", "450 4.2.1 busy"],
                    ["b@mx.example", "550 5.1.1 unknown"],
                    ["c@mx.example", "250 ok"]
                  ], "250 2.0.0 first")
                }${quit}`
              ],
              "two.example": [takes("a@mx.example")]
            }
          },
          toThree
        )
        expect(accepted).toEqual(["a@mx.example 250 2.0.0 taken", "c@mx.example 250 2.0.0 first"])
        expect(rejected).toEqual(["b@mx.example 550 5.1.1 unknown"])
        expect(failed).toEqual([])
      }))

    it.effect("F7: stands, for a recipient that was named twice, too", () =>
      Effect.gen(function*() {
        const { accepted } = yield* deliver(
          {
            domains: two,
            hosts: {
              "one.example": [
                `${opened}${mail([[bob, "250 ok"], [bob, "452 4.5.3 enough"]], "250 1")}${quit}`
              ],
              "two.example": [takes(bob)]
            }
          },
          envelope("alice@client.example", bob, bob)
        )
        expect(accepted).toEqual([`${bob} 250 1`, `${bob} 250 2.0.0 taken`])
      }))

    it.effect("F7: is final when the whole message is refused for good", () =>
      Effect.gen(function*() {
        const { dialed, failed } = yield* deliver({
          domains: two,
          hosts: {
            "one.example": [`${opened}${mail([[bob, "250 ok"]], "554 5.6.0 not this")}${quit}`]
          }
        })
        expect(failed).toEqual([[bob, "Refused", "NotDelivered", "Never"]])
        expect(dialed).toEqual(["one.example"])
      }))

    it.effect("F7, Z10: is nothing where the answer is lost: nobody gets the message twice", () =>
      Effect.gen(function*() {
        const { dialed, failed } = yield* deliver({
          domains: two,
          hosts: {
            "one.example": [
              `${opened}${mail([[bob, "250 ok"]], "250 ok").replace(/S: 250 ok$/, "")}`
            ]
          }
        })
        expect(failed).toEqual([[bob, "ConnectionFailed", "Unknown", "Later"]])
        expect(dialed).toEqual(["one.example"])
      }))

    it.effect("F7: is what a host said of the recipient, before that another was down", () =>
      Effect.gen(function*() {
        const { dialed, outcome, rejected } = yield* deliver({
          domains: two,
          down: ["two.example"],
          hosts: {
            "one.example": [`${opened}${mail([[bob, "450 4.2.0 greylisted"]])}${quit}`]
          }
        })
        expect(rejected).toEqual([`${bob} 450 4.2.0 greylisted`])
        expect(Outcome.worthRetrying(outcome)).toHaveLength(1)
        expect(dialed).toEqual(["one.example", "two.example"])
      }))

    it.effect("F7: is that later can help, if that is so of any host", () =>
      Effect.gen(function*() {
        const { failed } = yield* deliver({
          domains: two,
          down: ["one.example"],
          hosts: { "two.example": [`S: 554 5.3.2 not here${quit}`] }
        })
        expect(failed).toEqual([[bob, "ConnectionFailed", "NotDelivered", "Later"]])
      }))

    it.effect("F7: is that no host has an address", () =>
      Effect.gen(function*() {
        const { dialed, failed } = yield* deliver({ domains: two })
        expect(failed).toEqual([[bob, "NoAddress", "NotDelivered", "Elsewhere"]])
        expect(dialed).toEqual(["one.example", "two.example"])
      }))
  })

  describe("recipients of several domains", () => {
    it.effect("F7: are told apart by domain, whatever its case, or in whatever script it is", () =>
      Effect.gen(function*() {
        const { accepted, dialed } = yield* deliver(
          {
            domains: { "mx.example": [], "xn--bcher-kva.example": [] },
            hosts: {
              "mx.example": [takes("a@mx.example", "c@MX.example")],
              "xn--bcher-kva.example": [
                takes("b@xn--bcher-kva.example", "d@xn--bcher-kva.example")
              ]
            }
          },
          envelope(
            "alice@client.example",
            "a@mx.example",
            "b@bücher.example",
            "c@MX.example",
            "d@xn--bcher-kva.example"
          )
        )
        expect(accepted).toEqual([
          "a@mx.example 250 2.0.0 taken",
          "b@bücher.example 250 2.0.0 taken",
          "c@MX.example 250 2.0.0 taken",
          "d@xn--bcher-kva.example 250 2.0.0 taken"
        ])
        expect(dialed.sort()).toEqual(["mx.example", "xn--bcher-kva.example"])
      }))

    it.effect("F7, Z10: have an end each, and no domain's error is lost, nor hinders another", () =>
      Effect.gen(function*() {
        const { accepted, failed, rejected } = yield* deliver(
          {
            domains: {
              "good.example": ["mx.good.example"],
              "down.example": ["mx.down.example"],
              "null.example": ["."],
              "rubbish.example": ["192.0.2.1"]
            },
            down: ["mx.down.example"],
            hosts: {
              "mx.good.example": [
                `${opened}${
                  mail([["b@good.example", "250 ok"], ["g@good.example", "550 5.1.1 no"]], "250 ok")
                }${quit}`
              ]
            }
          },
          envelope(
            "alice@client.example",
            "a@down.example",
            "b@good.example",
            "c@null.example",
            "d@none.example",
            "postmaster",
            "e@rubbish.example",
            "f@[x-net:1]",
            "g@good.example",
            "h@down.example"
          )
        )
        expect(accepted).toEqual(["b@good.example 250 ok"])
        expect(rejected).toEqual(["g@good.example 550 5.1.1 no"])
        expect(failed).toEqual([
          ["a@down.example", "ConnectionFailed", "NotDelivered", "Later"],
          ["c@null.example", "TakesNoMail", "NotDelivered", "Never"],
          ["d@none.example", "NoSuchDomain", "NotDelivered", "Never"],
          ["Postmaster", "NoDomain", "NotDelivered", "Never"],
          ["e@rubbish.example", "NoUsableHost", "NotDelivered", "Never"],
          ["f@[x-net:1]", "NoUsableHost", "NotDelivered", "Never"],
          ["h@down.example", "ConnectionFailed", "NotDelivered", "Later"]
        ])
      }))

    it.effect("Z10: can be tried later where the DNS has no answer now", () =>
      Effect.gen(function*() {
        const resolver = Resolver.make((domain) => new NoAnswer({ domain, detail: "SERVFAIL" }))
        const { dialer } = yield* PostOffice.make()
        const outcome = yield* direct(({ deliver }) => deliver(aliceToBob, hello)).pipe(
          Effect.provideService(Resolver.Resolver, resolver),
          Effect.provideService(Dialer.Dialer, dialer)
        )
        expect(told(outcome).failed).toEqual([[bob, "NoAnswer", "NotDelivered", "Later"]])
        expect(Outcome.worthRetrying(outcome)).toHaveLength(1)
      }).pipe(Effect.scoped))

    it.effect("F7: are delivered to side by side, within the bound", () =>
      Effect.gen(function*() {
        const go = yield* Deferred.make<void>()
        const { dialer, seen } = yield* PostOffice.make(({ what }) =>
          what === "connect" ? PostOffice.wait(Deferred.await(go)) : PostOffice.answer
        )
        const dial: Dialer.Shape["dial"] = () => dialer.dial(Harness.endpoint)
        const names = ["a", "b", "c", "d", "e"].map((name) => `x@${name}.example`)
        const [one, ...others] = names
        const running = yield* direct(
          ({ deliver }) => deliver(envelope("alice@client.example", one, ...others), hello),
          { concurrency: 2 }
        ).pipe(
          Effect.provide(Resolver.layerMemory(
            Object.fromEntries(names.map((name) => [name.slice(2), []]))
          )),
          Effect.provideService(Dialer.Dialer, { dial }),
          Effect.fork
        )
        yield* Effect.repeatN(Effect.yieldNow(), 100)
        expect(seen.open).toBe(2)
        yield* Deferred.succeed(go, undefined)
        const outcome = yield* Fiber.join(running)
        expect(told(outcome).accepted.map((text) => text.split(" ")[0])).toEqual(names)
        expect(seen.most).toBe(2)
      }).pipe(Effect.scoped))
  })

  describe("time", () => {
    it.effect("F7: of a host can be bounded, and the next one is tried", () =>
      Effect.gen(function*() {
        const { dialer, seen } = yield* PostOffice.make(({ connection, what }) =>
          connection === 0 && what === "MAIL" ? PostOffice.wait(Effect.never) : PostOffice.answer
        )
        const running = yield* through(dialer, two, { perHost: "1 minute" })
        yield* TestClock.adjust("1 minute")
        expect(told(yield* Fiber.join(running)).accepted).toHaveLength(1)
        expect(seen.connections).toBe(2)
      }).pipe(Effect.scoped))

    it.effect("F7: of a host that does not get as far as EHLO, too", () =>
      Effect.gen(function*() {
        const { dialer, seen } = yield* PostOffice.make(({ connection, what }) =>
          connection === 0 && what === "connect" ? PostOffice.wait(Effect.never) : PostOffice.answer
        )
        const running = yield* through(dialer, two, { perHost: "1 minute" })
        yield* TestClock.adjust("1 minute")
        expect(told(yield* Fiber.join(running)).accepted).toHaveLength(1)
        expect(seen.connections).toBe(2)
      }).pipe(Effect.scoped))

    it.effect("F7: of all of it can be bounded, and what was not decided by then can be tried later", () =>
      Effect.gen(function*() {
        const { dialer, seen } = yield* PostOffice.make(({ what }) =>
          what === "MAIL" ? PostOffice.wait(Effect.never) : PostOffice.answer
        )
        const running = yield* through(dialer, two, {}, { total: "1 minute" })
        yield* TestClock.adjust("1 minute")
        expect(told(yield* Fiber.join(running)).failed).toEqual([
          [bob, "ConnectionFailed", "NotDelivered", "Later"]
        ])
        expect(seen.connections).toBe(1)
      }).pipe(Effect.scoped))

    it.effect("F7: of all of it counts for looking up, too", () =>
      Effect.gen(function*() {
        const { dialer } = yield* PostOffice.make()
        const running = yield* direct(
          ({ deliver }) => deliver(aliceToBob, hello, { total: "1 minute" })
        ).pipe(
          Effect.provideService(Resolver.Resolver, Resolver.make(() => Effect.never)),
          Effect.provideService(Dialer.Dialer, dialer),
          Effect.fork
        )
        yield* TestClock.adjust("1 minute")
        expect(told(yield* Fiber.join(running)).failed).toEqual([
          [bob, "NoAnswer", "NotDelivered", "Later"]
        ])
      }).pipe(Effect.scoped))

    it.effect("F7: that is over while the answer is awaited leaves the fate unknown", () =>
      Effect.gen(function*() {
        const { dialer, seen } = yield* PostOffice.make(({ what }) =>
          what.startsWith("Subject") ? PostOffice.wait(Effect.never) : PostOffice.answer
        )
        const running = yield* through(dialer, two, { perHost: "1 minute" })
        yield* TestClock.adjust("1 minute")
        expect(told(yield* Fiber.join(running)).failed).toEqual([
          [bob, "ConnectionFailed", "Unknown", "Later"]
        ])
        expect(seen.connections).toBe(1)
      }).pipe(Effect.scoped))
  })

  describe("a message as a whole", () => {
    const everybody = envelope("alice@client.example", "a@mx.example", "b@other.example")

    it.effect("has no server that decides for all recipients or none, of several domains", () =>
      Effect.gen(function*() {
        const all = { how: { recipients: "AllOrNothing" } } as const
        const error = yield* Effect.flip(deliver({}, everybody, all))
        expect(error).toMatchObject({ _tag: "Unsendable", retry: "Never" })

        const { dialed, failed, rejected } = yield* deliver(
          {
            domains: two,
            hosts: {
              "one.example": [
                `${opened}${
                  mail([["a@mx.example", "250 ok"], ["b@mx.example", "450 busy"]])
                }${quit}`
              ],
              "two.example": [
                `${opened}${mail([["a@mx.example", "250 ok"], ["b@mx.example", "550 no"]])}${quit}`
              ]
            }
          },
          envelope("alice@client.example", "a@mx.example", "b@mx.example"),
          all
        )
        expect(dialed).toEqual(["one.example", "two.example"])
        expect(rejected).toEqual(["b@mx.example 550 no"])
        expect(failed).toEqual([["a@mx.example", "Refused", "NotDelivered", "Never"]])
      }))

    it.effect("that requires TLS wants more than MX records can prove (RFC 8689)", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(
          deliver({}, Envelope.withWishes(aliceToBob, { requireTls: true }))
        )
        expect(error).toMatchObject({ _tag: "Unsupported", extension: "REQUIRETLS" })
      }))

    const interrupted = (mood: (heard: PostOffice.Heard) => PostOffice.Mood) =>
      Effect.gen(function*() {
        const fates: Array<Fate> = []
        const waiting = yield* Deferred.make<void>()
        const { dialer } = yield* PostOffice.make((heard) => {
          const now = mood(heard)
          return now._tag === "Wait"
            ? PostOffice.wait(
              Effect.zipRight(Deferred.succeed(waiting, undefined), now.until)
            )
            : now
        })
        const running = yield* through(
          dialer,
          {
            "mx.example": [],
            "other.example": []
          },
          { concurrency: 1 },
          {
            onInterrupt: (fate) => Effect.sync(() => fates.push(fate))
          },
          everybody
        )
        yield* Deferred.await(waiting)
        const stopping = yield* Effect.fork(Fiber.interrupt(running))
        yield* TestClock.adjust("10 seconds")
        yield* Fiber.join(stopping)
        return fates
      }).pipe(Effect.scoped)

    it.effect("tells once what is known of it when it is interrupted", () =>
      Effect.gen(function*() {
        const hang = PostOffice.wait(Effect.never)
        expect(
          yield* interrupted(({ connection, what }) =>
            connection === 0 && what === "RCPT" ? hang : PostOffice.answer
          )
        ).toEqual(["NotDelivered"])
        expect(
          yield* interrupted(({ connection, what }) =>
            connection === 1 && what === "RCPT" ? hang : PostOffice.answer
          )
        ).toEqual(["Unknown"])
        expect(
          yield* interrupted(({ connection, what }) =>
            connection === 0 && what.startsWith("Subject") ? hang : PostOffice.answer
          )
        ).toEqual(["Unknown"])
      }))
  })

  describe("deliverAll", () => {
    it.effect("F7: tells what came of each message, through the service", () =>
      Effect.gen(function*() {
        const { value } = yield* among(
          {
            domains: two,
            hosts: { "one.example": [takes(bob)] }
          },
          Effect.flatMap(
            DirectDelivery.DirectDelivery,
            ({ deliverAll }) =>
              deliverAll([
                { envelope: aliceToBob, body: hello },
                { envelope: Envelope.withWishes(aliceToBob, { requireTls: true }), body: hello }
              ])
          ).pipe(
            Effect.provide(
              DirectDelivery.layer({
                name: Option.getOrThrow(Option.fromNullable(Harness.clear.name))
              })
            )
          )
        )
        expect(value.map(Exit.isSuccess)).toEqual([true, false])
      }))
  })
})

/** Delivers through one post office, whichever host is dialed. */
const through = (
  dialer: Dialer.Shape,
  domains: { readonly [domain: string]: ReadonlyArray<string> },
  options: DirectDelivery.Options,
  how: Delivery.Options = {},
  to: Envelope.Envelope = aliceToBob
) =>
  direct(({ deliver }) => deliver(to, hello, how), options).pipe(
    Effect.provide(Layer.merge(
      Layer.succeed(Dialer.Dialer, { dial: () => dialer.dial(Harness.endpoint) }),
      Resolver.layerMemory(
        Object.fromEntries(
          Object.entries(domains).map(([name, hosts]) => [
            name,
            hosts.map((exchange, preference) => ({ exchange, preference }))
          ])
        )
      )
    )),
    Effect.fork
  )
