import { failure } from '../codes.ts'
import type { FreshnessBasis, FreshnessDefinition } from '../define-project.ts'
import { listFlag, numberFlag, oneOf, type Flags, type FlagValues } from '../flags.ts'

/** Flags that say when data is too old, and where its time is read. */
export const freshnessFlags = {
  'max-age': { type: 'string', value: '24h', help: 'older than this is stale (default: 24h; none with --cron)' },
  'warn-after': { type: 'string', value: '12h', help: 'older than this is told' },
  unsure: {
    type: 'string',
    value: 'fail|warn',
    help: 'what data comes to whose age is not sure: times without a zone, cells that are no times (default: fail)',
  },
  'clock-skew': { type: 'string', value: '5m', help: 'how far ahead of the clock a time may lie (default: 5m)' },
  basis: {
    type: 'string',
    multiple: true,
    value: 'A,B',
    help: 'where times are read: mtime, column, partition, object, content, run; of several the worst counts (default: mtime, or what --column and --partition say)',
  },
  column: { type: 'string', value: 'NAME', help: 'a column of dates or times whose newest counts' },
  timezone: {
    type: 'string',
    value: 'ZONE',
    help: 'the zone of times that have none, as Europe/Berlin (default: UTC, told)',
  },
  files: { type: 'string', value: 'newest|oldest|all', help: 'which of several files counts (default: newest)' },
  partition: { type: 'string', multiple: true, value: 'KEY', help: 'the key of partitions: dt of dt=2026-11-23' },
  'partition-cron': {
    type: 'string',
    value: 'EXPR',
    help: 'which partitions are expected (default: each day, hour, month)',
  },
  cron: { type: 'string', value: 'EXPR', help: "by when data is expected: '0 7 * * 1-5' is 7:00 on working days" },
  zone: { type: 'string', value: 'ZONE', help: 'the zone of --cron (default: UTC)' },
  grace: { type: 'string', value: '1h', help: 'how late data may come after --cron (default: 0)' },
  lead: { type: 'string', value: '6h', help: 'how early data may come before --cron (default: after the one before)' },
  holidays: { type: 'string', value: 'FILE', help: 'days without a deadline: 2026-12-25, one a line, or .ics' },
  learn: { type: 'boolean', help: 'take the limit from past updates, once there are enough of them' },
  alpha: { type: 'string', value: '5%', help: 'share of false alarms that a learned limit may give (default: 5%)' },
  'min-rows': {
    type: 'string',
    value: 'N',
    help: 'rows that there must be; new ones, where an earlier check is known',
  },
} as const satisfies Flags

const BASES = ['mtime', 'column', 'partition', 'object', 'content', 'run'] as const

/**
 * What flags say, over what a project says.
 *
 * @throws DS_USAGE for flags that have no such value, or go with others that are not there
 */
export function settingsOf(
  flags: FlagValues<typeof freshnessFlags>,
  configured: FreshnessDefinition = {},
): FreshnessDefinition {
  const schedule = flags.cron === undefined ? configured.schedule : { cron: flags.cron }
  for (const name of ['zone', 'grace', 'lead', 'holidays'] as const) {
    if (flags[name] !== undefined && schedule === undefined)
      throw failure('DS_USAGE', `--${name} goes with --cron`, { hint: "As in --cron '0 7 * * 1-5'." })
  }
  if (flags.alpha !== undefined && !flags.learn && !configured.learn)
    throw failure('DS_USAGE', '--alpha goes with --learn')
  const minRows = numberFlag('min-rows', flags['min-rows'])
  if (minRows !== undefined && !(Number.isSafeInteger(minRows) && minRows >= 0))
    throw failure('DS_USAGE', `--min-rows takes a number of rows, not '${flags['min-rows']}'`)
  const { zone, grace, lead, holidays } = flags
  return {
    ...configured,
    ...given({
      // A flag that asks for a schedule means that alone.
      maxAge: flags['max-age'] ?? (flags.cron === undefined ? configured.maxAge : undefined),
      warnAfter: flags['warn-after'],
      clockSkew: flags['clock-skew'],
      unsure: flags.unsure === undefined ? undefined : oneOf('unsure', flags.unsure, ['fail', 'warn'] as const, 'fail'),
      basis: listFlag(flags.basis)?.map((word): FreshnessBasis => oneOf('basis', word, BASES, 'mtime')),
      column: flags.column,
      timezone: flags.timezone,
      files:
        flags.files === undefined
          ? undefined
          : oneOf('files', flags.files, ['newest', 'oldest', 'all'] as const, 'newest'),
      partition: listFlag(flags.partition),
      partitionCron: flags['partition-cron'],
      schedule: schedule && { ...schedule, ...given({ zone, grace, lead, holidays }) },
      learn: flags.alpha === undefined ? flags.learn : { alpha: flags.alpha },
      minRows,
    }),
    ...(flags.cron !== undefined && flags['max-age'] === undefined ? { maxAge: undefined } : {}),
  }
}

function given<Values extends object>(values: Values): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>
}
