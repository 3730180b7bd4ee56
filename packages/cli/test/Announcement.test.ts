import * as Announcement from "@effect-smtp/cli/Announcement"
import * as Serve from "@effect-smtp/cli/Serve"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Domain from "@effect-smtp/wire/Domain"
import * as IpBlock from "@effect-smtp/wire/IpBlock"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

const config: Serve.Config = {
  name: Either.getOrThrow(Domain.parse("mx.example")),
  host: "::1",
  port: 0,
  tlsPort: 0,
  submissionPort: Option.some(0),
  lmtpPort: Option.none(),
  lmtpSocket: Option.some("/run/lmtp"),
  proxyFrom: [Either.getOrThrow(IpBlock.parse("10.0.0.0/8"))],
  identity: { certificate: "", key: Redacted.make("") },
  users: Serve.Users.One({ login: { user: "alice", password: Redacted.make("sesame") } }),
  requireAuth: false,
  storage: Serve.Storage.Keep({ directory: "spool\n\u2028" }),
  limits: {},
  acceptDomains: []
}

const tcp = (port: number) => Endpoint.Tcp({ host: "::1", port })

const told = (changes: Partial<Serve.Config>, form: (fact: Announcement.Fact) => string) =>
  Announcement.make({ ...config, ...changes }, "AB:CD", {
    plain: tcp(25),
    tls: tcp(465),
    submission: Option.some(tcp(587)),
    lmtp: [Endpoint.Unix({ path: "/run/lmtp" })]
  }).map(form)

const others: Partial<Serve.Config> = {
  users: Serve.Users.InFile({ file: "users" }),
  storage: Serve.Storage.Give({ command: "cat", timeout: 0, parallel: 1 })
}

describe("Announcement", () => {
  it("print: a line for people", () => {
    expect(told({ storage: Serve.Storage.Discard() }, Announcement.print)).toEqual([
      "listening on [::1]:25 (STARTTLS)",
      "listening on [::1]:465 (TLS)",
      "listening on [::1]:587 (submission: STARTTLS and AUTH)",
      "listening on unix:/run/lmtp (LMTP)",
      "certificate SHA-256 AB:CD",
      "PROXY headers from 10.0.0.0/8",
      "user alice",
      "dropping all messages"
    ])
    expect(told(others, Announcement.print).slice(-2))
      .toEqual(["users in users", "giving messages to cat"])
  })

  it("toJson: a value for programs, in one line", () => {
    const lines = told({}, Announcement.toJson)
    expect(lines.join("")).not.toMatch(/\n/)
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { fact: "listening", endpoint: "[::1]:25", port: 25, service: "STARTTLS" },
      { fact: "listening", endpoint: "[::1]:465", port: 465, service: "TLS" },
      { fact: "listening", endpoint: "[::1]:587", port: 587, service: "submission" },
      { fact: "listening", endpoint: "unix:/run/lmtp", port: null, service: "LMTP" },
      { fact: "certificate", sha256: "AB:CD" },
      { fact: "proxies", block: "10.0.0.0/8" },
      { fact: "user", name: "alice" },
      { fact: "storing", directory: "spool\n\u2028" }
    ])
    expect(told(others, Announcement.toJson).slice(-2)).toEqual([
      "{\"fact\":\"users\",\"file\":\"users\"}",
      "{\"fact\":\"giving\",\"command\":\"cat\"}"
    ])
    expect(
      told({ storage: Serve.Storage.Discard(), users: Serve.Users.Nobody() }, Announcement.toJson)
        .slice(-2)
    )
      .toEqual(["{\"fact\":\"proxies\",\"block\":\"10.0.0.0/8\"}", "{\"fact\":\"dropping\"}"])
  })
})
