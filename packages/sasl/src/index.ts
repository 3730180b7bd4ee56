export * as Login from "./Login.js"
export * as Mechanism from "./Mechanism.js"
export * as Plain from "./Plain.js"
export * as SaslError from "./SaslError.js"
