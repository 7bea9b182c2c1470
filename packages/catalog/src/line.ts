import { isAbsolute, join, relative, sep } from 'node:path'
import { fileDataset, type JournalRecord } from '@dayshift/core/ground'
import { isLegacy, type CatalogEntry } from './entry.ts'

const isText = (value: unknown): boolean => typeof value === 'string'
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value))
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isListOf = (value: unknown, keys: readonly string[]): boolean =>
  Array.isArray(value) && value.every((item) => isObject(item) && keys.every((key) => Object.hasOwn(item, key)))
const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every(isText)
const isTexts = (value: unknown): boolean => isObject(value) && Object.values(value).every(isText)

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
  owners: ['a list of text', isTextList],
  tags: ['an object of text', isTexts],
  links: ['a list of links', (value) => isListOf(value, ['url'])],
  properties: ['an object of text', isTexts],
  aliases: ['a list of text', isTextList],
  deprecated: ['an object with a time', (value) => isObject(value) && isTime(value['at'])],
  deleted_at: ['a time', isTime],
  created_at: ['a time', isTime],
  updated_at: ['a time', isTime],
  revision: ['a whole number', isCount],
}

const ALWAYS = ['unique_id', 'dataset_name', 'description', 'storage_path']
const ALWAYS_IN_FULL_LINES = ['created_at', 'updated_at', 'revision']

/**
 * Reads one line of a catalog, full or legacy. A local file within the catalog's folder stands there by its path from that
 * folder, so that the line means the same in every clone; the entry has it whole.
 *
 * @param folder absolute; the catalog's
 * @returns the entry, or in words why the line is none
 * @example entryOf({ unique_id: '…', dataset_name: 'weather', description: '', storage_path: 'data/weather.csv' }, '/srv')
 */
export function entryOf(record: JournalRecord, folder: string): CatalogEntry | string {
  const isFull = record['namespace'] !== undefined && record['name'] !== undefined
  const missing = [...ALWAYS, ...(isFull ? ALWAYS_IN_FULL_LINES : [])].filter((key) => record[key] === undefined)
  if (missing.length > 0) return `the line is no catalog entry: it has no ${missing.join(', ')}`
  for (const key in SHAPES) {
    const [expected, fits] = SHAPES[key] as (typeof SHAPES)[string]
    const value = record[key]
    if (value !== undefined && !fits(value)) return `the line is no catalog entry: ${key} is not ${expected}`
  }
  const { owners = [], tags = {}, revision = 1 } = record
  const entry = { ...record, owners, tags, revision } as unknown as CatalogEntry
  if (!isFull || entry.namespace !== 'file' || isAbsolute(entry.name as string)) return entry
  const { name, uri } = fileDataset(join(folder, entry.name as string), folder)
  return { ...entry, storage_path: name, name, uri }
}

/**
 * The line that holds an entry; the opposite of {@link entryOf}.
 *
 * @param folder absolute; the catalog's
 */
export function lineOf(entry: CatalogEntry, folder: string): JournalRecord {
  if (isLegacy(entry) || entry.namespace !== 'file') return entry
  const path = relative(folder, entry.name as string)
  if (path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) return entry
  const { uri: _uri, ...kept } = entry
  const portable = path.replaceAll(sep, '/')
  return { ...kept, storage_path: portable, name: portable }
}
