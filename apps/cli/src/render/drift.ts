import type { ColumnDrift, DriftFacts, DriftReference } from '@dayshift/core'
import { driftBars } from './drift-bars.ts'
import { driftWhy } from './drift-why.ts'
import { clip, table } from './table.ts'
import { count, percent, printable, probability, short } from './words.ts'

/** Rows of a table that a screen has room for. */
const MOST_ROWS = 25

/** Lines of reasons that a screen has room for. */
const MOST_REASONS = 10

/**
 * What was compared, as a table: of each column its main detector, and others where they say drift; where there are many columns, only
 * those that drifted or stay open. All with `verbose`.
 */
export function driftDetails(facts: DriftFacts, to: number, verbose: boolean): string[] {
  const { columns, referenceRows, currentRows, reference } = facts
  const lines = [
    `  reference ${count(referenceRows, 'row')}${versionsOf(reference)}, current ${count(currentRows, 'row')}`,
  ]
  if (columns.length === 0) return lines
  const names = new Set<string>()
  const leads = new Set(columns.filter(({ column }) => !names.has(column) && names.add(column)))
  const brief = columns.filter((one) => one.drifted || (leads.has(one) && !hasDrifted(one.column, columns)))
  const isLong = brief.length > MOST_ROWS
  const shown = verbose ? columns : isLong ? brief.filter((one) => one.drifted || one.undecided) : brief
  const left = names.size - new Set(shown.map(({ column }) => column)).size
  const head = ['column', 'detector', 'effect', 'counts from', 'p', 'before', 'now', '']
  const rows = shown.map((one) => [
    printable(one.column),
    one.detector,
    short(one.effect ?? one.statistic),
    one.pValue === undefined ? short(one.threshold) : one.minEffect === undefined ? '' : short(one.minEffect),
    one.adjustedPValue === undefined ? '' : probability(one.adjustedPValue),
    ...sidesOf(one),
    verdictOf(one),
  ])
  const told = rows.length === 0 ? [] : table([head, ...rows], '  ', to)
  const rest = left === 0 ? [] : [`  … ${count(left, 'column')} without drift; -v shows all`]
  return [...lines, ...told, ...rest, ...reasons(shown, to), ...driftBars(facts, to), ...driftWhy(facts, to)]
}

/** Versions that a rule chose. */
function versionsOf(reference: DriftReference | undefined): string {
  const { rule, versions = [] } = reference ?? {}
  if (rule === undefined || versions.length === 0) return ''
  const days = versions.flatMap(({ at }) => (at === undefined ? [] : [at.slice(0, 10)]))
  const [newest, oldest] = [days[0], days.at(-1)]
  const when = newest === oldest ? [newest ?? []] : [`${oldest} to ${newest}`]
  return ` (${[printable(rule), ...(versions.length > 1 ? [count(versions.length, 'version')] : []), ...when].flat().join(', ')})`
}

/** Why columns drifted, as far as detectors can tell. */
function reasons(shown: readonly ColumnDrift[], to: number): string[] {
  const told = shown.flatMap(({ column, drifted, detail }) =>
    drifted && detail ? [`${printable(column)}: ${printable(detail)}`] : [],
  )
  return told.slice(0, MOST_REASONS).map((reason) => `  ${clip(reason, to - 2)}`)
}

function hasDrifted(name: string, columns: readonly ColumnDrift[]): boolean {
  return columns.some(({ column, drifted }) => drifted && column === name)
}

function verdictOf({ drifted, significant, undecided, learned }: ColumnDrift): string {
  if (drifted) return 'drifted'
  if (learned?.held) return learned.pValue === undefined ? `calibrating ${learned.past}/${learned.needed}` : 'as usual'
  if (undecided) return 'too few rows'
  return significant ? 'small' : ''
}

/** The sides in a few words: shares of what changed most, shares of missing values, medians. */
function sidesOf({ detector, moved = [], newValues, lostValues, reference, current }: ColumnDrift): [string, string] {
  const [cell] = [...moved, ...(newValues ?? []), ...(lostValues ?? [])]
  if (cell) {
    const name = printable(cell.cell === '' ? "''" : cell.cell)
    return [`${name} ${rounded(cell.reference)}`, rounded(cell.current)]
  }
  if (detector === 'null-rate' || !reference.quartiles || !current.quartiles) return ['', '']
  return [`median ${short(reference.quartiles[1])}`, short(current.quartiles[1])]
}

function rounded(share: number): string {
  return percent(Number(share.toPrecision(2)))
}
