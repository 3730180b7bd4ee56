/**
 * Draft: all that is said about a message before it is composed. It is plain data; `Composed.fromDraft`
 * checks it.
 *
 * @module
 */
import type { Recipient, Wishes } from "@effect-smtp/client/Envelope"
import type { ReversePath } from "@effect-smtp/wire/ReversePath"
import type { NonEmptyReadonlyArray } from "effect/Array"
import type { DateTime } from "effect/DateTime"
import type { Address, Charset, Person } from "./Address.js"
import type { Attachment } from "./Attachment.js"
import type { MailingList } from "./MailingList.js"
import type { MessageId } from "./MessageId.js"
import type { TransferEncoding } from "./TransferEncoding.js"

/** A field of the header that nothing else here writes. Its value is text in any script. */
export interface Field {
  readonly name: string
  readonly value: string
}

/** Another form of the same text, better than those before it. */
export interface Alternative {
  readonly type: string
  readonly text: string
}

/** An event for a calendar (RFC 5545, RFC 6047): what is asked by it, and the event itself. */
export interface Calendar {
  readonly method: string
  readonly text: string
}

/** A parameter of a media type (RFC 2045 section 5.1): its value is printable ASCII. */
export interface Parameter {
  readonly name: string
  readonly value: string
}

/**
 * How the text is written, in all of its forms.
 *
 * - `encoding`: its transfer encoding. By default ASCII in short lines goes as it is, and all else in
 *   quoted-printable or base64, whichever is shorter;
 * - `charset`: `utf-8`, which is the default, `iso-8859-1` or `us-ascii`;
 * - `parameters`: further ones of the media type of the first form, which is the plain text if there is any:
 *   `format=flowed`, where it is flowed already (RFC 3676).
 */
export interface Writing {
  readonly encoding?: TransferEncoding
  readonly charset?: string
  readonly parameters?: ReadonlyArray<Parameter>
}

/**
 * What replaces the envelope that follows from the addresses: `from` is the return path, whoever the
 * header says it is from; `to` are all recipients, whoever the header names.
 */
export interface EnvelopeParts {
  readonly from?: ReversePath
  readonly to?: NonEmptyReadonlyArray<Recipient>
  readonly wishes?: Partial<Wishes>
}

/**
 * - `from`: the authors; several need a `sender`, who then is the return path;
 * - `to`, `cc`, `bcc`: the recipients, each of whom gets the message once. Those of `bcc` are in the
 *   envelope and never in the header;
 * - `text`, `html`: the same in two forms; `alternatives` and `calendar` are further ones;
 * - `writing`: the charset and the transfer encoding of all of these;
 * - `attachments`: those with a `contentId` belong to the HTML, if there is any;
 * - `headers`: further fields, after the others, in this order;
 * - `date`, `messageId`: of the `Clock`, and of `Random` at the domain of the first author, by default;
 * - `inReplyTo`, `references`: the message answered, and all of its thread, the oldest first;
 * - `charset`: `Ascii`, which every server takes, by default. The header is in UTF-8 all the same if an
 *   address has no ASCII form; then, and with `Utf8`, only a server that offers SMTPUTF8 takes it.
 */
export interface Draft {
  readonly from: NonEmptyReadonlyArray<Person>
  readonly sender?: Person
  readonly replyTo?: ReadonlyArray<Address>
  readonly to?: ReadonlyArray<Address>
  readonly cc?: ReadonlyArray<Address>
  readonly bcc?: ReadonlyArray<Address>
  readonly subject?: string
  readonly text?: string
  readonly html?: string
  readonly alternatives?: ReadonlyArray<Alternative>
  readonly calendar?: Calendar
  readonly writing?: Writing
  readonly attachments?: ReadonlyArray<Attachment>
  readonly headers?: ReadonlyArray<Field>
  readonly date?: DateTime
  readonly messageId?: MessageId
  readonly inReplyTo?: ReadonlyArray<MessageId>
  readonly references?: ReadonlyArray<MessageId>
  readonly priority?: "High" | "Normal" | "Low"
  readonly list?: MailingList
  readonly envelope?: EnvelopeParts
  readonly charset?: Charset
}
