-- What every room stands on: installation, identity, audit, jobs, worklist, keys.
--
-- Context of a transaction, set with set_config(…, true) by platform/db/transact.ts and read by the policies below:
--   tongpao.purpose      'request' | 'access' | 'job'
--   tongpao.user_id      the account that acts
--   tongpao.person_id    the person behind that account, if any
--   tongpao.scope_all    'on' when the scope is the whole tree
--   tongpao.scope        otherwise the units in scope, as an integer array
--   tongpao.circles      closed circles that this request may enter, as a text array
--   tongpao.actor_units  account × unit pairs that may state duty in this transaction (many requests may commit together)
-- Without a context every policy is false: no context, no rows.
--
-- Scope is tested with integers because only leakproof operators may use an index beneath a policy; each setting is
-- read in a sub-select so that it is read once a statement and not once a row.

create extension if not exists btree_gist;
create extension if not exists pg_trgm;

create table installation (
  setting text primary key,
  value jsonb not null,
  changed_at timestamptz not null default now()
);

create table users (
  user_id int generated always as identity primary key,
  login text not null unique check (login = lower(login) and length(login) between 2 and 64),
  person_id int unique,
  display_name text not null,
  password_hash text,
  totp_secret bytea,
  language text not null default 'zh' check (language in ('zh', 'en')),
  state text not null default 'active' check (state in ('active', 'disabled')),
  failed_sign_ins int not null default 0,
  locked_until timestamptz,
  created_at timestamptz not null default now()
);

create table role_assignments (
  assignment_id int generated always as identity primary key,
  user_id int not null references users,
  role text not null,
  unit_id int not null,
  granted_by_user_id int references users,
  granted_at timestamptz not null default now(),
  ended_at timestamptz
);
create index role_assignments_user on role_assignments (user_id) where ended_at is null;

create table sessions (
  token_hash bytea primary key,
  user_id int not null references users,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  device text not null default ''
);
create index sessions_user on sessions (user_id) where ended_at is null;

-- A printed one-time code with which a unit enrols a member of its staff.
create table enrolment_codes (
  code_hash bytea primary key,
  user_id int not null references users,
  issued_by_user_id int not null references users,
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);

-- Random data keys, one per class of record, wrapped by a key that is kept outside the database.
create table data_keys (
  key_id int generated always as identity primary key,
  class text not null,
  wrapped bytea not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);
create unique index data_keys_current on data_keys (class) where retired_at is null;

-- One key per person for health facts: erasing the row erases the facts, in backups of the data files too.
create table subject_keys (
  person_id int primary key,
  wrapped bytea not null,
  created_at timestamptz not null default now()
);

create table idempotency_keys (
  user_id int not null,
  key uuid not null,
  request_hash bytea not null,
  status smallint not null,
  response jsonb not null,
  recorded_at timestamptz not null default now(),
  primary key (user_id, key)
);

-- Rows hold no personal text: who did what to which record, and figures.
create table audit_rows (
  audit_id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  recorded_in xid8 not null default pg_current_xact_id(),
  user_id int,
  principal text not null,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  unit_id int,
  operation_id int,
  request_id text,
  facts jsonb not null default '{}'
);
create index audit_rows_subject on audit_rows (subject_kind, subject_id);
create index audit_rows_unit on audit_rows (unit_id, audit_id);
create index audit_rows_unsealed on audit_rows (recorded_in, audit_id);

-- The Merkle tree over audit rows: leaves in the order in which they were sealed, heads chained.
create table audit_leaves (
  leaf_index bigint primary key,
  audit_id bigint not null unique references audit_rows,
  leaf_hash bytea not null check (length(leaf_hash) = 32)
);
create table audit_seals (
  tree_size bigint primary key,
  root_hash bytea not null check (length(root_hash) = 32),
  previous_head bytea not null,
  head bytea not null check (length(head) = 32),
  sealed_at timestamptz not null default clock_timestamp()
);

create table job_runs (
  job_id uuid primary key default gen_random_uuid(),
  kind text not null,
  operation_id int,
  unit_id int not null,
  asked_by_user_id int,
  input jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  done bigint not null default 0,
  total bigint,
  stage text not null default '',
  cancel_asked_at timestamptz,
  result jsonb,
  problem jsonb,
  asked_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create index job_runs_unit on job_runs (unit_id, asked_at desc);

-- One list of what waits for a person's decision, whatever room it comes from.
create table worklist_items (
  item_id bigint generated always as identity primary key,
  operation_id int not null,
  unit_id int not null,
  role text not null,
  kind text not null,
  subject_kind text not null,
  subject_id text not null,
  clause text,
  facts jsonb not null default '{}',
  raised_at timestamptz not null,
  due_at timestamptz,
  settled_at timestamptz,
  settled_by_user_id int,
  outcome jsonb
);
create unique index worklist_items_open on worklist_items (operation_id, kind, subject_kind, subject_id) where settled_at is null;
create index worklist_items_unit on worklist_items (unit_id, role, raised_at) where settled_at is null;

-- Row-level security -------------------------------------------------------------------------------------------------

do $$
declare
  name text;
begin
  foreach name in array array[
    'users', 'role_assignments', 'sessions', 'enrolment_codes', 'data_keys', 'subject_keys'
  ] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      $policy$create policy identity on %I
        using ((select current_setting('tongpao.purpose', true)) in ('access', 'job'))$policy$, name);
  end loop;

  foreach name in array array['job_runs', 'worklist_items'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    -- Anybody's command may leave work for others, or for the house; what waits is seen by those in scope.
    execute format(
      $policy$create policy added on %I for insert
        with check ((select current_setting('tongpao.purpose', true)) in ('request', 'job'))$policy$, name);
    execute format(
      $policy$create policy changed on %I for update
        using (
          (select current_setting('tongpao.scope_all', true)) = 'on'
          or unit_id = any ((select nullif(current_setting('tongpao.scope', true), ''))::int[])
        )$policy$, name);
    execute format(
      $policy$create policy place on %I for select
        using (
          (select current_setting('tongpao.scope_all', true)) = 'on'
          or unit_id = any ((select nullif(current_setting('tongpao.scope', true), ''))::int[])
        )$policy$, name);
  end loop;
end
$$;

-- Names of accounts, for "confirmed by …": the one thing about an account that every request may read. The view runs with its owner's
-- rights, and the owner may read what the app role may not.
create policy names on users for select to current_user using (true);
create view user_names as select user_id, display_name, person_id from users;
grant select on user_names to tongpao_app;

alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy context on idempotency_keys
  using ((select current_setting('tongpao.purpose', true)) in ('request', 'job'));

-- Everyone adds to the audit; whoever reads it sees the rows of the units in scope.
alter table audit_rows enable row level security;
alter table audit_rows force row level security;
create policy added on audit_rows for insert
  with check ((select current_setting('tongpao.purpose', true)) in ('request', 'access', 'job'));
create policy place on audit_rows for select
  using (
    (select current_setting('tongpao.scope_all', true)) = 'on'
    or unit_id = any ((select nullif(current_setting('tongpao.scope', true), ''))::int[])
  );

-- Grants: what is not listed here the app cannot do ------------------------------------------------------------------

grant select, insert, update on installation to tongpao_app;
grant select, insert, update on users, role_assignments, sessions, enrolment_codes, data_keys to tongpao_app;
grant select, insert, delete on subject_keys to tongpao_app;
grant select, insert on idempotency_keys to tongpao_app;
grant select, insert on audit_rows, audit_leaves, audit_seals to tongpao_app;
grant select, insert, update on job_runs, worklist_items to tongpao_app;
