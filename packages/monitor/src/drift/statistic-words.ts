import type { Judged } from './judge.ts'

/** What a detector measures, as a person names it. */
const MEASURES: Readonly<Record<string, string>> = {
  ks: 'D',
  datetime: 'D',
  'text-length': 'D of lengths',
  'chi-square': 'distance',
  'total-variation': 'distance',
  'text-pattern': 'distance of forms',
  vocabulary: 'change of a word',
  categories: 'share of rows',
  'null-rate': 'change of the missing',
  range: 'outside',
  'unit-change': 'D',
  constant: 'other values',
  'duplicate-rate': 'repeated',
}

/** A detector's measure and its value: `D = 0.75`. The effect where there is one, since that is what counts. */
export function statisticWords({ detector, outcome }: Judged): string {
  const value = outcome.effect ?? outcome.statistic
  return `${MEASURES[detector.name] ?? detector.name} = ${Number(value.toPrecision(3))}`
}
