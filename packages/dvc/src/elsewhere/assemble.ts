import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { throwIfAborted } from '@dayshift/core/ground'
import { flush } from '../cache/flush.ts'
import { objectPathIn } from '../cache/objects.ts'
import { openState, type State } from '../cache/state.ts'
import { failure } from '../codes.ts'
import type { DvcRepo } from '../repo.ts'
import { syncFolder, temporaryName, unwritable } from '../write.ts'
import type { TakenData } from './take.ts'
import type { Target } from './target.ts'

/** What data is brought with that no repository here keeps. */
export interface Draft {
  /** A folder beside the data's place, in which anything may lie; it goes. */
  readonly folder: string
  /** A repository that has a cache and nothing else. */
  readonly cache: DvcRepo
  readonly state: State
}

/** Data at its place. */
export interface AssembledData<Result> {
  readonly files: number
  readonly bytes: number
  readonly result: Result
}

/**
 * Brings data to a place as a whole or not at all, without a repository.
 *
 * @param take takes the data into the cache of the draft
 * @throws DS_DVC_WRITE, DS_DVC_PATH_NAME for the name of a file about data, DS_ABORTED and what `take` throws; what was there
 *   before is unchanged then
 */
export async function assembleAt<Result>(
  { place }: Target,
  signal: AbortSignal | undefined,
  take: (draft: Draft) => Promise<{ readonly data: TakenData; readonly result: Result }>,
): Promise<AssembledData<Result>> {
  if (/.\.dvc$|^dvc\.yaml$/.test(basename(place))) {
    const hint = 'Name the data itself.'
    throw failure('DS_DVC_PATH_NAME', `${basename(place)} is a file about data`, { where: basename(place), hint })
  }
  const made = makeFolders(dirname(place))
  const folder = join(dirname(place), temporaryName())
  let isDone = false
  try {
    mkdirSync(folder)
    const config = { cacheDir: join(folder, 'cache'), noScm: true, autostage: false }
    const cache: DvcRepo = { root: folder, dvcDir: join(folder, '.dvc'), config, configFiles: {} }
    const { data, result } = await take({ folder, cache, state: openState(join(cache.dvcDir, 'tmp')) })
    const whole = await assemble(data, cache, folder)
    throwIfAborted(signal)
    replace(place, whole, join(folder, 'before'))
    isDone = true
    await syncFolder(dirname(place))
    return { files: data.entries.length, bytes: data.bytes, result }
  } catch (error) {
    throw unwritable(place, error)
  } finally {
    rmSync(folder, { recursive: true, force: true })
    if (!isDone && made !== undefined) rmSync(made, { recursive: true, force: true })
  }
}

/** @returns the first folder that was made */
function makeFolders(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw unwritable(folder, error)
  }
}

/** Makes of objects what a user works with: they move, and those of the same content are copied. */
async function assemble({ isDirectory, entries }: TakenData, { config }: DvcRepo, folder: string): Promise<string> {
  const whole = join(folder, 'data')
  const mode = usualMode(join(folder, 'mode'))
  const left = new Map<string, number>()
  for (const { md5 } of entries) left.set(md5, (left.get(md5) ?? 0) + 1)
  if (isDirectory) mkdirSync(whole)
  const files: string[] = []
  for (const { md5, relpath } of entries) {
    const file = isDirectory ? join(whole, relpath) : whole
    mkdirSync(dirname(file), { recursive: true })
    const object = objectPathIn(config.cacheDir, md5)
    const count = (left.get(md5) ?? 1) - 1
    left.set(md5, count)
    if (count === 0) renameSync(object, file)
    else copyFileSync(object, file)
    chmodSync(file, mode)
    files.push(file)
  }
  await flush(files, folder)
  return whole
}

/** The mode that the process gives to new files. */
function usualMode(probe: string): number {
  writeFileSync(probe, '')
  return statSync(probe).mode & 0o777
}

/** @param before where what was there goes */
function replace(place: string, whole: string, before: string): void {
  const isThere = existsSync(place)
  if (isThere) renameSync(place, before)
  try {
    renameSync(whole, place)
  } catch (error) {
    if (isThere) renameSync(before, place)
    throw error
  }
}
