import * as Body from "@effect-smtp/client/Body"
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import MimeNode from "nodemailer/lib/mime-node"
import type { Attachment } from "../Attachment.js"
import type { Part } from "./parts.js"
import { leaves } from "./parts.js"
import * as WireForm from "./wireForm.js"

type Readable = Effect.Effect.Success<ReturnType<typeof NodeStream.toReadable>>
type Attached = Extract<Part, { readonly _tag: "Attached" }>

/** Neither files nor URLs are read by anybody but us, and we only give streams. */
const closed = { disableFileAccess: true, disableUrlAccess: true }

/** No line of quoted-printable or base64 has `=_` in it, so that none is taken for a boundary. */
const boundaryPrefix = "=_"

const encoding = ({ content }: Attachment): string =>
  content._tag !== "Message" || content.body.utf8Header
    ? "base64"
    : Body.facts(content.body).eightBit
    ? "8bit"
    : "7bit"

const disposition = { Inline: "inline", Attachment: "attachment" } as const

const add = (
  parent: MimeNode,
  part: Part,
  contents: ReadonlyMap<Attached, Readable>,
  newline?: string
): MimeNode => {
  if (part._tag === "Attached") {
    const { attachment } = part
    const node = parent.createChild(attachment.type, {
      ...closed,
      newline,
      filename: Option.getOrUndefined(attachment.fileName)
    })
    node.setHeader("Content-Disposition", disposition[attachment.disposition])
    node.setHeader("Content-Transfer-Encoding", encoding(attachment))
    if (Option.isSome(attachment.contentId)) {
      node.setHeader("Content-ID", `<${attachment.contentId.value}>`)
    }
    const content = contents.get(part)
    return content === undefined ? node : node.setContent(content)
  }
  const node = parent.createChild(part.type, { ...closed, newline })
  if (part._tag === "Text") return node.setContent(part.text)
  for (const child of part.parts) add(node, child, contents)
  return node
}

/** The part below a root that writes no fields of its own. */
const build = (
  part: Part,
  boundary: string,
  contents: ReadonlyMap<Attached, Readable>
): MimeNode =>
  add(
    new MimeNode(false, { ...closed, baseBoundary: boundary, boundaryPrefix }),
    part,
    contents,
    "windows"
  )

/** A message with CR LF line ends, the last one too. */
const message = (body: Body.Body): Stream.Stream<Uint8Array, unknown> => {
  if (body._tag === "Bytes") {
    const whole = Stream.succeed(body.bytes)
    return Body.facts(body).form === "Mended" ? WireForm.mend(whole) : whole
  }
  return WireForm.mend(body.stream)
}

const content = ({ content }: Attachment): Stream.Stream<Uint8Array, unknown> =>
  content._tag === "Bytes"
    ? Stream.succeed(content.bytes)
    : content._tag === "Streamed"
    ? content.stream
    : message(content.body)

const attached = (part: Part): ReadonlyArray<Attached> =>
  leaves(part).filter((leaf): leaf is Attached => leaf._tag === "Attached")

const fromNode = (node: MimeNode): Stream.Stream<Uint8Array, unknown> =>
  NodeStream.fromReadable(() => node.createReadStream(), (error) => error)

/** The part and all below it, with the fields that say what each is. Runs its recipes anew each time. */
export const stream = (part: Part, boundary: string): Stream.Stream<Uint8Array, unknown> =>
  Stream.unwrap(Effect.map(
    Effect.forEach(
      attached(part),
      (leaf) =>
        Effect.map(
          NodeStream.toReadable(content(leaf.attachment)),
          (readable) => [leaf, readable] as const
        )
    ),
    (contents) => fromNode(build(part, boundary, new Map(contents)))
  ))

/** How many octets an attachment takes, encoded; base64 has lines of 76 (RFC 2045 section 6.8). */
const encodedSize = (attachment: Attachment): Option.Option<number> => {
  const { content } = attachment
  const octets = content._tag === "Bytes"
    ? Option.some(content.bytes.length)
    : content._tag === "Streamed"
    ? content.size
    : Body.facts(content.body).size
  if (encoding(attachment) !== "base64") return octets
  return Option.map(octets, (count) => {
    const characters = 4 * Math.ceil(count / 3)
    return characters + 2 * Math.max(0, Math.ceil(characters / 76) - 1)
  })
}

/** What {@link stream} will come to, where it can be known without reading what is attached. */
export const size = (
  part: Part,
  boundary: string
): Effect.Effect<Option.Option<number>, unknown> =>
  Option.match(Option.all(attached(part).map(({ attachment }) => encodedSize(attachment))), {
    onNone: () => Effect.succeedNone,
    onSome: (sizes) =>
      Effect.map(
        Stream.runFold(
          fromNode(build(part, boundary, new Map())),
          sizes.reduce((sum, size) => sum + size, 0),
          (sum, bytes) => sum + bytes.length
        ),
        Option.some
      )
  })

/** Whether the text stands in a part that goes as it is, so that no boundary can be made of it. */
export const occurs = (part: Part, text: string): boolean =>
  leaves(part).some((leaf) =>
    leaf._tag === "Text"
      ? leaf.text.includes(text)
      : leaf.attachment.content._tag === "Message" &&
        leaf.attachment.content.body._tag === "Bytes" &&
        new TextDecoder().decode(leaf.attachment.content.body.bytes).includes(text)
  )
