import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ColumnProfile, Finding, Report, Status } from '@dayshift/core'
import { canonicalJson, makeFolders, readTextFile, writeAtomically } from '@dayshift/core/ground'
import type { ColumnEffect } from '@dayshift/monitor'
import { ownVersion } from '../own-version.ts'
import { KEPT_COMPARISONS } from '../places.ts'

/** What is kept of a comparison of two versions: enough for what happened over time, without the rows. */
export interface KeptComparison {
  readonly referenceRows: number
  readonly rows: number
  readonly status: Status
  readonly driftedColumns: readonly string[]
  /** Of each column its main detector first. */
  readonly columns: readonly ColumnEffect[]
  /** How the current version's values are spread, column by column. */
  readonly spreads: readonly ColumnSpread[]
  /** Warnings and errors. */
  readonly findings: readonly Finding[]
}

/** How a column's values are spread in one version. */
export interface ColumnSpread {
  readonly column: string
  /** Of numbers, the values that 5, 25, 50, 75 and 95 of 100 do not exceed. */
  readonly quantiles?: readonly number[]
  /** Of values that come again, the shares of the rows that the most frequent have, at most {@link MOST_SHARES}. */
  readonly shares?: readonly (readonly [value: string, share: number])[]
}

/** Values that are kept of a column, and characters of them. */
const MOST_SHARES = 8
const LONGEST_VALUE = 60

/** What a comparison depends on: the contents of both sides, and all that is said of how to compare. Plain data. */
export interface ComparisonOf {
  /** Hashes of the versions that are the reference. */
  readonly reference: readonly string[]
  readonly current: string
  readonly settings: unknown
}

/** Of the files; another makes all comparisons anew. */
const FORMAT = 2

/** What stands in a file of a comparison. */
interface KeptFile extends KeptComparison {
  readonly key: string
}

/** What of a report is kept. */
export function keptOf({ status, facts, findings }: Report<'drift'>): KeptComparison {
  return {
    referenceRows: facts.referenceRows,
    rows: facts.currentRows,
    status,
    driftedColumns: facts.driftedColumns,
    columns: facts.columns.map(
      ({ column, detector, effect, statistic, minEffect, adjustedPValue, drifted, current }) => ({
        column,
        detector,
        // JSON knows no infinity.
        effect: Math.min(effect ?? statistic, Number.MAX_VALUE),
        drifted,
        ...(minEffect === undefined ? {} : { minEffect }),
        ...(adjustedPValue === undefined ? {} : { adjustedPValue }),
        ...(typeof current.mean === 'number' ? { mean: current.mean } : {}),
      }),
    ),
    spreads: [...new Map(facts.columns.map(({ column, current }) => [column, current]))].map(([column, current]) =>
      spreadOf(column, current, facts.currentRows),
    ),
    findings: findings.filter(({ severity }) => severity !== 'info'),
  }
}

function spreadOf(column: string, { quantiles, top }: ColumnProfile, rows: number): ColumnSpread {
  const found = [0.05, 0.25, 0.5, 0.75, 0.95].map((share) => quantiles?.find(({ p }) => p === share)?.value)
  if (found.every((value) => value !== undefined && Number.isFinite(value))) {
    return { column, quantiles: found as number[] }
  }
  const some = (top ?? []).filter(({ count }) => count > 1).slice(0, MOST_SHARES)
  if (some.length === 0 || rows === 0) return { column }
  return { column, shares: some.map(({ value, count }) => [String(value).slice(0, LONGEST_VALUE), count / rows]) }
}

/**
 * Gives a comparison that was kept, or makes it and keeps it, in `.dayshift/drift`. What cannot be read there is made anew; what cannot be
 * written there is not kept.
 *
 * @returns also whether it was kept before
 */
export async function comparedOnce(
  root: string,
  of: ComparisonOf,
  make: () => Promise<KeptComparison>,
): Promise<{ readonly comparison: KeptComparison; readonly isReused: boolean }> {
  const key = canonicalJson({ format: FORMAT, dayshift: ownVersion(), ...of })
  const name = createHash('sha256').update(key).digest('hex').slice(0, 32)
  const folder = join(root, KEPT_COMPARISONS)
  const file = join(folder, `${name}.json`)
  const kept = await read(file)
  if (kept?.key === key) {
    const { key: _, ...comparison } = kept
    return { comparison, isReused: true }
  }
  const comparison = await make()
  const text = JSON.stringify({ key, ...comparison } satisfies KeptFile)
  try {
    makeFolders(folder)
    // What can be made again is not for git.
    if (!existsSync(join(folder, '.gitignore'))) await writeFile(join(folder, '.gitignore'), '*\n')
    await writeAtomically(file, (temporary) => writeFile(temporary, text), { refusesPipes: true })
  } catch {
    // A folder that may not be written is no reason to fail: it takes the time again.
  }
  return { comparison, isReused: false }
}

async function read(file: string): Promise<KeptFile | undefined> {
  try {
    const found = JSON.parse(await readTextFile(file)) as Partial<KeptFile> | null
    return [found?.columns, found?.findings, found?.spreads].every(Array.isArray) ? (found as KeptFile) : undefined
  } catch {
    return undefined
  }
}
