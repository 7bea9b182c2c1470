import type { Column, ColumnProfile, DatasetRef, FactValue } from '@dayshift/core'
import { failure } from '../codes.ts'
import type { EcdfCells } from './ecdf-cells.ts'
import {
  PROFILE_FORMAT,
  PROFILE_VERSION,
  type ReferenceColumn,
  type ReferenceProfile,
  type TextCounts,
} from './reference-profile.ts'

/** A number in JSON, which knows no infinity. */
type JsonNumber = number | 'Infinity' | '-Infinity'

/** {@link EcdfCells} in JSON. */
export interface JsonCells {
  readonly low: readonly JsonNumber[]
  /** Left out where it is the same. */
  readonly high?: readonly JsonNumber[]
  readonly counts: readonly number[]
}

/** A reference profile as JSON holds it; `docs/drift.md` says what each field means. */
export interface ProfileDocument extends Omit<ReferenceProfile, 'columns'> {
  readonly columns: readonly (Omit<ReferenceColumn, 'numbers' | 'lengths'> & {
    readonly numbers?: JsonCells
    readonly lengths?: JsonCells
  })[]
}

/** A profile as JSON holds it. */
export function toDocument({ columns, ...profile }: ReferenceProfile): ProfileDocument {
  return {
    ...profile,
    columns: columns.map(({ numbers, lengths, ...column }) => ({
      ...column,
      ...(numbers ? { numbers: toJson(numbers) } : {}),
      ...(lengths ? { lengths: toJson(lengths) } : {}),
    })),
  }
}

function toJson({ low, high, counts }: EcdfCells): JsonCells {
  const isSame = low.every((value, at) => value === high[at])
  return { low: numbersOf(low), ...(isSame ? {} : { high: numbersOf(high) }), counts: [...counts] }
}

function numbersOf(values: Float64Array): JsonNumber[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : value > 0 ? 'Infinity' : '-Infinity'))
}

/**
 * Reads what JSON holds as a profile, and checks it: nobody may be given bounds that do not hold, for a file that was changed by hand.
 *
 * @param where the file, for errors
 * @throws DS_REFERENCE_PROFILE naming what is wrong
 */
export function fromDocument(value: unknown, where: string): ReferenceProfile {
  const file = isObject(value) ? value : {}
  if (file['format'] !== PROFILE_FORMAT) throw wrong(where, [`its "format" is not "${PROFILE_FORMAT}"`])
  const { version } = file
  if (version !== PROFILE_VERSION) {
    throw failure(
      'DS_REFERENCE_PROFILE',
      `${where}: its version is ${String(version)}, and ${PROFILE_VERSION} is read here`,
      {
        where,
        ...(Number(version) > PROFILE_VERSION ? { hint: 'Read it with a newer dayshift, or write it anew.' } : {}),
      },
    )
  }
  const problems: string[] = []
  const need = (holds: boolean, what: string): void => {
    if (!holds && problems.length < MOST_PROBLEMS) problems.push(what)
  }
  const { rows, limits, texts, columns, dataset } = file
  need(isCount(rows), '"rows" is no number of rows')
  const { cells, texts: mostTexts } = isObject(limits) ? limits : {}
  need(isCount(cells) && Number.isInteger(Math.log2(cells)) && cells >= 4096 && isCount(mostTexts), '"limits" are none')
  need(texts === 'plain' || texts === 'hashed' || texts === 'none', '"texts" is not plain, hashed or none')
  need(Array.isArray(columns), '"columns" is no list')
  const read = (Array.isArray(columns) ? columns : []).map((column: unknown, at) =>
    columnOf(column, Number(rows), at, need),
  )
  need(new Set(read.map(({ name }) => name)).size === read.length, 'two columns have one name')
  if (problems.length > 0) throw wrong(where, problems)
  return {
    format: PROFILE_FORMAT,
    version: PROFILE_VERSION,
    ...(isObject(dataset) ? { dataset: dataset as unknown as DatasetRef } : {}),
    rows: rows as number,
    limits: { cells: cells as number, texts: mostTexts as number },
    texts: texts as ReferenceProfile['texts'],
    columns: read,
  }
}

/** Problems that an error names. */
const MOST_PROBLEMS = 5

type Need = (holds: boolean, what: string) => void

const TYPES: ReadonlySet<unknown> = new Set<Column['type']>([
  'boolean',
  'integer',
  'decimal',
  'float',
  'string',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'interval',
  'binary',
  'uuid',
  'json',
  'list',
  'struct',
  'map',
  'unknown',
])

function columnOf(value: unknown, rows: number, at: number, need: Need): ReferenceColumn {
  const column = isObject(value) ? value : {}
  const {
    name,
    type,
    nativeType,
    nulls,
    nans,
    distinct,
    min,
    max,
    numbers,
    values,
    lengths,
    patterns,
    words,
    summary,
  } = column
  const called = typeof name === 'string' ? `column ${name}` : `column ${at + 1}`
  need(typeof name === 'string' && typeof nativeType === 'string', `${called} has no name, or no nativeType`)
  need(TYPES.has(type), `${called}: "type" is none`)
  need(isCount(nulls) && nulls <= rows, `${called}: "nulls" are not among the rows`)
  need(nans === undefined || isCount(nans), `${called}: "nans" is no number`)
  need(distinct === undefined || isCount(distinct), `${called}: "distinct" is no number`)
  need(summary === undefined || isObject(summary), `${called}: "summary" is none`)
  const filled = rows - Number(nulls)
  const cells = (part: unknown, word: string, size: number) =>
    part === undefined ? undefined : cellsOf(part, size, `${called}: "${word}"`, need)
  const counted = (part: unknown, word: string, size: number | undefined) =>
    part === undefined ? undefined : textsOf(part, size, `${called}: "${word}"`, need)
  const parts = {
    numbers: cells(numbers, 'numbers', filled - Number(nans ?? 0)),
    values: counted(values, 'values', filled),
    lengths: cells(lengths, 'lengths', filled),
    patterns: counted(patterns, 'patterns', filled),
    words: counted(words, 'words', undefined),
  }
  return {
    name: String(name),
    type: type as Column['type'],
    nativeType: String(nativeType),
    nulls: nulls as number,
    ...(nans === undefined ? {} : { nans: nans as number }),
    ...(distinct === undefined ? {} : { distinct: distinct as number }),
    ...(min === undefined || max === undefined ? {} : { min: min as FactValue, max: max as FactValue }),
    ...(Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as object),
    ...(summary === undefined ? {} : { summary: summary as unknown as ColumnProfile }),
  }
}

function cellsOf(value: unknown, size: number, called: string, need: Need): EcdfCells {
  const { low, high, counts } = isObject(value) ? value : {}
  const [from, to] = [doublesOf(low), doublesOf(high ?? low)]
  const numbers = Array.isArray(counts) ? Float64Array.from(counts as number[]) : new Float64Array()
  need(from.length === numbers.length && to.length === numbers.length, `${called} have lists of different lengths`)
  need(
    numbers.every((count) => isCount(count) && count > 0),
    `${called} have counts that are none`,
  )
  need(
    from.every((start, at) => start <= (to[at] as number) && (at === 0 || start > (to[at - 1] as number))),
    `${called} are not in ascending order`,
  )
  need(
    from.every((start, at) => start === to[at] || (numbers[at] as number) > 1),
    `${called} have a cell of one value with two ends`,
  )
  need(sumOf(numbers) === size, `${called} are ${sumOf(numbers)} values, of ${size}`)
  return { low: from, high: to, counts: numbers }
}

function doublesOf(list: unknown): Float64Array {
  if (!Array.isArray(list)) return new Float64Array()
  return Float64Array.from(list as readonly unknown[], (value) =>
    typeof value === 'number' || value === 'Infinity' || value === '-Infinity' ? Number(value) + 0 : NaN,
  )
}

function textsOf(value: unknown, size: number | undefined, called: string, need: Need): TextCounts {
  const { texts, counts, other } = isObject(value) ? value : {}
  const isList = Array.isArray(texts) && texts.every((text) => typeof text === 'string')
  const areCounts = Array.isArray(counts) && counts.every((count) => isCount(count) && count > 0)
  need(isList && areCounts && texts.length === counts.length && isCount(other), `${called} are no texts with counts`)
  const found = { texts: texts as string[], counts: counts as number[], other: other as number }
  if (!isList || !areCounts || !isCount(other)) return { texts: [], counts: [], other: 0 }
  need(new Set(found.texts).size === found.texts.length, `${called} have a text twice`)
  need(size === undefined || sumOf(found.counts) + other === size, `${called} do not sum up to ${size}`)
  return found
}

function sumOf(counts: ArrayLike<number>): number {
  return Array.from(counts).reduce((sum, count) => sum + count, 0)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function wrong(where: string, problems: readonly string[]): Error {
  return failure('DS_REFERENCE_PROFILE', `${where} is no reference profile: ${problems.join('; ')}`, { where })
}
