import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, expect, it } from 'vitest'
import { testDatabase } from '#platform/db/testing.ts'

const { adminConfig } = await testDatabase()
const intruder = new pg.Client(adminConfig)
await intruder.connect()
const folder = await mkdtemp(path.join(tmpdir(), 'tongpao-audit-'))
afterAll(async () => {
  await intruder.end()
  await rm(folder, { recursive: true, force: true })
})

function urlOf({ user, password, host, port, database }: pg.ClientConfig): string {
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : ''
  const account = `${encodeURIComponent(user ?? '')}${secret}`
  if (!host?.startsWith('/')) return `postgresql://${account}@${host}:${port ?? 5432}/${database}`
  return `postgresql://${account}@localhost:${port ?? 5432}/${database}?host=${encodeURIComponent(host)}`
}

async function tongpao(...args: string[]): Promise<{ status: unknown; output: string; errors: string }> {
  const child = spawn('node_modules/.bin/node', ['apps/cli/main.ts', ...args], {
    env: { ...process.env, DATABASE_URL: urlOf(adminConfig), TONGPAO_LANG: 'en' },
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

it('the audit is sealed, its head kept in a file, and what was altered since is named with exit status 1', async () => {
  const head = path.join(folder, 'head.json')
  expect(await tongpao('audit', 'head', '--out', head)).toMatchObject({ status: 1 })
  await intruder.query(
    `insert into audit_rows (principal, action, subject_kind, subject_id) select 'user:1', 'duty.confirm', 'unit', n from generate_series(1, 20) n`,
  )
  let written = await tongpao('audit', 'head', '--out', head)
  // Transactions of other test files on the same server may hold sealing back for a moment.
  for (let wait = 0; wait < 20 && written.status !== 0; wait++) written = await tongpao('audit', 'head', '--out', head)
  expect(written.status).toBe(0)
  expect(JSON.parse(await readFile(head, 'utf8'))).toMatchObject({ format: 'tongpao audit head 1', tree_size: 20 })

  const sound = await tongpao('audit', 'verify', '--head', head, '--json')
  expect(sound.status).toBe(0)
  expect(JSON.parse(sound.output)).toMatchObject({ ok: true, exported_head: 'matches', leaf_count: 20 })

  await intruder.query('set session_replication_role = replica')
  await intruder.query(`update audit_rows set subject_id = 'other' where audit_id = 7`)
  const altered = await tongpao('audit', 'verify', '--head', head)
  expect(altered.status).toBe(1)
  expect(altered.output).toContain('audit row 7 (duty.confirm) was changed after it was sealed')
})

it('a file that is no head and an unknown option are wrong use', async () => {
  const wrong = path.join(folder, 'wrong.json')
  await writeFile(wrong, '{"format": "something else"}')
  expect(await tongpao('audit', 'verify', '--head', wrong)).toMatchObject({ status: 2, output: '' })
  expect((await tongpao('audit', 'verify', '--head', path.join(folder, 'missing.json'))).errors).toContain('ENOENT')
  expect(await tongpao('audit', 'verify', '--everything')).toMatchObject({ status: 2 })
})
