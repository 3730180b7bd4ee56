import * as Address from "@effect-smtp/message/Address"
import * as Attachment from "@effect-smtp/message/Attachment"
import type { Draft } from "@effect-smtp/message/Draft"
import * as Mailer from "@effect-smtp/message/Mailer"
import * as Effect from "effect/Effect"

/** Text and HTML that say the same, a picture in the HTML, and a file beside them. */
export const invitation = Effect.fn("invitation")(
  function*(to: string, files: { readonly picture: string; readonly beside: string }) {
    const draft: Draft = {
      from: [yield* Address.parsePerson("Jörg Grüße <jorg@example.org>")],
      to: yield* Address.parse(to),
      subject: "Grüße aus 東京, und komm vorbei 📮",
      text: "Komm vorbei!\n",
      html: "<p><img src=\"cid:picture\" alt=\"\"> Komm <b>vorbei</b>!</p>\n",
      attachments: [
        yield* Attachment.fromFile(files.picture, { contentId: "picture" }),
        yield* Attachment.fromFile(files.beside)
      ]
    }
    return draft
  }
)

/** Sends it, by whatever mailer there is. */
export const invite = Effect.fn("invite")(
  function*(to: string, files: { readonly picture: string; readonly beside: string }) {
    const mailer = yield* Mailer.Mailer
    return yield* mailer.send(yield* invitation(to, files))
  }
)
