import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fatigueOf } from '#engines/fatigue/fatigue.ts'
import { plainFacts, readFactsHead } from '#engines/policy/facts-file/read-facts.ts'
import { formatMistake } from '#engines/policy/pack.ts'
import { testPack } from '#engines/policy/test-pack.ts'
import { readPackFolder } from './packs-on-disk.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const MAIN = path.join(ROOT, 'apps/cli/main.ts')
const EXAMPLES = path.join(ROOT, 'policies-examples')
const place = mkdtempSync(path.join(tmpdir(), 'policy-commands-'))
afterAll(() => rmSync(place, { recursive: true }))

function tongpao(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'policy', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 50_000_000,
  })
  return { status, stdout, stderr }
}

const cities = readdirSync(EXAMPLES, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? [one.name] : []))

describe('notices of other cities', () => {
  it('are six, each with its text', () => {
    expect(cities).toHaveLength(6)
    for (const city of cities) expect(existsSync(path.join(EXAMPLES, city, 'notice.md'))).toBe(true)
  })

  it.each(cities)('%s loads and gives what its examples say', (city) => {
    const read = readPackFolder(path.join(EXAMPLES, city))
    expect(read.ok ? [] : read.mistakes.map((one) => formatMistake(one, 'en'))).toEqual([])
    if (!read.ok) return
    const result = testPack(read.stack, read.cases, fatigueOf)
    expect(result.mistakes.map((one) => formatMistake(one, 'en'))).toEqual([])
    expect(result.misses).toEqual([])
    expect(result.cases).toBeGreaterThan(7)
  })
})

describe('tongpao policy', () => {
  it('new begins a pack that checks, tests and runs, and leaves a folder that exists alone', () => {
    const folder = path.join(place, 'some-district')
    expect(tongpao('new', 'some-district', '--dir', place).status).toBe(0)
    expect(tongpao('check', folder).status).toBe(0)
    expect(tongpao('test', folder).status).toBe(0)
    const run = tongpao('run', '--pack', folder, '--facts', path.join(folder, 'facts.example.json'))
    const answer = JSON.parse(run.stdout)
    const [first] = answer.results
    expect(first).toMatchObject({ person: '甲', state: 'settled', amount_fen: 15_000, amount_yuan: '150.00' })
    const days = first.steps.filter((step: { kind: string }) => step.kind === 'day')
    expect(days.reduce((sum: number, step: { amount_fen: number }) => sum + step.amount_fen, 0)).toBe(15_000)
    expect(answer.results[1].needs).toMatchObject({ kind: 'decision', decision_point: 'volunteer-allowance' })
    expect(tongpao('new', 'some-district', '--dir', place).status).toBe(2)
  })

  it('run ends in silence when only its first lines are read', () => {
    const folder = path.join(EXAMPLES, 'lanchuan-flood-2024')
    const people = Array.from({ length: 2_000 }, (_, index) => ({ id: `p${index}`, events: [], spans: [] }))
    const facts = path.join(place, 'many.json')
    writeFileSync(facts, JSON.stringify({ facts: 1, operation: { from: '2024-06-20', to: '2024-06-30' }, people }))
    const command = `"${process.execPath}" "${MAIN}" policy run --pack "${folder}" --facts "${facts}" | head -n 1`
    const { stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: ROOT, encoding: 'utf8' })
    expect(stdout).toBe('{\n')
    expect(stderr).toBe('')
  })

  it('check names file, line and column, and says where it looked for a layer', () => {
    const folder = path.join(place, 'orphan')
    expect(tongpao('new', 'orphan', '--dir', place, '--extends', 'no-such-pack').status).toBe(1)
    const { status, stdout } = tongpao('check', folder, '--json')
    expect(status).toBe(1)
    const [mistake] = JSON.parse(stdout).mistakes
    expect(mistake).toMatchObject({ code: 'pack.no_parent', value: 'no-such-pack', line: 9 })
    expect(mistake.right.zh).toContain('shaoxing-2020')
  })

  it('finds shipped layers by id for a pack that lies elsewhere', () => {
    expect(tongpao('new', 'far-away', '--dir', place, '--extends', 'shaoxing-2020', '--area', '330604').status).toBe(0)
  })

  it('new under a pack that was begun in the same way takes other names', () => {
    expect(tongpao('new', 'upper', '--dir', place, '--level', 'city', '--area', '9905').status).toBe(0)
    const lower = tongpao('new', 'lower', '--dir', place, '--extends', 'upper', '--area', '990501')
    expect(lower).toMatchObject({ status: 0, stderr: '' })
    expect(tongpao('test', path.join(place, 'lower')).status).toBe(0)
  })

  it('test does not say that there are no examples where they could not be read', () => {
    const folder = path.join(place, 'unreadable')
    expect(tongpao('new', 'unreadable', '--dir', place).status).toBe(0)
    writeFileSync(path.join(folder, 'cases/examples.yaml'), 'casez: []\n')
    const { status, stdout } = tongpao('test', folder)
    expect(status).toBe(1)
    expect(stdout).not.toContain('没有例子')
    expect(stdout).toContain('是否想写“cases”')
  })

  it('the group alone lists its commands', () => {
    const { status, stdout } = tongpao('--help')
    expect(status).toBe(0)
    expect(stdout).toContain('policy explain')
    expect(stdout).not.toContain('没有命令')
    expect(stdout).not.toContain('keys rotate')
  })

  it('run names a person who is not there, findings that no pack knows, and speaks one language', () => {
    const folder = path.join(place, 'some-city')
    expect(tongpao('new', 'some-city', '--dir', place, '--level', 'city', '--area', '9905').status).toBe(0)
    const facts = path.join(folder, 'facts.example.json')
    expect(tongpao('run', '--pack', folder, '--facts', facts).status).toBe(0)
    const nobody = tongpao('run', '--pack', folder, '--facts', facts, '--person', '无此人')
    expect(nobody).toMatchObject({ status: 2, stderr: '事实文件里没有“无此人”这个人。\n' })
    const misspelt = JSON.parse(readFileSync(facts, 'utf8'))
    misspelt.people[0].findings = { pregnnt: true }
    const other = path.join(place, 'misspelt.json')
    writeFileSync(other, JSON.stringify(misspelt))
    expect(JSON.parse(tongpao('run', '--pack', folder, '--facts', other).stdout).unknown_findings).toEqual(['pregnnt'])
  })

  it('compare shows who gains; a pack against itself changes nothing', () => {
    const folder = path.join(place, 'some-district')
    const facts = path.join(folder, 'facts.example.json')
    const change = 'duty-allowance-rate=120 yuan@2020-02-04'
    const changed = JSON.parse(tongpao('compare', '--pack', folder, '--set', change, '--facts', facts, '--json').stdout)
    expect(changed.total).toMatchObject({ difference_fen: 2_000, gains_fen: 2_000, losses_fen: 0 })
    expect(changed.differences).toHaveLength(1)
    const same = JSON.parse(tongpao('compare', '--pack', folder, '--with', folder, '--facts', facts, '--json').stdout)
    expect(same).toMatchObject({ people_changed: 0, differences: [] })
  })

  it('tells wrong use apart from wrong facts', () => {
    const folder = path.join(place, 'some-district')
    const wrong = path.join(place, 'wrong.json')
    writeFileSync(wrong, '{"facts": 1, "people": [{"id": "甲", "employment": "docter"}]}')
    const bad = tongpao('run', '--pack', folder, '--facts', wrong)
    expect(bad.status).toBe(1)
    expect(bad.stderr).toContain('wrong.json:1#/people/0/employment')
    const yaml = path.join(place, 'wrong.yaml')
    writeFileSync(
      yaml,
      'facts: 1\npeople:\n  - id: 甲\n    spans:\n      - { from: 2020-02-03T08:00, to: 2020-02-05T00:00 }\n',
    )
    expect(tongpao('run', '--pack', folder, '--facts', yaml).stderr).toContain('wrong.yaml:5#/people/0/spans/0/to')
    writeFileSync(yaml, 'facts: 1\npeople:\n\t- id: 甲\n')
    expect(tongpao('run', '--pack', folder, '--facts', yaml).stderr).toContain('wrong.yaml:3:1')
    expect(tongpao('run', '--pack', folder, '--facts', yaml).stderr).toContain('制表符')
    expect(tongpao('run', '--pack', folder).status).toBe(2)
    expect(
      tongpao('compare', '--pack', folder, '--set', 'x', '--facts', path.join(folder, 'facts.example.json')).status,
    ).toBe(2)
    for (const word of ['check', 'test', 'run', 'compare', 'explain', 'new']) {
      const help = tongpao(word, '--help')
      expect([word, help.status]).toEqual([word, 0])
      expect(help.stdout).toContain(`tongpao policy ${word}`)
    }
  })
})

describe('docs/policy-language.md', () => {
  it('leads from a notice to a pack in an hour: its blocks, put together, load and pass', () => {
    const guide = readFileSync(path.join(ROOT, 'docs/policy-language.md'), 'utf8')
    const [, tutorial = ''] = /^## 一小时写出([\s\S]*?)^## /m.exec(guide) ?? []
    const blocks = [...tutorial.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
    const folder = path.join(place, 'bingang-cold-2024')
    mkdirSync(path.join(folder, 'cases'), { recursive: true })
    for (const [position, text] of blocks.entries()) {
      writeFileSync(path.join(folder, text.startsWith('cases:') ? 'cases' : '.', `${position}.yaml`), text)
    }
    const read = readPackFolder(folder)
    expect(read.ok ? [] : read.mistakes.map((one) => formatMistake(one, 'en'))).toEqual([])
    expect(read.ok && testPack(read.stack, read.cases, fatigueOf)).toEqual({ cases: 6, misses: [], mistakes: [] })
  })
})

describe('docs/policy-command-line.md', () => {
  const guide = readFileSync(path.join(ROOT, 'docs/policy-command-line.md'), 'utf8')
  const commands = [...guide.matchAll(/^```console\n\$ tongpao (policy [^\n]+)\n([\s\S]*?)^```$/gm)]

  it('has examples', () => {
    expect(commands).toHaveLength(6)
  })

  it('shows facts that read as they stand', () => {
    const [, json = ''] = /^```json\n([\s\S]*?)^```$/m.exec(guide) ?? []
    const read = readFactsHead(plainFacts(JSON.parse(json)))
    expect(read.ok ? [] : read.mistakes).toEqual([])
  })

  it.each(commands.map(([, command = '', shown = '']) => [command, shown] as const))(
    'prints what it says: %s',
    (command, shown) => {
      const args = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
      const run = spawnSync(process.execPath, [MAIN, ...args], { cwd: ROOT, encoding: 'utf8' })
      const printed = run.stdout.split('\n').map((line) => line.trim())
      // Three dots stand for what the guide leaves out; every line that it shows must have been printed.
      for (const line of shown
        .split('\n')
        .map((one) => one.trim())
        .filter((one) => one !== '' && one !== '…')) {
        expect(printed, `${command}\n${run.stderr}`).toContain(line)
      }
    },
  )
})
