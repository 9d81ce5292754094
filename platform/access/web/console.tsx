import { Button, Dropdown, Form, Input, Modal, Select, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { call } from '#platform/ui/client.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { keyOf, useCommand, useEndless } from '#platform/ui/queries.ts'
import { EndlessRows } from '#platform/ui/rows.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import {
  type AccountView,
  approveRole,
  createAccount,
  disableAccount,
  enableAccount,
  endRole,
  grantRole,
  issueAccountCode,
  listAccounts,
  type PrintedCode,
  resetSecondFactor,
} from '../contract-accounts.ts'
import { ROLES, type Role } from '../permissions.ts'
import { TieDialog, UntieDialog } from './console-ties.tsx'

type AccountPage = OutputOf<typeof listAccounts>

/** Who may sign in, with what roles where. Roles end and accounts are disabled; nothing is deleted. */
export function AccountsPage() {
  const { t } = useTranslation()
  const { unit_id, unit_name } = useWorkplace()
  const may = useMay('users.write')
  const [name, setName] = useState('')
  const [creating, setCreating] = useState(false)
  const [code, setCode] = useState<PrintedCode | undefined>(undefined)
  const filter = { unit_id: String(unit_id), limit: 25, ...(name ? { name_contains: name } : {}) }
  const query = useEndless(keyOf(listAccounts, filter), (after, signal) =>
    call(listAccounts, { query: { ...filter, ...(after ? { after } : {}) } }, { signal }),
  )
  return (
    <Page
      title={t('accounts.title')}
      about={t('accounts.about', { unit: unit_name })}
      actions={
        may ? (
          <Button type="primary" onClick={() => setCreating(true)}>
            {t('accounts.create')}
          </Button>
        ) : undefined
      }
    >
      <Input.Search
        aria-label={t('accounts.find')}
        placeholder={t('accounts.find')}
        allowClear
        onSearch={(words) => setName(words.trim())}
        style={{ width: 260 }}
      />
      <EndlessRows<AccountPage, AccountView>
        caption={t('accounts.title')}
        query={query}
        rowsOf={(page) => page.accounts}
        rowKey={(account) => account.user_id}
        empty={t('accounts.none')}
        columns={[
          { key: 'name', title: t('accounts.name'), narrow: 'title', show: (account) => account.display_name },
          { key: 'login', title: t('accounts.login'), show: (account) => <code>{account.login}</code> },
          { key: 'roles', title: t('accounts.roles'), show: (account) => <RolesCell account={account} /> },
          { key: 'state', title: t('accounts.state_title'), show: (account) => <StateCell account={account} /> },
          {
            key: 'acts',
            title: t('common.actions'),
            show: (account) => <AccountActs account={account} onCode={setCode} />,
          },
        ]}
      />
      <CreateDialog open={creating} onClose={() => setCreating(false)} onCode={setCode} />
      <CodeDialog code={code} onClose={() => setCode(undefined)} />
    </Page>
  )
}

function RolesCell({ account }: { account: AccountView }) {
  const { t } = useTranslation()
  if (account.roles.length === 0) return <span className="soft">—</span>
  return (
    <ul>
      {account.roles.map(({ assignment_id, role, unit_name, in_effect }) => (
        <li key={assignment_id}>
          {t(`roles.${role}`)} <span className="soft small">{unit_name}</span>
          {in_effect ? null : <Waiting account={account} assignmentId={assignment_id} />}
        </li>
      ))}
    </ul>
  )
}

/** A role of a closed circle, until a second administrator approves it. */
function Waiting({ account, assignmentId }: { account: AccountView; assignmentId: number }) {
  const { t } = useTranslation()
  const { session } = useWorkplace()
  const command = useCommand(approveRole)
  const params = { user_id: String(account.user_id), assignment_id: String(assignmentId) }
  return (
    <>
      {' '}
      <Tag color="warning">{t('accounts.waits_for_second')}</Tag>
      {account.user_id === session.user_id ? null : (
        <Button size="small" loading={command.isPending} onClick={() => command.mutate({ params })}>
          {t('accounts.approve')}
        </Button>
      )}
      <ProblemNotice error={command.error} />
    </>
  )
}

function StateCell({ account }: { account: AccountView }) {
  const { t } = useTranslation()
  return (
    <span>
      {account.state === 'disabled' ? <Tag color="error">{t('accounts.disabled')}</Tag> : t('accounts.active')}
      {account.has_password ? null : <span className="soft small"> {t('accounts.not_begun')}</span>}
      {account.second_factor ? <span className="soft small"> {t('accounts.second_factor')}</span> : null}
      {account.locked_until ? <Tag color="warning">{t('accounts.locked')}</Tag> : null}
    </span>
  )
}

type Act = 'grant' | 'end' | 'code' | 'reset' | 'disable' | 'enable' | 'tie' | 'untie'

function AccountActs({ account, onCode }: { account: AccountView; onCode: (code: PrintedCode) => void }) {
  const { t } = useTranslation()
  const { session } = useWorkplace()
  const [act, setAct] = useState<Act | undefined>(undefined)
  if (account.user_id === session.user_id) return <span className="soft small">{t('accounts.own')}</span>
  const acts: Act[] = ['grant', 'code']
  if (account.roles.length > 0) acts.push('end')
  if (account.second_factor) acts.push('reset')
  if (account.outside.length < 2) acts.push('tie')
  if (account.outside.length > 0) acts.push('untie')
  acts.push(account.state === 'active' ? 'disable' : 'enable')
  const close = () => setAct(undefined)
  const actTitle = (key: Act) => (key === 'tie' || key === 'untie' ? t(`outside.${key}`) : t(`accounts.act.${key}`))
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: acts.map((key) => ({ key, label: actTitle(key), danger: key === 'disable' })),
          onClick: ({ key }) => setAct(acts.find((one) => one === key)),
        }}
      >
        <Button size="small">{t('accounts.change')}</Button>
      </Dropdown>
      {act === 'grant' ? <GrantDialog account={account} onClose={close} /> : null}
      {act === 'end' ? <EndDialog account={account} onClose={close} /> : null}
      {act === 'tie' ? <TieDialog account={account} onClose={close} /> : null}
      {act === 'untie' ? <UntieDialog account={account} onClose={close} /> : null}
      {act === 'code' || act === 'reset' || act === 'disable' || act === 'enable' ? (
        <WholeAccountDialog account={account} act={act} onClose={close} onCode={onCode} />
      ) : null}
    </>
  )
}

function useRoleOptions() {
  const { t } = useTranslation()
  return ROLES.map((role) => ({ value: role, label: t(`roles.${role}`) }))
}

function GrantDialog({ account, onClose }: { account: AccountView; onClose: () => void }) {
  const { t } = useTranslation()
  const { unit_id, unit_name } = useWorkplace()
  const command = useCommand(grantRole)
  const options = useRoleOptions()
  return (
    <FormModal<{ role: Role }, Parameters<typeof command.mutate>[0], AccountView>
      title={t('accounts.grant_named', { name: account.display_name })}
      about={t('accounts.grant_about', { unit: unit_name })}
      action={t('accounts.act.grant')}
      open
      onClose={onClose}
      command={command}
      inputOf={({ role }) => ({ params: { user_id: String(account.user_id) }, body: { role, unit_id } })}
      done={t('accounts.done')}
    >
      <Form.Item name="role" label={t('accounts.role')} rules={[{ required: true, message: t('common.required') }]}>
        <Select options={options} />
      </Form.Item>
    </FormModal>
  )
}

function EndDialog({ account, onClose }: { account: AccountView; onClose: () => void }) {
  const { t } = useTranslation()
  const command = useCommand(endRole)
  const required = [{ required: true, message: t('common.required') }]
  return (
    <FormModal<{ assignment_id: number; reason: string }, Parameters<typeof command.mutate>[0], AccountView>
      title={t('accounts.end_named', { name: account.display_name })}
      action={t('accounts.act.end')}
      danger
      open
      onClose={onClose}
      command={command}
      initial={{ assignment_id: account.roles[0]?.assignment_id }}
      inputOf={({ assignment_id, reason }) => ({
        params: { user_id: String(account.user_id), assignment_id: String(assignment_id) },
        body: { reason },
      })}
      done={t('accounts.done')}
    >
      <Form.Item name="assignment_id" label={t('accounts.role')} rules={required}>
        <Select
          options={account.roles.map(({ assignment_id, role, unit_name }) => ({
            value: assignment_id,
            label: `${t(`roles.${role}`)} · ${unit_name}`,
          }))}
        />
      </Form.Item>
      <Form.Item name="reason" label={t('common.reason')} rules={required}>
        <Input.TextArea rows={2} maxLength={300} />
      </Form.Item>
    </FormModal>
  )
}

/** Acts on the account as a whole: each asks once more, because its holder feels it at once. */
function WholeAccountDialog({
  account,
  act,
  onClose,
  onCode,
}: {
  account: AccountView
  act: 'code' | 'reset' | 'disable' | 'enable'
  onClose: () => void
  onCode: (code: PrintedCode) => void
}) {
  const { t } = useTranslation()
  const code = useCommand(issueAccountCode)
  const reset = useCommand(resetSecondFactor)
  const disable = useCommand(disableAccount)
  const enable = useCommand(enableAccount)
  const input = { params: { user_id: String(account.user_id) } }
  const go = () => {
    if (act === 'code')
      code.mutate(input, {
        onSuccess(printed) {
          onClose()
          onCode(printed)
        },
      })
    else ({ reset, disable, enable })[act].mutate(input, { onSuccess: onClose })
  }
  const { error, isPending } = { code, reset, disable, enable }[act]
  return (
    <Modal
      open
      title={t(`accounts.act.${act}`)}
      onCancel={onClose}
      onOk={go}
      okText={t(`accounts.act.${act}`)}
      cancelText={t('common.cancel')}
      okButtonProps={{ danger: act === 'disable', loading: isPending }}
    >
      <p className="form-about">{t(`accounts.ask.${act}`, { name: account.display_name })}</p>
      <ProblemNotice error={error} />
    </Modal>
  )
}

function CreateDialog({
  open,
  onClose,
  onCode,
}: {
  open: boolean
  onClose: () => void
  onCode: (code: PrintedCode) => void
}) {
  const { t } = useTranslation()
  const { unit_id, unit_name } = useWorkplace()
  const command = useCommand(createAccount)
  const options = useRoleOptions()
  const required = [{ required: true, message: t('common.required') }]
  return (
    <FormModal<
      { login: string; display_name: string; role: Role },
      Parameters<typeof command.mutate>[0],
      OutputOf<typeof createAccount>
    >
      title={t('accounts.create')}
      about={t('accounts.create_about', { unit: unit_name })}
      action={t('accounts.create')}
      open={open}
      onClose={onClose}
      command={command}
      inputOf={(values) => ({ body: { ...values, unit_id, person_id: null } })}
      onDone={(created) => onCode(created.code)}
    >
      <Form.Item name="display_name" label={t('accounts.name')} rules={required}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item
        name="login"
        label={t('accounts.login')}
        extra={t('accounts.login_help')}
        rules={[...required, { pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$/, message: t('accounts.login_help') }]}
      >
        <Input maxLength={64} autoCapitalize="none" autoComplete="off" />
      </Form.Item>
      <Form.Item name="role" label={t('accounts.role')} rules={required}>
        <Select options={options} />
      </Form.Item>
    </FormModal>
  )
}

/** The code is shown once, to be printed and handed over. */
function CodeDialog({ code, onClose }: { code: PrintedCode | undefined; onClose: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <Modal
      open={code !== undefined}
      title={t('accounts.code_for', { name: code?.display_name ?? '' })}
      onCancel={onClose}
      onOk={() => window.print()}
      okText={t('accounts.print')}
      cancelText={t('common.close')}
    >
      {code ? (
        <div className="stack" style={{ justifyItems: 'center', textAlign: 'center' }}>
          <img
            src={`data:image/svg+xml;utf8,${encodeURIComponent(code.qr_svg)}`}
            alt={t('accounts.code_qr')}
            width={200}
            height={200}
          />
          <p>
            {t('accounts.login')} <code>{code.login}</code>
          </p>
          <p style={{ fontSize: 20 }}>
            <code>{code.code}</code>
          </p>
          <p className="soft">{t('accounts.code_until', { at: formats.realMoment(code.expires_at) })}</p>
        </div>
      ) : null}
    </Modal>
  )
}
