import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { Button, Result } from 'antd'
import { useTranslation } from 'react-i18next'

export function NotFound() {
  const { t } = useTranslation()
  return <Result status="404" title={t('shell.not_found')} extra={<Link to="/">{t('shell.to_board')}</Link>} />
}

/** A page that broke: says so, and lets the reader load it again without losing the address. */
export function Defect({ error }: ErrorComponentProps) {
  const { t } = useTranslation()
  return (
    <Result
      status="warning"
      title={t('common.defect')}
      subTitle={error instanceof Error ? error.message : undefined}
      extra={<Button onClick={() => location.reload()}>{t('common.reload')}</Button>}
    />
  )
}
