import type { z } from 'zod'
import type { Actor } from '#platform/access/actor.ts'
import { issueExport } from '#platform/audit/exports.ts'
import { zonedText } from '#platform/calendar/zone.ts'
import type { Tx } from '#platform/db/database.ts'
import { Refusal, refuse } from '#platform/http/problem.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { type exportDraft, rosterProblems } from '../roster-contract.ts'
import { type RosterDocument, rosterWorkbook } from '../roster-sheet.ts'
import type { OfDraft } from './roster-drafts.ts'
import { listColleagues } from './roster-inputs.ts'
import { findDraft, latestPublication, latestVersion } from './roster-store.ts'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

type Running = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

/** The latest version as a workbook, with its number, who took it out and when on every page. */
export async function exportRoster(
  { actor, read, transact, now }: { actor: Actor; read: Running; transact: Running; now: Date },
  which: OfDraft,
): Promise<z.input<typeof exportDraft.output> | Refusal> {
  const found = await read((tx) => readDocument(tx, which))
  if (found instanceof Refusal) return found
  const { document, time_zone } = found
  const name = `${document.unit_name}${document.name}班表_${document.from_on}.xlsx`
  const { bytes } = await issueExport(
    transact,
    rosterWorkbook(document),
    {
      kind: 'rosters.roster',
      unit_id: which.unit_id,
      operation_id: which.operation_id,
      by: actor.display_name,
      at_text: zonedText(time_zone, now).slice(0, 16).replace('T', ' '),
      purpose: '张贴班表',
      people_count: document.people.length,
      facts: { draft_id: which.draft_id },
    },
    name,
  )
  return { name, media_type: XLSX, bytes }
}

async function readDocument(
  tx: Tx,
  which: OfDraft,
): Promise<{ document: RosterDocument; time_zone: string } | Refusal> {
  const draft = await findDraft(tx, which)
  const operation = await findOperation(tx, which.operation_id)
  if (!draft || !operation) return refuse(rosterProblems.unknown_draft)
  const latest = await latestVersion(tx, which)
  if (!latest) return refuse(rosterProblems.no_version)
  const publication = await latestPublication(tx, which)
  const people = await listColleagues(
    tx,
    draft.problem.people.map(({ id }) => Number(id)),
  )
  const { name, unit_name, from_on, days } = draft
  const document = {
    name,
    unit_name,
    from_on,
    days,
    shifts: draft.needs.shifts,
    people,
    cells: latest.cells,
    is_published: publication?.version === latest.version,
  }
  return { document, time_zone: operation.time_zone }
}
