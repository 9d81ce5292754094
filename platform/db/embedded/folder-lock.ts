import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'

/** Who holds a data folder, for the message to the one who comes second and for those who join. */
export interface Holder {
  pid: number
  host: string
  command: string
  since: string
  /** Where the database listens, once it does. */
  socket_folder?: string
}

export interface FolderLock {
  /** Tells those who want to join where the database listens. */
  announce(socketFolder: string | undefined): void
  release(): void
}

/**
 * Takes a data folder for this process alone; answers the present holder when somebody else has it.
 *
 * Node has no `flock`, and a file with a process number is stale after `kill -9` and races when two start at once. SQLite,
 * which is part of Node, locks its file through the kernel: the lock is exclusive at once and ends with the process, however
 * that ends. Nothing is ever stored in that file. (The file must not be opened by other means in this process: closing
 * any descriptor of it would drop the lock.)
 */
export async function lockFolder(
  dataFolder: string,
  command: string,
): Promise<{ lock: FolderLock } | { holder: Holder }> {
  const database = new DatabaseSync(path.join(dataFolder, 'lock'), { timeout: 0 })
  try {
    database.exec('pragma journal_mode = memory; pragma locking_mode = exclusive; begin exclusive')
  } catch (error) {
    database.close()
    if (!(error instanceof Error) || !/locked|busy/.test(error.message)) throw error
    return { holder: await readHolder(dataFolder) }
  }
  const file = holderFile(dataFolder)
  const holder: Holder = { pid: process.pid, host: hostname(), command, since: new Date().toISOString() }
  writeFileSync(file, JSON.stringify(holder), { mode: 0o600 })
  return {
    lock: {
      announce(socketFolder) {
        writeFileSync(file, JSON.stringify({ ...holder, socket_folder: socketFolder }), { mode: 0o600 })
      },
      release() {
        rmSync(file, { force: true })
        database.close()
      },
    },
  }
}

function holderFile(dataFolder: string): string {
  return path.join(dataFolder, 'lock.json')
}

/** The holder writes its name just after it has the lock, so a reader that came in between looks again. */
async function readHolder(dataFolder: string): Promise<Holder> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const holder = parseHolder(dataFolder)
    if (holder && (holder.host !== hostname() || isAlive(holder.pid))) return holder
    await sleep(50)
  }
  return { pid: 0, host: hostname(), command: '?', since: '?' }
}

export function parseHolder(dataFolder: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(holderFile(dataFolder), 'utf8'))
    if (typeof value !== 'object' || value === null) return undefined
    if (!('pid' in value && typeof value.pid === 'number')) return undefined
    if (!('host' in value && typeof value.host === 'string')) return undefined
    const textOf = (key: string) => {
      const found: unknown = Reflect.get(value, key)
      return typeof found === 'string' ? found : undefined
    }
    return {
      pid: value.pid,
      host: value.host,
      command: textOf('command') ?? '?',
      since: textOf('since') ?? '?',
      socket_folder: textOf('socket_folder'),
    }
  } catch {
    return undefined
  }
}

/** Whether a process of that number exists, also when it is another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
