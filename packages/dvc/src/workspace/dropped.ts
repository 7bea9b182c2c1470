import { isDayshiftError } from '@dayshift/core/ground'
import type { DataHash } from '../cache/hash.ts'
import { isSound } from '../cache/sound.ts'
import { DIR_SUFFIX } from '../formats/tree.ts'
import type { Git } from '../git/git.ts'
import { leftBySwitch, recordsDiffer } from '../git/history.ts'
import { outputsOf, type Output } from '../outputs.ts'
import { isWithin } from '../within.ts'
import type { FileChange, Looking, OutputChange } from './change.ts'
import { linkAbove } from './link-above.ts'
import { pathWithin, takeSnapshot, type Snapshot } from './snapshot.ts'

/** What becomes of outputs that were placed once, and that nothing tracks any more. */
export interface Dropped {
  readonly changes: readonly OutputChange[]
  /** Those that stay, since the cache does not hold them any more. */
  readonly kept: readonly string[]
}

/** An output that may have to go. */
interface Candidate {
  readonly path: string
  readonly hash: DataHash
  /** Whether an earlier checkout of ours placed it. */
  readonly isPlaced: boolean
}

/**
 * Finds outputs that nothing tracks any more: those that an earlier checkout placed, and those of the commit that a switch of
 * branches has just left, whoever placed them. Those go that are as they were placed, by the state alone, or recorded, and
 * that the cache holds; the others are forgotten. What lies in data that is tracked is that data's own.
 */
export async function findDropped(looking: Omit<Looking, 'going'>, outputs: readonly Output[]): Promise<Dropped> {
  const { repo, state, signal } = looking
  const changes: OutputChange[] = []
  const kept: string[] = []
  const isSaved = async (digits: string): Promise<boolean> =>
    (await isSound(repo, { algorithm: 'md5', digits }, state, { signal })) ||
    isSound(repo, { algorithm: 'md5-dos2unix', digits }, state, { signal })
  const placed = [...state.placed].map(([path, digits]): Candidate => ({
    path,
    hash: { algorithm: 'md5', digits },
    isPlaced: true,
  }))
  const left = (await leftOutputs(looking)).filter(({ path }) => !state.placed.has(path))
  for (const candidate of [...placed, ...left]) {
    const { path, hash } = candidate
    const { digits } = hash
    if (outputs.some((output) => output.path === path)) continue
    const now = outputs.some((output) => isWithin(path, output.path)) ? undefined : await look(looking, candidate)
    if (now?.digits !== digits || (await repo.git?.isTracked(path))) {
      state.placed.delete(path)
      continue
    }
    const isDirectory = digits.endsWith(DIR_SUFFIX)
    const within = outputs.filter((output) => isWithin(output.path, path))
    const own = now.entries
      .map(({ relpath, md5 }) => ({ path: pathWithin(path, relpath), before: md5 }))
      .filter((file) => !within.some((output) => isWithin(file.path, output.path)))
    const files = own.map((file): FileChange => ({ ...file, change: 'deleted', isSaved: true }))
    if (await allOf([digits, ...own.map(({ before }) => before)], isSaved)) {
      changes.push({ path, isDirectory, isexec: false, hash, change: 'deleted', files, missing: [] })
    } else {
      state.placed.delete(path)
      kept.push(path)
    }
  }
  return { changes, kept }
}

/**
 * Outputs of the commit that a switch of branches has just left, which the commit at hand does not have: the real DVC knows
 * what it placed, but does not tell. A commit or merge that takes a record away leaves the data where it is.
 */
async function leftOutputs({ repo, signal }: Omit<Looking, 'going'>): Promise<Candidate[]> {
  const { git } = repo
  try {
    const before = git && (await leftBySwitch(git))
    if (before === undefined || !(await recordsDiffer(git as Git, before, 'HEAD'))) return []
    const now = new Set((await outputsOf(repo, { revision: 'HEAD', signal })).map(({ path }) => path))
    return (await outputsOf(repo, { revision: before, signal })).flatMap(({ path, hash, cache }) =>
      cache && hash && !now.has(path) ? [{ path, hash, isPlaced: false }] : [],
    )
  } catch (error) {
    // What a commit says that cannot be read is no reason to remove anything.
    if (isDayshiftError(error) && error.code !== 'DS_ABORTED') return []
    throw error
  }
}

/** @returns `undefined` for what cannot be looked at, or lies behind a link */
async function look(
  { repo, ignore, state, signal }: Omit<Looking, 'going'>,
  { path, hash: { algorithm }, isPlaced }: Candidate,
): Promise<Snapshot | undefined> {
  if (linkAbove(repo.root, path) !== undefined) return undefined
  try {
    return await takeSnapshot(repo, path, ignore, { state, signal, algorithm, isKnownOnly: isPlaced })
  } catch (error) {
    if (isDayshiftError(error) && error.code !== 'DS_ABORTED') return undefined
    throw error
  }
}

async function allOf<Value>(values: readonly Value[], isSo: (value: Value) => Promise<boolean>): Promise<boolean> {
  for (const value of values) if (!(await isSo(value))) return false
  return true
}
