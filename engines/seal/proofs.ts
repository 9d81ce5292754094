import { growFrom } from './frontier.ts'
import { type Hash, hashNode, sameBytes } from './hashing.ts'

/** The leaf hashes of a tree, in order. */
export type Leaves = readonly Uint8Array[]

/** The largest power of two that is smaller than `size`, for size ≥ 2. */
function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}

/** The root over leaves `from` up to but not including `to` (MTH in RFC 6962 §2.1). */
export function rootOf(hash: Hash, leaves: Leaves, from = 0, to = leaves.length): Uint8Array {
  const tree = growFrom(hash)
  for (let index = from; index < to; index++) tree.append(leaves[index])
  return tree.root()
}

/**
 * The hashes that lead from leaf `index` to the root of the tree over all `leaves`, lowest first.
 *
 * @throws RangeError when the tree has no such leaf
 * @source RFC 6962 §2.1.1 (PATH)
 * @example inclusionProof(sha256, leaves, 0) // for a tree of two: [leaves[1]]
 */
export function inclusionProof(hash: Hash, leaves: Leaves, index: number): Uint8Array[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) {
    throw new RangeError(`leaf ${index} is not in a tree of ${leaves.length} leaves`)
  }
  const path: Uint8Array[] = []
  let from = 0
  let to = leaves.length
  while (to - from > 1) {
    const middle = from + splitOf(to - from)
    if (index < middle) {
      path.unshift(rootOf(hash, leaves, middle, to))
      to = middle
    } else {
      path.unshift(rootOf(hash, leaves, from, middle))
      from = middle
    }
  }
  return path
}

/**
 * Whether `proof` shows that `leafHash` is leaf `index` of the tree of `size` leaves with that `root`.
 *
 * @source RFC 9162 §2.1.3.2
 * @example verifyInclusion(sha256, leaves[0], 0, 2, [leaves[1]], root) // true
 */
export function verifyInclusion(
  hash: Hash,
  leafHash: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index < 0 || index >= size) return false
  let position = index
  let last = size - 1
  let node = leafHash
  for (const sibling of proof) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      node = hashNode(hash, sibling, node)
      while (position % 2 === 0 && position !== 0) {
        position /= 2
        last = Math.floor(last / 2)
      }
    } else {
      node = hashNode(hash, node, sibling)
    }
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && sameBytes(node, root)
}

/**
 * The hashes which show that the tree over `leaves` only added to the tree over its first `oldSize` leaves.
 *
 * @throws RangeError when `oldSize` is not between 1 and the number of leaves
 * @source RFC 6962 §2.1.2 (PROOF)
 * @example consistencyProof(sha256, leaves, 1) // for a tree of two: [leaves[1]]
 */
export function consistencyProof(hash: Hash, leaves: Leaves, oldSize: number): Uint8Array[] {
  if (!Number.isInteger(oldSize) || oldSize < 1 || oldSize > leaves.length) {
    throw new RangeError(`a tree of ${leaves.length} leaves has no earlier tree of ${oldSize}`)
  }
  const proof: Uint8Array[] = []
  let from = 0
  let to = leaves.length
  let known = true
  while (oldSize !== to) {
    const middle = from + splitOf(to - from)
    if (oldSize <= middle) {
      proof.unshift(rootOf(hash, leaves, middle, to))
      to = middle
    } else {
      proof.unshift(rootOf(hash, leaves, from, middle))
      from = middle
      known = false
    }
  }
  // The old root itself is left out where the verifier holds it already.
  return known ? proof : [rootOf(hash, leaves, from, to), ...proof]
}

/**
 * Whether `proof` shows that the tree (`newSize`, `newRoot`) begins with the tree (`oldSize`, `oldRoot`).
 *
 * @source RFC 9162 §2.1.4.2
 * @example verifyConsistency(sha256, 1, leaves[0], 2, root, [leaves[1]]) // true
 */
export function verifyConsistency(
  hash: Hash,
  oldSize: number,
  oldRoot: Uint8Array,
  newSize: number,
  newRoot: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (oldSize < 1 || oldSize > newSize) return false
  if (oldSize === newSize) return proof.length === 0 && sameBytes(oldRoot, newRoot)
  let position = oldSize - 1
  let last = newSize - 1
  while (position % 2 === 1) {
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  const steps = position === 0 ? [oldRoot, ...proof] : [...proof]
  const [first, ...siblings] = steps
  if (!first || proof.length === 0) return false
  let old = first
  let grown = first
  for (const sibling of siblings) {
    if (last === 0) return false
    if (position % 2 === 1 || position === last) {
      old = hashNode(hash, sibling, old)
      grown = hashNode(hash, sibling, grown)
      while (position % 2 === 0 && position !== 0) {
        position /= 2
        last = Math.floor(last / 2)
      }
    } else {
      grown = hashNode(hash, grown, sibling)
    }
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && sameBytes(old, oldRoot) && sameBytes(grown, newRoot)
}
