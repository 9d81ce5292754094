import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { embeddedConnections } from '#platform/db/connections.ts'
import { findBinaries } from '#platform/db/embedded/binaries.ts'
import { asSuperuser } from '#platform/db/embedded/cluster.ts'
import { superuserConfig } from '#platform/db/embedded/postmaster.ts'
import { DATABASE_NAME, ensureRolesAndDatabase } from '#platform/db/embedded/roles.ts'
import { migrate } from '#platform/db/migrate.ts'
import { prepareJobs } from '#platform/jobs/queue.ts'

/** A PostgreSQL that the benchmark itself starts, kills with all its processes, and starts again. Not watched by anybody. */
const NOBODY = 65_534
const STARTS_MAX = 200

export class FaultyCluster {
  readonly folder: string
  /** Where the data folder lies; another disk for the power cut. */
  #home: string
  readonly #binaries = findBinaries()
  #process: ChildProcess | undefined

  private constructor(folder: string) {
    this.folder = folder
    this.#home = folder
  }

  static async create(settings = '', home?: string): Promise<FaultyCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'tongpao-faults-'))
    chmodSync(folder, 0o711)
    const cluster = new FaultyCluster(folder)
    cluster.#home = home ?? folder
    const data = join(cluster.#home, 'cluster')
    const socket = join(folder, 's')
    for (const path of [data, socket]) {
      mkdirSync(path, { mode: 0o700 })
      if (cluster.#account) chownSync(path, NOBODY, NOBODY)
    }
    const environment = { LC_ALL: 'C.UTF-8' }
    execFileSync(
      cluster.#binaries.initdb,
      ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-instructions'],
      { ...cluster.#account, cwd: data, env: environment, stdio: 'ignore' },
    )
    appendFileSync(
      join(data, 'postgresql.conf'),
      `\nlisten_addresses = ''\nunix_socket_directories = '${socket}'\nmax_connections = 100\nshared_buffers = 512MB\nrestart_after_crash = off\nlog_min_messages = fatal\n${settings}\n`,
    )
    await cluster.#start()
    await asSuperuser(socket, 'postgres', ensureRolesAndDatabase)
    await migrate(cluster.connections.ownerConfig)
    await prepareJobs(cluster.connections.ownerConfig)
    return cluster
  }

  get connections() {
    return embeddedConnections(join(this.folder, 's'))
  }

  get superuserConfig(): pg.ClientConfig {
    return superuserConfig(join(this.folder, 's'), DATABASE_NAME)
  }

  get #account(): { uid: number; gid: number } | undefined {
    return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined
  }

  /** Kills the server and every process of it at the same moment, and starts it again as soon as it can be. */
  async killAndRestart(): Promise<void> {
    await this.#kill()
    await this.#start()
  }

  /** Stops every process of the server where it stands, in the midst of whatever it does. */
  freeze(): void {
    const main = this.#process?.pid
    if (!main) throw new Error('the server does not run')
    // The main process first, so that it starts no further one; each backend leads a session of its own.
    process.kill(main, 'SIGSTOP')
    for (const pid of childrenOf(main)) process.kill(pid, 'SIGSTOP')
  }

  /** Ends the frozen server for good and starts one from what another disk holds. */
  async startFrom(home: string): Promise<void> {
    const main = this.#process?.pid
    const all = main ? [main, ...childrenOf(main)] : []
    for (const pid of all) process.kill(pid, 'SIGKILL')
    await sleep(200)
    this.#home = home
    rmSync(join(home, 'cluster', 'postmaster.pid'), { force: true })
    await this.#start()
  }

  /** Ends every process at once, frozen ones too. */
  async end(): Promise<void> {
    const main = this.#process?.pid
    const children = main && this.#process?.exitCode === null ? childrenOf(main) : []
    await this.#kill()
    for (const pid of children) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // Gone already, with its main process.
      }
    }
    await sleep(200)
  }

  async remove(): Promise<void> {
    await this.#kill()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #kill(): Promise<void> {
    const child = this.#process
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    // The server leads a process group of its own; the minus sign means all of it.
    process.kill(-child.pid, 'SIGKILL')
    await ended
  }

  async #start(): Promise<void> {
    for (let tries = 0; tries < STARTS_MAX; tries += 1) {
      const child = spawn(this.#binaries.postgres, ['-D', join(this.#home, 'cluster')], {
        ...this.#account,
        cwd: this.folder,
        env: { LC_ALL: 'C.UTF-8' },
        stdio: 'ignore',
        detached: true,
      })
      this.#process = child
      if (await this.#isReady(child)) return
    }
    throw new Error('the database did not start again')
  }

  /** False when the server ended again, as it does while the killed one's memory is still being given back. */
  async #isReady(child: ChildProcess): Promise<boolean> {
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) {
        await sleep(50)
        return false
      }
      const client = new pg.Client({
        ...superuserConfig(join(this.folder, 's'), 'postgres'),
        connectionTimeoutMillis: 1000,
      })
      try {
        await client.connect()
        await client.end()
        return true
      } catch {
        await client.end().catch(() => undefined)
        await sleep(25)
      }
    }
  }
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
}
