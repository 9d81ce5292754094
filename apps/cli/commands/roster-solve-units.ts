import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { findPlace, orThrow } from '#apps/cli/database-place.ts'
import { work } from '#apps/server/serve.ts'
import type { AskPart, AskView, Unmet } from '#measures/rosters/ask-contract.ts'
import { askForRosters, type OfPlace } from '#measures/rosters/server/asks.ts'
import { findAsk, listParts } from '#measures/rosters/server/asks-read.ts'
import { type Actor, holds, reaches, scopeOf } from '#platform/access/actor.ts'
import { findActorNamed } from '#platform/access/sessions.ts'
import { type Context, requestContext } from '#platform/db/context.ts'
import type { Database } from '#platform/db/database.ts'
import { OperatorError, type Wording } from '#platform/db/operator-error.ts'
import { listUnitsBelow } from '#records/org/server/reads.ts'
import { type Call, type Command, DATABASE_SETTINGS, type ExitStatus } from '../command.ts'

const LOOK_EVERY_MS = 500
const PAGE = 200
const DAYS_STANDARD = 28
/** Unmet needs that are told of each unit; all that are kept stand in the JSON. */
const TOLD_MAX = 5

export const command: Command = {
  usage: '--operation 编号或名称 [--unit 单位] --from 2020-03-02 [--days N] --as 账号',
  text: {
    zh: [
      '统一排班：单位及其下属各单位的班表一次排好，各得一份草稿，由单位负责人修改、发布。',
      '以 --as 的账号发起，该账号须有权统一排班。本命令也参与求解，可与 serve、work 同时运行。',
      'Ctrl+C 只是不再参与和等待：其余由别的节点继续，再次运行同一命令即可接着看。',
      '退出状态 1：有单位缺人或没有排成，逐个列出。',
    ].join('\n'),
    en: [
      'Makes the rosters of a unit and all units below it at once: a draft for each, which its manager changes and publishes.',
      'Asked in the name of the account --as, which must be permitted to. This command solves too; serve and work may run beside it.',
      'Ctrl+C only ends taking part and waiting: other nodes go on, and the same command takes it up again.',
      'Exit status 1: units are short of people or could not be rostered; they are listed.',
    ].join('\n'),
  },
  options: {
    operation: { value: 'ID', text: { zh: '响应的编号或名称', en: 'the operation, by number or name' } },
    unit: {
      value: 'ID',
      text: { zh: '单位的编号或名称，默认响应的整个区域', en: 'the unit, by number or name; standard: the whole area' },
    },
    from: { value: 'DATE', text: { zh: '从哪天起', en: 'first day' } },
    days: { value: 'N', text: { zh: `排几天，默认 ${DAYS_STANDARD}`, en: `days, standard ${DAYS_STANDARD}` } },
    as: { value: 'LOGIN', text: { zh: '以哪个账号发起', en: 'the account in whose name it is asked' } },
    'only-existing': {
      text: {
        zh: '只排已有排班表的单位，不为其他单位提出设置',
        en: 'only units that have a roster; propose none for others',
      },
    },
  },
  settings: DATABASE_SETTINGS,
  printsData: true,
  run: solveUnits,
}

async function solveUnits(call: Call): Promise<ExitStatus> {
  const period = periodOf(call)
  const login = call.required('as').toLowerCase()
  const wanted = call.required('operation')
  const node = await work({ ...call.settings, logLevel: 'silent' }, call.say, {
    command: 'roster solve-units',
    beside: 'beside',
  })
  try {
    const { longDatabase: database, house } = node
    const place = await findPlace(database, wanted, call.option('unit'))
    const actor = await actorAt(database, login, place.unit_id)
    const context: Context = { ...requestContext(actor, 'rosters.ask'), principal: 'command line' }
    const now = house.platform.clock.now()
    const asked = orThrow(
      await database.transact(context, (tx) => askForRosters(tx, { actor, jobs: house.jobs, now }, place, period)),
    )
    const which = { ...place, ask_id: asked.ask_id }
    const ended = await follow(call, database, context, which)
    if (ended === undefined) {
      call.say({
        zh: '不再等待。其余由别的节点继续；再次运行同一命令即可接着看。',
        en: 'No longer waiting. Other nodes go on; the same command takes it up again.',
      })
      return 0
    }
    return tell(call, ended, await readParts(database, context, which))
  } finally {
    await node.stop()
  }
}

function periodOf(call: Call): { from_on: string; days: number; propose: boolean } {
  const from_on = call.required('from')
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(from_on) && isRealDay(from_on)
  if (!isDate)
    throw wrongUse(`--from：${from_on} 不是日期，应如 2020-03-02`, `--from: ${from_on} is no date such as 2020-03-02`)
  const text = call.option('days') ?? String(DAYS_STANDARD)
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1) {
    throw wrongUse(`--days：${text} 不是正整数`, `--days: ${text} is not a whole number above 0`)
  }
  return { from_on, days, propose: !call.isOn('only-existing') }
}

function isRealDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

function wrongUse(zh: string, en: string): OperatorError {
  return new OperatorError(zh, en, { exitStatus: 2 })
}

async function actorAt(database: Database, login: string, unitId: number): Promise<Actor> {
  const actor = await findActorNamed(database, login, listUnitsBelow)
  if (!actor) throw wrongUse(`没有账号“${login}”，或已停用。`, `There is no account "${login}", or it is disabled.`)
  if (holds(actor, 'rosters.ask') && reaches(scopeOf(actor, 'rosters.ask'), unitId)) return actor
  throw new OperatorError(
    `账号“${login}”无权在这里统一排班（指挥部、人社经办在本级范围内可以）。`,
    `The account "${login}" may not ask for rosters here (command and HR clerks may at their place).`,
  )
}

/** Tells how far it is until it is over; undefined when whoever called does not wait any longer. */
async function follow(
  call: Call,
  database: Database,
  context: Context,
  which: OfPlace & { ask_id: number },
): Promise<z.input<typeof AskView> | undefined> {
  let isLeft = false
  const leave = () => {
    isLeft = true
  }
  process.once('SIGINT', leave).once('SIGTERM', leave)
  try {
    let told = -1
    while (!isLeft) {
      const ask = await database.read(context, (tx) => findAsk(tx, which))
      if (!ask) throw new Error('the ask is gone')
      if (ask.done_count > told) {
        told = ask.done_count
        call.say({
          zh: `${ask.done_count} / ${ask.parts_count} 份，缺人 ${ask.unmet_count} 份`,
          en: `${ask.done_count} of ${ask.parts_count}, short of people ${ask.unmet_count}`,
        })
      }
      if (ask.ended_at !== null) return ask
      await sleep(LOOK_EVERY_MS)
    }
    return undefined
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave)
  }
}

async function readParts(database: Database, context: Context, which: OfPlace & { ask_id: number }) {
  const parts: z.input<typeof AskPart>[] = []
  let after: number | undefined
  do {
    const page = await database.read(context, (tx) =>
      listParts(tx, which, { which: 'all', limit: PAGE, ...(after === undefined ? {} : { after }) }),
    )
    parts.push(...page.parts)
    after = page.next === null ? undefined : Number(page.next)
  } while (after !== undefined)
  return parts
}

const STATES: Readonly<Partial<Record<AskPart['state'], Wording>>> = {
  no_needs: { zh: '近四周值守不足，无从提出班次', en: 'too little duty in the last four weeks to propose shifts from' },
  refused: { zh: '排不了', en: 'cannot be made' },
  crashed: { zh: '出错停下', en: 'broke off' },
  cancelled: { zh: '未排', en: 'dropped' },
}

function tell(call: Call, ask: z.input<typeof AskView>, parts: readonly z.input<typeof AskPart>[]): ExitStatus {
  const lines = parts.flatMap((part): Wording[] => {
    const state = STATES[part.state]
    if (state) {
      const why = part.refusal ?? { zh: '', en: '' }
      return [{ zh: `${part.unit_name}：${state.zh} ${why.zh}`, en: `${part.unit_name}: ${state.en} ${why.en}` }]
    }
    if (part.unmet_count === 0) return []
    const told = part.unmet.slice(0, TOLD_MAX).map(unmetText)
    const more = part.unmet_count - told.length
    return [
      {
        zh: `${part.unit_name}：${told.map(({ zh }) => zh).join('；')}${more > 0 ? `；另有 ${more} 处` : ''}`,
        en: `${part.unit_name}: ${told.map(({ en }) => en).join('; ')}${more > 0 ? `; ${more} more` : ''}`,
      },
    ]
  })
  call.print(
    {
      zh: [`${ask.parts_count} 份，草稿 ${ask.drafts_count} 份`, ...lines.map(({ zh }) => `  ${zh.trimEnd()}`)].join(
        '\n',
      ),
      en: [
        `${ask.parts_count} rosters, ${ask.drafts_count} drafts`,
        ...lines.map(({ en }) => `  ${en.trimEnd()}`),
      ].join('\n'),
    },
    { ask, parts },
  )
  return lines.length > 0 ? 1 : 0
}

function unmetText({ day_on, shifts, skill, needed, actual }: Unmet): Wording {
  const who = skill === null ? { zh: '人', en: '' } : { zh: `人会“${skill}”`, en: ` with "${skill}"` }
  return {
    zh: `${day_on} ${shifts.join('、')}需 ${needed} ${who.zh}，有 ${actual} 人`,
    en: `${day_on} ${shifts.join(', ')}: ${needed}${who.en} needed, ${actual} there`,
  }
}
