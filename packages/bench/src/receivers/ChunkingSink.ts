/**
 * ChunkingSink: the `Sink`, offering CHUNKING as well (RFC 3030).
 *
 * @module
 */
import * as Program from "../Program.js"
import * as Taking from "./Taking.js"

Program.receiver((received) => Taking.listen(["CHUNKING"], received))
