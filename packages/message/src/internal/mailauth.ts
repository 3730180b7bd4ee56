/** mailauth, loaded when the first message is to be signed: it takes a fifth of a second. */
import * as Effect from "effect/Effect"

/** What makes signatures, hashes bodies, and reads keys. */
export const load = Effect.promise(async () => {
  const [{ DkimSigner }, { dkimBody }, { getPrivateKey }] = await Promise.all([
    import("mailauth/lib/dkim/dkim-signer.js"),
    import("mailauth/lib/dkim/body/index.js"),
    import("mailauth/lib/tools.js")
  ])
  return { DkimSigner, dkimBody, getPrivateKey }
})

/** What {@link load} gives. */
export type Modules = Effect.Effect.Success<typeof load>
