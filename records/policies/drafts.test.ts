import { beforeAll, describe, expect, it } from 'vitest'
import { becomeShaoxing, OPERATION, openTestHouse, PEOPLE, POSTS, UNITS } from '#apps/server/testing-house.ts'
import { Refusal } from '#platform/http/problem.ts'
import { writeSpan } from '#records/duty/testing-spans.ts'
import { publishPack, putInForce } from './server/packs.ts'
import { setFigure } from './set-figure.ts'
import { shippedFiles } from './testing-packs.ts'

const { ask, account, look, clock, database } = await openTestHouse('2020-02-24T08:00:00+08:00', { working: true })

const COUNTY = `
pack:
  id: jia-2020
  version: "1"
  title: { zh: 甲县标准, en: rates of county A }
  level: county
  area: "330603"
  extends: shaoxing-2020
  published: 2020-02-05
sources:
  jia-1:
    title: 甲县文件
    issued_by: [甲县财政局]
    published: 2020-02-05
    grade: A
sets:
  # 由县里定
  meal-allowance-rate:
    values:
      - { from: 2020-01-23, value: 40 yuan, source: jia-1 } # 原标准
`

const COUNTY_FILES = [{ path: 'pack.yaml', text: COUNTY.trimStart() }]
const sessions: Record<string, string> = {}
let countyHash = ''

beforeAll(async () => {
  sessions.author = await account('author', 'hr_clerk', UNITS.county)
  sessions.second = await account('second', 'finance_clerk', UNITS.county)
  sessions.third = await account('third', 'organisation_clerk', UNITS.county)
  sessions.other = await account('other', 'hr_clerk', UNITS.otherCounty)
  sessions.city = await account('city', 'command', UNITS.city)
  sessions.unit = await account('unit', 'unit_manager', UNITS.hospital)
  await look(async (tx) => {
    await becomeShaoxing(tx)
    const layers = [
      [shippedFiles('national-2020'), UNITS.city],
      [shippedFiles('zhejiang-2020'), UNITS.city],
      [shippedFiles('shaoxing-2020'), UNITS.city],
      [COUNTY_FILES, UNITS.county],
    ] as const
    for (const [files, area_unit_id] of layers) {
      const pack = await publishPack(tx, files, clock.now())
      if (pack instanceof Refusal) throw new Error(JSON.stringify(pack.facts))
      countyHash = pack.hash
      const put = await putInForce(
        tx,
        OPERATION,
        { area_unit_id, pack_hash: pack.hash, known_from: '2020-01-20T00:00:00+08:00' },
        clock.now(),
      )
      if (put instanceof Refusal) throw new Error(JSON.stringify(put.facts))
    }
    for (const [person_id, unit_id, post_id] of [
      [PEOPLE.nurse, UNITS.hospital, POSTS.ward],
      [PEOPLE.doctor, UNITS.hospital, POSTS.ward],
      [PEOPLE.guard, UNITS.checkpoint, POSTS.gate],
      [PEOPLE.officer, UNITS.station, POSTS.patrol],
    ] as const) {
      for (const day of ['2020-02-03', '2020-02-20']) {
        const hours = { starts_at: `${day}T08:00:00+08:00`, ends_at: `${day}T18:00:00+08:00` }
        await writeSpan(tx, { person_id, operation_id: OPERATION, unit_id, post_id, ...hours })
      }
    }
  })
})

const drafts = `/api/operations/${OPERATION}/drafts`

async function beginFromForce(session = sessions.author): Promise<number> {
  const begun = await ask(session, 'POST', drafts, {
    body: {
      area_unit_id: UNITS.county,
      title: '调整伙食补助',
      begin: { with: 'published', pack_hash: countyHash },
    },
  })
  expect(begun.status).toBe(200)
  return begun.body.draft_id
}

function changed(value: string, from_on: string, known_on: string | null = '2020-02-24') {
  const files = setFigure(COUNTY_FILES, {
    parameter: 'meal-allowance-rate',
    value,
    from_on,
    known_on,
    document: { kind: 'known', code: 'jia-1', published: '2020-02-05' },
  })
  if (!files) throw new Error('no change')
  return files
}

async function saveChanged(draft: number, files: readonly object[], session = sessions.author, expected = 1) {
  return ask(session, 'POST', `/api/drafts/${draft}/revisions`, {
    body: { expected_revision: expected, files, note: '50元' },
  })
}

async function jobDone(session: string | undefined, jobId: string) {
  for (let tries = 0; tries < 200; tries++) {
    const { body } = await ask(session, 'GET', `/api/jobs/${jobId}`)
    if (['done', 'failed', 'cancelled'].includes(body.state)) return body
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the job does not end')
}

describe('a draft', () => {
  it('is found by nobody outside its place, and not begun there', async () => {
    const draft = await beginFromForce()
    expect((await ask(sessions.other, 'GET', `/api/drafts/${draft}`)).body.code).toBe('policies.no_draft')
    expect((await ask(sessions.other, 'GET', drafts)).body.drafts).toEqual([])
    const begun = await ask(sessions.other, 'POST', drafts, {
      body: { area_unit_id: UNITS.county, title: '越界', begin: { with: 'template' } },
    })
    expect(begun.body.code).toBe('http.not_found')
    const offered = (await ask(sessions.author, 'GET', `/api/operations/${OPERATION}/packs`)).body.layers
    for (const layer of offered) expect(layer.may_draft).toBe(layer.area_unit_id === UNITS.county)
    expect((await ask(sessions.unit, 'GET', `/api/drafts/${draft}`)).body.code).toBe('http.not_permitted')
  })

  it('begun from the template stands below the packs in force at its place, reads without a mistake and its examples hold', async () => {
    const begun = await ask(sessions.author, 'POST', drafts, {
      body: { area_unit_id: UNITS.county, title: '空白起草', begin: { with: 'template' } },
    })
    const { files } = (await ask(sessions.author, 'GET', `/api/drafts/${begun.body.draft_id}`)).body
    expect(files.map(({ path }: { path: string }) => path)).toEqual(['cases/examples.yaml', 'pack.yaml'])
    expect(files[1].text).toMatch(/level: county[\s\S]*area: "330603"[\s\S]*extends: shaoxing-2020/)
    const { body } = await ask(sessions.author, 'POST', `/api/operations/${OPERATION}/draft-checks`, {
      body: { area_unit_id: UNITS.county, files },
    })
    expect(body.mistakes).toEqual([])
    expect(body.cases).toMatchObject({ count: 5, misses: [] })
  })

  it('that two people save at once keeps the first and tells the second who that was', async () => {
    const draft = await beginFromForce()
    const [one, two] = await Promise.all([
      saveChanged(draft, changed('50 yuan', '2020-02-24')),
      saveChanged(draft, changed('60 yuan', '2020-02-24'), sessions.second),
    ])
    const [lost] = [one, two].filter(({ status }) => status !== 200)
    expect([one.status, two.status].sort()).toEqual([200, 409])
    expect(lost?.body.code).toBe('policies.draft_changed')
    expect(lost?.body.title.zh).toMatch(/(author|second) 在 2020-02-24 08:00 已保存第 2 稿/)
    expect((await ask(sessions.author, 'GET', `/api/drafts/${draft}`)).body.revisions.length).toBe(2)
  })

  it('can be closed and is then read only', async () => {
    const draft = await beginFromForce()
    expect(
      (await ask(sessions.author, 'POST', `/api/drafts/${draft}/closings`, { body: { reason: '不改了' } })).status,
    ).toBe(200)
    expect((await saveChanged(draft, changed('50 yuan', '2020-02-24'))).body.code).toBe('policies.draft_settled')
  })
})

describe('a text on the screen', () => {
  const check = (files: readonly object[]) =>
    ask(sessions.author, 'POST', `/api/operations/${OPERATION}/draft-checks`, {
      body: { area_unit_id: UNITS.county, files },
    })

  it('is checked with file, line, column, what is wrong and what would be right', async () => {
    const text = COUNTY.trimStart().replace('40 yuan', '40.005 yuan')
    const { body } = await check([{ path: 'pack.yaml', text }])
    expect(body.mistakes[0]).toMatchObject({ file: 'pack.yaml', line: 19 })
    expect(body.mistakes[0].wrong.zh).not.toBe('')
    expect(body.mistakes[0].right.zh).not.toBe('')
    expect(body.pack).toBeNull()
  })

  it('that is no YAML, or a bomb of anchors or brackets, is answered with a mistake', async () => {
    const broken = await check([{ path: 'pack.yaml', text: 'pack: {' }])
    expect(broken.body.mistakes[0].code).toBe('source.not_yaml')
    const anchors = Array.from({ length: 12 }, (_, index) => `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]`)
    const bomb = await check([{ path: 'pack.yaml', text: ['a: &a-1 [x, x]', ...anchors].join('\n') }])
    expect(bomb.status).toBe(200)
    expect(bomb.body.mistakes.length).toBeGreaterThan(0)
    const deep = await check([{ path: 'pack.yaml', text: '['.repeat(50_000) }])
    expect(deep.body.mistakes[0].right.zh).not.toBe('')
  })

  it('of ten megabytes is refused, and a large one does not hold up others while it is read', async () => {
    const huge = await check([{ path: 'pack.yaml', text: 'x'.repeat(10_000_000) }])
    expect(huge.body.code).toBe('http.too_large')
    const rows = Array.from(
      { length: 9_000 },
      (_, index) => `  figure-${index}: { title: { zh: 数, en: n }, unit: yuan }`,
    )
    const large = check([{ path: 'pack.yaml', text: `${COUNTY.trimStart()}parameters:\n${rows.join('\n')}\n` }])
    let longest = 0
    let last = performance.now()
    const watch = setInterval(() => {
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
    }, 5)
    const { body } = await large
    clearInterval(watch)
    expect(body.mistakes.length).toBeGreaterThan(0)
    console.log(`longest pause of the event loop: ${Math.round(longest)} ms`)
    expect(longest).toBeLessThan(250)
  })

  it('is run on people in scope and on a made-up one, beside what is in force', async () => {
    const { body } = await ask(sessions.author, 'POST', `/api/operations/${OPERATION}/draft-samples`, {
      body: {
        area_unit_id: UNITS.county,
        files: changed('50 yuan', '2020-02-10'),
        // The officer belongs to the other county: out of scope, and not named.
        people: [PEOPLE.nurse, PEOPLE.officer],
        made_up: {
          employment: 'medical',
          established: 'yes',
          party: 'none',
          post_kind: 'isolation_ward',
          exposure: 'direct',
          unit_kind: 'hospital',
          from_on: '2020-02-10',
          to_on: '2020-02-12',
          starts_at_min: 480,
          lasts_min: 600,
        },
      },
    })
    expect(body.people.map(({ name }: { name: string }) => name)).toEqual(['护士丙', ''])
    const [nurse, madeUp] = body.people.map((person: { results: { entitlement: string }[] }) =>
      person.results.find(({ entitlement }) => entitlement === 'meal-allowance'),
    )
    expect(nurse).toMatchObject({ before: { amount_fen: 8_000 }, after: { amount_fen: 9_000 }, difference_fen: 1_000 })
    expect(madeUp).toMatchObject({ before: { amount_fen: 12_000 }, after: { amount_fen: 15_000 } })
    expect(madeUp.reasons.some(({ zh }: { zh: string }) => zh.includes('50'))).toBe(true)
  })
})

describe('signing and publishing', () => {
  it('needs two people who had no hand in it; a revision after that needs them again', async () => {
    const draft = await beginFromForce()
    const put = (revision: number) =>
      ask(sessions.author, 'POST', `/api/drafts/${draft}/requests`, { body: { revision } })
    const sign = (session: string | undefined, body: object) =>
      ask(session, 'POST', `/api/drafts/${draft}/signatures`, { body })
    const publish = (revision: number, known_from: string | null = null) =>
      ask(sessions.author, 'POST', `/api/drafts/${draft}/publications`, { body: { revision, known_from } })

    expect((await put(1)).body.code).toBe('policies.nothing_changed')
    const misspelt = changed('50 yuan', '2020-02-10').map(({ path, text }) => ({
      path,
      text: text.replace('meal-allowance-rate', 'meal-alowance-rate'),
    }))
    expect((await saveChanged(draft, misspelt)).status).toBe(200)
    const refused = await put(2)
    expect(refused.body.code).toBe('policies.mistakes')
    expect(refused.body.facts.mistakes[0]).toMatchObject({ file: 'pack.yaml' })
    expect((await saveChanged(draft, changed('50 yuan', '2020-02-10'), sessions.author, 2)).status).toBe(200)
    expect((await sign(sessions.second, { revision: 3, agreed: true })).body.code).toBe('policies.not_put_forward')
    expect((await put(3)).status).toBe(200)
    expect((await sign(sessions.author, { revision: 3, agreed: true })).body.code).toBe('policies.own_draft')
    expect((await sign(sessions.second, { revision: 3, agreed: false })).status).toBe(400)
    expect((await sign(sessions.second, { revision: 3, agreed: true })).body.state).toBe('put_forward')
    expect((await sign(sessions.second, { revision: 3, agreed: true })).body.code).toBe('policies.signed_already')
    expect((await publish(3)).body.code).toBe('policies.signatures_missing')
    expect((await sign(sessions.third, { revision: 3, agreed: true })).body.state).toBe('signed')
    expect((await publish(2)).body.code).toBe('policies.not_newest')
    expect((await publish(3, '2020-03-01T00:00:00+08:00')).body.code).toBe('policies.known_later')
    expect((await publish(3, '2020-01-01T00:00:00+08:00')).body.code).toBe('policies.known_earlier')

    clock.set('2020-02-24T09:00:00+08:00')
    const published = await publish(3)
    expect(published.status).toBe(200)
    expect((await jobDone(sessions.author, published.body.job_id)).state).toBe('done')
    const evaluation = await look((tx) =>
      tx
        .selectFrom('evaluations')
        .select(['evaluation_id', 'stacks'])
        .where('is_current', '=', true)
        .executeTakeFirst(),
    )
    expect(JSON.stringify(evaluation?.stacks)).toContain(published.body.pack_hash)
    const inForce = await ask(sessions.author, 'GET', `/api/operations/${OPERATION}/packs`)
    const versions = inForce.body.layers.filter(({ code }: { code: string }) => code === 'jia-2020')
    expect(versions.map(({ current }: { current: boolean }) => current)).toEqual([true, false])
    expect((await ask(sessions.author, 'GET', `/api/packs/${countyHash}`)).body.files[0].text).toBe(COUNTY.trimStart())
    expect((await saveChanged(draft, COUNTY_FILES, sessions.author, 3)).body.code).toBe('policies.draft_settled')
  })

  it('is refused over a version that was published meanwhile', async () => {
    const draft = await look((tx) =>
      tx
        .selectFrom('pack_drafts')
        .select('draft_id')
        .where('base_hash', '=', countyHash)
        .orderBy('draft_id')
        .executeTakeFirstOrThrow(),
    )
    const id = draft.draft_id
    expect((await saveChanged(id, changed('70 yuan', '2020-02-10'))).status).toBe(200)
    await ask(sessions.author, 'POST', `/api/drafts/${id}/requests`, { body: { revision: 2 } })
    for (const session of [sessions.second, sessions.third])
      await ask(session, 'POST', `/api/drafts/${id}/signatures`, { body: { revision: 2, agreed: true } })
    const published = await ask(sessions.author, 'POST', `/api/drafts/${id}/publications`, { body: { revision: 2 } })
    expect(published.body.code).toBe('policies.base_moved')
  })

  it('cannot be got round in the database: an author’s signature, one signer twice, a version nobody signed', async () => {
    const { draft_id, revision, users } = await look(async (tx) => {
      const row = await tx.selectFrom('pack_publications').select(['draft_id', 'revision']).executeTakeFirstOrThrow()
      const found = await tx.selectFrom('users').select(['user_id', 'login']).execute()
      return { ...row, users: new Map(found.map(({ login, user_id }) => [login, user_id])) }
    })
    const as = (login: string) => ({
      purpose: 'request' as const,
      principal: `user:${users.get(login)}`,
      user_id: users.get(login) ?? 0,
      scope: { everywhere: true, units: new Set<number>() },
    })
    const signature = { draft_id, revision, area_unit_id: UNITS.county, agreed: true, signed_at: clock.now() }
    const signAs = (login: string, signer: string) =>
      database.transact(as(login), (tx) =>
        tx
          .insertInto('pack_draft_signatures')
          .values({ ...signature, signed_by_user_id: users.get(signer) ?? 0 })
          .execute(),
      )
    await expect(signAs('author', 'author')).rejects.toThrow(/row-level security/)
    await expect(signAs('author', 'city')).rejects.toThrow(/row-level security/)
    const second = users.get('second') ?? 0
    const published = {
      draft_id: draft_id - 1,
      revision: 1,
      area_unit_id: UNITS.county,
      operation_id: OPERATION,
      pack_hash: countyHash,
      known_from: clock.now(),
      published_by_user_id: second,
      published_at: clock.now(),
    }
    const publishWith = (first: number, other: number) =>
      database.transact(as('author'), (tx) =>
        tx
          .insertInto('pack_publications')
          .values({ ...published, first_signer_user_id: first, second_signer_user_id: other })
          .execute(),
      )
    await expect(publishWith(second, second)).rejects.toThrow(/check constraint/)
    await expect(publishWith(second, second + 1)).rejects.toThrow(/foreign key/)
    const unsigned = { operation_id: OPERATION, area_unit_id: UNITS.county, code: 'jia-2020', pack_hash: countyHash }
    await expect(
      database.transact(as('author'), (tx) =>
        tx
          .insertInto('packs_in_force')
          .values({ ...unsigned, known_from: clock.now() })
          .execute(),
      ),
    ).rejects.toThrow(/row-level security/)
    await expect(
      database.transact(as('author'), (tx) => tx.deleteFrom('pack_draft_revisions').execute()),
    ).rejects.toThrow(/permission denied/)
  })
})

describe('a what-if', () => {
  const start = (session: string | undefined, body: object) =>
    ask(session, 'POST', `/api/operations/${OPERATION}/what-ifs`, { body })

  it('says who gains, per county and fund, and stores nobody’s result', async () => {
    const before = await look((tx) => tx.selectFrom('evaluations').select('evaluation_id').execute())
    const { body } = await start(sessions.author, {
      area_unit_id: UNITS.county,
      change: { kind: 'figure', parameter: 'meal-allowance-rate', value: '30 yuan', from_on: '2020-02-10' },
    })
    expect((await jobDone(sessions.author, body.job_id)).state).toBe('done')
    const read = await ask(sessions.author, 'GET', `/api/operations/${OPERATION}/what-ifs/${body.job_id}`)
    // Three people of the county, one day each since then, from 50 to 30 yuan.
    expect(read.body).toMatchObject({
      people_count: 3,
      total: { people_gaining: 0, people_losing: 3, losses_fen: 6_000, difference_fen: -6_000 },
    })
    expect(read.body.counties.map(({ difference_fen }: { difference_fen: number }) => difference_fen)).toEqual([-6_000])
    const sum = (side: 'before' | 'after') =>
      read.body.funds
        .flatMap((fund: Record<typeof side, { days_fen: number[] }>) => fund[side].days_fen)
        .reduce((total: number, fen: number) => total + fen, 0)
    expect(sum('before') - sum('after')).toBe(6_000)
    expect(read.body.most.map(({ name }: { name: string }) => name).sort()).toEqual(['值守员己', '医师丁', '护士丙'])
    expect(await look((tx) => tx.selectFrom('evaluations').select('evaluation_id').execute())).toEqual(before)
    expect((await ask(sessions.second, 'GET', `/api/operations/${OPERATION}/what-ifs/${body.job_id}`)).body.code).toBe(
      'policies.no_what_if',
    )
  })

  it('is refused outside of one’s place, and for a figure that does not load says where', async () => {
    const change = { kind: 'figure', parameter: 'meal-allowance-rate', value: '30 apples', from_on: '2020-02-10' }
    expect((await start(sessions.other, { area_unit_id: UNITS.county, change })).body.code).toBe('http.not_found')
    const { body } = await start(sessions.author, { area_unit_id: UNITS.county, change })
    const job = await jobDone(sessions.author, body.job_id)
    expect(job.problem.code).toBe('policies.mistakes')
  })

  it('can be cancelled', async () => {
    const { whatIf } = await import('./server/what-if.ts')
    const order = {
      operation_id: OPERATION,
      area_unit_id: UNITS.city,
      on_date: '2020-02-24',
      known_at: null,
      files: COUNTY_FILES,
    }
    const hooks = { now: clock.now(), people_per_part: 1, progress: async (done: number) => done < 2 }
    expect(await whatIf(database, { ...order, area_unit_id: UNITS.county }, hooks)).toBe('cancelled')
  })
})

describe('a sum that became less', () => {
  const less = `/api/operations/${OPERATION}/difference-decisions`

  it('is settled by a person with a reason, once, and never by one whom it concerns', async () => {
    clock.set('2020-02-24T10:00:00+08:00')
    const nurse = await account('nurse-clerk', 'finance_clerk', UNITS.county, PEOPLE.nurse)
    const draft = await ask(sessions.author, 'POST', drafts, {
      body: {
        area_unit_id: UNITS.county,
        title: '调低',
        begin: { with: 'files', files: changed('20 yuan', '2020-02-10') },
      },
    })
    const id = draft.body.draft_id
    await ask(sessions.author, 'POST', `/api/drafts/${id}/requests`, { body: { revision: 1 } })
    for (const session of [sessions.second, sessions.third])
      await ask(session, 'POST', `/api/drafts/${id}/signatures`, { body: { revision: 1, agreed: true } })
    const published = await ask(sessions.author, 'POST', `/api/drafts/${id}/publications`, { body: { revision: 1 } })
    expect((await jobDone(sessions.author, published.body.job_id)).state).toBe('done')

    const { body } = await ask(sessions.second, 'GET', less)
    const [item] = body.open
    expect(item).toMatchObject({ entitlement: 'meal-allowance', people_count: 3, difference_fen: -9_000 })
    const decide = (session: string | undefined, reason = '县政府常务会议研究') =>
      ask(session, 'POST', less, { body: { item_id: item.item_id, outcome: 'waive', reason } })
    expect((await decide(nurse)).body.code).toBe('policies.own_difference')
    expect((await decide(sessions.other)).body.code).toBe('policies.no_less_item')
    expect((await decide(sessions.second, ' ')).status).toBe(400)
    expect((await decide(sessions.second)).status).toBe(200)
    expect((await decide(sessions.second)).body.code).toBe('policies.no_less_item')
    const after = (await ask(sessions.second, 'GET', less)).body
    expect(after.open).toEqual([])
    expect(after.decided[0]).toMatchObject({ outcome: 'waive', decided_by: 'second', difference_fen: -9_000 })
    const audited = await look((tx) =>
      tx.selectFrom('audit_rows').select('facts').where('action', '=', 'policies.decide_less').execute(),
    )
    expect(audited.length).toBe(1)
  })
})
