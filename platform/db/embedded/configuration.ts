import { availableParallelism, totalmem } from 'node:os'

/**
 * The settings that an operator may overrule in `cluster/local.conf`, for a machine of its own with a few cores.
 * `isThrowaway` is for tests only: nothing survives a power cut, and everything is faster.
 */
export function postgresqlConf(options: { isThrowaway: boolean; hasLocalConf: boolean }): string {
  const memory_mb = Math.floor(totalmem() / 2 ** 20)
  const settings: Record<string, string> = {
    // The server, the worker and the command line share these; two cores are not served better by more connections.
    max_connections: '60',
    shared_buffers: `${clamp(memory_mb / 8, 128, 2048)}MB`,
    effective_cache_size: `${clamp(memory_mb / 2, 256, 65_536)}MB`,
    work_mem: '16MB',
    maintenance_work_mem: `${clamp(memory_mb / 32, 64, 512)}MB`,
    // Compiling a query costs more than our short queries do.
    jit: 'off',
    // A report may use a second core, but must not take all from those who confirm their day.
    max_parallel_workers_per_gather: String(Math.min(2, Math.max(0, availableParallelism() - 1))),
    random_page_cost: '1.1',
    // Backups copy the running cluster, which needs more in the log than bare crash recovery.
    wal_level: 'replica',
    synchronous_commit: 'on',
    max_wal_size: '2GB',
    min_wal_size: '256MB',
    // Recovery after `kill -9` replays at most this long a stretch of work.
    checkpoint_timeout: '10min',
    wal_buffers: '16MB',
    timezone: "'UTC'",
    log_timezone: "'UTC'",
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    log_min_duration_statement: '2s',
    // Personal data must not end up in the log.
    log_error_verbosity: 'terse',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
  }
  if (options.isThrowaway) {
    Object.assign(settings, {
      shared_buffers: '128MB',
      wal_level: 'minimal',
      max_wal_senders: '0',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      autovacuum: 'off',
      log_min_duration_statement: '-1',
      max_connections: '200',
    })
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  return [
    '# Written by Tongpao at every start. Put your own settings into local.conf beside this file.',
    ...lines,
    ...(options.hasLocalConf ? ["include 'local.conf'"] : []),
    '',
  ].join('\n')
}

/**
 * What nobody may overrule, so it stands on the command line: no network, and durability.
 * Errors in a statement may quote what people typed, so statements are not logged with errors either.
 */
export function fixedSettings(options: { isThrowaway: boolean; socketFolder: string }): string[] {
  const fixed: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: options.socketFolder,
    unix_socket_permissions: '0700',
    fsync: options.isThrowaway ? 'off' : 'on',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_min_error_statement: 'panic',
  }
  return Object.entries(fixed).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/**
 * Local connections are trusted: the socket stands in a folder with mode 0700 that only the database's account and root
 * can enter, and whoever can enter it could read the cluster's files as well. `peer` would look the account up by name,
 * which fails where it has none (containers).
 */
export const PG_HBA_CONF = `# Written by Tongpao at every start.
local all all trust
local replication postgres trust
`

function clamp(value: number, low: number, high: number): number {
  return Math.floor(Math.min(high, Math.max(low, value)))
}
