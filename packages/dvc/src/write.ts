import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isDayshiftError, messageOf, removeAllLeft, systemCode, temporaryFor } from '@dayshift/core/ground'
import { failure } from './codes.ts'

/** How names of files that are not finished end; whoever finds an old one may delete it. */
export const TEMPORARY = '.dayshift.tmp'

/** Milliseconds after which nobody is at work on an unfinished file any more. */
const ABANDONED = 24 * 60 * 60 * 1000

/** Whether an unfinished file, or a folder of such, was left by a process that was killed. */
export function isAbandoned(found: { readonly mtimeMs: number } | undefined): boolean {
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED
}

/** A name for an unfinished file, as hidden and as random as DVC's own. */
export function temporaryName(name = ''): string {
  return `.${name}${randomBytes(12).toString('base64url')}${TEMPORARY}`
}

/**
 * Writes a file whole or not at all: a temporary file beside it reaches the disk and then takes the name. An
 * existing file keeps its permissions; a link stays, and what it points to is written.
 *
 * @throws DS_DVC_WRITE, with what was there before unchanged
 */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const place = await realpath(path).catch(() => path)
  await tidy(placeOfUnfinished(place))
  const mode = await stat(place).then(
    (found) => found.mode & 0o7777,
    () => undefined,
  )
  await replaceFile(
    place,
    async (file) => {
      // Before there is anything to read in it: the old file may have been one's own alone.
      if (mode !== undefined) await file.chmod(mode)
      await file.writeFile(content)
    },
    mode === undefined ? undefined : mode & 0o600,
  )
  await syncFolder(dirname(place))
}

/**
 * Lets `fill` write a temporary file beside the target, brings it to the disk and renames it.
 *
 * @param mode of the temporary file; what is usual by default
 * @returns what `fill` returned
 * @throws DS_DVC_WRITE; errors of dayshift's own pass through
 */
export async function replaceFile<Result>(
  path: string,
  fill: (file: FileHandle, temporary: string) => Promise<Result>,
  mode?: number,
): Promise<Result> {
  const temporary = `${temporaryFor(path, placeOfUnfinished(path))}${TEMPORARY}`
  try {
    const result = await fillFile(temporary, fill, mode)
    await rename(temporary, path)
    return result
  } catch (error) {
    await rm(temporary, { force: true })
    throw unwritable(path, error)
  }
}

/** Folders that were looked through: once for a process is enough, there may be many files in one. */
const tidied = new Set<string>()

/** Removes what killed processes left unfinished in a folder of the workspace, where nobody else would look for it. */
async function tidy(folder: string): Promise<void> {
  if (tidied.has(folder)) return
  tidied.add(folder)
  await removeAllLeft(folder, TEMPORARY)
}

/** The folder itself; for DVC's settings, which may hold secrets, `.dvc/tmp`: git never sees what a kill leaves there. */
function placeOfUnfinished(path: string): string {
  const folder = dirname(path)
  const tmp = join(folder, 'tmp')
  return basename(folder) === '.dvc' && existsSync(tmp) ? tmp : folder
}

/** Creates a file that must not exist, lets `fill` write it, and brings it to the disk. */
export async function fillFile<Result>(
  path: string,
  fill: (file: FileHandle, path: string) => Promise<Result>,
  mode = 0o666,
): Promise<Result> {
  const file = await open(path, 'wx', mode)
  try {
    const result = await fill(file, path)
    await file.sync()
    return result
  } finally {
    await file.close()
  }
}

/** Brings the names in a folder to the disk, where the system can do that. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch {
    // Windows opens no folders, and some file systems cannot sync one; the rename holds without it.
  }
}

/** The error for a file that cannot be written; an error of dayshift's own stays what it is. */
export function unwritable(path: string, error: unknown): unknown {
  if (isDayshiftError(error)) return error
  const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCode(error) ?? '')
  return failure('DS_DVC_WRITE', `cannot write ${path}: ${messageOf(error)}`, {
    where: path,
    cause: error,
    ...(full ? { hint: 'Free some disk space, and run it again; nothing half-written was left.' } : {}),
  })
}
