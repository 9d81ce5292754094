import type { ImportQuestion, Understanding } from '../import-contract.ts'
import type { DutySheetReading } from '../sheet/shapes.ts'
import { QUESTIONS, say } from '../sheet/texts.ts'
import type { ImportLine, Verdict } from './imports-judge.ts'
import type { Questions } from './imports-places.ts'
import { maskDeep } from './imports-rows.ts'
import type { NewRow } from './imports-store.ts'
import { OPTION_TEXTS } from './imports-texts.ts'

const QUESTIONS_MAX = 200
const NOTICES_MAX = 200

/** Questions of the sheet for which only two answers make sense. */
const CHOICES: Readonly<Record<string, readonly (readonly [value: string, text: readonly [string, string]])[]>> = {
  carry: [
    ['是', OPTION_TEXTS.yes],
    ['否', OPTION_TEXTS.no],
  ],
  hidden: [
    ['是', OPTION_TEXTS.yes],
    ['否', OPTION_TEXTS.no],
  ],
  range: [
    ['一个班', OPTION_TEXTS.one],
    ['每天', OPTION_TEXTS.each],
  ],
}

/** The posts' kinds are known from the posts themselves, so the sheet's own question about them is not asked. */
function sheetQuestions({ questions }: DutySheetReading): ImportQuestion[] {
  return questions
    .filter(({ kind }) => kind !== 'post')
    .map(({ key, kind, text, proposed, blocking, first, count, misunderstood }) => ({
      key,
      text,
      proposed,
      options: CHOICES[kind]?.map(([value, label]) => ({ value, label: say(label) })) ?? null,
      blocking,
      first: { sheet: first.sheet, row: first.row },
      count,
      misunderstood,
    }))
}

/** What was understood of the sheet as a whole, without a number that identifies anybody. */
export function summarise(
  answers: Readonly<Record<string, string>>,
  reading: DutySheetReading,
  questions: Questions,
  lines: readonly ImportLine[],
  verdicts: readonly Verdict[],
  rows: readonly NewRow[],
): Understanding {
  const { tables, marks, units, period, people_count } = reading.understood
  const count = (kind: NewRow['kind']) => rows.reduce((sum, row) => sum + Number(row.kind === kind), 0)
  const awaited = new Set(rows.flatMap(({ content }) => content.questions))
  const open = [...sheetQuestions(reading), ...questions.list].map((question) => ({
    ...question,
    blocking: question.blocking || awaited.has(question.key),
  }))
  const asked = new Set(open.map(({ key }) => key))
  const known = new Set([...asked, ...questions.answered.map(({ key }) => key)])
  const opened = lines.flatMap((line, index) =>
    line.new_post && ['ready', 'differs'].includes(verdicts[index].kind)
      ? [{ unit_name: line.unit_name, ...line.new_post }]
      : [],
  )
  return maskDeep({
    tables: tables.map(({ sheet, title, form, unit, row_count, columns }) => ({
      sheet,
      title,
      form,
      unit,
      row_count,
      columns: columns.map(({ column, header, field, day }) => ({ column, header, field, day: day ?? null })),
    })),
    marks: marks.map(({ mark, meaning, count: times }) => ({ mark, meaning, count: times })),
    units: [...units],
    period,
    people_count,
    new_posts: [...new Map(opened.map((post) => [`${post.unit_name} ${post.name}`, post])).values()],
    questions: open.slice(0, QUESTIONS_MAX),
    answered: [
      ...questions.answered,
      // What the sheet asked before and understands now; its key says what it was about.
      ...Object.entries(answers)
        .filter(([key]) => !known.has(key))
        .map(([key, answer]) => ({ key, text: aboutKey(key), answer, label: null })),
    ],
    notices: reading.notices.slice(0, NOTICES_MAX).map(({ sheet, row, text }) => ({ sheet, row, text })),
    counts: {
      ready: count('ready'),
      differs: count('differs'),
      already: count('already'),
      refused: count('refused'),
      waiting: count('waiting'),
      skipped: reading.skipped.length,
    },
  })
}

/** The question again from its key, for answers that the sheet no longer asks about. */
function aboutKey(key: string): ImportQuestion['text'] {
  const [kind = ''] = key.split(':', 1)
  const about = key.slice(kind.length + 1)
  switch (kind) {
    case 'year':
      return say(QUESTIONS.year)
    case 'mark':
      return say(QUESTIONS.mark, { mark: about })
    case 'unit':
      return say(QUESTIONS.unit, { table: about })
    case 'hours':
      return say(QUESTIONS.hours, { table: about })
    case 'begin':
      return say(QUESTIONS.begin, { table: about })
    case 'hidden':
      return say(QUESTIONS.hidden, { sheet: about })
    default:
      return { zh: about, en: about }
  }
}
