import { isSql, nearest } from '@dayshift/core'
import type { z } from 'zod'
import { columnsOf, isZodObject, isZodSchema, rulesOf, type ColumnRules } from './checks.ts'
import type { ColumnOptions, Strictness } from './column.ts'
import { contradictions } from './contradictions.ts'
import {
  isMeasureCheck,
  isRowCheck,
  MEASURES,
  type Reference,
  type RowCount,
  type TableCheck,
  type UniqueKey,
} from './table-check.ts'

/** What may be said, by place: anything else is misspelt, and would be passed over. */
const KNOWN = {
  contract: words('name description columns patterns extra ordered missing unique references rows checks notes'),
  column: words(
    'severity mostly schema warnings coerce forbidden physicalType unique primaryKey missing description pii',
  ),
  pattern: words('name column required'),
  unique: words('severity mostly columns'),
  reference: words('severity mostly columns to on both'),
  rows: words('min max'),
  condition: words('severity mostly that when name message'),
  measure: words('severity column measure min max exclusiveMin exclusiveMax'),
  values: words('severity column contains equals mostFrequentIn'),
}

function words(text: string): string[] {
  return text.split(' ')
}

/** What a contract says. */
interface Said {
  readonly columns: z.ZodObject
  readonly patterns: readonly { readonly name: unknown }[]
  readonly options: Readonly<Record<string, ColumnOptions>>
  readonly unique: readonly UniqueKey[]
  readonly references: readonly Reference[]
  readonly rows: RowCount | undefined
  readonly checks: readonly TableCheck[]
}

interface Bounds {
  readonly min?: number | undefined
  readonly max?: number | undefined
}

/** What is misspelt in a definition, or of another shape than it must be. */
export function shapeProblems(definition: object): string[] {
  const { columns, patterns, unique, references, rows, checks } = definition as Readonly<Record<string, unknown>>
  const byName = isObject(columns) && !('_zod' in columns) ? Object.entries(columns) : []
  return [
    ...unknownKeys(definition, KNOWN.contract, 'the contract'),
    ...(namesUnseen(columns) ? [`columns: ${UNSEEN_PROBLEM}`] : []),
    ...byName.flatMap(([name, column]) =>
      isObject(column) && !('_zod' in column) ? unknownKeys(column, KNOWN.column, `the column '${name}'`) : [],
    ),
    ...listProblems(patterns, 'patterns', KNOWN.pattern),
    ...listProblems(unique, 'unique', KNOWN.unique, Array.isArray, "a list of columns, as ['a', 'b']"),
    ...listProblems(references, 'references', KNOWN.reference),
    ...(rows === undefined ? [] : isObject(rows) ? unknownKeys(rows, KNOWN.rows, 'rows') : ['rows: give { min, max }']),
    ...listProblems(checks, 'checks', undefined, isSql, 'sql`a < b`, or an object'),
  ]
}

/** The name of a column that Zod does not look at: to objects it is what they inherit from. */
export const UNSEEN = '__proto__'

/** Why there can be no rules for such a column. */
export const UNSEEN_PROBLEM = `Zod does not look at '${UNSEEN}': rename that column as the data is read`

/** Whether columns name one that Zod does not look at, in brackets or as what they inherit from. */
function namesUnseen(columns: unknown): boolean {
  if (!isObject(columns)) return false
  const shape: object = isZodObject(columns) ? columns._zod.def.shape : columns
  const inherited = Object.getPrototypeOf(shape) as { readonly schema?: unknown } | null
  return Object.hasOwn(shape, UNSEEN) || isZodSchema(inherited) || isZodSchema(inherited?.schema)
}

function listProblems(
  list: unknown,
  place: string,
  known: readonly string[] | undefined,
  isOther: (item: unknown) => boolean = () => false,
  other = 'an object',
): string[] {
  if (list === undefined) return []
  if (!Array.isArray(list)) return [`${place}: give a list`]
  return (list as unknown[]).flatMap((item) => {
    if (isOther(item)) return []
    if (!isObject(item)) return [`${place}: ${JSON.stringify(item)} is not ${other}`]
    const keys = known ?? ('that' in item ? KNOWN.condition : 'measure' in item ? KNOWN.measure : KNOWN.values)
    return unknownKeys(item, keys, place)
  })
}

function unknownKeys(given: object, known: readonly string[], place: string): string[] {
  return Object.keys(given).flatMap((key) => {
    if (known.includes(key)) return []
    const near = nearest(key, known)
    return [
      `${place}: there is no option '${key}'${near === undefined ? `, but ${known.join(', ')}` : ` (did you mean '${near}'?)`}`,
    ]
  })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Warnings of checks that the column does not make; of schemas with code the checks are not all known. */
function optionProblems(
  name: string,
  { plain, checks }: ColumnRules,
  { warnings = [], forbidden }: ColumnOptions,
): string[] {
  const unknown = plain ? warnings.filter((check) => !checks.includes(check)) : []
  const values = plain?.values
  const isEmpty =
    values !== undefined && forbidden !== undefined && values.every((value) => forbidden.includes(value as string))
  return [
    ...unknown.map((check) => `${name}: there is no check '${check}' to warn of, but ${checks.join(', ')}`),
    ...(isEmpty ? [`${name}: every value that it lists is forbidden`] : []),
    ...((forbidden ?? []).every(isValue)
      ? []
      : [
          `${name}: 'forbidden' lists values; that there must be one is said by a schema without nullable and optional`,
        ]),
  ]
}

/** All that cannot be in a contract, in words: bounds that no value meets, names that are not there. */
export function problemsOf({ columns, patterns, options, unique, references, rows, checks }: Said): string[] {
  const schemas = columnsOf(columns)
  const names = schemas.map(([name]) => name)
  const known = (wanted: readonly string[], place: string): string[] =>
    wanted.flatMap((name) => {
      if (names.includes(name)) return []
      const near = nearest(name, names)
      return [`${place}: there is no column '${name}'${near === undefined ? '' : ` (did you mean '${near}'?)`}`]
    })
  return [
    ...schemas.flatMap(([name, schema]) => contradictions(schema).map((problem) => `${name}: ${problem}`)),
    ...Object.entries(options).flatMap(([name, own]) => strictnessProblems(own, name)),
    ...patterns.flatMap(({ name }) => (name instanceof RegExp ? [] : ['patterns: a name is a regular expression'])),
    ...schemas.flatMap(([name, schema]) => optionProblems(name, rulesOf(name, schema), options[name] ?? {})),
    ...schemas.flatMap(([name, schema]) =>
      options[name]?.primaryKey && rulesOf(name, schema).acceptsMissing
        ? [`${name}: a primary key is never missing, and the schema lets it be`]
        : [],
    ),
    ...unique.flatMap((key) => [
      ...(key.columns.length === 0 ? ['unique: a key needs a column'] : known(key.columns, 'unique')),
      ...strictnessProblems(key, 'unique'),
    ]),
    ...references.flatMap((reference) => [
      ...(reference.columns.length === 0
        ? ['references: a key needs a column']
        : known(reference.columns, 'references')),
      ...((reference.on ?? reference.columns).length === reference.columns.length
        ? []
        : ['references: columns and on are as many']),
      ...strictnessProblems(reference, 'references'),
    ]),
    ...boundsProblems({ min: 0, ...rows }, 'rows'),
    ...(Math.min(rows?.min ?? 0, rows?.max ?? 0) < 0 ? ['rows: there are never fewer than none'] : []),
    ...checks.flatMap((check) => checkProblems(check, known)),
  ]
}

function checkProblems(check: TableCheck, known: (names: readonly string[], place: string) => string[]): string[] {
  if (isRowCheck(check)) {
    const sql = isSql(check.that) && (check.when === undefined || isSql(check.when))
    return [
      ...(sql ? [] : ['checks: that and when are pieces of SQL, as sql`a < b`']),
      ...strictnessProblems(check, 'checks'),
    ]
  }
  const place = `checks of ${check.column}`
  const common = [...known([check.column], 'checks'), ...strictnessProblems(check, place)]
  if (isMeasureCheck(check)) {
    const { measure, min, max } = check
    if (typeof measure === 'string' && !MEASURES.includes(measure)) {
      return [...common, `${place}: there is no measure '${measure}', but ${MEASURES.join(', ')}, { quantile }`]
    }
    const share = typeof measure === 'object' ? measure.quantile : 0
    return [
      ...common,
      ...(min === undefined && max === undefined ? [`${place}: give min, max or both`] : boundsProblems(check, place)),
      ...(share >= 0 && share <= 1 ? [] : [`${place}: the quantile ${share} is not between 0 and 1`]),
    ]
  }
  const lists = [check.contains, check.equals, check.mostFrequentIn].filter((list) => list !== undefined)
  return [...common, ...(lists.length === 1 ? [] : [`${place}: give one of contains, equals and mostFrequentIn`])]
}

function strictnessProblems({ severity, mostly }: Strictness, place: string): string[] {
  return [
    ...(severity === undefined || severity === 'error' || severity === 'warn'
      ? []
      : [`${place}: the severity is error or warn, not ${String(severity)}`]),
    ...(mostly === undefined || (mostly >= 0 && mostly <= 1)
      ? []
      : [`${place}: mostly ${mostly} is not between 0 and 1`]),
  ]
}

function boundsProblems({ min, max }: Bounds, place: string): string[] {
  const numbers = [min, max].every(
    (bound) => bound === undefined || (typeof bound === 'number' && !Number.isNaN(bound)),
  )
  if (!numbers) return [`${place}: min and max are numbers`]
  return min !== undefined && max !== undefined && min > max ? [`${place}: min ${min} is above max ${max}`] : []
}

/** Whether something is a value that a cell may have. */
function isValue(value: unknown): boolean {
  return (
    ['string', 'bigint', 'boolean'].includes(typeof value) ||
    (typeof value === 'number' && !Number.isNaN(value)) ||
    (value instanceof Date && !Number.isNaN(value.getTime()))
  )
}
