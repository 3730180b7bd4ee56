/** The modules of mailauth that come without types, as far as they are used here. */

declare module "mailauth/lib/dkim/dkim-signer.js" {
  /** A header field; `line` without its last line end, a character for each octet. */
  interface Field {
    readonly key: string
    readonly casedKey: string
    readonly line: string
  }

  /** Given the hash of the body and the fields, `finalize` makes the signatures. */
  export class DkimSigner {
    constructor(options: {
      readonly canonicalization: string
      readonly headerList: string
      readonly signTime: Date
      readonly expires?: Date
      readonly signatureData: {
        readonly signingDomain: string
        readonly selector: string
        readonly privateKey: string
      }
      readonly bodyHash: string
      readonly headers: { readonly parsed: ReadonlyArray<Field> }
    })
    finalize(): Promise<void>
    readonly signatureHeaders: ReadonlyArray<string>
    readonly errors: ReadonlyArray<{ readonly err: unknown }>
  }
}

declare module "mailauth/lib/dkim/body/index.js" {
  interface BodyHash {
    update(chunk: Uint8Array): void
    digest(encoding: "base64"): string
  }

  export const dkimBody: (canonicalization: "relaxed" | "simple", hash: "sha256") => BodyHash
}

declare module "mailauth/lib/tools.js" {
  interface PrivateKey {
    readonly asymmetricKeyType?: string
    readonly asymmetricKeyDetails?: { readonly modulusLength?: number }
  }

  /** Throws where the text is no private key in PEM. */
  export const getPrivateKey: (pem: string) => PrivateKey
}
