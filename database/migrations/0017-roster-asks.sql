-- A wide ask: whoever plans for a place asks for the rosters of all units at or below it at once. Each roster is a part of the ask with a job
-- of its own; its answer lies in the unit as a draft. Nothing that is published is touched.

create table roster_asks (
  unit_id int not null references units,
  ask_id int generated always as identity,
  operation_id int not null references operations,
  from_on date not null,
  days smallint not null check (days between 1 and 62),
  by_user_id int not null references users,
  asked_at timestamptz not null,
  cancelled_by_user_id int references users,
  cancelled_at timestamptz,
  primary key (unit_id, ask_id),
  check ((cancelled_at is null) = (cancelled_by_user_id is null))
);

create table roster_ask_parts (
  -- The unit whose roster it is; the ask belongs to a place at or above it.
  unit_id int not null references units,
  part_id bigint generated always as identity,
  ask_unit_id int not null,
  ask_id int not null,
  job_id uuid not null,
  -- Null while a unit without any roster waits for one to be proposed from its duty.
  roster_id int,
  -- What a first attempt has opened; a second one goes on there.
  draft_id int,
  solve_id int,
  outcome text check (outcome in ('solved', 'stopped', 'crashed', 'no_needs', 'refused')),
  -- The problem that refused it.
  refusal jsonb,
  hard int,
  penalty int,
  -- The first needs that the roster does not meet, and how many there are: day, shifts, how many of how many. Counts and codes, nobody's name.
  unmet jsonb not null default '[]',
  unmet_count int not null default 0,
  ended_at timestamptz,
  primary key (unit_id, part_id),
  foreign key (ask_unit_id, ask_id) references roster_asks,
  foreign key (unit_id, roster_id) references rosters,
  foreign key (unit_id, draft_id) references roster_drafts,
  foreign key (unit_id, draft_id, solve_id) references roster_solves,
  check ((outcome is null) = (ended_at is null))
);
create index roster_ask_parts_ask on roster_ask_parts (ask_unit_id, ask_id, part_id);
create index roster_ask_parts_draft on roster_ask_parts (unit_id, draft_id) where draft_id is not null;

do $$
declare
  name text;
  scope text := $scope$(
      (select current_setting('tongpao.scope_all', true)) = 'on'
      or unit_id = any ((select nullif(current_setting('tongpao.scope', true), ''))::int[])
    )$scope$;
begin
  foreach name in array array['roster_asks', 'roster_ask_parts'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy place on %I using (%s)', name, scope);
  end loop;
end
$$;

grant select, insert, update on roster_asks, roster_ask_parts to tongpao_app;
