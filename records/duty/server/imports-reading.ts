import { readInThread, type Unreadable } from '#platform/files/reading-thread.ts'
import type { DutySheetReading, SheetContext } from '../sheet/shapes.ts'

export interface SheetTask {
  readonly bytes: Uint8Array
  readonly name: string
  readonly context: Omit<SheetContext, 'isOnlyPersonOf'>
}

export interface ReadSheet {
  readonly ok: true
  readonly reading: DutySheetReading
}

export type SheetReading = ReadSheet | Unreadable

/** Reads a duty sheet in a thread of its own; `undefined` when it was told to stop. */
export function readSheet(task: SheetTask, goesOn?: () => Promise<boolean>): Promise<SheetReading | undefined> {
  return readInThread<ReadSheet>(new URL('./imports-worker.ts', import.meta.url), task, goesOn)
}
