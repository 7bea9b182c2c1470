import { createReadStream, createWriteStream } from 'node:fs'
import { constants, open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { failure } from './codes.ts'
import { isDayshiftError, messageOf, systemCode } from './errors.ts'
import { removeLeft, temporaryFor } from './temporary.ts'

/** How a file is made. */
export interface AtomicOptions {
  /** Whether a pipe or a device in the place of the file is refused: nobody asked for one. Default: it gets the bytes. */
  readonly refusesPipes?: boolean | undefined
}

/** Seconds that a pipe is waited for which nobody reads from yet. */
const PATIENCE = 10

/**
 * Makes a file whole or not at all: `make` fills a temporary file in the same folder, which is then brought to the disk
 * and put in place of the old one. Whatever goes wrong, what was there before stays as it was. A pipe or a device
 * (`/dev/stdout`) stays in its place, and gets the bytes; a pipe that nobody reads from is waited for, 10 seconds. A link to a file is replaced: it may lead into a cache. What killed
 * processes have left in the making of the same file is removed.
 *
 * @param make writes the file whose path it gets; it is there already, and empty
 * @throws DS_WRITE where the folder is missing, full or may not be written, or a pipe has no reader
 * @example await writeAtomically('report.json', (path) => writeFile(path, text))
 */
export async function writeAtomically(
  path: string,
  make: (temporary: string) => Promise<void>,
  { refusesPipes = false }: AtomicOptions = {},
): Promise<void> {
  const special = await isSpecial(path)
  if (special && refusesPipes) {
    throw failure('DS_WRITE', `cannot write ${path}: it is a pipe or a device, not a file`, {
      where: path,
      hint: 'Remove it: it stands where a file of dayshift belongs.',
    })
  }
  const folder = special ? tmpdir() : dirname(path)
  const temporary = `${temporaryFor(path, folder)}.tmp`
  try {
    await removeLeft(path, folder)
    // Made before the work begins: a folder that is missing or closed is known at once.
    await (await open(temporary, 'wx')).close()
    await make(temporary)
    if (special) {
      await pour(temporary, path)
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

/** Gives a pipe or a device what a file holds. */
async function pour(file: string, path: string): Promise<void> {
  const reached = await reach(path)
  try {
    await pipeline(createReadStream(file), createWriteStream(path))
  } finally {
    await reached.close()
  }
}

/**
 * Opens a pipe or a device once somebody is at its other end. To be held while it is opened to be written: that would wait in the
 * system, where no signal ends the process.
 */
async function reach(path: string): Promise<FileHandle> {
  const deadline = Date.now() + PATIENCE * 1000
  for (;;) {
    try {
      return await open(path, constants.O_WRONLY | (constants.O_NONBLOCK ?? 0))
    } catch (error) {
      if (systemCode(error) !== 'ENXIO') throw error
      if (Date.now() > deadline) throw new Error('it is a pipe, and nobody reads from it', { cause: error })
    }
    await sleep(20)
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
