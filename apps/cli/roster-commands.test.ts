import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { RosterProblem } from '#engines/rostering/problem.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const place = mkdtempSync(path.join(tmpdir(), 'roster-commands-'))
afterAll(() => rmSync(place, { recursive: true }))

function tongpao(...args: string[]) {
  return runNode([], args)
}

function runNode(flags: readonly string[], args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, 'apps/cli/main.ts', 'roster', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

function file(name: string, content: unknown): string {
  const at = path.join(place, name)
  writeFileSync(at, typeof content === 'string' ? content : JSON.stringify(content))
  return at
}

const problem: RosterProblem = {
  format: 'tongpao-roster/1',
  first_day: '2020-02-24',
  days: 7,
  shifts: [
    { id: 'D', start_minute: 480, minutes: 480 },
    { id: 'N', start_minute: 1200, minutes: 720, tags: ['night'] },
  ],
  people: ['甲', '乙', '丙', '丁'].map((id) => ({ id })),
  cover: [
    { id: 'day', shifts: ['D'], required: 1, minimum: 1, under_price: 100 },
    { id: 'night', shifts: ['N'], required: 1, minimum: 1, under_price: 100 },
  ],
  rules: [
    { kind: 'rest', id: 'rest', minutes_min: 660, price: 'hard' },
    { kind: 'run', id: 'run', shifts: 'work', max: 5, price: 'hard' },
  ],
}

describe('tongpao roster', () => {
  const given = file('P.json', problem)
  const made = path.join(place, 'S.json')

  it('solves, explains, and finds who can take a shift', () => {
    expect(tongpao('solve', '--problem', given, '--out', made, '--iterations', '200', '--threads', '1').status).toBe(0)
    const explained = tongpao('explain', '--problem', given, '--roster', made)
    expect([explained.status, explained.stdout]).toEqual([0, '扣分 0，硬性违反 0\n'])
    const asked = tongpao(
      'substitute',
      '--problem',
      given,
      '--roster',
      made,
      '--day',
      '2020-02-26',
      '--shift',
      'N',
      '--json',
    )
    expect(JSON.parse(asked.stdout)).toMatchObject({ day: 2, shift: 'N' })
  }, 90_000)

  it('names what cannot be met before it solves, and says why in the end', () => {
    const short = file('short.json', { ...problem, people: problem.people.slice(0, 1) })
    const solved = tongpao('solve', '--problem', short, '--out', made, '--iterations', '40', '--threads', '1')
    expect(solved.status).toBe(1)
    expect(solved.stderr).toContain('无法满足：2月24日 D、N 合计至少需要 2 人，能上其中任何一班的只有 1 人')
    const explained = tongpao('explain', '--problem', short, '--roster', made)
    expect(explained.status).toBe(1)
    expect(explained.stdout).toMatch(/缺人：.*至少需要 1 人，现有 0 人/)
  }, 90_000)

  it('says in words when solving threads broke off, and how many went on', () => {
    const args = ['solve', '--problem', given, '--out', made, '--iterations', '200', '--threads', '2', '--lang', 'zh']
    const shoot = (which: string) => {
      const code = `let n = 0; process.on('worker', (worker) => { n += 1; if (${which}) worker.terminate() })`
      return ['--import', `data:text/javascript,${encodeURIComponent(code)}`]
    }
    const none = runNode(shoot('true'), args)
    expect([none.status, none.stderr]).toEqual([1, expect.stringContaining('求解线程全部中途出错，没有得到班表')])
    const one = runNode(shoot('n === 2'), args)
    expect([one.status, one.stderr]).toEqual([0, expect.stringContaining('1 个求解线程中途出错')])
  }, 90_000)

  it('refuses files that are cut short or wrong, naming each mistake', () => {
    const cut = file('cut.json', JSON.stringify(problem).slice(0, 200))
    expect(tongpao('explain', '--problem', cut, '--roster', made)).toMatchObject({ status: 2 })
    expect(tongpao('explain', '--problem', cut, '--roster', made).stderr).toContain('文件不完整')
    const nobody = file('nobody.json', { ...problem, people: [] })
    expect(tongpao('solve', '--problem', nobody, '--out', made).stderr).toContain('people：没有人可排')
    const other = file('other.json', { roster: { 戊: [] } })
    expect(tongpao('explain', '--problem', given, '--roster', other)).toMatchObject({ status: 2 })
    expect(tongpao('substitute', '--problem', given, '--roster', given, '--day', '1', '--shift', 'N').status).toBe(2)
  }, 90_000)
})
