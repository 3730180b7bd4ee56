/**
 * npm's smtp-server, receiving: every message is gathered in memory and accepted.
 *
 * @module
 */
import * as Program from "../Program.js"
import * as Theirs from "./Theirs.js"

Program.receiver(Theirs.listen((stream, taken) => {
  const chunks: Array<Buffer> = []
  stream.on("data", (chunk: Buffer) => chunks.push(chunk))
  stream.on("end", () => taken(Buffer.concat(chunks).length))
}))
