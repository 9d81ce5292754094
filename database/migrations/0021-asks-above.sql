-- Whoever plans for a place sees that an ask of a place above makes its rosters just now, and for which days.
create policy above on roster_asks for select using (
  unit_id in (
    select ancestor_id
    from unit_ancestors
    where unit_ancestors.unit_id = any ((select nullif(current_setting('tongpao.scope', true), ''))::int[])
  )
);
