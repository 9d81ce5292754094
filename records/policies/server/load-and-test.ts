import { createHash } from 'node:crypto'
import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import { loadPacks } from '#engines/policy/load.ts'
import type { Mistake, Stack } from '#engines/policy/pack.ts'
import { type PackTestResult, testPack } from '#engines/policy/test-pack.ts'
import type { PackFile } from './packs-store.ts'

export interface LoadOrder {
  readonly files: readonly PackFile[]
  /** The folder whose examples are run. */
  readonly test?: string
}

export interface Loaded {
  readonly mistakes: readonly Mistake[]
  /** By pack; empty when there are mistakes. */
  readonly stacks: ReadonlyMap<string, Stack>
  readonly tested: PackTestResult | null
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Reads packs and runs the examples of one of them. */
export function loadAndTest({ files, test }: LoadOrder): Loaded {
  const loaded = loadPacks(files, sha256)
  if (!loaded.ok) return { mistakes: loaded.mistakes, stacks: new Map(), tested: null }
  return { mistakes: [], stacks: loaded.stacks, tested: test === undefined ? null : testIn(loaded.stacks, files, test) }
}

function testIn(stacks: ReadonlyMap<string, Stack>, files: readonly PackFile[], folder: string): PackTestResult | null {
  const own = [...stacks.values()].find(({ layers }) => layers.at(-1)?.place.file.startsWith(`${folder}/`))
  const cases = files.filter(({ path }) => path.startsWith(`${folder}/cases/`))
  return own ? testPack(own, cases, fatigueOf) : null
}
