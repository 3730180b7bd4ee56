/**
 * SmtpLines: cuts the bytes of an SMTP connection into lines fit to be shown.
 *
 * It knows just enough of SMTP to hide secrets, and hides when in doubt:
 *
 * - what follows the mechanism of AUTH, and every client line until AUTH is answered (RFC 4954 4);
 * - client lines that begin with no command it knows, so that an answer nobody asked for stays hidden;
 * - server lines that repeat a secret seen before;
 * - message data after 354 and BDAT, which become a count of bytes.
 *
 * @module
 */

/** Who said it. A `note` is said by nobody: something happened to the connection. */
export type From = "client" | "server" | "note"

/** One line of a transcript, without its line end, printable. */
export interface Entry {
  readonly from: From
  readonly line: string
}

/** What is kept of one line; the rest is counted. */
const maxLine = 1024

const cr = 13
const lf = 10
const dot = 46

const commands = new Set([
  ...["BDAT", "DATA", "EHLO", "ETRN", "EXPN", "HELO", "HELP", "LHLO", "MAIL", "NOOP", "QUIT"],
  ...["RCPT", "RSET", "STARTTLS", "VRFY", "XCLIENT", "XFORWARD"]
])

const mechanisms = new Set([
  ...["ANONYMOUS", "CRAM-MD5", "DIGEST-MD5", "EXTERNAL", "GS2-KRB5", "GSSAPI", "LOGIN", "NTLM"],
  ...["OAUTHBEARER", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256"],
  ...["SCRAM-SHA-256-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-512-PLUS", "XOAUTH2"]
])

const decoder = new TextDecoder()

const hex = (char: string): string => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`

/** Control characters would let a peer write lines of its own into a log. */
export const printable = (text: string): string =>
  Array.from(text, (char) =>
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(char)
      ? hex(char)
      : char).join("")

/** A line in the making: its first bytes, and how many there were. */
interface Line {
  readonly bytes: Uint8Array
  total: number
  /** Whether it began while AUTH was open. */
  secret: boolean
}

const emptyLine = (): Line => ({ bytes: new Uint8Array(maxLine), total: 0, secret: false })

const add = (line: Line, bytes: Uint8Array): void => {
  if (line.total < maxLine) {
    line.bytes.set(bytes.subarray(0, maxLine - line.total), line.total)
  }
  line.total += bytes.length
}

const textOf = (line: Line): string =>
  decoder.decode(line.bytes.subarray(0, Math.min(line.total, maxLine)))

const shown = (line: Line): string =>
  printable(textOf(line)) +
  (line.total > maxLine ? `... <${line.total - maxLine} more bytes>` : "")

/**
 * What the client's bytes are: a command; an answer within AUTH, over after `replies` more; message
 * data up to the final dot, of which `matched` bytes were seen; or a chunk of `left` bytes.
 */
type Mode =
  | { readonly _tag: "Command" }
  | { readonly _tag: "Answer"; replies: number }
  | { readonly _tag: "Data"; count: number; matched: number }
  | { readonly _tag: "Chunk"; readonly count: number; left: number }

const command: Mode = { _tag: "Command" }

/** The end of message data; its first two bytes are there before the first line (RFC 5321 4.1.1.4). */
const finalDot = [cr, lf, dot, cr, lf]

/** Reads both directions of one connection. Each function gives the lines that are now complete. */
export interface SmtpLines {
  readonly client: (bytes: Uint8Array) => ReadonlyArray<Entry>
  readonly server: (bytes: Uint8Array) => ReadonlyArray<Entry>
  /** What is there of unfinished lines; both sides begin anew, as they do after STARTTLS. */
  readonly restart: () => ReadonlyArray<Entry>
}

/** Starts before the greeting. */
export const make = (): SmtpLines => {
  let entries: Array<Entry> = []
  let mode: Mode = command
  let fromClient = emptyLine()
  let fromServer = emptyLine()
  let afterCr = false
  /** Replies that are still to come; the greeting is the first. */
  let outstanding = 1
  let secrets: Array<string> = []

  const say = (from: From, line: string) => entries.push({ from, line })

  const taken = (): ReadonlyArray<Entry> => {
    const result = entries
    entries = []
    return result
  }

  const keepSecret = (text: string) => {
    if (text.length >= 4 && secrets.length < 64) {
      secrets.push(text.slice(0, 8))
    }
  }

  const auth = (words: ReadonlyArray<string>) => {
    const [, mechanism = "", ...response] = words
    const known = mechanisms.has(mechanism.toUpperCase())
    const shownMechanism = known ? ` ${mechanism}` : ""
    const hidden = known ? response : words.slice(1)
    hidden.forEach(keepSecret)
    say("client", `AUTH${shownMechanism}${hidden.length > 0 ? " <redacted>" : ""}`)
    mode = { _tag: "Answer", replies: outstanding }
  }

  const clientLine = () => {
    const line = fromClient
    fromClient = emptyLine()
    const text = textOf(line)
    if (line.secret || mode._tag === "Answer") {
      keepSecret(text)
      say("client", text === "*" ? "*" : "<redacted>")
      return
    }
    if (line.total === 0) {
      return
    }
    outstanding++
    const words = text.split(/[ \t]/).filter((word) => word !== "")
    const verb = (words[0] ?? "").toUpperCase()
    if (verb === "AUTH") {
      return auth(words)
    }
    if (!commands.has(verb)) {
      keepSecret(text)
      say("client", `<unknown command, ${line.total} bytes>`)
      return
    }
    say("client", shown(line))
    if (verb === "BDAT") {
      const count = Number(words[1])
      if (Number.isSafeInteger(count) && count > 0) {
        mode = { _tag: "Chunk", count, left: count }
      }
    }
  }

  const message = (count: number, more: string) =>
    say("client", `<${count} bytes of message${more}>`)

  /** Takes message data; gives how many bytes of the input belong to it. */
  const data = (state: Mode & { _tag: "Data" }, input: Uint8Array): number => {
    for (let i = 0; i < input.length; i++) {
      const byte = input[i]
      state.matched = byte === finalDot[state.matched] ? state.matched + 1 : byte === cr ? 1 : 0
      if (state.matched === finalDot.length) {
        message(state.count + i + 1 - (finalDot.length - 2), "")
        mode = command
        return i + 1
      }
    }
    state.count += input.length
    return input.length
  }

  const chunk = (state: Mode & { _tag: "Chunk" }, input: Uint8Array): number => {
    const length = Math.min(state.left, input.length)
    state.left -= length
    if (state.left === 0) {
      message(state.count, "")
      mode = command
    }
    return length
  }

  /** A line ends at CR or LF: whatever the peer takes for a line end, no secret hides behind it. */
  const text = (input: Uint8Array): number => {
    fromClient.secret ||= mode._tag === "Answer"
    const end = input.findIndex((byte) => byte === cr || byte === lf)
    if (end < 0) {
      add(fromClient, input)
      return input.length
    }
    add(fromClient, input.subarray(0, end))
    afterCr = input[end] === cr
    clientLine()
    return end + 1
  }

  const client = (input: Uint8Array) => {
    let at = 0
    while (at < input.length) {
      if (afterCr) {
        afterCr = false
        if (input[at] === lf) {
          at++
          continue
        }
      }
      const rest = input.subarray(at)
      at += mode._tag === "Data" ?
        data(mode, rest)
        : mode._tag === "Chunk" ?
        chunk(mode, rest)
        : text(rest)
    }
    return taken()
  }

  /** The last line of a reply. Codes 3xx ask for more and settle nothing. */
  const replied = (code: string) => {
    if (code.startsWith("3")) {
      if (mode._tag === "Command") {
        mode = code === "334"
          ? { _tag: "Answer", replies: 1 }
          : { _tag: "Data", count: 0, matched: 2 }
      }
      return
    }
    outstanding = Math.max(0, outstanding - 1)
    if (mode._tag === "Answer") {
      mode.replies--
      if (mode.replies <= 0) {
        mode = command
      }
    }
  }

  const serverLine = () => {
    const line = fromServer
    fromServer = emptyLine()
    const said = textOf(line).replace(/\r$/, "")
    const repeats = secrets.some((secret) => said.includes(secret))
    say("server", repeats ? `${said.slice(0, 3)} <redacted>` : shown(line).replace(/\\x0d$/, ""))
    if (/^[2-5][0-9][0-9]( |$)/.test(said)) {
      replied(said.slice(0, 3))
    }
  }

  const server = (input: Uint8Array) => {
    let at = 0
    while (at < input.length) {
      const end = input.indexOf(lf, at)
      add(fromServer, input.subarray(at, end < 0 ? input.length : end))
      if (end < 0) {
        break
      }
      serverLine()
      at = end + 1
    }
    return taken()
  }

  const restart = () => {
    if (fromServer.total > 0) {
      serverLine()
    }
    if (mode._tag === "Data" || mode._tag === "Chunk") {
      message(mode._tag === "Data" ? mode.count : mode.count - mode.left, ", unfinished")
    } else if (fromClient.total > 0) {
      clientLine()
    }
    mode = command
    fromClient = emptyLine()
    fromServer = emptyLine()
    afterCr = false
    outstanding = 0
    secrets = []
    return taken()
  }

  return { client, server, restart }
}
