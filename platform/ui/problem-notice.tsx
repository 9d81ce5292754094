import { Alert, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { ProblemError } from './client.ts'
import type { Language } from './language.ts'

export function useLanguage(): Language {
  return useTranslation().i18n.language === 'en' ? 'en' : 'zh'
}

/** What went wrong in the reader's language: the title of the problem document, then field by field. */
export function ProblemNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation()
  const language = useLanguage()
  if (!error) return null
  const document = error instanceof ProblemError ? error.document : undefined
  const errors = document?.errors ?? []
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={document?.title[language] ?? t('common.defect')}
      description={
        errors.length > 0 ? (
          <ul>
            {errors.slice(0, 10).map((fault) => (
              <li key={`${fault.field} ${fault.en}`}>
                <FieldName field={fault.field} />
                {fault[language]}
              </li>
            ))}
          </ul>
        ) : undefined
      }
      action={
        onRetry ? (
          <Button size="small" onClick={onRetry}>
            {t('common.retry')}
          </Button>
        ) : undefined
      }
    />
  )
}

/** `body.lines[2].starts_at` is said as "starts_at (3)": a page that shows the line itself says it there. */
function FieldName({ field }: { field: string }) {
  const { t, i18n } = useTranslation()
  const name =
    field
      .split('.')
      .at(-1)
      ?.replace(/\[\d+\]$/, '') ?? ''
  const position = /\[(\d+)\]/.exec(field)?.[1]
  const key = `fields.${name}`
  const known = i18n.exists(key) ? t(key as 'fields.name') : ''
  const place = position === undefined ? '' : t('common.line_number', { number: Number(position) + 1 })
  const label = [place, known].filter((part) => part !== '').join(' ')
  return label === '' ? null : <strong>{t('common.labelled', { label })}</strong>
}
