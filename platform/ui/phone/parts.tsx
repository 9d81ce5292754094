import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ProblemDocument } from '#platform/http/problem.ts'
import { localMoment, shortDayText } from './moments.ts'
import { usePhone } from './phone.ts'
import type { Reading } from './reading.ts'
import { useTexts } from './texts.ts'

interface CardProps {
  readonly title?: string
  readonly children: ComponentChildren
  readonly tone?: 'plain' | 'lead' | 'warn'
}

export function Card({ title, children, tone = 'plain' }: CardProps) {
  return (
    <section class={`card card-${tone}`}>
      {title === undefined ? null : <h2 class="card-title">{title}</h2>}
      {children}
    </section>
  )
}

interface ButtonProps {
  readonly children: ComponentChildren
  readonly onPress: () => void
  readonly kind?: 'main' | 'plain' | 'danger' | 'link'
  readonly disabled?: boolean
  readonly label?: string
}

export function Button({ children, onPress, kind = 'plain', disabled = false, label }: ButtonProps) {
  return (
    <button type="button" class={`button button-${kind}`} disabled={disabled} onClick={onPress} aria-label={label}>
      {children}
    </button>
  )
}

/** A small coloured word: a state is always said in words, the colour only helps. */
export function Tag({
  tone,
  children,
}: {
  readonly tone: 'ok' | 'wait' | 'bad' | 'quiet'
  children: ComponentChildren
}) {
  return <span class={`tag tag-${tone}`}>{children}</span>
}

interface SheetProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A panel from below that holds the focus until it is closed. */
export function Sheet({ title, onClose, children }: SheetProps) {
  const { t } = useTexts()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    if (element && !element.open) element.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog class="sheet" ref={dialog} onCancel={onClose} aria-label={title}>
      <header class="sheet-head">
        <h2>{title}</h2>
        <button type="button" class="button button-link" onClick={onClose}>
          {t('close')}
        </button>
      </header>
      {children}
    </dialog>
  )
}

/** Says what was refused and, where the server named them, each field. */
export function ProblemText({ problem }: { readonly problem: ProblemDocument }) {
  const { local } = useTexts()
  return (
    <div class="problem" role="alert">
      <p>{local(problem.title)}</p>
      {problem.errors && problem.errors.length > 0 ? (
        <ul>
          {problem.errors.map((error) => (
            <li key={error.field}>{local(error)}</li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}

interface ReadProps<T> {
  readonly reading: Reading<T>
  /** What cannot be shown, such as "your records". */
  readonly what: string
  /** Said instead of a problem that is no fault of anybody, by its code. */
  readonly instead?: Readonly<Record<string, string>>
  readonly children: (value: T) => ComponentChildren
}

/** Draws what was read, or says plainly why it is not there. */
export function Read<T>({ reading, what, instead = {}, children }: ReadProps<T>) {
  const { t } = useTexts()
  if (reading.state === 'loading') return <p class="quiet loading">{t('loading')}</p>
  if (reading.state === 'absent') return <p class="quiet">{t('absent', { what })}</p>
  if (reading.state === 'refused') {
    const said = instead[reading.problem.code]
    return said === undefined ? <ProblemText problem={reading.problem} /> : <p class="quiet">{said}</p>
  }
  return (
    <>
      {children(reading.value)}
      {reading.kept_at === undefined ? null : <KeptNote at={reading.kept_at} />}
    </>
  )
}

function KeptNote({ at }: { readonly at: string }) {
  const { t, language } = useTexts()
  const phone = usePhone()
  // The copy is stamped by the device's clock; what is shown is the product's.
  const made = new Date(Date.parse(at) + phone.now().getTime() - Date.now())
  const moment = localMoment(made, phone.operation.time_zone)
  return <p class="quiet kept">{t('kept', { at: `${shortDayText(moment.date, language)} ${moment.time}` })}</p>
}
