import { literal } from '@dayshift/core'
import type { Measure, Partition } from '../table-check.ts'

/** A column that something is measured of, in SQL. */
export interface Measured {
  readonly column: string
  readonly isNumber: boolean
  /** What is equal for cells which are the same value. */
  readonly same: string
}

/** SQL of what is measured over all rows. */
export function measureSql(measure: Measure, { column, isNumber, same }: Measured): string {
  const value = isNumber ? `CAST(${column} AS DOUBLE)` : `TRY_CAST(CAST(${column} AS VARCHAR) AS DOUBLE)`
  const finite = `(CASE WHEN isfinite(${value}) THEN ${value} END)`
  if (typeof measure === 'object') {
    if ('quantile' in measure) return `quantile_cont(${finite}, ${literal(measure.quantile).text})`
    return divergence(measure.divergence, column, finite)
  }
  switch (measure) {
    case 'mean':
      return `fsum(${finite}) / count(${finite})`
    case 'sum':
      return `fsum(${finite})`
    case 'median':
      return `quantile_cont(${finite}, 0.5)`
    case 'sd':
      return `stddev_samp(${finite})`
    case 'min':
    case 'max':
      return `${measure}(${finite})`
    case 'distinct':
      return `count(DISTINCT ${same})`
    case 'distinct_share':
      return `count(DISTINCT ${same}) / CAST(count(${column}) AS DOUBLE)`
    case 'nulls':
      return `count(*) - count(${column})`
    default:
      return `(count(*) - count(${column})) / CAST(count(*) AS DOUBLE)`
  }
}

/** Sum of p ln(p / q) over the parts, of the shares p that are there and q that should be; of an empty part it is 0. */
function divergence(partition: Partition, column: string, finite: string): string {
  const total = 'bins' in partition ? `count(${finite})` : `count(${column})`
  const weight = partition.weights.reduce((sum, one) => sum + one, 0)
  const conditions =
    'bins' in partition ? binConditions(partition.bins, finite) : valueConditions(partition.values, column, finite)
  const shares = conditions.map((condition) => `count(*) FILTER (${condition}) / CAST(${total} AS DOUBLE)`)
  const parts = shares.map((share, at) => {
    const wanted = (partition.weights[at] as number) / weight
    const part = wanted === 0 ? `CAST('Infinity' AS DOUBLE)` : `${share} * ln(${share} / CAST('${wanted}' AS DOUBLE))`
    return `CASE WHEN ${share} > 0 THEN ${part} ELSE 0 END`
  })
  const others = `CASE WHEN count(*) FILTER (${conditions.join(' OR ')}) < ${total} THEN CAST('Infinity' AS DOUBLE) ELSE 0 END`
  return `CASE WHEN ${total} > 0 THEN ${[...parts, others].join(' + ')} END`
}

function binConditions(bins: readonly number[], finite: string): string[] {
  return bins.slice(1).map((end, at) => {
    const [from, to] = [bins[at] as number, end].map((bound) => literal(bound).text)
    return `${finite} >= ${from} AND ${finite} ${at === bins.length - 2 ? '<=' : '<'} ${to}`
  })
}

function valueConditions(values: readonly (string | number | boolean)[], column: string, finite: string): string[] {
  return values.map((value) => {
    if (typeof value === 'number') return `${finite} = ${literal(value).text}`
    const text = `CAST(${column} AS VARCHAR)`
    return typeof value === 'boolean' ? `lower(${text}) = '${value}'` : `${text} = ${literal(value).text}`
  })
}
