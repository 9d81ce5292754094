-- The reading of an office's sheet, until somebody confirms or cancels it.

alter table duty_imports
  drop constraint duty_imports_state_check,
  add constraint duty_imports_state_check check (state in ('reading', 'read', 'confirmed', 'cancelled')),
  -- Answers to what the sheet leaves open, by the question's key.
  add column answers jsonb not null default '{}',
  add column settled_by_user_id int,
  -- The job that reads a large file.
  add column job_id uuid;
create index duty_imports_file on duty_imports (unit_id, operation_id, file_sha256) where state in ('reading', 'read');

-- The file itself, sealed: it holds ID numbers and telephones. Gone as soon as the import is settled, and after kept_until
-- in any case.
create table duty_import_files (
  unit_id int not null,
  import_id uuid not null references duty_imports,
  sealed bytea not null,
  kept_until timestamptz not null,
  primary key (unit_id, import_id)
);
create index duty_import_files_kept on duty_import_files (kept_until);

-- What each row of the sheet came to. Names, never ID numbers. Rows that were not taken outlive the settling until kept_until,
-- so that the office can mend its sheet.
create table duty_import_rows (
  unit_id int not null,
  import_id uuid not null references duty_imports,
  row_no int not null,
  kind text not null check (kind in ('ready', 'differs', 'already', 'refused', 'waiting')),
  content jsonb not null,
  kept_until timestamptz not null,
  primary key (unit_id, import_id, row_no)
);
create index duty_import_rows_kind on duty_import_rows (unit_id, import_id, kind, row_no);
create index duty_import_rows_kept on duty_import_rows (kept_until);

do $$
declare
  name text;
begin
  foreach name in array array['duty_import_files', 'duty_import_rows'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy place on %I using (
        (select current_setting(''tongpao.scope_all'', true)) = ''on''
        or unit_id = any ((select nullif(current_setting(''tongpao.scope'', true), ''''))::int[])
      )', name);
  end loop;
end
$$;

grant select, insert, delete on duty_import_files, duty_import_rows to tongpao_app;
