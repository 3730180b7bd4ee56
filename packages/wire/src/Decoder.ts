/**
 * Decoder: how bytes become values, a chunk at a time. A decoder is a value: it does no I/O, keeps no
 * hidden state, and can be stepped again from the same place with other bytes.
 *
 * @module
 */
import * as Either from "effect/Either"

/** A value is complete. `consumed` bytes of *this* input belong to it; the rest is the caller's. */
export interface Done<A> {
  readonly _tag: "Done"
  readonly value: A
  readonly consumed: number
}

/** All of the input was taken in and more is needed: go on with `next`. */
export interface More<A, E> {
  readonly _tag: "More"
  readonly next: Decoder<A, E>
}

/** What a decoder made of one input. */
export type Step<A, E> = Done<A> | More<A, E>

/**
 * - `step`: takes the next bytes. A left means the input can never become a value: the stream is to
 *   be given up. What a peer may do wrong and go on is part of `A`.
 * - `held`: how many bytes of an unfinished value were taken in; 0 between values, where the input
 *   may end.
 */
export interface Decoder<A, E> {
  readonly step: (input: Uint8Array) => Either.Either<Step<A, E>, E>
  readonly held: number
}

/** A finished step. */
export const done = <A>(value: A, consumed: number): Either.Either<Done<A>, never> =>
  Either.right({ _tag: "Done", value, consumed })

/** A step that needs more input. */
export const more = <A, E>(next: Decoder<A, E>): Either.Either<More<A, E>, never> =>
  Either.right({ _tag: "More", next })

/** The same decoder with another value, which may still turn out to be an error. */
export const mapEither = <A, E, B, E2>(
  self: Decoder<A, E>,
  f: (value: A) => Either.Either<B, E2>
): Decoder<B, E | E2> => ({
  held: self.held,
  step: (input) =>
    Either.flatMap(
      self.step(input),
      (step): Either.Either<Step<B, E | E2>, E | E2> =>
        step._tag === "More"
          ? more(mapEither(step.next, f))
          : Either.flatMap(f(step.value), (value) => done(value, step.consumed))
    )
})

/** The same decoder with another value. */
export const map = <A, E, B>(self: Decoder<A, E>, f: (value: A) => B): Decoder<B, E> =>
  mapEither(self, (value) => Either.right(f(value)))
