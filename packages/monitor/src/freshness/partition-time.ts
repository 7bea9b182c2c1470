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
  const folders = new Map(
    path.split(/[/\\]/).flatMap((part): [string, string][] => {
      const at = part.indexOf('=')
      return at > 0 ? [[part.slice(0, at), decoded(part.slice(at + 1))]] : []
    }),
  )
  const values = keys.map((key) => folders.get(key))
  if (values.some((value) => value === undefined)) return undefined
  // A month of one digit would run together with its day.
  const text = values.map((value) => (value as string).padStart(2, '0')).join('-')
  const [, year, month, day, hour] = FORM.exec(text) ?? []
  if (year === undefined) return undefined
  const start = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1), Number(hour ?? 0)))
  const isReal = start.getUTCMonth() === Number(month) - 1 && start.getUTCDate() === Number(day ?? 1)
  if (!isReal || Number(hour ?? 0) > 23) return undefined
  return {
    name: keys.map((key, at) => `${key}=${values[at]}`).join('/'),
    start: start.getTime(),
    unit: hour === undefined ? (day === undefined ? 'month' : 'day') : 'hour',
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
