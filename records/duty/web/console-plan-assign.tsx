import { App, Checkbox, Form, Input, InputNumber, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ClockInput } from '#platform/ui/clock-input.tsx'
import { useFormats, weekdayNames } from '#platform/ui/formats.ts'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { type PostView, planShifts } from '../contract.ts'
import { PLAN_DAYS_MAX, readShiftPlan, type ShiftPlan } from '../plan-contract.ts'
import { PlanPreview, shiftsBody } from './console-plan-preview.tsx'
import { nextDay } from './day-draft.ts'
import { type Candidate, dayCount, type Pattern, shiftsOf, sortOut } from './shift-plan.ts'

const SHIFTS_MAX = 1000
const KINDS = ['once', 'daily', 'weekdays', 'cycle'] as const

export interface Preset {
  readonly people: readonly number[]
  readonly date: string
}

interface Values {
  readonly people: number[]
  readonly post_id: number | undefined
  readonly from: string
  readonly to: string
  readonly kind: (typeof KINDS)[number]
  readonly first: string
  readonly last: string
  readonly weekdays: number[]
  readonly on_days: number
  readonly off_days: number
  readonly stagger: boolean
}

function patternOf({ kind, weekdays, on_days, off_days, stagger }: Values): Pattern {
  if (kind === 'weekdays') return { kind, weekdays }
  if (kind === 'cycle') return { kind, on_days, off_days, stagger }
  return { kind }
}

function isOpenOn({ opened_on, closed_on }: PostView, date: string): boolean {
  return opened_on <= date && (closed_on === null || closed_on >= date)
}

interface AssignProps {
  readonly preset: Preset
  readonly people: ShiftPlan['people']
  readonly posts: readonly PostView[]
  readonly place: { readonly operation_id: number; readonly unit_id: number }
  readonly onClose: () => void
}

/** Plans one shift or many: people, a post, hours, and on which days. Says first what fits and what overlaps. */
export function AssignDialog({ preset, people, posts, place, onClose }: AssignProps) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const command = useCommand(planShifts)
  const open = posts.filter((post) => isOpenOn(post, preset.date))
  const [values, setValues] = useState<Values>({
    people: [...preset.people],
    post_id: open[0]?.post_id,
    from: '08:00',
    to: '20:00',
    kind: preset.people.length === 1 ? 'once' : 'daily',
    first: preset.date,
    last: nextDay(preset.date, 6),
    weekdays: [0, 1, 2, 3, 4],
    on_days: 1,
    off_days: 2,
    stagger: true,
  })
  const set = (change: Partial<Values>) => setValues({ ...values, ...change })
  const { fault, sorted } = useSorted(values, place)
  const only = preset.people.length === 1 ? people.find(({ person_id }) => person_id === preset.people[0]) : undefined
  const save = () =>
    command.mutate(
      {
        params: { operation_id: String(place.operation_id), unit_id: String(place.unit_id) },
        body: { shifts: shiftsBody(sorted.fits) },
      },
      {
        onSuccess({ planned_count }) {
          void message.success(t('plan.added', { count: planned_count }))
          onClose()
        },
      },
    )
  return (
    <Modal
      open
      title={only ? t('plan.add_named', { name: only.name }) : t('plan.add')}
      okText={t('plan.add')}
      cancelText={t('common.cancel')}
      okButtonProps={{ disabled: fault !== undefined || sorted.fits.length === 0, loading: command.isPending }}
      onOk={save}
      onCancel={onClose}
      width={560}
    >
      <Form layout="vertical" requiredMark={false}>
        <Form.Item label={t('plan.people')} htmlFor="plan-people">
          <Select
            id="plan-people"
            mode="multiple"
            value={values.people}
            onChange={(chosen: number[]) => set({ people: chosen })}
            optionFilterProp="label"
            maxTagCount={8}
            options={people.map(({ person_id, name }) => ({ value: person_id, label: name }))}
          />
        </Form.Item>
        <PostAndHours values={values} set={set} posts={open} />
        <PatternFields values={values} set={set} />
        {fault ? <p className="waiting">{fault}</p> : <PlanPreview {...sorted} people={people} />}
        <ProblemNotice error={command.error} />
      </Form>
    </Modal>
  )
}

const NOTHING: { fits: readonly Candidate[]; clashes: readonly Candidate[] } = { fits: [], clashes: [] }

/** What of the chosen pattern can be planned, given what stands in that period here and elsewhere. */
function useSorted(values: Values, place: AssignProps['place']) {
  const { t } = useTranslation()
  const { time_zone } = useWorkplace()
  const { first, last, kind } = values
  const until = kind === 'once' ? first : last
  const days = first && until ? dayCount(first, until) : 0
  const within = days >= 1 && days <= PLAN_DAYS_MAX - 2
  const standing = useEndpoint(
    readShiftPlan,
    {
      params: { operation_id: String(place.operation_id), unit_id: String(place.unit_id) },
      // A shift of the night before may reach into the first day.
      query: { from: nextDay(first || '2020-01-01', -1), to: nextDay(until || '2020-01-01', 1) },
    },
    { enabled: within, keep: true },
  )
  if (!within) {
    const fault = days > 0 ? t('plan.too_long', { days: PLAN_DAYS_MAX - 2 }) : t('plan.backwards')
    return { fault, sorted: NOTHING }
  }
  if (values.people.length === 0) return { fault: t('plan.choose_people'), sorted: NOTHING }
  if (values.post_id === undefined) return { fault: t('plan.no_posts'), sorted: NOTHING }
  const { people, post_id, from, to } = values
  if (from === '' || to === '') return { fault: t('plan.no_times'), sorted: NOTHING }
  if (!standing.data) return { fault: undefined, sorted: NOTHING }
  const candidates = shiftsOf({ people, post_id, from, to, first, last: until, pattern: patternOf(values) }, time_zone)
  const sorted = sortOut(candidates, [...standing.data.shifts, ...standing.data.elsewhere])
  const fault = sorted.fits.length > SHIFTS_MAX ? t('plan.too_many', { count: sorted.fits.length }) : undefined
  return { fault, sorted }
}

interface FieldsProps {
  readonly values: Values
  readonly set: (change: Partial<Values>) => void
}

function minutesBetween(from: string, to: string): number {
  const minute = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))
  const length = minute(to) - minute(from)
  return length > 0 ? length : length + 24 * 60
}

function PostAndHours({ values, set, posts }: FieldsProps & { posts: readonly PostView[] }) {
  const { t } = useTranslation()
  const limit = posts.find(({ post_id }) => post_id === values.post_id)?.longest_stay_minutes
  const minutes = values.from === '' || values.to === '' ? 0 : minutesBetween(values.from, values.to)
  return (
    <>
      <Form.Item label={t('duty.post')} htmlFor="plan-post">
        <Select
          id="plan-post"
          value={values.post_id}
          onChange={(post_id: number) => set({ post_id })}
          options={posts.map(({ post_id, name }) => ({ value: post_id, label: name }))}
          notFoundContent={t('plan.no_posts')}
        />
      </Form.Item>
      <div className="row">
        <Form.Item label={t('duty.from')} htmlFor="plan-from">
          <ClockInput id="plan-from" value={values.from} onChange={(from) => set({ from })} />
        </Form.Item>
        <Form.Item label={t('duty.to')} htmlFor="plan-to" extra={t('duty.to_help')}>
          <ClockInput id="plan-to" value={values.to} onChange={(to) => set({ to })} />
        </Form.Item>
      </div>
      {limit && minutes > limit ? (
        <p className="waiting form-about">{t('plan.too_long_stay', { hours: minutes / 60, limit: limit / 60 })}</p>
      ) : null}
    </>
  )
}

function PatternFields({ values, set }: FieldsProps) {
  const { t } = useTranslation()
  const { language } = useFormats()
  return (
    <>
      <Form.Item label={t('plan.pattern')}>
        <Radio.Group
          aria-label={t('plan.pattern')}
          value={values.kind}
          onChange={({ target }) => set({ kind: KINDS.find((kind) => kind === target.value) ?? 'once' })}
          options={KINDS.map((value) => ({ value, label: t(`plan.patterns.${value}`) }))}
        />
      </Form.Item>
      <div className="row">
        <Form.Item label={values.kind === 'once' ? t('duty.day_title') : t('plan.from_day')} htmlFor="plan-first">
          <Input
            id="plan-first"
            type="date"
            value={values.first}
            onChange={({ target }) => set({ first: target.value })}
          />
        </Form.Item>
        {values.kind === 'once' ? null : (
          <Form.Item label={t('plan.to_day')} htmlFor="plan-last">
            <Input
              id="plan-last"
              type="date"
              min={values.first}
              value={values.last}
              onChange={({ target }) => set({ last: target.value })}
            />
          </Form.Item>
        )}
      </div>
      {values.kind === 'weekdays' ? (
        <Form.Item label={t('plan.weekdays')}>
          <Checkbox.Group
            value={values.weekdays}
            onChange={(weekdays) => set({ weekdays: weekdays.map(Number) })}
            options={weekdayNames(language).map((label, value) => ({ value, label }))}
          />
        </Form.Item>
      ) : null}
      {values.kind === 'cycle' ? <CycleFields values={values} set={set} /> : null}
    </>
  )
}

function CycleFields({ values, set }: FieldsProps) {
  const { t } = useTranslation()
  return (
    <>
      <div className="row">
        <Form.Item label={t('plan.on_days')} htmlFor="plan-on">
          <InputNumber
            id="plan-on"
            min={1}
            max={14}
            value={values.on_days}
            onChange={(on_days) => set({ on_days: on_days ?? 1 })}
          />
        </Form.Item>
        <Form.Item label={t('plan.off_days')} htmlFor="plan-off">
          <InputNumber
            id="plan-off"
            min={0}
            max={30}
            value={values.off_days}
            onChange={(off_days) => set({ off_days: off_days ?? 0 })}
          />
        </Form.Item>
      </div>
      <Form.Item extra={t('plan.stagger_help')}>
        <Checkbox checked={values.stagger} onChange={({ target }) => set({ stagger: target.checked })}>
          {t('plan.stagger')}
        </Checkbox>
      </Form.Item>
    </>
  )
}
