import type { Role } from '#platform/access/permissions.ts'
import type { Row, Sample } from './access-matrix.ts'

/** The rows of the access matrix about drafts of packs, trial runs, and sums that fell. */

const WRITERS = ['finance_clerk', 'hr_clerk', 'command'] as const satisfies readonly Role[]
const SIGNERS = ['organisation_clerk', ...WRITERS] as const satisfies readonly Role[]
const READERS = [...SIGNERS, 'auditor'] as const satisfies readonly Role[]
const FILES = [{ path: 'pack.yaml', text: 'pack: {}' }]

const operation: Sample = (_at, city) => ({ params: { operation_id: city.operation_id } })
const onDraft =
  (body?: object): Sample =>
  async (at, city) => ({ params: { draft_id: await city.freshDraft(at) }, ...(body ? { body } : {}) })
const atCounty =
  (body: object): Sample =>
  (at, city) => ({ params: { operation_id: city.operation_id }, body: { area_unit_id: at.county_id, ...body } })

export const DRAFTS: readonly Row[] = [
  { endpoint: 'GET /api/operations/:operation_id/drafts', who: READERS, outside: 'allowed', sample: operation },
  {
    endpoint: 'POST /api/operations/:operation_id/drafts',
    who: WRITERS,
    outside: 'not_found',
    sample: atCounty({ title: '虚构草稿', begin: { with: 'template' } }),
  },
  { endpoint: 'GET /api/drafts/:draft_id', who: READERS, outside: 'not_found', sample: onDraft() },
  {
    endpoint: 'POST /api/drafts/:draft_id/revisions',
    who: WRITERS,
    outside: 'not_found',
    sample: onDraft({ expected_revision: 1, files: FILES }),
  },
  {
    endpoint: 'POST /api/drafts/:draft_id/requests',
    who: WRITERS,
    outside: 'not_found',
    sample: onDraft({ revision: 1 }),
    meets: 'policies.mistakes',
  },
  {
    endpoint: 'POST /api/drafts/:draft_id/signatures',
    who: SIGNERS,
    outside: 'not_found',
    sample: onDraft({ revision: 1, agreed: true }),
    meets: 'policies.not_put_forward',
  },
  {
    endpoint: 'POST /api/drafts/:draft_id/publications',
    who: WRITERS,
    outside: 'not_found',
    sample: onDraft({ revision: 1 }),
    meets: 'policies.not_put_forward',
  },
  {
    endpoint: 'POST /api/drafts/:draft_id/closings',
    who: WRITERS,
    outside: 'not_found',
    sample: onDraft({ reason: '不再需要' }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/draft-checks',
    who: READERS,
    outside: 'not_found',
    sample: atCounty({ files: FILES }),
  },
  {
    endpoint: 'POST /api/operations/:operation_id/draft-samples',
    who: READERS,
    outside: 'not_found',
    sample: atCounty({ files: FILES }),
    meets: 'policies.mistakes',
  },
  {
    endpoint: 'POST /api/operations/:operation_id/what-ifs',
    who: READERS,
    outside: 'not_found',
    sample: atCounty({ change: { kind: 'pack', pack_hash: '0'.repeat(64) } }),
    meets: 'policies.unknown_pack',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/what-ifs/:job_id',
    who: READERS,
    outside: 'allowed',
    sample: (_at, city) => ({
      params: { operation_id: city.operation_id, job_id: '00000000-0000-4000-8000-000000000000' },
    }),
    meets: 'policies.no_what_if',
  },
  {
    endpoint: 'GET /api/operations/:operation_id/difference-decisions',
    who: ['unit_manager', ...SIGNERS, 'auditor'],
    outside: 'allowed',
    sample: operation,
  },
  {
    endpoint: 'POST /api/operations/:operation_id/difference-decisions',
    who: SIGNERS,
    outside: 'allowed',
    sample: (_at, city) => ({
      params: { operation_id: city.operation_id },
      body: { item_id: 999_999, outcome: 'waive', reason: '集体研究' },
    }),
    meets: 'policies.no_less_item',
  },
]
