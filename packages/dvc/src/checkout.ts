import { join } from 'node:path'
import type { Finding } from '@dayshift/core/ground'
import type { DataHash, ReadOptions } from './cache/hash.ts'
import { workingLinkTypes } from './cache/link-probe.ts'
import { openIgnore } from './workspace/ignore.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { emptyRecord, outputsOf } from './outputs.ts'
import { changeOf, type Change, type Looking, type OutputChange } from './workspace/change.ts'
import { findDropped } from './workspace/dropped.ts'
import { isOfOneOutput, problemOf, type Problem } from './workspace/problem.ts'
import { noVersion } from './workspace/unsaved.ts'
import { applyChanges, type Outcome } from './workspace/placement.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { openState, type State } from './cache/state.ts'
import { selectOutputs, shownFrom, type SelectedOutput, type TargetOptions } from './workspace/targets.ts'
import { DIR_SUFFIX } from './formats/tree.ts'
import { checkCall } from './call.ts'

/** What a checkout comes to. Plain data: it can be printed and compared. */
export interface CheckoutPlan {
  /** The repository's folder. */
  readonly root: string
  readonly outputs: readonly OutputChange[]
  /** What nothing tracks any more, and stays since the cache does not hold it any more. */
  readonly kept: readonly string[]
  /** Records that were passed over. */
  readonly findings: readonly Finding[]
}

/** How outputs are brought into the workspace. */
export interface CheckoutOptions extends ReadOptions, RepoOptions, TargetOptions {
  /** Whether data that no version holds may be overwritten and removed; false by default. */
  readonly force?: boolean | undefined
  /** Whether files that are no links of the type that `cache.type` names become such; false by default. */
  readonly relink?: boolean | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/** What a checkout has done. Paths are relative to `cwd`, those of directories end with a slash. */
export interface CheckoutResult {
  readonly added: readonly string[]
  readonly modified: readonly string[]
  readonly deleted: readonly string[]
  /** Numbers of files. */
  readonly stats: Readonly<Record<Change, number>>
  /** Outputs that could not be brought completely; everything else is in place. */
  readonly failed: readonly FailedOutput[]
  readonly findings: readonly Finding[]
  readonly plan: CheckoutPlan
}

/** An output that could not be brought completely. */
export interface FailedOutput {
  readonly path: string
  /** Files, or the manifest, that are missing or broken in the cache. */
  readonly missing: readonly string[]
  /** Files that somebody changed while the checkout was at work; what they hold stays, and no version holds it. */
  readonly changed?: readonly string[]
  /** Why it could not be looked at, or written. */
  readonly error?: Problem
}

/**
 * Brings what is tracked from the cache into the workspace. Files are replaced when their replacements are complete;
 * where an object is missing or broken, a file was changed meanwhile, or an output cannot be looked at or written, what is
 * there stays, and the rest comes all the same. Without targets also those outputs go that an earlier checkout placed, or
 * that the branch tracks which was left last, that nothing tracks any more, that nobody has touched and that the cache holds.
 *
 * @param targets as {@link selectOutputs} takes them; everything where there are none
 * @throws DS_DVC_UNSAVED, DS_DVC_TARGET, DS_DVC_WRITE, DS_ABORTED and what reading throws; the workspace is as it was then
 * @example (await checkout(['data'], { cwd: process.cwd() })).stats // { added: 3, modified: 0, deleted: 0 }
 */
export async function checkout(targets: readonly string[], options: CheckoutOptions): Promise<CheckoutResult> {
  checkCall(options, { targets })
  const repo = await needRepo(options.cwd, options.env, options.user)
  const tmpDir = join(repo.dvcDir, 'tmp')
  if (options.dryRun)
    return resultOf(repo, await planCheckout(repo, targets, options, openState(tmpDir)), new Map(), options)
  const { lockTimeout: timeout, onWait, signal } = options
  return withRepoLock(repo, { timeout, signal, onWait }, async () => {
    const state = openState(tmpDir)
    const plan = await planCheckout(repo, targets, options, state)
    if (!options.force) refuseUnsaved(repo, plan, options.cwd)
    const outcomes = await applyChanges(repo, plan.outputs, state, options)
    for (const { path, hash, change, error } of plan.outputs) {
      if (change === 'deleted') state.placed.delete(path)
      else if (hash && !error && isComplete(outcomes.get(path))) state.placed.set(path, hash.digits)
    }
    await state.save()
    return resultOf(repo, plan, outcomes, options)
  })
}

/**
 * Works out what a checkout would do; writes nothing.
 *
 * @throws as {@link checkout}
 */
async function planCheckout(
  repo: DvcRepo,
  targets: readonly string[],
  options: CheckoutOptions,
  state: State,
): Promise<CheckoutPlan> {
  const { signal, relink = false } = options
  const findings: Finding[] = []
  const onOutside = targets.length === 0 ? (finding: Finding) => void findings.push(finding) : undefined
  const onEmpty = onOutside && ((file: string) => void findings.push(emptyFinding(file)))
  const outputs = await outputsOf(repo, { signal, onOutside, onEmpty })
  const selected = await selectOutputs(repo, outputs, targets, options)
  const looking = {
    repo,
    ignore: openIgnore(repo.root),
    state,
    signal,
    relink: relink ? workingLinkTypes(repo)[0] : undefined,
  }
  // What an empty record stood for is not given up.
  const isToDrop = targets.length === 0 && !findings.some(({ code }) => code === EMPTY)
  const { changes, kept } = isToDrop ? await findDropped(looking, outputs) : { changes: [], kept: [] }
  const going = new Set(changes.flatMap(({ files }) => files.map(({ path }) => path)))
  const planned: OutputChange[] = [...changes]
  for (const one of selected) {
    const { cache, hash } = one.output
    if (cache && hash) planned.push(await changeOrProblem({ ...looking, going }, one, hash))
  }
  return { root: repo.root, outputs: planned, kept, findings }
}

const EMPTY = 'checkout.empty'

function emptyFinding(file: string): Finding {
  const { message, hint } = problemOf(emptyRecord(file))
  return { severity: 'warn', code: EMPTY, message, ...(hint === undefined ? {} : { hint }) }
}

async function changeOrProblem(looking: Looking, selection: SelectedOutput, hash: DataHash): Promise<OutputChange> {
  try {
    return await changeOf(looking, selection, hash)
  } catch (error) {
    if (!isOfOneOutput(error)) throw error
    const { path, isexec = false } = selection.output
    const isDirectory = hash.digits.endsWith(DIR_SUFFIX)
    return { path, isDirectory, isexec, hash, files: [], missing: [], error: problemOf(error) }
  }
}

function isComplete(outcome: Outcome | undefined): boolean {
  return !outcome || (outcome.lost.length === 0 && outcome.changed.length === 0 && outcome.error === undefined)
}

function refuseUnsaved(repo: DvcRepo, { outputs }: CheckoutPlan, cwd: string): void {
  const unsaved = outputs.flatMap(({ files }) => files.filter(({ isSaved }) => !isSaved))
  if (unsaved.length > 0) throw noVersion(unsaved.map(({ path }) => shownFrom(repo, cwd, path)))
}

/** @param outcomes none where nothing was written */
function resultOf(
  repo: DvcRepo,
  plan: CheckoutPlan,
  outcomes: ReadonlyMap<string, Outcome>,
  { cwd }: CheckoutOptions,
): CheckoutResult {
  const paths: Record<Change, string[]> = { added: [], modified: [], deleted: [] }
  const stats: Record<Change, number> = { added: 0, modified: 0, deleted: 0 }
  const failed: FailedOutput[] = []
  const shown = (path: string): string => shownFrom(repo, cwd, path)
  for (const { path, isDirectory, change, files, missing, error } of plan.outputs) {
    const outcome = outcomes.get(path)
    const name = `${shown(path)}${isDirectory ? '/' : ''}`
    const lost = [...missing, ...(outcome?.lost ?? [])].map(shown)
    const changed = (outcome?.changed ?? []).map(shown)
    const problem = error ?? (outcome?.error === undefined ? undefined : problemOf(outcome.error))
    if (lost.length > 0 || changed.length > 0 || problem) {
      const more = { ...(changed.length > 0 ? { changed } : {}), ...(problem ? { error: problem } : {}) }
      failed.push({ path: name, missing: lost, ...more })
    }
    const done = outcome ? files.filter((file) => outcome.done.has(file.path)) : files
    if (change && (done.length > 0 || (files.length === 0 && !problem))) paths[change].push(name)
    for (const file of done) if (file.change !== 'relinked') stats[file.change]++
  }
  for (const list of Object.values(paths)) list.sort(directoriesFirst)
  return {
    ...paths,
    stats,
    failed,
    findings: [...plan.findings, ...plan.kept.map((path) => keptFinding(shown(path)))],
    plan,
  }
}

function keptFinding(path: string): Finding {
  return {
    severity: 'warn',
    code: 'checkout.kept',
    message: `${path} stays: nothing tracks it here, and the cache does not hold it any more`,
    hint: 'Remove it by hand where it is not needed, or track it with `dayshift dvc add`.',
  }
}

function directoriesFirst(a: string, b: string): number {
  return Number(b.endsWith('/')) - Number(a.endsWith('/')) || (a < b ? -1 : 1)
}
