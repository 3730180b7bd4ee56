import { describe, expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Message from "../src/Message.js"
import * as OurServer from "../src/OurServer.js"
import * as Program from "../src/Program.js"
import type * as RefusingServer from "../src/RefusingServer.js"
import { refused, served } from "./live.js"

/** The servers that scripts meet; the refusing one has but one port. */
type Server = RefusingServer.RefusingServer | OurServer.OurServer

/** What the scripts below find there: the server's ports, TLS and the user; `tell` hands a value back. */
const preamble = ({ certificate, exchange, ...more }: Server) => `
import json, smtplib, ssl
from email.message import EmailMessage

host = "127.0.0.1"
exchange, submission, submissions = ${exchange}, ${
  "submission" in more ? `${more.submission}, ${more.submissions}` : "0, 0"
}
tls = ssl.create_default_context(cafile="${certificate.file}")
user, password = ${JSON.stringify(OurServer.user.name)}, ${JSON.stringify(OurServer.user.password)}
alice, bob, nobody = "alice@client.example", "bob@mx.example", "nobody@mx.example"
plain, dots = ${JSON.stringify(Message.plain)}, ${JSON.stringify(Message.dots)}

def tell(value):
    print(json.dumps(value, default=lambda octets: octets.decode()))

def failure(action):
    try:
        action()
    except smtplib.SMTPException as error:
        tell([type(error).__name__, *error.args])
`

/** Runs a script. What it tells is read line by line as JSON. */
const python = (server: Server, script: string) =>
  Program.run({
    program: "python3",
    args: ["-"],
    input: preamble(server) + script,
    environment: { PYTHONIOENCODING: "utf-8" }
  }).pipe(
    Effect.map(({ code, stderr, stdout }) => ({
      code,
      stderr,
      told: stdout.split("\n").filter((line) => line !== "").map((line): unknown =>
        JSON.parse(line)
      )
    }))
  )

const fine = (...told: ReadonlyArray<unknown>) => ({ code: 0, stderr: "", told })

served("Python's smtplib", (live) => {
  describe("and our server", () => {
    live("meet under implicit TLS, and log in", (server) =>
      Effect.gen(function*() {
        const ran = yield* python(
          server,
          `
with smtplib.SMTP_SSL(host, submissions, context=tls) as smtp:
    tell(smtp.login(user, password))
    tell(smtp.sendmail(alice, [bob], dots))
`
        )
        expect(ran).toEqual(fine([235, "2.7.0 Authentication successful"], {}))
        expect(yield* server.kept).toMatchObject([{
          from: "alice@client.example",
          to: ["bob@mx.example"],
          message: Message.dots,
          user: Option.some("alice"),
          tls: Option.some("TLSv1.3")
        }])
      }))

    for (const mechanism of ["plain", "login"]) {
      live(
        `meet over STARTTLS, and AUTH ${mechanism.toUpperCase()}`,
        (server) =>
          Effect.gen(function*() {
            const ran = yield* python(
              server,
              `
with smtplib.SMTP(host, submission) as smtp:
    tell(smtp.starttls(context=tls)[0])
    smtp.ehlo()
    smtp.user, smtp.password = user, password
    tell(smtp.auth("${mechanism.toUpperCase()}", smtp.auth_${mechanism})[0])
    tell(smtp.sendmail(alice, [bob], plain))
`
            )
            expect(ran).toEqual(fine(220, 235, {}))
            expect(yield* server.kept).toMatchObject([
              { message: Message.plain, user: Option.some("alice") }
            ])
          })
      )
    }

    live("meet with LOGIN without an initial response", (server) =>
      Effect.gen(function*() {
        const ran = yield* python(
          server,
          `
with smtplib.SMTP_SSL(host, submissions, context=tls) as smtp:
    smtp.ehlo()
    smtp.user, smtp.password = user, password
    tell(smtp.auth("LOGIN", smtp.auth_login, initial_response_ok=False)[0])
`
        )
        expect(ran).toEqual(fine(235))
      }))

    live("agree on what EHLO offers, before TLS and after", (server) =>
      Effect.gen(function*() {
        const ran = yield* python(
          server,
          `
with smtplib.SMTP(host, submission) as smtp:
    smtp.ehlo()
    tell(smtp.esmtp_features)
    smtp.starttls(context=tls)
    smtp.ehlo()
    tell(smtp.esmtp_features)
`
        )
        const always = {
          pipelining: "",
          "8bitmime": "",
          chunking: "",
          limits: "RCPTMAX=1000 MAILMAX=25000",
          smtputf8: "",
          enhancedstatuscodes: "",
          size: `${OurServer.messageSize}`,
          help: ""
        }
        const mechanisms =
          " SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN"
        expect(ran).toEqual(
          fine({ ...always, starttls: "" }, { ...always, auth: mechanisms })
        )
      }))

    refused("name the refused recipients", (server) =>
      Effect.gen(function*() {
        const ran = yield* python(
          server,
          `
with smtplib.SMTP(host, exchange) as smtp:
    tell(smtp.sendmail(alice, [bob, nobody], plain))
    failure(lambda: smtp.sendmail(alice, [nobody], plain))
    tell(smtp.sendmail(alice, [bob], dots))
`
        )
        const nobody = { "nobody@mx.example": [550, "5.1.1 No such mailbox"] }
        expect(ran).toEqual(fine(nobody, ["SMTPRecipientsRefused", nobody], {}))
        expect((yield* server.kept).map(({ message }) => message)).toEqual([
          Message.plain,
          Message.dots
        ])
      }))

    live("carry a composed message with SMTPUTF8", (server) =>
      Effect.gen(function*() {
        const ran = yield* python(
          server,
          `
message = EmailMessage()
message["From"] = "grün@client.example"
message["To"] = "用户@mx.example"
message["Subject"] = "Grüße"
message.set_content("Hallo, 世界\\n", cte="8bit")
with smtplib.SMTP(host, exchange) as smtp:
    tell(smtp.send_message(message))
`
        )
        expect(ran).toEqual(fine({}))
        const [kept] = yield* server.kept
        expect(kept).toMatchObject({
          from: "grün@client.example",
          to: ["用户@mx.example"],
          smtpUtf8: true,
          body: Option.some("8BITMIME")
        })
        const text = Buffer.from(kept?.message ?? "", "latin1").toString("utf8")
        expect(text).toContain("From: grün@client.example\r\nTo: 用户@mx.example\r\n")
        expect(text).toContain("\r\n\r\nHallo, 世界\r\n")
      }))

    refused("agree on who says no", (server) =>
      Effect.gen(function*() {
        const ran = yield* python(
          server,
          `
with smtplib.SMTP(host, exchange) as smtp:
    failure(lambda: smtp.sendmail("refused@client.example", [bob], plain))
    failure(lambda: smtp.sendmail(alice, ["full@mx.example"], plain))
`
        )
        expect(ran).toMatchObject(fine(
          ["SMTPSenderRefused", 550, "5.7.1 Not you", "refused@client.example"],
          ["SMTPDataError", 554, "5.6.0 Not this"]
        ))
        expect(yield* server.kept).toEqual([])
      }))

    live("agree on what is too much, and who may not", (server) =>
      Effect.gen(function*() {
        const ran = yield* python(
          server,
          `
with smtplib.SMTP(host, exchange) as smtp:
    failure(lambda: smtp.sendmail(alice, [bob], "x" * ${OurServer.messageSize + 1}))
    failure(lambda: smtp.login(user, password))
with smtplib.SMTP(host, submission) as smtp:
    smtp.starttls(context=tls)
    failure(lambda: smtp.sendmail(alice, [bob], plain))
    failure(lambda: smtp.login(user, "wrong"))
`
        )
        expect(ran).toMatchObject(fine(
          ["SMTPSenderRefused", 552, expect.stringMatching(/^5\.3\.4 /), "alice@client.example"],
          ["SMTPNotSupportedError", "SMTP AUTH extension not supported by server."],
          ["SMTPSenderRefused", 530, "5.7.0 Authentication required", "alice@client.example"],
          ["SMTPAuthenticationError", 535, "5.7.8 Authentication credentials invalid"]
        ))
        expect(yield* server.kept).toEqual([])
      }))
  })
})
