-- By which entitlement leave was earned: documents differ in how long it stays valid. Null in entries of earlier versions, and where a person
-- takes from the account.
alter table leave_entries add column entitlement text;

-- What was decided for an area holds for every unit in it, like a figure of the pack: whoever plans or reads for a unit works with it. Decisions
-- about single people and units stay with their place.
create policy above on decisions for select using (
  subject_kind in ('area', 'operation')
  and unit_id in (
    select ancestor_id
    from unit_ancestors
    where unit_ancestors.unit_id = any ((select nullif(current_setting('tongpao.scope', true), ''))::int[])
  )
);
