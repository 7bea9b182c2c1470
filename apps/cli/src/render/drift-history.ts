import type { ColumnHistory, SeriesShape } from '@dayshift/monitor'
import type { DriftOverTime, WalkedVersion } from '../drift/walk-versions.ts'
import { clip, table } from './table.ts'
import { count, printable, probability, short } from './words.ts'

/** Versions that a screen has room for: the newest. */
const MOST_VERSIONS = 25

/** Columns that a screen has room for. */
const MOST_COLUMNS = 40

/** Below this a trend or a season is told. */
const TOLD = 0.05

const BARS = '▁▂▃▄▅▆▇█'

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

/** What happened to a dataset over its versions: each version, and then each column over time. */
export function driftHistoryLines(found: DriftOverTime, to: number, verbose: boolean): string[] {
  const { versions, columns, against, since } = found
  const first = printable(versions[0]?.label ?? since)
  const what = against === 'first' ? first : against === 'previous' ? 'the version before it' : against
  return [
    `${count(versions.length, 'version')} since ${printable(since)}, each against ${what}`,
    ...versionLines(versions, to, verbose),
    ...(columns.length === 0 ? [] : ['', ...columnLines(found, to, verbose)]),
  ]
}

function versionLines(versions: readonly WalkedVersion[], to: number, verbose: boolean): string[] {
  const shown = verbose ? versions : versions.slice(-MOST_VERSIONS)
  const left = versions.length - shown.length
  const rows = shown.map((version) => [
    printable(version.label),
    `${version.at.slice(0, 10)} ${version.at.slice(11, 16)}`,
    version.rows === undefined ? '' : version.rows.toLocaleString('en-US'),
    saidOf(version),
  ])
  const lines = table([['version', 'at (UTC)', 'rows', 'drifted'], ...rows], '  ', to)
  return left === 0 ? lines : [`  … ${count(left, 'version')} before; -v shows all`, ...lines]
}

function saidOf({ compared, driftedColumns = [], skipped }: WalkedVersion): string {
  if (skipped !== undefined) return `not compared: ${printable(skipped)}`
  if (compared === undefined) return 'the reference'
  const names = driftedColumns.length > 0 ? `: ${driftedColumns.map(printable).join(', ')}` : ''
  return `${driftedColumns.length} of ${compared}${names}`
}

function columnLines(found: DriftOverTime, to: number, verbose: boolean): string[] {
  const { columns, versions, compared } = found
  const label = (place: number): string => printable(versions[compared[place] as number]?.label ?? '')
  const sorted = columns.toSorted((a, b) => historyWeight(b) - historyWeight(a))
  const shown = verbose ? sorted : sorted.slice(0, MOST_COLUMNS)
  const rows = shown.map((column) => [
    printable(column.column),
    column.detector,
    numberOf(column.effects.at(-1)),
    numberOf(column.minEffect),
    column.since === null ? '' : label(column.since),
    historyWords(column),
    sparkline(column),
  ])
  const head = ['column', 'detector', 'effect', 'counts from', 'drifted since', 'by its history', 'over time']
  const left = sorted.length - shown.length
  return [
    ...table([head, ...rows], '  ', to),
    ...(left > 0 ? [`  … ${count(left, 'column')} more; -v shows all`] : []),
    ...shown
      .flatMap((column, at) =>
        historyRemarks(column, label, shown.findIndex((one) => one.column === column.column) === at),
      )
      .map((line) => `  ${clip(line, to - 2)}`),
  ]
}

/** What drifts now first, then what ever did. */
export function historyWeight({ since, drifted, effect }: ColumnHistory): number {
  return (since === null ? 0 : 4) + (drifted.includes(true) ? 2 : 0) + ((effect.changes?.found.length ?? 0) > 0 ? 1 : 0)
}

function numberOf(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : short(value)
}

/** Cells that a sparkline has: what happened longest ago is left out. */
const SPARKS = 24

/** Effects over time, from 0 up to the largest, or to where they count where that is more; a blank where there is none. */
function sparkline({ effects, minEffect = 0 }: Pick<ColumnHistory, 'effects' | 'minEffect'>): string {
  const kept = effects.slice(-SPARKS)
  const top = Math.max(minEffect, ...kept.map((effect) => effect ?? 0))
  return kept
    .map((effect) => {
      if (effect === null) return ' '
      if (top === 0) return BARS[0]
      return BARS[Math.min(BARS.length - 1, Math.floor((effect / top) * BARS.length))]
    })
    .join('')
}

export function historyWords({ learned, alarms }: ColumnHistory): string {
  if (learned === undefined) return ''
  if (learned.pValue === undefined) return `calibrating ${learned.past}/${learned.needed}`
  return `${alarms.at(-1) ? 'alarm, ' : ''}p ${probability(learned.pValue)} of ${learned.past}`
}

/** p, corrected for all columns. */
function correctedOf({
  pValue,
  adjustedPValue = pValue,
}: {
  readonly pValue: number
  readonly adjustedPValue?: number
}): number {
  return adjustedPValue
}

/** How a level changed, what goes on in the same direction, and what comes back each week. */
export function historyRemarks(
  { column, detector, effect, mean, minEffect }: ColumnHistory,
  label: (place: number) => string,
  isFirst: boolean,
): string[] {
  const name = printable(column)
  const changes = (shape: SeriesShape, what: string): string[] =>
    (shape.changes?.found ?? []).map(
      ({ place, before, after }) =>
        `${name}: ${what} changed at ${label(place)}, ${short(before)} → ${short(after)} (p ${probability(shape.changes?.adjustedPValue ?? 1)})`,
    )
  const trend = ({ trend: found }: SeriesShape, what: string): string[] =>
    found && correctedOf(found) <= TOLD
      ? [
          `${name}: ${what} ${found.tau > 0 ? 'rises' : 'falls'}${found.slopePerDay === null ? '' : `, ${short(found.slopePerDay)} a day`} (Mann–Kendall p ${probability(correctedOf(found))})`,
        ]
      : []
  const season = ({ season: found }: SeriesShape, what: string): string[] =>
    found && correctedOf(found) <= TOLD
      ? [
          `${name}: ${what} by weekday (p ${probability(correctedOf(found))}): ${found.weekdays.map(({ weekday, mean: of }) => `${WEEKDAYS[weekday - 1]} ${short(of)}`).join(', ')}`,
        ]
      : []
  const held =
    effect.dependence && effect.dependence.pValue <= TOLD
      ? [
          `${name}: ${detector} effects are like those before (p ${probability(effect.dependence.pValue)}), so p by history is too small`,
        ]
      : []
  // What never came near to counting is not worth a line.
  const isSmall =
    minEffect !== undefined &&
    minEffect > 0 &&
    !effect.changes?.found.some(({ after, before }) => Math.max(after, before) >= minEffect)
  return [
    ...(isSmall ? [] : changes(effect, `${detector} effect`)),
    ...(mean && isFirst ? [...changes(mean, 'mean'), ...trend(mean, 'mean'), ...season(mean, 'mean')] : []),
    ...(mean || isSmall ? [] : trend(effect, `${detector} effect`)),
    ...(isSmall ? [] : held),
  ]
}
