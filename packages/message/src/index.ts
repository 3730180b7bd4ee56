export * as Address from "./Address.js"
