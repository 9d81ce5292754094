import { Form, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { EXPOSURES, type Exposure, POST_KINDS, type PostKind } from '#engines/policy/vocabulary.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { useFormats } from '#platform/ui/formats.ts'
import { useCommand } from '#platform/ui/queries.ts'
import { useWorkplace } from '#platform/ui/workplace.tsx'
import { createPost, type PostView } from '../contract.ts'
import { changePost, closePost } from '../plan-contract.ts'

interface Values {
  readonly name: string
  readonly kind: PostKind
  readonly exposure: Exposure
  readonly longest_stay_hours?: number | null
}

function bodyOf({ longest_stay_hours, ...rest }: Values) {
  return { ...rest, longest_stay_minutes: longest_stay_hours ? Math.round(longest_stay_hours * 60) : null }
}

function useRequired() {
  const { t } = useTranslation()
  return [{ required: true, message: t('common.required') }]
}

function PostFields() {
  const { t } = useTranslation()
  const formats = useFormats()
  const required = useRequired()
  const options = (words: Readonly<Record<string, { zh: string; en: string }>>) =>
    Object.entries(words).map(([value, label]) => ({ value, label: formats.label(label) }))
  return (
    <>
      <Form.Item name="name" label={t('posts.name')} rules={required}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="kind" label={t('posts.kind')} rules={required}>
        <Select options={options(POST_KINDS)} />
      </Form.Item>
      <Form.Item name="exposure" label={t('posts.exposure')} rules={required}>
        <Select options={options(EXPOSURES)} />
      </Form.Item>
      <Form.Item name="longest_stay_hours" label={t('posts.longest_stay')} extra={t('posts.longest_stay_help')}>
        <InputNumber min={0.5} max={744} step={0.5} style={{ width: 120 }} />
      </Form.Item>
    </>
  )
}

export function OpenPostDialog({
  open,
  onClose,
  place,
}: {
  open: boolean
  onClose: () => void
  place: { operation_id: number; unit_id: number }
}) {
  const { t } = useTranslation()
  const { today } = useWorkplace()
  const command = useCommand(createPost)
  const params = { operation_id: String(place.operation_id), unit_id: String(place.unit_id) }
  return (
    <FormModal<Values & { opened_on: string }, Parameters<typeof command.mutate>[0], PostView>
      title={t('posts.open')}
      about={t('posts.open_about')}
      action={t('posts.open')}
      open={open}
      onClose={onClose}
      command={command}
      initial={{ exposure: 'unknown', opened_on: today }}
      inputOf={({ opened_on, ...values }) => ({ params, body: { opened_on, ...bodyOf(values) } })}
      done={t('posts.opened')}
    >
      <PostFields />
      <Form.Item name="opened_on" label={t('posts.opened_on')} rules={useRequired()}>
        <Input type="date" />
      </Form.Item>
    </FormModal>
  )
}

interface ActProps {
  readonly operationId: number
  readonly post: PostView
  readonly onClose: () => void
}

function paramsOf({ operationId, post }: ActProps) {
  return { operation_id: String(operationId), unit_id: String(post.unit_id), post_id: String(post.post_id) }
}

/** Dated: what was confirmed before that day counts as the post was then. */
export function ChangePostDialog(props: ActProps) {
  const { t } = useTranslation()
  const { today } = useWorkplace()
  const { post, onClose } = props
  const command = useCommand(changePost)
  return (
    <FormModal<Values & { from_on: string }, Parameters<typeof command.mutate>[0], OutputOf<typeof changePost>>
      title={t('posts.change_named', { name: post.name })}
      about={t('posts.change_about')}
      action={t('posts.change')}
      open
      onClose={onClose}
      command={command}
      initial={{
        name: post.name,
        kind: post.kind,
        exposure: post.exposure,
        longest_stay_hours: post.longest_stay_minutes === null ? null : post.longest_stay_minutes / 60,
        from_on: today,
      }}
      inputOf={({ from_on, ...values }) => ({ params: paramsOf(props), body: { from_on, ...bodyOf(values) } })}
      done={({ moved_count }) => t('posts.changed', { count: moved_count })}
    >
      <PostFields />
      <Form.Item name="from_on" label={t('posts.from_on')} rules={useRequired()}>
        <Input type="date" />
      </Form.Item>
    </FormModal>
  )
}

export function ClosePostDialog(props: ActProps) {
  const { t } = useTranslation()
  const { today } = useWorkplace()
  const { post, onClose } = props
  const command = useCommand(closePost)
  return (
    <FormModal<{ closed_on: string }, Parameters<typeof command.mutate>[0], OutputOf<typeof closePost>>
      title={t('posts.close_named', { name: post.name })}
      about={t('posts.close_about')}
      action={t('posts.close')}
      danger
      open
      onClose={onClose}
      command={command}
      initial={{ closed_on: today }}
      inputOf={(body) => ({ params: paramsOf(props), body })}
      done={({ withdrawn_count }) => t('posts.closed', { count: withdrawn_count })}
    >
      <Form.Item name="closed_on" label={t('posts.last_on')} rules={useRequired()}>
        <Input type="date" min={post.opened_on} />
      </Form.Item>
    </FormModal>
  )
}
