import { useParams } from '@tanstack/react-router'
import { Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { PersonStatementSection } from '#measures/benefits/web/console-person.tsx'
import { Page } from '#platform/ui/page.tsx'
import { useEndpoint } from '#platform/ui/queries.ts'
import { Loaded } from '#platform/ui/states.tsx'
import { useMay } from '#platform/ui/workplace.tsx'
import { PersonDutyTimeline } from '#records/duty/web/console-person.tsx'
import { ClosedFactsPanel, PersonFactsSection } from '#records/facts/web/console-person.tsx'
import { readPerson } from '#records/people/contract.ts'
import { EmergencyPanel } from '#records/people/web/console-emergency.tsx'
import { HealthPanel } from '#records/people/web/console-health.tsx'
import { PersonCard, PersonHistory } from '#records/people/web/console-person.tsx'

/** One person across the rooms: who they are, what they did, what they are owed and why. */
export function PersonPage() {
  const { t } = useTranslation()
  const { person_id } = useParams({ from: '/people/$person_id' })
  const person = useEndpoint(readPerson, { params: { person_id } })
  const mayStatement = useMay('statements.read')
  const mayHealth = useMay('people.health')
  const mayOpen = useMay('circles.open')
  const mayDuty = useMay('duty.read')
  const mayFacts = useMay('facts.read')
  const mayClosed = useMay('facts.closed')
  return (
    <Loaded query={person} rows={10}>
      {(data) => (
        <Page
          title={data.name}
          about={
            <>
              {data.home_unit_name} {data.title} {data.made_up ? <Tag>{t('common.made_up_person')}</Tag> : null}
            </>
          }
        >
          <div className="two-columns person-columns">
            <div className="stack">
              <PersonCard person={data} />
              {mayClosed ? <ClosedFactsPanel key={`closed ${data.person_id}`} personId={data.person_id} /> : null}
              {mayHealth ? <HealthPanel key={data.person_id} personId={data.person_id} /> : null}
              {mayOpen && !mayHealth ? <EmergencyPanel key={data.person_id} personId={data.person_id} /> : null}
            </div>
            <div className="stack">
              {mayStatement ? <PersonStatementSection personId={data.person_id} /> : null}
              {mayFacts ? <PersonFactsSection personId={data.person_id} /> : null}
              {mayDuty ? <PersonDutyTimeline personId={data.person_id} /> : null}
              <PersonHistory person={data} />
            </div>
          </div>
        </Page>
      )}
    </Loaded>
  )
}
