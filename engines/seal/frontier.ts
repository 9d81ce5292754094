import { type Hash, hashNode } from './hashing.ts'

/**
 * What must be kept of a tree so that it can grow: the roots of its complete subtrees, largest first, one for each bit
 * that is set in `size`. Plain data, at most 53 hashes.
 */
export interface FrontierState {
  readonly size: number
  readonly nodes: readonly Uint8Array[]
}

/** A growing RFC 6962 tree of which only the right edge is held. */
export interface Frontier {
  readonly size: number
  append(leafHash: Uint8Array): void
  root(): Uint8Array
  state(): FrontierState
}

export const EMPTY: FrontierState = { size: 0, nodes: [] }

function bitsIn(size: number): number {
  let bits = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2
  return bits
}

/**
 * Continues a tree from its frontier. Appending n leaves costs O(n) hashes, a root O(log size).
 *
 * @param hash the hash of the tree, e.g. SHA-256
 * @param from where to continue; the empty tree when left out
 * @throws RangeError when `from` is not the frontier of any tree of that size
 * @source RFC 6962 §2.1; "compact range" as in the Certificate Transparency log implementations
 * @example
 * const tree = growFrom(sha256)
 * tree.append(hashLeaf(sha256, new Uint8Array()))
 * tree.root() // 6e340b9c…afa01d: the tree of one empty entry
 */
export function growFrom(hash: Hash, from: FrontierState = EMPTY): Frontier {
  if (!Number.isSafeInteger(from.size) || from.size < 0 || bitsIn(from.size) !== from.nodes.length) {
    throw new RangeError(`a frontier of ${from.nodes.length} nodes cannot belong to a tree of ${from.size} leaves`)
  }
  const nodes = [...from.nodes]
  let size = from.size
  return {
    get size() {
      return size
    },
    append(leafHash) {
      let node = leafHash
      // Each trailing one bit of the old size is a complete subtree that the new leaf closes.
      for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
        const left = nodes.pop()
        if (left) node = hashNode(hash, left, node)
      }
      nodes.push(node)
      size += 1
    },
    root() {
      const smallestFirst = nodes.toReversed()
      const [smallest, ...larger] = smallestFirst
      if (!smallest) return hash(new Uint8Array())
      return larger.reduce((right, left) => hashNode(hash, left, right), smallest)
    },
    state: () => ({ size, nodes: [...nodes] }),
  }
}
