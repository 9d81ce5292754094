import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { readWorkbook, writeWorkbook } from '#platform/files/workbook.ts'
import { FACTS_PACK } from '#records/policies/testing-facts-pack.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'tongpao-statement-'))
afterAll(() => rmSync(folder, { recursive: true }))

const DUTY = path.join(folder, '值班表.xlsx')
const OUT = path.join(folder, 'statement.xlsx')
const PACK = 'policies/shaoxing-keqiao-example-2020'

/** The made-up duty sheet of an office: nights over midnight, a post that nobody can place. */
writeFileSync(
  DUTY,
  writeWorkbook({
    sheets: [
      {
        name: '值守',
        title: '虚构镇卫生院 2020 年 2 月值守表',
        columns: ['姓名', '岗位', '日期', '上班时间', '下班时间'].map((header) => ({ header, key: header })),
        rows: [
          { 姓名: '张三', 岗位: '发热门诊', 日期: '2020-02-03', 上班时间: '20:00', 下班时间: '08:00' },
          { 姓名: '张三', 岗位: '发热门诊', 日期: '2020-02-05', 上班时间: '08:00', 下班时间: '12:00' },
          { 姓名: '李四', 岗位: '预检分诊', 日期: '2020-02-03', 上班时间: '08:00', 下班时间: '17:00' },
        ],
      },
    ],
  }),
)

async function statement(...more: string[]) {
  const words = [
    'apps/cli/main.ts',
    'statement',
    ...(more.includes('--duty') ? [] : ['--duty', DUTY]),
    '--out',
    OUT,
    '--known',
    '2020-02-24',
    '--json',
    ...more,
  ]
  const root = path.join(import.meta.dirname, '../../..')
  try {
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: root })
    return { status: 0, data: JSON.parse(stdout), errors: '' }
  } catch (error) {
    const { code, stderr, stdout } = error as { code: number; stderr: string; stdout: string }
    return { status: code, data: stdout ? JSON.parse(stdout) : undefined, errors: stderr }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the command's JSON
const total = (data: any, entitlement: string) => data.totals.find((one: any) => one.entitlement === entitlement)

describe('tongpao statement from an office’s own sheet', () => {
  it('lists what the sheet leaves open and pays nothing on a guess', async () => {
    const { status, data } = await statement('--pack', PACK)
    expect(status).toBe(0)
    expect(data).toMatchObject({ unit: '虚构镇卫生院', people_count: 2, from: '2020-02-03', to: '2020-02-05' })
    expect(total(data, 'work-subsidy')).toMatchObject({ amount_fen: null, people_settled: 0, open_days: 4 })
    const open = data.open.map(({ text }: { text: string }) => text).join('\n')
    for (const key of ['employment:张三', 'employment:李四', 'exposure:发热门诊', 'exposure:预检分诊'])
      expect(open).toContain(key)
  })

  it('takes the answers and gives what a clerk works out by hand', async () => {
    const answers = path.join(folder, 'answers.json')
    const given = { 'employment:*': '医务人员', 'exposure:发热门诊': '直接接触', 'exposure:预检分诊': 'indirect' }
    writeFileSync(answers, JSON.stringify(given))
    const { data } = await statement('--pack', PACK, '--answers', answers)
    // 张三: 3 Feb 4 h half a day, 4 Feb 8 h, 5 Feb 4 h half a day, at 300: 600; 李四: 9 h at 200: 200.
    expect(total(data, 'work-subsidy')).toMatchObject({ amount_fen: 80_000, quantity: 300, open_days: 0 })
    // Four person-days at the county's example rate of 40.
    expect(total(data, 'meal-allowance').amount_fen).toBe(16_000)
    // 李四 worked an hour beyond eight.
    expect(total(data, 'compensatory-leave').quantity).toBe(60)
    const reading = readWorkbook({ bytes: readFileSync(OUT) })
    if (!reading.ok) throw new Error('the statement cannot be read')
    // What clause 6 permits for the unit as a whole waits for a decision, on a sheet of its own.
    expect(reading.workbook.sheets.map(({ name }) => name)).toEqual(['待遇明细', '推算说明', '给单位的', '待确认'])
  })

  it('counts the last night to its end, into the morning after the last date of the sheet', async () => {
    const night = path.join(folder, 'night.csv')
    writeFileSync(
      night,
      '虚构镇卫生院值守表,,,,\n姓名,岗位,日期,上班时间,下班时间\n张三,发热门诊,2020-02-03,20:00,08:00\n',
    )
    const { data } = await statement('--pack', PACK, '--duty', night)
    expect(data).toMatchObject({ from: '2020-02-03', to: '2020-02-04' })
    expect(total(data, 'meal-allowance').quantity).toBe(200)
  })

  it('names answers that no question asked, and those that say nothing, and ends with status 1', async () => {
    const answers = path.join(folder, 'wrong-answers.json')
    const given = { 'employment:*': '医务', 'exposure:发烧门诊': '直接接触', 'mark:中': '08:00-12:00' }
    writeFileSync(answers, JSON.stringify(given))
    const { status, data, errors } = await statement('--pack', PACK, '--answers', answers)
    expect(status).toBe(1)
    expect(data.left_over_answers).toMatchObject([
      { key: 'employment:*', problem: 'misread' },
      { key: 'exposure:发烧门诊', problem: 'unused', right: 'exposure:发热门诊、exposure:预检分诊' },
      { key: 'mark:中', problem: 'unused' },
    ])
    for (const key of Object.keys(given)) expect(errors).toContain(key)
  })

  it('lists everything that is open, of every kind, on the first sheet', async () => {
    const ugly = path.join(folder, 'ugly.csv')
    writeFileSync(
      ugly,
      '虚构镇卫生院值守表,,,,\n姓名,岗位,日期,上班时间,下班时间\n张三,发热门诊,2020-02-03,20:00,08:00\n李四,发热门诊,2月31日,08:00,17:00\n王五,发热门诊,2020-02-04,夜,\n',
    )
    const { data } = await statement('--pack', PACK, '--duty', ugly)
    const kinds = new Set(data.open.map(({ kind }: { kind: string }) => kind))
    expect([...kinds]).toEqual(expect.arrayContaining(['推算前提', '文件没有写明', '没有采用的行']))
    const reading = readWorkbook({ bytes: readFileSync(OUT) })
    if (!reading.ok) throw new Error('the statement cannot be read')
    const first =
      reading.workbook.sheets[0]?.rows.flatMap(({ cells }) => cells.map(({ text }) => text)).join('\n') ?? ''
    expect(first).toContain(`待确认 ${data.open.length} 项`)
    for (const kind of kinds) expect(first).toContain(`【${kind}】`)
  })

  it('asks for exposure where people stood: on the post in the department, in the department, or person by person', async () => {
    const keysOf = async (name: string, lines: string) => {
      const file = path.join(folder, name)
      writeFileSync(file, lines)
      const { data } = await statement('--pack', PACK, '--duty', file)
      return data.open.flatMap(({ text }: { text: string }) =>
        [...text.matchAll(/exposure:([^，*]+)/g)].map(([, about]) => about),
      )
    }
    const head = '虚构市第一医院2020年2月值守表,,,,\n'
    const times = '2020-02-03,08:00,16:00'
    expect(
      await keysOf(
        'departments.csv',
        `${head}姓名,科室,日期,上班时间,下班时间\n张三,感染科,${times}\n李四,后勤科,${times}\n`,
      ),
    ).toEqual(['感染科', '后勤科'])
    expect(await keysOf('nobody.csv', `${head}姓名,日期,上班时间,下班时间\n张三,${times}\n李四,${times}\n`)).toEqual([
      '张三',
      '李四',
    ])
    expect(
      await keysOf(
        'both.csv',
        `${head}姓名,科室,岗位,日期,上班时间,下班时间\n张三,感染科,护士,${times}\n李四,后勤科,护士,${times}\n`,
      ),
    ).toEqual(['感染科·护士', '后勤科·护士'])
  })

  it('works out what is a unit’s, from the people of the sheet and the staff that is answered', async () => {
    const file = path.join(folder, 'unit.csv')
    writeFileSync(
      file,
      '云岫县人民医院2022年3月值守表,,,,\n姓名,岗位,日期,上班时间,下班时间\n张三,发热门诊,2022-03-21,08:00,16:00\n',
    )
    const pack = 'policies-examples/yunxiu-epidemic-2022'
    const { data } = await statement('--pack', pack, '--duty', file)
    expect(data.units).toMatchObject([{ unit: '云岫县人民医院' }])
    expect(data.open.map(({ text }: { text: string }) => text).join('\n')).toContain('unit_kind:云岫县人民医院')
    const reading = readWorkbook({ bytes: readFileSync(OUT) })
    if (!reading.ok) throw new Error('the statement cannot be read')
    expect(reading.workbook.sheets.map(({ name }) => name)).toContain('给单位的')
  })

  it('takes events from a further sheet of the file, and asks whether the list is complete', async () => {
    const pack = path.join(folder, 'events-2020')
    mkdirSync(pack, { recursive: true })
    writeFileSync(path.join(pack, 'pack.yaml'), FACTS_PACK.replace('id: facts-city', 'id: events-2020'))
    const file = path.join(folder, 'events.xlsx')
    const columns = (headers: readonly string[]) => headers.map((header) => ({ header, key: header }))
    const hours = { 岗位: '发热门诊', 日期: '2020-02-03', 上班时间: '08:00', 下班时间: '16:00' }
    const duty = {
      name: '值守',
      title: '虚构镇卫生院 2020 年 2 月值守表',
      columns: columns(['姓名', '岗位', '日期', '上班时间', '下班时间']),
      rows: [
        { 姓名: '张三', ...hours },
        { 姓名: '李四', ...hours },
      ],
    }
    const events = {
      name: '事项',
      title: '2020 年 2 月事项登记表',
      columns: columns(['姓名', '日期', '事项', '次数']),
      rows: [
        { 姓名: '张三', 日期: '2020-02-03', 事项: '转移群众', 次数: '2' },
        { 姓名: '李四', 日期: '2020-02-03', 事项: '搬家', 次数: '1' },
        { 姓名: '王五', 日期: '2020-02-03', 事项: '转移群众', 次数: '1' },
      ],
    }
    writeFileSync(file, writeWorkbook({ sheets: [duty, events] }))
    const { data } = await statement('--pack', pack, '--duty', file)
    const texts = data.open.map(({ text }: { text: string }) => text).join('\n')
    for (const words of ['答案的键：event:搬家', '王五：值班表里没有此人', 'register:events'])
      expect(texts).toContain(words)
    const before = total(data, 'rescue-pay')
    expect(before.amount_fen).toBeGreaterThan(0)
    const answers = path.join(folder, 'events.json')
    writeFileSync(answers, JSON.stringify({ 'event:搬家': '转移群众', 'register:events': '是' }))
    const answered = await statement('--pack', pack, '--duty', file, '--answers', answers)
    // 王五 stays out, and both others have events: the answer about the list is of no use.
    expect(answered.data.left_over_answers).toMatchObject([{ key: 'register:events', problem: 'unused' }])
    expect(total(answered.data, 'rescue-pay').amount_fen).toBe((before.amount_fen / 2) * 3)
    writeFileSync(answers, JSON.stringify({ 'register:events': '是' }))
    const complete = await statement('--pack', pack, '--duty', file, '--answers', answers)
    expect([complete.status, total(complete.data, 'rescue-pay')]).toMatchObject([
      0,
      { amount_fen: before.amount_fen, open_days: 0 },
    ])
  })

  it('takes findings and family facts that a further sheet answers by yes or no, and leaves open what it does not', async () => {
    const pack = path.join(folder, 'facts-2020')
    mkdirSync(pack, { recursive: true })
    writeFileSync(path.join(pack, 'pack.yaml'), FACTS_PACK.replace('id: facts-city', 'id: facts-2020'))
    const file = path.join(folder, 'facts.xlsx')
    const columns = (headers: readonly string[]) => headers.map((header) => ({ header, key: header }))
    const hours = { 岗位: '发热门诊', 日期: '2020-02-03', 上班时间: '08:00', 下班时间: '16:00' }
    const names = ['张三', '李四', '赵六']
    const duty = {
      name: '值守',
      title: '虚构镇卫生院 2020 年 2 月值守表',
      columns: columns(['姓名', '岗位', '日期', '上班时间', '下班时间']),
      rows: names.map((name) => ({ 姓名: name, ...hours })),
    }
    const facts = {
      name: '情况',
      title: '人员情况表',
      columns: columns(['姓名', '日期', '事项', '是否']),
      rows: [
        { 姓名: '张三', 日期: '2019-12-01', 事项: '需照护老人', 是否: '是' },
        { 姓名: '张三', 日期: '', 事项: '认定工伤', 是否: '否' },
        { 姓名: '李四', 日期: '', 事项: '需照护老人', 是否: '否' },
        { 姓名: '李四', 日期: '2020-02-03', 事项: '认定工伤', 是否: '' },
      ],
    }
    writeFileSync(file, writeWorkbook({ sheets: [duty, facts] }))
    const { data } = await statement('--pack', pack, '--duty', file)
    const elder = total(data, 'elder-care')
    expect([elder.amount_fen > 0, elder.people_settled]).toEqual([true, 1])
    expect(total(data, 'injury-pay').amount_fen ?? 0).toBe(0)
    const open = data.open.map(({ kind, about, text }: Record<string, string>) => `${kind} ${about} ${text}`).join('\n')
    expect(open).toContain('李四：“认定工伤”要写明是或否')
    // Nobody said anything of 赵六.
    expect(open).toMatch(/照护老人补助 赵六 缺少/)
    expect(open).not.toMatch(/照护老人补助 李四/)
  })

  it('leaves amounts that the city leaves to the counties open with the city’s pack alone', async () => {
    const { data } = await statement('--pack', 'policies/shaoxing-2020')
    expect(total(data, 'meal-allowance')).toMatchObject({ amount_fen: null, open_days: 4 })
  })

  it('names every row when none can be counted', async () => {
    const file = path.join(folder, 'none.csv')
    const rows = '张三,发热门诊,2020-02-30,08:00,16:00\n李四,发热门诊,2020-02-03,08:00,48:00\n'
    writeFileSync(file, `虚构镇卫生院值守表,,,,\n姓名,岗位,日期,上班时间,下班时间\n${rows}`)
    const { status, errors } = await statement('--pack', PACK, '--duty', file)
    expect(status).toBe(1)
    for (const words of ['第 3 行，2020-02-30：', '第 4 行，']) expect(errors).toContain(words)
  })

  it('says how to answer when nothing can be counted before an answer', async () => {
    const file = path.join(folder, 'no-unit.csv')
    writeFileSync(file, '姓名,岗位,日期,上班时间,下班时间\n张三,发热门诊,2020-02-03,08:00,16:00\n')
    const { status, errors } = await statement('--pack', PACK, '--duty', file)
    expect(status).toBe(1)
    const key = /答案的键：([^）]+)）/.exec(errors)?.[1] ?? ''
    expect(errors).toContain(`{"${key}":"…"}`)
    expect(errors).toContain('--answers answers.json')
    const answers = path.join(folder, 'unit-answer.json')
    writeFileSync(answers, JSON.stringify({ [key]: '虚构镇卫生院' }))
    const answered = await statement('--pack', PACK, '--duty', file, '--answers', answers)
    expect(answered).toMatchObject({ status: 0, data: { unit: '虚构镇卫生院' } })
  })

  it('says what is wrong with what it is given', async () => {
    expect(await statement('--pack', 'policies/nowhere')).toMatchObject({ status: 2 })
    expect((await statement('--pack', PACK, '--on', '2020-02-30')).errors).toContain('2020-02-30')
    const text = path.join(folder, 'note.pdf')
    writeFileSync(text, '%PDF-1.7')
    expect((await statement('--pack', PACK, '--duty', text)).status).toBe(1)
    const nowhere = path.join(folder, 'nowhere.xlsx')
    for (const [more, words] of [
      [['--duty', nowhere], `${nowhere}：没有这个文件或文件夹。`],
      [['--duty', folder], '应为文件，实际是文件夹。'],
      [['--out', path.join(folder, 'nowhere', 'out.xlsx')], `没有文件夹 ${path.join(folder, 'nowhere')}。`],
    ] as const) {
      const { status, errors } = await statement('--pack', PACK, ...more)
      expect([status, errors.trim()]).toEqual([2, expect.stringContaining(words)])
      expect(errors).not.toMatch(/ENOENT|EISDIR|\.ts:/)
    }
  })
})
