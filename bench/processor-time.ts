import { readdir, readFile } from 'node:fs/promises'
import { printFigure } from './print.ts'

/**
 * Processor time by part: it tells what a request costs whatever else the machine does meanwhile. Read where Linux keeps it; nothing
 * is printed elsewhere.
 */
const TICKS_PER_SECOND = 100

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly seconds: number
}

async function statOf(pid: number | string): Promise<Stat | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return undefined
  // After the name in brackets: state is field 3, the parent field 4, user and system time fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    pid: Number(pid),
    parent: Number(fields[1]),
    seconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
  }
}

/** The processes that PostgreSQL's first one has begun, and it itself. */
export async function databaseSeconds(dataFolder: string): Promise<number | undefined> {
  const file = await readFile(`${dataFolder}/cluster/postmaster.pid`, 'utf8').catch(() => undefined)
  if (file === undefined) return undefined
  const postmaster = Number(file.split('\n')[0])
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const stats = (await Promise.all(pids.map(statOf))).filter((stat) => stat !== undefined)
  return stats
    .filter(({ pid, parent }) => pid === postmaster || parent === postmaster)
    .reduce((sum, { seconds }) => sum + seconds, 0)
}

export interface Parts {
  readonly product_pid: number | undefined
  readonly dataFolder: string
}

async function readParts({ product_pid, dataFolder }: Parts) {
  const product = (await statOf(product_pid ?? 0))?.seconds
  const database = await databaseSeconds(dataFolder)
  const { user, system } = process.cpuUsage()
  return product === undefined || database === undefined
    ? undefined
    : { product, database, generator: (user + system) / 1e6 }
}

/** Runs work and prints what each part used of a processor for each of `count` things done. */
export async function withProcessorTime<T>(
  parts: Parts,
  count: (result: T) => number,
  work: () => Promise<T>,
): Promise<T> {
  const before = await readParts(parts)
  const result = await work()
  const after = await readParts(parts)
  if (before && after) {
    for (const part of ['product', 'database', 'generator'] as const)
      printFigure(`  of a processor, ${part}`, ((after[part] - before[part]) * 1e6) / count(result), 'µs each')
  }
  return result
}
