import { existsSync } from 'node:fs'
import { objectPathIn } from '../cache/objects.ts'
import type { OutEntry } from '../formats/dvcfile.ts'
import type { DvcRepo } from '../repo.ts'
import { openIgnore } from './ignore.ts'
import { takeSnapshot, type Reading } from './snapshot.ts'

/**
 * Whether DVC 2 has recorded data that is still the same, and the cache has it: as with the real DVC, such a record stays.
 * Where nothing goes into the cache, it need not have it.
 *
 * @param path relative to the repository's root, POSIX
 */
export async function isKeptOfDvc2(
  repo: DvcRepo,
  { md5, hash }: OutEntry,
  path: string,
  { store, ...reading }: Reading,
): Promise<boolean> {
  if (md5 === undefined || hash !== undefined) return false
  const algorithm = 'md5-dos2unix'
  const looking = { ...reading, onProgress: undefined, algorithm } as const
  const { digits, entries } = await takeSnapshot(repo, path, openIgnore(repo.root), looking)
  if (digits !== md5) return false
  const objects = [digits, ...entries.map((entry) => entry.md5)]
  return !store || objects.every((one) => existsSync(objectPathIn(repo.config.cacheDir, one, algorithm)))
}
