/**
 * A verifier of DKIM signatures, written from RFC 6376 and RFC 8463 alone, for small messages: it shares
 * nothing with the code that signs but Node's arithmetic.
 */
import * as Crypto from "node:crypto"

/** Tags of a signature, white space in their values as it is. */
export type Tags = ReadonlyMap<string, string>

const tagsOf = (value: string): Tags =>
  new Map(
    value.split(";").filter((tag) => tag.trim() !== "").map((tag) => {
      const at = tag.indexOf("=")
      return [tag.slice(0, at).trim(), tag.slice(at + 1).trim()]
    })
  )

interface Field {
  readonly name: string
  readonly whole: string
}

/** The message as a character for each octet, cut at the empty line. */
const parts = (message: Uint8Array) => {
  const text = `\r\n${Buffer.from(message).toString("latin1")}`
  const end = text.indexOf("\r\n\r\n")
  const header = end < 0 ? text.slice(2) : text.slice(2, end + 2)
  const fields: Array<Field> = []
  for (const line of header.split("\r\n").slice(0, -1)) {
    const last = fields.at(-1)
    if (/^[ \t]/.test(line) && last !== undefined) {
      fields[fields.length - 1] = { ...last, whole: `${last.whole}\r\n${line}` }
    } else {
      fields.push({ name: line.split(":")[0].trimEnd().toLowerCase(), whole: line })
    }
  }
  return { fields, body: end < 0 ? "" : text.slice(end + 4) }
}

const bodyFor = (form: string | undefined, body: string): string => {
  const lines = body.split("\r\n")
  if (lines.at(-1) === "") lines.pop()
  const kept = form === "relaxed"
    ? lines.map((line) => line.replace(/[ \t]+/g, " ").replace(/ $/, ""))
    : lines
  while (kept.at(-1) === "") kept.pop()
  return kept.length > 0 ? `${kept.join("\r\n")}\r\n` : form === "relaxed" ? "" : "\r\n"
}

const fieldFor = (form: string | undefined, { name, whole }: Field): string =>
  form === "relaxed"
    ? `${name}:${
      whole.slice(whole.indexOf(":") + 1).replace(/\r\n/g, "").replace(/[ \t]+/g, " ").replace(
        /^ | $/g,
        ""
      )
    }`
    : whole

/** What is signed: the fields named by `h=`, the last of a name first, and the signature itself. */
const signedText = (
  tags: Tags,
  form: string | undefined,
  own: Field,
  all: ReadonlyArray<Field>
) => {
  const left = [...all]
  const chosen = (tags.get("h") ?? "").split(":").flatMap((name) => {
    const at = left.map((field) => field.name).lastIndexOf(name.trim().toLowerCase())
    return at < 0 ? [] : left.splice(at, 1)
  })
  const bare = { ...own, whole: own.whole.replace(/([;\s]b=)[^;]*/, "$1") }
  return [
    ...chosen.map((field) => `${fieldFor(form, field)}\r\n`),
    fieldFor(form, bare)
  ].join("")
}

/** A signature that was found, and whether body and header are what was signed. */
export interface Verdict {
  readonly tags: Tags
  readonly body: boolean
  readonly header: boolean
}

/** Judges each signature of a message in wire form with the key for its selector. */
export const verify = (
  message: Uint8Array,
  keys: Readonly<Record<string, Crypto.KeyObject>>
): ReadonlyArray<Verdict> => {
  const { body, fields } = parts(message)
  return fields.filter(({ name }) => name === "dkim-signature").map((own) => {
    const tags = tagsOf(own.whole.slice(own.whole.indexOf(":") + 1).replace(/\r\n/g, ""))
    const [headerForm, bodyForm] = (tags.get("c") ?? "simple/simple").split("/")
    const hash = Crypto.createHash("sha256")
      .update(Buffer.from(bodyFor(bodyForm, body), "latin1")).digest("base64")
    const others = fields.filter((field) => field !== own)
    const text = Buffer.from(signedText(tags, headerForm, own, others), "latin1")
    const bytes = Buffer.from((tags.get("b") ?? "").replace(/\s/g, ""), "base64")
    const key = keys[tags.get("s") ?? ""]
    return {
      tags,
      body: hash === (tags.get("bh") ?? "").replace(/\s/g, ""),
      header: tags.get("a") === "ed25519-sha256"
        ? Crypto.verify(null, Crypto.createHash("sha256").update(text).digest(), key, bytes)
        : Crypto.verify("sha256", text, key, bytes)
    }
  })
}
