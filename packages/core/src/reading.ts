import { isFormat } from './format.ts'
import type { CsvOptions, Reading } from './source.ts'

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string'
const isFlag: Check = (value) => typeof value === 'boolean'
const areTexts: Check = (value) => Array.isArray(value) && value.every(isText)

const FIELDS: Readonly<Record<keyof Reading, Check>> = {
  format: isFormat,
  hive: isFlag,
  delimiter: isText,
  quote: isText,
  escape: isText,
  header: isFlag,
  names: areTexts,
  skip: (value) => typeof value === 'number',
  comment: isText,
  encoding: isText,
  badLines: (value) => value === 'skip',
  nulls: areTexts,
  types: (value) => typeof value === 'object' && value !== null && areTexts(Object.values(value)),
}

/** What was said of the reading of a source; nothing where nothing was. */
export function readingOf(options: CsvOptions & Pick<Reading, 'format' | 'hive'>): Reading | undefined {
  const { badLines } = options
  const said = { ...options, badLines: badLines === undefined || badLines === 'error' ? undefined : 'skip' }
  const fields = Object.keys(FIELDS).flatMap((name) => {
    const value = said[name as keyof Reading]
    return value === undefined ? [] : [[name, value] as const]
  })
  return fields.length === 0 ? undefined : Object.fromEntries(fields)
}

/** Whether a value that was kept as JSON says how to read a source. */
export function isReading(value: unknown): value is Reading {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).every(
    ([name, field]) => Object.hasOwn(FIELDS, name) && FIELDS[name as keyof Reading](field),
  )
}
