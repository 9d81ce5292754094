import { useMay } from '#platform/ui/workplace.tsx'
import { UnitFactsSection } from '#records/facts/web/console-unit.tsx'
import { OrgPage as Tree } from '#records/org/web/console.tsx'

/** The tree of units, with what is recorded of the chosen one across the rooms. */
export function OrgPage() {
  const mayFacts = useMay('facts.read')
  return <Tree more={(unitId) => (mayFacts ? <UnitFactsSection key={unitId} unitId={unitId} /> : null)} />
}
