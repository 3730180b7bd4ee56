/** CRC32c (RFC 4960 appendix B): the polynomial of Castagnoli, reflected. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1
  }
  return remainder
})

/** The checksum of the bytes, as an unsigned number of 32 bits. */
export const checksum = (bytes: Uint8Array): number => {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]
  return (crc ^ 0xffffffff) >>> 0
}
