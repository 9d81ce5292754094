import { parentPort, workerData } from 'node:worker_threads'
import type { Unreadable } from '#platform/files/reading-thread.ts'
import { readWorkbook } from '#platform/files/workbook.ts'
import { understandEvents } from '../sheet/understand-events.ts'
import type { EventSheetTask, ReadEvents } from './event-sheet-reading.ts'

/** Runs in a thread of its own: opens one file, understands it, says so, ends. */
function read({ bytes, name, context }: EventSheetTask): ReadEvents | Unreadable {
  const opened = readWorkbook({ bytes, name })
  if (!opened.ok) return { ok: false, problem: opened.problem }
  return { ok: true, reading: understandEvents(opened.workbook, context) }
}

parentPort?.postMessage(read(workerData))
