import { Link } from '@tanstack/react-router'
import { Button, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import { Facts, Page } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { listOperations, type OperationView } from '../contract.ts'
import { ChangeLevelDialog, DeclareDialog, EndDialog, levelText } from './console-actions.tsx'

/** Declared responses: declare one, change its level, end it. */
export function OperationsPage() {
  const { t } = useTranslation()
  const may = useMay('operations.write')
  const query = useEndpoint(listOperations, {})
  const [declaring, setDeclaring] = useState(false)
  const declare = may ? (
    <Button type="primary" onClick={() => setDeclaring(true)}>
      {t('operations.declare')}
    </Button>
  ) : undefined
  return (
    <Page title={t('operations.title')} about={t('operations.about')} actions={declare}>
      <Loaded query={query}>
        {({ operations }) => (
          <div className="stack">
            {operations.length === 0 ? <Nothing>{t('operations.none')}</Nothing> : null}
            {operations.map((operation) => (
              <OperationPanel key={operation.operation_id} operation={operation} may={may} />
            ))}
          </div>
        )}
      </Loaded>
      <DeclareDialog open={declaring} onClose={() => setDeclaring(false)} />
    </Page>
  )
}

function OperationPanel({ operation, may }: { operation: OperationView; may: boolean }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { operation_id, today } = useWorkplace()
  const [act, setAct] = useState<'level' | 'end' | undefined>(undefined)
  const close = () => setAct(undefined)
  const here = operation.operation_id === operation_id
  return (
    <section className="panel stack" aria-label={operation.name}>
      <div className="row spread">
        <h2 className="section-title">
          {operation.name} {operation.made_up ? <Tag>{t('common.made_up')}</Tag> : null}
          {here ? <Tag>{t('operations.here')}</Tag> : null}
        </h2>
        <div className="row">
          {here ? null : (
            <Link to="/operations" search={(before) => ({ ...before, op: operation.operation_id })}>
              {t('operations.look')}
            </Link>
          )}
          {may && operation.ended_on === null ? (
            <>
              <Button onClick={() => setAct('level')}>{t('operations.change_level')}</Button>
              <Button danger onClick={() => setAct('end')}>
                {t('operations.end')}
              </Button>
            </>
          ) : null}
        </div>
      </div>
      <Facts
        items={[
          [t('operations.state'), <State key="state" operation={operation} today={today} />],
          [t('operations.kind'), t(`operations.kinds.${operation.kind}`)],
          [t('operations.area'), operation.area_name],
          [t('operations.started_on'), formats.date(operation.started_on)],
          [t('operations.level_now'), <LevelsNow key="levels" operation={operation} today={today} />],
        ]}
      />
      <Levels operation={operation} />
      {act === 'level' ? <ChangeLevelDialog operation={operation} onClose={close} /> : null}
      {act === 'end' ? <EndDialog operation={operation} onClose={close} /> : null}
    </section>
  )
}

function State({ operation, today }: { operation: OperationView; today: string }) {
  const { t } = useTranslation()
  const formats = useFormats()
  if (operation.ended_on !== null)
    return <span className="soft">{t('operations.ended', { day: formats.date(operation.ended_on) })}</span>
  return <>{operation.started_on > today ? t('operations.planned') : t('operations.running')}</>
}

/** What holds in each area today: of the area's rows the newest that has begun. */
function LevelsNow({ operation, today }: { operation: OperationView; today: string }) {
  const { t } = useTranslation()
  const begun = operation.levels.filter(({ from_on }) => from_on <= today)
  const areas = new Map(begun.toReversed().map((level) => [level.area_unit_id, level]))
  if (areas.size === 0) return <span className="soft">{t('operations.level_none')}</span>
  return (
    <>
      {[...areas.values()].map(({ area_unit_id, area_name, level }) => (
        <span key={area_unit_id} className="operation-level">
          {area_name} {levelText(t, level)}
        </span>
      ))}
    </>
  )
}

function Levels({ operation }: { operation: OperationView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <div className="stack tight">
      <h3 className="section-title">{t('operations.history')}</h3>
      <Rows
        caption={t('operations.history')}
        rows={operation.levels}
        atOnce={12}
        rowKey={(level) => `${level.from_on} ${level.area_unit_id}`}
        columns={[
          {
            key: 'from',
            title: t('operations.from_on'),
            narrow: 'title',
            show: (level) => formats.date(level.from_on),
          },
          { key: 'area', title: t('operations.area'), show: (level) => level.area_name },
          { key: 'level', title: t('operations.level'), show: (level) => levelText(t, level.level) },
          { key: 'source', title: t('operations.source'), show: (level) => level.source },
        ]}
      />
    </div>
  )
}
