-- How many people of a unit were given something, by exactly which entitlements: the board counts each person once over any
-- of them. Counted while results are written; counting them anew reads every result for every clause, whenever a page opens.
create table entitlement_reach (
  evaluation_id int not null references evaluations,
  home_unit_id int not null,
  county_unit_id int,
  -- Entitlements of which some is settled, and of which some days are open; each sorted.
  reached text[] not null,
  waiting text[] not null,
  people_count int not null,
  primary key (evaluation_id, home_unit_id, reached, waiting)
);

alter table entitlement_reach enable row level security;
alter table entitlement_reach force row level security;
create policy place on entitlement_reach using (
  (select current_setting('tongpao.scope_all', true)) = 'on'
  or home_unit_id = any ((select nullif(current_setting('tongpao.scope', true), ''))::int[])
);
grant select, insert on entitlement_reach to tongpao_app;

-- The evaluations that are there, counted once.
select set_config('tongpao.scope_all', 'on', true);
insert into entitlement_reach (evaluation_id, home_unit_id, county_unit_id, reached, waiting, people_count)
select evaluation_id, home_unit_id, county_unit_id, reached, waiting, count(*)::int as people_count
from (
  select evaluation_id, person_id, home_unit_id, county_unit_id,
    coalesce(array_agg(entitlement order by entitlement collate "C") filter (where quantity > 0), '{}') as reached,
    coalesce(array_agg(entitlement order by entitlement collate "C") filter (where open_days > 0), '{}') as waiting
  from entitlement_results
  join evaluations using (evaluation_id)
  where finished_at is not null
  group by evaluation_id, person_id, home_unit_id, county_unit_id
) people
where cardinality(reached) + cardinality(waiting) > 0
group by evaluation_id, home_unit_id, county_unit_id, reached, waiting;
