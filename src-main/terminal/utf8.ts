/**
 * How many of these bytes form whole characters: a last character that is still incomplete is left for later. Bytes that
 * can't be UTF-8 count as characters, so that binary output is shown as such and never holds the rest back.
 */
export function wholeCharacters(bytes: Uint8Array): number {
  const end = bytes.length
  for (let at = end - 1; at >= 0 && at >= end - 3; at--) {
    const byte = bytes[at]!
    if ((byte & 0xc0) === 0x80) continue // in the middle of a character: look further back for its first byte
    return at + lengthBy(byte) > end ? at : end
  }
  return end
}

/** Length of the character that this byte begins; 1 for what begins none. */
function lengthBy(first: number): number {
  if (first >= 0xf0 && first <= 0xf4) return 4
  if (first >= 0xe0 && first < 0xf0) return 3
  if (first >= 0xc2 && first < 0xe0) return 2
  return 1
}
