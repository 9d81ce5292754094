import { readFile } from 'node:fs/promises'
import { fillDemoCity } from '#apps/demo/fill.ts'
import type { Settings } from '#apps/settings.ts'
import { startRestLooks } from '#measures/rosters/server/look-again.ts'
import { readOidcSettings } from '#platform/access/oidc-settings.ts'
import { readOutsideSettings } from '#platform/access/outside-settings.ts'
import { loadRootKey } from '#platform/access/vault.ts'
import { startSealing } from '#platform/audit/sealing.ts'
import { connect, type Database } from '#platform/db/database.ts'
import { migrate } from '#platform/db/migrate.ts'
import { type OpenDatabase, openDatabase } from '#platform/db/open-database.ts'
import type { Say } from '#platform/db/operator-error.ts'
import { listen } from '#platform/http/server.ts'
import { prepareJobs } from '#platform/jobs/queue.ts'
import { startWorking } from '#platform/jobs/work.ts'
import { startImportSweep } from '#records/duty/server/imports.ts'
import { startRetentionLooks } from '#records/retention/server/look.ts'
import { ensurePages, PAGES_FOLDER } from './built-pages.ts'
import { compose, type House } from './compose.ts'
import { readInstallation } from './installation.ts'
import { plantCity } from './plant-city.ts'

/** Requests in the house at the same time; beyond that they are told to come back. */
const IN_FLIGHT_MAX = 400

export interface Running {
  readonly url: string
  readonly house: House
  /** Lets requests and jobs that run come to their end, then stops the database. */
  stop(): Promise<void>
}

interface Opened {
  readonly opened: OpenDatabase
  readonly database: Database
  readonly longDatabase: Database
}

async function openHouseDatabase(
  settings: Settings,
  command: string,
  say: Say,
  beside: 'alone' | 'beside' = 'alone',
): Promise<Opened> {
  const opened = await openDatabase({
    ...settings,
    command,
    ...(beside === 'alone' ? { whenInUse: 'refuse' } : { whenInUse: 'join', mustExist: true }),
    say,
    onLost: (error) => {
      say({ zh: `内置数据库已停止：${error.message}`, en: `The embedded database stopped: ${error.message}` })
      process.exitCode = 1
      process.kill(process.pid, 'SIGTERM')
    },
  })
  say(opened.describe)
  try {
    await migrate(opened.ownerConfig, { say })
    await prepareJobs(opened.ownerConfig)
  } catch (error) {
    await opened.close()
    throw error
  }
  return {
    opened,
    database: connect(opened.appConfig, { connections_max: 16 }),
    longDatabase: connect(opened.appConfig, { connections_max: 6, long: true }),
  }
}

async function tlsOf({ tls }: Settings): Promise<{ cert: string; key: string } | undefined> {
  return tls && { cert: await readFile(tls.certFile, 'utf8'), key: await readFile(tls.keyFile, 'utf8') }
}

async function composeHouse(settings: Settings, { database, longDatabase }: Opened): Promise<House> {
  const installation = await readInstallation(database)
  const https = await tlsOf(settings)
  const oidc = readOidcSettings(process.env)
  const outside = readOutsideSettings(process.env)
  return compose({
    database,
    longDatabase,
    rootKey: await loadRootKey(settings.dataFolder),
    clock: installation.clock,
    demo: installation.demo,
    pagesFolder: PAGES_FOLDER,
    ...(oidc ? { oidc } : {}),
    ...(outside ? { outside } : {}),
    http: {
      logger: { level: settings.logLevel },
      inFlightMax: IN_FLIGHT_MAX,
      ...(https ? { https } : {}),
      ...(settings.trustedProxies.length > 0 ? { trustedProxy: settings.trustedProxies.join(',') } : {}),
    },
  })
}

function warnOfPlainHttp({ host, tls, trustedProxies }: Settings, say: Say): void {
  if (tls || trustedProxies.length > 0 || ['127.0.0.1', '::1', 'localhost'].includes(host)) return
  say({
    zh: '注意：没有 HTTPS，手机的离线功能不可用（浏览器要求）。请设置 TONGPAO_TLS_CERT 和 TONGPAO_TLS_KEY。',
    en: 'Note: without HTTPS browsers switch the phone’s offline mode off. Set TONGPAO_TLS_CERT and TONGPAO_TLS_KEY.',
  })
}

/** Starts everything: database, migrations, demo city if asked, pages, API, and the jobs of this node. */
export async function serve(settings: Settings, say: Say): Promise<Running> {
  const databases = await openHouseDatabase(settings, 'serve', say)
  const { opened, database, longDatabase } = databases
  try {
    // Two cores: the pages are built beside the database's first work.
    const pages = ensurePages(say)
    const filling = { database: longDatabase, rootKey: await loadRootKey(settings.dataFolder), say }
    await Promise.all([pages, settings.demo ? fillDemoCity(filling) : plantCity(filling)])
    const house = await composeHouse(settings, databases)
    const port = await listen(house.app, settings)
    const onJobError = (error: unknown) => house.app.log.error({ err: error }, 'job')
    const working = await startWorking(longDatabase, house.jobs, { onError: onJobError })
    const sealing = startSealing(database, { onError: onJobError })
    const resting = startRestLooks(longDatabase, house.platform.clock, { onError: onJobError })
    const retaining = startRetentionLooks(longDatabase, house.platform.clock, { onError: onJobError })
    const sweeping = startImportSweep({ database }, onJobError)
    warnOfPlainHttp(settings, say)
    const shownHost = settings.host.includes(':') ? `[${settings.host}]` : settings.host
    return {
      url: `${settings.tls ? 'https' : 'http'}://${shownHost}:${port}`,
      house,
      async stop() {
        await house.app.close()
        await working.stop()
        await sealing.stop()
        await resting.stop()
        await retaining.stop()
        await sweeping.stop()
        await house.jobs.close()
        await database.close()
        await longDatabase.close()
        await opened.close()
      },
    }
  } catch (error) {
    await database.close()
    await longDatabase.close()
    await opened.close()
    throw error
  }
}

export interface Node {
  readonly house: House
  readonly longDatabase: Database
  stop(): Promise<void>
}

/** A node that runs jobs and serves no pages. `beside`: also where a server of this machine already holds the embedded database. */
export async function work(
  settings: Settings,
  say: Say,
  { command = 'work', beside = 'alone' }: { command?: string; beside?: 'alone' | 'beside' } = {},
): Promise<Node> {
  const databases = await openHouseDatabase(settings, command, say, beside)
  const { opened, database, longDatabase } = databases
  const house = await composeHouse(settings, databases)
  const working = await startWorking(longDatabase, house.jobs)
  const sealing = startSealing(database)
  return {
    house,
    longDatabase,
    async stop() {
      await working.stop()
      await sealing.stop()
      await house.jobs.close()
      await database.close()
      await longDatabase.close()
      await opened.close()
    },
  }
}
