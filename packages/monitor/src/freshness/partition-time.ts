/** How long a partition is, by its name. */
export type PartitionUnit = 'month' | 'day' | 'hour'

/** A partition, by the names of its folders. */
export interface Partition {
  /** As it is named: `dt=2026-08-22/hour=07`. */
  readonly name: string
  /** Its start, as if it were UTC: milliseconds since 1970. */
  readonly start: number
  readonly unit: PartitionUnit
}

const FORM = /^(\d{4})-?(\d{1,2})(?:-?(\d{1,2})(?:[-T ]?(\d{1,2})(?::?00)*)?)?$/

/**
 * The partition that a file belongs to, by the names of its folders: `dt=2026-08-22`, `dt=20260822`, `month=2026-08`,
 * `dt=2026-08-22/hour=07`, `year=2026/month=8/day=22`, `at=2026-08-22T07`.
 *
 * @param keys the keys that make up its time, the longest unit first
 * @returns undefined where the names tell no time
 * @example partitionOf('/lake/dt=2026-08-22/a.parquet', ['dt'])?.unit // 'day'
 */
export function partitionOf(path: string, keys: readonly string[]): Partition | undefined {
  const values = valuesOf(path, keys)
  if (!values) return undefined
  // A month of one digit would run together with its day.
  const text = values.map((value) => value.padStart(2, '0')).join('-')
  const [, year, month, day, hour] = FORM.exec(text) ?? []
  if (year === undefined) return undefined
  const start = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1), Number(hour ?? 0)))
  const isReal = start.getUTCMonth() === Number(month) - 1 && start.getUTCDate() === Number(day ?? 1)
  if (!isReal || Number(hour ?? 0) > 23) return undefined
  return {
    name: namedBy(keys, values),
    start: start.getTime(),
    unit: hour === undefined ? (day === undefined ? 'month' : 'day') : 'hour',
  }
}

/**
 * How the partition of a file is named, whether or not that tells a time.
 *
 * @returns undefined where the file lies in none of these keys
 * @example partitionName('/lake/dt=latest/a.parquet', ['dt']) // 'dt=latest'
 */
export function partitionName(path: string, keys: readonly string[]): string | undefined {
  const values = valuesOf(path, keys)
  return values && namedBy(keys, values)
}

function namedBy(keys: readonly string[], values: readonly string[]): string {
  return keys.map((key, at) => `${key}=${values[at]}`).join('/')
}

function valuesOf(path: string, keys: readonly string[]): string[] | undefined {
  const folders = new Map(
    path.split(/[/\\]/).flatMap((part): [string, string][] => {
      const at = part.indexOf('=')
      return at > 0 ? [[part.slice(0, at), decoded(part.slice(at + 1))]] : []
    }),
  )
  const values = keys.flatMap((key) => folders.get(key) ?? [])
  return values.length === keys.length ? values : undefined
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
