import { formatYuan } from '#engines/values/money.ts'
import type { EntitlementHead, PersonStatement, Result } from '#measures/benefits/contract.ts'
import { dayText, minutesText } from '#platform/ui/phone/moments.ts'
import { Card, Read, Tag } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import { type Reading, useReading } from '#platform/ui/phone/reading.ts'
import { type TextKey, type Texts, useTexts } from '#platform/ui/phone/texts.ts'

export function statementPath(operation_id: number): string {
  return `/api/me/statement?operation_id=${operation_id}`
}

function useOwnStatement(): Reading<PersonStatement> {
  const { operation } = usePhone()
  return useReading<PersonStatement>(statementPath(operation.operation_id))
}

/** What a worker is told while there is nothing to show: running an evaluation is not for them. */
function notYet(text: string): Readonly<Record<string, string>> {
  return { 'policies.no_evaluation': text, 'benefits.no_person': text, 'benefits.unknown_person': text }
}

interface Line {
  readonly head: EntitlementHead
  readonly result: Result
}

function linesOf(statement: PersonStatement): readonly Line[] {
  return statement.entitlements.flatMap((head) => {
    const result = statement.results.find((one) => one.entitlement === head.entitlement)
    return result ? [{ head, result }] : []
  })
}

/** Money first, then what else applies, then what does not. */
function inReadingOrder(lines: readonly Line[]): readonly Line[] {
  const place = ({ head, result }: Line) =>
    result.state === 'not_covered' ? 2 : head.gives.startsWith('money') ? 0 : 1
  return [...lines].sort((one, other) => place(one) - place(other))
}

/** What is settled in money; what is open is said beside it and never counted as 0. */
function owedFen(lines: readonly Line[]): number | undefined {
  const amounts = lines.flatMap(({ result }) => (result.amount_fen === null ? [] : [result.amount_fen]))
  return amounts.length === 0 ? undefined : amounts.reduce((sum, amount_fen) => sum + amount_fen, 0)
}

function isOpen({ result }: Line): boolean {
  return result.state === 'needs_decision' || result.state === 'missing_fact' || result.open_days > 0
}

/** An amount, days, time or a right, as it is said aloud. */
export function valueText(head: EntitlementHead, result: Result, texts: Texts): string {
  const { t, language } = texts
  if (head.gives.startsWith('money'))
    return result.amount_fen === null ? t('value_open') : `¥${formatYuan(result.amount_fen)}`
  if (result.quantity === null) return t('value_open')
  if (head.quantity_unit === 'minutes') return minutesText(result.quantity, language)
  if (head.quantity_unit === 'day_hundredths') return t('days_count', { n: result.quantity / 100 })
  if (head.quantity_unit === 'items') return String(result.quantity)
  return t(result.state === 'settled' ? 'value_right' : 'value_open')
}

export function Marks({ head }: { readonly head: EntitlementHead }) {
  const { t } = useTexts()
  return (
    <>
      {head.unverified ? <Tag tone="wait">{t('unverified')}</Tag> : null}
      {head.example ? <Tag tone="wait">{t('example')}</Tag> : null}
    </>
  )
}

export function OwedCard() {
  const { t, language } = useTexts()
  const reading = useOwnStatement()
  return (
    <Card title={t('owed')}>
      <Read reading={reading} what={t('owed')} instead={notYet(t('owed_none'))}>
        {(statement) => {
          const lines = linesOf(statement)
          const owed = owedFen(lines)
          const open = lines.filter(isOpen).length
          return (
            <a class="plain-link" href="#/owed">
              <p class="huge money">{owed === undefined ? t('value_open') : `¥${formatYuan(owed)}`}</p>
              <p class="quiet">
                {t('owed_until', { day: dayText(statement.period.to, language) })}
                {open > 0 ? t('owed_open', { n: open }) : ''}
              </p>
              <p>
                {lines.some(({ head }) => head.unverified) ? <Tag tone="wait">{t('owed_unverified')}</Tag> : null}{' '}
                {lines.some(({ head }) => head.example) ? <Tag tone="wait">{t('owed_example')}</Tag> : null}
              </p>
              <p class="more">{t('owed_why')}</p>
            </a>
          )
        }}
      </Read>
    </Card>
  )
}

const STATE_TEXTS = {
  settled: 'state_settled',
  needs_decision: 'state_needs_decision',
  missing_fact: 'state_missing_fact',
  not_covered: 'state_not_covered',
} as const satisfies Record<Result['state'], TextKey>

const STATE_TONES = { settled: 'ok', needs_decision: 'wait', missing_fact: 'wait', not_covered: 'quiet' } as const

/** Everything that follows from my duty: money, time, rights; each opens into its reason. */
export function StatementPage() {
  const { t, language } = useTexts()
  const reading = useOwnStatement()
  return (
    <>
      <h1>{t('statement_title')}</h1>
      <Read reading={reading} what={t('owed')} instead={notYet(t('owed_none'))}>
        {(statement) => (
          <>
            <p class="quiet">
              {t('statement_period', {
                from: dayText(statement.period.from, language),
                to: dayText(statement.period.to, language),
              })}
            </p>
            {inReadingOrder(linesOf(statement)).map((line) => (
              <EntitlementLink key={line.head.entitlement} {...line} />
            ))}
            <p class="quiet">{t('statement_note')}</p>
          </>
        )}
      </Read>
    </>
  )
}

function EntitlementLink({ head, result }: Line) {
  const texts = useTexts()
  const { t, local } = texts
  return (
    <Card>
      <a class="plain-link" href={`#/owed/${encodeURIComponent(head.entitlement)}`}>
        <div class="row-head">
          <strong>{local(head.title)}</strong>
          <Tag tone={STATE_TONES[result.state]}>{t(STATE_TEXTS[result.state])}</Tag>
        </div>
        {result.state === 'not_covered' ? null : <p class="big money">{valueText(head, result, texts)}</p>}
        <OpenNote result={result} />
        {result.state === 'not_covered' ? null : (
          <p>
            <Marks head={head} />
          </p>
        )}
        <p class="more">{t('why')}</p>
      </a>
    </Card>
  )
}

export function OpenNote({ result }: { readonly result: Result }) {
  const { t, local } = useTexts()
  return (
    <>
      {result.decision_question ? (
        <p>{t('waits_for_decision', { question: local(result.decision_question) })}</p>
      ) : null}
      {result.missing_text ? <p>{t('waits_for_fact', { fact: local(result.missing_text) })}</p> : null}
      {result.open_days > 0 ? <p class="quiet">{t('open_days', { n: result.open_days })}</p> : null}
    </>
  )
}
