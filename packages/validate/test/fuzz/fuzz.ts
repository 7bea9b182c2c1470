import fc from 'fast-check'
import type { Zod } from './expression.ts'
import { judge, type Judgement } from './judgement.ts'
import { shrunk } from './shrink.ts'
import type { Place } from './source.ts'
import type { FuzzTable } from './table.ts'
import { tables } from './tables.ts'

/** What a run of the fuzzer did. */
export interface FuzzCounts {
  /** Tables with their contracts that were judged in both ways. */
  tables: number
  /** Schemas of columns in them. */
  schemas: number
  /** Schemas that were left out, by the reason. */
  readonly skipped: Record<string, number>
  /** Values compared, by how they were run and by where they came from. */
  readonly byWay: Record<string, number>
  readonly bySource: Record<string, number>
}

/** A case in which SQL and Zod, or two ways to run, disagree. */
export interface Disagreement {
  /** As small as it could be made. */
  readonly table: FuzzTable
  readonly problems: readonly string[]
}

/** How long to run. */
export interface FuzzOptions {
  readonly seed: number
  readonly tables: number
  /** Milliseconds after which no other table is begun. */
  readonly until?: number | undefined
}

/** Tables that are made at once: the later ones of them are larger. */
const CHUNK = 50

/** The cases of a seed, always the same. */
export function* casesOf(seed: number): Generator<FuzzTable> {
  for (let chunk = 0; ; chunk++) yield* fc.sample(tables, { seed: seed * 10_007 + chunk, numRuns: CHUNK })
}

/** No values yet. */
export function noCounts(): FuzzCounts {
  return { tables: 0, schemas: 0, skipped: {}, byWay: {}, bySource: {} }
}

/** All values compared. */
export function cellsOf({ bySource }: FuzzCounts): number {
  return Object.values(bySource).reduce((sum, cells) => sum + cells, 0)
}

/**
 * Judges random tables by random contracts, until the first disagreement.
 *
 * @param z a copy of Zod
 * @param counts what is counted is added to it
 */
export async function fuzz(
  z: Zod,
  place: Place,
  { seed, tables: wanted, until }: FuzzOptions,
  counts: FuzzCounts = noCounts(),
): Promise<{ counts: FuzzCounts; disagreement?: Disagreement }> {
  let left = wanted
  for (const table of casesOf(seed)) {
    if (left-- <= 0 || (until !== undefined && Date.now() > until)) break
    const judgement = await judge(z, table, place)
    if (judgement.problems.length > 0) return { counts, disagreement: await shrunk(z, table, place) }
    count(counts, table, judgement)
  }
  return { counts }
}

function count(counts: FuzzCounts, table: FuzzTable, { skipped, cells, columns }: Judgement): void {
  for (const why of skipped) {
    const reason = why.split(':')[0] as string
    counts.skipped[reason] = (counts.skipped[reason] ?? 0) + 1
  }
  counts.tables++
  counts.schemas += columns
  for (const [way, all] of Object.entries(cells)) {
    counts.byWay[way] = (counts.byWay[way] ?? 0) + all
    counts.bySource[table.source] = (counts.bySource[table.source] ?? 0) + all
  }
}
