import { accessSync, constants, lstatSync, mkdirSync, readdirSync, rmSync, statSync, type Stats } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { flush } from '../cache/flush.ts'
import { isAbandoned, TEMPORARY, temporaryName, unwritable } from '../write.ts'

/** So many files share a folder: in larger ones some file systems slow down. */
const FOLDER_FILES = 1000

/** Where files are made until all of them are complete. */
export interface Staging {
  /** A place in the file system of a path, where one more file, or folder, can be made that is then renamed to it. */
  next(path: string): string
  /** Brings files that were made here to the disk. */
  sync(files: readonly string[]): Promise<void>
  /** Removes whatever is left. */
  clear(): void
}

/** Whether something in the workspace is of a work that goes on, or was killed: it is no data. */
export function isStaging(name: string): boolean {
  return name.startsWith('.') && name.endsWith(TEMPORARY)
}

/**
 * Opens a staging, and clears away what killed processes left. Files are made in `.dvc/tmp`, which git ignores; those for
 * another file system in the highest folder of that one.
 *
 * @param tmpDir the repository's `.dvc/tmp`; its lock is held, so that no other process has a staging there
 */
export function openStaging(tmpDir: string): Staging {
  const shelves = new Map<number, Shelf>()
  const known = new Map<string, Shelf>()
  if (lstatSync(tmpDir, { throwIfNoEntry: false })) sweep(tmpDir, () => true)

  const shelfFor = (folder: string): Shelf => {
    let above = folder
    let found = look(above)
    for (; !found?.isDirectory(); found = look(above)) above = dirname(above)
    const shelf = shelves.get(found.dev) ?? openShelf(tmpDir, above, found.dev)
    shelves.set(found.dev, shelf)
    return shelf
  }

  return {
    next(path) {
      const folder = dirname(path)
      const shelf = known.get(folder) ?? shelfFor(folder)
      known.set(folder, shelf)
      return shelf.next()
    },
    async sync(files) {
      for (const { folder } of shelves.values()) {
        const own = files.filter((file) => file.startsWith(`${folder}${sep}`))
        if (own.length > 0) await flush(own, folder)
      }
    },
    clear() {
      for (const { folder } of shelves.values()) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A folder of one file system. */
interface Shelf {
  readonly folder: string
  next(): string
}

function openShelf(tmpDir: string, above: string, device: number): Shelf {
  mkdirSync(tmpDir, { recursive: true })
  const isSame = statSync(tmpDir).dev === device
  const parent = isSame ? tmpDir : highest(above, dirname(dirname(tmpDir)), device)
  if (!isSame) sweep(parent, isAbandoned)
  const folder = join(parent, temporaryName())
  try {
    mkdirSync(folder)
  } catch (error) {
    throw unwritable(parent, error)
  }
  let files = 0
  return {
    folder,
    next() {
      const within = join(folder, String(Math.floor(files / FOLDER_FILES)))
      if (files % FOLDER_FILES === 0) mkdirSync(within)
      return join(within, String(files++ % FOLDER_FILES))
    },
  }
}

/** The highest folder of the repository in a file system that may be written to: tracked data lies beneath it, mostly. */
function highest(folder: string, root: string, device: number): string {
  const above = dirname(folder)
  return folder !== root && look(above)?.dev === device && isWritable(above) ? highest(above, root, device) : folder
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** @returns `undefined` where nothing is, or a file stands in place of a folder above */
function look(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

/** Nothing that others make has such a name and is a folder, but for drafts of directories beside what they are for. */
function sweep(folder: string, isLeft: (found: Stats | undefined) => boolean): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || !isStaging(entry.name)) continue
    const path = join(folder, entry.name)
    if (isLeft(look(path))) rmSync(path, { recursive: true, force: true })
  }
}
