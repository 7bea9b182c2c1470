import { stat } from 'node:fs/promises'
import { makeFolders, messageOf } from '@dayshift/core/ground'
import { failure } from './codes.ts'

/** The size of files together, in bytes. */
export async function sizeOf(files: readonly string[]): Promise<number> {
  let bytes = 0
  for (const file of files) bytes += (await stat(file)).size
  return bytes
}

/**
 * Makes a folder, and those above it, where they are not there.
 *
 * @throws DS_WRITE
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    makeFolders(path)
  } catch (error) {
    throw failure('DS_WRITE', `cannot make the folder ${path}: ${messageOf(error)}`, { where: path, cause: error })
  }
}
