import { lstatSync, mkdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { breather } from '../breather.ts'
import type { DataHash, ReadOptions } from '../cache/hash.ts'
import { flush } from '../cache/flush.ts'
import { linkTypesOf, openLinker } from '../cache/links.ts'
import { isObjectLost } from '../cache/manifest.ts'
import type { DvcRepo } from '../repo.ts'
import { stateKey } from './snapshot.ts'
import { stampOf } from '../cache/stamp.ts'
import { openStaging, type Staging } from './staging.ts'
import type { State } from '../cache/state.ts'
import { unwritable } from '../write.ts'

/** What is to become of an output's files; paths are relative to the root, POSIX. */
export interface Placement {
  readonly path: string
  readonly isDirectory: boolean
  readonly isexec: boolean
  readonly change?: string
  readonly files: readonly { readonly path: string; readonly hash?: DataHash }[]
}

interface Ready {
  readonly path: string
  /** Where it is made ready. */
  readonly temporary: string
  readonly hash: DataHash
}

/**
 * Changes the workspace: all new files are made ready elsewhere first, then each takes its place and the others go; a
 * directory that is not there appears as a whole. A failure before that leaves the workspace as it was.
 *
 * @returns by output, the files whose objects turned out to be missing or broken; they are left as they were
 * @throws DS_DVC_WRITE, DS_ABORTED
 */
export async function applyChanges(
  repo: DvcRepo,
  outputs: readonly Placement[],
  state: State,
  options: ReadOptions,
): Promise<Map<string, readonly string[]>> {
  const broken = new Map<string, readonly string[]>()
  const staged = new Map<Placement, Staging>()
  const ready = new Map<Placement, Ready[]>()
  try {
    for (const output of outputs) {
      if (output.files.length === 0) continue
      const staging = openStaging(join(repo.dvcDir, 'tmp'), join(repo.root, output.path))
      staged.set(output, staging)
      const { files, lost } = await makeReady(repo, output, staging, state, options)
      ready.set(output, files)
      const goes = output.files.filter(({ hash }) => !hash).map(({ path }) => path)
      if (lost.length > 0) broken.set(output.path, files.length === 0 ? [...lost, ...goes] : lost)
    }
    const all = [...ready.values()].flat()
    const [first] = staged.values()
    if (first)
      await flush(
        all.map(({ temporary }) => temporary),
        first.folder,
      )
    for (const output of outputs) {
      const files = ready.get(output) ?? []
      const staging = staged.get(output)
      if (staging && files.length > 0 && isNew(repo, output)) appear(repo, output, draftIn(staging))
      else place(repo, output, files, new Set(broken.get(output.path)))
      remember(repo, files, state)
    }
  } catch (error) {
    throw unwritable(repo.root, error)
  } finally {
    for (const staging of staged.values()) staging.clear()
  }
  return broken
}

async function makeReady(
  repo: DvcRepo,
  output: Placement,
  staging: Staging,
  state: State,
  options: ReadOptions,
): Promise<{ readonly files: Ready[]; readonly lost: string[] }> {
  const linker = openLinker(repo, linkTypesOf(repo), state, options)
  const breathe = breather(options.signal)
  const files: Ready[] = []
  const lost: string[] = []
  const whole = isNew(repo, output) ? draftIn(staging) : undefined
  const folders = new Set<string>()
  for (const { path, hash } of output.files) {
    if (!hash) continue
    await breathe()
    const temporary = whole === undefined ? staging.next() : `${whole}${path.slice(output.path.length)}`
    const folder = dirname(temporary)
    if (whole !== undefined && !folders.has(folder)) mkdirSync(folder, { recursive: true })
    folders.add(folder)
    try {
      await linker.bring(hash, temporary, output.isexec && !output.isDirectory)
      files.push({ path, temporary, hash })
    } catch (error) {
      if (!isObjectLost(error)) throw error
      lost.push(path)
    }
  }
  return { files, lost }
}

function place(repo: DvcRepo, output: Placement, ready: readonly Ready[], lost: ReadonlySet<string>): void {
  const root = join(repo.root, output.path)
  for (const { path, hash } of output.files) if (!hash && !lost.has(path)) remove(join(repo.root, path), root)
  if (output.isDirectory && output.change !== 'deleted' && output.change !== undefined) {
    if (lstatSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) mkdirSync(root, { recursive: true })
  }
  const folders = new Set<string>()
  for (const { path, temporary } of ready) {
    const target = join(repo.root, path)
    const folder = dirname(target)
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true })
    folders.add(folder)
    clearHollow(target)
    renameSync(temporary, target)
  }
}

/** Whether all of a directory comes at once. */
function isNew(repo: DvcRepo, { path, isDirectory }: Placement): boolean {
  return isDirectory && lstatSync(join(repo.root, path), { throwIfNoEntry: false }) === undefined
}

function draftIn({ folder }: Staging): string {
  return join(folder, 'whole')
}

function appear(repo: DvcRepo, { path }: Placement, draft: string): void {
  const root = join(repo.root, path)
  mkdirSync(dirname(root), { recursive: true })
  renameSync(draft, root)
}

function remember(repo: DvcRepo, files: readonly Ready[], state: State): void {
  for (const { path, hash } of files) {
    const found = statSync(join(repo.root, path), { bigint: true })
    state.put(stateKey(path, hash.algorithm), stampOf(found), hash.digits)
  }
}

/** Removes a file, and the folders that it leaves empty, up to that of the output. */
function remove(path: string, root: string): void {
  rmSync(path, { force: true })
  for (let folder = dirname(path); folder === root || folder.startsWith(`${root}/`); folder = dirname(folder)) {
    try {
      rmdirSync(folder)
    } catch {
      return
    }
  }
}

/** Empty folders in place of a file hold nothing that could be lost. */
function clearHollow(target: string): void {
  if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) rmdirSync(target)
}
