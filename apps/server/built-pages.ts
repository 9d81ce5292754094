import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Say } from '#platform/db/operator-error.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const PAGES_FOLDER = join(ROOT, 'dist')
const STAMP = join(PAGES_FOLDER, 'sources.sha256')
/** Everything that the pages may be made of; pages import contracts, vocabularies and value types besides their own files. */
const SOURCES = [
  'apps/{console,phone}/**/*',
  '{records,measures,platform}/**/*.{ts,tsx,css,svg}',
  'engines/**/*.ts',
  'tools/build-*.ts',
  'vite.*.config.ts',
  'package-lock.json',
]

async function hashOfSources(): Promise<string> {
  const paths: string[] = []
  for await (const entry of glob(SOURCES, { cwd: ROOT, withFileTypes: true, exclude: ['**/node_modules/**'] })) {
    if (entry.isFile()) paths.push(join(entry.parentPath, entry.name))
  }
  const hash = createHash('sha256')
  for (const path of paths.sort())
    hash
      .update(path.slice(ROOT.length))
      .update('\0')
      .update(await readFile(path))
  return hash.digest('hex')
}

/** Builds the pages when they are missing or older than their sources. An installation without sources keeps what it has. */
export async function ensurePages(say: Say): Promise<void> {
  const hash = await hashOfSources()
  const built = existsSync(STAMP) ? await readFile(STAMP, 'utf8') : ''
  if (built === hash) return
  say({
    zh: '正在生成页面（只在第一次启动或升级后需要）…',
    en: 'Building the pages (only at the first start and after an upgrade)…',
  })
  const child = spawn(process.execPath, ['tools/build-web.ts'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk) => output.push(chunk))
  child.stderr.on('data', (chunk) => output.push(chunk))
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`building the pages failed:\n${Buffer.concat(output).toString()}`)
  await mkdir(PAGES_FOLDER, { recursive: true })
  await writeFile(STAMP, hash)
}
