import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { growFrom } from './frontier.ts'
import { hashLeaf, sameBytes } from './hashing.ts'
import { consistencyProof, inclusionProof, rootOf, verifyConsistency, verifyInclusion } from './proofs.ts'

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The entries and results that the Certificate Transparency implementations test themselves with. */
const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const vectorLeaves = ENTRIES.map((entry) => hashLeaf(sha256, Buffer.from(entry, 'hex')))

const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => hashLeaf(sha256, Buffer.from(`entry ${index}`)))

describe('the vectors of Certificate Transparency', () => {
  it('give the published roots, grown one leaf at a time', () => {
    const tree = growFrom(sha256)
    const roots = [hex(tree.root())]
    for (const leaf of vectorLeaves) {
      tree.append(leaf)
      roots.push(hex(tree.root()))
    }
    expect(roots).toEqual(ROOTS)
  })

  it('give the published inclusion proof of the first of eight leaves', () => {
    expect(inclusionProof(sha256, vectorLeaves, 0).map(hex)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ])
  })

  it('give the published consistency proofs from six to eight and from two to five leaves', () => {
    expect(consistencyProof(sha256, vectorLeaves, 6).map(hex)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
    expect(consistencyProof(sha256, vectorLeaves.slice(0, 5), 2).map(hex)).toEqual([
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ])
  })
})

/** The definition in RFC 6962 §2.1, word for word. */
function rootByDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array())
  if (leaves.length === 1) return leaves[0]
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  const left = rootByDefinition(leaves.slice(0, split))
  const right = rootByDefinition(leaves.slice(split))
  return sha256(Buffer.concat([Buffer.of(1), left, right]))
}

const SIZES = fc.integer({ min: 1, max: 140 })

describe('laws', () => {
  it('a tree grown in two sittings has the root of the definition', () => {
    fc.assert(
      fc.property(SIZES, fc.nat(140), (size, pause) => {
        const leaves = leavesOf(size)
        const first = growFrom(sha256)
        for (const leaf of leaves.slice(0, pause)) first.append(leaf)
        const second = growFrom(sha256, first.state())
        for (const leaf of leaves.slice(pause)) second.append(leaf)
        expect(hex(second.root())).toBe(hex(rootByDefinition(leaves)))
        expect(hex(rootOf(sha256, leaves))).toBe(hex(rootByDefinition(leaves)))
      }),
    )
  })

  it('every leaf proves its place, and no other place, leaf, size or root', () => {
    fc.assert(
      fc.property(SIZES, fc.nat(), fc.nat(), (size, at, elsewhere) => {
        const leaves = leavesOf(size)
        const index = at % size
        const other = elsewhere % size
        const root = rootOf(sha256, leaves)
        const proof = inclusionProof(sha256, leaves, index)
        expect(verifyInclusion(sha256, leaves[index], index, size, proof, root)).toBe(true)
        expect(verifyInclusion(sha256, leaves[other], index, size, proof, root)).toBe(other === index)
        expect(verifyInclusion(sha256, leaves[index], index, size, proof, sha256(root))).toBe(false)
        expect(verifyInclusion(sha256, leaves[index], index, size, [...proof, root], root)).toBe(false)
        expect(verifyInclusion(sha256, leaves[index], size, size, proof, root)).toBe(false)
      }),
    )
  })

  it('a longer tree proves that it begins with a shorter one, and a changed one cannot', () => {
    fc.assert(
      fc.property(SIZES, fc.nat(), fc.nat(), (newSize, cut, changed) => {
        const leaves = leavesOf(newSize)
        const oldSize = 1 + (cut % newSize)
        const oldRoot = rootOf(sha256, leaves, 0, oldSize)
        const root = rootOf(sha256, leaves)
        const proof = consistencyProof(sha256, leaves, oldSize)
        expect(verifyConsistency(sha256, oldSize, oldRoot, newSize, root, proof)).toBe(true)

        const forged = leaves.with(changed % oldSize, sha256(root))
        const forgedProof = consistencyProof(sha256, forged, oldSize)
        const forgedRoot = rootOf(sha256, forged)
        expect(verifyConsistency(sha256, oldSize, oldRoot, newSize, forgedRoot, forgedProof)).toBe(false)
        if (proof.length > 0)
          expect(verifyConsistency(sha256, oldSize, oldRoot, newSize, root, proof.slice(1))).toBe(false)
      }),
    )
  })

  it('refuses a frontier that no tree has, and places outside the tree', () => {
    expect(() => growFrom(sha256, { size: 3, nodes: [] })).toThrow(RangeError)
    expect(() => inclusionProof(sha256, leavesOf(2), 2)).toThrow(RangeError)
    expect(() => consistencyProof(sha256, leavesOf(2), 0)).toThrow(RangeError)
    expect(sameBytes(Buffer.of(1), Buffer.of(1, 2))).toBe(false)
  })
})
