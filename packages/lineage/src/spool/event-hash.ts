import { createHash } from 'node:crypto'

/**
 * The hash of what an event says: SHA-256 of its JSON with sorted keys. An event that is sent twice has one hash, whoever
 * wrote it down in between.
 *
 * @example eventHash(event) // '9f86d081…'
 */
export function eventHash(event: object): string {
  return createHash('sha256').update(sorted(event)).digest('hex')
}

function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item: unknown) => sorted(item)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${sorted(item)}`).join(',')}}`
}
