import { useQuery } from '@tanstack/react-query'
import { Form, Modal, Select } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '#platform/ui/client.ts'
import { ClockInput } from '#platform/ui/clock-input.tsx'
import { listPeople } from '#records/people/contract.ts'
import type { PostView } from '../contract.ts'
import type { DraftLine } from './day-draft.ts'

interface Values {
  readonly person: { readonly value: number; readonly label: string }
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

const NAMES_WAIT_MS = 250

/** Finds a person by part of the name; as a field of a form antd hands in the value and takes the change. */
function PersonField({
  unitId,
  id,
  value,
  onChange,
}: {
  unitId: number
  id?: string
  value?: Values['person']
  onChange?: (person: Values['person']) => void
}) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [words, setWords] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), NAMES_WAIT_MS)
    return () => clearTimeout(timer)
  }, [typed])
  const people = useQuery({
    queryKey: ['people-by-name', unitId, words],
    queryFn: ({ signal }) => {
      const query = { unit_id: String(unitId), limit: 20, ...(words ? { name_contains: words } : {}) }
      return call(listPeople, { query }, { signal })
    },
  })
  return (
    <Select
      id={id}
      labelInValue
      showSearch={{ filterOption: false, onSearch: setTyped }}
      value={value}
      onChange={(chosen: { value: number; label: unknown }) =>
        onChange?.({ value: chosen.value, label: String(chosen.label) })
      }
      loading={people.isFetching}
      placeholder={t('people.find')}
      notFoundContent={t('people.none_found')}
      options={(people.data?.people ?? []).map(({ person_id, name }) => ({ value: person_id, label: name }))}
    />
  )
}
