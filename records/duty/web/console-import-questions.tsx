import { Button, Input, Select, Tag } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '#platform/ui/formats.ts'
import { Section } from '#platform/ui/page.tsx'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { useCommand } from '#platform/ui/queries.ts'
import { answerImportQuestions, type ImportQuestion, type Understanding } from '../import-contract.ts'
import type { ImportParams } from './console-import.tsx'

/** What the sheet leaves open. A proposed answer is shown for the person to accept and is never used unasked. */
export function Questions({ params, understood }: { params: ImportParams; understood: Understanding }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const command = useCommand(answerImportQuestions)
  const [answers, setAnswers] = useState<Readonly<Record<string, string>>>({})
  const set = (key: string, answer: string) => setAnswers({ ...answers, [key]: answer })
  const send = (given: Readonly<Record<string, string>>) => command.mutate({ params, body: { answers: given } })
  const proposals = Object.fromEntries(
    understood.questions.flatMap(({ key, proposed }) => (proposed === null ? [] : [[key, proposed]])),
  )
  const given = Object.values(answers).filter((answer) => answer.trim() !== '').length
  return (
    <Section
      title={
        understood.questions.length > 0
          ? t('import.questions', { count: understood.questions.length })
          : t('import.answered')
      }
      aside={
        Object.keys(proposals).length > 0 ? (
          <Button onClick={() => setAnswers({ ...proposals, ...answers })}>{t('import.take_proposals')}</Button>
        ) : undefined
      }
    >
      <div className="panel stack">
        {understood.questions.length > 0 ? (
          <ol className="stack tight">
            {understood.questions.map((question) => (
              <li key={question.key} className="import-question">
                <QuestionText question={question} />
                <Answer
                  question={question}
                  value={answers[question.key]}
                  onChange={(answer) => set(question.key, answer)}
                />
              </li>
            ))}
          </ol>
        ) : null}
        {understood.answered.length > 0 ? (
          <ul className="soft stack tight">
            {understood.answered.map((answered) => (
              <li key={answered.key} className="row">
                <span>
                  {formats.label(answered.text)}{' '}
                  <strong>{answered.label ? formats.label(answered.label) : answered.answer}</strong>
                </span>
                <Button size="small" onClick={() => send({ [answered.key]: '' })}>
                  {t('import.take_back')}
                </Button>
              </li>
            ))}
          </ul>
        ) : null}
        <ProblemNotice error={command.error} />
        {understood.questions.length > 0 ? (
          <Button
            type="primary"
            onClick={() => send(answers)}
            loading={command.isPending}
            disabled={given === 0}
            style={{ justifySelf: 'start' }}
          >
            {t('import.send_answers')}
          </Button>
        ) : null}
      </div>
    </Section>
  )
}

function QuestionText({ question }: { question: ImportQuestion }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <div>
      <p>
        {formats.label(question.text)} {question.blocking ? <Tag color="warning">{t('import.blocking')}</Tag> : null}
      </p>
      <p className="soft small">
        {t('import.question_place', { sheet: question.first.sheet, row: question.first.row, count: question.count })}
        {question.misunderstood === null ? '' : ` ${t('import.misunderstood', { answer: question.misunderstood })}`}
      </p>
    </div>
  )
}

function Answer({
  question,
  value,
  onChange,
}: {
  question: ImportQuestion
  value: string | undefined
  onChange: (answer: string) => void
}) {
  const { t } = useTranslation()
  const formats = useFormats()
  const hint =
    question.proposed === null
      ? t('import.answer')
      : t('import.proposed', { answer: proposedText(question, formats.label) })
  if (question.options)
    return (
      <Select
        aria-label={formats.label(question.text)}
        value={value}
        onChange={onChange}
        placeholder={hint}
        options={question.options.map((option) => ({ value: option.value, label: formats.label(option.label) }))}
        popupMatchSelectWidth={false}
        className="import-answer"
      />
    )
  return (
    <Input
      aria-label={formats.label(question.text)}
      value={value ?? ''}
      onChange={({ target }) => onChange(target.value)}
      placeholder={hint}
      maxLength={200}
      className="import-answer"
    />
  )
}

function proposedText(
  { proposed, options }: ImportQuestion,
  label: (text: { zh: string; en: string }) => string,
): string {
  const option = options?.find(({ value }) => value === proposed)
  return option ? label(option.label) : (proposed ?? '')
}
