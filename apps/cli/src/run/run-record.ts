import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import type { AnyReport, ReportKind } from '@dayshift/core'
import { isAlive, readTextFileSync, writeAtomically } from '@dayshift/core/ground'
import { uuidv7 } from '@dayshift/lineage'
import { RUNS_FOLDER } from '../places.ts'
import { exactJson } from './exact-json.ts'

/** What is kept of a run that is not over: in a file, for the case that nobody is left to end it. */
interface Kept {
  /** Stands for the data, the code and the settings that it is of, and for the steps that it is to do. */
  readonly key: string
  readonly pid: number
  readonly host: string
  readonly runId: string
  /** UTC, ISO 8601. */
  readonly startedAt: string
  /** Whether lineage says of it that it failed or was aborted. */
  readonly isEnded: boolean
  /** The version that was recorded before it. */
  readonly before?: string | undefined
  /** Stands for what the version step wrote, once it has. */
  readonly versions?: string | undefined
  readonly reports: readonly AnyReport[]
}

/** What stands for what a run reads and has written. */
export interface RunState {
  readonly read: string
  readonly versions: string
  readonly hasCatalog: boolean
}

/** Contracts and ETLs may look at the clock: what they found holds for a day, in milliseconds. */
const HOLDS = 24 * 60 * 60 * 1000

/** Steps that are done anew when a run goes on: age goes on meanwhile, and a comparison is the last that there is. */
const ANEW: ReadonlySet<ReportKind> = new Set(['freshness', 'drift'])

/**
 * What one run of a dataset has done so far. It is on the disk after each step, so that a run that was killed, stopped or broken off
 * goes on from the step that it did not complete; only where data, code and settings are what they were, and what it wrote still stands.
 */
export class RunRecord {
  /** What it completed before it was interrupted, by step. */
  readonly recalled: ReadonlyMap<ReportKind, AnyReport>
  /** Whether it is the run that was interrupted, and not another that uses what that one found. */
  readonly goesOn: boolean
  /** Whether it is known which version was recorded before it. */
  readonly isBegun: boolean
  readonly #file: string | undefined
  #kept: Kept

  private constructor(file: string | undefined, kept: Kept, earlier: Kept | undefined) {
    this.#file = file
    this.#kept = kept
    this.goesOn = earlier !== undefined && !earlier.isEnded
    this.isBegun = earlier !== undefined
    this.recalled = new Map(kept.reports.map((report) => [report.kind, report]))
  }

  /**
   * The record of a run that begins, with what one that was interrupted has left.
   *
   * @param state as it is now; undefined where it cannot be told: nothing is recalled then, or kept
   */
  static of(root: string, dataset: string, state: RunState | undefined): RunRecord {
    const file = state && join(root, RUNS_FOLDER, 'unfinished', `${encodeURIComponent(dataset)}.json`)
    const earlier = file === undefined ? undefined : read(file, state as RunState)
    const isOver = earlier === undefined || earlier.isEnded
    const runId = isOver ? uuidv7() : earlier.runId
    const kept: Kept = {
      key: state?.read ?? '',
      pid: process.pid,
      host: hostname(),
      runId,
      startedAt: isOver ? new Date().toISOString() : earlier.startedAt,
      isEnded: false,
      before: earlier?.before,
      versions: earlier?.versions,
      reports: (earlier?.reports ?? []).map((report) => ({ ...report, run: runId })),
    }
    return new RunRecord(file, kept, earlier)
  }

  /** The id of the run, in lineage too. */
  get runId(): string {
    return this.#kept.runId
  }

  get startedAt(): Date {
    return new Date(this.#kept.startedAt)
  }

  /** The version that was recorded before the run. */
  get before(): string | undefined {
    return this.#kept.before
  }

  /** The run is at work. */
  async begin(before: string | undefined): Promise<void> {
    await this.#keep({ before })
  }

  /** A step is completed. */
  async add(report: AnyReport, versions: () => Promise<string | undefined>): Promise<void> {
    if (this.#file === undefined) return
    const written = report.kind === 'version' ? { versions: await versions() } : {}
    await this.#keep({ reports: [...this.#kept.reports, report], ...written })
  }

  /** Lineage is to say that the run failed or was aborted. */
  async end(): Promise<void> {
    await this.#keep({ isEnded: true })
  }

  /** The run is over. */
  forget(): void {
    if (this.#file !== undefined) rmSync(this.#file, { force: true })
  }

  async #keep(change: Partial<Kept>): Promise<void> {
    this.#kept = { ...this.#kept, ...change }
    if (this.#file === undefined) return
    const text = exactJson(this.#kept)
    if (text === undefined) return
    try {
      const folder = dirname(this.#file)
      mkdirSync(folder, { recursive: true })
      const ignored = join(dirname(folder), '.gitignore')
      if (!existsSync(ignored)) writeFileSync(ignored, '*\n')
      await writeAtomically(this.#file, async (temporary) => writeFileSync(temporary, text), { refusesPipes: true })
    } catch {
      // A folder that cannot be written to costs the time of the steps, where this run is interrupted.
    }
  }
}

/** What an interrupted run left that still stands. */
function read(file: string, state: RunState): Kept | undefined {
  let kept: Kept
  try {
    kept = JSON.parse(readTextFileSync(file)) as Kept
    const age = Date.now() - Date.parse(kept.startedAt)
    if (kept.key !== state.read || !(age >= 0 && age < HOLDS) || !Array.isArray(kept.reports)) return undefined
  } catch {
    // None, or one that cannot be read: the steps are done.
    return undefined
  }
  // In a container that was started anew, this process may have the number of the one that was killed.
  if (kept.host === hostname() && kept.pid !== process.pid && isAlive(kept.pid)) return undefined
  const fits = (report: AnyReport): boolean =>
    !ANEW.has(report.kind) &&
    (report.kind !== 'version' || kept.versions === state.versions) &&
    (report.kind !== 'register' || state.hasCatalog)
  const broken = kept.reports.findIndex((report) => !fits(report))
  return broken < 0 ? kept : { ...kept, reports: kept.reports.slice(0, broken) }
}
