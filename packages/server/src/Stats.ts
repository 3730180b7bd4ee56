/**
 * Stats: what a running server has to do, and has done.
 *
 * @module
 */
import type { Phase } from "@effect-smtp/protocol/Phase"
import type * as Reply from "@effect-smtp/wire/Reply"

/**
 * A message that came to its end: the reply to it, its octets, and how long it took, in milliseconds.
 */
export interface Answered {
  readonly reply: Reply.Reply
  readonly octets: number
  readonly during: number
}

/**
 * - `connections`: those of now, and since the server started: all of them, and those that were turned
 *   away since their address had too many;
 * - `sessions`: how many of those of now are in the middle of what; phases without any are left out;
 * - `messages`: those that came to their end, and were accepted or not;
 * - `octets`: of the accepted ones.
 */
export interface Stats {
  readonly connections: {
    readonly now: number
    readonly total: number
    readonly refused: number
  }
  readonly sessions: { readonly [P in Phase]?: number }
  readonly messages: { readonly accepted: number; readonly refused: number }
  readonly octets: number
}
