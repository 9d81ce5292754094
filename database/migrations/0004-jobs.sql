-- Whoever asked for a job sees it and may cancel it, wherever it belongs; others see the jobs of the units in their scope.

create policy own on job_runs
  using (asked_by_user_id = (select nullif(current_setting('tongpao.user_id', true), ''))::int);
create index job_runs_asker on job_runs (asked_by_user_id, asked_at desc);

-- Two questions that an auditor asks: what did this account do, and what happened on that day.
create index audit_rows_user on audit_rows (user_id, audit_id) where user_id is not null;
create index audit_rows_at on audit_rows using brin (at);
