import {
  ident,
  resolveNames,
  sql,
  type ColumnDrift,
  type Finding,
  type Frame,
  type SegmentFacts,
  type Sql,
} from '@dayshift/core'
import { adjustPValues, type Correction } from '../multiplicity.ts'
import type { Judged } from './judge.ts'
import type { ColumnOverride } from './plan.ts'
import { driftIn, mixChanged } from './segment-findings.ts'
import type { FramePair } from './read-numbers.ts'

/** Compares two frames, as `drift` does. */
type Compare = (
  reference: Frame,
  current: Frame,
  options: {
    readonly columns: readonly string[]
    readonly overrides: Readonly<Record<string, ColumnOverride>>
    readonly correction: 'none'
    readonly signal: AbortSignal | undefined
  },
) => Promise<{ readonly facts: { readonly columns: readonly ColumnDrift[] } }>

/** Segments that are looked into: those with most rows. */
const MOST_SEGMENTS = 12

/** Values that are counted on each side. */
const MOST_COUNTED = 1000

/** Characters by which long texts are told apart. */
const LONGEST = 200

/** Columns that drifted that are looked into. */
const MOST_COLUMNS = 10

/** What was found in segments, with what a person should read of it. */
interface Segments {
  readonly facts: SegmentFacts
  readonly findings: readonly Finding[]
}

/** The name of a column on each side. */
type ByColumn = readonly [reference: string, current: string]

/** @throws DS_COLUMN_UNKNOWN where a side does not have it */
export function byColumn({ reference, current }: FramePair, by: string): ByColumn {
  const [old] = resolveNames([by], reference.relation.names, 'drift by, reference side')
  const [now] = resolveNames([by], current.relation.names, 'drift by, current side')
  return [old as string, now as string]
}

/**
 * Where drift comes from: each column that drifted is compared again within each value of another column, by the detector that said most of
 * it. p-values are corrected for all columns and segments. Where no segment drifted by itself, their shares of the rows did.
 *
 * @param frames with the column `by` among theirs
 * @param judged what all detectors came to
 * @param compare `drift` itself
 */
export async function segmentDrift(
  frames: FramePair,
  by: ByColumn,
  judged: readonly Judged[],
  correction: Correction,
  compare: Compare,
  signal: AbortSignal | undefined,
): Promise<Segments> {
  const leads = leadsOf(judged.filter((one) => one.planned.column.name !== by[1]))
  const segments = await mostRows(frames, by, signal)
  const names = leads.map(({ planned }) => planned.column.name)
  const overrides = Object.fromEntries(
    leads.map(({ planned, detector, alpha, minEffect }) => [
      planned.column.name,
      { detectors: [detector], alpha, minEffect },
    ]),
  )
  const found: ColumnDrift[][] = []
  for (const { segment } of leads.length === 0 ? [] : segments) {
    const { facts } = await compare(within(frames.reference, by[0], segment), within(frames.current, by[1], segment), {
      columns: names,
      overrides,
      correction: 'none',
      signal,
    })
    found.push(facts.columns.filter(({ column, detector }) => detector === detectorOf(leads, column)))
  }
  const pValues = found.flat().flatMap(({ pValue }) => (pValue === undefined ? [] : [pValue]))
  const adjusted = adjustPValues(pValues, correction).values()
  const facts: SegmentFacts = {
    by: by[1],
    segments: segments.map((one, at) => ({
      ...one,
      columns: (found[at] ?? []).map(({ column, detector, pValue, threshold, effect, minEffect = 0, drifted }) => {
        if (pValue === undefined) return { column, detector, ...(effect === undefined ? {} : { effect }), drifted }
        const adjustedPValue = adjusted.next().value as number
        const counts = effect === undefined || effect >= minEffect
        return {
          column,
          detector,
          ...(effect === undefined ? {} : { effect }),
          pValue,
          adjustedPValue,
          drifted: adjustedPValue <= threshold && counts,
        }
      }),
    })),
  }
  return { facts, findings: names.map((name) => driftIn(facts, name) ?? mixChanged(facts, name)) }
}

/** Of each column that drifted what said most of it, those with the largest effect first. */
function leadsOf(judged: readonly Judged[]): Judged[] {
  const leads = new Map<string, Judged>()
  for (const one of judged) {
    const { name } = one.planned.column
    if (one.drifted && !leads.has(name)) leads.set(name, one)
  }
  return [...leads.values()].sort((a, b) => effectOf(b) - effectOf(a)).slice(0, MOST_COLUMNS)
}

function effectOf({ outcome }: Judged): number {
  return outcome.effect ?? outcome.statistic
}

function detectorOf(leads: readonly Judged[], column: string): string | undefined {
  return leads.find(({ planned }) => planned.column.name === column)?.detector.name
}

function textOf(by: string): Sql {
  return sql`left(CAST(${ident(by)} AS VARCHAR), ${LONGEST})`
}

function within(frame: Frame, by: string, segment: string): Frame {
  return frame.filter(sql`${textOf(by)} = ${segment}`)
}

/** The values of a column that most rows of both sides have. */
async function mostRows(
  { reference, current }: FramePair,
  by: ByColumn,
  signal: AbortSignal | undefined,
): Promise<{ readonly segment: string; readonly referenceRows: number; readonly currentRows: number }[]> {
  const [before, after] = [await counted(reference, by[0], signal), await counted(current, by[1], signal)]
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((segment) => ({
      segment,
      referenceRows: before.get(segment) ?? 0,
      currentRows: after.get(segment) ?? 0,
    }))
    .sort((a, b) => b.referenceRows + b.currentRows - a.referenceRows - a.currentRows)
    .slice(0, MOST_SEGMENTS)
}

async function counted(frame: Frame, by: string, signal: AbortSignal | undefined): Promise<Map<string, number>> {
  const cells = frame
    .select(by)
    .derive({ cell: textOf(by) })
    .select('cell')
    .dropNulls()
  const rows = await cells
    .summarize({ rows: 'count(*)' }, { by: 'cell' })
    .sort('-rows', 'cell')
    .limit(MOST_COUNTED)
    .toArray({ signal })
  return new Map(rows.map(({ cell, rows: count }) => [String(cell), Number(count)]))
}
