import { App, Button, Form, Input, Radio } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeOwnPassword, chooseLanguage } from '#platform/access/contract.ts'
import {
  endOtherSessions,
  type OwnAccount,
  proposeSecondFactor,
  readOwnAccount,
  replaceSecondFactor,
} from '#platform/access/contract-own.ts'
import { PASSWORD_LENGTH_MIN } from '#platform/access/password-rules.ts'
import { isRole } from '#platform/access/permissions.ts'
import { useFormats } from '#platform/ui/formats.ts'
import { switchLanguage } from '#platform/ui/language.ts'
import { Facts, Page } from '#platform/ui/page.tsx'
import { ProblemNotice, useLanguage } from '#platform/ui/problem-notice.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded, Waiting } from '#platform/ui/states.tsx'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { OwnFactsPanel } from '#records/facts/web/console-own.tsx'
import { deviceName } from './device-name.ts'

/** One's own account: password, authenticator, devices, language. */
export function OwnAccountPage() {
  const { t } = useTranslation()
  const { session } = useWorkplace()
  const account = useEndpoint(readOwnAccount, {})
  return (
    <Loaded query={account} rows={8}>
      {(data) => (
        <Page title={t('own.title')} about={t('own.about', { name: session.display_name, login: data.login })}>
          <div className="own-columns">
            <PasswordPanel />
            <div className="stack">
              <SecondFactorPanel account={data} />
              <LanguagePanel />
              <RolesPanel />
            </div>
          </div>
          <OwnFactsPanel />
          <SessionsPanel account={data} />
        </Page>
      )}
    </Loaded>
  )
}

function PasswordPanel() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<{ current_password: string; new_password: string; repeated: string }>()
  const command = useCommand(changeOwnPassword)
  const required = { required: true, message: t('common.required') }
  return (
    <section className="panel">
      <h2>{t('own.password')}</h2>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={({ current_password, new_password }) =>
          command.mutate(
            { body: { current_password, new_password } },
            {
              onSuccess() {
                form.resetFields()
                void message.success(t('own.password_changed'))
              },
            },
          )
        }
      >
        <Form.Item name="current_password" label={t('own.current_password')} rules={[required]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="new_password"
          label={t('own.new_password')}
          extra={t('own.password_help', { count: PASSWORD_LENGTH_MIN })}
          rules={[required]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="repeated"
          label={t('own.repeat_password')}
          dependencies={['new_password']}
          rules={[
            required,
            ({ getFieldValue }) => ({
              validator: (_rule, repeated: unknown) =>
                !repeated || repeated === getFieldValue('new_password')
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('own.password_differs'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <div className="stack tight">
          <ProblemNotice error={command.error} />
          <Button type="primary" htmlType="submit" loading={command.isPending} style={{ justifySelf: 'start' }}>
            {t('own.change_password')}
          </Button>
        </div>
      </Form>
    </section>
  )
}

function SecondFactorPanel({ account }: { account: OwnAccount }) {
  const { t } = useTranslation()
  const { session } = useWorkplace()
  const [binding, setBinding] = useState(false)
  return (
    <section className="panel stack tight">
      <h2>{t('own.second_factor')}</h2>
      <p className="soft">
        {account.second_factor ? t('own.second_factor_on') : t('own.second_factor_off')}
        {account.second_factor_needed ? ` ${t('own.second_factor_needed')}` : null}
      </p>
      {session.demo ? (
        <p className="soft">{t('own.second_factor_demo')}</p>
      ) : binding ? (
        <BindForm account={account} onClose={() => setBinding(false)} />
      ) : (
        <Button onClick={() => setBinding(true)} style={{ justifySelf: 'start' }}>
          {account.second_factor ? t('own.renew') : t('own.bind')}
        </Button>
      )}
    </section>
  )
}

/** The secret is asked for once; it counts only when its first code, the password and the old code are right. */
function BindForm({ account, onClose }: { account: OwnAccount; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const proposal = useCommand(proposeSecondFactor)
  const { mutate } = proposal
  useEffect(() => mutate({}), [mutate])
  const command = useCommand(replaceSecondFactor)
  const code = [{ required: true, pattern: /^\d{6}$/, message: t('door.code_needed') }]
  if (!proposal.data) return proposal.error ? <ProblemNotice error={proposal.error} /> : <Waiting />
  const { secret, qr_svg } = proposal.data
  return (
    <Form<{ current_password: string; current_code?: string; code: string }>
      layout="vertical"
      requiredMark={false}
      onFinish={(values) =>
        command.mutate(
          { body: { ...values, secret } },
          {
            onSuccess() {
              void message.success(t('own.bound'))
              onClose()
            },
          },
        )
      }
    >
      <p>
        {t('own.scan')} {account.second_factor ? t('own.renew_about') : null}
      </p>
      <img
        src={`data:image/svg+xml;utf8,${encodeURIComponent(qr_svg)}`}
        alt={t('door.bind_qr')}
        width={180}
        height={180}
      />
      <p className="soft small form-about">{t('door.bind_secret', { secret })}</p>
      <Form.Item
        name="current_password"
        label={t('own.current_password')}
        rules={[{ required: true, message: t('common.required') }]}
      >
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      {account.second_factor ? (
        <Form.Item name="current_code" label={t('own.current_code')} rules={code}>
          <Input inputMode="numeric" maxLength={6} autoComplete="off" />
        </Form.Item>
      ) : null}
      <Form.Item name="code" label={t('own.new_code')} rules={code}>
        <Input inputMode="numeric" maxLength={6} autoComplete="one-time-code" />
      </Form.Item>
      <div className="stack tight">
        <ProblemNotice error={command.error} />
        <div className="row">
          <Button type="primary" htmlType="submit" loading={command.isPending}>
            {account.second_factor ? t('own.renew') : t('own.bind')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </div>
      </div>
    </Form>
  )
}

function LanguagePanel() {
  const { t } = useTranslation()
  const language = useLanguage()
  const command = useCommand(chooseLanguage)
  const choose = async (next: 'zh' | 'en') => {
    await switchLanguage(next)
    command.mutate({ body: { language: next } })
  }
  return (
    <section className="panel">
      <h2>{t('own.language')}</h2>
      <Radio.Group
        aria-label={t('own.language')}
        value={language}
        onChange={({ target }) => void choose(target.value === 'en' ? 'en' : 'zh')}
        options={(['zh', 'en'] as const).map((value) => ({ value, label: t(`own.languages.${value}`) }))}
      />
    </section>
  )
}

function RolesPanel() {
  const { t } = useTranslation()
  const { session } = useWorkplace()
  return (
    <section className="panel">
      <h2>{t('own.roles')}</h2>
      <Facts
        items={session.roles.map(
          ({ role, unit_name }) => [isRole(role) ? t(`roles.${role}`) : role, unit_name] as const,
        )}
      />
    </section>
  )
}

function SessionsPanel({ account }: { account: OwnAccount }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const { message } = App.useApp()
  const command = useCommand(endOtherSessions)
  const elsewhere = account.sessions.some(({ here }) => !here)
  const end = () => command.mutate({}, { onSuccess: () => void message.success(t('own.signed_out_elsewhere')) })
  return (
    <section>
      <div className="row spread section-head">
        <h2 className="section-title">{t('own.sessions')}</h2>
        {elsewhere ? (
          <Button onClick={end} loading={command.isPending}>
            {t('own.sign_out_elsewhere')}
          </Button>
        ) : (
          <span className="soft">{t('own.only_here')}</span>
        )}
      </div>
      <Rows
        caption={t('own.sessions')}
        rows={account.sessions}
        atOnce={10}
        rowKey={({ created_at, device }) => `${created_at} ${device}`}
        columns={[
          {
            key: 'device',
            title: t('own.device'),
            narrow: 'title',
            show: ({ device, here }) => (
              <>
                {deviceName(device) ?? t('own.unknown_device')} {here ? <strong>{t('own.here')}</strong> : null}
              </>
            ),
          },
          { key: 'since', title: t('own.since'), show: ({ created_at }) => formats.realMoment(created_at) },
          { key: 'until', title: t('own.until'), show: ({ expires_at }) => formats.realMoment(expires_at) },
        ]}
      />
      <ProblemNotice error={command.error} />
    </section>
  )
}
