import { lstatSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { breather } from './breather.ts'
import { failure } from './codes.ts'
import { isSound } from './cache/sound.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { outputsOf, type Output } from './outputs.ts'
import { isWithin } from './within.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { openState, type State } from './cache/state.ts'
import { openIgnore } from './workspace/ignore.ts'
import { pathWithin, takeSnapshot } from './workspace/snapshot.ts'
import { refuseLinksAbove } from './workspace/link-above.ts'
import { pathInRepo } from './workspace/survey.ts'
import { noVersion } from './workspace/unsaved.ts'
import { shownFrom } from './workspace/targets.ts'
import { stopIgnoring } from './workspace/untrack.ts'
import { unwritable } from './write.ts'
import { checkCall } from './call.ts'

/** What a removal comes to. Plain data: it can be printed and compared. Paths are relative to the root, POSIX. */
export interface RemovePlan {
  readonly root: string
  /** `.dvc` files that go. */
  readonly files: readonly string[]
  /** Data that is not tracked any more. */
  readonly outputs: readonly string[]
  /** Whether the data goes too. */
  readonly outs: boolean
  /** The files of each output that go, and folders that are empty already. */
  readonly data: readonly { readonly output: string; readonly paths: readonly string[] }[]
}

/** How tracking ends. */
export interface RemoveOptions extends RepoOptions {
  /** Whether the data goes too; false by default (`--outs`). */
  readonly outs?: boolean | undefined
  /** Whether data goes that no version holds; false by default. */
  readonly force?: boolean | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/**
 * Stops tracking what `.dvc` files name: the files go, and the lines of `.gitignore`. The data stays, unless it is to go
 * too; what the cache holds stays in any case. With the data nothing else goes: what `.dvcignore` names and repositories
 * within stay where they are. Whenever it is broken off, it can be run again.
 *
 * @param targets `.dvc` files
 * @throws DS_DVC_TARGET for anything else, DS_DVC_FILE_UNSUPPORTED for stages of `dvc.yaml`, DS_DVC_UNSAVED for data that no
 *   version holds, DS_DVC_PATH_SYMLINK for data that lies behind a link, DS_DVC_WRITE and what reading throws
 * @example await remove(['data.dvc'], { cwd: process.cwd() })
 */
export async function remove(targets: readonly string[], options: RemoveOptions): Promise<RemovePlan> {
  checkCall(options, { targets })
  const repo = await needRepo(options.cwd, options.env, options.user)
  const tmpDir = join(repo.dvcDir, 'tmp')
  if (options.dryRun) return planRemove(repo, targets, options, openState(tmpDir))
  return withRepoLock(
    repo,
    { timeout: options.lockTimeout, signal: options.signal, onWait: options.onWait },
    async () => {
      const state = openState(tmpDir)
      const plan = await planRemove(repo, targets, options, state)
      // Data that stays is the user's own from now on: no checkout may take it away.
      for (const path of plan.outputs) state.placed.delete(path)
      await state.save()
      for (const path of plan.outputs) await stopIgnoring(repo, path)
      await removeData(plan, options)
      for (const file of plan.files) rmSync(join(repo.root, file), { force: true })
      return plan
    },
  )
}

async function planRemove(
  repo: DvcRepo,
  targets: readonly string[],
  options: RemoveOptions,
  state: State,
): Promise<RemovePlan> {
  const { cwd, outs = false } = options
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
    data: outs ? await dataOf(repo, chosen, options, state) : [],
  }
}

/** What DVC's rules find of the outputs. */
async function dataOf(
  repo: DvcRepo,
  outputs: readonly Output[],
  { cwd, signal, force = false }: RemoveOptions,
  state: State,
): Promise<RemovePlan['data']> {
  const ignore = openIgnore(repo.root)
  const data: RemovePlan['data'][number][] = []
  const unsaved: string[] = []
  for (const { path: output, hash, cache } of outputs) {
    refuseLinksAbove(repo.root, output, shownFrom(repo, cwd, output))
    if (isLinkToFolder(join(repo.root, output))) {
      // What it leads to is not ours.
      data.push({ output, paths: [output] })
      continue
    }
    const algorithm = hash?.algorithm ?? 'md5'
    const reading = { state, signal, algorithm, isKnownOnly: force }
    const { kind, entries, tree } = await takeSnapshot(repo, output, ignore, reading)
    for (const { relpath, md5 } of force ? [] : entries) {
      const isSaved = cache && (await isSound(repo, { algorithm, digits: md5 }, state, { signal }))
      if (!isSaved) unsaved.push(shownFrom(repo, cwd, pathWithin(output, relpath)))
    }
    const found = [...entries.map(({ relpath }) => relpath), ...(tree?.emptyDirectories ?? [])]
    const paths = found.length === 0 && kind === 'directory' ? [''] : found
    data.push({ output, paths: paths.map((relpath) => pathWithin(output, relpath)) })
  }
  if (unsaved.length > 0) throw noVersion(unsaved)
  return data
}

function isLinkToFolder(place: string): boolean {
  const isLink = lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
  return isLink && (statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? true)
}

async function removeData({ root, data }: RemovePlan, { signal }: RemoveOptions): Promise<void> {
  const breathe = breather(signal)
  for (const { output, paths } of data) {
    for (const path of paths) {
      await breathe()
      try {
        removeFile(join(root, path), join(root, output))
      } catch (error) {
        throw unwritable(path, error)
      }
    }
  }
}

/** Removes a file, and the folders that it leaves empty, up to that of the output. */
function removeFile(place: string, top: string): void {
  const isFolder = lstatSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false
  if (!isFolder) rmSync(place, { force: true })
  for (let folder = isFolder ? place : dirname(place); isWithin(folder, top); folder = dirname(folder)) {
    try {
      rmdirSync(folder)
    } catch {
      return
    }
  }
}

function noFile(target: string, file: string | undefined): Error {
  const hint = file === undefined ? undefined : `It is tracked by ${file}: give that file.`
  return failure('DS_DVC_TARGET', `${target} is no .dvc file that tracks anything`, {
    where: target,
    ...(hint === undefined ? {} : { hint }),
  })
}
