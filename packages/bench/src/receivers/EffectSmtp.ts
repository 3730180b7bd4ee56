/**
 * Ours, receiving: every message is gathered in memory and accepted.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Program from "../Program.js"
import * as Ours from "./Ours.js"

const limit = 32 * 1024 * 1024

Program.receiver(
  Ours.listen((incoming) => Effect.map(incoming.collect(limit), (bytes) => bytes.length))
)
