import { Button, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import { Rows } from '#platform/ui/rows.tsx'
import type { Fact } from '../contract.ts'
import { valueKindOf } from '../value-kinds.ts'

export type FactAction = 'confirmed' | 'corrected' | 'withdrawn'

const TONES = { waits: 'warning', counts: 'default', change_waits: 'warning', withdrawn: 'default' } as const

/** Facts with who said what; what a reader may do stands beside each. */
export function FactRows({
  caption,
  facts,
  actions,
  onAct,
  subject,
}: {
  caption: string
  facts: readonly Fact[]
  actions: readonly FactAction[]
  onAct: (fact: Fact, action: FactAction) => void
  /** Whose it is, where facts of several people stand together. */
  subject?: (fact: Fact) => string
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <Rows
      caption={caption}
      rows={facts}
      rowKey={(fact) => fact.fact_id}
      empty={t('facts.none')}
      columns={[
        ...(subject
          ? [{ key: 'who', title: t('people.name'), narrow: 'title' as const, show: (fact: Fact) => subject(fact) }]
          : []),
        {
          key: 'what',
          title: t('facts.what'),
          ...(subject ? {} : { narrow: 'title' as const }),
          show: (fact) => (
            <>
              {formats.label(fact.title)} <Tag color={TONES[fact.state]}>{t(`facts.state.${fact.state}`)}</Tag>
            </>
          ),
        },
        { key: 'value', title: t('facts.value'), show: (fact) => <Value fact={fact} /> },
        { key: 'said', title: t('facts.said'), show: (fact) => <Said fact={fact} /> },
        { key: 'ref', title: t('facts.record'), show: (fact) => <code className="nowrap">{fact.ref}</code> },
        {
          key: 'act',
          title: t('common.actions'),
          show: (fact) => <Actions fact={fact} actions={actions} onAct={onAct} />,
        },
      ]}
    />
  )
}

function Value({ fact }: { fact: Fact }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const last = fact.entries.at(-1)
  if (!last) return null
  const kind = valueKindOf(fact)
  const figure =
    kind === 'yes_no'
      ? t(last.amount > 0 ? 'facts.yes' : 'facts.no')
      : kind === 'yuan'
        ? formats.yuan(last.amount)
        : kind === 'people'
          ? t('facts.people_text', { figure: formats.count(last.amount) })
          : kind === 'times'
            ? t('facts.times_text', { figure: formats.count(last.amount) })
            : ''
  const isDay = kind === 'times' || fact.sort === 'children'
  const days = isDay
    ? formats.date(last.from_on)
    : last.to_on === null
      ? t('common.since', { day: formats.date(last.from_on) })
      : `${formats.date(last.from_on)} – ${formats.date(last.to_on)}`
  return (
    <>
      {figure} <span className="soft small">{days}</span>
    </>
  )
}

function Said({ fact }: { fact: Fact }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <ul className="plain small">
      {fact.entries.map((entry) => (
        <li key={entry.entry_id}>
          {t('facts.said_line', {
            act: t(`facts.acts.${entry.act}`),
            by: entry.said_by,
            at: formats.moment(entry.said_at),
          })}
          {entry.reason ? <span className="soft"> {entry.reason}</span> : null}
        </li>
      ))}
    </ul>
  )
}

/** Whoever stated something is told that it waits for somebody else, instead of being offered to confirm it. */
function Actions({
  fact,
  actions,
  onAct,
}: {
  fact: Fact
  actions: readonly FactAction[]
  onAct: (fact: Fact, action: FactAction) => void
}) {
  const { t } = useTranslation()
  const waits = fact.state === 'waits' || fact.state === 'change_waits'
  const mine = fact.entries.at(-1)?.said_by_me ?? false
  if (fact.state === 'withdrawn') return <span className="soft">—</span>
  return (
    <span className="row">
      {actions.includes('confirmed') && waits && !mine ? (
        <Button size="small" type="primary" onClick={() => onAct(fact, 'confirmed')}>
          {t('facts.confirm')}
        </Button>
      ) : null}
      {waits && mine ? <span className="soft small">{t('facts.own_waits')}</span> : null}
      {actions.includes('corrected') ? (
        <Button size="small" onClick={() => onAct(fact, 'corrected')}>
          {t('facts.correct')}
        </Button>
      ) : null}
      {actions.includes('withdrawn') ? (
        <Button size="small" onClick={() => onAct(fact, 'withdrawn')}>
          {t('facts.withdraw')}
        </Button>
      ) : null}
    </span>
  )
}
