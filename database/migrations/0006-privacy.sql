-- Sign-in from DingTalk and WeCom, roles that two people give, closed circles opened in an emergency, numbered exports, erasure.

-- Who somebody is to DingTalk or WeCom. Tied by a printed code or by an administrator, never by a name or a telephone number.
create table external_identities (
  provider text not null check (provider in ('dingtalk', 'wecom')),
  -- WeCom: corporation and userid; DingTalk: the union id.
  subject text not null check (length(subject) between 1 and 200),
  user_id int not null references users,
  tied_at timestamptz not null default now(),
  -- The administrator, or null where the person did it with a printed code.
  tied_by_user_id int references users,
  primary key (provider, subject),
  unique (provider, user_id)
);

-- Somebody whom a provider has just vouched for and who has no account tied yet: they have minutes to show a printed code.
create table external_arrivals (
  token_hash bytea primary key,
  provider text not null check (provider in ('dingtalk', 'wecom')),
  subject text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

-- Roles that enter a closed circle: one person gives, a second approves, and nothing is in effect before that.
alter table role_assignments
  add column needs_approval boolean not null default false,
  add column approved_by_user_id int references users,
  add column approved_at timestamptz,
  add constraint role_assignments_two_people check (
    approved_by_user_id is null
    or (approved_by_user_id is distinct from granted_by_user_id and approved_by_user_id <> user_id)
  ),
  add constraint role_assignments_approval check ((approved_at is null) = (approved_by_user_id is null));
create index role_assignments_waiting on role_assignments (unit_id)
  where needs_approval and approved_at is null and ended_at is null;

-- A closed circle opened for one person's facts, by one account, for a short time and a reason ("break-glass").
create table circle_openings (
  person_id int not null references people,
  opening_id uuid not null default gen_random_uuid(),
  circle text not null check (circle in ('health')),
  operation_id int not null references operations,
  -- The unit of the person at that moment: where the review waits.
  unit_id int not null references units,
  opened_by_user_id int not null references users,
  opened_at timestamptz not null default now(),
  until_at timestamptz not null,
  -- Sealed with the person's own key.
  reason bytea not null,
  closed_at timestamptz,
  primary key (person_id, opening_id),
  unique (opening_id),
  check (until_at > opened_at and until_at <= opened_at + interval '4 hours')
);
create index circle_openings_unit on circle_openings (unit_id, opened_at desc);

-- What a second person found when looking at it afterwards. Only grows; one review an opening.
create table circle_reviews (
  person_id int not null,
  opening_id uuid not null,
  unit_id int not null,
  outcome text not null check (outcome in ('justified', 'not_justified')),
  words text not null check (length(words) between 1 and 1000),
  reviewed_by_user_id int not null references users,
  reviewed_at timestamptz not null default now(),
  primary key (person_id, opening_id),
  foreign key (person_id, opening_id) references circle_openings
);

-- Every look at closed facts, by whomever. Only grows; the person concerned reads it.
create table circle_views (
  person_id int not null references people,
  view_id bigint generated always as identity,
  circle text not null,
  viewed_by_user_id int not null references users,
  viewed_at timestamptz not null default now(),
  -- Null where the viewer belongs to the circle.
  opening_id uuid,
  primary key (person_id, view_id)
);

-- Health facts were sealed without associated data until now; version 2 binds them to their row.
alter table health_flags add column seal_version smallint not null default 1 check (seal_version in (1, 2));
-- A row's id is drawn before the row is written: its facts are bound to it.
grant usage on sequence health_flags_flag_id_seq to tongpao_app;

-- Files taken out of the house: the number on the paper leads here. Only grows.
create table exports (
  export_id bigint generated always as identity primary key,
  number text not null unique,
  kind text not null,
  unit_id int not null references units,
  operation_id int references operations,
  user_id int references users,
  principal text not null,
  exported_at timestamptz not null default now(),
  purpose text not null check (length(purpose) between 1 and 200),
  file_name text not null,
  people_count int,
  bytes int not null,
  sha256 bytea not null check (length(sha256) = 32)
);
create index exports_unit on exports (unit_id, export_id desc);
create sequence export_numbers as bigint;
grant usage on sequence export_numbers to tongpao_app;

-- A named person's decision to erase the closed facts of somebody, whose term a pack sets. Only grows.
create table erasures (
  person_id int not null,
  erasure_id bigint generated always as identity,
  class text not null,
  unit_id int not null references units,
  operation_id int not null references operations,
  due_on date not null,
  -- The term as it was in force, and the pack that set it.
  term_days int not null,
  pack_hash text not null,
  reason text not null check (length(reason) between 1 and 1000),
  decided_by_user_id int not null references users,
  decided_at timestamptz not null default now(),
  primary key (person_id, erasure_id)
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
  me text := $me$(select nullif(current_setting('tongpao.user_id', true), ''))::int$me$;
begin
  foreach name in array array[
    'external_identities', 'external_arrivals', 'circle_openings', 'circle_reviews', 'circle_views', 'exports', 'erasures'
  ] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
  end loop;

  foreach name in array array['external_identities', 'external_arrivals'] loop
    execute format(
      $policy$create policy identity on %I
        using ((select current_setting('tongpao.purpose', true)) = 'access')$policy$, name);
  end loop;

  -- Whoever opened a circle sees that opening, the person sees all of theirs, others see those of the units in scope.
  execute format('create policy known on circle_openings for select using (%s or %s or opened_by_user_id = %s)', place, self, me);
  execute format('create policy opened on circle_openings for insert with check (%s and opened_by_user_id = %s)', place, me);
  execute format('create policy closed on circle_openings for update using (opened_by_user_id = %s or %s)', me, place);
  execute format('create policy known on circle_reviews for select using (%s or %s)', place, self);
  -- Nobody reviews what they opened themselves, nor what was opened about themselves.
  execute format(
    $policy$create policy reviewed on circle_reviews for insert with check (
      %s and reviewed_by_user_id = %s
      and person_id is distinct from (select nullif(current_setting('tongpao.person_id', true), ''))::int
      and exists (
        select from circle_openings opened
        where opened.person_id = circle_reviews.person_id and opened.opening_id = circle_reviews.opening_id
          and opened.opened_by_user_id <> circle_reviews.reviewed_by_user_id
      ))$policy$, place, me);
  execute format('create policy known on circle_views for select using (%s or (select current_setting(''tongpao.scope_all'', true)) = ''on'')', self);
  execute format('create policy viewed on circle_views for insert with check (viewed_by_user_id = %s)', me);

  execute format('create policy place on exports for select using (%s)', place);
  execute format('create policy added on exports for insert with check (%s)', place);
  execute format('create policy place on erasures for select using (%s or %s)', place, self);
  execute format('create policy added on erasures for insert with check (%s and decided_by_user_id = %s)', place, me);

  -- An opening that is neither over nor closed lets its own account read that one person's facts: real time, not the product's clock.
  execute format(
    $policy$create policy opened on health_flags for select using (exists (
      select from circle_openings opened
      where opened.person_id = health_flags.person_id
        and opened.circle = 'health'
        and opened.opened_by_user_id = %s
        and opened.until_at > now()
        and opened.closed_at is null
    ))$policy$, me);
end
$$;

grant select, insert, delete on external_identities to tongpao_app;
grant select, insert, update on external_arrivals, circle_openings to tongpao_app;
grant select, insert on circle_reviews, circle_views, exports, erasures to tongpao_app;
