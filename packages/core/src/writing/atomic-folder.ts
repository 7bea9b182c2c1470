import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { failure } from '../codes.ts'
import { isDayshiftError, messageOf, systemCode } from '../errors.ts'
import { formatOf } from '../format.ts'
import { removeLeft, temporaryFor } from '../temporary.ts'

/**
 * Makes a folder whole or not at all: `make` fills a temporary folder beside it, which is then brought to the disk and put
 * in its place. Whatever goes wrong, what was there before stays as it was. A process that is killed in between leaves its
 * temporary folder, `.name.….tmp`, which the next one that writes the same folder removes; one that is killed while a folder is replaced may leave the old one under the name
 * `.name.….old`, and the new one complete under its temporary name.
 *
 * @param overwrite whether a folder that is there is replaced; it must hold data files only
 * @param make fills the folder whose path it gets
 * @throws DS_TARGET_EXISTS where something is there that must not be replaced
 * @throws DS_WRITE where the disk is full, or may not be written
 */
export async function writeFolderAtomically(
  path: string,
  overwrite: boolean,
  make: (temporary: string) => Promise<void>,
): Promise<void> {
  const beside = temporaryFor(path)
  const temporary = `${beside}.tmp`
  try {
    await refuseOccupied(path, overwrite)
    await mkdir(temporary)
    await make(temporary)
    await sync(temporary)
    if (await isThere(path)) await exchange(path, temporary, `${beside}.old`, overwrite)
    else await rename(temporary, path)
    // Not before: one of them may be all that there is.
    await removeLeft(path)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined)
    if (isDayshiftError(error)) throw error
    throw failure('DS_WRITE', `cannot write ${path}: ${messageOf(error)}`, { where: path, cause: error })
  }
}

async function exchange(path: string, temporary: string, old: string, overwrite: boolean): Promise<void> {
  // It may have come into being, or been filled, meanwhile.
  await refuseOccupied(path, overwrite)
  await rename(path, old)
  try {
    await rename(temporary, path)
  } catch (error) {
    await rename(old, path)
    throw error
  }
  await rm(old, { recursive: true, force: true })
}

async function refuseOccupied(path: string, overwrite: boolean): Promise<void> {
  if (!(await isThere(path))) return
  const there = await stat(path)
  if (!there.isDirectory()) {
    throw failure('DS_TARGET_EXISTS', `${path} is a file, and a folder cannot take its place`, { where: path })
  }
  if (!overwrite && (await readdir(path)).length > 0) {
    throw failure('DS_TARGET_EXISTS', `the folder ${path} is there already`, { where: path })
  }
  const other = await otherFile(path)
  if (other === undefined) return
  throw failure('DS_TARGET_EXISTS', `${path} holds more than data, so it is not replaced: ${other}`, { where: path })
}

/** What writers of data leave beside it. */
const LEFT_BESIDE = /^(_SUCCESS|\._SUCCESS\.crc|\..*\.crc|\.DS_Store)$/

/** A file that no writer of data would have made. */
async function otherFile(folder: string): Promise<string | undefined> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    const other = entry.isDirectory()
      ? entry.name.startsWith('.')
        ? path
        : await otherFile(path)
      : (entry.isFile() && formatOf(entry.name)) || LEFT_BESIDE.test(entry.name)
        ? undefined
        : path
    if (other !== undefined) return other
  }
  return undefined
}

/** Brings all files of a folder to the disk, some at once. */
async function sync(folder: string): Promise<void> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const next = files.values()
  const work = async (): Promise<void> => {
    for (const entry of next) {
      const file = await open(join(entry.parentPath, entry.name), 'r+')
      try {
        await file.sync()
      } finally {
        await file.close()
      }
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
