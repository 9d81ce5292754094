import { Form, Input, InputNumber, Radio, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dayOf, MINUTES_PER_DAY } from '#engines/values/time.ts'
import { instantOf, zonedText } from '#platform/calendar/zone.ts'
import { ClockInput } from '#platform/ui/clock-input.tsx'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import {
  answerReport,
  askSubstitute,
  changeRest,
  extendLimit,
  listSubstitutes,
  orderRest,
  overrideRest,
  type RestBoard,
  type RestOrder,
  type Standing,
} from '../contract.ts'

const EVENING = '20:00'
const COUNTED_DAYS = 3

/** A day and a time of day on the operation's clock, as an instant. */
function useInstants() {
  const { time_zone } = useWorkplace()
  return {
    instant: (day: string, clock: string) => {
      const [hours = 0, minutes = 0] = clock.split(':').map(Number)
      return instantOf(time_zone, dayOf(day) * MINUTES_PER_DAY + hours * 60 + minutes).toISOString()
    },
    dayOfInstant: (instant: string) => zonedText(time_zone, new Date(instant)).slice(0, 10),
    clockOfInstant: (instant: string) => zonedText(time_zone, new Date(instant)).slice(11, 16),
  }
}

function later(instant: string, days: number): string {
  return new Date(Date.parse(instant) + days * MINUTES_PER_DAY * 60_000).toISOString()
}

const RULES = [{ required: true }]

type Basis = RestOrder['basis']

interface OrderValues {
  readonly basis: Basis
  readonly day: string
  readonly clock: string
  readonly days: number
  readonly substitute?: number
  readonly reason: string
}

/** Whom an order is about, and what gives rise to it: a rule that reaches them, or what they said of themselves. */
export interface OrderAbout {
  readonly person_id: number
  readonly name: string
  readonly unit_id: number
  readonly standing?: Standing
  readonly report_id?: string
}

function basesFor({ standing, report_id }: OrderAbout): readonly [Basis, ...Basis[]] {
  if (report_id !== undefined) return ['own_word', 'protected', 'judgement']
  const isRule = standing !== undefined && standing.state === 'applies' && standing.outcome !== 'limit'
  return isRule ? ['rule', 'protected', 'judgement'] : ['judgement', 'protected']
}

export function OrderForm({
  operationId,
  about,
  onClose,
}: {
  operationId: number
  about: OrderAbout
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { today } = useWorkplace()
  const { instant } = useInstants()
  const order = useCommand(orderRest)
  const orderId = useMemo(() => crypto.randomUUID(), [])
  const { person_id, name, unit_id, standing, report_id } = about
  const bases = basesFor(about)
  const granted = standing?.length_minutes ? standing.length_minutes / MINUTES_PER_DAY : COUNTED_DAYS
  const [times, setTimes] = useState({ day: today, clock: EVENING, days: granted })
  return (
    <FormModal<OrderValues, Parameters<typeof order.mutate>[0], unknown>
      open
      title={t('rest.order_named', { name })}
      about={t(report_id === undefined ? 'rest.order_about' : 'rest.order_about_word')}
      action={t('rest.order')}
      command={order}
      initial={{ basis: bases[0], day: today, clock: EVENING, days: granted }}
      onClose={onClose}
      done={t('rest.ordered')}
      inputOf={({ basis, day, clock, days, substitute, reason }) => ({
        params: { operation_id: String(operationId) },
        body: {
          order_id: orderId,
          unit_id,
          person_id,
          basis,
          rule: basis === 'rule' ? (standing?.rule ?? null) : null,
          report_id: report_id ?? null,
          starts_at: instant(day, clock),
          ends_at: later(instant(day, clock), days),
          substitute_person_id: substitute ?? null,
          reason,
        },
      })}
    >
      <Form.Item name="basis" label={t('rest.basis')}>
        <Radio.Group options={bases.map((basis) => ({ value: basis, label: t(`rest.bases.${basis}`) }))} />
      </Form.Item>
      <div className="rest-times">
        <Form.Item name="day" label={t('rest.starts_at')} rules={RULES}>
          <Input type="date" onChange={({ target }) => setTimes({ ...times, day: target.value })} />
        </Form.Item>
        <Form.Item name="clock" label={t('rest.time')} rules={RULES}>
          <ClockInput />
        </Form.Item>
        <Form.Item name="days" label={t('rest.length')} rules={RULES}>
          <InputNumber
            min={1}
            max={30}
            suffix={t('rest.day_unit')}
            onChange={(days) => setTimes({ ...times, days: days ?? granted })}
          />
        </Form.Item>
      </div>
      <Form.Item name="substitute" label={t('rest.substitute')}>
        <Substitutes
          operationId={operationId}
          personId={person_id}
          from={instant(times.day || today, times.clock)}
          days={times.days}
        />
      </Form.Item>
      <Form.Item name="reason" label={t('rest.words')} rules={RULES}>
        <Input.TextArea rows={2} maxLength={1000} />
      </Form.Item>
    </FormModal>
  )
}

/** Colleagues who are free then, most rested first. A field of a form: it takes value and change. */
function Substitutes({
  operationId,
  personId,
  from,
  days,
  value,
  onChange,
  id,
}: {
  operationId: number
  personId: number
  from: string
  days: number
  value?: number
  onChange?: (value: number | undefined) => void
  id?: string
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const found = useEndpoint(listSubstitutes, {
    params: { operation_id: String(operationId), person_id: String(personId) },
    query: { from, to: later(from, days) },
  })
  const candidates = found.data?.candidates ?? []
  const shifts = found.data?.shifts_count ?? 0
  return (
    <>
      <Select
        id={id}
        value={value}
        onChange={onChange}
        allowClear
        loading={found.isPending}
        placeholder={t('rest.substitute_none')}
        options={candidates.map((one) => {
          const label = t('rest.substitute_pick', {
            name: one.name,
            unit: one.unit_name,
            week: formats.minutes(one.week_minutes),
            run: one.run_days,
          })
          const takes =
            one.takes_count === null || shifts === 0
              ? ''
              : t('rest.substitute_takes', { takes: one.takes_count, shifts })
          const parts = [label, takes, one.same_post ? t('rest.substitute_same') : '']
          return { value: one.person_id, label: parts.filter((part) => part !== '').join(' · ') }
        })}
      />
      {found.data && found.data.kept.length > 0 ? (
        <details>
          <summary className="soft">{t('rest.substitutes_kept', { count: found.data.kept.length })}</summary>
          <ul className="rest-kept">
            {found.data.kept.map(({ person_id, name, reasons }) => (
              <li key={person_id}>
                {name} <span className="soft">{reasons.map((one) => formats.label(one)).join(t('common.comma'))}</span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {found.data && candidates.length === 0 ? <p className="soft">{t('rest.substitutes_none')}</p> : null}
    </>
  )
}

interface ChangeValues {
  readonly day: string
  readonly clock: string
  readonly reason: string
}

export function ChangeForm({ order, onClose }: { order: RestOrder; onClose: () => void }) {
  const { t } = useTranslation()
  const { instant, dayOfInstant, clockOfInstant } = useInstants()
  const change = useCommand(changeRest)
  const { person_id, order_id, name, ends_at } = order
  return (
    <FormModal<ChangeValues, Parameters<typeof change.mutate>[0], unknown>
      open
      title={t('rest.change_named', { name })}
      about={t('rest.change_about')}
      action={t('rest.change')}
      command={change}
      initial={{ day: dayOfInstant(ends_at), clock: clockOfInstant(ends_at) }}
      onClose={onClose}
      done={t('rest.changed')}
      inputOf={({ day, clock, reason }) => ({
        params: { person_id: String(person_id), order_id },
        body: { ends_at: instant(day, clock), reason },
      })}
    >
      <div className="rest-times">
        <Form.Item name="day" label={t('rest.ends_at')} rules={RULES}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="clock" label={t('rest.time')} rules={RULES}>
          <ClockInput />
        </Form.Item>
      </div>
      <Form.Item name="reason" label={t('rest.words')} rules={RULES}>
        <Input.TextArea rows={2} maxLength={1000} />
      </Form.Item>
    </FormModal>
  )
}

interface OverrideValues {
  readonly day: string
  readonly from: string
  readonly to: string
  readonly reason: string
}

export function OverrideForm({ order, onClose }: { order: RestOrder; onClose: () => void }) {
  const { t } = useTranslation()
  const { instant, dayOfInstant } = useInstants()
  const override = useCommand(overrideRest)
  const { person_id, order_id, name, starts_at } = order
  return (
    <FormModal<OverrideValues, Parameters<typeof override.mutate>[0], unknown>
      open
      danger
      title={t('rest.override_named', { name })}
      about={t('rest.override_about')}
      action={t('rest.override')}
      command={override}
      initial={{ day: dayOfInstant(starts_at) }}
      onClose={onClose}
      done={t('rest.overridden')}
      inputOf={({ day, from, to, reason }) => {
        const begins = instant(day, from)
        const ends = instant(day, to)
        return {
          params: { person_id: String(person_id), order_id },
          body: { starts_at: begins, ends_at: ends > begins ? ends : later(ends, 1), reason },
        }
      }}
    >
      <div className="rest-times">
        <Form.Item name="day" label={t('rest.on_date')} rules={RULES}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="from" label={t('rest.starts_at')} rules={RULES}>
          <ClockInput />
        </Form.Item>
        <Form.Item name="to" label={t('rest.ends_at')} rules={RULES}>
          <ClockInput />
        </Form.Item>
      </div>
      <Form.Item name="reason" label={t('rest.words')} rules={RULES}>
        <Input.TextArea rows={2} maxLength={1000} />
      </Form.Item>
    </FormModal>
  )
}

export function AnswerForm({ report, onClose }: { report: RestBoard['reports'][number]; onClose: () => void }) {
  const { t } = useTranslation()
  const answer = useCommand(answerReport)
  const { person_id, report_id, name, words } = report
  return (
    <FormModal<{ words: string }, Parameters<typeof answer.mutate>[0], unknown>
      open
      title={t('rest.answer_named', { name })}
      about={words ?? undefined}
      action={t('rest.answer')}
      command={answer}
      onClose={onClose}
      done={t('rest.answered')}
      inputOf={(values) => ({ params: { person_id: String(person_id), report_id }, body: values })}
    >
      <Form.Item name="words" label={t('rest.answer')} rules={RULES}>
        <Input.TextArea rows={3} maxLength={500} />
      </Form.Item>
    </FormModal>
  )
}

/** Whoever was asked cannot, or nobody was asked yet. */
export function AskForm({
  operationId,
  order,
  onClose,
}: {
  operationId: number
  order: RestOrder
  onClose: () => void
}) {
  const { t } = useTranslation()
  const ask = useCommand(askSubstitute)
  const { person_id, order_id, name, starts_at, ends_at } = order
  const days = Math.max(1, Math.round((Date.parse(ends_at) - Date.parse(starts_at)) / (MINUTES_PER_DAY * 60_000)))
  return (
    <FormModal<{ substitute: number }, Parameters<typeof ask.mutate>[0], unknown>
      open
      title={t('rest.ask_named', { name })}
      about={t('rest.ask_about')}
      action={t('rest.ask')}
      command={ask}
      onClose={onClose}
      done={t('rest.asked')}
      inputOf={({ substitute }) => ({
        params: { person_id: String(person_id), order_id },
        body: { substitute_person_id: substitute },
      })}
    >
      <Form.Item name="substitute" label={t('rest.substitute')} rules={RULES}>
        <Substitutes operationId={operationId} personId={person_id} from={starts_at} days={days} />
      </Form.Item>
    </FormModal>
  )
}

interface ExtendValues {
  readonly from_on: string
  readonly to_on: string
  readonly reason: string
}

/** For an emergency, always with an end: nobody is called meanwhile, everything goes on being counted. */
export function ExtendForm({
  operationId,
  standing,
  onClose,
}: {
  operationId: number
  standing: Standing
  onClose: () => void
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { today } = useWorkplace()
  const extend = useCommand(extendLimit)
  const { unit_id, unit_name, rule, title } = standing
  return (
    <FormModal<ExtendValues, Parameters<typeof extend.mutate>[0], unknown>
      open
      danger
      title={t('rest.extend_named', { unit: unit_name, rule: formats.label(title) })}
      about={t('rest.extend_about')}
      action={t('rest.extend')}
      command={extend}
      initial={{ from_on: today }}
      onClose={onClose}
      done={t('rest.extended')}
      inputOf={(values) => ({
        params: { operation_id: String(operationId) },
        body: { unit_id, rule, ...values },
      })}
    >
      <div className="rest-times">
        <Form.Item name="from_on" label={t('rest.starts_at')} rules={RULES}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="to_on" label={t('rest.ends_at')} rules={RULES}>
          <Input type="date" />
        </Form.Item>
      </div>
      <Form.Item name="reason" label={t('rest.words')} rules={RULES}>
        <Input.TextArea rows={2} maxLength={1000} />
      </Form.Item>
    </FormModal>
  )
}
