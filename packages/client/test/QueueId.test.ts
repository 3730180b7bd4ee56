import * as Reply from "@effect-smtp/wire/Reply"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as QueueId from "../src/QueueId.js"

const read = (text: string) => QueueId.fromReply(Either.getOrThrow(Reply.parse(text)))

describe("QueueId", () => {
  const known: ReadonlyArray<readonly [server: string, reply: string, id: string]> = [
    ["Postfix", "250 2.0.0 Ok: queued as 4FqK1z3XyzBf9", "4FqK1z3XyzBf9"],
    ["Postfix with short names", "250 2.0.0 Ok: queued as 9C5A33F2B1", "9C5A33F2B1"],
    ["SendGrid", "250 Ok: queued as a-Bc_dEfGhIjKlMnOpQrSt", "a-Bc_dEfGhIjKlMnOpQrSt"],
    ["our server", "250 2.0.0 Queued as 0198f0a1", "0198f0a1"],
    ["Exim", "250 OK id=1rABCD-0001ab-2C", "1rABCD-0001ab-2C"],
    ["Exim 4.97", "250 OK id=1rABCD-000000001ab-2CdE", "1rABCD-000000001ab-2CdE"],
    [
      "Sendmail",
      "250 2.0.0 41BDkx1a012345 Message accepted for delivery",
      "41BDkx1a012345"
    ],
    ["OpenSMTPD", "250 2.0.0 5f3c1a2b Message accepted for delivery", "5f3c1a2b"],
    [
      "Exchange",
      "250 2.6.0 <a@client.example> [InternalId=35351518118912, Hostname=EX1.example] " +
      "1624 bytes in 0.103, 15.334 KB/sec Queued mail for delivery",
      "35351518118912"
    ],
    [
      "Amazon SES",
      "250 Ok 0100018c5d7e1234-abcdefab-1234-1234-1234-abcdefabcdef-000000",
      "0100018c5d7e1234-abcdefab-1234-1234-1234-abcdefabcdef-000000"
    ],
    [
      "Gmail",
      "250 2.0.0 OK  1700000000 d9443c01a7336-1d0ad1sm1234567plg.123 - gsmtp",
      "d9443c01a7336-1d0ad1sm1234567plg.123"
    ],
    ["qmail", "250 ok 1700000000 qp 12345", "12345"],
    [
      "Haraka",
      "250 Message Queued (CD8C0F5E-6F5A-4B8F-8D5B-0B6C1A2B3C4D.1)",
      "CD8C0F5E-6F5A-4B8F-8D5B-0B6C1A2B3C4D.1"
    ],
    ["Stalwart", "250 2.0.0 Message queued with id 1a2b3c4d.", "1a2b3c4d"],
    ["Dovecot's LMTP", "250 2.0.0 <bob@mx.example> kFqK1z3XyzAbCd Saved", "kFqK1z3XyzAbCd"],
    ["a later line", "250-2.0.0 Thank you\r\n250 2.0.0 Ok: queued as 4FqK1z", "4FqK1z"]
  ]
  for (const [server, reply, id] of known) {
    it(`M17: reads the name that ${server} gives`, () => {
      expect(read(reply)).toEqual(Option.some(id))
    })
  }

  const none = [
    "250 2.0.0 OK",
    "250 Great success",
    "250 2.0.0 Message received",
    "250 ok dirdel",
    "250 Message queued",
    "250 Ok",
    "554 5.7.1 queued as 4FqK1z was a mistake",
    "451 id=1"
  ]
  for (const reply of none) {
    it(`M17: reads none in ${reply}`, () => {
      expect(read(reply)).toEqual(Option.none())
    })
  }

  it("N12: a long answer is read in no time", () => {
    const line = "queued ".repeat(70).trimEnd()
    const reply = Reply.make({ code: 250, text: [line, ..."<".repeat(99).split("")] })
    expect(QueueId.fromReply(reply)).toEqual(Option.none())
  })
})
