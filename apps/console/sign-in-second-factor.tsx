import { Button, Form, Input } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { beginSecondFactor, confirmSecondFactor, type SessionView } from '#platform/access/contract.ts'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand } from '#platform/ui/queries.ts'
import { Waiting } from '#platform/ui/states.tsx'
import type { Credentials } from './sign-in.tsx'

/** The first sign-in of an account that needs a second factor: shows the secret once and asks for its first code. */
export function BindAuthenticator({
  credentials,
  onEnter,
  onBack,
}: {
  credentials: Credentials
  onEnter: (session: SessionView) => void
  onBack: () => void
}) {
  const { t } = useTranslation()
  const { login, password } = credentials
  const begin = useCommand(beginSecondFactor)
  const confirm = useCommand(confirmSecondFactor)
  const { mutate } = begin
  useEffect(() => {
    mutate({ body: { login, password } })
  }, [mutate, login, password])
  const { data } = begin
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      onFinish={({ code }: { code: string }) =>
        confirm.mutate({ body: { login, password, code } }, { onSuccess: onEnter })
      }
    >
      <div className="stack">
        <p>{t('door.bind_help')}</p>
        <ProblemNotice error={begin.error} onRetry={() => mutate({ body: { login, password } })} />
        {data ? (
          <>
            <img
              src={`data:image/svg+xml;utf8,${encodeURIComponent(data.qr_svg)}`}
              alt={t('door.bind_qr')}
              width={200}
              height={200}
              style={{ justifySelf: 'center' }}
            />
            <p className="soft small">{t('door.bind_secret', { secret: data.secret })}</p>
          </>
        ) : begin.error ? null : (
          <Waiting />
        )}
        <Form.Item
          name="code"
          label={t('door.code')}
          rules={[{ required: true, pattern: /^\d{6}$/, message: t('door.code_needed') }]}
        >
          <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} />
        </Form.Item>
        <ProblemNotice error={confirm.error} />
        <Button type="primary" htmlType="submit" loading={confirm.isPending} disabled={!data}>
          {t('door.bind_confirm')}
        </Button>
        <Button type="link" onClick={onBack}>
          {t('door.back')}
        </Button>
      </div>
    </Form>
  )
}
