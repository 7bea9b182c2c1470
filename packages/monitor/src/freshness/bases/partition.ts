import type { DataFile, Finding } from '@dayshift/core'
import { lookAtFiles } from '../data-files.ts'
import type { Basis, Evidence, Look } from '../evidence.ts'
import { unfollowedLinks } from '../linked-partitions.ts'
import { hasRows } from '../has-rows.ts'
import { partitionName, partitionOf, type Partition, type PartitionUnit } from '../partition-time.ts'
import { readSchedule, type ScheduleOptions } from '../schedule.ts'
import { instantsOf, needZone, spanOf } from '../zone.ts'

/** How partitions are read. */
export interface PartitionOptions {
  /** The zone of the names, of the IANA database. Default: UTC, which a finding says. */
  readonly timezone?: string | undefined
  /** Which partitions are expected, as a cron expression of their starts. Default: each hour, day or month, as they are named. */
  readonly cron?: string | undefined
  /** Days without a partition: `2026-12-25`. Default: none. */
  readonly holidays?: ScheduleOptions['holidays']
}

/** Expected partitions that are looked for, back from the newest one. */
const LOOKED_FOR = 400

const EACH: Readonly<Record<PartitionUnit, string>> = { hour: '0 * * * *', day: '0 0 * * *', month: '0 0 1 * *' }

/**
 * The newest partition by the names of folders (`dt=2026-08-22`), from its start on; whatever the times of its files are, so
 * that a backfill of an old one changes nothing. A partition counts only where a row is in it. Those that are missing between
 * the first and the newest are told.
 *
 * @param keys the key, or those that make up a time together: `['year', 'month', 'day']`
 * @throws DS_FRESHNESS_SCHEDULE where the zone, the expression or a holiday cannot be read
 * @example partitionBasis('dt', { timezone: 'Europe/Berlin', cron: '0 0 * * 1-5' })
 */
export function partitionBasis(keys: string | readonly string[], options: PartitionOptions = {}): Basis {
  const { timezone, cron } = options
  if (timezone !== undefined) needZone(timezone)
  if (cron !== undefined) readSchedule({ cron })
  const names = typeof keys === 'string' ? [keys] : keys
  return { name: 'partition', read: (look) => read(names, options, look) }
}

async function read(keys: readonly string[], options: PartitionOptions, look: Look): Promise<Evidence> {
  const looked = await lookAtFiles(look.paths, look)
  const { files, none, blank } = looked
  if (none) return { basis: 'partition', time: null, ...none, findings: looked.findings }
  const links = look.paths.flatMap((path) => unfollowedLinks(path, keys))
  const findings = [...timeless(files, keys), ...links, ...looked.findings]
  const all = byPartition(files, keys)
  const barren = [...byPartition(blank, keys).values()].map(({ partition }) => partition)
  const sorted = [...all.values()].sort((a, b) => b.partition.start - a.partition.start)
  const { timezone } = options
  for (const [at, { partition, files: own }] of sorted.entries()) {
    const filling = await fillingOf(own, look)
    if (typeof filling === 'object') {
      return { basis: 'partition', time: null, absent: 'unreadable', subject: filling.broken, findings }
    }
    if (!filling) {
      barren.push(partition)
      continue
    }
    const filled = sorted.slice(at).map((one) => one.partition)
    const starts = new Set(filled.map(({ start }) => start))
    const empty = barren.filter(({ start }) => !starts.has(start))
    return {
      basis: 'partition',
      subject: `partition ${partition.name}`,
      ...placed(partition.start, timezone),
      findings: [...emptyPartitions(empty), ...missingPartitions(filled, options), ...findings],
    }
  }
  const named = keys.map((key) => `${key}=…`).join('/')
  return sorted.length > 0
    ? { basis: 'partition', time: null, absent: 'no_rows', subject: `no partition ${named} has rows`, findings }
    : {
        basis: 'partition',
        time: null,
        absent: 'no_partition',
        subject: `no file lies in a folder ${named} that tells a time: ${files[0]?.path}`,
        findings,
      }
}

interface Filled {
  readonly partition: Partition
  readonly files: DataFile[]
}

function byPartition(files: readonly DataFile[], keys: readonly string[]): Map<number, Filled> {
  const found = new Map<number, Filled>()
  for (const file of files) {
    const partition = partitionOf(file.path, keys)
    if (!partition) continue
    const known = found.get(partition.start)
    if (known) known.files.push(file)
    else found.set(partition.start, { partition, files: [file] })
  }
  return found
}

/** Whether a row is in any of some files, or what is wrong with the first that is broken. */
async function fillingOf(files: readonly DataFile[], look: Look): Promise<boolean | { readonly broken: string }> {
  for (const file of files) {
    const rows = await hasRows(file, look)
    if (rows !== 'no') return typeof rows === 'object' ? rows : true
  }
  return false
}

/** Files that count for no partition, since nothing tells their time. */
function timeless(files: readonly DataFile[], keys: readonly string[]): Finding[] {
  const rest = files.filter(({ path }) => partitionOf(path, keys) === undefined)
  if (rest.length === files.length) return []
  const names = [...new Set(rest.flatMap(({ path }) => partitionName(path, keys) ?? []))]
  const outside = rest.filter(({ path }) => partitionName(path, keys) === undefined).map(({ path }) => path)
  const findings: Finding[] = []
  if (names.length > 0) {
    findings.push({
      severity: 'warn',
      code: 'freshness.timeless_partition',
      message: `${names.length} ${names.length === 1 ? 'partition has a name that is' : 'partitions have names that are'} no date and ${names.length === 1 ? 'does' : 'do'} not count: ${listed(names)}`,
      hint: 'Name them as dt=2026-11-23, or see what wrote them: rows whose key is missing end up so.',
    })
  }
  if (outside.length > 0) {
    findings.push({
      severity: 'info',
      code: 'freshness.outside_partitions',
      message: `${outside.length} ${outside.length === 1 ? 'file lies' : 'files lie'} in no partition ${keys.join(', ')} and ${outside.length === 1 ? 'does' : 'do'} not count: ${listed(outside)}`,
    })
  }
  return findings
}

function placed(start: number, timezone: string | undefined): Pick<Evidence, 'span'> & { readonly time: number } {
  return timezone === undefined ? { time: start, span: spanOf(start) } : { time: instantsOf(start, timezone).earlier }
}

function emptyPartitions(partitions: readonly Partition[]): Finding[] {
  if (partitions.length === 0) return []
  return [
    {
      severity: 'warn',
      code: 'freshness.empty_partition',
      message: `${partitions.length} ${partitions.length === 1 ? 'partition has' : 'partitions have'} no rows and ${partitions.length === 1 ? 'does' : 'do'} not count: ${listed(partitions.map(({ name }) => name))}`,
      hint: 'Check the job that made them: a folder is there, and nothing is in it.',
    },
  ]
}

/** @param filled the newest first */
function missingPartitions(filled: readonly Partition[], { cron, holidays }: PartitionOptions): Finding[] {
  const [newest, first] = [filled[0] as Partition, filled.at(-1) as Partition]
  const expected = readSchedule({ cron: cron ?? EACH[newest.unit], holidays })
  const known = new Set(filled.map(({ start }) => start))
  const missing: number[] = []
  let at = expected.last(newest.start - 1)
  let looked = 0
  for (; at !== null && at > first.start && looked < LOOKED_FOR; looked++) {
    if (!known.has(at)) missing.unshift(at)
    at = expected.last(at - 1)
  }
  if (missing.length === 0) return []
  const isAll = at === null || at <= first.start
  const length = { month: 7, day: 10, hour: 13 }[newest.unit]
  return [
    {
      severity: 'warn',
      code: 'freshness.missing_partition',
      message: `${isAll ? '' : 'at least '}${missing.length} ${missing.length === 1 ? 'partition is' : 'partitions are'} missing before ${newest.name}: ${listed(missing.map((time) => new Date(time).toISOString().slice(0, length)))}`,
      hint: 'Fill them, or say which are expected: cron and holidays of the partitions.',
    },
  ]
}

function listed(names: readonly string[]): string {
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '')
}
