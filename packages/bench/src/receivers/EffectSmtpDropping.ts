/**
 * Ours, receiving: every message is let go of as it arrives, and accepted.
 *
 * @module
 */
import * as Stream from "effect/Stream"
import * as Program from "../Program.js"
import * as Ours from "./Ours.js"

Program.receiver(
  Ours.listen((incoming) =>
    Stream.runFold(incoming.stream, 0, (octets, chunk) => octets + chunk.length)
  )
)
