import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  rmSync,
  symlinkSync,
  writeSync,
  type BigIntStats,
} from 'node:fs'
import { systemCode } from '@dayshift/core/ground'
import { hashWhileCopying, unreadable, type DataHash, type ReadOptions } from './hash.ts'
import { SMALL } from './intake.ts'
import { corruptObject, missingObject } from './manifest.ts'
import { objectPathIn, PROTECTED } from './objects.ts'
import type { DvcRepo } from '../repo.ts'
import { isSound, rememberObject } from './sound.ts'
import { stampOf } from './stamp.ts'
import type { State } from './state.ts'
import { fillFile, unwritable } from '../write.ts'

/** How a file of the workspace stands to its object in the cache. */
export type LinkType = 'reflink' | 'hardlink' | 'symlink' | 'copy'

const LINK_TYPES: readonly string[] = ['reflink', 'hardlink', 'symlink', 'copy'] satisfies LinkType[]

/** The link types of a repository (`cache.type`), the one liked best first; DVC's own where nothing is set. */
export function linkTypesOf({ config }: DvcRepo): readonly LinkType[] {
  const types = (config.cacheTypes ?? []).filter((type): type is LinkType => LINK_TYPES.includes(type))
  return types.length > 0 ? types : ['reflink', 'copy']
}

/** Links that have the mode of their object. */
const SAME_MODE: readonly string[] = ['hardlink', 'symlink'] satisfies LinkType[]

/** Brings objects out of a cache. */
export interface Linker {
  /**
   * Makes a file that holds an object's content, by the first of the link types that works there. The object is held
   * against its name: while it is copied, and before it is linked for the first time.
   *
   * @param target must not exist
   * @param isexec whether anyone may execute the file: then it is no hard or symbolic link, for the object keeps its mode
   * @throws DS_DVC_OBJECT_MISSING, DS_DVC_OBJECT_CORRUPT, DS_DVC_WRITE, DS_ABORTED; nothing is left then
   */
  bring(hash: DataHash, target: string, isexec?: boolean): Promise<LinkType>
}

/** What says that a file system cannot do it, or not for this file: the next type is tried. DVC's list, and EMLINK. */
const UNABLE = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'ENOTTY', 'ENOSYS', 'EINVAL', 'EAGAIN', 'EMLINK'])

/**
 * Opens a linker.
 *
 * @param types the one liked best first; copies are made where none of them works
 */
export function openLinker(repo: DvcRepo, types: readonly LinkType[], state: State, options: ReadOptions = {}): Linker {
  const scratch = Buffer.allocUnsafeSlow(SMALL + 1)
  let able = [...new Set<LinkType>([...types, 'copy'])]

  return {
    async bring(hash, target, isexec = false) {
      const { algorithm, digits: md5 } = hash
      const object = objectPathIn(repo.config.cacheDir, md5, algorithm)
      const found = lstatSync(object, { bigint: true, throwIfNoEntry: false })
      if (!found?.isFile()) throw missingObject(md5)
      // A hard link of an empty file saves nothing, and a file system sets an end to their number.
      const unfit = isexec ? SAME_MODE : found.size === 0n ? ['hardlink'] : []
      const fitting = able.map((type) => (unfit.includes(type) ? 'copy' : type))
      for (const type of fitting) {
        if (type !== 'copy') await verify(repo, hash, found, state, options)
        try {
          if (type !== 'copy') link(type, object, target, isexec)
          else if (found.size > SMALL || algorithm !== 'md5') {
            const since = Date.now()
            await copyLarge(md5, object, target, isexec, { ...options, algorithm })
            rememberObject(hash, stampOf(found), state, since)
          } else copySmall(md5, object, target, isexec, scratch)
          options.onProgress?.(type === 'copy' && found.size > SMALL ? 0 : Number(found.size))
          return type
        } catch (error) {
          if (type === 'copy' || !UNABLE.has(systemCode(error) ?? '')) throw unwritable(target, error)
          rmSync(target, { force: true })
          if (systemCode(error) !== 'EMLINK') able = able.filter((other) => other !== type)
        }
      }
      throw unwritable(target, new Error('no link type works'))
    },
  }
}

async function verify(
  repo: DvcRepo,
  hash: DataHash,
  found: BigIntStats,
  state: State,
  options: ReadOptions,
): Promise<void> {
  const object = objectPathIn(repo.config.cacheDir, hash.digits, hash.algorithm)
  if (!(await isSound(repo, hash, state, options))) throw corruptObject(object)
  if ((Number(found.mode) & 0o777) !== PROTECTED) chmodSync(object, PROTECTED)
}

function link(type: Exclude<LinkType, 'copy'>, object: string, target: string, isexec: boolean): void {
  if (type === 'hardlink') return linkSync(object, target)
  if (type === 'symlink') return symlinkSync(object, target)
  copyFileSync(object, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
  chmodSync(target, ownMode(isexec))
}

/** The mode of a file that the user may change. */
export function ownMode(isexec: boolean): number {
  return (isexec ? 0o777 : 0o666) & ~process.umask()
}

function copySmall(md5: string, object: string, target: string, isexec: boolean, scratch: Buffer): void {
  const piece = scratch.subarray(0, readObject(object, scratch))
  if (createHash('md5').update(piece).digest('hex') !== md5) throw corruptObject(object)
  const file = openSync(target, 'wx', isexec ? 0o777 : 0o666)
  try {
    for (let written = 0; written < piece.length;) written += writeSync(file, piece, written)
  } catch (error) {
    rmSync(target, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}

function readObject(object: string, scratch: Buffer): number {
  let file: number | undefined
  try {
    file = openSync(object, 'r')
    return readSync(file, scratch, 0, Math.min(scratch.length, fstatSync(file).size + 1), null)
  } catch (error) {
    throw unreadable(object, error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

async function copyLarge(
  md5: string,
  object: string,
  target: string,
  isexec: boolean,
  options: ReadOptions,
): Promise<void> {
  try {
    const content = await fillFile(target, (file) => hashWhileCopying(object, file, options))
    if (content.md5 !== md5) throw corruptObject(object)
    if (isexec) chmodSync(target, ownMode(true))
  } catch (error) {
    rmSync(target, { force: true })
    throw error
  }
}
