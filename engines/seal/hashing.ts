/** A cryptographic hash of fixed length, such as SHA-256. Passed in: this floor knows no library. */
export type Hash = (bytes: Uint8Array) => Uint8Array

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Hash of one entry. The prefix keeps an entry from being passed off as an inner node (RFC 6962 §2.1). */
export function hashLeaf(hash: Hash, entry: Uint8Array): Uint8Array {
  return hash(join(LEAF, entry))
}

export function hashNode(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash(join(NODE, left, right))
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}
