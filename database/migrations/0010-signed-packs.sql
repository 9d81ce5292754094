-- What comes into force in somebody's request is exactly what two others signed: that version, there, since then.
drop policy signed on packs_in_force;
create policy signed on packs_in_force for insert with check (
  (select current_setting('tongpao.purpose', true)) = 'job'
  or exists (
    select from pack_publications as published
    where published.pack_hash = packs_in_force.pack_hash
      and published.operation_id = packs_in_force.operation_id
      and published.area_unit_id = packs_in_force.area_unit_id
      and published.known_from = packs_in_force.known_from
  )
);
