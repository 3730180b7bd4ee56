/** Bodies out of their transfer encoding (RFC 2045 section 6), octet by octet. */
import * as Octets from "@effect-smtp/wire/Octets"
import type { Encoding } from "../Parts.js"

/** Takes an encoded body piece by piece, and gives what it decodes to: perhaps nothing yet. */
export interface Decoder {
  readonly more: (bytes: Uint8Array) => Uint8Array
  readonly end: () => Uint8Array
}

const nothing = new Uint8Array(0)

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const EQUALS = 0x3d

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/** What each octet stands for in base64; 64 for those that stand for nothing. */
const sextets = Uint8Array.from({ length: 256 }, (_, octet) => {
  const value = alphabet.indexOf(String.fromCharCode(octet))
  return value < 0 ? 64 : value
})

/** Padding ends a group, wherever it is, since some encode each line by itself. */
const base64 = (): Decoder => {
  let group = 0
  let count = 0

  /** The octets of a group that lacks some. */
  const short = (): ReadonlyArray<number> => {
    const octets = count === 2
      ? [group >> 4]
      : count === 3
      ? [group >> 10, group >> 2 & 0xff]
      : []
    group = 0
    count = 0
    return octets
  }

  return {
    more: (bytes) => {
      const out = new Uint8Array(Math.ceil((bytes.length + 3) / 4) * 3)
      let length = 0
      for (let at = 0; at < bytes.length; at++) {
        const sextet = sextets[bytes[at]]
        if (sextet < 64) {
          group = group << 6 | sextet
          if (++count === 4) {
            out[length++] = group >> 16
            out[length++] = group >> 8
            out[length++] = group
            group = 0
            count = 0
          }
        } else if (bytes[at] === EQUALS) {
          for (const octet of short()) out[length++] = octet
        }
      }
      return out.subarray(0, length)
    },
    end: () => Uint8Array.from(short())
  }
}

const hex = (octet: number): number => {
  const digit = octet | 0x20
  return octet >= 0x30 && octet <= 0x39
    ? octet - 0x30
    : digit >= 0x61 && digit <= 0x66
    ? digit - 0x57
    : -1
}

/** White space that may end a line; no line is longer (RFC 5322 section 2.1.1). */
const longest = 998

/**
 * White space at the end of a line was added on the way, and goes (RFC 2045 section 6.7), so that it is held
 * until it is known what follows; so is an escape that is not whole. An escape that is none stays as it is.
 */
const quotedPrintable = (): Decoder => {
  const held = new Uint8Array(longest + 2)
  let size = 0
  /** What is held: nothing; `=`; `=` and a digit; or white space, perhaps behind an `=`, perhaps with CR. */
  let state: "Text" | "Equals" | "Digit" | "White" = "Text"
  let out = nothing
  let length = 0

  const hold = (octet: number, next: typeof state): void => {
    held[size++] = octet
    state = next
  }

  /** What is held is none of these things. */
  const release = (octet: number): void => {
    out.set(held.subarray(0, size), length)
    length += size
    size = 0
    state = "Text"
    take(octet)
  }

  const isSoft = (): boolean => held[0] === EQUALS

  const lineEnd = (): void => {
    if (size === 0 || !isSoft()) {
      if (size > 0 && held[size - 1] === CR) out[length++] = CR
      out[length++] = LF
    }
    size = 0
    state = "Text"
  }

  const take = (octet: number): void => {
    if (octet === LF && state !== "Digit") return lineEnd()
    const isWhite = octet === SPACE || octet === TAB || octet === CR
    switch (state) {
      case "Text":
        if (octet === EQUALS) return hold(octet, "Equals")
        if (isWhite) return hold(octet, "White")
        out[length++] = octet
        return
      case "Equals":
        if (hex(octet) >= 0) return hold(octet, "Digit")
        return isWhite ? hold(octet, "White") : release(octet)
      case "Digit":
        if (hex(octet) < 0) return release(octet)
        out[length++] = hex(held[1]) << 4 | hex(octet)
        size = 0
        state = "Text"
        return
      case "White":
        return isWhite && held[size - 1] !== CR && size <= longest
          ? hold(octet, "White")
          : release(octet)
    }
  }

  return {
    more: (bytes) => {
      out = new Uint8Array(size + bytes.length)
      length = 0
      for (let at = 0; at < bytes.length; at++) take(bytes[at])
      return out.subarray(0, length)
    },
    end: () => {
      const isLost = state !== "Digit" && (isSoft() || held[size - 1] !== CR)
      const rest = isLost ? nothing : held.slice(0, size)
      size = 0
      state = "Text"
      return rest
    }
  }
}

/** For one body. */
export const decoder = (encoding: Encoding): Decoder => {
  switch (encoding) {
    case "Base64":
      return base64()
    case "QuotedPrintable":
      return quotedPrintable()
    case "Identity":
      return { more: (bytes) => bytes, end: () => nothing }
  }
}

/** All of a body. */
export const decode = (encoding: Encoding, body: Uint8Array): Uint8Array => {
  const { end, more } = decoder(encoding)
  return Octets.concat([more(body), end()])
}
