/**
 * What is wrong with a PROXY header.
 *
 * @module
 */
import * as Data from "effect/Data"

/**
 * The bytes are no PROXY header, or the value cannot be said in one; the fault is with the proxy, or with
 * whoever made the value. `offset` counts bytes from the start of the header.
 */
export class ProxyHeaderError extends Data.TaggedError("ProxyHeaderError")<{
  readonly expected: string
  readonly offset: number
}> {
  override get message(): string {
    return `PROXY header: expected ${this.expected} at byte ${this.offset}`
  }
}
