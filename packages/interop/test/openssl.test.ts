import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Message from "../src/Message.js"
import type * as OurServer from "../src/OurServer.js"
import * as Program from "../src/Program.js"
import * as RefusingServer from "../src/RefusingServer.js"
import { served } from "./live.js"

/** Runs `openssl s_client`, strict about the certificate, and says these lines once TLS is there. */
const client = (
  { certificate }: OurServer.OurServer,
  port: number,
  args: ReadonlyArray<string>,
  ...say: ReadonlyArray<string>
) =>
  Program.run({
    program: "openssl",
    args: [
      ...["s_client", "-brief", "-connect", `127.0.0.1:${port}`, "-name", "client.example"],
      ...["-CAfile", certificate.file, "-verify_hostname", "mx.example", "-verify_return_error"],
      ...["-servername", "mx.example", "-crlf", "-ign_eof", ...args]
    ],
    input: Message.unix(...say)
  })

const startTls = ["-starttls", "smtp"]

served("openssl s_client", (live) => {
  for (const [flag, version] of [["-tls1_2", "TLSv1.2"], ["-tls1_3", "TLSv1.3"]] as const) {
    live(`speaks ${version} after STARTTLS`, (server) =>
      Effect.gen(function*() {
        const ran = yield* client(
          server,
          server.submission,
          [...startTls, flag],
          "EHLO client.example",
          "QUIT"
        )
        expect(ran.code).toBe(0)
        expect(ran.stderr).toContain(`Protocol version: ${version}\n`)
        expect(ran.stderr).toContain("Verification: OK\n")
        expect(ran.stdout).toMatch(/^250-AUTH SCRAM-SHA-256-PLUS .* PLAIN LOGIN\r$/m)
        expect(ran.stdout).toContain("221 2.0.0")
      }))

    live(`speaks ${version} from the first byte`, (server) =>
      Effect.gen(function*() {
        const ran = yield* client(server, server.submissions, [flag], "QUIT")
        expect(ran.code).toBe(0)
        expect(ran.stderr).toContain(`Protocol version: ${version}\n`)
        expect(ran.stdout).toContain("220 mx.example ESMTP\r\n")
      }))
  }

  /** OpenSSL itself would not go below 1.2 at its usual level. */
  const old = ["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"]

  for (
    const [title, args, place] of [
      ["after STARTTLS", [...startTls, ...old], "submission"],
      ["from the first byte", old, "submissions"]
    ] as const
  ) {
    live(`is told that TLSv1.1 is too old, ${title}`, (server) =>
      Effect.gen(function*() {
        const ran = yield* client(server, server[place], args, "QUIT")
        expect(ran.code).toBe(1)
        expect(ran.stderr).toContain("alert protocol version")
        expect(ran.stdout).not.toContain("221")
      }))
  }

  live("does not take one server for another", (server) =>
    Effect.gen(function*() {
      const other = yield* RefusingServer.make()
      const ran = yield* client(
        { ...server, certificate: other.certificate },
        server.submission,
        startTls,
        "QUIT"
      )
      expect(ran.code).toBe(1)
      expect(ran.stderr).toContain("certificate verify failed")
    }))
})
