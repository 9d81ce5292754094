import { Input } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

/**
 * Reads a time of day as people type it: `8`, `830`, `8:30`, `20：00`; undefined when it is none.
 *
 * @example readClock('830') // '08:30'
 */
export function readClock(typed: string): string | undefined {
  const plain = typed.normalize('NFKC')
  const match = /^(\d{1,2})(?::?(\d{2}))?$/.exec(plain.replace(/[^\d:]/g, ''))
  // A span such as 8-12 or a negative is no time of day, whatever is left without the stroke.
  if (/[-−–]/.test(plain)) return undefined
  if (!match?.[1]) return undefined
  const hours = Number(match[1])
  const minutes = Number(match[2] ?? '0')
  if (hours > 23 || minutes > 59) return undefined
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}

/**
 * A time of day on the 24-hour clock, whatever the browser's own habits; as a field of a form it takes value and change. What is no time of
 * day empties the value and says so: a form must never go on with the time that stood there before.
 */
export function ClockInput({
  value,
  onChange,
  id,
  'aria-label': label,
}: {
  value?: string
  onChange?: (clock: string) => void
  id?: string
  'aria-label'?: string
}) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(value ?? '')
  useEffect(() => setTyped((now) => (value === '' && readClock(now) === undefined ? now : (value ?? ''))), [value])
  const clock = readClock(typed)
  const settle = () => {
    if (clock !== undefined) setTyped(clock)
    if ((clock ?? '') !== (value ?? '')) onChange?.(clock ?? '')
  }
  const isRefused = value === '' && clock === undefined && typed !== ''
  const input = (
    <Input
      id={id}
      aria-label={label}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={settle}
      onPressEnter={settle}
      status={clock === undefined ? 'error' : ''}
      inputMode="numeric"
      maxLength={5}
      placeholder="08:00"
      style={{ width: 76 }}
    />
  )
  if (!isRefused) return input
  return (
    <span>
      {input}
      <span className="late small" role="alert" style={{ display: 'block' }}>
        {t('common.no_clock', { typed })}
      </span>
    </span>
  )
}
