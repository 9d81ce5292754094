-- A solve whose threads crashed says so; how many did, when others went on.
alter table roster_solves drop constraint roster_solves_state_check;
alter table roster_solves add constraint roster_solves_state_check
  check (state in ('asked', 'running', 'ended', 'stopped', 'refused', 'crashed'));
alter table roster_solves add column crashed_threads smallint not null default 0;

-- A substitute's answer that was given by word of mouth: who recorded it. Null: they answered themselves.
alter table cover_asks add column recorded_by_user_id int references users;
alter table cover_asks add check (recorded_by_user_id is null or answer is not null);

-- A shift that leave has taken out of the plan looks for somebody too.
alter table shift_offers drop constraint shift_offers_kind_check;
alter table shift_offers add constraint shift_offers_kind_check check (kind in ('drop_out', 'offer', 'swap', 'leave'));
