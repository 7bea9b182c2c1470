import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '@dayshift/core/ground'
import { unreadable, type DataHash } from './hash.ts'
import { objectPathIn, objectsIn } from './objects.ts'

/** What lies in a cache. */
export interface Inventory {
  /** Objects of DVC 3, then those of DVC 2; by their digits. */
  readonly objects: readonly DataHash[]
  /** Files that no process has finished; absolute. DVC's end with `.tmp` as ours do. */
  readonly strays: readonly string[]
}

/** Lists the objects of a cache, and the unfinished files among them. A folder that is not there is empty. */
export function takeInventory(cacheDir: string): Inventory {
  const strays: string[] = []
  const objects = [
    ...objectsBeneath(objectsIn(cacheDir), 'md5', strays),
    ...objectsBeneath(cacheDir, 'md5-dos2unix', strays),
  ]
  return { objects, strays }
}

/** The size of an object in bytes; 0 where it is not there. */
export function bytesOf(cacheDir: string, { algorithm, digits }: DataHash): number {
  return lstatSync(objectPathIn(cacheDir, digits, algorithm), { throwIfNoEntry: false })?.size ?? 0
}

function objectsBeneath(top: string, algorithm: DataHash['algorithm'], strays: string[]): DataHash[] {
  const stray = (folder: string, name: string): void => {
    if (/^\..+\.tmp$/.test(name)) strays.push(join(folder, name))
  }
  return namesIn(top).flatMap((shard) => {
    stray(top, shard)
    if (!/^[0-9a-f]{2}$/.test(shard)) return []
    const folder = join(top, shard)
    return namesIn(folder, true).flatMap((name): DataHash[] => {
      stray(folder, name)
      return /^[0-9a-f]{30}(?:\.dir)?$/.test(name) ? [{ algorithm, digits: shard + name }] : []
    })
  })
}

/** @param isShard whether a file of that name is nobody's concern */
function namesIn(folder: string, isShard = false): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || (isShard && code === 'ENOTDIR')) return []
    throw unreadable(folder, error)
  }
}
