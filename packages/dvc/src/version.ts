import {
  fileDataset,
  makeReport,
  type Finding,
  type PushedVersion,
  type Report,
  type VersionFacts,
} from '@dayshift/core/ground'
import { addUnderLock, planVersion, type AddPlan, type PlanOptions } from './add.ts'
import { failure } from './codes.ts'
import { findRepo, openOrInitRepo, repoToBe } from './repo.ts'
import { commitVersion, refuseMerge, refuseTag } from './git/commit.ts'
import { surveyPaths } from './workspace/survey.ts'
import { checkCall } from './call.ts'
import { push } from './push.ts'
import { remoteNamed } from './remotes/open.ts'
import type { TransferOptions } from './transfer/session.ts'

/** How data is versioned. */
export interface VersionOptions extends PlanOptions {
  /** The commit's and the tag's message; `Version <paths>` by default. */
  readonly message?: string | undefined
  /** An annotated git tag for the commit. */
  readonly tag?: string | undefined
  /** Whether the `.dvc` and `.gitignore` files are committed; true by default. */
  readonly commit?: boolean | undefined
  /** Whether the data is sent to the default remote, or the one that its record names; false by default. */
  readonly push?: boolean | undefined
  /** Called while that goes on. */
  readonly onTransfer?: TransferOptions['onTransfer']
  readonly onRetry?: TransferOptions['onRetry']
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
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
  checkCall(options, { paths })
  const started = new Date()
  if (paths.length === 0) throw failure('DS_DVC_NOTHING', 'no path was given')
  const found = await findRepo(options.cwd, options.env, options.user)
  const repo = found ?? (await repoToBe(options.cwd, options.noScm ?? false, options.env))
  await refuseTag(repo, options)
  if (options.push) remoteNamed(repo.config)
  if (!options.dryRun) await refuseMerge(repo, options)
  if (options.dryRun) return report(paths, options, started, await planVersion(paths, options))
  // Whatever can be refused is refused before a repository is made for it.
  if (!found) await surveyPaths(repo, paths, options.cwd, { signal: options.signal })
  const { repo: ready, isNew } = found
    ? { repo: found, isNew: false }
    : await openOrInitRepo(repo.root, options.noScm, options.env, options.user)
  const { commit: _, ...adding } = options
  const plan = await addUnderLock(ready, paths, adding, { initialized: isNew }, (planned) =>
    refuseTag(ready, options, planned),
  )
  const committed = await commitVersion(ready, plan, options)
  const pushed = options.push ? { pushed: await pushVersion(paths, options) } : {}
  return report(paths, options, started, plan, { ...committed, ...pushed })
}

async function pushVersion(paths: readonly string[], options: VersionOptions): Promise<PushedVersion[]> {
  const { cwd, env, user, signal, lockTimeout, onWait, onTransfer, onRetry } = options
  const { transfers } = await push(paths, { cwd, env, user, signal, lockTimeout, onWait, onTransfer, onRetry })
  const [failed] = transfers.flatMap((one) => one.failed)
  if (failed) {
    throw failure('DS_REMOTE_FAILED', `${failed.path}: ${failed.error.message}`, {
      where: failed.path,
      hint: 'The version is recorded; send the rest with `dayshift dvc push`.',
    })
  }
  return transfers.map(({ plan, done, bytes }) => ({ remote: plan.remote, objects: done.length, bytes }))
}

function report(
  paths: readonly string[],
  options: VersionOptions,
  started: Date,
  { files, findings }: AddPlan,
  committed: Omit<VersionFacts, 'files'> & { readonly findings?: readonly Finding[] } = {},
): Report<'version'> {
  const { findings: more = [], ...done } = committed
  const dataset = { ...fileDataset(paths[0] as string, options.cwd), version: (files[0] as { hash: string }).hash }
  return makeReport('version', dataset, started, { files, ...done }, [...findings, ...more])
}
