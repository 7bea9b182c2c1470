import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { failure } from './codes.ts'
import { isDayshiftError, messageOf } from './errors.ts'

/**
 * Makes a file whole or not at all: `make` fills a temporary file in the same folder, which is then brought to the disk
 * and put in place of the old one. Whatever goes wrong, what was there before stays as it was.
 *
 * @param make writes the file whose path it gets; it is there already, and empty
 * @throws DS_WRITE where the folder is missing, full or may not be written
 * @example await writeAtomically('report.json', (path) => writeFile(path, text))
 */
export async function writeAtomically(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    // Made before the work begins: a folder that is missing or closed is known at once.
    await (await open(temporary, 'wx')).close()
    await make(temporary)
    const file = await open(temporary, 'r+')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    if (isDayshiftError(error)) throw error
    throw failure('DS_WRITE', `cannot write ${path}: ${messageOf(error)}`, { where: path, cause: error })
  }
}
