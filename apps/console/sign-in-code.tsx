import { Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { redeemCode, type SessionView } from '#platform/access/contract.ts'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand } from '#platform/ui/queries.ts'

interface Values {
  readonly code: string
  readonly password: string
}

/** The printed one-time code with which an account begins: it sets the password. */
export function RedeemCode({
  code,
  onEnter,
  onBack,
}: {
  code: string
  onEnter: (session: SessionView) => void
  onBack: (login?: string) => void
}) {
  const { t } = useTranslation()
  const redeem = useCommand(redeemCode)
  const submit = (values: Values) =>
    redeem.mutate({ body: values }, { onSuccess: ({ session, login }) => (session ? onEnter(session) : onBack(login)) })
  return (
    <Form layout="vertical" requiredMark={false} initialValues={{ code }} onFinish={submit}>
      <Form.Item
        name="code"
        label={t('door.printed_code')}
        extra={t('door.printed_code_help')}
        rules={[{ required: true, message: t('door.printed_code_needed') }]}
      >
        <Input autoComplete="off" autoFocus />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('door.new_password')}
        rules={[{ required: true, message: t('door.password_needed') }]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <div className="stack tight">
        <ProblemNotice error={redeem.error} />
        <Button type="primary" htmlType="submit" block loading={redeem.isPending}>
          {t('door.set_password')}
        </Button>
        <Button type="link" onClick={() => onBack()}>
          {t('door.back')}
        </Button>
      </div>
    </Form>
  )
}
