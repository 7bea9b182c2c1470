import {
  makeReport,
  throwIfAborted,
  type ColumnProfile,
  type DriftFacts,
  type Finding,
  type Frame,
  type Profile,
  type Report,
} from '@dayshift/core'
import { failure } from './codes.ts'
import type { DriftOptions } from './drift.ts'
import { typedLike } from './drift/blank-columns.ts'
import { checkOptions, checkOverrides } from './drift/check-options.ts'
import { columnFacts } from './drift/column-facts.ts'
import { judge, type Judged, type Tested } from './drift/judge.ts'
import { pairColumns } from './drift/pair-columns.ts'
import { planDrift, profileKnown, type ProfiledPair } from './drift/plan.ts'
import { leftOut } from './drift/test-column.ts'
import { verdictOf } from './drift/verdict.ts'
import { judgedByHistory } from './over-time/learned.ts'
import { currentNumbers } from './reference/current-numbers.ts'
import { withinInterval } from './reference/profile-findings.ts'
import { summaryOf } from './reference/profile-summary.ts'
import type { ReferenceColumn, ReferenceProfile } from './reference/reference-profile.ts'
import { testAgainst } from './reference/test-against.ts'

/**
 * Compares a dataset with the profile of a reference whose rows need not be there: as `drift` does, with the same detectors and limits.
 *
 * Where the profile keeps all values of a column (up to 4096 different numbers, 2000 texts), the verdict is that of the rows. Elsewhere D is known
 * to lie within an interval, of half a percent at most for most columns: a column drifted where it does at every place of the interval, and
 * `certain` says whether it is the same at every place. What the profile leaves open is told (`drift.within_interval`), and weighs nothing.
 *
 * Detectors that need what a profile does not have (`wasserstein` and detectors of one's own of more values, all that need texts that were
 * not kept) are not asked, and told (`drift.needs_rows`).
 *
 * @throws DS_COLUMN_UNKNOWN, DS_DRIFT_COLUMN, DS_DETECTOR, DS_ABORTED as `drift`
 * @throws DS_DRIFT_OPTION also for `by`, `correlations` and `classifier`, which need the reference's rows
 * @example
 * const report = await driftFromProfile(await readReferenceProfile('train.profile.json'), await open('today.csv'))
 * console.log(report.facts.columns[0]?.interval) // [0.0312, 0.0331]
 */
export async function driftFromProfile(
  reference: ReferenceProfile,
  current: Frame,
  options: DriftOptions = {},
): Promise<Report<'drift'>> {
  const started = new Date()
  const { correction = 'bh', minShare = 0.5, signal } = options
  checkOptions(options)
  const without = (['by', 'correlations', 'classifier'] as const).find(
    (name) => options[name] !== undefined && options[name] !== false,
  )
  if (without !== undefined) {
    throw failure('DS_DRIFT_OPTION', `${without} needs the rows of the reference, which is a profile`, {
      hint: 'Compare with the data itself.',
    })
  }
  const pairing = pairColumns(
    { columns: typedAs(reference, (await current.schema({ signal })).columns) },
    await typedLike(current, { columns: reference.columns }, signal),
    options.columns,
  )
  checkOverrides(options, pairing)
  const names = pairing.columns.map(({ column }) => column.name)
  const isKept = names.length === 0 || current.relation.byColumn
  const frame = isKept ? current : await current.select(...names).cache({ signal })
  const rows = [reference.rows, options.currentProfile?.rows ?? (await frame.count({ signal }))] as const
  const grouped = pairing.columns.filter(({ column }) => column.type !== 'float').map(({ column }) => column.name)
  const summaries = profileKnown(options.currentProfile, grouped) ?? (await frame.profile({ columns: grouped, signal }))
  const columnOf = new Map(reference.columns.map((column) => [column.name, column]))
  const before: Profile = {
    rows: rows[0],
    columns: grouped.map((name) => summaryOf(columnOf.get(name) as ReferenceColumn, rows[0])),
  }
  const plan = planDrift(pairing.columns, before, summaries, options)
  const findings: Finding[] = [...pairing.findings]
  const [tested, possible]: [Tested[], Tested[]] = [[], []]
  for (const [done, planned] of plan.entries()) {
    throwIfAborted(signal)
    const { name } = planned.column
    options.onProgress?.({ done, total: names.length, column: name })
    const found = await currentNumbers(frame, planned, rows[1], signal)
    const now =
      found?.profile ??
      summaries.columns.find((column) => column.name === name) ??
      (await profileOf(frame, name, signal))
    const old = columnOf.get(name) as ReferenceColumn
    const profiled: ProfiledPair = { rows, profiles: [summaryOf(old, rows[0]), now] }
    const one = await testAgainst(
      { profile: reference, before: old, current: frame, planned, profiled, numbers: found },
      signal,
    )
    findings.push(...one.findings)
    tested.push(...one.tested)
    possible.push(...one.possible)
  }
  options.onProgress?.({ done: names.length, total: names.length })
  findings.push(...leftOut(plan, tested, findings))

  const found = judge(tested, correction)
  const most = judge(possible, correction)
  const judged = options.learn ? judgedByHistory(found, options.learn) : found
  const verdict = verdictOf(judged, minShare)
  const facts: DriftFacts = {
    referenceRows: rows[0],
    currentRows: rows[1],
    columns: columnFacts(judged).map((fact) => ({ ...fact, ...intervalOf(fact, found, most) })),
    tests: judged.filter(({ outcome }) => 'pValue' in outcome).length,
    ...verdict.facts,
    newColumns: pairing.newColumns,
    missingColumns: pairing.missingColumns,
    retypedColumns: pairing.retypedColumns,
  }
  const open = found.flatMap((one, at) =>
    one.drifted === most[at]?.drifted ? [] : [[one, most[at] as Judged] as const],
  )
  return makeReport('drift', current.dataset, started, facts, [
    ...current.notes,
    ...verdict.findings,
    ...open.map(([one, other]) =>
      withinInterval(one.planned.column.name, one.detector.name, [one.outcome.statistic, other.outcome.statistic]),
    ),
    ...findings,
    ...verdict.remarks,
  ])
}

async function profileOf(frame: Frame, name: string, signal: AbortSignal | undefined): Promise<ColumnProfile> {
  const { columns } = await frame.profile({ columns: [name], signal })
  return columns[0] as ColumnProfile
}

/** What is known of a column's statistic: the interval in which it lies, where that has a width, and whether all of it has one verdict. */
function intervalOf(
  { column, detector }: { readonly column: string; readonly detector: string },
  found: readonly Judged[],
  most: readonly Judged[],
): { readonly interval?: readonly [number, number]; readonly certain: boolean } {
  const at = found.findIndex((one) => one.planned.column.name === column && one.detector.name === detector)
  const [one, other] = [found[at] as Judged, most[at] as Judged]
  const [low, high] = [one.outcome.statistic, other.outcome.statistic]
  return { ...(low === high ? {} : { interval: [low, high] as const }), certain: one.drifted === other.drifted }
}

/** A column of the reference without values was read as text: it is taken for what the current data has there. */
function typedAs(
  { rows, columns }: ReferenceProfile,
  current: readonly { readonly name: string; readonly type: ReferenceColumn['type']; readonly nativeType: string }[],
): ReferenceColumn[] {
  return columns.map((column) => {
    const now = current.find(({ name }) => name === column.name)
    const isBlank = column.type === 'string' && column.nulls === rows && now && now.type !== 'string'
    return isBlank ? { ...column, type: now.type, nativeType: now.nativeType } : column
  })
}
