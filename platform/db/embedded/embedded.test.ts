import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { isAlive } from './folder-lock.ts'
import { processesIn } from './orphan.ts'

const HOST = fileURLToPath(new URL('./testing-host.ts', import.meta.url))
// Real disks, fsync on, several starts each: slow where the machine is busy.
vi.setConfig({ testTimeout: 180_000 })

const IS_ROOT = process.getuid?.() === 0

interface Host {
  child: ChildProcess
  pid: number
  kind: string
  postgres_pid: number
  ownerConfig: pg.ClientConfig
  appConfig: pg.ClientConfig
  said: () => string
}

let folder: string
const started: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tongpao-embedded-'))
  if (IS_ROOT) chmodSync(folder, 0o711)
})

afterEach(async () => {
  for (const child of started.splice(0)) await stop(child)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

/** Starts a process that opens `dataFolder`; resolves when its database answers, or with what it said when it gave up. */
async function start(dataFolder: string, whenInUse = 'refuse'): Promise<Host> {
  const child = spawn(process.execPath, [HOST, dataFolder, whenInUse], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += String(chunk)
  })
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk)))
    child.once('close', () => reject(new Error(said)))
  })
  return { child, pid: child.pid ?? 0, said: () => said, ...JSON.parse(line) }
}

async function query<Row extends pg.QueryResultRow>(config: pg.ClientConfig, sql: string): Promise<Row[]> {
  const client = new pg.Client(config)
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function until(what: () => boolean, limit_ms = 20_000): Promise<void> {
  const end = performance.now() + limit_ms
  while (!what() && performance.now() < end) await sleep(20)
  expect(what()).toBe(true)
}

function clusterOf(dataFolder: string): string {
  const { cluster_folder } = JSON.parse(readFileSync(path.join(dataFolder, 'layout.json'), 'utf8'))
  return path.resolve(dataFolder, cluster_folder)
}

describe('the embedded database', () => {
  it('is durable, local, knows Chinese, and has two roles without special power', async () => {
    const host = await start(path.join(folder, 'settings'))
    const settings = await query(
      host.ownerConfig,
      `select name, setting from pg_settings where name in
         ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'jit', 'server_encoding', 'max_connections')`,
    )
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      listen_addresses: '',
      jit: 'off',
      server_encoding: 'UTF8',
      max_connections: '60',
    })
    await query(host.ownerConfig, 'create extension pg_trgm')
    expect(await query(host.appConfig, `select similarity('集中隔离点', '隔离点') > 0.1 as found`)).toEqual([
      { found: true },
    ])
    const roles = await query(
      host.ownerConfig,
      `select rolname from pg_roles where rolname like 'tongpao%' and not rolsuper and not rolbypassrls and not rolcreaterole`,
    )
    expect(roles.map(({ rolname }) => rolname).sort()).toEqual(['tongpao_app', 'tongpao_owner'])
    await expect(query(host.appConfig, 'create table pears (pear_id int)')).rejects.toThrow(/permission denied/)
    if (IS_ROOT) expect(statSync(clusterOf(path.join(folder, 'settings'))).uid).toBe(65534)
  })

  it('refuses a second process on the same folder, naming process and folder, and lets a command join', async () => {
    const dataFolder = path.join(folder, 'double')
    const [first, second] = await Promise.allSettled([start(dataFolder), start(dataFolder)])
    const winner = first.status === 'fulfilled' ? first.value : second.status === 'fulfilled' ? second.value : undefined
    const loser = first.status === 'rejected' ? first.reason : second.status === 'rejected' ? second.reason : undefined
    expect(winner).toBeDefined()
    expect(String(loser)).toContain(`进程 ${winner?.pid}`)
    expect(String(loser)).toContain(`is in use by another Tongpao: process ${winner?.pid}`)
    expect(String(loser)).toContain(dataFolder)

    const guest = await start(dataFolder, 'join')
    expect(guest.kind).toBe('joined')
    expect(await query(guest.appConfig, 'select current_user as role')).toEqual([{ role: 'tongpao_app' }])
    await stop(guest.child)
    expect(isAlive(winner?.postgres_pid ?? 0)).toBe(true)
  })

  it('keeps what was committed through kill -9 of PostgreSQL, of Tongpao, and of both', async () => {
    const dataFolder = path.join(folder, 'killed')
    let host = await start(dataFolder)
    await query(host.ownerConfig, 'create table kept (what text)')

    await query(host.ownerConfig, `insert into kept values ('before PostgreSQL was killed')`)
    process.kill(host.postgres_pid, 'SIGKILL')
    await until(() => host.said().includes('ended unexpectedly'))
    await until(() => existsSync(path.join(dataFolder, 'run', '.s.PGSQL.5432')))
    await untilAnswers(host)
    await query(host.ownerConfig, `insert into kept values ('before Tongpao was killed')`)

    await stop(host.child, 'SIGKILL')
    await until(() => processesIn(clusterOf(dataFolder)).length === 0)
    host = await start(dataFolder)
    await query(host.ownerConfig, `insert into kept values ('before both were killed')`)

    process.kill(host.postgres_pid, 'SIGKILL')
    await stop(host.child, 'SIGKILL')
    host = await start(dataFolder)
    expect(await query(host.ownerConfig, 'select what from kept order by what')).toEqual([
      { what: 'before PostgreSQL was killed' },
      { what: 'before Tongpao was killed' },
      { what: 'before both were killed' },
    ])
  })

  it('ends a PostgreSQL that outlived its Tongpao, and starts', async () => {
    const dataFolder = path.join(folder, 'orphan')
    const killed = await start(dataFolder)
    // Stopped, PostgreSQL cannot follow the watcher's request to end, so it is still there at the next start.
    process.kill(killed.postgres_pid, 'SIGSTOP')
    await stop(killed.child, 'SIGKILL')
    await sleep(200)
    expect(isAlive(killed.postgres_pid)).toBe(true)
    const next = await start(dataFolder)
    expect(next.said()).toContain(`Database process ${killed.postgres_pid}, left by a run that was killed`)
    expect(processesIn(clusterOf(dataFolder))).not.toContain(killed.postgres_pid)
    expect(await query(next.appConfig, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('starts when the number in postmaster.pid now belongs to another program', async () => {
    const dataFolder = path.join(folder, 'reused')
    await stop((await start(dataFolder)).child)
    const pidFile = path.join(clusterOf(dataFolder), 'postmaster.pid')
    writeFileSync(pidFile, `${process.pid}\n${clusterOf(dataFolder)}\n1\n5432\n\n\n`)
    const next = await start(dataFolder)
    expect(await query(next.appConfig, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('ends with a Tongpao that is asked to end, leaving no process', async () => {
    const dataFolder = path.join(folder, 'ended')
    const host = await start(dataFolder)
    await stop(host.child)
    expect(host.child.exitCode).toBe(0)
    expect(processesIn(clusterOf(dataFolder))).toEqual([])
    expect(existsSync(path.join(clusterOf(dataFolder), 'postmaster.pid'))).toBe(false)
  })

  it('starts twice from a path of 150 characters, with its socket elsewhere', async () => {
    const dataFolder = path.join(folder, 'long'.padEnd(150 - folder.length - 6, 'g'), 'data')
    expect(dataFolder.length).toBe(150)
    const first = await start(dataFolder)
    expect(first.said()).toMatch(/socket is kept in .* would pass 10[37] bytes/)
    await stop(first.child)
    const second = await start(dataFolder)
    expect(second.ownerConfig.host).toBe(first.ownerConfig.host)
    await stop(second.child)
    await rm(String(first.ownerConfig.host), { recursive: true })
  })

  it('refuses a folder that holds half a database', async () => {
    const dataFolder = path.join(folder, 'half')
    await stop((await start(dataFolder)).child)
    await rm(path.join(clusterOf(dataFolder), 'PG_VERSION'))
    await expect(start(dataFolder)).rejects.toThrow(/is not a whole database/)
  })
})

describe.runIf(IS_ROOT)('as root, below a folder that lets nobody through', () => {
  it('keeps the database elsewhere, says why, and finds it again; a copied folder is refused', async () => {
    const closed = path.join(folder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const dataFolder = path.join(closed, 'data')
    const first = await start(dataFolder)
    const cluster = clusterOf(dataFolder)
    try {
      expect(first.said()).toMatch(/kept in .*PostgreSQL does not run as root, and user 65534 cannot enter/)
      expect(cluster.startsWith(folder)).toBe(false)
      await query(first.ownerConfig, `create table kept as select 'still here' as what`)
      await stop(first.child)
      const second = await start(dataFolder)
      expect(await query(second.ownerConfig, 'select what from kept')).toEqual([{ what: 'still here' }])
      expect(clusterOf(dataFolder)).toBe(cluster)
      await stop(second.child)
      cpSync(dataFolder, path.join(closed, 'copy'), {
        recursive: true,
        filter: (file) => !file.endsWith('.s.PGSQL.5432'),
      })
      await expect(start(path.join(closed, 'copy'))).rejects.toThrow(/is a copy of/)
    } finally {
      await stop(first.child)
      await rm(path.dirname(cluster), { recursive: true })
      await rm(`${path.dirname(cluster)}-run`, { recursive: true })
    }
  })
})

async function untilAnswers(host: Host): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const answered = await query(host.appConfig, 'select 1').then(
      () => true,
      () => false,
    )
    if (answered) return
    await sleep(20)
  }
  throw new Error(`the database did not come back:\n${host.said()}`)
}
