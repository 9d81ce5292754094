-- Packs on their way: drafts, who signed them, what was published; and what was decided about sums that fell.

-- A pack that an office is writing, for one place of one operation. What it says stands in its revisions.
create table pack_drafts (
  draft_id int generated always as identity primary key,
  operation_id int not null references operations,
  -- Where it is to be in force; also the scope in which it is read and written.
  area_unit_id int not null references units,
  title text not null check (length(title) between 1 and 200),
  -- The published version that it began with; null for a pack of its own.
  base_hash text references packs,
  begun_by_user_id int not null references users,
  begun_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  unique (draft_id, area_unit_id)
);
create index pack_drafts_operation on pack_drafts (operation_id, draft_id desc);

-- Each saving adds a row. Two editors who both save over revision 3 meet at the key.
create table pack_draft_revisions (
  draft_id int not null,
  revision int not null check (revision > 0),
  area_unit_id int not null,
  files jsonb not null,
  -- The notice as the office pasted it.
  notice_text text not null default '',
  note text not null default '',
  saved_by_user_id int not null references users,
  saved_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  primary key (draft_id, revision),
  foreign key (draft_id, area_unit_id) references pack_drafts (draft_id, area_unit_id)
);

-- A revision that somebody put forward for signing.
create table pack_draft_requests (
  draft_id int not null,
  revision int not null,
  area_unit_id int not null,
  pack_hash text not null check (pack_hash ~ '^[0-9a-f]{64}$'),
  note text not null default '',
  asked_by_user_id int not null references users,
  asked_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  primary key (draft_id, revision),
  unique (draft_id, revision, pack_hash),
  foreign key (draft_id, revision) references pack_draft_revisions
);

-- What each reader of that revision said: agreed, or sent back with a reason.
create table pack_draft_signatures (
  draft_id int not null,
  revision int not null,
  area_unit_id int not null,
  signed_by_user_id int not null references users,
  agreed boolean not null,
  reason text not null default '' check (agreed or reason <> ''),
  signed_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  primary key (draft_id, revision, signed_by_user_id),
  -- Lets a publication name signatures that agreed.
  unique (draft_id, revision, signed_by_user_id, agreed),
  foreign key (draft_id, revision) references pack_draft_requests
);

-- A draft that became a published version. Rests on two agreeing signatures of two people; the order of the two keeps them apart.
create table pack_publications (
  draft_id int primary key,
  revision int not null,
  area_unit_id int not null,
  operation_id int not null references operations,
  pack_hash text not null references packs,
  known_from timestamptz not null,
  first_signer_user_id int not null,
  second_signer_user_id int not null,
  agreed boolean not null default true check (agreed),
  published_by_user_id int not null references users,
  published_at timestamptz not null,
  recorded_at timestamptz not null default now(),
  check (first_signer_user_id < second_signer_user_id),
  foreign key (draft_id, revision, pack_hash) references pack_draft_requests (draft_id, revision, pack_hash),
  foreign key (draft_id, revision, first_signer_user_id, agreed)
    references pack_draft_signatures (draft_id, revision, signed_by_user_id, agreed),
  foreign key (draft_id, revision, second_signer_user_id, agreed)
    references pack_draft_signatures (draft_id, revision, signed_by_user_id, agreed)
);
create index pack_publications_hash on pack_publications (pack_hash);

-- A draft that nobody pursues any more.
create table pack_draft_closings (
  draft_id int primary key references pack_drafts,
  area_unit_id int not null,
  reason text not null,
  closed_by_user_id int not null references users,
  closed_at timestamptz not null,
  recorded_at timestamptz not null default now()
);

-- What a person decided about a sum that a later evaluation made smaller. Later rows go over earlier ones.
create table difference_decisions (
  decision_id int generated always as identity primary key,
  operation_id int not null references operations,
  unit_id int not null references units,
  entitlement text not null,
  evaluation_id int not null references evaluations,
  against_id int not null references evaluations,
  outcome text not null check (outcome in ('keep', 'claw_back', 'waive')),
  people_count int not null,
  difference_fen bigint not null,
  difference_quantity bigint not null,
  reason text not null check (length(reason) between 1 and 2000),
  decided_by_user_id int not null references users,
  decided_at timestamptz not null,
  recorded_at timestamptz not null default now()
);
create index difference_decisions_operation on difference_decisions (operation_id, decision_id desc);

do $$
declare
  name text;
  place text;
  scope text := $scope$(
      (select current_setting('tongpao.scope_all', true)) = 'on'
      or %1$s = any ((select nullif(current_setting('tongpao.scope', true), ''))::int[])
    )$scope$;
  self text := $self$(select nullif(current_setting('tongpao.user_id', true), ''))::int$self$;
begin
  foreach name in array array[
    'pack_drafts', 'pack_draft_revisions', 'pack_draft_requests', 'pack_draft_signatures', 'pack_publications',
    'pack_draft_closings', 'difference_decisions'
  ] loop
    place := case name when 'difference_decisions' then 'unit_id' else 'area_unit_id' end;
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy place on %I for select using (%s)', name, format(scope, place));
  end loop;
  foreach name in array array['pack_drafts', 'pack_draft_requests', 'pack_publications', 'pack_draft_closings'] loop
    execute format('create policy added on %I for insert with check (%s)', name, format(scope, 'area_unit_id'));
  end loop;
  execute format('create policy added on difference_decisions for insert with check (%s and decided_by_user_id = %s)',
    format(scope, 'unit_id'), self);
  -- Whoever saves is named; a revision that is put forward is what counts for signing, so nobody saves in another's name.
  execute format('create policy added on pack_draft_revisions for insert with check (%s and saved_by_user_id = %s)',
    format(scope, 'area_unit_id'), self);
  -- Nobody signs in another's name, and nobody signs a draft that they had a hand in.
  execute format($policy$create policy added on pack_draft_signatures for insert with check (
      %s and signed_by_user_id = %s
      and not exists (
        select from pack_draft_revisions as written
        where written.draft_id = pack_draft_signatures.draft_id
          and written.saved_by_user_id = pack_draft_signatures.signed_by_user_id
      ))$policy$, format(scope, 'area_unit_id'), self);
end
$$;

-- What is put in force in somebody's request was published with two signatures; setting up an installation is a job's work.
alter table packs_in_force enable row level security;
alter table packs_in_force force row level security;
create policy known on packs_in_force for select using (true);
create policy signed on packs_in_force for insert with check (
  (select current_setting('tongpao.purpose', true)) = 'job'
  or exists (select from pack_publications as published where published.pack_hash = packs_in_force.pack_hash)
);

grant select, insert on pack_drafts, pack_draft_revisions, pack_draft_requests, pack_draft_signatures, pack_publications,
  pack_draft_closings, difference_decisions to tongpao_app;
