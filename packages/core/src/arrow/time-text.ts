/** How many parts of a second Arrow's units s, ms, µs and ns are, by their number. */
const PER_SECOND = [1n, 1_000n, 1_000_000n, 1_000_000_000n] as const
const DAY_MS = 86_400_000
/** Arrow knows no infinity; DuckDB writes the largest counts for it. */
const INFINITE = 2n ** 63n - 1n
const INFINITE_DAYS = 2_147_483_647

/** Days since 1970 as text that the engine reads: `2024-02-29`, `0044-03-15 (BC)`. */
export function dayText(days: number): string {
  if (Math.abs(days) === INFINITE_DAYS) return days > 0 ? 'infinity' : '-infinity'
  return dateText(new Date(days * DAY_MS))
}

/** A count since 1970 as text that the engine reads, without loss. */
export function timestampText(count: bigint, unit: number): string {
  if (count === INFINITE || count === -INFINITE) return count > 0n ? 'infinity' : '-infinity'
  const per = PER_SECOND[unit] as bigint
  const rest = ((count % per) + per) % per
  const date = new Date(Number((count - rest) / per) * 1000)
  const day = dateText(date)
  return `${day} ${clockText(BigInt((((date.getTime() % DAY_MS) + DAY_MS) % DAY_MS) / 1000) * per + rest, unit)}`
}

/** A count since midnight as text that the engine reads: `23:59:59.5`. */
export function clockText(count: bigint, unit: number): string {
  const per = PER_SECOND[unit] as bigint
  const seconds = Number(count / per)
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':')
  return unit === 0 ? clock : `${clock}.${String(count % per).padStart(unit * 3, '0')}`
}

/** A length of time in microseconds; what is finer is cut off, towards the past. */
export function microseconds(count: bigint, unit: number): bigint {
  if (unit < 3) return count * (PER_SECOND[2] / (PER_SECOND[unit] as bigint))
  return (count - (((count % 1000n) + 1000n) % 1000n)) / 1000n
}

function dateText(date: Date): string {
  const year = date.getUTCFullYear()
  if (Number.isNaN(year)) throw new RangeError('a date is beyond the year 275760')
  const day = `${String(year > 0 ? year : 1 - year).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
  return year > 0 ? day : `${day} (BC)`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
