/** @module */
export * as Address from "./Address.js"
export * as Dkim from "./Dkim.js"
export * as DkimError from "./DkimError.js"
export * as Finding from "./Finding.js"
export * as Lint from "./Lint.js"
export * as Signer from "./Signer.js"
