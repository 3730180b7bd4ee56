/**
 * Sink: takes messages after DATA. It offers PIPELINING, 8BITMIME, SMTPUTF8 and SIZE.
 *
 * @module
 */
import * as Program from "../Program.js"
import * as Taking from "./Taking.js"

Program.receiver((received) => Taking.listen([], received))
