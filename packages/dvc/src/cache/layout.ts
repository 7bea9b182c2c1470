import type { DataHash } from './hash.ts'

/**
 * Where a cache or a remote keeps the object of some data: DVC 3 and DVC 2 each have a tree of their own. Of a directory
 * it is the manifest.
 *
 * @returns relative to the cache's folder, POSIX
 * @example objectPlace({ algorithm: 'md5', digits: 'd41d8cd98f00b204e9800998ecf8427e' })
 * // 'files/md5/d4/1d8cd98f00b204e9800998ecf8427e'
 */
export function objectPlace({ algorithm, digits }: DataHash): string {
  const place = `${digits.slice(0, 2)}/${digits.slice(2)}`
  return algorithm === 'md5' ? `files/md5/${place}` : place
}

/**
 * What {@link objectPlace} keeps at a place.
 *
 * @returns `undefined` for what is no object
 * @example hashAt('files/md5/d4/1d8cd98f00b204e9800998ecf8427e')?.digits // 'd41d8cd98f00b204e9800998ecf8427e'
 */
export function hashAt(place: string): DataHash | undefined {
  const [, tree, shard = '', rest = ''] = /^(files\/md5\/)?([0-9a-f]{2})\/([0-9a-f]{30}(?:\.dir)?)$/.exec(place) ?? []
  if (rest === '') return undefined
  return { algorithm: tree === undefined ? 'md5-dos2unix' : 'md5', digits: shard + rest }
}
