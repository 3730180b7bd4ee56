import * as Octets from "@effect-smtp/wire/Octets"

/** What is written at once, and who is to be told that it leaves. */
export interface Parcel {
  readonly bytes: Uint8Array
  readonly leaving: ReadonlyArray<() => void>
}

/** From this many bytes on, gathering more saves nothing. */
const enough = 16 * 1024

const nobody: Parcel["leaving"] = []

/** Bytes on their way out, gathered so that a group of lines is one write. */
export class Outbox {
  private chunks: Array<Uint8Array> = []
  private leaving: Array<() => void> = []
  private size = 0
  private full: Array<Parcel> = []

  /** Takes the bytes in; true when it is time to write. */
  add(bytes: Uint8Array, leaving?: () => void): boolean {
    if (bytes.length >= enough) this.close()
    this.chunks.push(bytes)
    this.size += bytes.length
    if (leaving !== undefined) this.leaving.push(leaving)
    if (this.size >= enough) this.close()
    return this.full.length > 0
  }

  /** Empties it: what to write, in order. */
  take(): ReadonlyArray<Parcel> {
    this.close()
    const taken = this.full
    this.full = []
    return taken
  }

  isEmpty(): boolean {
    return this.chunks.length === 0 && this.full.length === 0
  }

  private close(): void {
    if (this.chunks.length === 0) return
    const leaving = this.leaving.length === 0 ? nobody : this.leaving
    this.full.push({ bytes: Octets.concat(this.chunks), leaving })
    this.chunks = []
    this.leaving = []
    this.size = 0
  }
}
