import * as Endpoint from "@effect-smtp/flow/Endpoint"
import type * as Flow from "@effect-smtp/flow/Flow"
import type { FlowError } from "@effect-smtp/flow/FlowError"
import * as MemoryNetwork from "@effect-smtp/flow/MemoryNetwork"
import * as Tls from "@effect-smtp/flow/Tls"
import * as NodeDialer from "@effect-smtp/node/NodeDialer"
import * as NodeListener from "@effect-smtp/node/NodeListener"
import * as NodeTls from "@effect-smtp/node/NodeTls"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { createHash, X509Certificate } from "node:crypto"
import { expired, good, issued, notYet, other } from "./certificates.js"

const bytes = (text: string) => new TextEncoder().encode(text)

type Clear = Effect.Effect<readonly [Flow.Flow, Flow.Flow], FlowError, Scope.Scope>

const overTcp: Clear = Effect.gen(function*() {
  const bound = yield* NodeListener.make().listen(Endpoint.Tcp({ host: "127.0.0.1", port: 0 }))
  return [yield* NodeDialer.make().dial(bound.endpoint), yield* bound.accept]
})

const overMemory: Clear = MemoryNetwork.pair({ upgrade: NodeTls.wrap })

const mx = "mx.example"

/** Both sides shake hands; what each has of it. */
const shake = (clear: Clear, client: Tls.ClientOptions, server: Tls.ServerOptions) =>
  Effect.gen(function*() {
    const [near, far] = yield* clear
    const [seenByClient, seenByServer] = yield* Effect.all([
      Effect.either(near.upgrade(client)),
      Effect.either(far.upgrade(server))
    ], { concurrency: 2 })
    return { client: seenByClient, server: seenByServer }
  })

const secure = (clear: Clear, client: Tls.ClientOptions, server: Tls.ServerOptions) =>
  Effect.map(
    shake(clear, client, server),
    (seen) => [Either.getOrThrow(seen.client), Either.getOrThrow(seen.server)] as const
  )

const factsOf = (flow: Flow.Flow): Tls.Info => Option.getOrThrow(flow.peer.tls)

for (const [transport, clear] of [["TCP", overTcp], ["memory", overMemory]] as const) {
  describe(`NodeTls over ${transport}`, () => {
    const clientOf = (certificate: string, more: Partial<Tls.ClientOptions> = {}) =>
      Tls.client({ serverName: mx, ca: [certificate], ...more })

    describe("a handshake", () => {
      it.scopedLive("goes on with what was read of it behind a preface", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const [near, far] = yield* clear
          yield* near.write(bytes("PREFACE"))
          const client = yield* Effect.fork(near.upgrade(clientOf(identity.certificate)))
          const read = Effect.map(far.read, Option.getOrThrow)
          const heard: Array<number> = []
          while (heard.length <= 7) heard.push(...(yield* read))
          expect(heard.slice(0, 7)).toEqual([...bytes("PREFACE")])
          const received = Uint8Array.from(heard.slice(7))
          const server = yield* far.upgrade(Tls.server({ identity }), received)
          yield* server.write(bytes("220"))
          expect(yield* (yield* Fiber.join(client)).read).toEqual(Option.some(bytes("220")))
        }))
    })

    describe("facts", () => {
      it.scopedLive("are the same on both sides", () =>
        Effect.gen(function*() {
          const { fingerprint, identity } = yield* good
          const [near, far] = yield* secure(
            clear,
            clientOf(identity.certificate),
            Tls.server({ identity })
          )
          const client = factsOf(near)
          const server = factsOf(far)
          expect(client.version).toBe("TLSv1.3")
          expect(server.version).toBe("TLSv1.3")
          expect(client.cipher).toMatch(/^TLS_/)
          expect(server.cipher).toBe(client.cipher)
          expect(client.serverName).toEqual(Option.some(mx))
          expect(server.serverName).toEqual(Option.some(mx))
          expect(client.authorized).toBe(true)
          expect(server.authorized).toBe(false)
          expect(server.peerCertificate).toEqual(Option.none())
          const certificate = Option.getOrThrow(client.peerCertificate)
          expect(certificate.fingerprint).toBe(fingerprint)
          expect(certificate.subjectAltName).toContain(`DNS:${mx}`)
        }))

      it.scopedLive("are of the version and the cipher suite that the client insists on", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const wishes = [
            [{ maxVersion: "TLSv1.2" }, "TLSv1.2", /^TLS_ECDHE_/],
            [
              { ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256" },
              "TLSv1.2",
              /^TLS_ECDHE_ECDSA_WITH_AES_128_GCM_/
            ],
            [{ ciphers: "TLS_CHACHA20_POLY1305_SHA256" }, "TLSv1.3", /^TLS_CHACHA20_/],
            [{ minVersion: "TLSv1.3" }, "TLSv1.3", /^TLS_/]
          ] as const
          for (const [wish, version, cipher] of wishes) {
            const [near] = yield* secure(
              clear,
              clientOf(identity.certificate, wish),
              Tls.server({ identity })
            )
            expect(factsOf(near).version).toBe(version)
            expect(factsOf(near).cipher).toMatch(cipher)
          }
        }))

      it.scopedLive("bind outer protocols to the connection (RFC 5929, RFC 9266)", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const [near, far] = yield* secure(
            clear,
            clientOf(identity.certificate),
            Tls.server({ identity })
          )
          const exporter = factsOf(near).channelBinding("tls-exporter")
          expect(Option.getOrThrow(exporter)).toHaveLength(32)
          expect(factsOf(far).channelBinding("tls-exporter")).toEqual(exporter)
          const der = new X509Certificate(identity.certificate).raw
          const hash = Option.some(new Uint8Array(createHash("sha256").update(der).digest()))
          expect(factsOf(near).channelBinding("tls-server-end-point")).toEqual(hash)
          expect(factsOf(far).channelBinding("tls-server-end-point")).toEqual(hash)
        }))

      it.scopedLive("keep the addresses", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const [near, far] = yield* secure(
            clear,
            clientOf(identity.certificate),
            Tls.server({ identity })
          )
          expect(near.peer.remote).toEqual(far.peer.local)
        }))
    })

    describe("certificates", () => {
      const refused = (
        name: string,
        options: (certificate: string) => Tls.ClientOptions,
        made: typeof good,
        detail: RegExp
      ) =>
        it.scopedLive(name, () =>
          Effect.gen(function*() {
            const { identity } = yield* made
            const [near, far] = yield* clear
            yield* Effect.forkScoped(Effect.exit(far.upgrade(Tls.server({ identity }))))
            const error = yield* Effect.flip(near.upgrade(options(identity.certificate)))
            expect(error).toMatchObject({ reason: "Certificate", during: "upgrade" })
            expect(error.detail).toMatch(detail)
          }))

      refused("are refused once expired", clientOf, expired, /expired/)
      refused("are refused for another name", clientOf, other, /mx\.example/)
      refused(
        "are refused when nobody vouches for them",
        () => Tls.client({ serverName: mx }),
        good,
        /self-signed/
      )
      refused(
        "are refused for another address",
        (certificate) => clientOf(certificate, { serverName: "192.0.2.1" }),
        good,
        /192\.0\.2\.1/
      )

      it.scopedLive("are checked for an address, which is not sent as a name", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const [near, far] = yield* secure(
            clear,
            clientOf(identity.certificate, { serverName: "127.0.0.1" }),
            Tls.server({ identity })
          )
          expect(factsOf(near).authorized).toBe(true)
          expect(factsOf(far).serverName).toEqual(Option.none())
        }))

      it.scopedLive("are not checked when told so, and said not to be", () =>
        Effect.gen(function*() {
          const { identity } = yield* expired
          const [near] = yield* secure(
            clear,
            Tls.client({ serverName: "anything.example", verify: "none" }),
            Tls.server({ identity })
          )
          expect(factsOf(near).authorized).toBe(false)
        }))

      /** What a client that takes any certificate is told of the one it was shown. */
      const seen = (identity: Tls.Identity, more: Partial<Tls.ClientOptions> = {}) =>
        Effect.map(
          secure(
            clear,
            Tls.client({ serverName: mx, verify: "none", ...more }),
            Tls.server({ identity })
          ),
          ([near, far]) => {
            expect(factsOf(far)).toMatchObject({ problems: [], peerChain: [] })
            return factsOf(near)
          }
        )

      const reasons = ({ problems }: Tls.Info) => problems.map(({ reason }) => reason)

      it.scopedLive("that nobody looks at are told to be good, or all that is wrong with them", () =>
        Effect.gen(function*() {
          const mine = yield* good
          const ca = [mine.identity.certificate]
          expect(yield* seen(mine.identity, { ca })).toMatchObject({
            authorized: true,
            problems: []
          })
          const own = yield* seen(mine.identity)
          expect(own.authorized).toBe(false)
          expect(own.problems).toEqual([
            { reason: "SelfSigned", detail: "it vouches for itself" }
          ])
          const old = (yield* expired).identity
          expect(reasons(yield* seen(old, { ca: [old.certificate] }))).toEqual(["Expired"])
          expect(reasons(yield* seen(old, { serverName: "192.0.2.1" }))).toEqual([
            "SelfSigned",
            "Expired",
            "WrongName"
          ])
          const early = (yield* notYet).identity
          const [problem] = (yield* seen(early, { ca: [early.certificate] })).problems
          expect(problem.reason).toBe("NotYetValid")
          expect(problem.detail).toMatch(/^CN=mx\.example is valid from /)
        }))

      it.scopedLive("come with those that vouch for them, as far as they are shown", () =>
        Effect.gen(function*() {
          const { alone, root, whole } = yield* issued
          const trusted = yield* seen(whole, { ca: [root] })
          expect(trusted).toMatchObject({ authorized: true, problems: [] })
          expect(trusted.peerChain.map(({ subject }) => subject)).toEqual([
            "CN=mx.example",
            "CN=an authority"
          ])
          expect(Option.some(trusted.peerChain[0])).toEqual(trusted.peerCertificate)
          expect(trusted.peerChain[0].issuer).toBe(trusted.peerChain[1].subject)
          expect(reasons(yield* seen(whole))).toEqual(["SelfSigned"])
          const lacking = yield* seen(alone)
          expect(reasons(lacking)).toEqual(["UnknownIssuer"])
          expect(lacking.peerChain).toHaveLength(1)
        }))

      it.scopedLive("are selected by the name asked for", () =>
        Effect.gen(function*() {
          const first = yield* good
          const second = yield* other
          const server = Tls.server({
            identity: first.identity,
            select: (name) =>
              Effect.as(
                Effect.yieldNow(),
                name === "other.example" ? Option.some(second.identity) : Option.none()
              )
          })
          const ca = [first.identity.certificate, second.identity.certificate]
          for (const [serverName, made] of [["other.example", second], [mx, first]] as const) {
            const [near] = yield* secure(clear, Tls.client({ serverName, ca }), server)
            expect(Option.getOrThrow(factsOf(near).peerCertificate).fingerprint)
              .toBe(made.fingerprint)
          }
        }))
    })

    describe("certificates that change", () => {
      /** What each of these clients is shown. */
      const shown = (server: Tls.ServerOptions, serverName: string) =>
        Effect.map(
          secure(clear, Tls.client({ serverName, verify: "none" }), server),
          ([near]) => Option.getOrThrow(factsOf(near).peerCertificate).fingerprint
        )

      it.scopedLive("are asked for at each handshake, by name and without one", () =>
        Effect.gen(function*() {
          const first = yield* good
          const second = yield* other
          let standard = first.identity
          let named = second.identity
          const server = Tls.server({
            identity: Effect.delay(Effect.sync(() => standard), "1 millis"),
            select: (name) =>
              Effect.sync(() => name === "other.example" ? Option.some(named) : Option.none())
          })
          expect(yield* shown(server, "other.example")).toBe(second.fingerprint)
          expect(yield* shown(server, "unknown.example")).toBe(first.fingerprint)
          expect(yield* shown(server, "127.0.0.1")).toBe(first.fingerprint)
          standard = second.identity
          named = first.identity
          expect(yield* shown(server, "other.example")).toBe(first.fingerprint)
          expect(yield* shown(server, "unknown.example")).toBe(second.fingerprint)
          expect(yield* shown(server, "127.0.0.1")).toBe(second.fingerprint)
        }))

      it.scopedLive("so are they where clients show some, too", () =>
        Effect.gen(function*() {
          const first = yield* good
          const second = yield* other
          let standard = first.identity
          const server = Tls.server({
            identity: Effect.sync(() => standard),
            clientCertificate: "optional"
          })
          expect(yield* shown(server, mx)).toBe(first.fingerprint)
          standard = second.identity
          expect(yield* shown(server, mx)).toBe(second.fingerprint)
        }))

      it.scopedLive("fail the handshake, and nothing else, where they cannot be had", () =>
        Effect.gen(function*() {
          const [near, far] = yield* clear
          yield* Effect.forkScoped(near.upgrade(Tls.client({ serverName: mx, verify: "none" })))
          const failed = yield* Effect.flip(
            far.upgrade(Tls.server({ identity: Effect.die(new Error("the store is down")) }))
          )
          expect(failed).toMatchObject({ _tag: "FlowError", during: "upgrade" })
        }))
    })

    describe("client certificates", () => {
      const serverOf = (
        identity: Tls.Identity,
        clientCertificate: "optional" | "required",
        ca: string
      ) => Tls.server({ identity, clientCertificate, ca: [ca] })

      it.scopedLive("are seen and checked by the server", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const client = yield* other
          const [, far] = yield* secure(
            clear,
            clientOf(identity.certificate, { identity: client.identity }),
            serverOf(identity, "required", client.identity.certificate)
          )
          const facts = factsOf(far)
          expect(facts.authorized).toBe(true)
          expect(Option.getOrThrow(facts.peerCertificate).fingerprint).toBe(client.fingerprint)
        }))

      it.scopedLive("are missed where one is required", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const seen = yield* shake(
            clear,
            clientOf(identity.certificate),
            serverOf(identity, "required", identity.certificate)
          )
          expect(Either.getOrThrow(Either.flip(seen.server)).reason).toBe("Handshake")
        }))

      it.scopedLive("are refused when nobody vouches for them", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const client = yield* other
          const seen = yield* shake(
            clear,
            clientOf(identity.certificate, { identity: client.identity }),
            serverOf(identity, "required", identity.certificate)
          )
          expect(Either.isLeft(seen.server)).toBe(true)
        }))

      it.scopedLive("may be left out where they are optional", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const [, far] = yield* secure(
            clear,
            clientOf(identity.certificate),
            serverOf(identity, "optional", identity.certificate)
          )
          expect(factsOf(far).authorized).toBe(false)
        }))
    })

    describe("handshake", () => {
      it.scopedLive("fails with a peer that speaks clear text, and says so", () =>
        Effect.gen(function*() {
          const [near, far] = yield* clear
          yield* far.write(bytes("220 mx.example ESMTP\r\n"))
          const error = yield* Effect.flip(near.upgrade(Tls.client({ serverName: mx })))
          expect(error.reason).toBe("NotTls")
          expect(error.detail).toContain("clear text")
        }))

      it.scopedLive("fails where the server's version is not wanted, and with no cipher suite", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const latest = Tls.server({ identity, minVersion: "TLSv1.3" })
          const old = clientOf(identity.certificate, { maxVersion: "TLSv1.2" })
          const { client } = yield* shake(clear, old, latest)
          expect(Either.getOrThrow(Either.flip(client)).reason).toBe("Handshake")
          for (const wish of [{}, { minVersion: "TLSv1.3" }] as const) {
            const [near] = yield* clear
            const error = yield* Effect.flip(near.upgrade(
              clientOf(identity.certificate, { ciphers: "ROT13", ...wish })
            ))
            expect(error.reason).toBe("Handshake")
          }
        }))

      it.scopedLive("N4, N5: takes in what came in the clear, and breaks on it", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const [near, far] = yield* clear
          yield* near.write(bytes("STARTTLS\r\n"))
          yield* far.read
          yield* near.write(bytes("MAIL FROM:<injected@x.example>\r\n"))
          const error = yield* Effect.flip(far.upgrade(Tls.server({ identity })))
          expect(error.reason).toBe("NotTls")
        }))

      it.scopedLive("fails when the peer leaves", () =>
        Effect.gen(function*() {
          const scope = yield* Scope.make()
          const [near, far] = yield* Scope.extend(clear, scope)
          const shaking = yield* Effect.fork(
            Effect.flip(near.upgrade(Tls.client({ serverName: mx })))
          )
          yield* far.read
          yield* Scope.close(scope, Exit.void)
          expect(["Reset", "Handshake", "Closed"]).toContain((yield* Fiber.join(shaking)).reason)
        }))

      it.scopedLive("fails when the peer refuses our certificate", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const network = yield* MemoryNetwork.make({ upgrade: NodeTls.wrap })
          const endpoint = Endpoint.Tcp({ host: "127.0.0.1", port: 0 })
          const [dialer, listener] = transport === "TCP"
            ? [NodeDialer.make(), NodeListener.make()]
            : [network, network]
          const bound = yield* listener.listen(endpoint)
          const client = Effect.scoped(
            Effect.flatMap(
              dialer.dial(bound.endpoint),
              (flow) => flow.upgrade(Tls.client({ serverName: mx }))
            )
          )
          const server = Effect.flatMap(
            bound.accept,
            (flow) => Effect.flatMap(flow.upgrade(Tls.server({ identity })), (_) => _.read)
          )
          const [refusal, seen] = yield* Effect.all([Effect.flip(client), Effect.exit(server)], {
            concurrency: 2
          })
          expect(refusal.reason).toBe("Certificate")
          expect(Exit.isSuccess(seen) && Option.isSome(seen.value)).toBe(false)
        }))

      it.scopedLive("can be interrupted", () =>
        Effect.gen(function*() {
          const [near, far] = yield* clear
          const shaking = yield* Effect.fork(near.upgrade(Tls.client({ serverName: mx })))
          yield* far.read
          yield* Fiber.interrupt(shaking)
        }))

      it.scopedLive("fails on a certificate that is none", () =>
        Effect.gen(function*() {
          const [, far] = yield* clear
          const identity = { certificate: "no PEM", key: Redacted.make("none") }
          const error = yield* Effect.flip(far.upgrade(Tls.server({ identity })))
          expect(error.during).toBe("upgrade")
        }))
    })

    describe("afterwards", () => {
      it.scopedLive("N18: clear text after the session is an error of a read, never thrown", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const [clearNear, clearFar] = yield* overMemory
          const [near] = yield* secure(
            Effect.succeed([clearNear, clearFar]),
            clientOf(identity.certificate),
            Tls.server({ identity })
          )
          yield* clearFar.write(bytes("550 this is no record at all\r\n"))
          const error = yield* Effect.flip(near.read)
          expect(error.reason).toBe("NotTls")
        }))

      it.live("N18: may be cut at once, whatever the version, and no process dies of it", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
            const left = secure(
              clear,
              clientOf(identity.certificate, { maxVersion }),
              Tls.server({ identity })
            )
            expect(yield* Effect.flip(Effect.scoped(Effect.zipRight(left, Effect.fail("left")))))
              .toBe("left")
          }
        }))

      it.scopedLive("is secure already", () =>
        Effect.gen(function*() {
          const { identity } = yield* good
          const client = clientOf(identity.certificate)
          const [near] = yield* secure(clear, client, Tls.server({ identity }))
          expect((yield* Effect.flip(near.upgrade(client))).reason).toBe("Unsupported")
        }))
    })
  })
}
