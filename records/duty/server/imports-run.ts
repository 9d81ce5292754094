import { createHash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Actor, type Scope, scopeOf } from '#platform/access/actor.ts'
import { type Permission, roleHolds } from '#platform/access/permissions.ts'
import type { Vault } from '#platform/access/vault.ts'
import { recordAudit } from '#platform/audit/record.ts'
import { type Context, jobContext } from '#platform/db/context.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { describeFileProblem, type FileProblem } from '#platform/files/problems.ts'
import { QUICK_BYTES_MAX } from '#platform/files/reading-thread.ts'
import { httpProblems, Refusal, refuse } from '#platform/http/problem.ts'
import type { JobRun } from '#platform/jobs/jobs.ts'
import type { Platform } from '#platform/platform.ts'
import { findOperation, type OperationFacts } from '#records/operations/server/reads.ts'
import { findUnitName, findUnitsBelow } from '#records/org/server/reads.ts'
import { dutyProblems } from '../contract.ts'
import { importProblems } from '../import-contract.ts'
import { type Importer, importerContext, type Matched, matchReading } from './imports-match.ts'
import { readSheet, type SheetReading } from './imports-reading.ts'
import {
  addImport,
  changeImport,
  dropExpired,
  dropFile,
  dropRows,
  findFile,
  findUnsettled,
  type ImportPlace,
  lockImport,
  replaceRows,
} from './imports-store.ts'

/** Reading a sheet, now or as a job, and keeping what was understood. Nothing here holds a transaction while it computes. */

export const READ_SHEET = 'duty.read_sheet'

export function importerOf(actor: Actor): Importer {
  return {
    user_id: actor.user_id,
    person_id: actor.person_id,
    scope: scopeOf(actor, 'duty.import'),
    planning: scopeOf(actor, 'duty.plan'),
  }
}

/** A job outlives the request: it is told where the permissions are rooted and looks up what lies below. */
const JobInput = z.object({
  import_id: z.uuid(),
  file_name: z.string(),
  answers: z.record(z.string(), z.string()),
  user_id: z.int(),
  person_id: z.int().nullable(),
  import_roots: z.array(z.int()),
  plan_roots: z.array(z.int()),
})
type JobInput = z.output<typeof JobInput>

function rootsOf(actor: Actor, permission: Permission): number[] {
  return actor.assignments.filter(({ role }) => roleHolds(role, permission)).map(({ unit_id }) => unit_id)
}

async function scopeBelow(tx: Tx, roots: readonly number[]): Promise<Scope> {
  const units = new Set<number>()
  for (const root of roots) {
    const below = await findUnitsBelow(tx, root)
    if (below.everywhere) return below
    for (const unit of below.units) units.add(unit)
  }
  return { everywhere: false, units }
}

interface Sheet {
  readonly import_id: string
  readonly file_name: string
  readonly answers: Readonly<Record<string, string>>
}

interface Ground {
  readonly operation: OperationFacts
  readonly unit: { readonly unit_id: number; readonly name: string }
}

function sealedPlace(importId: string) {
  return { table: 'duty_import_files', column: 'sealed', row: importId }
}

async function openSealed(vault: Vault, importId: string, sealed: Buffer): Promise<Uint8Array> {
  return Buffer.from(await vault.open('duty_sheet', sealedPlace(importId), sealed), 'base64')
}

function refuseFile(problem: FileProblem): Refusal {
  const facts = { ...problem.facts, reason: problem.code }
  const said = { zh: describeFileProblem(problem, 'zh'), en: describeFileProblem(problem, 'en') }
  return refuse({ ...dutyProblems.unreadable_sheet, ...said }, facts)
}

async function findGround(tx: Tx, place: ImportPlace): Promise<Ground | Refusal> {
  const operation = await findOperation(tx, place.operation_id)
  const name = await findUnitName(tx, place.unit_id)
  if (!operation || name === undefined) return refuse(httpProblems.not_found)
  return { operation, unit: { unit_id: place.unit_id, name } }
}

function taskOf(bytes: Uint8Array, { file_name, answers }: Sheet, { operation, unit }: Ground) {
  const window = { first: operation.started_on, last: operation.ended_on }
  const namespace = String(operation.operation_id)
  return { bytes, name: file_name, context: { window, unit: unit.name, answers, namespace } }
}

export interface ImportRuns {
  /** Takes a file: understood at once when it is small, by a job when it is large. Answers the import's id. */
  take(
    actor: Actor,
    context: Context,
    place: ImportPlace,
    file: { name: string; bytes: Uint8Array },
  ): Promise<string | Refusal>
  /** Understands the stored file again, with more answers. */
  readAgain(
    actor: Actor,
    context: Context,
    place: ImportPlace,
    importId: string,
    answers: Readonly<Record<string, string>>,
  ): Promise<undefined | Refusal>
  runJob(job: JobRun<unknown>): Promise<unknown>
}

export function createImportRuns(platform: Platform): ImportRuns {
  const { database, longDatabase, vault, clock, jobs } = platform

  function match(
    within: Database,
    importer: Importer,
    ground: Ground,
    sheet: Sheet,
    reading: SheetReading & { ok: true },
  ) {
    const { operation, unit } = ground
    return matchReading(
      { database: within, vault, importer, operation, unit, answers: sheet.answers, now: clock.now() },
      reading.reading,
    )
  }

  async function keepMatched(tx: Tx, unitId: number, sheet: Sheet, matched: Matched): Promise<void> {
    await replaceRows(tx, unitId, sheet.import_id, matched.rows)
    await changeImport(tx, unitId, sheet.import_id, {
      state: 'read',
      understood: JSON.stringify(matched.understood),
      answers: JSON.stringify(sheet.answers),
    })
  }

  function auditOf(action: string, place: ImportPlace, importId: string, facts: Readonly<Record<string, unknown>>) {
    return { ...place, action, subject_kind: 'import', subject_id: importId, facts }
  }

  async function askForJob(tx: Tx, actor: Actor, place: ImportPlace, sheet: Sheet): Promise<void> {
    const input: JobInput = {
      ...sheet,
      answers: { ...sheet.answers },
      user_id: actor.user_id,
      person_id: actor.person_id ?? null,
      import_roots: rootsOf(actor, 'duty.import'),
      plan_roots: rootsOf(actor, 'duty.plan'),
    }
    const job_id = await jobs.ask(tx, actor, { kind: READ_SHEET, ...place, input })
    await changeImport(tx, place.unit_id, sheet.import_id, {
      state: 'reading',
      job_id,
      answers: JSON.stringify(sheet.answers),
    })
  }

  async function take(...[actor, context, place, file]: Parameters<ImportRuns['take']>): Promise<string | Refusal> {
    await database.transact(jobContext('duty.imports'), dropExpired)
    const ground = await database.read(context, (tx) => findGround(tx, place))
    if (ground instanceof Refusal) return ground
    const sha256 = createHash('sha256').update(file.bytes).digest()
    const before = await database.read(context, (tx) => findUnsettled(tx, place, sha256, actor.user_id))
    if (before) return (await readAgain(actor, context, place, before.import_id, {})) ?? before.import_id

    const sheet: Sheet = { import_id: randomUUID(), file_name: file.name, answers: {} }
    const isQuick = file.bytes.byteLength <= QUICK_BYTES_MAX
    const reading = isQuick ? await readSheet(taskOf(file.bytes, sheet, ground)) : undefined
    if (reading && !reading.ok) return refuseFile(reading.problem)
    const matched = reading && (await match(database, importerOf(actor), ground, sheet, reading))
    const sealed = await vault.seal(
      'duty_sheet',
      sealedPlace(sheet.import_id),
      Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength).toString('base64'),
    )
    return database.transact(context, async (tx) => {
      const { import_id, file_name } = sheet
      await addImport(
        tx,
        {
          ...place,
          import_id,
          file_name,
          file_sha256: sha256,
          uploaded_by_user_id: actor.user_id,
          uploaded_at: clock.now(),
        },
        sealed,
      )
      await recordAudit(tx, auditOf('duty.import_read', place, import_id, { size_bytes: file.bytes.byteLength }))
      if (matched) await keepMatched(tx, place.unit_id, sheet, matched)
      else await askForJob(tx, actor, place, sheet)
      return import_id
    })
  }

  async function readAgain(
    ...[actor, context, place, importId, more]: Parameters<ImportRuns['readAgain']>
  ): Promise<undefined | Refusal> {
    const found = await database.read(context, async (tx) => {
      const ground = await findGround(tx, place)
      if (ground instanceof Refusal) return ground
      const standing = await lockless(tx, place, importId)
      if (standing instanceof Refusal) return standing
      const sealed = await findFile(tx, place.unit_id, importId)
      return sealed ? { ground, standing, sealed } : refuse(importProblems.import_expired)
    })
    if (found instanceof Refusal) return found
    const { ground, standing, sealed } = found
    const merged = Object.entries({ ...standing.answers, ...more }).filter(([, answer]) => answer !== '')
    const sheet: Sheet = { import_id: importId, file_name: standing.file_name, answers: Object.fromEntries(merged) }
    const audit = auditOf('duty.import_answer', place, importId, { answer_count: Object.keys(more).length })
    // Sealed base64 is a third longer than the file.
    if (sealed.byteLength > (QUICK_BYTES_MAX * 4) / 3 + 64) {
      return database.transact(context, async (tx) => {
        const still = await lockImport(tx, place, importId)
        if (still?.state !== 'read') return refuse(dutyProblems.import_settled)
        await askForJob(tx, actor, place, sheet)
        await recordAudit(tx, audit)
        return undefined
      })
    }
    const reading = await readSheet(taskOf(await openSealed(vault, importId, sealed), sheet, ground))
    if (!reading?.ok) return refuse(importProblems.import_stopped)
    const matched = await match(database, importerOf(actor), ground, sheet, reading)
    return database.transact(context, async (tx) => {
      const still = await lockImport(tx, place, importId)
      if (still?.state !== 'read') return refuse(dutyProblems.import_settled)
      await keepMatched(tx, place.unit_id, sheet, matched)
      await recordAudit(tx, audit)
      return undefined
    })
  }

  /** Ends an import whose file cannot be read, or whose reading was stopped. */
  async function drop(context: Context, place: ImportPlace, importId: string): Promise<void> {
    await longDatabase.transact(context, async (tx) => {
      const standing = await lockImport(tx, place, importId)
      if (standing?.state !== 'reading') return
      await changeImport(tx, place.unit_id, importId, { state: 'cancelled', settled_at: clock.now() })
      await dropFile(tx, place.unit_id, importId)
      await dropRows(tx, place.unit_id, importId)
    })
  }

  async function runJob({ input, unit_id, operation_id, progress }: JobRun<unknown>): Promise<unknown> {
    const asked = JobInput.parse(input)
    const place = { operation_id: operation_id ?? 0, unit_id }
    const house = jobContext('duty.imports')
    const start = await longDatabase.read(house, async (tx) => ({
      ground: await findGround(tx, place),
      sealed: await findFile(tx, unit_id, asked.import_id),
      scope: await scopeBelow(tx, asked.import_roots),
      planning: await scopeBelow(tx, asked.plan_roots),
    }))
    const { ground, sealed, scope, planning } = start
    if (ground instanceof Refusal) return ground
    if (!sealed) return refuse(importProblems.import_expired)
    const bytes = await openSealed(vault, asked.import_id, sealed)
    const importer: Importer = { user_id: asked.user_id, person_id: asked.person_id ?? undefined, scope, planning }
    const reading = await readSheet(taskOf(bytes, asked, ground), () => progress(1, 3, 'reading'))
    if (!reading?.ok) {
      await drop(house, place, asked.import_id)
      return reading ? refuseFile(reading.problem) : refuse(importProblems.import_stopped)
    }
    await progress(1, 3, 'matching')
    const matched = await match(longDatabase, importer, ground, asked, reading)
    if (!(await progress(2, 3, 'storing'))) {
      await drop(house, place, asked.import_id)
      return refuse(importProblems.import_stopped)
    }
    await longDatabase.transact(importerContext(importer), async (tx) => {
      const standing = await lockImport(tx, place, asked.import_id)
      if (standing?.state === 'reading') await keepMatched(tx, unit_id, asked, matched)
    })
    await progress(3, 3, 'storing')
    return { import_id: asked.import_id }
  }

  return { take, readAgain, runJob }
}

/** The import as far as it may still be read again. */
async function lockless(tx: Tx, place: ImportPlace, importId: string) {
  const row = await tx
    .selectFrom('duty_imports')
    .select(['state', 'file_name', 'answers'])
    .where('unit_id', '=', place.unit_id)
    .where('operation_id', '=', place.operation_id)
    .where('import_id', '=', importId)
    .executeTakeFirst()
  if (!row) return refuse(dutyProblems.unknown_import)
  if (row.state === 'reading') return refuse(importProblems.import_reading)
  if (row.state !== 'read') return refuse(dutyProblems.import_settled)
  return { file_name: row.file_name, answers: z.record(z.string(), z.string()).parse(row.answers) }
}
