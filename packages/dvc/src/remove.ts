import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { failure } from './codes.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { outputsOf, type Output } from './outputs.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { openState } from './cache/state.ts'
import { pathInRepo } from './workspace/survey.ts'
import { stopIgnoring } from './workspace/untrack.ts'

/** What a removal comes to. Plain data: it can be printed and compared. Paths are relative to the root, POSIX. */
export interface RemovePlan {
  readonly root: string
  /** `.dvc` files that go. */
  readonly files: readonly string[]
  /** Data that is not tracked any more. */
  readonly outputs: readonly string[]
  /** Whether the data goes too. */
  readonly outs: boolean
}

/** How tracking ends. */
export interface RemoveOptions extends RepoOptions {
  /** Whether the data goes too; false by default (`--outs`). */
  readonly outs?: boolean | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/**
 * Stops tracking what `.dvc` files name: the files go, and the lines of `.gitignore`. The data stays, unless it is to go
 * too; what the cache holds stays in any case.
 *
 * @param targets `.dvc` files
 * @throws DS_DVC_TARGET for anything else, DS_DVC_FILE_UNSUPPORTED for stages of `dvc.yaml`
 * @example await remove(['data.dvc'], { cwd: process.cwd() })
 */
export async function remove(targets: readonly string[], options: RemoveOptions): Promise<RemovePlan> {
  const repo = await needRepo(options.cwd, options.env, options.user)
  const tmpDir = join(repo.dvcDir, 'tmp')
  if (options.dryRun) return planRemove(repo, targets, options)
  return withRepoLock(repo, { timeout: options.lockTimeout, signal: options.signal }, async () => {
    const plan = await planRemove(repo, targets, options)
    const state = openState(tmpDir)
    for (const file of plan.files) rmSync(join(repo.root, file), { force: true })
    for (const path of plan.outputs) {
      await stopIgnoring(repo, path)
      if (plan.outs) rmSync(join(repo.root, path), { recursive: true, force: true })
      // Data that stays is the user's own from now on: no checkout may take it away.
      state.placed.delete(path)
    }
    await state.save()
    return plan
  })
}

async function planRemove(
  repo: DvcRepo,
  targets: readonly string[],
  { cwd, outs = false }: RemoveOptions,
): Promise<RemovePlan> {
  const all = await outputsOf(repo)
  const chosen: Output[] = []
  for (const target of targets) {
    const path = await pathInRepo(repo, resolve(cwd, target))
    const found = all.filter(({ file }) => file === path)
    if (found.length === 0) throw noFile(target, all.find((output) => output.path === path)?.file)
    if (!path.endsWith('.dvc')) {
      throw failure('DS_DVC_FILE_UNSUPPORTED', `${target} is a pipeline; this version does not change it`, {
        where: target,
        hint: 'Use real DVC’s remove for stages.',
      })
    }
    chosen.push(...found)
  }
  return {
    root: repo.root,
    files: [...new Set(chosen.map(({ file }) => file))],
    outputs: [...new Set(chosen.map(({ path }) => path))],
    outs,
  }
}

function noFile(target: string, file: string | undefined): Error {
  const hint = file === undefined ? undefined : `It is tracked by ${file}: give that file.`
  return failure('DS_DVC_TARGET', `${target} is no .dvc file that tracks anything`, {
    where: target,
    ...(hint === undefined ? {} : { hint }),
  })
}
