/**
 * From a list of parameters to a record of what they say: what MAIL and RCPT share.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { AddressError } from "../AddressError.js"
import type { AddressMode } from "../AddressMode.js"
import * as Parameter from "../Parameter.js"
import { ParameterError } from "../ParameterError.js"

/** Parameters nobody has a reader for are kept as written. */
export interface Rest {
  readonly rest: ReadonlyArray<Parameter.Parameter>
}

/** Makes fields of a value, or says what was expected. */
export type Reader<A> = (
  value: Option.Option<string>,
  mode: AddressMode
) => Either.Either<Partial<A>, string>

/** Readers by keyword. Two keywords that make the same field exclude each other. */
export type Readers<A> = ReadonlyMap<string, Reader<A>>

/** The reader of a parameter that must have a value. */
export const valued = <A>(
  expected: string,
  read: (value: string, mode: AddressMode) => Option.Option<Partial<A>>
): Reader<A> =>
(value, mode) =>
  Either.fromOption(Option.flatMap(value, (text) => read(text, mode)), () => expected)

/** The reader of a parameter that must not have a value. */
export const flag = <A>(fields: Partial<A>): Reader<A> => (value) =>
  Option.isNone(value) ? Either.right(fields) : Either.left("no value")

/** Reads all parameters into the record. */
export const fromList = <A extends Rest>(
  empty: A,
  readers: Readers<A>
) =>
(
  parameters: ReadonlyArray<Parameter.Parameter>,
  mode: AddressMode
): Either.Either<A, ParameterError> => {
  let result = empty
  const rest: Array<Parameter.Parameter> = []
  const seen = new Set<string>()
  for (const { keyword: written, value } of parameters) {
    const keyword = written.toUpperCase()
    const reader = readers.get(keyword)
    const fields: Either.Either<Partial<A>, string> = reader === undefined
      ? Either.right({})
      : reader(value, mode)
    if (Either.isLeft(fields)) {
      return Either.left(new ParameterError({ keyword, expected: fields.left }))
    }
    if (reader === undefined) rest.push({ keyword, value })
    for (const slot of reader === undefined ? [keyword] : Object.keys(fields.right)) {
      if (seen.has(slot)) {
        return Either.left(new ParameterError({ keyword, expected: "nothing to be said twice" }))
      }
      seen.add(slot)
    }
    result = { ...result, ...fields.right }
  }
  return Either.right({ ...result, rest })
}

/**
 * The record, once its parameters can be written and read again. Each is checked on its own first, so
 * that none can pass for two.
 */
export const checked = <A>(
  parameters: ReadonlyArray<Parameter.Parameter>,
  mode: AddressMode,
  read: (
    parameters: ReadonlyArray<Parameter.Parameter>,
    mode: AddressMode
  ) => Either.Either<A, ParameterError>
): Either.Either<A, AddressError | ParameterError> =>
  Either.gen(function*() {
    const each = yield* Either.all(parameters.map((parameter) => Parameter.check(parameter, mode)))
    const list = yield* Parameter.parseList(Parameter.printList(each), mode)
    return yield* read(list, mode)
  })

/** A parameter with a value, if there is one. */
export const write = (
  keyword: string,
  value: Option.Option<string>
): ReadonlyArray<Parameter.Parameter> => Option.isSome(value) ? [{ keyword, value }] : []

/** A parameter without a value, if it is set. */
export const writeFlag = (keyword: string, set: boolean): ReadonlyArray<Parameter.Parameter> =>
  set ? [{ keyword, value: Option.none() }] : []
