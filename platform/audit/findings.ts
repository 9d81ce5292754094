import { z } from 'zod'

/** What is wrong with the audit. Leaves are counted from 0; a head covers the leaves before its `tree_size`. */
export const Finding = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('row_changed'), audit_id: z.int(), leaf_index: z.int(), action: z.string() }),
  z.object({ kind: z.literal('row_removed'), audit_id: z.int(), leaf_index: z.int() }),
  z.object({ kind: z.literal('row_slipped_in'), audit_id: z.int() }),
  z.object({ kind: z.literal('leaf_altered'), audit_id: z.int(), leaf_index: z.int() }),
  z.object({ kind: z.literal('leaf_moved'), audit_id: z.int(), leaf_index: z.int() }),
  z.object({ kind: z.literal('leaves_removed'), from: z.int(), to: z.int() }),
  z.object({ kind: z.literal('leaves_added'), from: z.int() }),
  z.object({ kind: z.literal('leaves_do_not_fit_head'), from: z.int(), tree_size: z.int() }),
  z.object({ kind: z.literal('head_altered'), tree_size: z.int() }),
  z.object({ kind: z.literal('head_removed'), tree_size: z.int() }),
  z.object({ kind: z.literal('tail_removed'), expected_tree_size: z.int(), tree_size: z.int() }),
  z.object({ kind: z.literal('chain_rewritten'), tree_size: z.int() }),
])
export type Finding = z.output<typeof Finding>

export const Verification = z.object({
  ok: z.boolean(),
  leaf_count: z.int(),
  head_count: z.int(),
  last_head: z.object({ tree_size: z.int(), head: z.string(), sealed_at: z.string() }).nullable(),
  /** In the order in which they were met; the first is the earliest deviation. */
  findings: z.array(Finding),
  /** There were more findings than are listed. */
  more: z.boolean(),
  unsealed: z.object({ count: z.int(), oldest_at: z.string().nullable() }),
  exported_head: z.enum(['not_given', 'matches', 'differs']),
})
export type Verification = z.output<typeof Verification>

export const FINDINGS_MAX = 100

export interface FindingList {
  readonly list: Finding[]
  more: boolean
}

export function add(findings: FindingList, finding: Finding): void {
  if (findings.list.length < FINDINGS_MAX) findings.list.push(finding)
  else findings.more = true
}

/** One finding in words, for the command line. */
export function describeFinding(finding: Finding): { zh: string; en: string } {
  switch (finding.kind) {
    case 'row_changed':
      return {
        zh: `第 ${finding.audit_id} 号审计记录（${finding.action}）在封存后被改动`,
        en: `audit row ${finding.audit_id} (${finding.action}) was changed after it was sealed`,
      }
    case 'row_removed':
      return {
        zh: `第 ${finding.audit_id} 号审计记录在封存后被删除`,
        en: `audit row ${finding.audit_id} was removed after it was sealed`,
      }
    case 'row_slipped_in':
      return {
        zh: `第 ${finding.audit_id} 号审计记录是封存之后插到已封存范围里的`,
        en: `audit row ${finding.audit_id} was slipped in behind what was already sealed`,
      }
    case 'leaf_altered':
      return {
        zh: `第 ${finding.leaf_index} 号叶（审计记录 ${finding.audit_id}）的散列值被改动`,
        en: `the hash of leaf ${finding.leaf_index} (audit row ${finding.audit_id}) was altered`,
      }
    case 'leaf_moved':
      return {
        zh: `第 ${finding.leaf_index} 号叶（审计记录 ${finding.audit_id}）不在原来的位置`,
        en: `leaf ${finding.leaf_index} (audit row ${finding.audit_id}) is not in its place`,
      }
    case 'leaves_removed':
      return {
        zh: `第 ${finding.from} 至 ${finding.to} 号叶被删除`,
        en: `leaves ${finding.from} to ${finding.to} were removed`,
      }
    case 'leaves_added':
      return {
        zh: `从第 ${finding.from} 号叶起没有任何封存凭证覆盖`,
        en: `no head covers the leaves from ${finding.from} on`,
      }
    case 'leaves_do_not_fit_head':
      return {
        zh: `第 ${finding.from} 至 ${finding.tree_size - 1} 号叶与封存凭证（${finding.tree_size} 叶）不符`,
        en: `leaves ${finding.from} to ${finding.tree_size - 1} do not fit the head over ${finding.tree_size} leaves`,
      }
    case 'head_altered':
      return {
        zh: `覆盖 ${finding.tree_size} 叶的封存凭证被改动`,
        en: `the head over ${finding.tree_size} leaves was altered`,
      }
    case 'head_removed':
      return {
        zh: `覆盖 ${finding.tree_size} 叶的封存凭证之前（或该凭证本身）有封存凭证被删除`,
        en: `a head at or just before ${finding.tree_size} leaves was removed`,
      }
    case 'tail_removed':
      return {
        zh: `审计尾部被截去：应至少封存 ${finding.expected_tree_size} 叶，现只有 ${finding.tree_size} 叶`,
        en: `the end was cut off: at least ${finding.expected_tree_size} leaves were sealed, ${finding.tree_size} are there`,
      }
    case 'chain_rewritten':
      return {
        zh: `整条封存链被重写：覆盖 ${finding.tree_size} 叶的封存凭证与留存的不同`,
        en: `the chain was rewritten: the head over ${finding.tree_size} leaves differs from the one that was kept`,
      }
  }
}
