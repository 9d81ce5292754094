-- What was known at a time, and closed facts that are erased when their term is over.

-- When we learnt of a post held, and when of its end: at a time before, the post stands open. '-infinity': from before this was kept.
alter table appointments
  add column recorded_at timestamptz not null default '-infinity',
  add column end_recorded_at timestamptz;
alter table appointments alter column recorded_at set default now();
update appointments set end_recorded_at = '-infinity' where to_on is not null;

-- A standing said anew for the same day stands beside the earlier one; the one recorded last counts.
alter table party_standings
  drop constraint party_standings_pkey,
  add primary key (person_id, from_on, recorded_at);

-- Null: the run read duty as it stood. Otherwise the times (a tstzmultirange, as text) at which an entry was recorded to be counted.
alter table evaluations add column duty_recorded_in text;

-- Somebody asks that closed facts whose term is over be erased; a second person decides. Only grows.
create table erasure_proposals (
  person_id int not null references people,
  proposal_id bigint generated always as identity,
  class text not null check (class in ('health_flags', 'volunteer_identifiers')),
  unit_id int not null references units,
  operation_id int not null references operations,
  due_on date not null,
  term_days int not null check (term_days > 0),
  pack_hash text not null,
  reason text not null check (length(reason) between 1 and 1000),
  proposed_by_user_id int not null references users,
  proposed_at timestamptz not null default now(),
  primary key (person_id, proposal_id)
);
create index erasure_proposals_unit on erasure_proposals (unit_id, proposal_id);

-- The table was made before the way was: it has held no row yet.
alter table erasures
  add column proposal_id bigint not null,
  add column outcome text not null check (outcome in ('erased', 'kept')),
  add column proposed_by_user_id int not null references users,
  add constraint erasures_two_people check (decided_by_user_id <> proposed_by_user_id),
  add constraint erasures_proposal foreign key (person_id, proposal_id) references erasure_proposals (person_id, proposal_id),
  add constraint erasures_once unique (person_id, proposal_id);

alter table erasure_proposals enable row level security;
alter table erasure_proposals force row level security;
do $$
declare
  place text := $place$(
      (select current_setting('tongpao.scope_all', true)) = 'on'
      or unit_id = any ((select nullif(current_setting('tongpao.scope', true), ''))::int[])
    )$place$;
  self text := $self$person_id = (select nullif(current_setting('tongpao.person_id', true), ''))::int$self$;
  me text := $me$(select nullif(current_setting('tongpao.user_id', true), ''))::int$me$;
begin
  execute format('create policy place on erasure_proposals for select using (%s or %s)', place, self);
  execute format('create policy added on erasure_proposals for insert with check (%s and proposed_by_user_id = %s)', place, me);
end
$$;

-- Numbers and telephones are made null where they stand when their erasure is decided; people may be updated already.
grant select, insert on erasure_proposals to tongpao_app;
