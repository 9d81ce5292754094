import type { UseQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded } from '#platform/ui/states.tsx'
import type { PackCheck } from '../contract-drafts.ts'

interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What is wrong with the rules, where, and what would be right; and how the examples come out. */
export function DraftCheck({
  check,
  onShow,
}: {
  check: UseQueryResult<PackCheck, Error>
  onShow: (place: Place) => void
}) {
  return (
    <Loaded query={check} rows={6}>
      {(data) => (
        <div className="stack">
          <Mistakes mistakes={data.mistakes} onShow={onShow} />
          <Cases cases={data.cases} onShow={onShow} />
        </div>
      )}
    </Loaded>
  )
}

function PlaceButton({ place, onShow }: { place: Place; onShow: (place: Place) => void }) {
  const { t } = useTranslation()
  return (
    <button type="button" className="mistake-place" onClick={() => onShow(place)}>
      {t('drafts.line_of', { file: place.file, line: place.line })}:{place.column}
    </button>
  )
}

export function Mistakes({ mistakes, onShow }: { mistakes: PackCheck['mistakes']; onShow: (place: Place) => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (mistakes.length === 0)
    return (
      <p className="panel" role="status">
        {t('drafts.no_mistakes')}
      </p>
    )
  const title = t('drafts.mistakes', { count: mistakes.length })
  return (
    <Section title={title}>
      <Rows
        caption={title}
        rows={mistakes}
        atOnce={25}
        rowKey={(mistake) => `${mistake.file} ${mistake.line} ${mistake.column} ${mistake.code} ${mistake.value}`}
        columns={[
          {
            key: 'where',
            title: t('drafts.where'),
            narrow: 'title',
            show: (mistake) => <PlaceButton place={mistake} onShow={onShow} />,
          },
          { key: 'written', title: t('drafts.written'), show: (mistake) => <code>{mistake.value}</code> },
          {
            key: 'wrong',
            title: t('drafts.wrong'),
            show: (mistake) => <span className="late">{formats.label(mistake.wrong)}</span>,
          },
          { key: 'right', title: t('drafts.right'), show: (mistake) => formats.label(mistake.right) },
        ]}
      />
    </Section>
  )
}

function Cases({ cases, onShow }: { cases: PackCheck['cases']; onShow: (place: Place) => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (cases.count === 0) return <p className="panel soft">{t('drafts.no_cases')}</p>
  if (cases.misses.length === 0) return <p className="panel">{t('drafts.cases_fine', { count: cases.count })}</p>
  const title = t('drafts.cases_wrong', { count: cases.misses.length })
  return (
    <Section title={title}>
      <Rows
        caption={title}
        rows={cases.misses}
        rowKey={(miss) => `${miss.file} ${miss.line} ${miss.entitlement} ${miss.wanted.zh}`}
        columns={[
          { key: 'case', title: t('drafts.case'), narrow: 'title', show: (miss) => miss.name },
          { key: 'where', title: t('drafts.where'), show: (miss) => <PlaceButton place={miss} onShow={onShow} /> },
          { key: 'wanted', title: t('drafts.wanted'), show: (miss) => formats.label(miss.wanted) },
          { key: 'got', title: t('drafts.got'), show: (miss) => formats.label(miss.got) },
        ]}
      />
    </Section>
  )
}
