import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { failure } from './codes.ts'
import { isDayshiftError, messageOf } from './errors.ts'
import { removeLeft, temporaryFor } from './temporary.ts'

/**
 * Makes a file whole or not at all: `make` fills a temporary file in the same folder, which is then brought to the disk
 * and put in place of the old one. Whatever goes wrong, what was there before stays as it was. A pipe or a device
 * (`/dev/stdout`) stays in its place, and gets the bytes. A link to a file is replaced: it may lead into a cache. What killed
 * processes have left in the making of the same file is removed.
 *
 * @param make writes the file whose path it gets; it is there already, and empty
 * @throws DS_WRITE where the folder is missing, full or may not be written
 * @example await writeAtomically('report.json', (path) => writeFile(path, text))
 */
export async function writeAtomically(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const special = await isSpecial(path)
  const folder = special ? tmpdir() : dirname(path)
  const temporary = `${temporaryFor(path, folder)}.tmp`
  try {
    await removeLeft(path, folder)
    // Made before the work begins: a folder that is missing or closed is known at once.
    await (await open(temporary, 'wx')).close()
    await make(temporary)
    if (special) {
      await pipeline(createReadStream(temporary), createWriteStream(path))
      await rm(temporary, { force: true })
      return
    }
    const file = await open(temporary, 'r+')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    if (isDayshiftError(error)) {
      // The engine names the file that it was given.
      error.message = error.message.replaceAll(temporary, path)
      throw error
    }
    await needFolder(path)
    const problem = messageOf(error).replaceAll(temporary, path)
    throw failure('DS_WRITE', `cannot write ${path}: ${problem}`, { where: path, cause: error })
  }
}

/**
 * Makes sure that the folder is there which a file is to be written to: before long work, rather than after it.
 *
 * @throws DS_WRITE where it is not
 * @example await needFolder('reports/january.json')
 */
export async function needFolder(path: string): Promise<void> {
  const folder = dirname(resolve(path))
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory()) return
  const problem = found ? `${folder} is no folder` : `there is no folder ${folder}`
  throw failure('DS_WRITE', `cannot write ${path}: ${problem}`, { where: path, hint: 'Make the folder first.' })
}

/** Whether there is something that is no file: a pipe, a device. */
async function isSpecial(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && !found.isFile() && !found.isDirectory()
}
