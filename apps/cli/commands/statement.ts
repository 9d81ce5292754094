import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { findPlace, orThrow } from '#apps/cli/database-place.ts'
import { loadPackFolder } from '#apps/cli/packs-on-disk.ts'
import { parseDay } from '#engines/values/time.ts'
import { exportDocument, issueWorkbook, readForExport } from '#measures/benefits/server/export.ts'
import { sheetStatement } from '#measures/benefits/sheet-statement.ts'
import { briefDocument, type StatementDocument, statementWorkbook } from '#measures/benefits/workbook.ts'
import { civilDate } from '#platform/calendar/zone.ts'
import { jobContext } from '#platform/db/context.ts'
import { connect, type Database } from '#platform/db/database.ts'
import { openDatabase } from '#platform/db/open-database.ts'
import { OperatorError } from '#platform/db/operator-error.ts'
import { describeFileProblem } from '#platform/files/problems.ts'
import { readWorkbook, writeWorkbook } from '#platform/files/workbook.ts'
import { understandDutySheet } from '#records/duty/sheet/understand.ts'
import { splitWorkbook } from '#records/facts/sheet/split-workbook.ts'
import { understandEvents } from '#records/facts/sheet/understand-events.ts'
import { evaluateAndRaise, evaluationInput } from '#records/policies/server/evaluation-job.ts'
import { findCurrentEvaluation } from '#records/policies/server/evaluations.ts'
import { type Call, type Command, DATABASE_SETTINGS, type ExitStatus } from '../command.ts'

/** Beyond this many people the second sheet keeps one line a day, so that it stays a sheet that opens. */
const FULL_EXPLANATIONS_MAX = 300
const PEOPLE_MAX = 6_000
const ZONE = 'Asia/Shanghai'
const EVERYWHERE = { everywhere: true, units: new Set<number>() }

export const command: Command = {
  usage: '(--operation 编号或名称 [--unit 单位] | --duty 值班表.xlsx --pack 政策包目录) --out FILE.xlsx',
  text: {
    zh: [
      '生成待遇明细表：第一张表是明细和全部待确认事项，另有给单位的待遇、每个数字的推算、待确认清单。',
      '--operation：从数据库生成；给出 --on 或 --known 时按那一天重新推算，不改变现行结果。',
      '--duty 与 --pack：直接从单位自己的值班表生成，不需要服务器、账号和数据库。同一文件里另有“姓名、日期、事项、次数”或“姓名、日期、事项、是否”的表，按事件、认定和家庭情况采用。表里没有写明的不作推测，',
      '列在第一张表下方和“待确认”表中；把答案按其中的键写进一个 JSON 文件，用 --answers 交回。没有用上或看不懂的答案逐条指出，退出码为 1。',
    ].join('\n'),
    en: [
      'Makes a statement: what each person is owed with everything that is open, what is given to units, how every figure came about, and the list of open items.',
      '--operation: from the database; with --on or --known it is worked out anew for that day and leaves the results in force alone.',
      '--duty and --pack: straight from an office’s own duty sheet, with no server, account or database; further sheets with name, day, what (事项) and count or yes/no (是否) are taken as events, findings and family facts. What the file leaves',
      'open is listed below the first sheet and on a sheet of its own, and never guessed; write answers under the keys given there into a JSON file',
      'and pass it as --answers. Answers that nothing asked for, or that say nothing, are named one by one and the exit status is 1.',
    ].join('\n'),
  },
  options: {
    operation: { value: 'ID', text: { zh: '响应的编号或名称', en: 'the operation, by number or name' } },
    unit: {
      value: 'ID',
      text: { zh: '单位编号或名称，默认全部', en: 'the unit, by number or name; all when left out' },
    },
    purpose: {
      value: 'TEXT',
      text: { zh: '用途，印在表上并记入导出记录', en: 'what it is for: printed on the sheet and kept with the export' },
    },
    duty: {
      value: 'FILE',
      text: { zh: '单位自己的值班表（.xlsx、.csv）', en: 'an office’s own duty sheet (.xlsx, .csv)' },
    },
    pack: {
      value: 'DIR',
      text: { zh: '政策包目录，如 policies/shaoxing-2020', en: 'folder of the pack, such as policies/shaoxing-2020' },
    },
    area: {
      value: 'CODE',
      text: { zh: '所在区划代码，默认用政策包的', en: 'division code of the office; the pack’s own when left out' },
    },
    answers: { value: 'FILE', text: { zh: '待确认事项的答案（JSON）', en: 'answers to what is open (JSON)' } },
    on: { value: 'DATE', text: { zh: '算到哪一天（2020-02-29）', en: 'the last day counted (2020-02-29)' } },
    known: {
      value: 'DATE',
      text: { zh: '只用到这一天为止已公布的文件', en: 'use only documents published by this day' },
    },
    out: { value: 'FILE', text: { zh: '要写的文件', en: 'the file to write' } },
  },
  settings: DATABASE_SETTINGS,
  printsData: true,
  async run(call) {
    for (const name of ['on', 'known']) checkDay(call, name)
    checkFolder(path.dirname(path.resolve(call.required('out'))))
    if (call.option('duty') !== undefined) return fromSheet(call)
    return fromDatabase(call)
  },
}

/** Before the work, not after it. */
function checkFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  throw new OperatorError(`--out：没有文件夹 ${folder}。`, `--out: there is no folder ${folder}.`, { exitStatus: 2 })
}

function checkDay(call: Call, name: string): void {
  const text = call.option(name)
  if (text === undefined || parseDay(text) !== undefined) return
  throw new OperatorError(`--${name}：${text} 不是日历上的日期。`, `--${name}: ${text} is not a day of the calendar.`, {
    exitStatus: 2,
  })
}

// From an office's sheet --------------------------------------------------------------------------------------------------

function fromSheet(call: Call): ExitStatus {
  const file = call.required('duty')
  const stack = loadPackFolder(call.required('pack'))
  const opened = readWorkbook({ bytes: readFileSync(file), name: path.basename(file) })
  if (!opened.ok) {
    throw new OperatorError(describeFileProblem(opened.problem, 'zh'), describeFileProblem(opened.problem, 'en'))
  }
  const answers = readAnswers(call.option('answers'))
  const pack = stack.layers.at(-1)
  const unit = call.option('unit')
  const sheets = splitWorkbook(opened.workbook)
  const reading = understandDutySheet(sheets.duty, { answers, ...(unit === undefined ? {} : { unit }) })
  const { period } = reading.understood
  const events = understandEvents(sheets.events, { window: period, answers })
  const today = civilDate(ZONE, new Date())
  const on = call.option('on')
  const made = sheetStatement({
    reading,
    events,
    stack,
    answers,
    area: call.option('area') ?? pack?.area ?? '0',
    ...(on === undefined ? {} : { on }),
    known: call.option('known') ?? today,
    issue: `${today} 由 tongpao statement 生成`,
    file_name: path.basename(file),
  })
  if (!made.ok) throw new OperatorError(made.problem.zh, made.problem.en, { exitStatus: 1 })
  const { left_over_answers } = made
  const status = report(call, made.document, writeWorkbook(statementWorkbook(shorten(made.document))), {
    refused_rows: reading.refused.length + events.refused.length,
    waiting_rows: reading.waiting.length,
    left_over_answers,
  })
  for (const { key, value, problem, right } of left_over_answers) {
    const zh = problem === 'unused' ? '没有问题用到这个答案' : '看不懂这个答案'
    const en = problem === 'unused' ? 'no question asked for this answer' : 'this answer is not understood'
    const asked = right === '' ? '' : problem === 'unused' ? `；正在问：${right}` : `；可填：${right}`
    const askedEn = right === '' ? '' : `; ${problem === 'unused' ? 'asked for' : 'possible'}: ${right}`
    call.say({ zh: `答案“${key}”＝“${value}”：${zh}${asked}`, en: `answer "${key}" = "${value}": ${en}${askedEn}` })
  }
  return left_over_answers.length > 0 ? 1 : status
}

function readAnswers(file: string | undefined): Readonly<Record<string, string>> {
  if (file === undefined) return {}
  const wrong = (cause?: unknown) =>
    new OperatorError(
      `${file} 不是答案文件，应形如 {"employment:*": "医务人员"}。`,
      `${file} is no file of answers; it looks like {"employment:*": "medical"}.`,
      { exitStatus: 2, cause },
    )
  let read: unknown
  try {
    read = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw wrong(cause)
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw wrong()
  const entries = Object.entries(read)
  if (entries.some(([, value]) => typeof value !== 'string')) throw wrong()
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]))
}

// From the database -------------------------------------------------------------------------------------------------------

async function fromDatabase(call: Call): Promise<ExitStatus> {
  const wanted = call.required('operation')
  const opened = await openDatabase({
    ...call.settings,
    command: 'statement',
    whenInUse: 'join',
    mustExist: true,
    say: call.say,
  })
  const database = connect(opened.appConfig, { long: true, connections_max: 4 })
  try {
    const place = await findPlace(database, wanted, call.option('unit'))
    const evaluation_id = await chooseRun(call, database, place.operation_id)
    const order = {
      ...place,
      evaluation_id,
      by: '命令行',
      purpose: call.option('purpose') ?? '命令行导出',
      at: new Date(),
      people_max: PEOPLE_MAX,
    }
    const context = jobContext('statement')
    const found = orThrow(await database.read(context, (tx) => readForExport(tx, order)))
    const made = orThrow(await exportDocument(database, found, order, EVERYWHERE))
    const document = shorten(made.document)
    const { bytes } = await issueWorkbook(
      (work) => database.transact(context, work),
      { ...made, document },
      order,
      evaluation_id,
    )
    return report(call, document, bytes, { evaluation_id })
  } finally {
    await database.close()
    await opened.close()
  }
}

/** The evaluation in force; one made for this call when a day is named or there is none. */
async function chooseRun(call: Call, database: Database, operationId: number): Promise<number> {
  const context = jobContext('statement')
  const [on, known] = [call.option('on'), call.option('known')]
  if (on === undefined && known === undefined) {
    const current = await database.read(context, (tx) => findCurrentEvaluation(tx, operationId))
    if (current) return current.evaluation_id
  }
  const now = new Date()
  const asked = { on_date: on ?? null, known_at: known === undefined ? null : `${known}T23:59:59+08:00` }
  const input = orThrow(await database.read(context, (tx) => evaluationInput(tx, operationId, asked, now)))
  call.say({ zh: '正在推算…', en: 'Working it out…' })
  const outcome = orThrow(
    await evaluateAndRaise(database, { ...input, becomes_current: false }, { now, progress: async () => true }),
  )
  if (outcome === 'cancelled') throw new OperatorError('推算已取消。', 'The evaluation was cancelled.')
  return outcome.evaluation_id
}

// Both --------------------------------------------------------------------------------------------------------------------

function shorten(document: StatementDocument): StatementDocument {
  return document.people.length > FULL_EXPLANATIONS_MAX ? briefDocument(document) : document
}

function report(
  call: Call,
  document: StatementDocument,
  bytes: Uint8Array,
  more: Readonly<Record<string, unknown>> & { readonly refused_rows?: number; readonly waiting_rows?: number },
): ExitStatus {
  const file = path.resolve(call.required('out'))
  writeFileSync(file, bytes)
  const totals = document.heads.map(({ entitlement, title }) => {
    const results = document.people.flatMap((person) => person.results.filter((one) => one.entitlement === entitlement))
    const sum = (pick: (result: (typeof results)[number]) => number | null) =>
      results.reduce((total, result) => total + (pick(result) ?? 0), 0)
    const hasMoney = results.some(({ amount_fen }) => amount_fen !== null)
    return {
      entitlement,
      title,
      people_settled: results.filter(({ state }) => state === 'settled').length,
      amount_fen: hasMoney ? sum(({ amount_fen }) => amount_fen) : null,
      quantity: sum(({ quantity }) => quantity),
      open_days: sum(({ open_days }) => open_days),
    }
  })
  const units = document.units.map(({ name, county_name, results }) => ({
    unit: name,
    county: county_name,
    amounts: results.map(({ explanation: _explanation, ...result }) => result),
  }))
  const data = {
    file,
    unit: document.unit_name,
    from: document.from_on,
    to: document.to_on,
    people_count: document.people.length,
    totals,
    units,
    open: document.open,
    ...more,
  }
  const { refused_rows = 0, waiting_rows = 0 } = more
  const zh_left =
    refused_rows + waiting_rows > 0
      ? `表中 ${refused_rows} 行没有采用、${waiting_rows} 行等答案，没有计入，见“待确认”表。`
      : ''
  const en_left =
    refused_rows + waiting_rows > 0
      ? ` Not counted: ${refused_rows} row(s) refused, ${waiting_rows} waiting for an answer; see the sheet “待确认”.`
      : ''
  call.print(
    {
      zh: `已写入 ${file}：${document.people.length} 人，${document.from_on} 至 ${document.to_on}，给单位的 ${units.length} 个，待确认 ${document.open.length} 项。${zh_left}`,
      en: `Wrote ${file}: ${document.people.length} people, ${document.from_on} to ${document.to_on}, ${units.length} unit(s) with an amount of their own, ${document.open.length} open point(s).${en_left}`,
    },
    data,
  )
  return refused_rows > 0 ? 1 : 0
}
