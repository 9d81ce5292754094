-- Rosters: what a unit needs, drafts by period, what the solver found, what was published; shifts handed on, times when people cannot come.

-- One list of shifts that is rostered together, such as a ward. What it needs is stored as it stands; the audit keeps who changed it.
create table rosters (
  unit_id int not null references units,
  roster_id int generated always as identity,
  operation_id int not null references operations,
  name text not null check (length(name) between 1 and 60),
  needs jsonb not null,
  closed_on date,
  changed_by_user_id int not null references users,
  changed_at timestamptz not null default now(),
  primary key (unit_id, roster_id)
);

-- A period of a roster with the problem as it was built from the records, so that its score can be made again.
create table roster_drafts (
  unit_id int not null references units,
  draft_id int generated always as identity,
  roster_id int not null,
  operation_id int not null references operations,
  from_on date not null,
  days smallint not null check (days between 1 and 62),
  problem jsonb not null,
  -- Why cells are fixed or closed, by person: shown beside the roster, never read by the solver.
  notes jsonb not null,
  built_at timestamptz not null,
  by_user_id int not null references users,
  recorded_at timestamptz not null default now(),
  primary key (unit_id, draft_id),
  foreign key (unit_id, roster_id) references rosters
);
create index roster_drafts_roster on roster_drafts (unit_id, roster_id, from_on);

-- Every roster that was stored for a draft; the highest version is the one worked on. Only grows.
create table roster_versions (
  unit_id int not null,
  draft_id int not null,
  version int not null check (version > 0),
  cells jsonb not null,
  pinned jsonb not null default '{}',
  origin text not null check (origin in ('plan', 'solved', 'changed')),
  hard int not null,
  penalty int not null,
  by_user_id int references users,
  made_at timestamptz not null,
  primary key (unit_id, draft_id, version),
  foreign key (unit_id, draft_id) references roster_drafts
);

-- A run of the solver. `best` is what a stopped or crashed run leaves behind to be taken up again.
create table roster_solves (
  unit_id int not null,
  draft_id int not null,
  solve_id int generated always as identity,
  from_version int not null,
  job_id uuid,
  state text not null default 'asked' check (state in ('asked', 'running', 'ended', 'stopped', 'refused')),
  seconds_max smallint not null,
  curve jsonb not null default '[]',
  best jsonb,
  mistakes jsonb not null default '[]',
  version int,
  by_user_id int not null references users,
  asked_at timestamptz not null,
  ended_at timestamptz,
  primary key (unit_id, draft_id, solve_id),
  foreign key (unit_id, draft_id) references roster_drafts
);

create table roster_publications (
  unit_id int not null,
  draft_id int not null,
  publication_id int generated always as identity,
  version int not null,
  planned_count int not null,
  withdrawn_count int not null,
  told_count int not null,
  -- Why it was published although hard rules are broken.
  reason text check (length(reason) between 1 and 1000),
  by_user_id int not null references users,
  published_at timestamptz not null,
  primary key (unit_id, draft_id, publication_id),
  foreign key (unit_id, draft_id, version) references roster_versions
);

-- What a person is told about their own shifts. There is no mark for having read it.
create table roster_notices (
  person_id int not null references people,
  notice_id bigint generated always as identity,
  unit_id int not null references units,
  operation_id int not null references operations,
  kind text not null check (kind in ('published', 'replaced', 'taken', 'swapped', 'declined')),
  facts jsonb not null default '{}',
  told_at timestamptz not null,
  primary key (person_id, notice_id)
);

-- Days on which a person cannot come or would rather not, in their own word.
create table unavailable_times (
  person_id int not null references people,
  time_id uuid not null,
  operation_id int not null references operations,
  unit_id int not null references units,
  kind text not null check (kind in ('cannot', 'rather_not')),
  from_on date not null,
  to_on date not null check (to_on >= from_on and to_on <= from_on + 62),
  words text check (length(words) between 1 and 200),
  said_at timestamptz not null,
  withdrawn_at timestamptz,
  recorded_at timestamptz not null default now(),
  primary key (person_id, time_id)
);
create index unavailable_times_unit on unavailable_times (unit_id, from_on) where withdrawn_at is null;

-- A shift that looks for somebody else: the person dropped out, offers it, or wants to swap it.
create table shift_offers (
  unit_id int not null references units,
  offer_id uuid not null,
  operation_id int not null references operations,
  kind text not null check (kind in ('drop_out', 'offer', 'swap')),
  person_id int not null references people,
  shift_id uuid not null,
  by_user_id int not null references users,
  opened_at timestamptz not null,
  ended_at timestamptz,
  outcome text check (outcome in ('taken', 'withdrawn')),
  taken_by_person_id int references people,
  primary key (unit_id, offer_id),
  foreign key (person_id, shift_id) references planned_shifts,
  check ((ended_at is null) = (outcome is null))
);
create unique index shift_offers_open on shift_offers (person_id, shift_id) where ended_at is null;
create table shift_asks (
  unit_id int not null,
  offer_id uuid not null,
  person_id int not null references people,
  -- The shift that comes back in a swap.
  return_shift_id uuid,
  by_user_id int not null references users,
  asked_at timestamptz not null,
  answer text check (answer in ('accepted', 'declined')),
  answered_by_user_id int references users,
  answered_at timestamptz,
  primary key (unit_id, offer_id, person_id),
  foreign key (unit_id, offer_id) references shift_offers,
  check ((answer is null) = (answered_at is null))
);
create index shift_asks_person on shift_asks (person_id) where answer is null;

do $$
declare
  name text;
  scope text := $scope$(
      (select current_setting('tongpao.scope_all', true)) = 'on'
      or unit_id = any ((select nullif(current_setting('tongpao.scope', true), ''))::int[])
    )$scope$;
  self text := $self$person_id = (select nullif(current_setting('tongpao.person_id', true), ''))::int$self$;
begin
  foreach name in array array['rosters', 'roster_drafts', 'roster_versions', 'roster_solves', 'roster_publications', 'roster_notices',
    'unavailable_times', 'shift_offers', 'shift_asks'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
  end loop;
  foreach name in array array['rosters', 'roster_drafts', 'roster_versions', 'roster_solves', 'roster_publications'] loop
    execute format('create policy place on %I using (%s)', name, scope);
  end loop;
  foreach name in array array['roster_notices', 'shift_offers', 'shift_asks'] loop
    execute format('create policy place on %I using (%s or %s) with check (%s)', name, scope, self, scope);
  end loop;
  execute format('create policy place on unavailable_times for select using (%s or %s)', scope, self);
  execute format('create policy own on unavailable_times for insert with check (%s)', self);
  execute format('create policy withdrawn on unavailable_times for update using (%s)', self);
end
$$;

grant select, insert, update on rosters, roster_drafts, roster_solves, unavailable_times, shift_offers, shift_asks to tongpao_app;
grant select, insert on roster_versions, roster_publications, roster_notices to tongpao_app;
