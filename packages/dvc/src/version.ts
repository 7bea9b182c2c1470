import { join } from 'node:path'
import { fileDataset, makeReport, throwIfAborted, type Finding, type Report } from '@dayshift/core'
import { failure } from './codes.ts'
import { withRepoLock } from './lock.ts'
import { planTargets, planVersion, type PlanOptions, type VersionPlan } from './plan.ts'
import { findRepo, initRepo, repoToBe, type DvcRepo } from './repo.ts'
import { commitVersion, refuseMerge, refuseTag } from './commit.ts'
import { openStore } from './store.ts'
import { surveyPaths } from './survey.ts'
import { writeAtomically } from './write.ts'

/** How data is versioned. */
export interface VersionOptions extends PlanOptions {
  /** The commit's and the tag's message; `Version <paths>` by default. */
  readonly message?: string | undefined
  /** An annotated git tag for the commit. */
  readonly tag?: string | undefined
  /** Whether the `.dvc` and `.gitignore` files are committed; true by default. */
  readonly commit?: boolean | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
  /** Seconds to wait for another process that is at work in the repository; 60 by default. */
  readonly lockTimeout?: number | undefined
}

/**
 * Puts files and directories under DVC's version control: their content goes into the cache, its hash into a `.dvc`
 * file, and that into a git commit. The data itself stays where and what it is. A repository is made where there is
 * none. Data that did not change writes nothing and commits nothing.
 *
 * @param paths files or directories, relative to `cwd` or absolute
 * @returns facts: each path's hash, size and whether it changed; the commit and the tag
 * @throws errors of `dvcErrors`, DS_ABORTED; what was there before is unchanged then, but for objects in the cache that
 *   nothing refers to
 * @example
 * const report = await version(['data/weather.csv'], { cwd: process.cwd(), tag: 'v1' })
 * report.facts.files[0] // { path: 'data/weather.csv', hash: 'md5:…', bytes: 2294215, changed: true }
 */
export async function version(paths: readonly string[], options: VersionOptions): Promise<Report<'version'>> {
  const started = new Date()
  if (paths.length === 0) throw failure('DS_DVC_NOTHING', 'no path was given')
  const found = await findRepo(options.cwd, options.env)
  const repo = found ?? (await repoToBe(options.cwd, options.noScm ?? false, options.env))
  await refuseTag(repo, options)
  if (!options.dryRun) await refuseMerge(repo, options)
  if (options.dryRun) return report(paths, options, started, await planVersion(paths, options))
  // Whatever can be refused is refused before a repository is made for it.
  if (!found) await surveyPaths(repo, paths, options.cwd, options.signal)
  const plan = await store(found ?? (await initRepo(repo.root, options.noScm, options.env)), paths, options, !found)
  const committed = await commitVersion(repo, plan, options)
  return report(paths, options, started, plan, committed)
}

async function store(
  repo: DvcRepo,
  paths: readonly string[],
  options: VersionOptions,
  initialized: boolean,
): Promise<VersionPlan> {
  const { lockTimeout: timeout, signal } = options
  return withRepoLock(join(repo.dvcDir, 'tmp'), { ...(timeout === undefined ? {} : { timeout }), signal }, async () => {
    const targets = await surveyPaths(repo, paths, options.cwd, signal)
    const objects = await openStore(repo.config.cacheDir)
    const plan = await planTargets(repo, targets, initialized, options, objects)
    await refuseTag(repo, options, plan)
    await objects.sync()
    throwIfAborted(signal)
    for (const { path, text } of plan.writes) await writeAtomically(join(repo.root, path), text)
    return plan
  })
}

function report(
  paths: readonly string[],
  options: VersionOptions,
  started: Date,
  { files, findings }: VersionPlan,
  committed: { readonly commit?: string; readonly tag?: string; readonly findings?: readonly Finding[] } = {},
): Report<'version'> {
  const { findings: more = [], ...done } = committed
  const dataset = { ...fileDataset(paths[0] as string, options.cwd), version: (files[0] as { hash: string }).hash }
  return makeReport('version', dataset, started, { files, ...done }, [...findings, ...more])
}
