import { Form, Modal, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { ClockInput } from '#platform/ui/clock-input.tsx'
import { type PersonChoice, PersonField } from '#records/people/web/person-field.tsx'
import type { PostView } from '../contract.ts'
import type { DraftLine } from './day-draft.ts'

interface Values {
  readonly person: PersonChoice
  readonly post_id: number
  readonly from: string
  readonly to: string
}

/** Adds somebody who was there without having been planned. */
export function AddPersonDialog({
  open,
  onClose,
  unitId,
  posts,
  onAdd,
}: {
  open: boolean
  onClose: () => void
  unitId: number
  posts: readonly PostView[]
  onAdd: (line: DraftLine) => void
}) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Values>()
  const required = [{ required: true, message: t('common.required') }]
  const add = ({ person, post_id, from, to }: Values) => {
    onAdd({
      span_id: crypto.randomUUID(),
      person_id: person.value,
      person_name: person.label,
      state: 'added',
      post_id,
      post_name: posts.find((post) => post.post_id === post_id)?.name ?? '',
      from,
      to,
    })
    onClose()
  }
  return (
    <Modal
      open={open}
      title={t('duty.add_person')}
      okText={t('duty.add_person')}
      cancelText={t('common.cancel')}
      onCancel={onClose}
      onOk={() => form.submit()}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        preserve={false}
        initialValues={{ post_id: posts[0]?.post_id, from: '08:00', to: '20:00' }}
        onFinish={add}
      >
        <Form.Item name="person" label={t('people.name')} rules={required}>
          <PersonField unitId={unitId} />
        </Form.Item>
        <Form.Item name="post_id" label={t('duty.post')} rules={required}>
          <Select options={posts.map(({ post_id, name }) => ({ value: post_id, label: name }))} />
        </Form.Item>
        <div className="row">
          <Form.Item name="from" label={t('duty.from')} rules={required}>
            <ClockInput />
          </Form.Item>
          <Form.Item name="to" label={t('duty.to')} extra={t('duty.to_help')} rules={required}>
            <ClockInput />
          </Form.Item>
        </div>
      </Form>
    </Modal>
  )
}
