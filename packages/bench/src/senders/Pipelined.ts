/**
 * Pipelined: the `Load` of a client that uses PIPELINING as far as it goes.
 *
 * @module
 */
import * as Program from "../Program.js"
import * as Load from "./Load.js"

Program.sender(Load.deliver(Load.pipelined))
