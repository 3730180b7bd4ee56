const encoder = new TextEncoder()

/** Whether the texts are equal, in a time that depends on the length of the first alone. */
export const equals = (given: string, known: string): boolean => {
  const left = encoder.encode(given)
  const right = encoder.encode(known)
  let difference = left.length ^ right.length
  for (let i = 0; i < left.length; i++) difference |= left[i] ^ (right[i % right.length] ?? 0)
  return difference === 0
}
