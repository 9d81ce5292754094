-- Rest: who must rest, orders to rest, the leave account, limits extended in an emergency, and what people say of themselves.

-- How rest rules stood at the last look, one row per person × rule that applies or comes soon. Replaced by each look; nothing is owed by it.
create table rest_standings (
  person_id int not null,
  operation_id int not null,
  rule text not null,
  home_unit_id int not null,
  outcome text not null check (outcome in ('must_rest', 'should_rotate', 'limit')),
  state text not null check (state in ('applies', 'soon')),
  soon_days smallint,
  length_minutes int check (length_minutes > 0),
  title jsonb not null,
  example boolean not null,
  -- Figures as of the end of on_date.
  run_days int not null,
  mean_minutes int not null,
  week_minutes int not null,
  on_date date not null,
  pack_hash text not null,
  primary key (operation_id, person_id, rule)
);
create index rest_standings_unit on rest_standings (home_unit_id, operation_id);

-- One row per look at an operation, the newest counts.
create table rest_looks (
  operation_id int not null references operations,
  look_id int generated always as identity,
  on_date date not null,
  people_count int not null,
  looked_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  primary key (operation_id, look_id)
);

-- An order to rest: what it rests on never changes, what happens to it is added in rest_order_events. A closed fact is never named here:
-- `protected` says only that a protected condition is confirmed.
create table rest_orders (
  person_id int not null references people,
  order_id uuid not null,
  operation_id int not null references operations,
  unit_id int not null references units,
  basis text not null check (basis in ('rule', 'protected', 'own_word', 'judgement')),
  rule text,
  title jsonb not null,
  pack_hash text,
  not_set_off jsonb not null default '[]',
  recorded_at timestamptz not null default now(),
  primary key (person_id, order_id),
  check ((basis = 'rule') = (rule is not null))
);
create index rest_orders_unit on rest_orders (unit_id, operation_id);

create table rest_order_events (
  person_id int not null,
  order_id uuid not null,
  event_id bigint generated always as identity,
  unit_id int not null,
  act text not null check (act in ('ordered', 'extended', 'ended', 'overridden')),
  -- The rest as it stands after this event; of an override, the duty allowed against it.
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  substitute_person_id int,
  reason text not null check (length(reason) between 1 and 1000),
  by_user_id int not null references users,
  happened_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  primary key (person_id, order_id, event_id),
  foreign key (person_id, order_id) references rest_orders,
  check (ends_at >= starts_at)
);

-- The compensatory leave account in minutes. Only grows; a mistake is another entry. `earned` follows the evaluations: the difference to
-- what was earned before, of either sign. `planned` and `unplanned` do not change what is owed.
create table leave_entries (
  person_id int not null,
  entry_id bigint generated always as identity,
  operation_id int not null references operations,
  unit_id int not null,
  kind text not null check (kind in ('earned', 'planned', 'unplanned', 'taken', 'carried', 'expired', 'paid_out')),
  minutes int not null check (minutes <> 0 and (minutes > 0 or kind = 'earned')),
  on_date date not null,
  evaluation_id int,
  reason text not null default '',
  by_user_id int,
  happened_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  primary key (person_id, entry_id),
  check (kind = 'earned' or by_user_id is not null)
);
create index leave_entries_unit on leave_entries (unit_id, operation_id);

-- A limit extended in an emergency, for one unit and one rule and always with an end. Counting goes on meanwhile.
create table limit_extensions (
  extension_id int generated always as identity primary key,
  operation_id int not null references operations,
  unit_id int not null references units,
  rule text not null,
  from_on date not null,
  to_on date not null check (to_on >= from_on),
  reason text not null check (length(reason) between 1 and 1000),
  by_user_id int not null references users,
  happened_at timestamptz not null
);
create index limit_extensions_unit on limit_extensions (unit_id, operation_id);

-- What a person says of themselves, voluntarily, and what a person answers. Never counted.
create table self_reports (
  person_id int not null references people,
  report_id uuid not null,
  operation_id int not null references operations,
  unit_id int not null,
  word text not null check (word in ('can_go_on', 'at_limit')),
  words text check (length(words) between 1 and 500),
  said_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  primary key (person_id, report_id)
);
create index self_reports_unit on self_reports (unit_id, operation_id);
create table self_report_answers (
  person_id int not null,
  report_id uuid not null,
  unit_id int not null,
  words text not null check (length(words) between 1 and 500),
  by_user_id int not null references users,
  answered_at timestamptz not null default now(),
  primary key (person_id, report_id),
  foreign key (person_id, report_id) references self_reports
);

do $$
declare
  name text;
  scope text := $scope$(
      (select current_setting('tongpao.scope_all', true)) = 'on'
      or unit_id = any ((select nullif(current_setting('tongpao.scope', true), ''))::int[])
    )$scope$;
  self text := $self$person_id = (select nullif(current_setting('tongpao.person_id', true), ''))::int$self$;
begin
  foreach name in array array['rest_standings', 'rest_orders', 'rest_order_events', 'leave_entries', 'limit_extensions', 'self_reports', 'self_report_answers'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
  end loop;
  execute format('create policy place on rest_standings using (%s or %s)', replace(scope, 'unit_id', 'home_unit_id'), self);
  foreach name in array array['rest_orders', 'rest_order_events', 'leave_entries', 'self_report_answers'] loop
    execute format('create policy place on %I for select using (%s or %s)', name, scope, self);
    execute format('create policy added on %I for insert with check (%s)', name, scope);
  end loop;
  execute format('create policy place on limit_extensions using (%s)', scope);
  execute format('create policy place on self_reports for select using (%s or %s)', scope, self);
  execute format('create policy own on self_reports for insert with check (%s)', self);
end
$$;

grant select, insert, delete on rest_standings to tongpao_app;
grant select, insert on rest_looks, rest_orders, rest_order_events, leave_entries, limit_extensions, self_reports, self_report_answers to tongpao_app;
