import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { createChance } from '#apps/demo/random.ts'
import { CutDisk } from './cut-disk.ts'
import { FaultyCluster } from './faulty-cluster.ts'
import { Connection, type LoadRequest } from './http-load.ts'
import { type Bar, printBars, printFigure } from './print.ts'
import { type Node, spawnNode } from './spawn-node.ts'
import { type CitySize, FIRST_UNIT, fillCity, OPERATION, personAt, tokenOf } from './stage.ts'

/**
 * Nothing acknowledged is lost or doubled. Two nodes on one database confirm under load, a tenth of the requests are repeats
 * of earlier ones, many with the same key sent to both nodes at once, while the app, PostgreSQL or both are killed with
 * `kill -9`. Afterwards every acknowledged key is looked up. Two controls must show losses, else the test is blind.
 */
const SIZE: CitySize = { units: 2_000, people_per_unit: 4 }
const SEED = 20_200_223
const KILLS = 54
const CONTROL_KILLS = 6
const CUTS = 3
const CUT_AFTER_MS = 3_000
const WORKERS = 24
const REPEAT_SHARE = 0.1
const PATH = `/api/operations/${OPERATION}/duty-confirmations`

type Victim = 'app' | 'database' | 'both'

interface Sent {
  readonly request: LoadRequest
  readonly person_id: number
  readonly span_id: string
}

/** What was promised: the keys that were answered with 200, and what each promised to be there. */
class Ledger {
  readonly acknowledged = new Map<string, Sent>()
  readonly #sent: Sent[] = []
  #index = 0

  next(chance: () => number): Sent {
    if (this.#sent.length > 20 && chance() < REPEAT_SHARE) return this.#sent[Math.floor(chance() * this.#sent.length)]
    const unit = this.#index % SIZE.units
    const day = new Date(Date.parse('2020-01-23T00:00:00Z') + Math.floor(this.#index / SIZE.units) * 86_400_000)
    this.#index += 1
    const date = day.toISOString().slice(0, 10)
    const unit_id = FIRST_UNIT + unit
    const span_id = randomUUID()
    const person_id = personAt(SIZE, unit, 0)
    const line = {
      span_id,
      person_id,
      post_id: unit_id,
      starts_at: `${date}T08:00:00+08:00`,
      ends_at: `${date}T20:00:00+08:00`,
    }
    const body = JSON.stringify({ unit_id, duty_date: date, said_at: `${date}T20:05:00+08:00`, lines: [line] })
    const sent = { request: { path: PATH, token: tokenOf(unit_id), key: randomUUID(), body }, person_id, span_id }
    this.#sent.push(sent)
    return sent
  }
}

interface Nodes {
  current: Node[]
}

/** Keeps sending until told to stop; a broken connection is opened again, an unanswered request is sent again with its key. */
async function worker(nodes: Nodes, ledger: Ledger, chance: () => number, isRunning: () => boolean): Promise<void> {
  const connections = new Map<number, Connection>()
  const send = async (index: number, sent: Sent): Promise<void> => {
    const { port } = nodes.current[index % nodes.current.length]
    try {
      let connection = connections.get(port)
      if (!connection) {
        connection = await Connection.open(port)
        connections.set(port, connection)
      }
      const answer = await connection.send(sent.request)
      if (answer.status === 200) ledger.acknowledged.set(sent.request.key, sent)
    } catch {
      connections.get(port)?.close()
      connections.delete(port)
      await sleep(20)
    }
  }
  while (isRunning()) {
    const sent = ledger.next(chance)
    const both = chance() < 0.3
    // The same key at both nodes at once.
    if (both) await Promise.all([send(0, sent), sendAlone(nodes.current[1], sent, ledger)])
    else await send(Math.floor(chance() * 2), sent)
  }
  for (const connection of connections.values()) connection.close()
}

async function sendAlone(node: Node, sent: Sent, ledger: Ledger): Promise<void> {
  try {
    const connection = await Connection.open(node.port)
    const answer = await connection.send(sent.request)
    if (answer.status === 200) ledger.acknowledged.set(sent.request.key, sent)
    connection.close()
  } catch {
    // The node is down at the moment; the other copy of the request decides.
  }
}

async function fill(config: pg.ClientConfig): Promise<void> {
  const admin = new pg.Client(config)
  await admin.connect()
  await fillCity(admin, SIZE)
  // What the controls lose is what was said after this moment.
  await admin.query('checkpoint')
  await admin.end()
}

interface Outcome {
  /** Nodes that ended although nobody killed them. */
  readonly fallen: number
  readonly acknowledged: number
  readonly lost: number
  readonly doubled: number
}

/** Looks every acknowledged key up, and looks for spans that stand twice. */
async function lookUp(config: pg.ClientConfig, ledger: Pick<Ledger, 'acknowledged'>): Promise<Omit<Outcome, 'fallen'>> {
  const client = new pg.Client(config)
  await client.connect()
  const all = [...ledger.acknowledged.values()]
  const { rows: missing } = await client.query<{ count: number }>(
    `select count(*)::int as count
     from unnest($1::int[], $2::uuid[], $3::uuid[]) as promised (person_id, span_id, key)
     where not exists (select from duty_current c where c.person_id = promised.person_id and c.span_id = promised.span_id)
        or not exists (select from duty_entries e where e.person_id = promised.person_id and e.span_id = promised.span_id)
        or not exists (select from idempotency_keys k where k.key = promised.key)
        or not exists (select from audit_rows a where a.facts ->> 'confirmation_id' = promised.key::text)`,
    [all.map(({ person_id }) => person_id), all.map(({ span_id }) => span_id), all.map(({ request }) => request.key)],
  )
  const { rows: doubled } = await client.query<{ count: number }>(`
    select (
      (select count(*) from (select from duty_entries group by person_id, span_id having count(*) > 1) e)
      + (select count(*) from (select from duty_confirmations group by confirmation_id having count(*) > 1) c)
      + (select count(*) from (select from audit_rows where action = 'duty.confirm' group by facts ->> 'confirmation_id' having count(*) > 1) a)
    )::int as count`)
  await client.end()
  return { acknowledged: all.length, lost: missing[0].count, doubled: doubled[0].count }
}

interface Scenario {
  readonly kills: number
  readonly victims: readonly Victim[]
  readonly settings?: string
  /** The node answers before it commits: the control that must lose. */
  readonly answersEarly?: boolean
}

const hasEnded = ({ process: { exitCode, signalCode } }: Node) => exitCode !== null || signalCode !== null

async function runScenario(scenario: Scenario): Promise<Outcome> {
  const chance = createChance(SEED)
  const cluster = await FaultyCluster.create(scenario.settings)
  await fill(cluster.superuserConfig)
  const start = () => spawnNode(cluster.connections.appConfig, { answersEarly: scenario.answersEarly })
  const nodes: Nodes = { current: [await start(), await start()] }
  const ledger = new Ledger()
  let running = true
  const workers = Array.from({ length: WORKERS }, () => worker(nodes, ledger, chance.next, () => running))
  try {
    for (let kill = 0; kill < scenario.kills; kill += 1) {
      await sleep(400 + chance.below(700))
      const victim = scenario.victims[kill % scenario.victims.length]
      const which = chance.below(2)
      if (victim !== 'database') {
        nodes.current[which].process.kill('SIGKILL')
        await once(nodes.current[which].process, 'exit')
      }
      if (victim !== 'app') await cluster.killAndRestart()
      if (victim !== 'database') nodes.current = nodes.current.with(which, await start())
    }
    await sleep(800)
    running = false
    await Promise.all(workers)
    const fallen = nodes.current.filter(hasEnded).length
    return { fallen, ...(await lookUp(cluster.superuserConfig, ledger)) }
  } finally {
    running = false
    await Promise.all(nodes.current.map((node) => node.stop()))
    await cluster.remove()
  }
}

interface Cut {
  readonly acknowledged: number
  readonly lost: number
}

/**
 * The power fails under load: every process of PostgreSQL is stopped by signal, the disk beneath it is copied as it is, and a
 * PostgreSQL is started from the copy. What was acknowledged before the stop must be there.
 */
async function cutPower(settings = ''): Promise<Cut> {
  const disk = CutDisk.create()
  let copy: CutDisk | undefined
  const cluster = await FaultyCluster.create(settings, disk.home)
  const nodes: Nodes = { current: [] }
  let running = true
  try {
    await fill(cluster.superuserConfig)
    disk.sync()
    nodes.current = [await spawnNode(cluster.connections.appConfig), await spawnNode(cluster.connections.appConfig)]
    const chance = createChance(SEED)
    const ledger = new Ledger()
    const workers = Array.from({ length: WORKERS }, () => worker(nodes, ledger, chance.next, () => running))
    await sleep(CUT_AFTER_MS)
    cluster.freeze()
    const promised = new Map(ledger.acknowledged)
    // Writes that the kernel had begun for a sync come to their end; nothing new begins.
    await sleep(300)
    copy = disk.copyAfterCut()
    running = false
    await Promise.all(nodes.current.map((node) => node.stop()))
    nodes.current = []
    await Promise.race([Promise.allSettled(workers), sleep(3_000)])
    const acknowledged = promised.size
    try {
      await cluster.startFrom(copy.home)
      return { acknowledged, lost: (await lookUp(cluster.superuserConfig, { acknowledged: promised })).lost }
    } catch {
      // What the disk holds is no database any more: everything is lost.
      return { acknowledged, lost: acknowledged }
    }
  } finally {
    running = false
    await Promise.all(nodes.current.map((node) => node.stop()))
    await cluster.end()
    copy?.remove()
    disk.remove()
    await cluster.remove()
  }
}

/** The cuts with their control, or why this machine cannot show them. */
async function runCuts(): Promise<readonly Bar[]> {
  try {
    CutDisk.create().remove()
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    process.stdout.write(
      `power cut: cannot be shown on this machine (a disk in a file needs root, mkfs.ext4 and loop devices: ${why}).\n` +
        'Copying the files instead would show nothing: the page cache gives unsynced writes back, and O_DIRECT writes them out first.\n',
    )
    return []
  }
  let acknowledged = 0
  let lost = 0
  for (let cut = 0; cut < CUTS; cut += 1) {
    const outcome = await cutPower()
    acknowledged += outcome.acknowledged
    lost += outcome.lost
  }
  printFigure(`${CUTS} power cuts: acknowledged`, acknowledged, 'confirmations')
  printFigure(`${CUTS} power cuts: lost`, lost, 'confirmations')
  const control = await cutPower('fsync = off')
  printFigure('control, power cut with fsync=off: acknowledged', control.acknowledged, 'confirmations')
  printFigure('control, power cut with fsync=off: lost', control.lost, 'confirmations')
  const unit = 'confirmations'
  return [
    { name: 'lost in a power cut', reached: lost, limit: 0, unit, kind: 'most' },
    { name: 'control fsync=off shows losses in a power cut', reached: control.lost, limit: 1, unit, kind: 'least' },
  ]
}

function show(name: string, { acknowledged, lost, doubled }: Outcome): void {
  printFigure(`${name}: acknowledged`, acknowledged, 'confirmations')
  printFigure(`${name}: lost`, lost, 'confirmations')
  printFigure(`${name}: doubled`, doubled, 'confirmations')
}

async function run([part]: readonly string[] = []): Promise<boolean> {
  if (part === 'cuts') return printBars(await runCuts())
  const real = await runScenario({ kills: KILLS, victims: ['app', 'database', 'both'] })
  show(`${KILLS} kills`, real)
  const lazy = await runScenario({
    kills: CONTROL_KILLS,
    victims: ['database'],
    settings: 'synchronous_commit = off\nwal_writer_delay = 10s\nwal_writer_flush_after = 0',
  })
  show('control, synchronous_commit=off', lazy)
  const early = await runScenario({ kills: CONTROL_KILLS, victims: ['both'], answersEarly: true })
  show('control, answer before the commit', early)
  const cuts = await runCuts()
  return printBars([
    { name: 'kills survived', reached: KILLS, limit: 50, unit: 'kills', kind: 'least' },
    { name: 'acknowledged and lost', reached: real.lost, limit: 0, unit: 'confirmations', kind: 'most' },
    { name: 'counted twice', reached: real.doubled, limit: 0, unit: 'confirmations', kind: 'most' },
    { name: 'nodes that fell without being killed', reached: real.fallen, limit: 0, unit: 'nodes', kind: 'most' },
    {
      name: 'control synchronous_commit=off shows losses',
      reached: lazy.lost,
      limit: 1,
      unit: 'confirmations',
      kind: 'least',
    },
    {
      name: 'control answer before the commit shows losses',
      reached: early.lost,
      limit: 1,
      unit: 'confirmations',
      kind: 'least',
    },
    ...cuts,
  ])
}

export const bench = { about: 'kill -9 of the app, of PostgreSQL and of both under load, two nodes; power cuts', run }
