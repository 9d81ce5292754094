import { type Frontier, type FrontierState, growFrom } from '#engines/seal/frontier.ts'
import { sameBytes } from '#engines/seal/hashing.ts'
import { sha256 } from './canonical.ts'
import { add, FINDINGS_MAX, type Finding, type FindingList } from './findings.ts'
import { type Head, headHash, NO_HEAD } from './heads.ts'
import type { CheckedLeaf } from './sealed-stream.ts'

/**
 * The leaves of one head. Where leaf and row differ, two trees are grown, one from the leaves as stored and one from the
 * rows: the one that gives the head's root tells whether the row or the leaf was altered.
 */
export class Stretch {
  fits = true
  private rowsAreTrue = false
  private readonly from: number
  private readonly stored: Frontier
  private derived: Frontier | undefined
  private complete = true
  private before: CheckedLeaf | undefined
  private readonly deviating: CheckedLeaf[] = []
  private readonly moved: CheckedLeaf[] = []
  private readonly findings: FindingList

  constructor(from: FrontierState, findings: FindingList) {
    this.from = from.size
    this.stored = growFrom(sha256, from)
    this.findings = findings
  }

  take(leaf: CheckedLeaf): void {
    if (leaf.leaf_index > this.stored.size) this.fillGap(leaf.leaf_index)
    if (leaf.derived === undefined || !sameBytes(leaf.derived, leaf.stored)) {
      if (this.deviating.length < FINDINGS_MAX) this.deviating.push(leaf)
      this.derived ??= growFrom(sha256, this.stored.state())
    }
    this.derived?.append(leaf.derived ?? leaf.stored)
    this.stored.append(leaf.stored)
    if (this.before && isAfter(this.before, leaf) && this.moved.length < FINDINGS_MAX) this.moved.push(leaf)
    this.before = leaf
  }

  /** `whole`: everything before this stretch was sound, so that its root can be compared. */
  close(head: Head, previousHead: Buffer, following: Head | undefined, whole: boolean): void {
    if (this.stored.size < head.tree_size) this.fillGap(head.tree_size)
    const storedFits = sameBytes(this.stored.root(), head.root_hash)
    const derivedFits = this.derived !== undefined && sameBytes(this.derived.root(), head.root_hash)
    this.fits = storedFits || derivedFits
    this.rowsAreTrue = derivedFits && !storedFits
    for (const leaf of this.deviating) {
      add(this.findings, this.rowsAreTrue ? leafFinding('leaf_altered', leaf) : rowFinding(leaf))
    }
    const intact = headHash(head).equals(head.head)
    if (!intact) add(this.findings, { kind: 'head_altered', tree_size: head.tree_size })
    else if (!head.previous_head.equals(previousHead)) {
      add(this.findings, { kind: 'head_removed', tree_size: head.tree_size })
    }
    if (!this.fits && this.complete && whole && intact) this.nameMisfit(head, following)
  }

  /** The tree as it must have been, for the stretch that follows. */
  state(): FrontierState {
    return (this.derived && this.rowsAreTrue ? this.derived : this.stored).state()
  }

  private fillGap(to: number): void {
    add(this.findings, { kind: 'leaves_removed', from: this.stored.size, to: to - 1 })
    this.complete = false
    while (this.stored.size < to) {
      this.derived?.append(NO_HEAD)
      this.stored.append(NO_HEAD)
    }
  }

  /** The head agrees with itself but not with its leaves: either it was forged, or they were moved or replaced. */
  private nameMisfit(head: Head, following: Head | undefined): void {
    if (following && !following.previous_head.equals(head.head)) {
      add(this.findings, { kind: 'head_altered', tree_size: head.tree_size })
    } else if (this.moved.length > 0) {
      for (const leaf of this.moved) add(this.findings, leafFinding('leaf_moved', leaf))
    } else {
      add(this.findings, { kind: 'leaves_do_not_fit_head', from: this.from, tree_size: head.tree_size })
    }
  }
}

function leafFinding(kind: 'leaf_altered' | 'leaf_moved', { audit_id, leaf_index }: CheckedLeaf): Finding {
  return { kind, audit_id, leaf_index }
}

function rowFinding({ audit_id, leaf_index, derived, action }: CheckedLeaf): Finding {
  if (derived === undefined) return { kind: 'row_removed', audit_id, leaf_index }
  return { kind: 'row_changed', audit_id, leaf_index, action: action ?? '' }
}

/** Leaves of one head stand in the order of (recorded_in, audit_id). */
function isAfter(one: CheckedLeaf, other: CheckedLeaf): boolean {
  if (one.recorded_in === undefined || other.recorded_in === undefined) return false
  if (one.recorded_in === other.recorded_in) return one.audit_id > other.audit_id
  return one.recorded_in > other.recorded_in
}
