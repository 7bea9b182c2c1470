import type { Engine, QueryOptions, Row } from './engine.ts'
import { factValue, type FactValue } from './fact-value.ts'
import type { Relation } from './relation.ts'
import { isNumeric, type Column, type ColumnType } from './schema.ts'
import { ident } from './sql.ts'

/** What one column holds. */
export interface ColumnProfile {
  readonly name: string
  readonly type: ColumnType
  /** Rows without a value. */
  readonly nulls: number
  /** Different values, nulls apart. */
  readonly distinct: number
  /** Smallest and largest value; null where there is none. */
  readonly min: FactValue
  readonly max: FactValue
  /** Numbers only, NaN and ±Infinity apart; the standard deviation is the sample's (n − 1), null below two values
   * and where a value lies beyond ±1e150. The mean is null where the sum is beyond a double. */
  readonly mean?: number | null
  readonly sd?: number | null
  /** Numbers only: quartiles by linear interpolation (R type 7), NaN and ±Infinity apart. */
  readonly quartiles?: readonly [number, number, number] | null
}

/** What a frame holds. */
export interface Profile {
  readonly rows: number
  readonly columns: readonly ColumnProfile[]
}

/** Beyond this size the square of a number is none; the engine would refuse the whole query. */
const SQUARABLE = '1e150'

/** Types whose values have an order and a short text. */
const ORDERED: ReadonlySet<ColumnType> = new Set([
  'boolean',
  'integer',
  'decimal',
  'float',
  'string',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'uuid',
])

/** Columns of one query. The engine's planning of one takes longer than squarely with its aggregates, and is deaf meanwhile. */
const COLUMNS_AT_ONCE = 16

/** Computes a profile: one pass over the rows for every few columns. */
export async function profileOf(
  engine: Engine,
  relation: Relation,
  columns: readonly Column[],
  options?: QueryOptions,
): Promise<Profile> {
  const profiles: ColumnProfile[] = []
  let rows = 0
  for (let from = 0; from === 0 || from < columns.length; from += COLUMNS_AT_ONCE) {
    const some = columns.slice(from, from + COLUMNS_AT_ONCE)
    const aggregates = ['count(*) AS rows', ...some.flatMap(columnAggregates)]
    const [row] = await engine.query(`SELECT ${aggregates.join(', ')} FROM ${relation.from.text}`, options)
    const values = row ?? {}
    rows = Number(values['rows'])
    profiles.push(...some.map((column, at) => columnProfile(column, at, rows, values)))
  }
  return { rows, columns: profiles }
}

function columnAggregates(column: Column, at: number): string[] {
  const name = ident(column.name).text
  const list = [`count(${name}) AS count_${at}`, `count(DISTINCT ${name}) AS distinct_${at}`]
  if (ORDERED.has(column.type)) {
    const kept = column.type === 'float' ? ` FILTER (NOT isnan(${name}))` : ''
    list.push(`min(${name})${kept} AS min_${at}`, `max(${name})${kept} AS max_${at}`)
  }
  if (isNumeric(column)) {
    const value = `CAST(${name} AS DOUBLE)`
    const kept = `FILTER (isfinite(${value}))`
    list.push(
      `avg(${value}) ${kept} AS mean_${at}`,
      `CASE WHEN max(abs(${value})) ${kept} < ${SQUARABLE} THEN ` +
        `stddev_samp(${value}) FILTER (abs(${value}) < ${SQUARABLE}) END AS sd_${at}`,
      `quantile_cont(${value}, [0.25, 0.5, 0.75]) ${kept} AS quartiles_${at}`,
    )
  }
  return list
}

function columnProfile(column: Column, at: number, rows: number, values: Row): ColumnProfile {
  const general = {
    name: column.name,
    type: column.type,
    nulls: rows - Number(values[`count_${at}`]),
    distinct: Number(values[`distinct_${at}`]),
    min: factValue(values[`min_${at}`], column.type),
    max: factValue(values[`max_${at}`], column.type),
  }
  if (!isNumeric(column)) return general
  return {
    ...general,
    mean: Number.isFinite(values[`mean_${at}`]) ? (values[`mean_${at}`] as number) : null,
    sd: (values[`sd_${at}`] as number | null) ?? null,
    quartiles: (values[`quartiles_${at}`] as [number, number, number] | null) ?? null,
  }
}
