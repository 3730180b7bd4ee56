export * as Rechunk from "./Rechunk.js"
export * as Script from "./Script.js"
export * as ScriptedPeer from "./ScriptedPeer.js"
export * as Transcript from "./Transcript.js"
