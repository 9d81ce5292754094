import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { App, Button, Checkbox, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { listPosts, type PostView, planShifts } from '../contract.ts'
import { readShiftPlan, type ShiftPlan } from '../plan-contract.ts'
import { AssignDialog, type Preset } from './console-plan-assign.tsx'
import { CopyWeekDialog } from './console-plan-copy.tsx'
import { type Acts, PlanGrid } from './console-plan-grid.tsx'
import { nextDay } from './day-draft.ts'
import { daysFrom, weekOf } from './shift-plan.ts'
import './console.css'
import './console-plan.css'

/** A week of a unit: who is planned when, with everything needed to plan many at once. */
export function PlanPage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const { operation_id, unit_id, unit_name, today } = useWorkplace()
  const search = useSearch({ from: '/duty/plan' })
  const week = weekOf(search.week ?? today)
  const last = nextDay(week, 6)
  const params = { operation_id: String(operation_id), unit_id: String(unit_id) }
  const enabled = operation_id !== undefined
  const plan = useEndpoint(readShiftPlan, { params, query: { from: week, to: last } }, { enabled, keep: true })
  const posts = useEndpoint(listPosts, { params }, { enabled })
  return (
    <Page
      title={`${t('plan.title')} · ${formats.day(week)} – ${formats.day(last)}`}
      about={t('plan.about', { unit: unit_name })}
      actions={
        <>
          <Link to="/duty" search={(before) => ({ ...before, month: week.slice(0, 7) })}>
            {t('duty.to_month')}
          </Link>
          <Link to="/duty/posts">{t('plan.to_posts')}</Link>
        </>
      }
    >
      {operation_id === undefined ? (
        <Nothing>{t('common.no_operation')}</Nothing>
      ) : (
        <Loaded query={plan} rows={12}>
          {(data) => (
            <Week
              key={`${unit_id} ${week}`}
              week={week}
              plan={data}
              posts={posts.data?.posts}
              place={{ operation_id, unit_id }}
            />
          )}
        </Loaded>
      )}
    </Page>
  )
}

interface WeekProps {
  readonly week: string
  readonly plan: ShiftPlan
  /** Undefined while they are being read. */
  readonly posts: readonly PostView[] | undefined
  readonly place: { readonly operation_id: number; readonly unit_id: number }
}

function Week({ week, plan, posts, place }: WeekProps) {
  const { t } = useTranslation()
  const may = useMay('duty.plan')
  const { message, modal } = App.useApp()
  const command = useCommand(planShifts)
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [words, setWords] = useState('')
  const [assigning, setAssigning] = useState<Preset | undefined>(undefined)
  const [copying, setCopying] = useState(false)
  const params = { operation_id: String(place.operation_id), unit_id: String(place.unit_id) }
  const shown = plan.people.filter(({ name }) => name.includes(words))
  const withdraw = (shifts: ShiftPlan['shifts']) =>
    command.mutateAsync({
      params,
      body: { shifts: [], withdraw: shifts.map(({ person_id, shift_id }) => ({ person_id, shift_id })) },
    })
  const remove = (shifts: ShiftPlan['shifts']) =>
    withdraw(shifts).then(
      ({ withdrawn_count }) => message.success(t('plan.removed', { count: withdrawn_count })),
      () => undefined,
    )
  const ofChosen = plan.shifts.filter(({ person_id, settled }) => chosen.has(person_id) && !settled)
  const removeChosen = () =>
    modal.confirm({
      title: t('plan.remove_selected'),
      content: t('plan.remove_ask', { people: chosen.size, count: ofChosen.length }),
      okText: t('plan.remove_selected'),
      cancelText: t('common.cancel'),
      okButtonProps: { danger: true },
      onOk: () => remove(ofChosen),
    })
  const acts: Acts | undefined = may
    ? {
        chosen,
        onChoose: setChosen,
        onAdd: (person_id, date) => setAssigning({ people: [person_id], date }),
        onRemove: (shift) => void remove([shift]),
      }
    : undefined
  return (
    <div className="stack tight">
      <div className="row spread">
        <WeekSteps week={week} />
        {may ? (
          <div className="row">
            <Button onClick={() => setCopying(true)}>{t('plan.copy')}</Button>
            {posts && posts.length === 0 ? (
              <Link to="/duty/posts">{t('plan.no_posts')}</Link>
            ) : (
              <Button type="primary" onClick={() => setAssigning({ people: [...chosen], date: week })}>
                {t('plan.add')}
              </Button>
            )}
          </div>
        ) : null}
      </div>
      <div className="row spread plan-bar">
        <p className="soft" role="status">
          {t('plan.sum', {
            shifts: plan.shifts.length,
            people: new Set(plan.shifts.map(({ person_id }) => person_id)).size,
          })}
          {plan.elsewhere.length > 0 ? ` · ${t('plan.elsewhere_legend')}` : null}
        </p>
        <div className="row">
          {chosen.size > 0 ? (
            <>
              <span>{t('plan.selected', { count: chosen.size })}</span>
              <Button size="small" danger disabled={ofChosen.length === 0} onClick={removeChosen}>
                {t('plan.remove_selected')}
              </Button>
              <Button size="small" onClick={() => setChosen(new Set())}>
                {t('plan.clear')}
              </Button>
            </>
          ) : null}
          {may ? (
            <Checkbox
              checked={shown.length > 0 && shown.every(({ person_id }) => chosen.has(person_id))}
              onChange={({ target }) => setChosen(new Set(target.checked ? shown.map((one) => one.person_id) : []))}
            >
              {t('plan.select_all')}
            </Checkbox>
          ) : null}
          <Input
            aria-label={t('people.find')}
            placeholder={t('people.find')}
            allowClear
            value={words}
            onChange={({ target }) => setWords(target.value.trim())}
            style={{ width: 160 }}
          />
        </div>
      </div>
      {plan.people.length === 0 ? (
        <Nothing>{t('plan.no_people')}</Nothing>
      ) : (
        <PlanGrid days={daysFrom(week, 7)} people={shown} plan={plan} acts={acts} />
      )}
      {assigning && posts ? (
        <AssignDialog
          preset={assigning}
          people={plan.people}
          posts={posts}
          place={place}
          onClose={() => setAssigning(undefined)}
        />
      ) : null}
      {copying && posts ? (
        <CopyWeekDialog
          week={week}
          plan={plan}
          chosen={chosen}
          posts={posts}
          place={place}
          onClose={() => setCopying(false)}
        />
      ) : null}
    </div>
  )
}

function WeekSteps({ week }: { week: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { today } = useWorkplace()
  const go = (date: string) =>
    void navigate({ to: '/duty/plan', search: ({ op, unit }) => ({ op, unit, week: weekOf(date) }) })
  return (
    <div className="row">
      <Button onClick={() => go(nextDay(week, -7))}>{t('plan.week_before')}</Button>
      <Button onClick={() => go(today)} disabled={week === weekOf(today)}>
        {t('plan.this_week')}
      </Button>
      <Button onClick={() => go(nextDay(week, 7))}>{t('plan.week_after')}</Button>
    </div>
  )
}
