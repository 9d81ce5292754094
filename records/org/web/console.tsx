import { Link, useNavigate } from '@tanstack/react-router'
import { Tag } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { UNIT_KINDS } from '#engines/policy/vocabulary.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { Facts, Page, Section } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { listUnits, readUnit, readUnitHistory } from '../contract.ts'
import { UnitActions } from './console-actions.tsx'
import { UnitTree } from './console-tree.tsx'

type UnitWithPath = OutputOf<typeof readUnit>

/** The tree of areas and units, and the unit that the reader stands at; what other rooms know of it is handed in. */
export function OrgPage({ more }: { more?: ((unitId: number) => ReactNode) | undefined }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { unit_id } = useWorkplace()
  const unit = useEndpoint(readUnit, { params: { unit_id: String(unit_id) } }, { keep: true })
  const choose = (unitId: number) => void navigate({ to: '/org', search: (before) => ({ ...before, unit: unitId }) })
  return (
    <Page title={t('org.title')} about={t('org.about')}>
      <div className="two-columns">
        <section className="panel org-tree" aria-label={t('org.tree')}>
          <UnitTree chosen={unit_id} path={unit.data?.path.map((step) => step.unit_id) ?? []} onChoose={choose} />
        </section>
        <Loaded query={unit}>{(data) => <UnitDetail unit={data} more={more?.(data.unit_id)} />}</Loaded>
      </div>
    </Page>
  )
}

function UnitDetail({ unit, more }: { unit: UnitWithPath; more?: ReactNode }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const mayPeople = useMay('people.read')
  const above = unit.path.filter(({ unit_id }) => unit_id !== unit.unit_id)
  return (
    <div className="stack">
      <section className="panel stack">
        <div className="row spread">
          <div>
            <p className="soft small">
              {above.map(({ unit_id, name }) => (
                <span key={unit_id}>
                  <Link to="/org" search={(before) => ({ ...before, unit: unit_id })}>
                    {name}
                  </Link>
                  {' / '}
                </span>
              ))}
            </p>
            <h2 className="org-name">
              {unit.name} {unit.made_up ? <Tag>{t('common.made_up')}</Tag> : null}
              {unit.closed_on ? <Tag color="error">{t('org.closed')}</Tag> : null}
            </h2>
          </div>
          <UnitActions unit={unit} />
        </div>
        <Facts
          items={[
            [t('org.kind'), formats.word(UNIT_KINDS, unit.kind)],
            ...(unit.division_code ? [[t('org.division_code'), unit.division_code] as const] : []),
            [t('org.opened_on'), formats.date(unit.opened_on)],
            ...(unit.closed_on ? [[t('org.closed_on'), formats.date(unit.closed_on)] as const] : []),
            [t('org.child_count'), formats.count(unit.child_count)],
            ...(mayPeople ? [[t('org.people_count'), <PeopleLink key="people" unitId={unit.unit_id} />] as const] : []),
          ]}
        />
      </section>
      {more}
      {unit.child_count > 0 ? <UnitsBelow unitId={unit.unit_id} /> : null}
      <UnitHistory unitId={unit.unit_id} />
    </div>
  )
}

function PeopleLink({ unitId }: { unitId: number }) {
  const { t } = useTranslation()
  return (
    <Link to="/people" search={(before) => ({ ...before, unit: unitId })}>
      {t('org.to_people')}
    </Link>
  )
}

function UnitsBelow({ unitId }: { unitId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const below = useEndpoint(listUnits, { query: { parent_id: String(unitId), limit: 30 } })
  return (
    <Section title={t('org.below')}>
      <Loaded query={below}>
        {({ units, next }) => (
          <Rows
            caption={t('org.below')}
            rows={units}
            rowKey={(unit) => unit.unit_id}
            footer={next ? <p className="rows-more soft">{t('org.below_more')}</p> : undefined}
            columns={[
              {
                key: 'name',
                title: t('org.name'),
                narrow: 'title',
                show: (unit) => (
                  <Link to="/org" search={(before) => ({ ...before, unit: unit.unit_id })}>
                    {unit.name}
                  </Link>
                ),
              },
              { key: 'kind', title: t('org.kind'), show: (unit) => formats.word(UNIT_KINDS, unit.kind) },
              {
                key: 'children',
                title: t('org.child_count'),
                number: true,
                show: (unit) => formats.count(unit.child_count),
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  )
}

function UnitHistory({ unitId }: { unitId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const history = useEndpoint(readUnitHistory, { params: { unit_id: String(unitId) } })
  return (
    <Section title={t('org.history')}>
      <Loaded query={history} rows={2}>
        {({ states }) => (
          <Rows
            caption={t('org.history')}
            rows={states}
            empty={t('org.no_history')}
            rowKey={(state) => `${state.from_on} ${state.name} ${state.parent_id}`}
            columns={[
              {
                key: 'from',
                title: t('org.from_on'),
                narrow: 'title',
                show: (state) => formats.date(state.from_on),
              },
              { key: 'name', title: t('org.name'), show: (state) => state.name },
              { key: 'parent', title: t('org.parent'), show: (state) => state.parent_name ?? '—' },
              { key: 'reason', title: t('common.reason'), show: (state) => state.reason },
            ]}
          />
        )}
      </Loaded>
    </Section>
  )
}
