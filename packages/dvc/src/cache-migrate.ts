import { createHash } from 'node:crypto'
import { chmodSync, existsSync, linkSync, lstatSync } from 'node:fs'
import { copyFile, readFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { throwIfAborted } from '@dayshift/core/ground'
import { mapConcurrently } from './concurrent.ts'
import { definitionHash, hashOf, readDvcFile, updateDvcFile, withData, type DvcFile } from './formats/dvcfile.ts'
import { hashFile, type DataHash, type ReadOptions } from './cache/hash.ts'
import { takeInventory } from './cache/inventory.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { isObjectLost, loadManifest } from './cache/manifest.ts'
import { makeCacheFolder, objectPathIn, PROTECTED } from './cache/objects.ts'
import { outputPath, outputsOf, type Output } from './outputs.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { openStore } from './cache/store.ts'
import { DIR_SUFFIX, manifestOf } from './formats/tree.ts'
import { replaceFile, syncFolder, unwritable, writeAtomically } from './write.ts'
import { checkCall } from './call.ts'

/** What a migration from DVC 2 to DVC 3 has done, or would do. */
export interface MigrationResult {
  /** Objects that DVC 2 has left in the cache. */
  readonly objects: number
  /** Objects that the cache of DVC 3 has now and had not before; 0 for a dry run, which reads none of them. */
  readonly migrated: number
  /** `.dvc` files that record hashes of DVC 3 now. */
  readonly files: readonly string[]
  /** Records that stay as they are, with the reason. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
  /** Objects that are not what their names say; they stay behind. */
  readonly broken: readonly string[]
}

/** How a cache is migrated. */
export interface MigrateOptions extends ReadOptions, RepoOptions {
  /** Whether records follow; false by default (`--dvc-files`). */
  readonly dvcFiles?: boolean | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/** Objects that are read at the same time. */
const READERS = 4

/**
 * Brings what DVC 2 has put into the cache to where DVC 3 looks for it, as `dvc cache migrate` does: each object is hashed
 * once more and linked, so that it takes no more room. Manifests name the new hashes, for records that follow. What a
 * record says of its data stays true: data of the workspace that differs is not recorded.
 *
 * @throws DS_LOCKED, DS_DVC_WRITE, DS_DVC_UNREADABLE, DS_DVC_FILE_MALFORMED, DS_ABORTED
 * @example (await cacheMigrate({ cwd: process.cwd(), dvcFiles: true })).files // ['data.dvc']
 */
export async function cacheMigrate(options: MigrateOptions): Promise<MigrationResult> {
  checkCall(options)
  const { cwd, signal, lockTimeout: timeout, onWait } = options
  const repo = await needRepo(cwd, options.env, options.user)
  return withRepoLock(repo, { timeout, signal, onWait }, async () => {
    const legacy = takeInventory(repo.config.cacheDir).objects.filter(({ algorithm }) => algorithm === 'md5-dos2unix')
    const records = options.dvcFiles ? (await outputsOf(repo, { signal })).filter(isLegacy) : []
    const { writable, skipped } = sortOut(records)
    const files = [...new Set(writable.map(({ file }) => file))]
    if (options.dryRun) return { objects: legacy.length, migrated: 0, files, skipped, broken: [] }
    const { moved, migrated, broken } = await migrateObjects(repo, legacy, options)
    const { written, refused } = await migrateFiles(repo, writable, moved, options)
    return { objects: legacy.length, migrated, files: written, skipped: [...skipped, ...refused], broken }
  })
}

function isLegacy({ hash, cache }: Output): boolean {
  return cache && hash?.algorithm === 'md5-dos2unix'
}

function sortOut(records: readonly Output[]): {
  readonly writable: readonly Output[]
  readonly skipped: MigrationResult['skipped']
} {
  const reason = 'it is made by a stage: dvc.lock follows when the stage is run or committed'
  return {
    writable: records.filter(({ stage }) => stage === undefined),
    skipped: records.filter(({ stage }) => stage !== undefined).map(({ path }) => ({ path, reason })),
  }
}

interface Moved {
  /** The md5 of DVC 3 by that of DVC 2; of files. */
  readonly moved: ReadonlyMap<string, string>
  readonly migrated: number
  readonly broken: readonly string[]
}

async function migrateObjects(repo: DvcRepo, legacy: readonly DataHash[], options: ReadOptions): Promise<Moved> {
  const moved = new Map<string, string>()
  const broken: string[] = []
  const folders = new Set<string>()
  let migrated = 0
  await mapConcurrently(legacy, READERS, async ({ digits, algorithm }) => {
    throwIfAborted(options.signal)
    const path = objectPathIn(repo.config.cacheDir, digits, algorithm)
    const md5 = createHash('md5')
    const found = await hashFile(path, { ...options, algorithm }, async (piece) => {
      md5.update(piece)
    })
    if (found.md5 !== digits.slice(0, 32)) {
      broken.push(path)
      return
    }
    // The real DVC takes manifests along as they are; records that follow get one that names the new hashes.
    const isManifest = digits.endsWith(DIR_SUFFIX)
    const now = `${md5.digest('hex')}${isManifest ? DIR_SUFFIX : ''}`
    if (!isManifest) moved.set(digits, now)
    const target = objectPathIn(repo.config.cacheDir, now)
    if (!(await place(repo, path, target))) return
    migrated++
    folders.add(dirname(target)).add(dirname(dirname(target)))
  })
  // A record must not name an object whose own name is not on the disk yet.
  for (const folder of folders) await syncFolder(folder)
  return { moved, migrated, broken }
}

/** @returns whether the object was not there yet */
async function place(repo: DvcRepo, from: string, to: string): Promise<boolean> {
  if (lstatSync(to, { throwIfNoEntry: false })) return false
  const { cacheDir: dir, cacheShared: shared = false } = repo.config
  makeCacheFolder({ dir, shared }, dirname(to))
  try {
    linkSync(from, to)
  } catch {
    // A file system without hard links; replaceFile tells of all else that is wrong.
    if (existsSync(to)) return false
    await replaceFile(to, (_, temporary) => copyFile(from, temporary))
  }
  try {
    chmodSync(to, PROTECTED)
  } catch (error) {
    throw unwritable(to, error)
  }
  return true
}

async function migrateFiles(
  repo: DvcRepo,
  outputs: readonly Output[],
  moved: ReadonlyMap<string, string>,
  { signal }: ReadOptions,
): Promise<{ readonly written: readonly string[]; readonly refused: MigrationResult['skipped'] }> {
  const store = await openStore({ dir: repo.config.cacheDir, shared: repo.config.cacheShared ?? false })
  const refused: { path: string; reason: string }[] = []
  const digits = new Map<string, string>()
  for (const { path, hash } of outputs) {
    throwIfAborted(signal)
    const now = hash && (await newDigits(repo, hash, moved, (text) => store.putManifest(text)))
    if (now === undefined) refused.push({ path, reason: 'the cache does not have all of it' })
    else digits.set(path, now)
  }
  await store.sync()
  const written: string[] = []
  for (const file of new Set(outputs.filter(({ path }) => digits.has(path)).map((one) => one.file))) {
    const text = await readFile(join(repo.root, file), 'utf8')
    await writeAtomically(join(repo.root, file), withDigits(repo.root, text, file, digits))
    written.push(file)
  }
  return { written, refused }
}

async function newDigits(
  repo: DvcRepo,
  hash: DataHash,
  moved: ReadonlyMap<string, string>,
  putManifest: (text: string) => Promise<void>,
): Promise<string | undefined> {
  if (!hash.digits.endsWith(DIR_SUFFIX)) return moved.get(hash.digits)
  try {
    const entries = (await loadManifest(repo.config.cacheDir, hash)).map(({ relpath, md5 }) => ({
      relpath,
      md5: moved.get(md5),
    }))
    const known = entries.flatMap(({ relpath, md5 }) => (md5 === undefined ? [] : [{ relpath, md5 }]))
    if (known.length < entries.length) return undefined
    const { md5, text } = manifestOf(known)
    await putManifest(text)
    return md5
  } catch (error) {
    if (isObjectLost(error)) return undefined
    throw error
  }
}

function withDigits(root: string, text: string, file: string, digits: ReadonlyMap<string, string>): string {
  const record = readDvcFile(text, file)
  const folder = posix.join(posix.dirname(file), record.wdir ?? '.')
  const outs = (record.outs ?? []).map((out) => {
    const md5 = digits.get(outputPath(root, folder, out.path, file))
    if (md5 === undefined || hashOf(out)?.algorithm !== 'md5-dos2unix') return out
    const { size, nfiles, isexec } = out
    return withData(out, {
      md5,
      ...(size === undefined ? {} : { size }),
      ...(nfiles === undefined ? {} : { nfiles }),
      ...(isexec === undefined ? {} : { isexec }),
    })
  })
  const updated: DvcFile = { ...record, outs }
  const whole = record.md5 === undefined ? updated : { ...updated, md5: definitionHash(updated) }
  return updateDvcFile(text, whole, file)
}
