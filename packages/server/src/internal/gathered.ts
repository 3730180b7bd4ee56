import * as Octets from "@effect-smtp/wire/Octets"

/** So small that it is not worth a place of its own, in octets. */
const small = 4096

/** The most room that small pieces share, in octets. It grows with what has come. */
const most = 65_536

/**
 * Bytes that come in pieces of any size, in one place at the end. Large pieces are kept as they are, and
 * small ones put together as they come, so the work and the room are linear however small they are.
 */
export class Gathered {
  private readonly pieces: Array<Uint8Array> = []
  private room = new Uint8Array(0)
  private used = 0
  private size = 0

  constructor(private readonly limit: number) {}

  /** Takes the bytes in; false if that would be more than the limit. */
  add(bytes: Uint8Array): boolean {
    if (this.size + bytes.length > this.limit) return false
    if (bytes.length >= small || this.pieces.length === 0) {
      this.closeRoom()
      this.pieces.push(bytes)
    } else {
      if (this.used + bytes.length > this.room.length) this.openRoom()
      this.room.set(bytes, this.used)
      this.used += bytes.length
    }
    this.size += bytes.length
    return true
  }

  /** All of them. */
  bytes(): Uint8Array {
    this.closeRoom()
    return Octets.concat(this.pieces)
  }

  private openRoom(): void {
    this.closeRoom()
    this.room = new Uint8Array(Math.min(Math.max(this.size, small), most))
  }

  private closeRoom(): void {
    if (this.used > 0) this.pieces.push(this.room.subarray(0, this.used))
    this.room = this.room.subarray(this.used)
    this.used = 0
  }
}
