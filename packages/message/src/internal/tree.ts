import * as Body from "@effect-smtp/client/Body"
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import MimeNode from "nodemailer/lib/mime-node"
import type { MimeNodeOptions } from "nodemailer/lib/mime-node"
import * as TransferEncoding from "../TransferEncoding.js"
import * as Carrying from "./carrying.js"
import type { Attached, Part, Text } from "./parts.js"
import { isEightBit, leaves, wanted } from "./parts.js"
import * as WireForm from "./wireForm.js"

type Readable = Effect.Effect.Success<ReturnType<typeof NodeStream.toReadable>>

/** Neither files nor URLs are read by anybody but us, and we only give streams. */
const closed = { disableFileAccess: true, disableUrlAccess: true }

/** No line of quoted-printable or base64 has `=_` in it, so that none is taken for a boundary. */
const boundaryPrefix = "=_"

/** A part in an encoding that was chosen. A node by itself would look for another one for text. */
class Encoded extends MimeNode {
  readonly encoding: string

  constructor(type: string, options: MimeNodeOptions, encoding: TransferEncoding.TransferEncoding) {
    super(type, options)
    this.encoding = TransferEncoding.print(encoding)
    this.setHeader("Content-Transfer-Encoding", this.encoding)
  }

  override getTransferEncoding(): string {
    return this.encoding
  }
}

const disposition = { Inline: "inline", Attachment: "attachment" } as const

/** What is read while the message is: what is attached, and texts in an encoding that was asked for. */
type Contents = ReadonlyMap<Text | Attached, Readable>

const withContent = (node: MimeNode, content: Readable | undefined): MimeNode =>
  content === undefined ? node : node.setContent(content)

const add = (parent: MimeNode, part: Part, contents: Contents, newline?: string): MimeNode => {
  const options = { ...closed, newline }
  if (part._tag === "Attached") {
    const { attachment, encoding } = part
    const filename = Option.getOrUndefined(attachment.fileName)
    const node = new Encoded(attachment.type, { ...options, filename }, encoding)
    node.setHeader("Content-Disposition", disposition[attachment.disposition])
    if (Option.isSome(attachment.contentId)) {
      node.setHeader("Content-ID", `<${attachment.contentId.value}>`)
    }
    return withContent(parent.appendChild(node), contents.get(part))
  }
  if (part._tag === "Text") {
    if (Option.isNone(part.written)) {
      return parent.createChild(part.type, options).setContent(part.text)
    }
    const node = new Encoded(part.type, options, part.written.value.encoding)
    return withContent(parent.appendChild(node), contents.get(part))
  }
  const node = parent.createChild(part.type, options)
  if (isEightBit(part)) node.setHeader("Content-Transfer-Encoding", "8bit")
  for (const child of part.parts) add(node, child, contents)
  return node
}

/** The part below a root that writes no fields of its own. */
const build = (part: Part, boundary: string, contents: Contents): MimeNode =>
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

/** What is yet to be encoded; nothing where nodemailer sees to it. */
const content = (leaf: Text | Attached): Stream.Stream<Uint8Array, unknown> => {
  if (leaf._tag === "Text") {
    return Stream.fromIterable(Option.toArray(Option.map(leaf.written, ({ octets }) => octets)))
  }
  const { content } = leaf.attachment
  switch (content._tag) {
    case "Bytes":
      return Stream.succeed(content.bytes)
    case "Streamed":
      return Carrying.checked(wanted(leaf), content.stream)
    case "Message":
      return message(content.body)
  }
}

/** Opens the content of those. */
const opened = (those: ReadonlyArray<Text | Attached>): Effect.Effect<Contents> =>
  Effect.map(
    Effect.forEach(
      those,
      (leaf) =>
        Effect.map(NodeStream.toReadable(content(leaf)), (readable) => [leaf, readable] as const)
    ),
    (all) => new Map(all)
  )

const fromNode = (node: MimeNode): Stream.Stream<Uint8Array, unknown> =>
  NodeStream.fromReadable(() => node.createReadStream(), (error) => error)

/** The part and all below it, with the fields that say what each is. Runs its recipes anew each time. */
export const stream = (part: Part, boundary: string): Stream.Stream<Uint8Array, unknown> =>
  Stream.unwrap(Effect.map(
    opened(leaves(part).filter(isOpened)),
    (contents) => fromNode(build(part, boundary, contents))
  ))

/** Whether its content is given as a stream. */
const isOpened = (leaf: Text | Attached): boolean =>
  leaf._tag === "Attached" || Option.isSome(leaf.written)

/** Whether how long it gets cannot be told by how long it is: it has to be written to know. */
const isMeasured = (leaf: Text | Attached): boolean =>
  leaf._tag === "Text"
    ? Option.isSome(leaf.written)
    : leaf.encoding !== "Base64" && leaf.attachment.content._tag === "Bytes"

/** How many octets an attachment takes, encoded; base64 has lines of 76 (RFC 2045 section 6.8). */
const encodedSize = ({ attachment: { content }, encoding }: Attached): Option.Option<number> => {
  if (content._tag === "Message" && encoding !== "Base64") return Body.facts(content.body).size
  if (encoding !== "Base64") return Option.none()
  const octets = content._tag === "Bytes"
    ? Option.some(content.bytes.length)
    : content._tag === "Streamed"
    ? content.size
    : Body.facts(content.body).size
  return Option.map(octets, (count) => {
    const characters = 4 * Math.ceil(count / 3)
    return characters + 2 * Math.max(0, Math.ceil(characters / 76) - 1)
  })
}

/** What {@link stream} will come to, where it can be known without reading what is attached. */
export const size = (
  part: Part,
  boundary: string
): Effect.Effect<Option.Option<number>, unknown> => {
  const all = leaves(part)
  const told = all.flatMap((leaf) =>
    leaf._tag === "Attached" && !isMeasured(leaf) ? [encodedSize(leaf)] : []
  )
  return Option.match(Option.all(told), {
    onNone: () => Effect.succeedNone,
    onSome: (sizes) =>
      Effect.flatMap(opened(all.filter(isMeasured)), (contents) =>
        Effect.map(
          Stream.runFold(
            fromNode(build(part, boundary, contents)),
            sizes.reduce((sum, size) => sum + size, 0),
            (sum, bytes) => sum + bytes.length
          ),
          Option.some
        ))
  })
}

/** Octets that go as they are, if they are in memory. */
const plain = (leaf: Attached): Uint8Array => {
  const { content } = leaf.attachment
  const bytes = content._tag === "Bytes"
    ? content.bytes
    : content._tag === "Message" && content.body._tag === "Bytes"
    ? content.body.bytes
    : undefined
  return leaf.encoding === "Base64" || bytes === undefined ? new Uint8Array(0) : bytes
}

/** Whether the text stands in a part that goes as it is, so that no boundary can be made of it. */
export const occurs = (part: Part, text: string): boolean =>
  leaves(part).some((leaf) =>
    leaf._tag === "Text"
      ? leaf.text.includes(text)
      : new TextDecoder().decode(plain(leaf)).includes(text)
  )
