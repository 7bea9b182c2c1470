import { isSql, nearest } from '@dayshift/core'
import type { z } from 'zod'
import type { $ZodType } from 'zod/v4/core'
import { columnsOf } from './checks/object.ts'
import { rulesOf, type ColumnRules } from './checks/rules.ts'
import type { ColumnOptions, Strictness } from './column.ts'
import { contradictions } from './contradictions.ts'
import {
  isMeasureCheck,
  isRefineCheck,
  isRowCheck,
  MEASURES,
  type MeasureCheck,
  type Partition,
  type Reference,
  type RowCount,
  type TableCheck,
  type UniqueKey,
} from './table-check.ts'

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
    ...known(Object.keys(options), 'options'),
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
    ...twice(checks.flatMap((check) => (isRefineCheck(check) ? [check.name] : []))).map(
      (name) => `checks: two of them are called '${name}', which reports could not tell apart`,
    ),
    ...unique.flatMap((key) => twice(key.columns).map((name) => `unique: '${name}' stands twice in a key`)),
    ...[rows?.min, rows?.max].flatMap((bound) =>
      typeof bound === 'number' && !Number.isInteger(bound) && Number.isFinite(bound)
        ? [`rows: there are no ${bound} rows`]
        : [],
    ),
    ...checks.flatMap((check) => (isMeasureCheck(check) ? measureProblems(check, schemas) : [])),
  ]
}

/** What stands more than once. */
function twice(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))]
}

/** Measures that are of numbers. */
const OF_NUMBERS: ReadonlySet<unknown> = new Set(['min', 'max', 'sum', 'mean', 'median', 'sd'])

/** Numbers that are measured of what holds none. */
function measureProblems({ column, measure }: MeasureCheck, schemas: readonly [string, $ZodType][]): string[] {
  const schema = schemas.find(([name]) => name === column)?.[1]
  const { type, values = [] } = (schema && rulesOf(column, schema).plain) ?? {}
  const isOther = type === 'values' ? values.every((value) => typeof value === 'string') : type !== 'number'
  const ofNumbers =
    typeof measure === 'string' ? OF_NUMBERS.has(measure) : !('divergence' in measure) || 'bins' in measure.divergence
  if (type === undefined || !isOther || !ofNumbers) return []
  const name = typeof measure === 'string' ? measure : 'quantile' in measure ? 'quantile' : 'divergence'
  return [
    `checks of ${column}: ${name} is measured of numbers, and the column is of type ${type === 'values' ? 'string' : type}`,
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
  if (isRefineCheck(check)) {
    const { name, refine, columns } = check
    return [
      ...(name === undefined ? ['checks: a refinement has a name, by which reports call it'] : []),
      ...(refine === undefined ? [`checks: '${name}' has no refine`] : []),
      ...(columns?.length === 0 ? [`checks: '${name}' looks at no column`] : known(columns ?? [], 'checks')),
      ...strictnessProblems(check, 'checks'),
    ]
  }
  const place = `checks of ${check.column}`
  const common = [...known([check.column], 'checks'), ...strictnessProblems(check, place)]
  if (isMeasureCheck(check)) {
    const { measure, min, max } = check
    if (typeof measure === 'string' && !MEASURES.includes(measure)) {
      return [
        ...common,
        `${place}: there is no measure '${measure}', but ${MEASURES.join(', ')}, { quantile }, { divergence }`,
      ]
    }
    const share = typeof measure === 'object' && 'quantile' in measure ? measure.quantile : 0
    const partition = typeof measure === 'object' && 'divergence' in measure ? measure.divergence : undefined
    return [
      ...common,
      ...(min === undefined && max === undefined ? [`${place}: give min, max or both`] : boundsProblems(check, place)),
      ...(share >= 0 && share <= 1 ? [] : [`${place}: the quantile ${share} is not between 0 and 1`]),
      ...(partition ? partitionProblems(partition).map((problem) => `${place}: ${problem}`) : []),
    ]
  }
  const lists = [check.contains, check.equals, check.mostFrequentIn].filter((list) => list !== undefined)
  return [...common, ...(lists.length === 1 ? [] : [`${place}: give one of contains, equals and mostFrequentIn`])]
}

/** What cannot be in a distribution that is asked for, in words. */
function partitionProblems(partition: Partition): string[] {
  const { weights } = partition
  if (!Array.isArray(weights)) return ['a divergence is from { values, weights } or { bins, weights }']
  const positive =
    weights.every((weight) => weight >= 0 && Number.isFinite(weight)) && weights.some((weight) => weight > 0)
  const bins = 'bins' in partition ? partition.bins : undefined
  const parts = 'bins' in partition ? partition.bins.length - 1 : partition.values.length
  return [
    ...(positive ? [] : ['weights are numbers that are not negative, and one of them more than 0']),
    ...(parts === weights.length ? [] : [`there are ${weights.length} weights for ${parts} parts`]),
    ...(bins?.some((bound, at) => at > 0 && !(bound > (bins[at - 1] as number))) ? ['bins ascend'] : []),
  ]
}

function strictnessProblems({ severity, mostly }: Strictness, place: string): string[] {
  return [
    ...(severity === undefined || severity === 'error' || severity === 'warn'
      ? []
      : [`${place}: the severity is error or warn, not ${String(severity)}`]),
    ...(mostly === undefined || (typeof mostly === 'number' && mostly >= 0 && mostly <= 1)
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
