import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { mapConcurrently } from '../concurrent.ts'

/** More files than this are brought to the disk all at once, by the file system that they lie in. */
const MANY = 200

/**
 * Brings files to the disk. Of many files the whole file system is asked to (`sync -f`, syncfs(2)): a hundred thousand
 * calls of fsync would take minutes.
 *
 * @param folder one that lies in the same file system as all files
 */
export async function flush(paths: readonly string[], folder: string): Promise<void> {
  if (!(await flushAll(paths.length, folder))) await flushEach(paths)
}

/**
 * Brings many files to the disk, by the whole file system.
 *
 * @returns false where they are few, or the system cannot do that: then they are brought there one by one
 */
export async function flushAll(count: number, folder: string): Promise<boolean> {
  return count > MANY && (await syncFileSystem(folder))
}

/** Brings files to the disk one by one. */
export async function flushEach(paths: readonly string[]): Promise<void> {
  await mapConcurrently(paths, 4, async (path) => {
    const file = await open(path, 'r')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
  })
}

/** @returns false where the system has no such program */
function syncFileSystem(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return Promise.resolve(false)
  return new Promise((resolve) => {
    const child = spawn('sync', ['--file-system', folder], { stdio: 'ignore' })
    child.once('error', () => resolve(false))
    child.once('close', (code) => resolve(code === 0))
  })
}
