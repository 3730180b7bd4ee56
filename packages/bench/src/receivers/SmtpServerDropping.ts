/**
 * npm's smtp-server, receiving: every message is let go of as it arrives, and accepted.
 *
 * @module
 */
import * as Program from "../Program.js"
import * as Theirs from "./Theirs.js"

Program.receiver(Theirs.listen((stream, taken) => {
  let octets = 0
  stream.on("data", (chunk: Buffer) => {
    octets += chunk.length
  })
  stream.on("end", () => taken(octets))
}))
