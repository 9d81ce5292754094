import type { UseMutationResult } from '@tanstack/react-query'
import { App, Form, Modal } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemNotice } from './problem-notice.tsx'

/** A command in a dialog: fields, what is wrong with them, one button that says what happens. */
export function FormModal<Values extends object, Input, Output>({
  title,
  about,
  action,
  danger = false,
  open,
  initial,
  command,
  inputOf,
  onClose,
  onDone,
  done,
  width = 480,
  children,
}: {
  title: string
  about?: ReactNode
  /** The words on the button. */
  action: string
  danger?: boolean
  open: boolean
  initial?: Partial<Values>
  command: UseMutationResult<Output, Error, Input>
  inputOf: (values: Values) => Input
  onClose: () => void
  onDone?: (output: Output) => void
  /** Said when it has been done. */
  done?: string | ((output: Output) => string)
  width?: number
  children: ReactNode
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [form] = Form.useForm<Values>()
  const close = () => {
    command.reset()
    onClose()
  }
  const submit = (values: Values) =>
    command.mutate(inputOf(values), {
      onSuccess(output) {
        if (done) void message.success(typeof done === 'string' ? done : done(output))
        close()
        onDone?.(output)
      },
    })
  return (
    <Modal
      open={open}
      title={title}
      width={width}
      onCancel={close}
      onOk={() => form.submit()}
      okText={action}
      cancelText={t('common.cancel')}
      okButtonProps={{ danger, loading: command.isPending }}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        // The fields hold what the caller names; antd types the partial more narrowly than it reads it.
        initialValues={initial}
        onFinish={submit}
        preserve={false}
      >
        {about ? <p className="soft form-about">{about}</p> : null}
        {children}
        <ProblemNotice error={command.error} />
      </Form>
    </Modal>
  )
}
