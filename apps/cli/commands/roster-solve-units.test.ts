import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeTestHospital } from '#apps/server/testing-hospital.ts'
import { jobContext } from '#platform/db/context.ts'
import { connect } from '#platform/db/database.ts'
import { testDatabase } from '#platform/db/testing.ts'

/** Rosters of all units from the command line, in the name of an account that may ask for them. */

const { adminConfig, appConfig } = await testDatabase()
const folder = await mkdtemp(path.join(tmpdir(), 'tongpao-solve-units-'))
const database = connect(appConfig, { connections_max: 2 })
afterAll(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

const HOSPITAL = '虚构医院'
const people = ['甲', '乙', '丙', '丁'].map((name, at) => ({ person_id: 11 + at, name }))

beforeAll(async () => {
  const operation_id = await writeTestHospital(database, {
    units: [
      { unit_id: 1, kind: 'city', name: '虚构市', division_code: '3306' },
      { unit_id: 2, kind: 'hospital', name: HOSPITAL, division_code: null },
    ],
    people,
    operation: { name: '疫情防控（虚构）' },
    post: { name: '发热门诊' },
    days: [],
    password: 'nobody-would-guess',
    accounts: [
      { login: 'command', name: '市指挥部', role: 'command', unit_id: 1, person_id: null },
      { login: 'head', name: '甲', role: 'unit_manager', unit_id: 2, person_id: 11 },
    ],
  })
  await database.transact(jobContext('test'), async (tx) => {
    const { post_id } = await tx.selectFrom('posts').select('post_id').executeTakeFirstOrThrow()
    const shift = {
      code: 'A',
      name: '白班',
      post_id,
      start_minute: 480,
      minutes: 480,
      minimum: 0,
      skill: null,
      skilled: 0,
    }
    const limits = {
      rest_minutes: 660,
      run_days_max: 6,
      night_run_max: 2,
      days_off_after_nights: 1,
      nights_max: null,
      week_minutes_max: null,
      couples_apart: true,
    }
    const needs = {
      person_ids: people.map(({ person_id }) => person_id),
      shifts: [{ ...shift, on_working_days: 1, on_rest_days: 5 }],
      limits,
    }
    await tx
      .insertInto('rosters')
      .values({ unit_id: 2, operation_id, name: '门诊', needs: JSON.stringify(needs), changed_by_user_id: 1 })
      .execute()
  })
})

function urlOf({ user, password, host, port, database: name }: pg.ClientConfig): string {
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : ''
  const account = `${encodeURIComponent(user ?? '')}${secret}`
  if (!host?.startsWith('/')) return `postgresql://${account}@${host}:${port ?? 5432}/${name}`
  return `postgresql://${account}@localhost:${port ?? 5432}/${name}?host=${encodeURIComponent(host)}`
}

async function solveUnits(...args: string[]): Promise<{ status: unknown; output: string; errors: string }> {
  const child = spawn('node_modules/.bin/node', ['apps/cli/main.ts', 'roster', 'solve-units', ...args], {
    env: { ...process.env, DATABASE_URL: urlOf(adminConfig), TONGPAO_DATA: folder, TONGPAO_LANG: 'zh' },
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (text) => {
    output += text
  })
  child.stderr.on('data', (text) => {
    errors += text
  })
  const [status] = await once(child, 'close')
  return { status, output, errors }
}

/** The house's clock is the world's here, so the period begins in a week of today. */
const nextWeek = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)
const here = ['--operation', '1', '--from', nextWeek, '--days', '7']

describe('tongpao roster solve-units', () => {
  it('is for an account that may ask, and names what is wrong with the words', async () => {
    expect(await solveUnits(...here)).toMatchObject({ status: 2, errors: expect.stringContaining('缺少 --as') })
    expect(await solveUnits(...here, '--as', 'nobody')).toMatchObject({
      status: 2,
      errors: expect.stringContaining('没有账号“nobody”'),
    })
    expect(await solveUnits(...here, '--as', 'head')).toMatchObject({
      status: 1,
      errors: expect.stringContaining('账号“head”无权在这里统一排班'),
    })
    const wrongDay = await solveUnits('--operation', '1', '--from', '2020-02-30', '--as', 'command')
    expect(wrongDay).toMatchObject({ status: 2, errors: expect.stringContaining('2020-02-30 不是日期') })
  }, 90_000)

  it('leaves a draft in each unit and tells who is short of people, with exit status 1', async () => {
    const made = await solveUnits(...here, '--as', 'command', '--json')
    expect(made).toMatchObject({ status: 1, errors: expect.stringContaining('1 / 1 份') })
    const { ask, parts } = JSON.parse(made.output)
    expect(ask).toMatchObject({ parts_count: 1, drafts_count: 1, unmet_count: 1, asked_by: '市指挥部' })
    expect(parts).toMatchObject([{ unit_name: HOSPITAL, roster_name: '门诊', state: 'solved', unmet_count: 2 }])
    expect(parts[0].unmet[0]).toMatchObject({ shifts: ['白班'], needed: 5, hard: false })
    expect(parts[0].unmet[0].actual).toBeLessThan(5)
    const audited = await database.read(jobContext('test'), (tx) =>
      tx
        .selectFrom('audit_rows')
        .select(['principal', 'user_id'])
        .where('action', '=', 'rosters.ask')
        .executeTakeFirstOrThrow(),
    )
    expect(audited.principal).toBe('command line')
    expect(audited.user_id).not.toBeNull()
  }, 90_000)
})
