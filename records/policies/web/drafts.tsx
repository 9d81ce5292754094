import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Form, Input, Radio, Select, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { Page } from '#platform/ui/page.tsx'
import { useCommand, useEndpoint } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { Loaded, Nothing } from '#platform/ui/states.tsx'
import { useMay, useWorkplace } from '#platform/ui/workplace.tsx'
import { listPacksInForce } from '../contract.ts'
import { beginDraft, listDrafts } from '../contract-drafts.ts'
import './drafts.css'

/** Drafts of packs: what is being written, what waits for signatures, what was published. */
export function DraftsPage() {
  const { t } = useTranslation()
  const { operation_id } = useWorkplace()
  const may = useMay('policies.write')
  const [beginning, setBeginning] = useState(false)
  return (
    <Page
      title={t('drafts.title')}
      about={t('drafts.about')}
      actions={
        may && operation_id !== undefined ? (
          <Button type="primary" onClick={() => setBeginning(true)}>
            {t('drafts.begin')}
          </Button>
        ) : undefined
      }
    >
      {operation_id === undefined ? (
        <Nothing>{t('common.no_operation')}</Nothing>
      ) : (
        <>
          <Drafts operationId={operation_id} />
          {beginning ? <BeginDialog operationId={operation_id} onClose={() => setBeginning(false)} /> : null}
        </>
      )}
    </Page>
  )
}

function Drafts({ operationId }: { operationId: number }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const drafts = useEndpoint(listDrafts, { params: { operation_id: String(operationId) } })
  return (
    <Loaded query={drafts} rows={6}>
      {(data) => (
        <Rows
          caption={t('drafts.title')}
          rows={data.drafts}
          rowKey={(draft) => draft.draft_id}
          atOnce={25}
          empty={t('drafts.none')}
          columns={[
            {
              key: 'title',
              title: t('drafts.name'),
              narrow: 'title',
              show: (draft) => (
                <Link to="/drafts/$draft_id" params={{ draft_id: String(draft.draft_id) }}>
                  {draft.title}
                </Link>
              ),
            },
            { key: 'area', title: t('drafts.place'), show: (draft) => draft.area_name },
            {
              key: 'state',
              title: t('drafts.state_title'),
              show: (draft) => (
                <span className={draft.state === 'put_forward' || draft.state === 'signed' ? 'waiting' : undefined}>
                  {t(`drafts.state.${draft.state}`)}
                </span>
              ),
            },
            {
              key: 'saved',
              title: t('drafts.last_saved'),
              show: (draft) => t('drafts.saved_by', { who: draft.saved_by, at: formats.moment(draft.saved_at) }),
            },
          ]}
        />
      )}
    </Loaded>
  )
}

interface Values {
  readonly title: string
  readonly kind: 'published' | 'template' | 'files'
  readonly layer?: string
  readonly text?: string
}

type Begin = Parameters<ReturnType<typeof useCommand<typeof beginDraft.input, typeof beginDraft.output>>['mutate']>[0]

function BeginDialog({ operationId, onClose }: { operationId: number; onClose: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const navigate = useNavigate()
  const { unit_id } = useWorkplace()
  const command = useCommand(beginDraft)
  const layers = useEndpoint(listPacksInForce, { params: { operation_id: String(operationId) } })
  const current = layers.data?.layers.filter((layer) => layer.current && layer.may_draft) ?? []
  const required = [{ required: true, message: t('common.required') }]
  const [uploaded, setUploaded] = useState<{ path: string; text: string }[]>([])
  const [kind, setKind] = useState<Values['kind']>('published')
  const inputOf = ({ title, layer, text }: Values): Begin => {
    const chosen = current.find((one) => `${one.area_unit_id} ${one.code}` === layer)
    const area_unit_id = kind === 'published' ? (chosen?.area_unit_id ?? unit_id) : unit_id
    const pasted = uploaded.length > 0 ? uploaded : [{ path: 'pack.yaml', text: text ?? '' }]
    return {
      params: { operation_id: String(operationId) },
      body: {
        area_unit_id,
        title,
        begin:
          kind === 'published'
            ? { with: 'published', pack_hash: chosen?.pack_hash ?? '' }
            : kind === 'template'
              ? { with: 'template' }
              : { with: 'files', files: pasted },
      },
    }
  }
  return (
    <FormModal<Values, Begin, OutputOf<typeof beginDraft>>
      title={t('drafts.begin')}
      action={t('drafts.begin')}
      open
      width={600}
      command={command}
      inputOf={inputOf}
      onClose={onClose}
      onDone={({ draft_id }) => void navigate({ to: '/drafts/$draft_id', params: { draft_id: String(draft_id) } })}
    >
      <Form.Item name="title" label={t('drafts.name')} rules={required}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item label={t('drafts.begin_with')}>
        <Radio.Group
          value={kind}
          onChange={(event) => setKind(event.target.value)}
          options={[
            { value: 'published', label: t('drafts.with_force') },
            { value: 'template', label: t('drafts.with_template') },
            { value: 'files', label: t('drafts.with_text') },
          ]}
        />
      </Form.Item>
      {kind === 'published' ? (
        <Form.Item name="layer" label={t('drafts.which_pack')} rules={required}>
          <Select
            notFoundContent={t('drafts.none_to_draft')}
            options={current.map((layer) => ({
              value: `${layer.area_unit_id} ${layer.code}`,
              label: `${layer.area_name} · ${formats.label(layer.title)}`,
            }))}
          />
        </Form.Item>
      ) : null}
      {kind === 'files' ? <Paste uploaded={uploaded} onUploaded={setUploaded} /> : null}
    </FormModal>
  )
}

function Paste({
  uploaded,
  onUploaded,
}: {
  uploaded: readonly { path: string; text: string }[]
  onUploaded: (files: { path: string; text: string }[]) => void
}) {
  const { t } = useTranslation()
  return (
    <>
      {uploaded.length === 0 ? (
        <Form.Item name="text" label={t('drafts.text')} rules={[{ required: true, message: t('common.required') }]}>
          <Input.TextArea rows={8} spellCheck={false} />
        </Form.Item>
      ) : null}
      <Upload
        multiple
        accept=".yaml,.yml"
        fileList={uploaded.map(({ path }) => ({ uid: path, name: path, status: 'done' as const }))}
        beforeUpload={(file, all) => {
          if (file === all[0])
            void Promise.all(all.map(async (one) => ({ path: one.name, text: await one.text() }))).then(onUploaded)
          return false
        }}
        onRemove={(file) => onUploaded(uploaded.filter(({ path }) => path !== file.name))}
      >
        <Button>{t('drafts.upload')}</Button>
      </Upload>
    </>
  )
}
