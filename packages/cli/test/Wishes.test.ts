import * as Wishes from "@effect-smtp/cli/Wishes"
import * as Envelope from "@effect-smtp/client/Envelope"
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import * as Script from "@effect-smtp/testing/Script"
import * as ScriptedPeer from "@effect-smtp/testing/ScriptedPeer"
import * as MailParameters from "@effect-smtp/wire/MailParameters"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { platform, smtp, workshop } from "./harness.js"

const on = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, platform)

const people = ["--from", "a@client.example", "--to", "b@mx.example"]

/** Runs the command against a server that offers the extensions and expects the commands. */
const against = (
  offered: ReadonlyArray<string>,
  commands: ReadonlyArray<readonly [string, string]>,
  args: ReadonlyArray<string>,
  first: Script.Script = []
) =>
  ScriptedPeer.against(
    {
      endpoint: Endpoint.Tcp({ host: "127.0.0.1", port: 0 }),
      scripts: [[
        ...first,
        Script.send("220 mx.example"),
        Script.expect(/^EHLO /),
        Script.send(
          ...["mx.example", ...offered].map((line, index) =>
            `250${index === offered.length ? " " : "-"}${line}`
          )
        ),
        ...commands.flatMap(([command, reply]) => [Script.expect(command), Script.send(reply)]),
        Script.expect("QUIT"),
        Script.send("221 bye")
      ]]
    },
    (endpoint) =>
      smtp([
        ...["send", "--host", "127.0.0.1", ...people],
        ...["--port", endpoint._tag === "Tcp" ? String(endpoint.port) : "", ...args]
      ], { stdin: "text\n" })
  )

/** The parameters of MAIL and of RCPT, on a server that then has had enough. */
const asks = (mail: string, rcpt: string): ReadonlyArray<readonly [string, string]> => [
  [`MAIL FROM:<a@client.example>${mail}`, "250 ok"],
  [`RCPT TO:<b@mx.example>${rcpt}`, "450 busy"],
  ["RSET", "250 ok"]
]

const flags: Wishes.Flags = {
  requireTls: false,
  notify: Option.none(),
  ret: Option.none(),
  envid: Option.none(),
  deliverBy: Option.none(),
  holdFor: Option.none(),
  holdUntil: Option.none(),
  priority: Option.none()
}

describe("Wishes", () => {
  describe("ask", () => {
    const envelope = Either.getOrThrow(Envelope.parse({ from: "", to: ["b@mx.example"] }))

    it("asks for nothing by default", () => {
      expect(Wishes.ask(envelope, flags)).toEqual(Either.right(envelope))
    })

    it("does not hold a message twice", () => {
      const both = Wishes.ask(envelope, {
        ...flags,
        holdFor: Option.some(MailParameters.For({ seconds: 1 })),
        holdUntil: Option.some(MailParameters.Until({ dateTime: "2030-01-31T08:00:00Z" }))
      })
      expect(both).toMatchObject({ left: { _tag: "WrongUse" } })
    })
  })

  describe("send", () => {
    const rows: ReadonlyArray<
      readonly [args: ReadonlyArray<string>, offered: string, mail: string, rcpt: string]
    > = [
      [["--notify", "never"], "DSN", "", " NOTIFY=NEVER"],
      [["--notify", "delay,success"], "DSN", "", " NOTIFY=SUCCESS,DELAY"],
      [["--ret", "hdrs", "--envid", "a+b c"], "DSN", " RET=HDRS ENVID=a+2Bb+20c", ""],
      [["--deliver-by", "3600"], "DELIVERBY", " BY=3600;R", ""],
      [["--deliver-by", "3600:nt"], "DELIVERBY", " BY=3600;NT", ""],
      [["--deliver-by=-60:N"], "DELIVERBY", " BY=-60;N", ""],
      [
        ["--hold-for", "60"],
        "FUTURERELEASE 3600 2030-01-31T08:00:00Z",
        " HOLDFOR=60",
        ""
      ],
      [
        ["--hold-until", "2030-01-31T07:59:59Z"],
        "FUTURERELEASE 3600 2030-01-31T08:00:00Z",
        " HOLDUNTIL=2030-01-31T07:59:59Z",
        ""
      ],
      [["--priority=-3"], "MT-PRIORITY", " MT-PRIORITY=-3", ""],
      [["--priority", "-9"], "MT-PRIORITY", " MT-PRIORITY=-9", ""]
    ]
    it.live.each(rows)(
      "says %j to a server that offers %s",
      ([args, offered, mail, rcpt]) =>
        on(Effect.gen(function*() {
          const { code } = yield* against([offered], asks(mail, rcpt), args)
          expect(code).toBe(75)
        }))
    )

    it.scopedLive("requires TLS of a server that has it, and shows a good certificate", () =>
      on(Effect.gen(function*() {
        const { cert, identity } = yield* workshop
        const { code } = yield* against(
          ["REQUIRETLS"],
          asks(" REQUIRETLS", ""),
          ["--tls", "implicit", "--ca", cert, "--require-tls"],
          [Script.startTls(Tls.server({ identity }))]
        )
        expect(code).toBe(75)
      })))

    it.live.each(rows)(
      "exits 1 with %j where the server does not offer %s",
      ([args]) =>
        on(Effect.gen(function*() {
          const { code, out } = yield* against([], [], args)
          expect(code).toBe(1)
          expect(out[0]).toMatch(/^refused b@mx.example /)
        }))
    )

    const wrong: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
      [["--notify", "never,success"], "--notify wants never"],
      [["--notify", ""], "--notify wants never"],
      [["--ret", "some"], "full, hdrs"],
      [["--envid", "ü"], "--envid wants printable ASCII"],
      [["--envid", "x".repeat(101)], "--envid wants printable ASCII"],
      [["--deliver-by", "0:R"], "--deliver-by wants SECONDS"],
      [["--deliver-by", "60:X"], "--deliver-by wants SECONDS"],
      [["--deliver-by", "60:R:T"], "--deliver-by wants SECONDS"],
      [["--hold-for", "0"], "--hold-for wants 1"],
      [["--hold-until", "2030-02-30T00:00:00Z"], "--hold-until wants a date"],
      [["--hold-for", "1", "--hold-until", "2030-01-31T08:00:00Z"], "one of them is enough"],
      [["--priority", "10"], "--priority wants a number from -9"],
      [["--require-tls", "--tls", "none"], "--require-tls wants TLS"],
      [["--require-tls", "--insecure"], "--require-tls wants a good certificate"]
    ]
    it.live.each(wrong)("exits 2 for %j", ([args, part]) =>
      on(Effect.gen(function*() {
        const { code, err } = yield* smtp(["send", ...people, ...args])
        expect(code).toBe(2)
        expect(err.join(" ")).toContain(part)
      })))
  })
})
