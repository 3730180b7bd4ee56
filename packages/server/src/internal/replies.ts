import * as Session from "@effect-smtp/protocol/Session"
import type * as CommandError from "@effect-smtp/wire/CommandError"
import * as CommandErrors from "@effect-smtp/wire/CommandError"
import * as EnhancedStatus from "@effect-smtp/wire/EnhancedStatus"
import type { BareLineEnd } from "@effect-smtp/wire/MessageData"
import * as Reply from "@effect-smtp/wire/Reply"
import * as Option from "effect/Option"
import type { LineTooLong, MessageTooLarge } from "../Incoming.js"
import type { Policy } from "../Policy.js"
import * as Verdict from "../Verdict.js"

/** The replies a server gives by itself (RFC 5321 section 4.3.2, codes of RFC 3463 and 5248). */
const make = (code: number, subject: number, detail: number, text: string): Reply.Reply =>
  Reply.make({
    code,
    enhanced: EnhancedStatus.make(code >= 500 ? 5 : code >= 400 ? 4 : 2, subject, detail),
    text
  })

export const ok = make(250, 0, 0, "OK")
export const quit = make(221, 0, 0, "Goodbye")
export const startTls = make(220, 0, 0, "Ready to start TLS")
export const startInput = Reply.make({ code: 354, text: "End with a dot on a line by itself" })
export const prdr = Reply.make({ code: 353, text: "What each recipient makes of it follows" })
export const authenticated = make(235, 7, 0, "Authentication successful")

export const shuttingDown = make(421, 3, 2, "Shutting down")
export const timedOut = make(421, 4, 2, "Timeout")
export const unintelligible = make(421, 5, 2, "Too much input to understand")
export const tooManyCommands = make(421, 7, 0, "Too many commands in one session")
export const tooManyMistakes = make(421, 7, 0, "Too many bad commands")
export const tooManyTransactions = make(421, 7, 0, "Too many transactions in one session")
export const tooManyConnections = make(421, 7, 0, "Too many connections from your network")
export const tooSlow = make(421, 7, 0, "The message comes too slowly")
export const expired = make(421, 7, 0, "The time for this session is over")
export const forbidden = make(421, 7, 0, "This is no place for that")
export const earlyTalker = make(554, 5, 1, "The client spoke before it was greeted")
export const tooManyAuths = make(421, 7, 0, "Too many failed attempts")

export const tooManyRecipients = Verdict.tooManyRecipients.reply
export const authUnavailable = make(454, 7, 0, "Authentication is not available now")

export const helloIsLhlo = make(500, 5, 1, "This is LMTP: say LHLO")
export const notImplemented = make(502, 5, 1, "Command not implemented")
export const noRecipients = make(554, 5, 1, "No valid recipients")
export const textBeforeTls = make(554, 5, 0, "No text may follow STARTTLS")
export const alreadySecure = make(503, 5, 1, "TLS is already active")
export const alreadyAuthenticated = make(503, 5, 1, "Already authenticated")
export const authDuringTransaction = make(503, 5, 1, "AUTH is not allowed during a transaction")
export const unknownMechanism = make(504, 5, 4, "Unrecognized authentication mechanism")
export const notTrusted = make(550, 7, 0, "Not authorized to speak for others")
export const tlsRequired = make(530, 7, 0, "Must issue a STARTTLS command first")
export const authRequired = Verdict.authRequired.reply
export const encryptionRequired = make(538, 7, 11, "Encryption required for this mechanism")
export const badCredentials = Verdict.badCredentials.reply
export const authCancelled = make(501, 7, 0, "Authentication cancelled")
export const badAuthLine = make(501, 5, 2, "Cannot decode the response")
export const authLineTooLong = make(500, 5, 6, "Authentication exchange line is too long")
export const binaryNeedsChunks = make(503, 5, 1, "BINARYMIME messages come by BDAT")
export const expectedChunk = make(503, 5, 1, "Bad sequence of commands: expected BDAT or RSET")
export const tooLarge = Verdict.tooLarge.reply
export const needsSmtpUtf8 = make(553, 6, 7, "The address needs SMTPUTF8")
export const replyNeedsUtf8 = make(553, 6, 8, "The reply needs SMTPUTF8")

/** 250: a chunk that was not the last. */
export const chunk = (octets: number): Reply.Reply => make(250, 0, 0, `${octets} octets received`)

/** 503, with what would have been right. */
export const badSequence = (
  state: Session.State,
  protocol: Policy["protocol"]
): Reply.Reply => {
  const expected = state === "Hello" && protocol === "Lmtp" ? "LHLO" : Session.expected[state]
  return make(503, 5, 1, `Bad sequence of commands: expected ${expected}`)
}

/**
 * {@link badSequence}, or the one case that has a better word: the message after every recipient was
 * refused, which LMTP wants to be 503 (RFC 2033 section 4.2).
 */
export const noMessageYet = (state: Session.State, protocol: Policy["protocol"]): Reply.Reply =>
  state === "Recipient" && protocol === "Smtp" ? noRecipients : badSequence(state, protocol)

/** 555: a parameter that is not offered. */
export const unknownParameter = (keyword: string): Reply.Reply =>
  make(555, 5, 4, `Parameter ${keyword} is not supported`)

/** 501: a parameter that is known, with a value that is not. */
export const badParameter = (text: string): Reply.Reply => make(501, 5, 4, text)

/** A line that is no command. */
export const badCommand = (error: CommandError.CommandError): Reply.Reply =>
  CommandErrors.matchReason(error.reason, {
    UnknownVerb: () => make(500, 5, 1, "Command not recognized"),
    Syntax: ({ expected }) => make(501, 5, 4, `Syntax: expected ${expected}`),
    Address: ({ error: { message, part } }) =>
      part === "parameter" ? make(501, 5, 4, message) : badAddress(error.verb, message),
    Forbidden: () => make(501, 5, 2, "Control characters are not allowed"),
    EightBit: () => needsSmtpUtf8,
    TooLong: ({ limit }) => make(500, 5, 2, `Line too long: at most ${limit} octets`),
    BareLineFeed: () => make(500, 5, 2, "Lines end in CR LF"),
    NotUtf8: () => make(500, 5, 2, "Not UTF-8")
  })

const badAddress = (verb: Option.Option<string>, text: string): Reply.Reply => {
  switch (Option.getOrUndefined(verb)) {
    case "MAIL":
      return make(501, 1, 7, `Bad sender: ${text}`)
    case "RCPT":
      return make(501, 1, 3, `Bad recipient: ${text}`)
    default:
      return make(501, 5, 4, text)
  }
}

/** A message that is not taken, whatever the handler says. */
export const faultyMessage = (
  fault: MessageTooLarge | LineTooLong | BareLineEnd
): Verdict.Verdict => {
  switch (fault._tag) {
    case "MessageTooLarge":
      return Verdict.tooLarge
    case "LineTooLong":
      return badContent(`A line is too long: at most ${fault.limit} octets`)
    case "BareLineEnd":
      return badContent("Lines end in CR LF: a bare CR or LF is not accepted")
  }
}

const badContent = (text: string): Verdict.Verdict =>
  Verdict.reject(550, { subject: 6, detail: 0, text })
