import { useEffect, useRef, useState } from 'preact/hooks'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { dayText, localMoment, spanText } from '#platform/ui/phone/moments.ts'
import { Button, Card, Read, Tag } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import { useReading } from '#platform/ui/phone/reading.ts'
import { type TextKey, useTexts } from '#platform/ui/phone/texts.ts'
import type { DayLine, readDutyDay } from '#records/duty/contract.ts'
import { confirmationAction, openConfirmations } from './actions.ts'
import { dutyDayPath, type ManagedUnit } from './confirm.tsx'
import {
  draftOf,
  type Exception,
  type Exceptions,
  exceptionsIn,
  isToConfirm,
  mayChange,
  type Standing,
  savedSpans,
  standingOf,
} from './day-draft.ts'
import { ExceptionSheet } from './exception-sheet.tsx'

type DutyDay = OutputOf<typeof readDutyDay>

interface ConfirmDayProps {
  readonly unit: ManagedUnit
  readonly date: string
  readonly editKey: string | undefined
}

export function ConfirmDay({ unit, date, editKey }: ConfirmDayProps) {
  const { t } = useTexts()
  const phone = usePhone()
  const reading = useReading<DutyDay>(dutyDayPath(phone, unit.unit_id, date))
  return (
    <Read reading={reading} what={t('confirm_day_people')}>
      {(day) => <DayList unit={unit} day={day} editKey={editKey} />}
    </Read>
  )
}

interface DayListProps {
  readonly unit: ManagedUnit
  readonly day: DutyDay
  readonly editKey: string | undefined
}

function DayList({ unit, day, editKey }: DayListProps) {
  const { t, language } = useTexts()
  const phone = usePhone()
  const kept = openConfirmations(phone.actions, unit.unit_id, day.duty_date)
  const edited = kept.find((action) => action.key === editKey)
  const saved = savedSpans(kept.filter((action) => action !== edited))
  const [exceptions, setExceptions] = useState<Exceptions>(() => (edited ? exceptionsIn(edited.body, day.lines) : {}))
  const [chosen, setChosen] = useState<DayLine>()
  const known = { saved, now: phone.now() }
  const lines = day.lines.map((line) => ({ line, standing: standingOf(line, known) }))
  const open = lines.flatMap(({ line, standing }) => {
    const exception = line.planned ? exceptions[line.planned.shift_id] : undefined
    return isToConfirm(standing, exception) ? [line] : []
  })
  const shown = lines.filter(({ standing }) => standing !== 'none')

  function except(line: DayLine, exception: Exception): void {
    if (!line.planned) return
    setExceptions({ ...exceptions, [line.planned.shift_id]: exception })
    setChosen(undefined)
  }

  return (
    <>
      <h2 class="day-title">{dayText(day.duty_date, language)}</h2>
      <DaySummary day={day} saved={saved.size} refused={kept.some((action) => action.state === 'refused')} />
      {shown.length === 0 ? <p class="quiet">{t('confirm_nothing_planned')}</p> : null}
      <ul class="people">
        {shown.map(({ line, standing }) => (
          <PersonLine
            key={line.planned?.shift_id ?? line.confirmed?.span_id}
            line={line}
            standing={standing}
            exception={line.planned ? exceptions[line.planned.shift_id] : undefined}
            onPress={() => setChosen(line)}
          />
        ))}
      </ul>
      {open.length > 0 ? (
        <ConfirmButton unit={unit} day={day} open={open} exceptions={exceptions} replaces={edited?.key} />
      ) : null}
      {chosen?.planned ? (
        <ExceptionSheet
          name={chosen.person_name}
          date={day.duty_date}
          planned={chosen.planned}
          exception={exceptions[chosen.planned.shift_id]}
          onChoose={(exception) => except(chosen, exception)}
          onClose={() => setChosen(undefined)}
        />
      ) : null}
    </>
  )
}

interface SummaryProps {
  readonly day: DutyDay
  readonly saved: number
  readonly refused: boolean
}

/** What is only on this phone and what is recorded, said apart. */
function DaySummary({ day, saved, refused }: SummaryProps) {
  const { t, language } = useTexts()
  const phone = usePhone()
  const last = day.confirmations[day.confirmations.length - 1]
  const said = last ? localMoment(last.said_at, phone.operation.time_zone) : undefined
  return (
    <div aria-live="polite">
      {refused ? (
        <Card tone="warn">
          <p>{t('day_refused_long')}</p>
          <Button onPress={() => phone.go('outbox')}>{t('see_reason')}</Button>
        </Card>
      ) : saved > 0 ? (
        <p class="saved-note">{t('day_saved_long', { n: saved })}</p>
      ) : null}
      {last && said ? (
        <p class="recorded-note">
          {t(last.absent_count > 0 ? 'day_recorded_absent_long' : 'day_recorded_long', {
            who: last.confirmed_by,
            at: `${dayText(said.date, language)} ${said.time}`,
            n: last.span_count,
            absent: last.absent_count,
          })}
        </p>
      ) : null}
    </div>
  )
}

const STANDING_TEXTS = {
  recorded: 'line_recorded',
  own: 'line_own',
  saved: 'line_saved',
  absent: 'exception_absent',
  running: 'line_running',
  open: 'line_as_planned',
  none: 'line_none',
} as const satisfies Record<Standing, TextKey>

const STANDING_TONES = {
  recorded: 'ok',
  own: 'quiet',
  saved: 'wait',
  absent: 'bad',
  running: 'quiet',
  open: 'quiet',
  none: 'quiet',
} as const satisfies Record<Standing, 'ok' | 'wait' | 'bad' | 'quiet'>

const EXCEPTION_TONES = { as_planned: 'ok', absent: 'bad', other_time: 'wait' } as const

interface PersonLineProps {
  readonly line: DayLine
  readonly standing: Standing
  readonly exception: Exception | undefined
  readonly onPress: () => void
}

function PersonLine({ line, standing, exception, onPress }: PersonLineProps) {
  const { t, language } = useTexts()
  const zone = usePhone().operation.time_zone
  const span = line.confirmed ?? line.planned
  if (!span) return null
  const pressable = mayChange(line, standing)
  const excepted = pressable ? exception : undefined
  const shown = excepted?.kind === 'other_time' ? excepted : span
  const text = (
    <>
      <span class="person">
        <strong>{line.person_name}</strong>
        <span class={excepted?.kind === 'absent' ? 'struck' : undefined}>
          {spanText(shown.starts_at, shown.ends_at, zone, language)} · {span.post_name}
        </span>
        {standing === 'own' ? <span class="quiet">{t('line_own_who')}</span> : null}
        {line.objection && !line.objection.answered ? (
          <span class="objected">{t('line_objection', { words: line.objection.words })}</span>
        ) : null}
      </span>
      <Tag tone={excepted ? EXCEPTION_TONES[excepted.kind] : STANDING_TONES[standing]}>
        {t(excepted ? `exception_${excepted.kind}` : STANDING_TEXTS[standing])}
      </Tag>
    </>
  )
  return (
    <li>
      {pressable ? (
        <button type="button" class="person-line" onClick={onPress}>
          {text}
        </button>
      ) : (
        <div class="person-line">{text}</div>
      )}
    </li>
  )
}

interface ConfirmButtonProps {
  readonly unit: ManagedUnit
  readonly day: DutyDay
  readonly open: readonly DayLine[]
  readonly exceptions: Exceptions
  readonly replaces: string | undefined
}

function ConfirmButton({ unit, day, open, exceptions, replaces }: ConfirmButtonProps) {
  const { t } = useTexts()
  const phone = usePhone()
  const pressed = useRef(false)
  const [failed, setFailed] = useState(false)
  // Once the lines have changed, for instance after a refusal was edited, the button may be pressed again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number of open lines is the change
  useEffect(() => {
    pressed.current = false
  }, [open.length])
  const { unit_id, unit_name } = unit
  const { duty_date } = day
  const draft = draftOf({ unit_id, duty_date, said_at: phone.now().toISOString(), lines: open, exceptions })
  const count = draft.body.lines.length

  async function confirm(): Promise<void> {
    if (pressed.current) return
    pressed.current = true
    setFailed(false)
    try {
      const body = { ...draft.body, said_at: phone.now().toISOString() }
      const shown = { unit_id, unit_name, names: draft.names }
      await phone.keep(confirmationAction(phone.operation.operation_id, body, shown), replaces)
      if (replaces !== undefined) phone.go(`confirm?unit=${unit_id}&day=${duty_date}`)
    } catch {
      pressed.current = false
      setFailed(true)
    }
  }

  const exceptionTexts = [
    draft.absent_count > 0 ? t('count_absent', { n: draft.absent_count }) : undefined,
    draft.other_time_count > 0 ? t('count_other_time', { n: draft.other_time_count }) : undefined,
  ].filter((text) => text !== undefined)
  return (
    <div class="action-bar">
      {failed ? <p class="problem">{t('not_saved')}</p> : null}
      <Button kind="main" onPress={() => void confirm()}>
        {exceptionTexts.length === 0
          ? t('confirm_as_planned', { n: count })
          : t('confirm_with_exceptions', { n: count, exceptions: exceptionTexts.join(t('list_comma')) })}
      </Button>
    </div>
  )
}
