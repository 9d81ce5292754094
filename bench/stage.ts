import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { migrate } from '#platform/db/migrate.ts'
import { type OpenDatabase, openDatabase } from '#platform/db/open-database.ts'
import { prepareJobs } from '#platform/jobs/queue.ts'

/** A throwaway installation: the product's own embedded PostgreSQL with everything that makes it durable switched on. */
export interface Stage {
  readonly dataFolder: string
  readonly opened: OpenDatabase
  /** Past every policy: for arranging data and for looking afterwards. */
  readonly admin: pg.Client
  close(): Promise<void>
}

const silent = () => undefined

export async function openStage(): Promise<Stage> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'tongpao-bench-'))
  // Run as root, the database's own account must reach the folder.
  await chmod(dataFolder, 0o711)
  const opened = await openDatabase({ dataFolder, command: 'bench', whenInUse: 'refuse', say: silent })
  await migrate(opened.ownerConfig)
  await prepareJobs(opened.ownerConfig)
  if (!opened.embedded) throw new Error('the stage has no embedded database')
  const admin = new pg.Client(opened.embedded.superuserConfig)
  await admin.connect()
  return {
    dataFolder,
    opened,
    admin,
    async close() {
      await admin.end()
      await opened.close()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

export interface CitySize {
  readonly units: number
  readonly people_per_unit: number
}

export const OPERATION = 1
/** The codes are those of Shaoxing, so that its packs apply. Six counties (units 2–7) below the city (unit 1); front-line units follow. */
export const FIRST_UNIT = 11

export const tokenOf = (unitId: number) => `bench-session-of-unit-${unitId}`

/** The unit's post has the unit's own id; its people follow each other. */
export function personAt(size: CitySize, unitIndex: number, place: number): number {
  return unitIndex * size.people_per_unit + place + 1
}

/** A made-up city of any size, written by the database itself; every unit has an account with an open session. */
export async function fillCity(admin: pg.Client, { units, people_per_unit }: CitySize): Promise<void> {
  await admin.query(`
    insert into units (unit_id, parent_id, kind, name, division_code, opened_on, made_up) values
      (1, null, 'city', '虚构市', '3306', '2019-01-01', true);
    insert into units (unit_id, parent_id, kind, name, division_code, opened_on, made_up)
      select 1 + n, 1, 'county', '虚构县' || n, (array['330602', '330603', '330604', '330624', '330681', '330683'])[n], '2019-01-01', true
      from generate_series(1, 6) n;
    insert into units (unit_id, parent_id, kind, name, opened_on, made_up)
      select ${FIRST_UNIT} + n, 2 + n % 6, 'hospital', '虚构单位' || n, '2019-01-01', true from generate_series(0, ${units - 1}) n;
    insert into unit_ancestors (ancestor_id, unit_id, distance)
      select unit_id, unit_id, 0 from units
      union all select parent_id, unit_id, 1 from units where parent_id is not null
      union all select 1, unit_id, 2 from units where unit_id >= ${FIRST_UNIT};
    insert into people (person_id, home_unit_id, name, name_sort, employment, established, party, made_up)
      select u * ${people_per_unit} + p + 1, ${FIRST_UNIT} + u, '虚构' || u || '-' || p, lpad((u * ${people_per_unit} + p)::text, 8, '0'),
        (array['medical', 'civil_servant', 'public_institution', 'police', 'volunteer'])[1 + p % 5], p % 3 > 0, 'none', true
      from generate_series(0, ${units - 1}) u cross join generate_series(0, ${people_per_unit - 1}) p;
    insert into operations (operation_id, name, kind, area_unit_id, started_on, made_up) values
      (${OPERATION}, '虚构响应', 'epidemic', 1, '2020-01-20', true);
    insert into posts (post_id, operation_id, unit_id, name, kind, exposure, opened_on)
      select unit_id, ${OPERATION}, unit_id, '隔离病区', 'isolation_ward', 'direct', '2020-01-20' from units where unit_id >= ${FIRST_UNIT};
    insert into users (login, display_name) select 'head-' || unit_id, '负责人' || unit_id from units where unit_id >= ${FIRST_UNIT} order by unit_id;
    insert into role_assignments (user_id, role, unit_id)
      select user_id, 'unit_manager', split_part(login, '-', 2)::int from users;
    insert into sessions (token_hash, user_id, expires_at)
      select sha256(convert_to('bench-session-of-unit-' || unit_id, 'UTF8')), user_id, now() + interval '1 day' from role_assignments;
    insert into users (login, display_name) values ('city', '全市经办');
    insert into role_assignments (user_id, role, unit_id)
      select user_id, role, 1 from users cross join (values ('hr_clerk'), ('command'), ('auditor')) roles (role) where login = 'city';
    insert into sessions (token_hash, user_id, expires_at)
      select sha256(convert_to('bench-session-of-unit-1', 'UTF8')), user_id, now() + interval '1 day' from users where login = 'city';
    select setval(pg_get_serial_sequence('people', 'person_id'), (select max(person_id) from people)),
      setval(pg_get_serial_sequence('units', 'unit_id'), (select max(unit_id) from units)),
      setval(pg_get_serial_sequence('posts', 'post_id'), (select max(post_id) from posts));
    analyze`)
}

/** Duty of everybody on every day, 8 hours each at changing times, past the confirmations: for reading at real size. */
export async function fillDuty(admin: pg.Client, days: number): Promise<void> {
  await admin.query(`
    insert into duty_entries (person_id, span_id, act, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on, said_by_user_id, said_at, recorded_at)
      select person_id, gen_random_uuid(), 'imported', ${OPERATION}, home_unit_id, home_unit_id, home_unit_id, starts_at,
        starts_at + interval '1 minute' * (240 + (person_id + d) % 5 * 90), (starts_at at time zone 'Asia/Shanghai')::date, 1, now(), starts_at + interval '1 day'
      from people cross join generate_series(0, ${days - 1}) d
      cross join lateral (
        select timestamptz '2020-01-23 00:00+08' + interval '1 day' * d + interval '1 hour' * ((person_id + d * 5) % 14) as starts_at
      ) span
      order by person_id, d`)
  await admin.query(`
    insert into duty_current (person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on, said_by_user_id)
      select person_id, span_id, entry_id, operation_id, unit_id, home_unit_id, post_id, starts_at, ends_at, starts_on, said_by_user_id
      from duty_entries`)
  await admin.query('analyze duty_entries, duty_current')
}
