import { useState } from 'preact/hooks'
import { addDays, dayText, localMoment, minutesText, spanText } from '#platform/ui/phone/moments.ts'
import { Button, Card, Read, Tag } from '#platform/ui/phone/parts.tsx'
import { usePhone } from '#platform/ui/phone/phone.ts'
import type { TextKey } from '#platform/ui/phone/texts.ts'
import { useTexts } from '#platform/ui/phone/texts.ts'
import { type Disputed, ObjectionSheet } from './objection-sheet.tsx'
import { type OwnDuty, useOwnDuty } from './today.tsx'

type OwnSpan = OwnDuty['spans'][number]
type OwnObjection = OwnDuty['objections'][number]

const SAID_AS = {
  confirmed: 'said_confirmed',
  imported: 'said_imported',
  corrected: 'said_corrected',
  withdrawn: 'said_withdrawn',
} as const satisfies Record<OwnSpan['entries'][number]['act'], TextKey>

/** My duty as it is recorded, the newest first; each record can be objected to. */
export function RecordsPage() {
  const { t } = useTexts()
  const phone = usePhone()
  const reading = useOwnDuty()
  const [disputed, setDisputed] = useState<Disputed>()
  return (
    <>
      <h1>{t('records_title')}</h1>
      <p class="quiet">{t('records_intro')}</p>
      <Read reading={reading} what={t('records_title')}>
        {(duty) => (
          <>
            <MissingButton duty={duty} onPress={setDisputed} />
            <LooseObjections duty={duty} />
            {duty.spans.length === 0 ? <p class="quiet">{t('records_none')}</p> : null}
            {[...duty.spans]
              .sort((one, other) => Date.parse(other.starts_at) - Date.parse(one.starts_at))
              .map((span) => (
                <SpanCard
                  key={span.span_id}
                  span={span}
                  objection={duty.objections.find((objection) => objection.span_id === span.span_id)}
                  onObject={setDisputed}
                />
              ))}
          </>
        )}
      </Read>
      {disputed ? (
        <ObjectionSheet disputed={disputed} today={phone.today()} onClose={() => setDisputed(undefined)} />
      ) : null}
    </>
  )
}

interface MissingProps {
  readonly duty: OwnDuty
  readonly onPress: (disputed: Disputed) => void
}

function MissingButton({ duty, onPress }: MissingProps) {
  const { t } = useTexts()
  const phone = usePhone()
  const unit = duty.planned[0] ?? duty.spans[0]
  const unit_id = unit?.unit_id ?? phone.session.roles[0]?.unit_id
  if (unit_id === undefined) return null
  return (
    <Button onPress={() => onPress({ span: undefined, unit_id, duty_date: addDays(phone.today(), -1) })}>
      {t('record_missing')}
    </Button>
  )
}

interface SpanProps {
  readonly span: OwnSpan
  readonly objection: OwnObjection | undefined
  readonly onObject: (disputed: Disputed) => void
}

function SpanCard({ span, objection, onObject }: SpanProps) {
  const { t, language } = useTexts()
  const phone = usePhone()
  const zone = phone.operation.time_zone
  const queued = phone.actions.find(
    (action) => action.kind === 'duty.object' && action.state !== 'recorded' && action.body.span_id === span.span_id,
  )
  const latest = span.entries[span.entries.length - 1]
  return (
    <Card>
      <div class="row-head">
        <strong>{dayText(localMoment(span.starts_at, zone).date, language)}</strong>
        {span.stands ? <Tag tone="ok">{t('recorded')}</Tag> : <Tag tone="quiet">{t('withdrawn')}</Tag>}
      </div>
      <p class={span.stands ? 'big' : 'big struck'}>{spanText(span.starts_at, span.ends_at, zone, language)}</p>
      <p class="place">
        {span.unit_name} · {span.post_name} · {minutesText(span.minutes, language)}
      </p>
      {latest ? <EntryNote entry={latest} /> : null}
      {objection ? <ObjectionNote objection={objection} /> : null}
      {queued ? <Tag tone={queued.state === 'refused' ? 'bad' : 'wait'}>{t(`objection_${queued.state}`)}</Tag> : null}
      {!objection && !queued ? (
        <Button
          kind="link"
          label={t('object_to', { day: dayText(localMoment(span.starts_at, zone).date, language) })}
          onPress={() => onObject({ span, unit_id: span.unit_id, duty_date: localMoment(span.starts_at, zone).date })}
        >
          {t('object')}
        </Button>
      ) : null}
    </Card>
  )
}

function EntryNote({ entry }: { readonly entry: OwnSpan['entries'][number] }) {
  const { t, language } = useTexts()
  const zone = usePhone().operation.time_zone
  const said = localMoment(entry.said_at, zone)
  return (
    <p class="quiet">
      {t(SAID_AS[entry.act], { who: entry.said_by, at: `${dayText(said.date, language)} ${said.time}` })}
      {entry.reason ? ` · ${entry.reason}` : ''}
    </p>
  )
}

function ObjectionNote({ objection }: { readonly objection: OwnObjection }) {
  const { t } = useTexts()
  const { answer } = objection
  return (
    <div class="note">
      <p>{t('objection_said', { words: objection.words })}</p>
      <p>
        {answer
          ? t(answer.outcome === 'upheld' ? 'objection_upheld' : 'objection_declined', { reason: answer.reason })
          : t('objection_open')}
      </p>
    </div>
  )
}

/** Objections about a duty that is not recorded have no card of their own. */
function LooseObjections({ duty }: { readonly duty: OwnDuty }) {
  const { t, language } = useTexts()
  const phone = usePhone()
  const loose = duty.objections.filter((objection) => objection.span_id === null)
  const queued = phone.actions.flatMap((action) =>
    action.kind === 'duty.object' && action.state !== 'recorded' && action.body.span_id === null ? [action] : [],
  )
  if (loose.length + queued.length === 0) return null
  return (
    <Card title={t('record_missing')}>
      {queued.map((action) => (
        <div class="note" key={action.key}>
          <p>
            {dayText(action.body.duty_date, language)} · {action.body.words}
          </p>
          <Tag tone={action.state === 'refused' ? 'bad' : 'wait'}>{t(`objection_${action.state}`)}</Tag>
        </div>
      ))}
      {loose.map((objection) => (
        <div key={objection.objection_id}>
          <strong>{dayText(objection.duty_date, language)}</strong>
          <ObjectionNote objection={objection} />
        </div>
      ))}
    </Card>
  )
}
