/**
 * What is wrong with the parameters of a command, once they are read one by one.
 *
 * @module
 */
import * as Data from "effect/Data"

/**
 * A known parameter does not say what its extension wants, or is there twice; the fault is with
 * whoever wrote it (501). `keyword` is the parameter's; its value is not in here.
 */
export class ParameterError extends Data.TaggedError("ParameterError")<{
  readonly keyword: string
  readonly expected: string
}> {
  override get message(): string {
    return `${this.keyword}: expected ${this.expected}`
  }
}
