/**
 * NpmServer: npm's `smtp-server` on the loopback.
 *
 * @module
 */
import * as NodeCertificate from "@effect-smtp/node/NodeCertificate"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { SMTPServerOptions, SMTPServerSession } from "smtp-server"
import { SMTPServer } from "smtp-server"

/** A message that it accepted, as Latin-1 text, and what it knew of the session. */
export interface Kept {
  readonly from: string
  readonly to: ReadonlyArray<string>
  readonly message: string
  readonly secure: boolean
  readonly user: string | undefined
  readonly method: string | undefined
}

/** Its port, its certificate (of `mx.example`, PEM), and what it has accepted so far. */
export interface NpmServer {
  readonly port: number
  readonly certificate: string
  readonly kept: ReadonlyArray<Kept>
}

/** The user that it knows. */
export const user = { name: "alice", password: "sesame: ü" }

const no = (code: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode: code })

const keep = (session: SMTPServerSession, method: string | undefined, message: Buffer): Kept => ({
  from: session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address,
  to: session.envelope.rcptTo.map(({ address }) => address),
  message: message.toString("latin1"),
  secure: session.secure,
  user: session.user,
  method
})

/**
 * Starts it, until the scope closes. It refuses the sender `refused`, the recipients `nobody` (550) and
 * `later` (450), and messages for `full` (554). AUTH is offered, not required.
 */
export const make = (
  options: SMTPServerOptions = {}
): Effect.Effect<NpmServer, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const { identity } = yield* NodeCertificate.selfSigned({ names: ["mx.example"] })
    const kept: Array<Kept> = []
    const methods = new Map<string, string>()
    const server = new SMTPServer({
      cert: identity.certificate,
      key: Redacted.value(identity.key),
      authOptional: true,
      disableReverseLookup: true,
      closeTimeout: 1000,
      onAuth: ({ method, password, username }, session, done) => {
        methods.set(session.id, method)
        return username === user.name && password === user.password
          ? done(null, { user: username })
          : done(no(535, "Not you"))
      },
      onMailFrom: ({ address }, _session, done) =>
        done(address.startsWith("refused@") ? no(550, "Not you") : null),
      onRcptTo: ({ address }, _session, done) =>
        done(
          address.startsWith("nobody@")
            ? no(550, "No such mailbox")
            : address.startsWith("later@")
            ? no(450, "Not now")
            : null
        ),
      onData: (stream, session, done) => {
        const chunks: Array<Buffer> = []
        stream.on("data", (chunk: Buffer) => chunks.push(chunk))
        stream.on("end", () => {
          if (session.envelope.rcptTo.some(({ address }) => address.startsWith("full@"))) {
            return done(no(554, "Not this"))
          }
          kept.push(keep(session, methods.get(session.id), Buffer.concat(chunks)))
          return done()
        })
      },
      ...options
    })
    const listening = Effect.async<number, Error>((resume) => {
      server.on("error", () => {})
      server.listen(0, "127.0.0.1", () => {
        const address = server.server.address()
        resume(
          typeof address === "object" && address !== null
            ? Effect.succeed(address.port)
            : Effect.fail(new Error("expected a port"))
        )
      })
    })
    const closed = Effect.async<void>((resume) => server.close(() => resume(Effect.void)))
    const port = yield* Effect.acquireRelease(listening, () => closed)
    return { port, certificate: identity.certificate, kept }
  })
