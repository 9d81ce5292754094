// Written by `npm run schema:write` from the migrated database. Do not edit.
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

export interface Appointments {
  person_id: number
  appointment_id: GeneratedAlways<number>
  unit_id: number
  title: string
  employment: string
  established: boolean | null
  is_main: Generated<boolean>
  from_on: string
  to_on: string | null
  recorded_at: Generated<Date>
  end_recorded_at: Date | null
}

export interface AuditLeaves {
  leaf_index: number
  audit_id: number
  leaf_hash: Buffer
}

export interface AuditRows {
  audit_id: GeneratedAlways<number>
  at: Generated<Date>
  recorded_in: Generated<string>
  user_id: number | null
  principal: string
  action: string
  subject_kind: string
  subject_id: string
  unit_id: number | null
  operation_id: number | null
  request_id: string | null
  facts: ColumnType<Json, string | undefined, string>
}

export interface AuditSeals {
  tree_size: number
  root_hash: Buffer
  previous_head: Buffer
  head: Buffer
  sealed_at: Generated<Date>
}

export interface CircleOpenings {
  person_id: number
  opening_id: Generated<string>
  circle: string
  operation_id: number
  unit_id: number
  opened_by_user_id: number
  opened_at: Generated<Date>
  until_at: Date
  reason: Buffer
  closed_at: Date | null
}

export interface CircleReviews {
  person_id: number
  opening_id: string
  unit_id: number
  outcome: string
  words: string
  reviewed_by_user_id: number
  reviewed_at: Generated<Date>
}

export interface CircleViews {
  person_id: number
  view_id: GeneratedAlways<number>
  circle: string
  viewed_by_user_id: number
  viewed_at: Generated<Date>
  opening_id: string | null
  purpose: string | null
}

export interface CoverAsks {
  unit_id: number
  ask_id: Generated<string>
  operation_id: number
  resting_person_id: number
  order_id: string
  person_id: number
  by_user_id: number
  asked_at: Date
  answer: string | null
  answered_at: Date | null
  shifts_count: number | null
  recorded_by_user_id: number | null
}

export interface DataKeys {
  key_id: GeneratedAlways<number>
  class: string
  wrapped: Buffer
  created_at: Generated<Date>
  retired_at: Date | null
}

export interface Decisions {
  decision_id: GeneratedAlways<number>
  operation_id: number
  unit_id: number
  point: string
  subject_kind: string
  subject_id: number
  value: ColumnType<Json, string, string>
  from_on: string
  to_on: string | null
  reason: string
  decided_by_user_id: number
  decided_at: Date
  recorded_at: Generated<Date>
}

export interface DifferenceDecisions {
  decision_id: GeneratedAlways<number>
  operation_id: number
  unit_id: number
  entitlement: string
  evaluation_id: number
  against_id: number
  outcome: string
  people_count: number
  difference_fen: number
  difference_quantity: number
  reason: string
  decided_by_user_id: number
  decided_at: Date
  recorded_at: Generated<Date>
}

export interface DutyAbsences {
  person_id: number
  span_id: string
  confirmation_id: string
  operation_id: number
  unit_id: number
  duty_date: string
  said_by_user_id: number
  recorded_at: Generated<Date>
}

export interface DutyConfirmations {
  unit_id: number
  confirmation_id: string
  operation_id: number
  duty_date: string
  said_by_user_id: number
  said_at: Date
  recorded_at: Generated<Date>
  span_count: number
  absent_count: number
}

export interface DutyCurrent {
  person_id: number
  span_id: string
  entry_id: number
  operation_id: number
  unit_id: number
  home_unit_id: number
  post_id: number
  starts_at: Date
  ends_at: Date
  starts_on: string
  said_by_user_id: number
}

export interface DutyEntries {
  person_id: number
  entry_id: GeneratedAlways<number>
  span_id: string
  act: string
  operation_id: number
  unit_id: number
  home_unit_id: number
  post_id: number
  starts_at: Date
  ends_at: Date
  starts_on: string
  said_by_user_id: number
  said_at: Date
  confirmation_id: string | null
  reason: string | null
  recorded_at: Generated<Date>
  recorded_in: Generated<string>
}

export interface DutyImportFiles {
  unit_id: number
  import_id: string
  sealed: Buffer
  kept_until: Date
}

export interface DutyImportRows {
  unit_id: number
  import_id: string
  row_no: number
  kind: string
  content: ColumnType<Json, string, string>
  kept_until: Date
}

export interface DutyImports {
  import_id: string
  operation_id: number
  unit_id: number
  file_name: string
  file_sha256: Buffer
  understood: ColumnType<Json, string, string>
  uploaded_by_user_id: number
  uploaded_at: Generated<Date>
  state: Generated<string>
  settled_at: Date | null
  answers: ColumnType<Json, string | undefined, string>
  settled_by_user_id: number | null
  job_id: string | null
}

export interface DutyObjectionAnswers {
  person_id: number
  objection_id: string
  unit_id: number
  outcome: string
  reason: string
  answered_by_user_id: number
  answered_at: Generated<Date>
}

export interface DutyObjections {
  person_id: number
  objection_id: string
  span_id: string | null
  operation_id: number
  unit_id: number
  duty_date: string
  words: string
  raised_at: Date
  recorded_at: Generated<Date>
}

export interface EnrolmentCodes {
  code_hash: Buffer
  user_id: number
  issued_by_user_id: number
  issued_at: Generated<Date>
  expires_at: Date
  used_at: Date | null
}

export interface EntitlementReach {
  evaluation_id: number
  home_unit_id: number
  county_unit_id: number | null
  reached: string[]
  waiting: string[]
  people_count: number
}

export interface EntitlementResults {
  person_id: number
  evaluation_id: number
  entitlement: string
  home_unit_id: number
  county_unit_id: number | null
  clause: string
  state: string
  quantity: number | null
  quantity_unit: string
  amount_fen: number | null
  open_days: Generated<number>
  decision_point: string | null
  missing: string | null
  earned_days: number[] | null
  earned_minutes: number[] | null
}

export interface EntitlementTotals {
  evaluation_id: number
  home_unit_id: number
  county_unit_id: number | null
  entitlement: string
  clause: string
  state: string
  decision_point: Generated<string>
  missing: Generated<string>
  people_count: number
  quantity: number
  quantity_unit: string
  amount_fen: number | null
  open_days: number
}

export interface ErasureProposals {
  person_id: number
  proposal_id: GeneratedAlways<number>
  class: string
  unit_id: number
  operation_id: number
  due_on: string
  term_days: number
  pack_hash: string
  reason: string
  proposed_by_user_id: number
  proposed_at: Generated<Date>
}

export interface Erasures {
  person_id: number
  erasure_id: GeneratedAlways<number>
  class: string
  unit_id: number
  operation_id: number
  due_on: string
  term_days: number
  pack_hash: string
  reason: string
  decided_by_user_id: number
  decided_at: Generated<Date>
  proposal_id: number
  outcome: string
  proposed_by_user_id: number
}

export interface EvaluationInputs {
  person_id: number
  evaluation_id: number
  home_unit_id: number
  county_unit_id: number | null
  facts: ColumnType<Json, string, string>
}

export interface EvaluationPosts {
  evaluation_id: number
  post_id: number
  kind: string
  exposure: string
  unit_id: number
  unit_kind: string
  area_code: string | null
}

export interface EvaluationUnits {
  unit_id: number
  evaluation_id: number
  county_unit_id: number | null
  facts: ColumnType<Json, string, string>
}

export interface Evaluations {
  evaluation_id: GeneratedAlways<number>
  operation_id: number
  from_on: string
  on_date: string
  known_at: Date
  duty_snapshot: string
  stacks: ColumnType<Json, string, string>
  decisions: ColumnType<Json, string, string>
  people_count: number | null
  span_count: number | null
  is_current: Generated<boolean>
  started_at: Generated<Date>
  finished_at: Date | null
  duty_recorded_in: string | null
}

export interface Exports {
  export_id: GeneratedAlways<number>
  number: string
  kind: string
  unit_id: number
  operation_id: number | null
  user_id: number | null
  principal: string
  exported_at: Generated<Date>
  purpose: string
  file_name: string
  people_count: number | null
  bytes: number
  sha256: Buffer
}

export interface ExternalArrivals {
  token_hash: Buffer
  provider: string
  subject: string
  expires_at: Date
  used_at: Date | null
}

export interface ExternalIdentities {
  provider: string
  subject: string
  user_id: number
  tied_at: Generated<Date>
  tied_by_user_id: number | null
}

export interface FamilyTies {
  person_id: number
  other_person_id: number
  tie: string
  recorded_at: Generated<Date>
}

export interface HealthFlags {
  person_id: number
  flag_id: GeneratedAlways<number>
  flag: Buffer
  from_on: string
  to_on: string | null
  confirmed_by_user_id: number
  confirmed_at: Generated<Date>
  seal_version: Generated<number>
}

export interface IdempotencyKeys {
  user_id: number
  key: string
  request_hash: Buffer
  status: number
  response: ColumnType<Json, string, string>
  recorded_at: Generated<Date>
}

export interface Installation {
  setting: string
  value: ColumnType<Json, string, string>
  changed_at: Generated<Date>
}

export interface JobRuns {
  job_id: Generated<string>
  kind: string
  operation_id: number | null
  unit_id: number
  asked_by_user_id: number | null
  input: ColumnType<Json, string, string>
  state: Generated<string>
  done: Generated<number>
  total: number | null
  stage: Generated<string>
  cancel_asked_at: Date | null
  result: ColumnType<Json | null, string | null | undefined, string | null>
  problem: ColumnType<Json | null, string | null | undefined, string | null>
  asked_at: Generated<Date>
  started_at: Date | null
  finished_at: Date | null
}

export interface LeaveEntries {
  person_id: number
  entry_id: GeneratedAlways<number>
  operation_id: number
  unit_id: number
  kind: string
  minutes: number
  on_date: string
  evaluation_id: number | null
  reason: Generated<string>
  by_user_id: number | null
  happened_at: Date
  recorded_at: Generated<Date>
  entitlement: string | null
}

export interface LimitExtensions {
  extension_id: GeneratedAlways<number>
  operation_id: number
  unit_id: number
  rule: string
  from_on: string
  to_on: string
  reason: string
  by_user_id: number
  happened_at: Date
}

export interface OperationLevels {
  operation_id: number
  area_unit_id: number
  from_on: string
  level: number
  source: string
  recorded_at: Generated<Date>
}

export interface Operations {
  operation_id: Generated<number>
  name: string
  kind: string
  area_unit_id: number
  time_zone: Generated<string>
  started_on: string
  ended_on: string | null
  made_up: Generated<boolean>
  recorded_at: Generated<Date>
}

export interface PackDraftClosings {
  draft_id: number
  area_unit_id: number
  reason: string
  closed_by_user_id: number
  closed_at: Date
  recorded_at: Generated<Date>
}

export interface PackDraftRequests {
  draft_id: number
  revision: number
  area_unit_id: number
  pack_hash: string
  note: Generated<string>
  asked_by_user_id: number
  asked_at: Date
  recorded_at: Generated<Date>
}

export interface PackDraftRevisions {
  draft_id: number
  revision: number
  area_unit_id: number
  files: ColumnType<Json, string, string>
  notice_text: Generated<string>
  note: Generated<string>
  saved_by_user_id: number
  saved_at: Date
  recorded_at: Generated<Date>
  notice_ties: ColumnType<Json, string | undefined, string>
}

export interface PackDraftSignatures {
  draft_id: number
  revision: number
  area_unit_id: number
  signed_by_user_id: number
  agreed: boolean
  reason: Generated<string>
  signed_at: Date
  recorded_at: Generated<Date>
}

export interface PackDrafts {
  draft_id: GeneratedAlways<number>
  operation_id: number
  area_unit_id: number
  title: string
  base_hash: string | null
  begun_by_user_id: number
  begun_at: Date
  recorded_at: Generated<Date>
}

export interface PackPublications {
  draft_id: number
  revision: number
  area_unit_id: number
  operation_id: number
  pack_hash: string
  known_from: Date
  first_signer_user_id: number
  second_signer_user_id: number
  agreed: Generated<boolean>
  published_by_user_id: number
  published_at: Date
  recorded_at: Generated<Date>
}

export interface Packs {
  pack_hash: string
  code: string
  layer: string
  title: string
  files: ColumnType<Json, string, string>
  recorded_by_user_id: number | null
  recorded_at: Generated<Date>
}

export interface PacksInForce {
  operation_id: number
  area_unit_id: number
  code: string
  pack_hash: string
  known_from: Date
  recorded_at: Generated<Date>
  recorded_by_user_id: number | null
}

export interface PartyStandings {
  person_id: number
  from_on: string
  party: string
  recorded_at: Generated<Date>
}

export interface People {
  person_id: Generated<number>
  home_unit_id: number
  seconded_unit_id: number | null
  name: string
  name_sort: string
  sex: Generated<string>
  employment: string
  established: boolean | null
  party: Generated<string>
  title: Generated<string>
  staff_number: string | null
  id_number: Buffer | null
  id_number_hash: Buffer | null
  phone: Buffer | null
  phone_hash: Buffer | null
  made_up: Generated<boolean>
  recorded_at: Generated<Date>
}

export interface PersonFactEntries {
  person_id: number
  fact_id: string
  entry_id: GeneratedAlways<number>
  act: string
  operation_id: number | null
  unit_id: number
  sort: string
  name: string
  from_on: string
  to_on: string | null
  amount: number
  consented: Generated<boolean>
  reason: Generated<string>
  said_by_user_id: number
  confirms_entry_id: number | null
  stated_by_user_id: number | null
  said_at: Date
  recorded_at: Generated<Date>
  recorded_in: Generated<string>
}

export interface PlannedShifts {
  person_id: number
  shift_id: Generated<string>
  operation_id: number
  unit_id: number
  post_id: number
  starts_at: Date
  ends_at: Date
  starts_on: string
  withdrawn_at: Date | null
}

export interface Posts {
  post_id: Generated<number>
  operation_id: number
  unit_id: number
  name: string
  kind: string
  exposure: Generated<string>
  away_division_code: string | null
  longest_stay_minutes: number | null
  opened_on: string
  closed_on: string | null
}

export interface ProtectedConditions {
  person_id: number
  flag_id: number
  from_on: string
  to_on: string | null
  recorded_at: Generated<Date>
}

export interface RestLooks {
  operation_id: number
  look_id: GeneratedAlways<number>
  on_date: string
  people_count: number
  looked_at: Date
  recorded_at: Generated<Date>
}

export interface RestOrderEvents {
  person_id: number
  order_id: string
  event_id: GeneratedAlways<number>
  unit_id: number
  act: string
  starts_at: Date
  ends_at: Date
  substitute_person_id: number | null
  reason: string
  by_user_id: number
  happened_at: Date
  recorded_at: Generated<Date>
}

export interface RestOrders {
  person_id: number
  order_id: string
  operation_id: number
  unit_id: number
  basis: string
  rule: string | null
  title: ColumnType<Json, string, string>
  pack_hash: string | null
  not_set_off: ColumnType<Json, string | undefined, string>
  recorded_at: Generated<Date>
  report_id: string | null
}

export interface RestStandings {
  person_id: number
  operation_id: number
  rule: string
  home_unit_id: number
  outcome: string
  state: string
  soon_days: number | null
  length_minutes: number | null
  title: ColumnType<Json, string, string>
  example: boolean
  run_days: number
  mean_minutes: number
  week_minutes: number
  on_date: string
  pack_hash: string
}

export interface RoleAssignments {
  assignment_id: GeneratedAlways<number>
  user_id: number
  role: string
  unit_id: number
  granted_by_user_id: number | null
  granted_at: Generated<Date>
  ended_at: Date | null
  needs_approval: Generated<boolean>
  approved_by_user_id: number | null
  approved_at: Date | null
}

export interface RosterAskParts {
  unit_id: number
  part_id: GeneratedAlways<number>
  ask_unit_id: number
  ask_id: number
  job_id: string
  roster_id: number | null
  draft_id: number | null
  solve_id: number | null
  outcome: string | null
  refusal: ColumnType<Json | null, string | null | undefined, string | null>
  hard: number | null
  penalty: number | null
  unmet: ColumnType<Json, string | undefined, string>
  unmet_count: Generated<number>
  ended_at: Date | null
}

export interface RosterAsks {
  unit_id: number
  ask_id: GeneratedAlways<number>
  operation_id: number
  from_on: string
  days: number
  by_user_id: number
  asked_at: Date
  cancelled_by_user_id: number | null
  cancelled_at: Date | null
}

export interface RosterDrafts {
  unit_id: number
  draft_id: GeneratedAlways<number>
  roster_id: number
  operation_id: number
  from_on: string
  days: number
  problem: ColumnType<Json, string, string>
  notes: ColumnType<Json, string, string>
  built_at: Date
  by_user_id: number
  recorded_at: Generated<Date>
}

export interface RosterNotices {
  person_id: number
  notice_id: GeneratedAlways<number>
  unit_id: number
  operation_id: number
  kind: string
  facts: ColumnType<Json, string | undefined, string>
  told_at: Date
}

export interface RosterPublications {
  unit_id: number
  draft_id: number
  publication_id: GeneratedAlways<number>
  version: number
  planned_count: number
  withdrawn_count: number
  told_count: number
  reason: string | null
  by_user_id: number
  published_at: Date
}

export interface RosterSolves {
  unit_id: number
  draft_id: number
  solve_id: GeneratedAlways<number>
  from_version: number
  job_id: string | null
  state: Generated<string>
  seconds_max: number
  curve: ColumnType<Json, string | undefined, string>
  best: ColumnType<Json | null, string | null | undefined, string | null>
  mistakes: ColumnType<Json, string | undefined, string>
  version: number | null
  by_user_id: number
  asked_at: Date
  ended_at: Date | null
  crashed_threads: Generated<number>
}

export interface RosterVersions {
  unit_id: number
  draft_id: number
  version: number
  cells: ColumnType<Json, string, string>
  pinned: ColumnType<Json, string | undefined, string>
  origin: string
  hard: number
  penalty: number
  by_user_id: number | null
  made_at: Date
}

export interface Rosters {
  unit_id: number
  roster_id: GeneratedAlways<number>
  operation_id: number
  name: string
  needs: ColumnType<Json, string, string>
  closed_on: string | null
  changed_by_user_id: number
  changed_at: Generated<Date>
}

export interface SelfReportAnswers {
  person_id: number
  report_id: string
  unit_id: number
  words: string
  by_user_id: number
  answered_at: Generated<Date>
}

export interface SelfReports {
  person_id: number
  report_id: string
  operation_id: number
  unit_id: number
  word: string
  words: string | null
  said_at: Date
  recorded_at: Generated<Date>
}

export interface Sessions {
  token_hash: Buffer
  user_id: number
  created_at: Generated<Date>
  expires_at: Date
  ended_at: Date | null
  device: Generated<string>
}

export interface ShiftAsks {
  unit_id: number
  offer_id: string
  person_id: number
  return_shift_id: string | null
  by_user_id: number
  asked_at: Date
  answer: string | null
  answered_by_user_id: number | null
  answered_at: Date | null
}

export interface ShiftOffers {
  unit_id: number
  offer_id: string
  operation_id: number
  kind: string
  person_id: number
  shift_id: string
  by_user_id: number
  opened_at: Date
  ended_at: Date | null
  outcome: string | null
  taken_by_person_id: number | null
}

export interface Skills {
  person_id: number
  skill: string
}

export interface SubjectKeys {
  person_id: number
  wrapped: Buffer
  created_at: Generated<Date>
}

export interface UnavailableTimes {
  person_id: number
  time_id: string
  operation_id: number
  unit_id: number
  kind: string
  from_on: string
  to_on: string
  words: string | null
  said_at: Date
  withdrawn_at: Date | null
  recorded_at: Generated<Date>
}

export interface UnitAncestors {
  ancestor_id: number
  unit_id: number
  distance: number
}

export interface UnitFactEntries {
  unit_id: number
  fact_id: string
  entry_id: GeneratedAlways<number>
  act: string
  operation_id: number | null
  sort: string
  name: string
  from_on: string
  to_on: string | null
  amount: number
  reason: Generated<string>
  said_by_user_id: number
  confirms_entry_id: number | null
  stated_by_user_id: number | null
  said_at: Date
  recorded_at: Generated<Date>
  recorded_in: Generated<string>
}

export interface UnitHistory {
  unit_id: number
  from_on: string
  recorded_at: Generated<Date>
  parent_id: number | null
  name: string
  kind: string
  reason: string
  recorded_by_user_id: number | null
}

export interface UnitResults {
  unit_id: number
  evaluation_id: number
  entitlement: string
  county_unit_id: number | null
  clause: string
  state: string
  quantity: number | null
  quantity_unit: string
  amount_fen: number | null
  open_days: Generated<number>
  decision_point: string | null
  missing: string | null
}

export interface Units {
  unit_id: Generated<number>
  parent_id: number | null
  kind: string
  name: string
  division_code: string | null
  opened_on: string
  closed_on: string | null
  made_up: Generated<boolean>
}

export interface UserNames {
  user_id: number | null
  display_name: string | null
  person_id: number | null
}

export interface Users {
  user_id: GeneratedAlways<number>
  login: string
  person_id: number | null
  display_name: string
  password_hash: string | null
  totp_secret: Buffer | null
  language: Generated<string>
  state: Generated<string>
  failed_sign_ins: Generated<number>
  locked_until: Date | null
  created_at: Generated<Date>
  totp_confirmed_at: Date | null
  totp_last_step: number | null
  oidc_subject: string | null
}

export interface WorklistItems {
  item_id: GeneratedAlways<number>
  operation_id: number
  unit_id: number
  role: string
  kind: string
  subject_kind: string
  subject_id: string
  clause: string | null
  facts: ColumnType<Json, string | undefined, string>
  raised_at: Date
  due_at: Date | null
  settled_at: Date | null
  settled_by_user_id: number | null
  outcome: ColumnType<Json | null, string | null | undefined, string | null>
}

export interface Tables {
  appointments: Appointments
  audit_leaves: AuditLeaves
  audit_rows: AuditRows
  audit_seals: AuditSeals
  circle_openings: CircleOpenings
  circle_reviews: CircleReviews
  circle_views: CircleViews
  cover_asks: CoverAsks
  data_keys: DataKeys
  decisions: Decisions
  difference_decisions: DifferenceDecisions
  duty_absences: DutyAbsences
  duty_confirmations: DutyConfirmations
  duty_current: DutyCurrent
  duty_entries: DutyEntries
  duty_import_files: DutyImportFiles
  duty_import_rows: DutyImportRows
  duty_imports: DutyImports
  duty_objection_answers: DutyObjectionAnswers
  duty_objections: DutyObjections
  enrolment_codes: EnrolmentCodes
  entitlement_reach: EntitlementReach
  entitlement_results: EntitlementResults
  entitlement_totals: EntitlementTotals
  erasure_proposals: ErasureProposals
  erasures: Erasures
  evaluation_inputs: EvaluationInputs
  evaluation_posts: EvaluationPosts
  evaluation_units: EvaluationUnits
  evaluations: Evaluations
  exports: Exports
  external_arrivals: ExternalArrivals
  external_identities: ExternalIdentities
  family_ties: FamilyTies
  health_flags: HealthFlags
  idempotency_keys: IdempotencyKeys
  installation: Installation
  job_runs: JobRuns
  leave_entries: LeaveEntries
  limit_extensions: LimitExtensions
  operation_levels: OperationLevels
  operations: Operations
  pack_draft_closings: PackDraftClosings
  pack_draft_requests: PackDraftRequests
  pack_draft_revisions: PackDraftRevisions
  pack_draft_signatures: PackDraftSignatures
  pack_drafts: PackDrafts
  pack_publications: PackPublications
  packs: Packs
  packs_in_force: PacksInForce
  party_standings: PartyStandings
  people: People
  person_fact_entries: PersonFactEntries
  planned_shifts: PlannedShifts
  posts: Posts
  protected_conditions: ProtectedConditions
  rest_looks: RestLooks
  rest_order_events: RestOrderEvents
  rest_orders: RestOrders
  rest_standings: RestStandings
  role_assignments: RoleAssignments
  roster_ask_parts: RosterAskParts
  roster_asks: RosterAsks
  roster_drafts: RosterDrafts
  roster_notices: RosterNotices
  roster_publications: RosterPublications
  roster_solves: RosterSolves
  roster_versions: RosterVersions
  rosters: Rosters
  self_report_answers: SelfReportAnswers
  self_reports: SelfReports
  sessions: Sessions
  shift_asks: ShiftAsks
  shift_offers: ShiftOffers
  skills: Skills
  subject_keys: SubjectKeys
  unavailable_times: UnavailableTimes
  unit_ancestors: UnitAncestors
  unit_fact_entries: UnitFactEntries
  unit_history: UnitHistory
  unit_results: UnitResults
  units: Units
  user_names: UserNames
  users: Users
  worklist_items: WorklistItems
}
