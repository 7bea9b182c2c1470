import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemCode } from '@dayshift/core/ground'
import { unreadable, type DataHash } from './hash.ts'
import { objectPathIn } from './objects.ts'

/**
 * Says whether a cache has an object under its name, whatever it holds: to list a folder once costs less than to look for
 * each object.
 *
 * @throws DS_DVC_UNREADABLE, by what it returns
 */
export function openCacheNames(cacheDir: string): (hash: DataHash) => boolean {
  const folders = new Map<string, ReadonlySet<string>>()
  return ({ algorithm, digits }) => {
    const shard = algorithm + digits.slice(0, 2)
    let names = folders.get(shard)
    if (!names) folders.set(shard, (names = new Set(namesBeside(objectPathIn(cacheDir, digits, algorithm)))))
    return names.has(digits.slice(2))
  }
}

function namesBeside(path: string): string[] {
  const folder = dirname(path)
  try {
    return readdirSync(folder)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw unreadable(folder, error)
  }
}
