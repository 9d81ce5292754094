import type { z } from 'zod'
import { recordAudit } from '#platform/audit/record.ts'
import type { Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import { type createUnit, orgProblems, type renameUnit, UnitKind, type UnitView } from '../contract.ts'
import {
  countChildren,
  findUnit,
  insertHistory,
  insertUnit,
  isBelow,
  nameTaken,
  relinkSubtree,
  type UnitRow,
} from './store.ts'

interface DatedChange {
  readonly from_on: string
  readonly reason: string
}

export async function presentUnits(tx: Tx, rows: readonly UnitRow[]): Promise<UnitView[]> {
  const children = await countChildren(
    tx,
    rows.map(({ unit_id }) => unit_id),
  )
  return rows.map((row) => ({
    ...row,
    kind: UnitKind.parse(row.kind),
    child_count: children.get(row.unit_id) ?? 0,
    people_count: null,
  }))
}

async function presentUnit(tx: Tx, unitId: number): Promise<UnitView> {
  const row = await findUnit(tx, unitId)
  if (!row) throw new Error(`unit ${unitId} vanished within its own transaction`)
  const [view] = await presentUnits(tx, [row])
  return view
}

/** A unit that may be changed here: open, and not an administrative division. */
async function changeableUnit(tx: Tx, unitId: number): Promise<UnitRow | Refusal> {
  const unit = await findUnit(tx, unitId)
  if (!unit) return refuse(httpProblems.not_found)
  if (unit.division_code) return refuse(orgProblems.division)
  if (unit.closed_on) return refuse(orgProblems.closed, { closed_on: unit.closed_on })
  return unit
}

export async function addUnit(tx: Tx, body: z.output<typeof createUnit.input.body>): Promise<UnitView | Refusal> {
  const parent = await findUnit(tx, body.parent_id)
  if (!parent) return refuse(httpProblems.not_found)
  if (parent.closed_on) return refuse(orgProblems.closed, { closed_on: parent.closed_on })
  if (await nameTaken(tx, body.parent_id, body.name)) return refuse(orgProblems.name_taken, { name: body.name })
  const unitId = await insertUnit(tx, body)
  const unit = await findUnit(tx, unitId)
  if (unit) await insertHistory(tx, unit, { from_on: body.opened_on, reason: '设立' })
  await recordAudit(tx, { action: 'org.create', subject_kind: 'unit', subject_id: unitId, unit_id: unitId })
  return presentUnit(tx, unitId)
}

export async function renameUnitFrom(
  tx: Tx,
  unitId: number,
  body: z.output<typeof renameUnit.input.body>,
): Promise<UnitView | Refusal> {
  const unit = await changeableUnit(tx, unitId)
  if (unit instanceof Refusal) return unit
  if (await nameTaken(tx, unit.parent_id, body.name, unitId)) return refuse(orgProblems.name_taken, { name: body.name })
  await tx.updateTable('units').set({ name: body.name }).where('unit_id', '=', unitId).execute()
  await insertHistory(tx, { ...unit, name: body.name }, body)
  await recordAudit(tx, { action: 'org.rename', subject_kind: 'unit', subject_id: unitId, unit_id: unitId })
  return presentUnit(tx, unitId)
}

export async function moveUnitFrom(
  tx: Tx,
  unitId: number,
  body: DatedChange & { readonly parent_id: number },
): Promise<UnitView | Refusal> {
  const unit = await changeableUnit(tx, unitId)
  if (unit instanceof Refusal) return unit
  const parent = await findUnit(tx, body.parent_id)
  if (!parent) return refuse(httpProblems.not_found)
  if (parent.closed_on) return refuse(orgProblems.closed, { closed_on: parent.closed_on })
  if (await isBelow(tx, body.parent_id, unitId)) return refuse(orgProblems.cycle)
  if (await nameTaken(tx, body.parent_id, unit.name, unitId)) return refuse(orgProblems.name_taken, { name: unit.name })
  await tx.updateTable('units').set({ parent_id: body.parent_id }).where('unit_id', '=', unitId).execute()
  await relinkSubtree(tx, unitId, body.parent_id)
  await insertHistory(tx, { ...unit, parent_id: body.parent_id }, body)
  await recordAudit(tx, {
    action: 'org.move',
    subject_kind: 'unit',
    subject_id: unitId,
    unit_id: unitId,
    facts: { from_unit_id: unit.parent_id, to_unit_id: body.parent_id },
  })
  return presentUnit(tx, unitId)
}

export async function closeUnitFrom(tx: Tx, unitId: number, body: DatedChange): Promise<UnitView | Refusal> {
  const unit = await changeableUnit(tx, unitId)
  if (unit instanceof Refusal) return unit
  const count = (await countChildren(tx, [unitId])).get(unitId) ?? 0
  if (count > 0) return refuse(orgProblems.has_children, { count })
  await tx.updateTable('units').set({ closed_on: body.from_on }).where('unit_id', '=', unitId).execute()
  await insertHistory(tx, unit, body)
  await recordAudit(tx, { action: 'org.close', subject_kind: 'unit', subject_id: unitId, unit_id: unitId })
  return presentUnit(tx, unitId)
}
