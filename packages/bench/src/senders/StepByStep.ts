/**
 * StepByStep: the `Load` of a client that uses no PIPELINING.
 *
 * @module
 */
import * as Program from "../Program.js"
import * as Load from "./Load.js"

Program.sender(Load.deliver(Load.stepByStep))
