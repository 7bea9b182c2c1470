import type { ClassifierFacts, CorrelationFacts, DriftFacts, SegmentFacts } from '@dayshift/core'
import { clip, table } from './table.ts'
import { count, printable, probability, short } from './words.ts'

/** Columns of a table of segments that a line has room for. */
const MOST_COLUMNS = 4

/** Pairs and features that a screen has room for. */
const MOST_ROWS = 8

/** Cells of the longest bar. */
const BAR = 16

/** Where drift comes from: in which segments, which pairs of columns, and what a classifier goes by. */
export function driftWhy({ segments, correlations, classifier }: DriftFacts, to: number): string[] {
  return [
    ...(segments ? segmentLines(segments, to) : []),
    ...(correlations && correlations.changedPairs > 0 ? correlationLines(correlations, to) : []),
    ...(classifier ? classifierLines(classifier, to) : []),
  ]
}

/** A line a segment, a column for each column that drifted: the effect there. */
function segmentLines({ by, segments }: SegmentFacts, to: number): string[] {
  const names = [...new Set(segments.flatMap(({ columns }) => columns.map(({ column }) => column)))]
  if (names.length === 0) return []
  const shown = names.slice(0, MOST_COLUMNS)
  const rows = segments.map(({ segment, referenceRows, currentRows, columns }) => [
    printable(segment === '' ? "''" : segment),
    referenceRows.toLocaleString('en-US'),
    currentRows.toLocaleString('en-US'),
    ...shown.map((name) => {
      const own = columns.find(({ column }) => column === name)
      if (own?.effect === undefined) return own?.drifted ? 'drifted' : '–'
      return `${short(Number(own.effect.toPrecision(2)))}${own.drifted ? ' drifted' : ''}`
    }),
  ])
  const left = names.length - shown.length
  return [
    '',
    ...table([[`by ${printable(by)}`, 'rows before', 'now', ...shown.map(printable)], ...rows], '  ', to),
    ...(left > 0 ? [`  … ${count(left, 'column')} more in JSON`] : []),
  ]
}

function correlationLines({ changes, changedPairs }: CorrelationFacts, to: number): string[] {
  const changed = changes.filter((one) => one.changed)
  const shown = changed.slice(0, MOST_ROWS)
  const rows = shown.map(({ columns, reference, current, adjustedPValue }) => [
    columns.map(printable).join(' and '),
    reference.toFixed(2),
    current.toFixed(2),
    probability(adjustedPValue),
  ])
  const left = changedPairs - shown.length
  return [
    '',
    ...table([['correlation of', 'before', 'now', 'p'], ...rows], '  ', to),
    ...(left > 0 ? [`  … ${count(left, 'pair')} more`] : []),
  ]
}

function classifierLines(facts: ClassifierFacts, to: number): string[] {
  const { auc, byChance, pValue, features, columns, referenceRows, currentRows } = facts
  const [low, high] = byChance.map((area) => area.toFixed(2))
  const shown = features.filter(({ importance }) => importance >= 0.005).slice(0, MOST_ROWS)
  const most = shown[0]?.importance ?? 1
  const rows = shown.map(({ column, importance }) => [
    printable(column),
    importance.toFixed(3),
    '█'.repeat(Math.max(1, Math.round((importance / most) * BAR))),
  ])
  const head = `classifier of ${count(columns, 'column')}, ${count(referenceRows, 'row')} and ${currentRows.toLocaleString('en-US')}: AUC ${auc.toFixed(3)}, by chance ${low} – ${high}, p ${probability(pValue)}`
  return [
    '',
    `  ${clip(head, to - 2)}`,
    ...(rows.length === 0 ? [] : table([['goes by', 'AUC lost without', ''], ...rows], '  ', to)),
  ]
}
