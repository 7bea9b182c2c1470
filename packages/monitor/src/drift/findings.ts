import type { CellShare, ColumnProfile, ClassifierFacts, CorrelationFacts, Finding, LearnedDrift } from '@dayshift/core'
import { LEAST_CLASSIFIED } from '../statistics/classifier-2samp.ts'
import type { Judged } from './judge.ts'
import { percent } from './moved.ts'
import type { ProfiledPair } from './plan.ts'
import { MOST_LISTED } from './single-cells.ts'
import { statisticWords } from './statistic-words.ts'

/** New or lost values that a finding names. */
const MOST_NAMED = 3

/** A column drifted: by how much, how surely, and where its values went. The first of what was found leads. */
export function columnDrifted(found: readonly Judged[]): Finding {
  const [lead, ...others] = found as [Judged, ...Judged[]]
  const { column } = lead.planned
  const also = others.map(({ detector, outcome }) => detector.name + (outcome.detail ? ` (${outcome.detail})` : ''))
  return {
    severity: 'warn',
    code: 'drift.column',
    column: column.name,
    message: `${column.name} drifted: ${statisticWords(lead)}, ${evidence(lead)}; ${changeOf(lead)}${also.length > 0 ? `; also ${also.join(', ')}` : ''}`,
    hint: `Compare the two sides of ${column.name}: a change in the source, in its unit, or in the world.`,
  }
}

/** A change that breaks what reads the column: another unit, or new and lost values. */
export function columnBroke(found: Judged): Finding {
  const { name } = found.planned.column
  return {
    severity: 'error',
    code: found.detector.name === 'categories' ? 'drift.category' : 'drift.break',
    column: name,
    message: `${name}: ${found.outcome.detail ?? valuesChanged(found)}; ${statisticWords(found)}, ${evidence(found)}`,
    hint:
      found.detector.name === 'categories'
        ? 'Teach what reads the data the new values, or find out why others are gone.'
        : 'Find out what changed in the source; convert the values, or take them as the new reference.',
  }
}

/** Values that are new or gone, though chance may explain it. */
export function valuesSeen(found: Judged): Finding {
  const { name } = found.planned.column
  return {
    severity: 'info',
    code: 'drift.values',
    column: name,
    message: `${name}: ${valuesChanged(found)}; so few rows that chance may explain it, or less than counts`,
  }
}

/** Columns that changed for certain, but by less than counts. */
export function smallChanges(found: readonly Judged[]): Finding {
  const told = found.map(
    (one) => `${one.planned.column.name} (${statisticWords(one)}, counts from ${short(one.minEffect)})`,
  )
  return {
    severity: 'info',
    code: 'drift.small',
    message: `changed for certain, but too little to count: ${listed(told, 10)}`,
    ...(found.length === 1 ? { column: (found[0] as Judged).planned.column.name } : {}),
  }
}

/** What would have counted, had the past not held it back. */
export function heldBack(found: Judged): Finding {
  const { name } = found.planned.column
  const { pValue, past, needed, alpha } = found.learned as LearnedDrift
  const why =
    pValue === undefined
      ? `calibrating: ${past} of ${needed} past comparisons are known`
      : `as large as usual: p by its own history = ${short(pValue)} of ${past} past comparisons, above ${short(alpha)}`
  return {
    severity: 'info',
    code: pValue === undefined ? 'drift.calibrating' : 'drift.usual',
    column: name,
    message: `${name}: ${statisticWords(found)}, ${evidence(found)}; ${why}`,
  }
}

/** So many columns drifted that the dataset as a whole did. */
export function datasetDrifted(drifted: readonly string[], compared: number, minShare: number): Finding {
  return {
    severity: 'error',
    code: 'drift.dataset',
    message: `${drifted.length} of ${compared} columns drifted (${percent(drifted.length / compared)}, limit ${percent(minShare)}): ${drifted.join(', ')}`,
    hint: 'Find out what changed before this data is used; if the change is right, take it as the new reference.',
  }
}

/** A column without values on a side. One that lost them all breaks what reads it. */
export function emptyColumn(column: string, [reference, current]: readonly [number, number]): Finding {
  const where = reference > 0 ? 'in the current data' : current > 0 ? 'in the reference' : 'on either side'
  const isSame = reference > 0 === current > 0
  return {
    severity: isSame ? 'info' : reference > 0 ? 'error' : 'warn',
    code: 'drift.column_empty',
    column,
    message: `${column} has no values ${where}, so they were not compared`,
    ...(isSame ? {} : { hint: `Find out why ${column} has values on the other side only.` }),
  }
}

/** NaN was left out. */
export function notANumber(column: string, [reference, current]: readonly [number, number]): Finding {
  return {
    severity: 'info',
    code: 'drift.not_a_number',
    column,
    message: `${column}: NaN taken as missing, ${reference} in the reference and ${current} in the current data`,
  }
}

/** Times that all lie after the reference's. */
export function movedOn(columns: readonly string[]): Finding {
  return {
    severity: 'info',
    code: 'drift.moved_on',
    message: `${columns.join(', ')}: all times lie after those of the reference, as newer data has it; their distribution was not compared`,
    ...(columns.length === 1 ? { column: columns[0] as string } : {}),
  }
}

/** Columns that no detector had anything to say of. */
export function notCompared(names: readonly string[]): Finding {
  const one = names.length === 1
  return {
    severity: 'info',
    code: 'drift.not_compared',
    message: `${names.length} ${one ? 'column was' : 'columns were'} not compared, since no detector fits: ${names.join(', ')}`,
  }
}

/** No column was compared. */
export function nothingCompared(): Finding {
  return {
    severity: 'warn',
    code: 'drift.nothing_compared',
    message: 'No column with values is on both sides, so nothing was compared',
    hint: 'Check that the reference is an earlier state of the same dataset.',
  }
}

/** Columns in which no drift could have been found, however large. */
export function noPower(found: readonly Judged[]): Finding {
  const [{ threshold, profiled, tests }] = found as [Judged]
  const smallest = Math.min(
    ...found.map(({ outcome }) => ('smallestPValue' in outcome ? (outcome.smallestPValue ?? 0) : 0)),
  )
  const reason =
    smallest > threshold
      ? `the smallest possible p is ${short(smallest)}, above alpha ${short(threshold)}`
      : `no p-value is as small as it must be among ${tests} tests`
  return tooFewRows(found, `with ${sizesOf(profiled)} no drift could be detected; ${reason}`)
}

/** Columns in which a drift that counts may have gone unseen. */
export function littlePower(found: readonly Judged[]): Finding {
  const [{ minEffect, profiled, smallestDetectable }] = found as [Judged]
  const measure = found.every(({ planned }) => planned.kind === 'categories') ? 'a distance' : 'D'
  const least = found.map((one) => one.smallestDetectable as number)
  const ends = [Math.min(...least), Math.max(...least)] as const
  const isAlike = ends[0] === ends[1]
  const sizes = isAlike ? `with ${sizesOf(profiled)} ` : ''
  const range = isAlike ? short(smallestDetectable as number) : `${short(ends[0])} to ${short(ends[1])}`
  const seen = `the smallest difference that shows in 8 of 10 cases is ${measure} = ${range}`
  return tooFewRows(found, `${sizes}${seen}, and ${short(minEffect)} would count`)
}

function tooFewRows(found: readonly Judged[], reason: string): Finding {
  const columns = [...new Set(found.map((one) => one.planned.column.name))]
  return {
    severity: 'info',
    code: 'drift.too_few_rows',
    message: `${listed(columns, 10)}: too few rows to decide: ${reason}`,
    hint: 'Compare more rows.',
    ...(columns.length === 1 ? { column: columns[0] as string } : {}),
  }
}

function sizesOf({ rows, profiles }: ProfiledPair): string {
  const [n, m] = [rows[0] - profiles[0].nulls, rows[1] - profiles[1].nulls]
  return `${n} value${n === 1 ? '' : 's'} against ${m}`
}

/** `new: XX (12 % of the rows); gone: YY (3 %)`. */
function valuesChanged({ outcome: { newValues = [], lostValues = [] } }: Judged): string {
  return [
    ...cellsTold(newValues.length === 1 ? 'new value' : 'new values', newValues, 'current'),
    ...cellsTold('gone:', lostValues, 'reference'),
  ].join('; ')
}

function cellsTold(word: string, cells: readonly CellShare[], side: 'reference' | 'current'): string[] {
  if (cells.length === 0) return []
  const told = cells.slice(0, MOST_NAMED).map((cell) => `${quoted(cell.cell)} (${percent(cell[side])} of the rows)`)
  // Beyond these they were not all listed.
  const left = cells.length === MOST_LISTED ? 'more' : `${cells.length - MOST_NAMED} more`
  return [`${word} ${told.join(', ')}${cells.length > MOST_NAMED ? ` and ${left}` : ''}`]
}

function quoted(value: string): string {
  return value === '' ? "''" : value.length > 40 ? `${value.slice(0, 40)}…` : value
}

function listed(parts: readonly string[], most: number): string {
  const left = parts.length - most
  return left > 0 ? `${parts.slice(0, most).join(', ')} and ${left} more` : parts.join(', ')
}

/** In plain words, what changed: what the detector says, else how the centre moved. */
function changeOf({ outcome, profiled, planned }: Judged): string {
  const constant = constantWords(...profiled.profiles)
  if (constant !== undefined) return constant
  const moved = outcome.moved?.map(
    ({ cell, reference, current }) => `${quoted(cell)} ${percent(reference)} → ${percent(current)}`,
  )
  const told = outcome.detail ?? moved?.slice(0, 3).join(', ')
  if (planned.kind !== 'numbers' || outcome.detail?.startsWith('missing')) return told || 'see the facts'
  const centre = movement(...profiled.profiles)
  return told ? `${centre}; ${told}` : centre
}

/** That a side has one value only. */
function constantWords(reference: ColumnProfile, current: ColumnProfile): string | undefined {
  if (current.distinct === 1 && reference.distinct > 1)
    return `always ${current.min} now, ${reference.distinct} values before`
  if (reference.distinct === 1 && current.distinct > 1)
    return `always ${reference.min} before, ${current.distinct} values now`
  return undefined
}

/** How the centre moved; where it did not, how the middle half of the values did. */
function movement(reference: ColumnProfile, current: ColumnProfile): string {
  const [before, after] = [reference.quartiles, current.quartiles]
  if (!before || !after) return `from ${reference.min} – ${reference.max} to ${current.min} – ${current.max}`
  if (before[1] !== after[1]) return `median ${precise(before[1])} → ${precise(after[1])}`
  const half = (quartiles: readonly number[]): string =>
    `${precise(quartiles[0] as number)} – ${precise(quartiles[2] as number)}`
  return half(before) === half(after)
    ? `median still ${precise(before[1])}, range ${reference.min} – ${reference.max} → ${current.min} – ${current.max}`
    : `median still ${precise(before[1])}, middle half ${half(before)} → ${half(after)}`
}

function evidence({ adjustedPValue, outcome, threshold }: Judged): string {
  if (adjustedPValue === undefined || !('pValue' in outcome)) return `threshold ${short(threshold)}`
  const text = adjustedPValue < 1e-300 ? 'p < 1e-300' : `p = ${short(adjustedPValue)}`
  return adjustedPValue === outcome.pValue ? text : `${text} (corrected for several columns)`
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** Six digits: medians that differ a little must not look alike. */
function precise(value: number): string {
  return String(Number(value.toPrecision(6)))
}

/** Detectors that need all numbers in memory were not asked of a column that has too many. */
export function tooLarge(column: string, detectors: readonly string[]): Finding {
  return {
    severity: 'info',
    code: 'drift.too_large',
    column,
    message: `${column} has too many values to be held in memory, so ${detectors.join(', ')} ${detectors.length === 1 ? 'was' : 'were'} not asked`,
    hint: 'Compare samples of both sides to have them too.',
  }
}

/** Pairs of columns that a finding names. */
const MOST_PAIRS = 3

/** Columns of numbers go together otherwise than before. */
export function correlationChanged({ changedPairs, pairs, changes }: CorrelationFacts): Finding {
  const named = changes.filter(({ changed }) => changed).slice(0, MOST_PAIRS)
  const words = named.map(
    ({ columns, reference, current }) => `${columns.join(' and ')} (${rounded(reference)} → ${rounded(current)})`,
  )
  const others = changedPairs - named.length
  const rest = others > 0 ? `, and ${others} more` : ''
  return {
    severity: 'warn',
    code: 'drift.correlation',
    message:
      `${changedPairs} of ${pairs} ${pairs === 1 ? 'pair' : 'pairs'} of columns of numbers go together otherwise than before ` +
      `(Spearman’s correlation): ${words.join(', ')}${rest}`,
    hint: 'What learnt from the reference took them to go together as they did there: look at what joins these columns.',
  }
}

/** Columns that a finding names. */
const MOST_TELLING = 3

/** What a column is good for to be named. */
const LEAST_TOLD = 0.01

/** A classifier can tell current rows from those of the reference. */
export function classifierTold({ auc, byChance, pValue, features }: ClassifierFacts): Finding {
  const [low, high] = byChance.map(rounded)
  const telling = features.filter(({ importance }) => importance >= LEAST_TOLD).slice(0, MOST_TELLING)
  const words = telling.map(({ column, importance }) => `${column} (${rounded(importance)})`)
  return {
    severity: 'warn',
    code: 'drift.classifier',
    message:
      `a classifier tells current rows from those of the reference: AUC ${rounded(auc)}, by chance ${low} – ${high} (p = ${short(pValue)})` +
      (words.length > 0 ? `, most by ${words.join(', ')}` : ''),
    hint: 'Columns that it goes by and that did not drift by themselves go together otherwise than before.',
  }
}

/** There is too little for a classifier. */
export function classifierBlind([before, now]: readonly [number, number]): Finding {
  const few = Math.min(before, now) < LEAST_CLASSIFIED
  return {
    severity: 'info',
    code: 'drift.classifier_blind',
    message: few
      ? `too few rows for a classifier: it takes ${LEAST_CLASSIFIED} on each side`
      : 'a classifier has no column to go by: it takes numbers, booleans and texts that have values',
  }
}

function rounded(correlation: number): string {
  return String(Number(correlation.toFixed(2)) + 0)
}
