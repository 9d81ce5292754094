import { Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useCommand } from '#platform/ui/queries.ts'
import { type AccountView, tieOutside, untieOutside } from '../contract-accounts.ts'

const PROVIDERS = ['dingtalk', 'wecom'] as const
type Provider = (typeof PROVIDERS)[number]

/** Who an account is to DingTalk or WeCom: stated by an administrator who looked it up, never guessed. */
export function TieDialog({ account, onClose }: { account: AccountView; onClose: () => void }) {
  const { t } = useTranslation()
  const command = useCommand(tieOutside)
  const required = [{ required: true, whitespace: true, message: t('common.required') }]
  const free = PROVIDERS.filter((provider) => !account.outside.includes(provider))
  return (
    <FormModal<{ provider: Provider; subject: string }, Parameters<typeof command.mutate>[0], AccountView>
      title={t('outside.tie')}
      about={t('outside.tie_about', { name: account.display_name })}
      action={t('outside.tie')}
      open
      onClose={onClose}
      command={command}
      initial={free[0] ? { provider: free[0] } : {}}
      inputOf={(body) => ({ params: { user_id: String(account.user_id) }, body })}
      done={t('accounts.done')}
    >
      <Form.Item name="provider" label={t('outside.provider')} rules={required}>
        <Select options={free.map((value) => ({ value, label: t(`outside.${value}`) }))} />
      </Form.Item>
      <Form.Item name="subject" label={t('outside.subject')} extra={t('outside.subject_help')} rules={required}>
        <Input maxLength={128} autoComplete="off" autoCapitalize="none" />
      </Form.Item>
    </FormModal>
  )
}

export function UntieDialog({ account, onClose }: { account: AccountView; onClose: () => void }) {
  const { t } = useTranslation()
  const command = useCommand(untieOutside)
  const [first] = account.outside
  return (
    <FormModal<{ provider: Provider }, Parameters<typeof command.mutate>[0], AccountView>
      title={t('outside.untie')}
      about={t('outside.untie_about', { name: account.display_name })}
      action={t('outside.untie')}
      danger
      open
      onClose={onClose}
      command={command}
      initial={first ? { provider: first } : {}}
      inputOf={(body) => ({ params: { user_id: String(account.user_id) }, body })}
      done={t('accounts.done')}
    >
      <Form.Item name="provider" label={t('outside.provider')} rules={[{ required: true }]}>
        <Select options={account.outside.map((value) => ({ value, label: t(`outside.${value}`) }))} />
      </Form.Item>
    </FormModal>
  )
}
