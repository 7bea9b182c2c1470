import type { JournalRecord } from '@dayshift/core'
import type { CatalogEntry } from './entry.ts'

const isText = (value: unknown): boolean => typeof value === 'string'
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value))
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isListOf = (value: unknown, keys: readonly string[]): boolean =>
  Array.isArray(value) && value.every((item) => isObject(item) && keys.every((key) => Object.hasOwn(item, key)))

/** What each key that this version knows must hold, where it is there. */
const SHAPES: Readonly<Record<string, readonly [expected: string, fits: (value: unknown) => boolean]>> = {
  unique_id: ['text', isText],
  dataset_name: ['text', isText],
  description: ['text', isText],
  storage_path: ['text', isText],
  namespace: ['text', isText],
  name: ['text', isText],
  uri: ['text', isText],
  format: ['text', isText],
  schema: ['a list of columns', (value) => isListOf(value, ['name', 'type', 'nativeType'])],
  rows: ['a count', isCount],
  bytes: ['a count', isCount],
  version: ['text', isText],
  profile: ['a list of column profiles', (value) => isListOf(value, ['name', 'nulls', 'distinct', 'min', 'max'])],
  contract: [
    'an object with id and status',
    (value) => isObject(value) && isText(value['id']) && isText(value['status']),
  ],
  owners: ['a list of text', (value) => Array.isArray(value) && value.every(isText)],
  tags: ['an object of text', (value) => isObject(value) && Object.values(value).every(isText)],
  created_at: ['a time', isTime],
  updated_at: ['a time', isTime],
  revision: ['a whole number', isCount],
}

const ALWAYS = ['unique_id', 'dataset_name', 'description', 'storage_path']
const ALWAYS_IN_FULL_LINES = ['uri', 'created_at', 'updated_at', 'revision']

/**
 * Reads one line of a catalog, full or legacy.
 *
 * @returns the entry, or in words why the line is none
 * @example entryOf({ unique_id: '…', dataset_name: 'weather', description: '', storage_path: 'data/weather.csv' })
 */
export function entryOf(record: JournalRecord): CatalogEntry | string {
  const full = record['namespace'] !== undefined && record['name'] !== undefined
  const missing = [...ALWAYS, ...(full ? ALWAYS_IN_FULL_LINES : [])].filter((key) => record[key] === undefined)
  if (missing.length > 0) return `the line is no catalog entry: it has no ${missing.join(', ')}`
  for (const [key, [expected, fits]] of Object.entries(SHAPES)) {
    const value = record[key]
    if (value !== undefined && !fits(value)) return `the line is no catalog entry: ${key} is not ${expected}`
  }
  return { owners: [], tags: {}, revision: 1, ...record } as unknown as CatalogEntry
}
