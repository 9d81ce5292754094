import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { printBars } from './print.ts'

/**
 * The first start of the demo once dependencies are there, web build included, until the page answers; also below a folder that
 * nobody else may enter and on a path of 150 characters.
 */
const SECONDS_MAX = 60
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PATH_LENGTH = 150

async function startOnce(dataFolder: string): Promise<{ seconds: number; lines: number }> {
  await rm(join(ROOT, 'dist'), { recursive: true, force: true })
  const started = performance.now()
  const child = spawn(process.execPath, ['apps/cli/main.ts', 'serve', '--demo', '--data', dataFolder, '--port', '0'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let lines = 0
  const url = await new Promise<string>((resolve, reject) => {
    const look = (line: string) => {
      lines += 1
      const found = /(http:\/\/[\d.]+:\d+)/.exec(line)
      if (found) resolve(found[1])
    }
    createInterface({ input: child.stdout }).on('line', look)
    createInterface({ input: child.stderr }).on('line', look)
    child.once('exit', (status) => reject(new Error(`serve ended with ${status}`)))
  })
  const page = await fetch(url)
  const seconds = (performance.now() - started) / 1000
  const isPage = (await page.text()).includes('<div id=')
  child.kill('SIGTERM')
  await once(child, 'exit')
  if (!page.ok || !isPage) throw new Error(`the page did not come: ${page.status}`)
  return { seconds, lines }
}

async function run(): Promise<boolean> {
  const base = await mkdtemp(join(tmpdir(), 'tongpao-start-'))
  await chmod(base, 0o711)
  try {
    const closed = join(base, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const long = join(base, 'x'.repeat(PATH_LENGTH - base.length - 1))
    const plain = await startOnce(join(base, 'plain'))
    const inClosed = await startOnce(join(closed, 'data'))
    const onLong = await startOnce(long)
    return printBars([
      {
        name: 'first start of the demo, web build included',
        reached: plain.seconds,
        limit: SECONDS_MAX,
        unit: 's',
        kind: 'most',
      },
      {
        name: 'the same below a folder with mode 0700',
        reached: inClosed.seconds,
        limit: SECONDS_MAX,
        unit: 's',
        kind: 'most',
      },
      {
        name: `the same on a path of ${PATH_LENGTH} characters`,
        reached: onLong.seconds,
        limit: SECONDS_MAX,
        unit: 's',
        kind: 'most',
      },
      { name: 'lines of progress shown', reached: plain.lines, limit: 6, unit: 'lines', kind: 'least' },
    ])
  } finally {
    await rm(base, { recursive: true, force: true })
  }
}

export const bench = { about: 'first start of the demo city', run }
