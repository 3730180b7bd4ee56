/**
 * Slices: gathers slices of a chunk and the few bytes put between them. Long slices are handed on as
 * they are; a run of crumbs is joined, so that a peer who makes every byte a piece of its own cannot
 * make memory grow by the size of an array for each.
 *
 * @module
 */
import * as Octets from "../Octets.js"

/** So many pieces are looked at together. */
const runLength = 64

/** A run whose pieces are shorter than this on average is joined. */
const worthKeeping = 64

/** A run of no more than so many pieces is left as it is. */
const fewPieces = 8

/** A list of pieces in the making; local to one call, never shared. */
export interface Slices {
  readonly out: Array<Uint8Array>
  run: Array<Uint8Array>
  runBytes: number
}

/** Nothing gathered yet. */
export const make = (): Slices => ({ out: [], run: [], runBytes: 0 })

/** Whether nothing was gathered. */
export const isEmpty = (self: Slices): boolean => self.out.length === 0 && self.run.length === 0

/** Adds a piece that is not empty. */
export const add = (self: Slices, piece: Uint8Array): void => {
  self.run.push(piece)
  self.runBytes += piece.length
  if (self.run.length === runLength) flush(self)
}

/** Adds `input` from `start` up to `end`, without copying, unless there is nothing between them. */
export const addSlice = (self: Slices, input: Uint8Array, start: number, end: number): void => {
  if (start < end) add(self, input.subarray(start, end))
}

/** All of the pieces, in order. */
export const toArray = (self: Slices): ReadonlyArray<Uint8Array> => {
  flush(self)
  return self.out
}

const flush = (self: Slices): void => {
  if (self.run.length > fewPieces && self.runBytes < self.run.length * worthKeeping) {
    self.out.push(Octets.concat(self.run))
  } else {
    for (const piece of self.run) self.out.push(piece)
  }
  self.run = []
  self.runBytes = 0
}
