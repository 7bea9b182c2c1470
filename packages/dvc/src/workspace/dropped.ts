import { isDayshiftError } from '@dayshift/core/ground'
import { isSound } from '../cache/sound.ts'
import { DIR_SUFFIX } from '../formats/tree.ts'
import { isWithin, type Output } from '../outputs.ts'
import type { FileChange, Looking, OutputChange } from './change.ts'
import { linkAbove } from './link-above.ts'
import { pathWithin, takeSnapshot, type Snapshot } from './snapshot.ts'

/** What becomes of outputs that were placed once, and that nothing tracks any more. */
export interface Dropped {
  readonly changes: readonly OutputChange[]
  /** Those that stay, since the cache does not hold them any more. */
  readonly kept: readonly string[]
}

/**
 * Finds outputs that an earlier checkout placed and nothing tracks any more. Those go that are as they were placed, by the
 * state alone, and that the cache holds; the others are forgotten. What lies in data that is tracked is that data's own.
 */
export async function findDropped(looking: Omit<Looking, 'going'>, outputs: readonly Output[]): Promise<Dropped> {
  const { repo, state, signal } = looking
  const changes: OutputChange[] = []
  const kept: string[] = []
  const isSaved = async (digits: string): Promise<boolean> =>
    (await isSound(repo, { algorithm: 'md5', digits }, state, { signal })) ||
    isSound(repo, { algorithm: 'md5-dos2unix', digits }, state, { signal })
  for (const [path, digits] of state.placed) {
    if (outputs.some((output) => output.path === path)) continue
    const now = outputs.some((output) => isWithin(path, output.path)) ? undefined : await look(looking, path)
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
      changes.push({ path, isDirectory, isexec: false, change: 'deleted', files, missing: [] })
    } else {
      state.placed.delete(path)
      kept.push(path)
    }
  }
  return { changes, kept }
}

/** @returns `undefined` for what cannot be looked at, or lies behind a link */
async function look(
  { repo, ignore, state, signal }: Omit<Looking, 'going'>,
  path: string,
): Promise<Snapshot | undefined> {
  if (linkAbove(repo.root, path) !== undefined) return undefined
  try {
    return await takeSnapshot(repo, path, ignore, { state, signal, isKnownOnly: true })
  } catch (error) {
    if (isDayshiftError(error) && error.code !== 'DS_ABORTED') return undefined
    throw error
  }
}

async function allOf<Value>(values: readonly Value[], isSo: (value: Value) => Promise<boolean>): Promise<boolean> {
  for (const value of values) if (!(await isSo(value))) return false
  return true
}
