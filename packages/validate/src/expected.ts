import type { Measure, ValuesCheck } from './table-check.ts'

/** A range in words: `>= 10 and <= 20`, `> 0`. */
export function rangeWords(
  min: number | undefined,
  max: number | undefined,
  aboveMin: boolean,
  belowMax: boolean,
): string {
  const low = min === undefined ? undefined : `${aboveMin ? '>' : '>='} ${min}`
  const high = max === undefined ? undefined : `${belowMax ? '<' : '<='} ${max}`
  return [low, high].filter((part) => part !== undefined).join(' and ')
}

/** What a measure is called in reports: `mean`, `quantile 0.9`. */
export function measureName(measure: Measure): string {
  if (typeof measure === 'string') return measure
  return 'quantile' in measure ? `quantile ${measure.quantile}` : 'divergence'
}

/** What a check of a column's values is called in reports, and the values that it names. */
export function valuesAsked({ contains, equals, mostFrequentIn }: ValuesCheck): {
  readonly check: string
  readonly list: NonNullable<ValuesCheck['contains']>
} {
  if (contains) return { check: 'contains', list: contains }
  return equals ? { check: 'values_are', list: equals } : { check: 'most_frequent', list: mostFrequentIn ?? [] }
}
