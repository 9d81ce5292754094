import type { ClientBase } from 'pg'

/** Runs migrations and owns every table. */
export const OWNER_ROLE = 'tongpao_owner'
/** What the product works as: subject to row-level security, without UPDATE or DELETE where rows only grow. */
export const APP_ROLE = 'tongpao_app'
export const DATABASE_NAME = 'tongpao'

/** Creates what is missing of the two roles and the database. Safe to repeat: a first start may have been killed half-way. */
export async function ensureRolesAndDatabase(superuser: ClientBase): Promise<void> {
  await ensureRole(superuser, OWNER_ROLE)
  await ensureRole(superuser, APP_ROLE)
  const found = await superuser.query('select from pg_database where datname = $1', [DATABASE_NAME])
  if (found.rowCount === 0) await createDatabase(superuser, DATABASE_NAME)
}

export async function createDatabase(superuser: ClientBase, name: string): Promise<void> {
  await superuser.query(`create database ${name} owner ${OWNER_ROLE}`)
  await superuser.query(`revoke all on database ${name} from public`)
  await superuser.query(`grant connect, temporary on database ${name} to ${APP_ROLE}`)
}

async function ensureRole(superuser: ClientBase, role: string): Promise<void> {
  const found = await superuser.query('select from pg_roles where rolname = $1', [role])
  if (found.rowCount === 0) {
    await superuser.query(
      `create role ${role} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls inherit`,
    )
  }
}
