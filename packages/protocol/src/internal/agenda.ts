import * as Option from "effect/Option"

/** Something that is due at some time, and where it stands on the agenda: -1 where it does not. */
export interface Item {
  due: number
  place: number
}

/** What is due when, the earliest first: a binary heap, so that thousands cost little. */
export class Agenda<A extends Item> {
  private readonly items: Array<A> = []

  /** The one that is due before all others. */
  first(): Option.Option<A> {
    return Option.fromNullable(this.items[0])
  }

  isEmpty(): boolean {
    return this.items.length === 0
  }

  add(item: A): void {
    this.items.push(item)
    this.rise(item, this.items.length - 1)
  }

  /** Takes it off, if it is there. */
  remove(item: A): void {
    const { place } = item
    const last = this.items.at(-1)
    if (place === -1 || last === undefined) return
    this.items.pop()
    item.place = -1
    if (last === item) return
    this.sink(last, place)
    this.rise(last, last.place)
  }

  private rise(item: A, from: number): void {
    let place = from
    while (place > 0) {
      const above = (place - 1) >> 1
      if (this.items[above].due <= item.due) break
      this.put(this.items[above], place)
      place = above
    }
    this.put(item, place)
  }

  private sink(item: A, from: number): void {
    const { length } = this.items
    let place = from
    for (let below = 2 * place + 1; below < length; below = 2 * place + 1) {
      const other = below + 1
      const next = other < length && this.items[other].due < this.items[below].due ? other : below
      if (this.items[next].due >= item.due) break
      this.put(this.items[next], place)
      place = next
    }
    this.put(item, place)
  }

  private put(item: A, place: number): void {
    this.items[place] = item
    item.place = place
  }
}
