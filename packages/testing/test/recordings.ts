import type * as Arr from "effect/Array"

/**
 * What clients said to servers in whole sessions, octet by octet: those of our tests and of the clients
 * in `interop`, in clear text.
 */
const sessions: Arr.NonEmptyReadonlyArray<string> = [
  // Step by step, as the RFC's examples are (RFC 5321 appendix D).
  "HELO client.example\r\nMAIL FROM:<raw@client.example>\r\nRCPT TO:<bob@mx.example>\r\nDATA\r\n" +
  "Subject: one\r\n\r\n..dot\r\nlast\r\n.\r\nQUIT\r\n",
  // All at once, with parameters; two messages (RFC 2920).
  "EHLO client.example\r\n" +
  "MAIL FROM:<raw@client.example> SIZE=30 BODY=8BITMIME SMTPUTF8\r\n" +
  "RCPT TO:<bob@mx.example>\r\n" +
  "RCPT TO:<refused@mx.example>\r\nDATA\r\n\r\nh\u00e9llo\r\n.\r\n" +
  "MAIL FROM:<>\r\nRCPT TO:<postmaster>\r\nDATA\r\nagain\r\n.\r\nRSET\r\nQUIT\r\n",
  // In chunks (RFC 3030), and with wishes (RFC 3461).
  "EHLO [192.0.2.1]\r\nMAIL FROM:<raw@client.example> BODY=BINARYMIME RET=HDRS ENVID=QQ+2B1\r\n" +
  "RCPT TO:<bob@mx.example> NOTIFY=NEVER ORCPT=rfc822;bob@mx.example\r\n" +
  "BDAT 10\r\n0123456789BDAT 6\r\n\n.\r\n\r.BDAT 0 LAST\r\nNOOP still there\r\nQUIT\r\n",
  // Somebody who asks, and logs in.
  "EHLO [IPv6:2001:db8::1]\r\nHELP\r\nHELP MAIL\r\nVRFY bob\r\nEXPN staff\r\nETRN @mx.example\r\n" +
  "AUTH PLAIN AGFsaWNlAHNlc2FtZQ==\r\nAUTH LOGIN\r\nYWxpY2U=\r\nbm90IGl0\r\nAUTH PLAIN\r\n*\r\n" +
  "AUTH SCRAM-SHA-256 biwsbj1hbGljZSxyPWFiYw==\r\n=\r\nNOOP\r\nQUIT\r\n",
  // Everything at the wrong time, and for other kinds of servers.
  "RCPT TO:<a@b>\r\nDATA\r\nLHLO x\r\nSTARTTLS\r\nGET / HTTP/1.1\r\nXCLIENT NAME=x ADDR=192.0.2.1\r\n" +
  "EHLO x\r\nXFORWARD NAME=x\r\nMAIL FROM:<@a,@b:\"q q\"@c.example> AUTH=<>\r\nEHLO x\r\nBDAT 3 LAST\r\nabcQUIT\r\n",
  // Smuggling (CVE-2023-51764 and its kin).
  "EHLO x\r\nMAIL FROM:<raw@client.example>\r\nRCPT TO:<bob@mx.example>\r\nDATA\r\n" +
  "one\r\n\n.\r\nMAIL FROM:<smuggled@x>\r\nRCPT TO:<bob@mx.example>\r\nDATA\r\ntwo\r\n.\n\r\n.\r\nQUIT\r\n"
]

const encoder = new TextEncoder()
const [first, ...others] = sessions

/** The octets of each. */
export const recordings: Arr.NonEmptyReadonlyArray<Uint8Array> = [
  encoder.encode(first),
  ...others.map((session) => encoder.encode(session))
]
