import { parentPort, workerData } from 'node:worker_threads'
import { readWorkbook } from '#platform/files/workbook.ts'
import { understandDutySheet } from '../sheet/understand.ts'
import type { SheetReading, SheetTask } from './imports-reading.ts'

/** Runs in a thread of its own: opens one file, understands it, says so, ends. */
function read({ bytes, name, context }: SheetTask): SheetReading {
  const opened = readWorkbook({ bytes, name })
  if (!opened.ok) return { ok: false, problem: opened.problem }
  return { ok: true, reading: understandDutySheet(opened.workbook, context) }
}

parentPort?.postMessage(read(workerData))
