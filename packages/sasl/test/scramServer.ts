import * as Crypto from "node:crypto"

/** The server's half of SCRAM (RFC 5802 section 3), written on node:crypto to check the client's. */
export const scramServer = (account: {
  readonly hash: "sha1" | "sha256"
  readonly password: string
  readonly salt: Buffer
  readonly iterations: number
}) => {
  const { hash, iterations, password, salt } = account
  const length = hash === "sha1" ? 20 : 32
  const hmac = (key: Buffer, text: string) => Crypto.createHmac(hash, key).update(text).digest()
  const salted = Crypto.pbkdf2Sync(password.normalize("NFKC"), salt, iterations, length, hash)
  const storedKey = Crypto.createHash(hash).update(hmac(salted, "Client Key")).digest()
  const serverKey = hmac(salted, "Server Key")

  /** The server-first-message. */
  const first = (clientFirst: string, nonce: string) => {
    const bare = clientFirst.split(",").slice(2).join(",")
    const clientNonce = /,r=([^,]+)/.exec(bare)?.[1] ?? ""
    const text = `r=${clientNonce}${nonce},s=${salt.toString("base64")},i=${iterations}`
    return { bare, text, nonce: `${clientNonce}${nonce}` }
  }

  /** The server-final-message, or nothing for a proof or a binding that is wrong. */
  const final = (
    started: ReturnType<typeof first>,
    clientFinal: string,
    channel: Buffer
  ): string | undefined => {
    const [, c, r, p] = /^c=([^,]*),r=([^,]*),p=([^,]*)$/.exec(clientFinal) ?? []
    if (c !== channel.toString("base64") || r !== started.nonce) return undefined
    const authMessage = `${started.bare},${started.text},c=${c},r=${r}`
    const signature = hmac(storedKey, authMessage)
    const clientKey = Buffer.from(p ?? "", "base64").map((byte, i) => byte ^ (signature[i] ?? 0))
    return Crypto.createHash(hash).update(clientKey).digest().equals(storedKey)
      ? `v=${hmac(serverKey, authMessage).toString("base64")}`
      : undefined
  }
  return { first, final }
}
