import type { ColumnDrift, ColumnProfile, Finding } from '@dayshift/core'

/** A column drifted: by how much, how surely, and where its values went. */
export function columnDrifted(column: ColumnDrift): Finding {
  const statistic = column.detector === 'ks' ? 'D' : column.detector
  const p = column.adjustedPValue
  const evidence = p === undefined ? `threshold ${short(column.threshold)}` : pText(p, p !== column.pValue)
  return {
    severity: 'warn',
    code: 'drift.column',
    column: column.column,
    message: `${column.column} drifted: ${statistic} = ${short(column.statistic)}, ${evidence}; ${movement(column.reference, column.current)}`,
    hint: `Compare the two sides of ${column.column}: a change in the source, in its unit, or in the world.`,
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

/** A column without values on a side. */
export function emptyColumn(column: string, [reference, current]: readonly [number, number]): Finding {
  const where = reference > 0 ? 'in the current data' : current > 0 ? 'in the reference' : 'on either side'
  return {
    severity: reference === current ? 'info' : 'warn',
    code: 'drift.column_empty',
    column,
    message: `${column} has no values ${where}, so it was not compared`,
    ...(reference === current ? {} : { hint: `Find out why ${column} has values on the other side only.` }),
  }
}

/** NaN was left out. */
export function notANumber(column: string, [reference, current]: readonly [number, number]): Finding {
  return {
    severity: 'info',
    code: 'drift.not_a_number',
    column,
    message: `${column}: NaN left out of the comparison, ${reference} in the reference and ${current} in the current data`,
  }
}

/** No column was compared. */
export function nothingCompared(): Finding {
  return {
    severity: 'warn',
    code: 'drift.nothing_compared',
    message: 'No column of numbers with values is on both sides, so nothing was compared',
    hint: 'Check that the reference is an earlier state of the same dataset.',
  }
}

/** No drift could have been found, however large. */
export function tooFewRows(
  columns: readonly string[],
  [reference, current]: readonly [number, number],
  smallest: number,
  alpha: number,
): Finding {
  return {
    severity: 'info',
    code: 'drift.too_few_rows',
    message: `${columns.join(', ')}: with ${reference} values against ${current} no drift could be detected; the smallest possible p is ${short(smallest)}, above alpha ${short(alpha)}`,
    hint: 'Compare more rows.',
    ...(columns.length === 1 ? { column: columns[0] as string } : {}),
  }
}

/** In plain words, how the centre moved; where it did not, how the middle half of the values did. */
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

function pText(p: number, corrected: boolean): string {
  const text = p < 1e-300 ? 'p < 1e-300' : `p = ${short(p)}`
  return corrected ? `${text} (corrected for several columns)` : text
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** Six digits: medians that differ a little must not look alike. */
function precise(value: number): string {
  return String(Number(value.toPrecision(6)))
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`
}
