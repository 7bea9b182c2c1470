import { copyFileSync, linkSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { systemCode } from '@dayshift/core/ground'
import { breather } from '../breather.ts'
import { isWithin } from '../within.ts'
import type { DvcRepo } from '../repo.ts'
import { unwritable } from '../write.ts'

/** Days for which what was thrown away can be had back. */
export const TRASH_DAYS = 7

/** A lot of objects that were thrown away together, newest first. */
export interface TrashedLot {
  /** Absolute. */
  readonly folder: string
  readonly at: Date
}

/**
 * Where a repository's cache throws objects away: a folder of the same file system that neither git nor DVC looks into.
 *
 * @returns absolute; it may not be there
 */
function trashOf({ dvcDir, config: { cacheDir } }: Pick<DvcRepo, 'dvcDir' | 'config'>): string {
  return isWithin(cacheDir, dvcDir) ? join(dvcDir, 'tmp', 'trash') : `${cacheDir}.trash`
}

/**
 * Throws objects away; each keeps its place in the cache's tree.
 *
 * @param paths objects, absolute
 * @returns the folder that they are in
 * @throws DS_DVC_WRITE, DS_ABORTED
 */
export async function throwAway(
  repo: DvcRepo,
  paths: readonly string[],
  now: Date,
  signal?: AbortSignal,
): Promise<string> {
  const folder = join(trashOf(repo), folderFor(now))
  await moveAll(repo.config.cacheDir, folder, paths, signal)
  return folder
}

/**
 * Keeps what an object holds in the trash, before another takes its place. One that is not there needs none.
 *
 * @throws DS_DVC_WRITE
 */
export function keepAside(repo: DvcRepo, path: string, now: Date): void {
  if (!lstatSync(path, { throwIfNoEntry: false })) return
  const target = join(trashOf(repo), folderFor(now), relative(repo.config.cacheDir, path))
  try {
    mkdirSync(dirname(target), { recursive: true })
    try {
      linkSync(path, target)
    } catch {
      copyFileSync(path, target)
    }
  } catch (error) {
    throw unwritable(target, error)
  }
}

function folderFor(now: Date): string {
  return now.toISOString().replaceAll(':', '-')
}

/** Moves files from one tree to another. */
async function moveAll(
  from: string,
  to: string,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const breathe = breather(signal)
  const made = new Set<string>()
  try {
    for (const path of paths) {
      await breathe()
      const target = join(to, relative(from, path))
      const folder = dirname(target)
      if (!made.has(folder)) mkdirSync(folder, { recursive: true })
      made.add(folder)
      renameSync(path, target)
    }
  } catch (error) {
    throw unwritable(to, error)
  }
}

/** The lots that lie in a repository's trash, newest first. */
export function trashedLots(repo: DvcRepo): TrashedLot[] {
  const trash = trashOf(repo)
  return namesIn(trash)
    .flatMap((name) => {
      const at = new Date(name.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'))
      return Number.isNaN(at.getTime()) ? [] : [{ folder: join(trash, name), at }]
    })
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
}

/** Removes lots that have lain in the trash for too long. */
export function sweepTrash(repo: DvcRepo, now: Date): void {
  const oldest = now.getTime() - TRASH_DAYS * 24 * 60 * 60 * 1000
  for (const { folder, at } of trashedLots(repo)) {
    if (at.getTime() < oldest) rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Puts the objects of a lot back where they were; what has come there meanwhile stays, for it is the same.
 *
 * @returns how many came back, and their bytes
 * @throws DS_DVC_WRITE, DS_ABORTED
 */
export async function bringBack(
  repo: DvcRepo,
  { folder }: TrashedLot,
  signal?: AbortSignal,
): Promise<{ readonly objects: number; readonly bytes: number }> {
  const { cacheDir } = repo.config
  const found = filesIn(folder)
  const weight = weightOf({ folder })
  const gone = found.filter((path) => !lstatSync(join(cacheDir, relative(folder, path)), { throwIfNoEntry: false }))
  await moveAll(folder, cacheDir, gone, signal)
  rmSync(folder, { recursive: true, force: true })
  return weight
}

/** How many objects a lot holds, and their bytes. */
export function weightOf({ folder }: Pick<TrashedLot, 'folder'>): { readonly objects: number; readonly bytes: number } {
  const found = filesIn(folder)
  return { objects: found.length, bytes: found.reduce((sum, path) => sum + lstatSync(path).size, 0) }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return []
    throw unwritable(folder, error)
  }
}
