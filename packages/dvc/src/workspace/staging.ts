import { lstatSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryName } from '../write.ts'

/** So many files share a folder: in larger ones some file systems slow down. */
const FOLDER_FILES = 1000

/** A folder for files until all of them are complete. */
export interface Staging {
  readonly folder: string
  /** A place for one more file. */
  next(): string
  /** Removes the folder, and whatever is left in it. */
  clear(): void
}

/**
 * Makes a folder in the file system of a path, so that files can be renamed to it: in `.dvc/tmp`, which git ignores, or
 * else beside the path.
 *
 * @param tmpDir the repository's `.dvc/tmp`
 * @param path need not exist; a folder above it does
 */
export function openStaging(tmpDir: string, path: string): Staging {
  let above = dirname(path)
  while (!lstatSync(above, { throwIfNoEntry: false })?.isDirectory()) above = dirname(above)
  mkdirSync(tmpDir, { recursive: true })
  const isSame = lstatSync(tmpDir).dev === lstatSync(above).dev
  const folder = join(isSame ? tmpDir : above, temporaryName())
  mkdirSync(folder)
  let files = 0
  return {
    folder,
    next() {
      const within = join(folder, String(Math.floor(files / FOLDER_FILES)))
      if (files % FOLDER_FILES === 0) mkdirSync(within)
      return join(within, String(files++ % FOLDER_FILES))
    },
    clear: () => rmSync(folder, { recursive: true, force: true }),
  }
}
