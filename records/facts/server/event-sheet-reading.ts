import { readInThread, type Unreadable } from '#platform/files/reading-thread.ts'
import type { EventSheetContext, EventSheetReading } from '../sheet/shapes.ts'

export interface EventSheetTask {
  readonly bytes: Uint8Array
  readonly name: string
  readonly context: EventSheetContext
}

export interface ReadEvents {
  readonly ok: true
  readonly reading: EventSheetReading
}

/** Reads a sheet of events in a thread of its own. */
export async function readEventSheet(task: EventSheetTask): Promise<ReadEvents | Unreadable> {
  const read = await readInThread<ReadEvents>(new URL('./event-sheet-worker.ts', import.meta.url), task)
  if (!read) throw new Error('reading ended without being told to')
  return read
}
