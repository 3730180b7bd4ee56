/**
 * Reply codes by name (RFC 5321 sections 4.2.2 and 4.2.3; 4954, 3207, 7504). A reply may carry any
 * other code: what an unknown one means is told by its first digit.
 *
 * @module
 */

export const systemStatus = 211
export const help = 214
export const serviceReady = 220
export const serviceClosing = 221
export const authenticated = 235
export const ok = 250
export const willForward = 251
export const cannotVerify = 252
export const authContinue = 334
export const startInput = 354
export const serviceUnavailable = 421
export const passwordTransition = 432
export const mailboxBusy = 450
export const localError = 451
export const insufficientStorage = 452
export const temporaryAuthFailure = 454
export const cannotAccommodate = 455
export const unrecognizedCommand = 500
export const syntaxError = 501
export const notImplemented = 502
export const badSequence = 503
export const parameterNotImplemented = 504
export const noMailService = 521
export const authRequired = 530
export const mechanismTooWeak = 534
export const badCredentials = 535
export const encryptionRequired = 538
export const mailboxUnavailable = 550
export const notLocal = 551
export const exceededStorage = 552
export const mailboxNotAllowed = 553
export const transactionFailed = 554
export const parametersNotRecognized = 555
export const domainTakesNoMail = 556

/** What each named code means, in the words of its RFC. */
export const meanings: ReadonlyMap<number, string> = new Map([
  [systemStatus, "System status, or system help reply"],
  [help, "Help message"],
  [serviceReady, "Service ready"],
  [serviceClosing, "Service closing transmission channel"],
  [authenticated, "Authentication succeeded"],
  [ok, "Requested mail action okay, completed"],
  [willForward, "User not local; will forward"],
  [cannotVerify, "Cannot VRFY user, but will accept message and attempt delivery"],
  [authContinue, "Server challenge"],
  [startInput, "Start mail input; end with <CRLF>.<CRLF>"],
  [serviceUnavailable, "Service not available, closing transmission channel"],
  [passwordTransition, "A password transition is needed"],
  [mailboxBusy, "Requested mail action not taken: mailbox unavailable"],
  [localError, "Requested action aborted: local error in processing"],
  [insufficientStorage, "Requested action not taken: insufficient system storage"],
  [temporaryAuthFailure, "Temporary authentication failure"],
  [cannotAccommodate, "Server unable to accommodate parameters"],
  [unrecognizedCommand, "Syntax error, command unrecognized"],
  [syntaxError, "Syntax error in parameters or arguments"],
  [notImplemented, "Command not implemented"],
  [badSequence, "Bad sequence of commands"],
  [parameterNotImplemented, "Command parameter not implemented"],
  [noMailService, "Host does not accept mail"],
  [authRequired, "Authentication required"],
  [mechanismTooWeak, "Authentication mechanism is too weak"],
  [badCredentials, "Authentication credentials invalid"],
  [encryptionRequired, "Encryption required for requested authentication mechanism"],
  [mailboxUnavailable, "Requested action not taken: mailbox unavailable"],
  [notLocal, "User not local; please try another path"],
  [exceededStorage, "Requested mail action aborted: exceeded storage allocation"],
  [mailboxNotAllowed, "Requested action not taken: mailbox name not allowed"],
  [transactionFailed, "Transaction failed"],
  [parametersNotRecognized, "MAIL FROM/RCPT TO parameters not recognized or not implemented"],
  [domainTakesNoMail, "Domain does not accept mail"]
])
