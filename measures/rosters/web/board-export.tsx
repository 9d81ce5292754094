import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { download } from '#platform/ui/client.ts'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { exportDraft } from '../roster-contract.ts'
import type { DraftParams } from './board.tsx'

export function ExportButton({ params, disabled }: { params: DraftParams; disabled: boolean }) {
  const { t } = useTranslation()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const take = () => {
    setBusy(true)
    setError(undefined)
    download(exportDraft, { params })
      .catch(setError)
      .finally(() => setBusy(false))
  }
  return (
    <>
      <Button disabled={disabled} loading={isBusy} onClick={take}>
        {t('rosters.export')}
      </Button>
      <ProblemNotice error={error} />
    </>
  )
}
