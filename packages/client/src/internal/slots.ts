import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as MutableRef from "effect/MutableRef"
import * as Option from "effect/Option"

/** A place for one thing. It is free, or in the hands of one fiber. */
export interface Slot<A> {
  held: Option.Option<A>
}

/**
 * A fixed number of slots.
 *
 * - `use`: waits for a slot, first come, first served, and works with it. The work can be interrupted;
 *   what `settle` makes of the slot afterwards cannot, and has to `give` it back;
 * - `give`: hands a slot to whoever has waited longest, or frees it;
 * - `takeHeld`: takes the free slots that hold something like this;
 * - `held`: what the free slots hold, the longest unused first;
 * - `taken`: how many slots are in somebody's hands, and `waiting` how many fibers wait for one;
 * - `isOpen`: until `close`, from when on whoever waits, or comes later, fails, and nothing is held.
 */
export interface Slots<A, E> {
  readonly use: <B, E2, R>(
    work: (slot: Slot<A>) => Effect.Effect<B, E2, R>,
    settle: (slot: Slot<A>) => Effect.Effect<void>
  ) => Effect.Effect<B, E | E2, R>
  readonly give: (slot: Slot<A>) => void
  readonly takeHeld: (like: (held: A) => boolean) => ReadonlyArray<Slot<A>>
  readonly held: () => ReadonlyArray<A>
  readonly taken: () => number
  readonly waiting: () => number
  readonly isOpen: () => boolean
  readonly close: () => void
}

/** So many slots, with nothing in them. What comes after `close` fails with `closed`. */
export const make = <A, E>(count: number, closed: E): Slots<A, E> => {
  // The empty ones first: what was used last is used again, and the rest may grow old.
  const free = MutableRef.make(
    Array.from({ length: count }, (): Slot<A> => ({ held: Option.none() }))
  )
  const waiting = new Set<Deferred.Deferred<Slot<A>, E>>()
  const open = MutableRef.make(true)

  const give = (slot: Slot<A>): void => {
    for (const waiter of waiting) {
      waiting.delete(waiter)
      Deferred.unsafeDone(waiter, Exit.succeed(slot))
      return
    }
    if (Option.isSome(slot.held)) free.current.push(slot)
    else free.current.unshift(slot)
  }

  const take = (
    restore: <B, E2, R>(waiting: Effect.Effect<B, E2, R>) => Effect.Effect<B, E2, R>
  ): Effect.Effect<Slot<A>, E> =>
    Effect.suspend(() => {
      if (!open.current) return Effect.fail(closed)
      const slot = free.current.pop()
      if (slot !== undefined) return Effect.succeed(slot)
      const waiter = Deferred.unsafeMake<Slot<A>, E>(FiberId.none)
      waiting.add(waiter)
      // A slot may have come together with the interruption.
      return Effect.onInterrupt(restore(Deferred.await(waiter)), () =>
        waiting.delete(waiter)
          ? Effect.void
          : Effect.ignore(Effect.map(Deferred.await(waiter), give)))
    })

  return {
    use: (work, settle) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(
          take(restore),
          (slot) => Effect.ensuring(restore(Effect.suspend(() => work(slot))), settle(slot))
        )
      ),
    give,
    takeHeld: (like) => {
      const taken = free.current.filter(({ held }) => Option.exists(held, like))
      free.current = free.current.filter((slot) => !taken.includes(slot))
      return taken
    },
    held: () => free.current.flatMap(({ held }) => Option.toArray(held)),
    taken: () => count - free.current.length,
    waiting: () => waiting.size,
    isOpen: () => open.current,
    close: () => {
      open.current = false
      for (const slot of free.current) slot.held = Option.none()
      for (const waiter of waiting) Deferred.unsafeDone(waiter, Exit.fail(closed))
      waiting.clear()
    }
  }
}
