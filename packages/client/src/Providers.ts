/**
 * Providers: where well-known mail providers take their users' mail, and how. Data, and nothing but:
 * they want the user's name and a password made for the purpose, or an OAuth token.
 *
 * @module
 */
import * as Endpoint from "@effect-smtp/flow/Endpoint"
import * as Tls from "@effect-smtp/flow/Tls"
import * as Arr from "effect/Array"
import type * as Option from "effect/Option"
import type { Destination } from "./Destination.js"
import * as Security from "./Security.js"
import type * as SmtpClient from "./SmtpClient.js"

/**
 * - `name`: what it is called, in lower case and without spaces;
 * - `host`, `port`: its submission server;
 * - `security`: TLS from the first byte, or after STARTTLS;
 * - `domains`: domains of addresses that are surely there.
 */
export interface Provider {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly security: "Implicit" | "StartTls"
  readonly domains: ReadonlyArray<string>
}

const implicit = (
  name: string,
  host: string,
  ...domains: ReadonlyArray<string>
): Provider => ({ name, host, port: 465, security: "Implicit", domains })

const startTls = (
  name: string,
  host: string,
  ...domains: ReadonlyArray<string>
): Provider => ({ name, host, port: 587, security: "StartTls", domains })

/** All of them, by name. */
export const all: ReadonlyArray<Provider> = [
  implicit("aol", "smtp.aol.com", "aol.com"),
  startTls("brevo", "smtp-relay.brevo.com"),
  implicit("fastmail", "smtp.fastmail.com", "fastmail.com", "fastmail.fm"),
  implicit("gandi", "mail.gandi.net"),
  implicit("gmail", "smtp.gmail.com", "gmail.com", "googlemail.com"),
  implicit("gmx", "mail.gmx.net", "gmx.de", "gmx.net", "gmx.at", "gmx.ch"),
  implicit("gmx.com", "mail.gmx.com", "gmx.com"),
  implicit("hostinger", "smtp.hostinger.com"),
  startTls("icloud", "smtp.mail.me.com", "icloud.com", "me.com", "mac.com"),
  implicit("infomaniak", "mail.infomaniak.com", "ik.me"),
  startTls("mailgun", "smtp.mailgun.org"),
  startTls("mailjet", "in-v3.mailjet.com"),
  implicit("mail.ru", "smtp.mail.ru", "mail.ru", "bk.ru", "inbox.ru", "list.ru"),
  implicit("mailbox.org", "smtp.mailbox.org", "mailbox.org"),
  startTls("mandrill", "smtp.mandrillapp.com"),
  implicit("migadu", "smtp.migadu.com"),
  startTls("office365", "smtp.office365.com"),
  startTls("outlook", "smtp-mail.outlook.com", "outlook.com", "hotmail.com", "live.com", "msn.com"),
  implicit("posteo", "posteo.de", "posteo.de", "posteo.net"),
  startTls("postmark", "smtp.postmarkapp.com"),
  implicit("purelymail", "smtp.purelymail.com"),
  implicit("qq", "smtp.qq.com", "qq.com"),
  implicit("resend", "smtp.resend.com"),
  startTls("runbox", "mail.runbox.com", "runbox.com"),
  startTls("sendgrid", "smtp.sendgrid.net"),
  startTls("ses-eu-west-1", "email-smtp.eu-west-1.amazonaws.com"),
  startTls("ses-us-east-1", "email-smtp.us-east-1.amazonaws.com"),
  startTls("ses-us-west-2", "email-smtp.us-west-2.amazonaws.com"),
  startTls("sparkpost", "smtp.sparkpostmail.com"),
  implicit("t-online", "securesmtp.t-online.de", "t-online.de"),
  startTls("web.de", "smtp.web.de", "web.de"),
  implicit("yahoo", "smtp.mail.yahoo.com", "yahoo.com", "ymail.com"),
  implicit("yandex", "smtp.yandex.com", "yandex.com", "yandex.ru"),
  implicit("zoho", "smtp.zoho.com", "zoho.com", "zohomail.com")
]

/** The provider of that name, in any case. */
export const byName = (name: string): Option.Option<Provider> =>
  Arr.findFirst(all, (provider) => provider.name === name.toLowerCase())

/** The provider that has the addresses of that domain, in any case. */
export const byDomain = (domain: string): Option.Option<Provider> =>
  Arr.findFirst(all, ({ domains }) => domains.includes(domain.toLowerCase()))

/** A session with the provider, as it wants to be protected. */
export const toDestination = (
  { host, port, security }: Provider,
  session: Omit<SmtpClient.Options, "security">
): Destination => {
  const tls = Tls.client({ serverName: host })
  return {
    endpoint: Endpoint.Tcp({ host, port }),
    session: {
      ...session,
      security: security === "Implicit" ? Security.Implicit({ tls }) : Security.StartTls({ tls })
    }
  }
}
