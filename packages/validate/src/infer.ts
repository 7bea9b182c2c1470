import {
  ident,
  type ColumnProfile,
  type ColumnType,
  type FactValue,
  type Frame,
  type QueryOptions,
} from '@dayshift/core'
import { objectKinds, type ObjectKinds } from './object-kinds.ts'
import { z } from 'zod'
import type { ColumnOptions } from './column.ts'

/**
 * How sure the rules of a column are that were inferred: `likely` are those that 100 values or more speak for, of lists of
 * values those of which each came five times or more. Of 100 values that all keep to a rule, one can be 95 % sure that no more than
 * 3 in 100 of all break it (the rule of three, 3 / n).
 */
export type Confidence = 'likely' | 'guess'

/** What was inferred for a column. */
export interface InferredColumn {
  readonly name: string
  /** The schema, as TypeScript: `z.int().min(0).nullable()`. */
  readonly schema: string
  readonly options: ColumnOptions
  /** What in the data speaks for it. */
  readonly evidence: string
  readonly confidence: Confidence
}

/** A contract that was inferred from data, as plain data. */
export interface Inference {
  /** What it was inferred from. */
  readonly source: string
  readonly rows: number
  readonly columns: readonly InferredColumn[]
}

/** How to infer. */
export interface InferOptions extends QueryOptions {
  /** Whether the ranges seen become bounds, rather than only their sign. Default: false. */
  readonly tight?: boolean | undefined
}

/** Most values of an enum, and the least rows that each should have on average. */
const MOST_OPTIONS = 20
const ROWS_PER_OPTION = 5

/** From so many values on, what all of them have is likely a rule. */
const MANY_VALUES = 100

/** So large a share of texts that have a form is told, though some have it not. */
const NEARLY_ALL = 0.95

/** Characters of a text that has it not, which are told. */
const SHOWN = 40

/** Different texts that are looked at to tell their format. */
const LOOKED_AT = 10_000

/** Forms of texts, the more special first. */
const FORMATS: readonly (readonly [schema: string, holds: (text: string) => boolean])[] = [
  ['z.uuid()', holds(z.uuid())],
  ['z.email()', holds(z.email())],
  ['z.iso.datetime({ offset: true })', holds(z.iso.datetime({ offset: true }))],
  ['z.iso.date()', holds(z.iso.date())],
  ['z.ipv4()', holds(z.ipv4())],
  ['z.url()', (text) => /^[a-z][a-z0-9+.-]*:\/\//i.test(text) && z.url().safeParse(text).success],
]

function holds(schema: z.ZodType): (text: string) => boolean {
  return (text) => schema.safeParse(text).success
}

/**
 * Infers a contract from data: types, missing values, signs of numbers, lists of values, formats of texts, keys. All of the
 * data meets it. What is written is meant to be read and corrected: data that is good today shows no rule by itself.
 *
 * @example console.log(contractSource(await infer(await open('employees.csv'))))
 */
export async function infer(frame: Frame, options: InferOptions = {}): Promise<Inference> {
  const { tight = false, ...query } = options
  const profile = await frame.profile({ ...query, top: MOST_OPTIONS, bins: 1, quantiles: [] })
  const kinds = await objectKinds(frame, query)
  const columns: InferredColumn[] = []
  let keyed = false
  for (const column of profile.columns) {
    const inferred = await inferColumn(
      frame,
      column,
      { rows: profile.rows, tight, keyed, kinds: kinds.get(column.name) },
      query,
    )
    keyed ||= inferred.options.primaryKey === true
    columns.push(inferred)
  }
  return { source: frame.dataset.name, rows: profile.rows, columns }
}

async function inferColumn(
  frame: Frame,
  column: ColumnProfile,
  { rows, tight, keyed, kinds }: Known,
  query: QueryOptions,
): Promise<InferredColumn> {
  const { name, nulls, distinct } = column
  const filled = rows - nulls
  const {
    schema,
    evidence,
    rarest = ROWS_PER_OPTION,
  }: Found = filled === 0
    ? { schema: 'z.any()', evidence: 'no values' }
    : kinds && kinds.kinds.length > 1
      ? mixed(kinds)
      : await schemaOf(frame, column, filled, tight, query)
  const different = filled > 1 && distinct === filled
  const isKey = different && isKeyLike(column)
  const options: ColumnOptions = !isKey ? {} : nulls === 0 && !keyed ? { primaryKey: true } : { unique: true }
  return {
    name,
    schema: nulls > 0 && filled > 0 ? `${schema}.${wordOfMissing(kinds)}()` : schema,
    options,
    evidence: [
      evidence,
      // Of texts their number tells it.
      ...(isKey || (different && column.type !== 'string') ? ['all different'] : []),
      ...(nulls > 0 && filled > 0 ? [missingWords(nulls, rows)] : []),
    ].join(', '),
    confidence: filled >= MANY_VALUES && rarest >= ROWS_PER_OPTION ? 'likely' : 'guess',
  }
}

/** What speaks for a schema. */
interface Found {
  readonly schema: string
  readonly evidence: string
  /** Of a list of values: how often the rarest came. */
  readonly rarest?: number | undefined
}

/** What is known besides a column's profile. */
interface Known {
  readonly rows: number
  readonly tight: boolean
  /** Whether there is a primary key. */
  readonly keyed: boolean
  /** JSON files only. */
  readonly kinds: ObjectKinds | undefined
}

/** Values of several kinds in one column of JSON. */
function mixed({ kinds }: ObjectKinds): Found {
  const evidence = `values of several kinds: ${kinds.map((kind) => (kind === 'any' ? 'lists or objects' : `${kind}s`)).join(', ')}`
  if (kinds.includes('any')) return { schema: 'z.any()', evidence }
  return { schema: `z.union([${kinds.map((kind) => `z.${kind}()`).join(', ')}])`, evidence }
}

/** JSON tells `null` from a key that is not there. */
function wordOfMissing(kinds: ObjectKinds | undefined): string {
  if (!kinds?.lacks) return 'nullable'
  return kinds.nulls ? 'nullish' : 'optional'
}

/** Whether a column that has no value twice is one that should not: by its name, where its type says it of anything. */
function isKeyLike({ name, type }: ColumnProfile): boolean {
  if (type === 'uuid') return true
  return (
    (type === 'integer' || type === 'string') &&
    /(^|[_\W])(id|key|uuid|code|number|no|nr|email|e_mail)$|[a-z](Id|Key|Uuid)$/i.test(name)
  )
}

async function schemaOf(
  frame: Frame,
  column: ColumnProfile,
  filled: number,
  tight: boolean,
  query: QueryOptions,
): Promise<Found> {
  const { type, min, max } = column
  const range = `${String(min)} … ${String(max)}`
  switch (type) {
    case 'boolean':
      return { schema: 'z.boolean()', evidence: 'true or false' }
    case 'integer':
      return typeof min === 'number' && typeof max === 'number'
        ? { schema: `z.int()${bounds(min, max, tight)}`, evidence: range }
        : { schema: 'z.bigint()', evidence: range }
    case 'float':
    case 'decimal':
      return numbers(column, tight, range)
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return { schema: isDay(min) && isDay(max) ? 'z.date()' : 'z.any()', evidence: range }
    case 'string':
      return texts(frame, column, filled, query)
    case 'uuid':
      return { schema: 'z.uuid()', evidence: 'UUIDs' }
    default:
      return { schema: 'z.any()', evidence: typeWords(type) }
  }
}

/** Infinite days are no dates to JavaScript. */
function isDay(value: FactValue): boolean {
  return typeof value === 'string' && /^\d{4}-/.test(value)
}

function numbers(column: ColumnProfile, tight: boolean, range: string): Found {
  const { nans = 0, infinite = 0 } = column
  // Decimal numbers of many digits are texts.
  const [min, max] = [column.min, column.max].map((bound) => (typeof bound === 'string' ? Number(bound) : bound))
  // To Zod neither NaN nor Infinity is a number.
  if (nans > 0 || infinite > 0 || !Number.isFinite(min) || !Number.isFinite(max))
    return { schema: 'z.any()', evidence: `${range}, NaN or infinity among them` }
  return { schema: `z.number()${bounds(min as number, max as number, tight)}`, evidence: range }
}

function bounds(min: number, max: number, tight: boolean): string {
  if (tight) return `.min(${min}).max(${max})`
  return min > 0 ? '.positive()' : min === 0 ? '.nonnegative()' : ''
}

async function texts(
  frame: Frame,
  { name, distinct, top, lengths }: ColumnProfile,
  filled: number,
  query: QueryOptions,
): Promise<Found> {
  const options = top?.map(({ value }) => value)
  const shown = options?.every((value) => typeof value === 'string' && !value.endsWith('…'))
  if (options && shown && distinct === options.length && filled >= distinct * ROWS_PER_OPTION) {
    const list = (options as string[]).toSorted().map((value) => JSON.stringify(value))
    const rarest = top?.at(-1)?.count
    const evidence = `${counted(distinct, 'different value')}, the rarest ${counted(rarest ?? 0, 'time')}`
    return { schema: `z.enum([${list.join(', ')}])`, evidence, rarest }
  }
  const column = ident(name).text
  const found = await frame.engine.query(
    `SELECT DISTINCT ${column} AS v FROM ${frame.relation.from.text} WHERE ${column} IS NOT NULL LIMIT ${LOOKED_AT + 1}`,
    query,
  )
  const values = found.map(({ v }) => String(v))
  // A format that some of the values were not looked at for would be a promise about them.
  const format = values.length <= LOOKED_AT ? FORMATS.find(([, fits]) => values.every(fits))?.[0] : undefined
  const { min = 0, max = 0 } = lengths ?? {}
  const size = min === max ? counted(min, 'character') : `${min} to ${max} characters`
  const evidence = `${counted(distinct, 'different value')} of ${size}`
  if (format !== undefined) return { schema: format, evidence }
  const nearly = values.length <= LOOKED_AT ? nearlyOf(values) : []
  return { schema: `z.string()${min > 0 ? '.min(1)' : ''}`, evidence: [evidence, ...nearly].join(', ') }
}

/** The form that nearly all texts have, with one that has it not: either the data is wrong there, or there is no such rule. */
function nearlyOf(values: readonly string[]): string[] {
  for (const [schema, fits] of FORMATS) {
    const others = values.filter((value) => !fits(value))
    if (others.length > values.length * (1 - NEARLY_ALL)) continue
    const [first = ''] = others
    const shown = first.length > SHOWN ? `${first.slice(0, SHOWN)}…` : first
    return [`all but ${others.length.toLocaleString('en-US')} are ${schema}: ${JSON.stringify(shown)} is not`]
  }
  return []
}

function counted(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}

function missingWords(nulls: number, rows: number): string {
  const share = (nulls / rows) * 100
  return `${share < 0.1 ? 'under 0.1' : share.toFixed(share < 10 ? 1 : 0)} % missing`
}

function typeWords(type: ColumnType): string {
  return type === 'unknown' ? 'a type of the engine' : `${type} values`
}
