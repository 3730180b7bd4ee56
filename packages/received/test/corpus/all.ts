import { dates } from "./dates.js"
import { delivery } from "./delivery.js"
import type { Entry } from "./entry.js"
import { exim } from "./exim.js"
import { google } from "./google.js"
import { hostile } from "./hostile.js"
import { microsoft } from "./microsoft.js"
import { old } from "./old.js"
import { postfix } from "./postfix.js"
import { providers } from "./providers.js"
import { qmail } from "./qmail.js"
import { sendmail } from "./sendmail.js"
import { servers } from "./servers.js"
import { yahoo } from "./yahoo.js"

/** By whom each was written, or what is odd about it. */
export const corpus: Readonly<Record<string, ReadonlyArray<Entry>>> = {
  Postfix: postfix,
  Exim: exim,
  Sendmail: sendmail,
  qmail,
  Microsoft: microsoft,
  Google: google,
  Yahoo: yahoo,
  "other servers": servers,
  "other providers": providers,
  "delivery and fetching": delivery,
  "before 2000": old,
  dates,
  "odd and hostile": hostile
}

/** All of them. */
export const entries: ReadonlyArray<Entry> = Object.values(corpus).flat()
