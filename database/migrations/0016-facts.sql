-- Facts beside duty that packs ask for: events, uses, findings, family, numbers; of people and of units.

-- What was said of a person. Only grows: a correction or a withdrawal is a further entry of the same fact.
create table person_fact_entries (
  person_id int not null references people,
  fact_id uuid not null,
  entry_id bigint generated always as identity,
  act text not null check (act in ('stated', 'corrected', 'confirmed', 'withdrawn')),
  -- Events, uses and findings are named by the packs of an operation; what is known of a family holds for all of them.
  operation_id int references operations,
  -- Where the person belonged when it was said.
  unit_id int not null references units,
  sort text not null check (sort in ('event', 'use', 'finding', 'family', 'children', 'number')),
  name text not null check (name ~ '^[a-z][a-z0-9_-]{0,63}$'),
  -- The day of an event or of a birth; otherwise from when to when it holds.
  from_on date not null,
  to_on date check (to_on >= from_on),
  -- How often; 1 and 0 for yes and no; people; fen.
  amount bigint not null check (amount >= 0),
  -- The person agreed that it is recorded and used to work out what they are owed.
  consented boolean not null default false,
  reason text not null default '' check (length(reason) <= 500),
  said_by_user_id int not null references users,
  -- The entry that is confirmed, and who had said it.
  confirms_entry_id bigint,
  stated_by_user_id int,
  said_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  recorded_in xid8 not null default pg_current_xact_id(),
  primary key (person_id, fact_id, entry_id),
  unique (person_id, fact_id, entry_id, said_by_user_id),
  check ((operation_id is not null) = (sort in ('event', 'use', 'finding'))),
  check (act in ('stated', 'confirmed') or length(reason) > 0),
  check (sort in ('event', 'use') or consented),
  check ((act = 'confirmed') = (confirms_entry_id is not null)),
  check ((act = 'confirmed') = (stated_by_user_id is not null)),
  constraint person_fact_two_people check (stated_by_user_id <> said_by_user_id),
  foreign key (person_id, fact_id, confirms_entry_id, stated_by_user_id)
    references person_fact_entries (person_id, fact_id, entry_id, said_by_user_id)
);
create index person_fact_entries_unit on person_fact_entries (unit_id, operation_id);

create table unit_fact_entries (
  unit_id int not null references units,
  fact_id uuid not null,
  entry_id bigint generated always as identity,
  act text not null check (act in ('stated', 'corrected', 'confirmed', 'withdrawn')),
  operation_id int references operations,
  sort text not null check (sort in ('event', 'use', 'finding', 'number', 'register')),
  name text not null check (name ~ '^[a-z][a-z0-9_-]{0,63}$'),
  from_on date not null,
  to_on date check (to_on >= from_on),
  amount bigint not null check (amount >= 0),
  reason text not null default '' check (length(reason) <= 500),
  said_by_user_id int not null references users,
  confirms_entry_id bigint,
  stated_by_user_id int,
  said_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  recorded_in xid8 not null default pg_current_xact_id(),
  primary key (unit_id, fact_id, entry_id),
  unique (unit_id, fact_id, entry_id, said_by_user_id),
  check ((operation_id is null) = (sort = 'number')),
  check (act in ('stated', 'confirmed') or length(reason) > 0),
  check ((act = 'confirmed') = (confirms_entry_id is not null)),
  check ((act = 'confirmed') = (stated_by_user_id is not null)),
  constraint unit_fact_two_people check (stated_by_user_id <> said_by_user_id),
  foreign key (unit_id, fact_id, confirms_entry_id, stated_by_user_id)
    references unit_fact_entries (unit_id, fact_id, entry_id, said_by_user_id)
);

-- Amounts whose beneficiary is a unit. Few: units that stand for themselves × the entitlements for units.
create table unit_results (
  unit_id int not null,
  evaluation_id int not null references evaluations,
  entitlement text not null,
  county_unit_id int,
  clause text not null,
  state text not null check (state in ('settled', 'needs_decision', 'missing_fact', 'not_covered')),
  quantity int,
  quantity_unit text not null,
  amount_fen bigint,
  open_days int not null default 0,
  decision_point text,
  missing text,
  primary key (evaluation_id, unit_id, entitlement)
);

-- The facts of each unit as the run saw them, with the sums that it counted from duty.
create table evaluation_units (
  unit_id int not null,
  evaluation_id int not null references evaluations,
  county_unit_id int,
  facts jsonb not null,
  primary key (evaluation_id, unit_id)
);

-- Row-level security ---------------------------------------------------------------------------------------------------

do $$
declare
  name text;
  place text := $place$(
      (select current_setting('tongpao.scope_all', true)) = 'on'
      or unit_id = any ((select nullif(current_setting('tongpao.scope', true), ''))::int[])
    )$place$;
  self text := $self$person_id = (select nullif(current_setting('tongpao.person_id', true), ''))::int$self$;
  me text := $me$said_by_user_id = (select nullif(current_setting('tongpao.user_id', true), ''))::int$me$;
  -- Somebody of the circle, or the computation.
  inside text := $inside$(
      sort in ('event', 'use')
      or 'facts' = any ((select nullif(current_setting('tongpao.circles', true), ''))::text[])
      or (select current_setting('tongpao.purpose', true)) = 'job'
    )$inside$;
begin
  foreach name in array array['person_fact_entries', 'unit_fact_entries', 'unit_results', 'evaluation_units'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
  end loop;

  execute format('create policy known on person_fact_entries for select using (%s or (%s and %s))', self, place, inside);
  -- Nobody confirms what is about themselves; of themselves they state what belongs to the closed circle.
  execute format(
    $policy$create policy said on person_fact_entries for insert with check (
      ((select current_setting('tongpao.purpose', true)) = 'job' or %s)
      and (
        (%s and act <> 'confirmed' and sort in ('family', 'children', 'number'))
        or (%s and %s and person_id is distinct from (select nullif(current_setting('tongpao.person_id', true), ''))::int)
      ))$policy$, me, self, place, inside);
  execute format('create policy place on unit_fact_entries for select using (%s)', place);
  execute format(
    $policy$create policy said on unit_fact_entries for insert with check (
      %s and ((select current_setting('tongpao.purpose', true)) = 'job' or %s))$policy$, place, me);
  execute format('create policy place on unit_results using (%s)', place);
  execute format('create policy place on evaluation_units using (%s)', place);
end
$$;

grant select, insert on person_fact_entries, unit_fact_entries to tongpao_app;
grant select, insert, update, delete on unit_results, evaluation_units to tongpao_app;
