-- What a look at closed facts was for, kept with the look: the person concerned is shown it. Null: looks of before this was kept, and
-- those under an opening, whose reason says it.
alter table circle_views add column purpose text check (purpose in ('keep_record', 'arrange_duty', 'care', 'retention'));

-- When we learnt of a tie. '-infinity': from before this was kept.
alter table family_ties add column recorded_at timestamptz not null default '-infinity';
alter table family_ties alter column recorded_at set default now();
