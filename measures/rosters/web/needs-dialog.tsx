import { App, Button, Checkbox, Input, InputNumber, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '#platform/ui/client.ts'
import { ClockInput } from '#platform/ui/clock-input.tsx'
import { Section } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { listPosts } from '#records/duty/contract.ts'
import {
  type Colleague,
  proposeNeeds,
  type RosterLimits,
  type RosterNeeds,
  type RosterView,
  type ShiftNeed,
  saveRoster,
} from '../roster-contract.ts'

/** The start of a shift whose field holds what is no time of day: it cannot be saved so. */
const NO_TIME = -1

const areTold = (shifts: readonly ShiftNeed[]) =>
  shifts.length > 0 && shifts.every(({ start_minute }) => start_minute !== NO_TIME)

interface Draft extends RosterNeeds {
  readonly people: readonly Colleague[]
}

/** What a roster needs. A new one begins with the posts: the last four weeks propose the rest. */
export function NeedsDialog({ roster, onClose }: { roster: RosterView | undefined; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { operation_id, unit_id } = useWorkplace()
  const params = { operation_id: String(operation_id), unit_id: String(unit_id) }
  const posts = useEndpoint(listPosts, { params })
  const [chosen, setChosen] = useState<readonly number[]>([
    ...new Set(roster?.needs.shifts.map(({ post_id }) => post_id) ?? []),
  ])
  const [name, setName] = useState(roster?.name ?? '')
  const [needs, setNeeds] = useState<Draft | undefined>(roster && { ...roster.needs, people: [] })
  const [error, setError] = useState<unknown>()
  const save = useCommand(saveRoster)
  const open = (posts.data?.posts ?? []).filter(({ closed_on }) => closed_on === null)
  const propose = () =>
    call(proposeNeeds, { params, query: { posts: chosen.join(',') } }).then((answer) => {
      setNeeds({ ...(needs ?? answer.needs), ...(roster ? {} : answer.needs), people: answer.people })
      if (name === '') setName(open.find(({ post_id }) => post_id === chosen[0])?.name ?? '')
    }, setError)
  const store = () => {
    if (!needs) return
    const { people: _shown, ...body } = needs
    save.mutate(
      { params, body: { roster_id: roster?.roster_id ?? null, name, needs: body } },
      {
        onSuccess: () => {
          message.success(t('rosters.saved'))
          onClose()
        },
      },
    )
  }
  return (
    <Modal
      open
      width={1040}
      title={roster ? t('rosters.edit') : t('rosters.new')}
      okText={t('rosters.save')}
      cancelText={t('common.cancel')}
      onCancel={onClose}
      onOk={store}
      confirmLoading={save.isPending}
      okButtonProps={{ disabled: !needs || name.trim() === '' || !areTold(needs.shifts) }}
    >
      <div className="stack">
        <Section title={t('rosters.posts')}>
          <div className="row">
            <Checkbox.Group
              options={open.map(({ post_id, name: label }) => ({ value: post_id, label }))}
              value={[...chosen]}
              onChange={setChosen}
            />
            <Button disabled={chosen.length === 0} onClick={() => void propose()}>
              {t('rosters.propose')}
            </Button>
          </div>
        </Section>
        {needs ? (
          <>
            <Input
              aria-label={t('rosters.name')}
              placeholder={t('rosters.name')}
              value={name}
              maxLength={60}
              onChange={({ target }) => setName(target.value)}
            />
            <Shifts needs={needs} onChange={setNeeds} posts={open} />
            <People needs={needs} onChange={setNeeds} />
            <Limits limits={needs.limits} onChange={(limits) => setNeeds({ ...needs, limits })} />
          </>
        ) : null}
        <ProblemNotice error={error ?? save.error} />
      </div>
    </Modal>
  )
}

interface PartProps {
  readonly needs: Draft
  readonly onChange: (needs: Draft) => void
}

function Shifts({ needs, onChange, posts }: PartProps & { posts: readonly { post_id: number; name: string }[] }) {
  const { t } = useTranslation()
  const skills = [...new Set(needs.people.flatMap((person) => person.skills))].sort()
  const set = (at: number, part: Partial<ShiftNeed>) =>
    onChange({ ...needs, shifts: needs.shifts.map((shift, index) => (index === at ? { ...shift, ...part } : shift)) })
  const add = () => {
    const codes = needs.shifts.map(({ code }) => code)
    const code = [...'APNBCDEFGHJKLM'].find((letter) => !codes.includes(letter)) ?? 'X'
    const [post] = posts
    if (!post) return
    const times = { start_minute: 480, minutes: 480 }
    const counts = { on_working_days: 1, on_rest_days: 1, minimum: 0, skill: null, skilled: 0 }
    const shift: ShiftNeed = { code, name: code, post_id: post.post_id, ...times, ...counts }
    onChange({ ...needs, shifts: [...needs.shifts, shift] })
  }
  const count = (at: number, key: 'on_working_days' | 'on_rest_days' | 'minimum' | 'skilled', label: string) => (
    <InputNumber
      aria-label={label}
      min={0}
      max={300}
      style={{ width: 68 }}
      value={needs.shifts[at]?.[key] ?? 0}
      onChange={(value) => set(at, { [key]: value ?? 0 })}
    />
  )
  return (
    <div style={{ overflowX: 'auto' }}>
      <table className="needs-table">
        <thead>
          <tr>
            {(
              [
                'code',
                'shift_name',
                'posts',
                'start',
                'hours',
                'working_days',
                'rest_days',
                'minimum',
                'skill',
                'skilled',
              ] as const
            ).map((key) => (
              <th key={key} scope="col">
                {t(`rosters.${key}`)}
              </th>
            ))}
            <th scope="col">{t('common.actions')}</th>
          </tr>
        </thead>
        <tbody>
          {needs.shifts.map((shift, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a code may be typed anew; the row stays the row
            <tr key={at}>
              <td>
                <Input
                  aria-label={t('rosters.code')}
                  style={{ width: 52 }}
                  maxLength={2}
                  value={shift.code}
                  onChange={({ target }) => set(at, { code: target.value.toUpperCase() })}
                />
              </td>
              <td>
                <Input
                  aria-label={t('rosters.shift_name')}
                  style={{ width: 110 }}
                  maxLength={20}
                  value={shift.name}
                  onChange={({ target }) => set(at, { name: target.value })}
                />
              </td>
              <td>
                <Select
                  aria-label={t('rosters.posts')}
                  style={{ width: 120 }}
                  value={shift.post_id}
                  options={posts.map(({ post_id, name }) => ({ value: post_id, label: name }))}
                  onChange={(post_id) => set(at, { post_id })}
                />
              </td>
              <td>
                <ClockInput
                  aria-label={t('rosters.start')}
                  value={clockOf(shift.start_minute)}
                  onChange={(clock) => set(at, { start_minute: minuteOf(clock) ?? NO_TIME })}
                />
              </td>
              <td>
                <InputNumber
                  aria-label={t('rosters.hours')}
                  min={0.5}
                  max={24}
                  step={0.5}
                  style={{ width: 72 }}
                  value={shift.minutes / 60}
                  onChange={(value) => set(at, { minutes: Math.round((value ?? 8) * 60) })}
                />
              </td>
              <td>{count(at, 'on_working_days', t('rosters.working_days'))}</td>
              <td>{count(at, 'on_rest_days', t('rosters.rest_days'))}</td>
              <td>{count(at, 'minimum', t('rosters.minimum'))}</td>
              <td>
                <Select
                  aria-label={t('rosters.skill')}
                  style={{ width: 120 }}
                  allowClear
                  placeholder={t('rosters.no_skill')}
                  value={shift.skill}
                  options={[...new Set([...skills, ...(shift.skill === null ? [] : [shift.skill])])].map((value) => ({
                    value,
                    label: value,
                  }))}
                  onChange={(value: string | null | undefined) =>
                    set(at, { skill: value ?? null, skilled: value ? Math.max(1, shift.skilled) : 0 })
                  }
                />
              </td>
              <td>{count(at, 'skilled', t('rosters.skilled'))}</td>
              <td>
                <Button
                  size="small"
                  onClick={() => onChange({ ...needs, shifts: needs.shifts.filter((_, index) => index !== at) })}
                >
                  {t('common.remove')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Button onClick={add}>{t('rosters.add_shift')}</Button>
    </div>
  )
}

function clockOf(minute: number): string {
  if (minute === NO_TIME) return ''
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

function minuteOf(clock: string): number | undefined {
  const [hours, minutes] = clock.split(':').map(Number)
  return hours === undefined || minutes === undefined || Number.isNaN(hours + minutes)
    ? undefined
    : hours * 60 + minutes
}

function People({ needs, onChange }: PartProps) {
  const { t } = useTranslation()
  if (needs.people.length === 0) return null
  return (
    <Section title={`${t('rosters.people')} ${needs.person_ids.length}`}>
      <Select
        aria-label={t('rosters.people')}
        mode="multiple"
        style={{ width: '100%' }}
        optionFilterProp="label"
        value={needs.person_ids}
        options={needs.people.map(({ person_id, name, skills }) => ({
          value: person_id,
          label: skills.length > 0 ? `${name}（${skills.join('、')}）` : name,
        }))}
        onChange={(person_ids) => onChange({ ...needs, person_ids })}
        maxTagCount={24}
      />
    </Section>
  )
}

function Limits({ limits, onChange }: { limits: RosterLimits; onChange: (limits: RosterLimits) => void }) {
  const { t } = useTranslation()
  const number = (key: 'run_days_max' | 'night_run_max' | 'days_off_after_nights', label: string, min: number) => (
    <span className="row">
      {label}
      <InputNumber
        aria-label={label}
        min={min}
        max={31}
        style={{ width: 68 }}
        value={limits[key]}
        onChange={(value) => onChange({ ...limits, [key]: value ?? limits[key] })}
      />
    </span>
  )
  return (
    <Section title={t('rosters.limits')}>
      <div className="row">
        <span className="row">
          {t('rosters.rest_hours')}
          <InputNumber
            aria-label={t('rosters.rest_hours')}
            min={0}
            max={48}
            style={{ width: 68 }}
            value={limits.rest_minutes / 60}
            onChange={(value) => onChange({ ...limits, rest_minutes: Math.round((value ?? 11) * 60) })}
          />
        </span>
        {number('run_days_max', t('rosters.run_days'), 1)}
        {number('night_run_max', t('rosters.night_run'), 1)}
        {number('days_off_after_nights', t('rosters.after_nights'), 0)}
        <span className="row">
          {t('rosters.nights_max')}
          <InputNumber
            aria-label={t('rosters.nights_max')}
            min={0}
            max={31}
            style={{ width: 68 }}
            value={limits.nights_max}
            onChange={(nights_max) => onChange({ ...limits, nights_max })}
          />
        </span>
        <span className="row">
          {t('rosters.week_hours')}
          <InputNumber
            aria-label={t('rosters.week_hours')}
            min={1}
            max={168}
            style={{ width: 76 }}
            value={limits.week_minutes_max === null ? null : limits.week_minutes_max / 60}
            onChange={(value) => onChange({ ...limits, week_minutes_max: value === null ? null : value * 60 })}
          />
        </span>
        <Checkbox
          checked={limits.couples_apart}
          onChange={({ target }) => onChange({ ...limits, couples_apart: target.checked })}
        >
          {t('rosters.couples')}
        </Checkbox>
      </div>
    </Section>
  )
}
