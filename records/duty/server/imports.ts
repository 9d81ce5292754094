import { issueExport } from '#platform/audit/exports.ts'
import { recordAudit } from '#platform/audit/record.ts'
import { zonedText } from '#platform/calendar/zone.ts'
import { jobContext } from '#platform/db/context.ts'
import { databaseError, type Tx } from '#platform/db/database.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { Handling, Routes } from '#platform/http/routes.ts'
import { type Repeating, repeat } from '#platform/jobs/repeat.ts'
import type { Platform } from '#platform/platform.ts'
import { findOperation } from '#records/operations/server/reads.ts'
import { findUnitName } from '#records/org/server/reads.ts'
import { dutyProblems } from '../contract.ts'
import {
  answerImportQuestions,
  cancelDutyImport,
  confirmDutyImport,
  downloadDutyTemplate,
  downloadUntakenRows,
  importProblems,
  listDutyImports,
  listImportRows,
  readDutyImport,
  uploadDutySheet,
} from '../import-contract.ts'
import { dutySheetTemplate } from '../sheet/template.ts'
import { confirmImport, confirmingContext } from './imports-confirm.ts'
import { presentHead, presentImport, presentRow, untakenWorkbook } from './imports-present.ts'
import { createImportRuns, type ImportRuns, importerOf, READ_SHEET } from './imports-run.ts'
import {
  changeImport,
  dropExpired,
  dropFile,
  dropRows,
  findImport,
  type ImportPlace,
  listImports,
  listRows,
  listUnitsOfRows,
  lockImport,
} from './imports-store.ts'

const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const UNTAKEN_MAX = 100_000
const SWEEP_EVERY_MS = 3_600_000

async function view(tx: Tx, place: ImportPlace, importId: string) {
  const row = await findImport(tx, place, importId)
  return row ? presentImport(row) : refuse(dutyProblems.unknown_import)
}

/** Drops uploads that nobody came back for, every hour on every node; doing it twice harms nobody. */
export function startImportSweep(platform: Pick<Platform, 'database'>, onError: (error: unknown) => void): Repeating {
  return repeat({
    every_ms: SWEEP_EVERY_MS,
    run: async () => {
      await platform.database.transact(jobContext('duty.imports'), dropExpired)
      return 'rest'
    },
    onError,
  })
}

export function mountImports(routes: Routes, platform: Platform): void {
  const runs = createImportRuns(platform)
  platform.jobs.register({ kind: READ_SHEET, run: (job) => runs.runJob(job) })
  mountReading(routes, runs)
  mountSettling(routes, platform, runs)
  mountReads(routes, platform)
}

function mountReading(routes: Routes, runs: ImportRuns): void {
  routes.bind(uploadDutySheet, async ({ input, actor, context, read }) => {
    const importId = await runs.take(actor, context, input.params, { name: input.query.file_name, bytes: input.body })
    return importId instanceof Refusal ? importId : read((tx) => view(tx, input.params, importId))
  })
  routes.bind(answerImportQuestions, async ({ input, actor, context, read }) => {
    const { import_id } = input.params
    const refusal = await runs.readAgain(actor, context, input.params, import_id, input.body.answers)
    return refusal ?? read((tx) => view(tx, input.params, import_id))
  })
}

function mountSettling(routes: Routes, platform: Platform, runs: ImportRuns): void {
  routes.bind(confirmDutyImport, async (handling) => {
    const { input, actor, context } = handling
    const answer = await tryConfirming(handling, platform)
    // The page reads the import again and shows what has become of it.
    if (answer instanceof Refusal && answer.problem === importProblems.import_changed)
      await runs.readAgain(actor, context, input.params, input.params.import_id, {})
    return answer
  })
  routes.bind(cancelDutyImport, ({ input, actor, transact }) =>
    transact(async (tx) => {
      const { import_id, unit_id, operation_id } = input.params
      const standing = await lockImport(tx, input.params, import_id)
      if (!standing) return refuse(dutyProblems.unknown_import)
      if (standing.state !== 'read' && standing.state !== 'reading') return refuse(dutyProblems.import_settled)
      const settled_at = platform.clock.now()
      await changeImport(tx, unit_id, import_id, { state: 'cancelled', settled_by_user_id: actor.user_id, settled_at })
      await dropFile(tx, unit_id, import_id)
      await dropRows(tx, unit_id, import_id)
      const about = { subject_kind: 'import', subject_id: import_id, unit_id, operation_id }
      await recordAudit(tx, { ...about, action: 'duty.import_cancel' })
      return view(tx, input.params, import_id)
    }),
  )
}

type Confirmation = Handling<typeof confirmDutyImport.input>

async function tryConfirming({ input, actor, context, read, transact }: Confirmation, platform: Platform) {
  const { operation_id, unit_id, import_id } = input.params
  const importer = importerOf(actor)
  const ground = await read(async (tx) => ({
    operation: await findOperation(tx, operation_id),
    units: await listUnitsOfRows(tx, unit_id, import_id),
  }))
  const { operation } = ground
  if (!operation) return refuse(httpProblems.not_found)
  const confirming = { importer, operation, unit_id, import_id, now: platform.clock.now(), expected: input.body }
  try {
    return await transact(
      (tx) => confirmImport(tx, confirming),
      confirmingContext(context, importer, [unit_id, ...ground.units]),
    )
  } catch (error) {
    // Somebody recorded the same person at the same time between our look and our write.
    if (['23P01', '23505', '40P01'].includes(databaseError(error)?.code ?? ''))
      return refuse(importProblems.import_changed)
    throw error
  }
}

function mountReads(routes: Routes, { clock }: Platform): void {
  routes.bind(listDutyImports, ({ input, read }) =>
    read(async (tx) => {
      const { after, limit } = input.query
      const rows = await listImports(tx, input.params, after, limit)
      const shown = rows.slice(0, limit)
      return { imports: shown.map(presentHead), next: rows.length > limit ? (shown.at(-1)?.import_id ?? null) : null }
    }),
  )
  routes.bind(readDutyImport, ({ input, read }) => read((tx) => view(tx, input.params, input.params.import_id)))
  routes.bind(listImportRows, ({ input, read }) =>
    read(async (tx) => {
      if (!(await findImport(tx, input.params, input.params.import_id))) return refuse(dutyProblems.unknown_import)
      const { kind, after, limit } = input.query
      const rows = await listRows(tx, input.params, [kind], after ?? 0, limit + 1)
      const shown = rows.slice(0, limit)
      return { rows: shown.map(presentRow), next: rows.length > limit ? String(shown.at(-1)?.row_no) : null }
    }),
  )
  routes.bind(downloadUntakenRows, async ({ input, actor, read, transact }) => {
    const found = await read(async (tx) => {
      const standing = await findImport(tx, input.params, input.params.import_id)
      if (!standing) return refuse(dutyProblems.unknown_import)
      return { standing, rows: await listRows(tx, input.params, ['refused', 'waiting'], 0, UNTAKEN_MAX) }
    })
    if (found instanceof Refusal) return found
    const layout = untakenWorkbook(found.standing, found.rows.map(presentRow), actor.language)
    const name = `${found.standing.file_name.replace(/\.\w{1,5}$/, '')}-未导入.xlsx`
    const { operation_id, unit_id } = input.params
    const issued = await issueExport(
      transact,
      layout,
      {
        kind: 'duty.untaken_rows',
        unit_id,
        operation_id,
        by: actor.display_name,
        at_text: zonedText('Asia/Shanghai', clock.now()).slice(0, 16).replace('T', ' '),
        purpose: '补正未导入的行',
        facts: { rows: found.rows.length },
      },
      name,
    )
    return { name, media_type: WORKBOOK, bytes: issued.bytes }
  })
  routes.bind(downloadDutyTemplate, async ({ input, read }) => {
    const unit = await read((tx) => findUnitName(tx, input.params.unit_id))
    if (unit === undefined) return refuse(httpProblems.not_found)
    return { name: `${unit}值守登记表.xlsx`, media_type: WORKBOOK, bytes: dutySheetTemplate(unit) }
  })
}
