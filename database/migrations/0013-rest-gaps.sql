-- Rest: that a protected condition is confirmed, as a plain yes; and the question to whoever is to stand in.

-- Set by the health officer beside a sealed health fact. Says that rest or another post is due, never why. The look at rest reads it; nobody
-- else but the circle and the person does.
create table protected_conditions (
  person_id int not null references people,
  flag_id int not null,
  from_on date not null,
  to_on date check (to_on >= from_on),
  recorded_at timestamptz not null default now(),
  primary key (person_id, flag_id),
  foreign key (person_id, flag_id) references health_flags
);

-- An order that answers what somebody said of themselves.
alter table rest_orders add column report_id uuid;
alter table rest_orders add foreign key (person_id, report_id) references self_reports;

-- Whoever is to stand in for somebody who rests is asked. The unit is the one whose shifts are to be covered.
create table cover_asks (
  unit_id int not null references units,
  ask_id uuid not null default gen_random_uuid(),
  operation_id int not null references operations,
  resting_person_id int not null,
  order_id uuid not null,
  person_id int not null references people,
  by_user_id int not null references users,
  asked_at timestamptz not null,
  answer text check (answer in ('accepted', 'declined')),
  answered_at timestamptz,
  -- Shifts that went from one to the other when it was accepted.
  shifts_count int,
  primary key (unit_id, ask_id),
  foreign key (resting_person_id, order_id) references rest_orders,
  check ((answer is null) = (answered_at is null))
);
create unique index cover_asks_open on cover_asks (unit_id, order_id) where answer is null;
create index cover_asks_order on cover_asks (order_id);
create index cover_asks_person on cover_asks (person_id) where answer is null;

do $$
declare
  name text;
  scope text := $scope$(
      (select current_setting('tongpao.scope_all', true)) = 'on'
      or unit_id = any ((select nullif(current_setting('tongpao.scope', true), ''))::int[])
    )$scope$;
  self text := $self$person_id = (select nullif(current_setting('tongpao.person_id', true), ''))::int$self$;
  circle text := $circle$(
      'health' = any ((select nullif(current_setting('tongpao.circles', true), ''))::text[])
      and exists (select from people where people.person_id = protected_conditions.person_id)
    )$circle$;
  house text := $house$(
      (select current_setting('tongpao.purpose', true)) = 'job'
      and (select current_setting('tongpao.scope_all', true)) = 'on'
    )$house$;
begin
  foreach name in array array['protected_conditions', 'cover_asks'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
  end loop;
  execute format('create policy place on protected_conditions for select using (%s or %s or %s)', house, circle, self);
  execute format('create policy circle on protected_conditions for insert with check (%s)', circle);
  -- Erased with the health facts that it stands beside.
  execute format('create policy erased on protected_conditions for delete using (%s)', circle);
  execute format('create policy place on cover_asks using (%s or %s) with check (%s)', scope, self, scope);
end
$$;

grant select, insert, delete on protected_conditions to tongpao_app;
grant select, insert, update on cover_asks to tongpao_app;
