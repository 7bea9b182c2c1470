import type { DriftFacts, Finding } from '@dayshift/core'
import {
  columnBroke,
  columnDrifted,
  datasetDrifted,
  littlePower,
  noPower,
  nothingCompared,
  heldBack,
  smallChanges,
  valuesSeen,
} from './findings.ts'
import type { Judged } from './judge.ts'

/** What all columns come to. */
export interface Verdict {
  readonly facts: Pick<DriftFacts, 'driftedColumns' | 'share' | 'undecidedColumns'>
  /** What a person should see first, the worst first. */
  readonly findings: readonly Finding[]
  /** What does not weigh: changes that do not count, and what stays open. */
  readonly remarks: readonly Finding[]
}

/**
 * Puts a verdict together, by share and by severity: an error where the share of drifted columns reaches `minShare` or something
 * broke, a warning for each other drifted column, and remarks.
 */
export function verdictOf(judged: readonly Judged[], minShare: number): Verdict {
  const byColumn = new Map<string, Judged[]>()
  for (const one of judged) {
    const { name } = one.planned.column
    byColumn.set(name, [...(byColumn.get(name) ?? []), one])
  }
  const drifted = [...byColumn].filter(([, found]) => found.some((one) => one.drifted))
  const driftedColumns = drifted.map(([name]) => name)
  const share = byColumn.size === 0 ? 0 : driftedColumns.length / byColumn.size
  const undecided = judged.filter((one) => one.undecided && !driftedColumns.includes(one.planned.column.name))
  const findings: Finding[] = []
  if (byColumn.size === 0) findings.push(nothingCompared())
  if (driftedColumns.length > 0 && share >= minShare) {
    findings.push(datasetDrifted(driftedColumns, byColumn.size, minShare))
  }
  findings.push(...judged.filter((one) => one.drifted && one.detector.breaks).map(columnBroke))
  for (const [, found] of drifted) findings.push(columnDrifted(found.filter((one) => one.drifted)))
  return {
    facts: { driftedColumns, share, undecidedColumns: [...new Set(undecided.map((one) => one.planned.column.name))] },
    findings,
    remarks: [...remarksOf(judged, driftedColumns), ...openQuestions(undecided)],
  }
}

function remarksOf(judged: readonly Judged[], driftedColumns: readonly string[]): Finding[] {
  const seen = judged.filter(({ outcome, drifted }) => !drifted && (outcome.newValues ?? outcome.lostValues))
  const small = judged.filter(
    (one) =>
      one.significant &&
      !one.drifted &&
      !one.learned?.held &&
      !seen.includes(one) &&
      !driftedColumns.includes(one.planned.column.name),
  )
  const held = judged.filter(({ learned }) => learned?.held)
  return [...seen.map(valuesSeen), ...held.map(heldBack), ...(small.length > 0 ? [smallChanges(small)] : [])]
}

/** What stays open: a finding for all columns where nothing could be seen with the same sizes, and one where too little could. */
function openQuestions(undecided: readonly Judged[]): Finding[] {
  const [blind, dim] = [new Map<string, Judged[]>(), new Map<string, Judged[]>()]
  for (const one of undecided) {
    const { rows, profiles } = one.profiled
    const isBlind = one.smallestDetectable === Infinity
    const key = isBlind ? [rows, profiles.map(({ nulls }) => nulls)].join() : String(one.minEffect)
    const groups = isBlind ? blind : dim
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...[...blind.values()].map(noPower), ...[...dim.values()].map(littlePower)]
}
