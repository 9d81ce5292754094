import { Link } from '@tanstack/react-router'
import { Button, Descriptions, Form, Input, Tag } from 'antd'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EMPLOYMENTS, PARTY_STATUSES } from '#engines/policy/vocabulary.ts'
import type { OutputOf } from '#platform/http/endpoint.ts'
import { FormModal } from '#platform/ui/form-modal.tsx'
import { type Formats, useFormats } from '#platform/ui/formats.ts'
import { Facts, Section } from '#platform/ui/page.tsx'
import { useCommand } from '#platform/ui/queries.ts'
import { Rows } from '#platform/ui/rows.tsx'
import { useMay } from '#platform/ui/workplace.tsx'
import { type PersonView, revealIdentity } from '../contract.ts'
import { AppointDialog, PartyDialog, SkillsDialog, TieDialog } from './console-person-dialogs.tsx'

type Identity = OutputOf<typeof revealIdentity>

function establishedText(established: boolean | null, t: TFunction): string {
  if (established === null) return t('people.establishments.unknown')
  return established ? t('people.establishments.yes') : t('people.establishments.no')
}

/** Who a person is: what is recorded once and asked for nowhere else. */
export function PersonCard({ person }: { person: PersonView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <section className="panel stack">
      <Facts
        items={[
          [t('people.unit'), person.home_unit_name],
          ...(person.seconded_unit_name ? [[t('people.seconded'), person.seconded_unit_name] as const] : []),
          [t('people.post'), person.title || '—'],
          [
            t('people.employment'),
            `${formats.word(EMPLOYMENTS, person.employment)} · ${establishedText(person.established, t)}`,
          ],
          [t('people.party'), formats.word(PARTY_STATUSES, person.party)],
          ...(person.staff_number ? [[t('people.staff_number'), person.staff_number] as const] : []),
          [t('people.skills'), <Skills key="skills" person={person} />],
          [t('people.ties'), <Ties key="ties" person={person} />],
        ]}
      />
      <Identification person={person} />
    </section>
  )
}

function Skills({ person }: { person: PersonView }) {
  const { t } = useTranslation()
  const may = useMay('people.write')
  const [editing, setEditing] = useState(false)
  return (
    <span className="row">
      {person.skills.length === 0 ? '—' : null}
      {person.skills.map((skill) => (
        <Tag key={skill}>{skill}</Tag>
      ))}
      {may ? (
        <Button size="small" type="link" className="link-inline" onClick={() => setEditing(true)}>
          {t('people.edit_skills')}
        </Button>
      ) : null}
      {editing ? <SkillsDialog person={person} onClose={() => setEditing(false)} /> : null}
    </span>
  )
}

function Ties({ person }: { person: PersonView }) {
  const { t } = useTranslation()
  const may = useMay('people.write')
  const [adding, setAdding] = useState(false)
  return (
    <>
      {person.family_ties.length === 0 ? '—' : null}
      <ul>
        {person.family_ties.map(({ tie, other_person_id, other_name }) => (
          <li key={`${tie} ${other_person_id}`}>
            {t(`people.tie.${tie}`)}{' '}
            {other_person_id !== null && other_name !== null ? (
              <Link to="/people/$person_id" params={{ person_id: String(other_person_id) }}>
                {other_name}
              </Link>
            ) : (
              <span className="soft">{t('people.tie_outside')}</span>
            )}
          </li>
        ))}
      </ul>
      {may ? (
        <Button size="small" type="link" className="link-inline" onClick={() => setAdding(true)}>
          {t('people.add_tie')}
        </Button>
      ) : null}
      {adding ? <TieDialog person={person} onClose={() => setAdding(false)} /> : null}
    </>
  )
}

/** Numbers stay masked; whoever may see them in full says what for, and the view is audited. */
function Identification({ person }: { person: PersonView }) {
  const { t } = useTranslation()
  const may = useMay('people.identify')
  const [asking, setAsking] = useState(false)
  const [identity, setIdentity] = useState<Identity | undefined>(undefined)
  const command = useCommand(revealIdentity)
  return (
    <div className="row spread">
      <Facts
        items={[
          [t('people.id_number'), identity?.id_number ?? person.id_number_masked ?? '—'],
          [t('people.phone'), identity?.phone ?? person.phone_masked ?? '—'],
        ]}
      />
      {may && !identity ? <Button onClick={() => setAsking(true)}>{t('people.reveal')}</Button> : null}
      <FormModal<{ purpose: string }, Parameters<typeof command.mutate>[0], Identity>
        title={t('people.reveal')}
        about={t('people.reveal_about')}
        action={t('people.reveal')}
        open={asking}
        onClose={() => setAsking(false)}
        command={command}
        inputOf={(body) => ({ params: { person_id: String(person.person_id) }, body })}
        onDone={setIdentity}
      >
        <Form.Item
          name="purpose"
          label={t('people.purpose')}
          rules={[{ required: true, message: t('common.required') }]}
        >
          <Input.TextArea rows={2} maxLength={200} />
        </Form.Item>
      </FormModal>
    </div>
  )
}

function periodText(formats: Formats, t: TFunction, from: string, to: string | null) {
  return to === null ? t('common.since', { day: formats.date(from) }) : `${formats.date(from)} – ${formats.date(to)}`
}

/** Posts held and party standing, dated. */
export function PersonHistory({ person }: { person: PersonView }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const may = useMay('people.write')
  const [act, setAct] = useState<'appoint' | 'party' | undefined>(undefined)
  const close = () => setAct(undefined)
  const button = (what: 'appoint' | 'party', text: string) =>
    may ? <Button onClick={() => setAct(what)}>{text}</Button> : undefined
  return (
    <div className="stack">
      <Section title={t('people.appointments')} aside={button('appoint', t('people.appoint'))}>
        <Rows
          caption={t('people.appointments')}
          rows={person.appointments}
          rowKey={(post) => post.appointment_id}
          columns={[
            {
              key: 'title',
              title: t('people.post'),
              narrow: 'title',
              show: (post) => (
                <>
                  {post.title || '—'} {post.is_main ? null : <Tag>{t('people.side_post')}</Tag>}
                </>
              ),
            },
            { key: 'unit', title: t('people.unit'), show: (post) => post.unit_name },
            {
              key: 'employment',
              title: t('people.employment'),
              show: (post) => `${formats.word(EMPLOYMENTS, post.employment)} · ${establishedText(post.established, t)}`,
            },
            {
              key: 'period',
              title: t('common.period'),
              show: (post) => periodText(formats, t, post.from_on, post.to_on),
            },
          ]}
        />
      </Section>
      {person.party_standings.length > 0 || may ? (
        <Section title={t('people.party')} aside={button('party', t('people.change_party'))}>
          <Descriptions
            column={1}
            size="small"
            items={person.party_standings.map(({ from_on, party }) => ({
              key: from_on,
              label: t('common.since', { day: formats.date(from_on) }),
              children: formats.word(PARTY_STATUSES, party),
            }))}
          />
        </Section>
      ) : null}
      {act === 'appoint' ? <AppointDialog person={person} onClose={close} /> : null}
      {act === 'party' ? <PartyDialog person={person} onClose={close} /> : null}
    </div>
  )
}
